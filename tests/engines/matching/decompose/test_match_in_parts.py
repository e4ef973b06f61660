"""A problem solved in parts: one plan, one certificate, nothing lost at a border."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gongyu.engines.matching import (
    InvalidProblem,
    Options,
    Phase,
    Plan,
    Problem,
    Progress,
    find_candidates,
    match,
    verify,
)
from gongyu.engines.matching.decompose import (
    components,
    match_in_parts,
    run,
    verify_in_parts,
)
from tests.engines.matching.enumeration import best_by_enumeration
from tests.engines.matching.instances import need, random_problem, session


@pytest.fixture
def in_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is small enough to be solved exactly, and cells are small."""
    monkeypatch.setattr(components, "SMALL", 0)
    monkeypatch.setattr(run, "CELL_NEEDS", 60)


@pytest.mark.parametrize("seed", range(25))
def test_small_components_are_solved_to_their_optimum(seed: int) -> None:
    problem = random_problem(seed, 4, 4, many_slots=False)
    assert len(find_candidates(problem)) <= 14
    plan = match_in_parts(problem, parts=1 + seed % 3)
    assert verify(problem, plan) == []
    assert plan.certificate.objective == pytest.approx(best_by_enumeration(problem), rel=1e-6)
    assert plan.certificate.gap <= 1e-5


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    needs=st.integers(1, 40),
    sessions=st.integers(1, 40),
    parts=st.integers(1, 5),
    fixed=st.booleans(),
    fairness=st.sampled_from((0.0, 0.5)),
)
def test_whatever_goes_through_parts_passes_the_verifier(
    seed: int, needs: int, sessions: int, parts: int, fixed: bool, fairness: float
) -> None:
    problem = random_problem(seed, needs, sessions, days=14, fixed=fixed and needs * sessions > 2)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(components, "SMALL", 0)
        patch.setattr(run, "CELL_NEEDS", 6)
        plan = match_in_parts(problem, Options(fairness=fairness, seed=seed), parts=parts)
    assert verify(problem, plan) == []
    assert verify_in_parts(problem, plan) == []
    best = match(problem).certificate.objective
    assert plan.certificate.objective <= best * (1 + 1e-4)
    assert plan.certificate.bound >= best * (1 - 1e-9)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.usefixtures("in_blocks")
def test_parts_lose_nothing_against_the_whole(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    problem = random_problem(seed, 250, 300, days=100, many_slots=False, fixed=True)
    whole = match(problem)
    with monkeypatch.context() as patch:
        patch.setattr(run, "CELL_NEEDS", 12_500)
        plan = match_in_parts(problem, parts=4)
    assert verify(problem, plan) == []
    assert plan.certificate.objective >= 0.998 * whole.certificate.objective
    assert plan.certificate.bound >= whole.certificate.objective * (1 - 1e-9)
    # Cells far smaller than a group's way to its session lose a little, and never the bound.
    cells = match_in_parts(problem, parts=4)
    assert verify(problem, cells) == []
    assert cells.certificate.objective >= 0.97 * whole.certificate.objective
    assert cells.certificate.bound == plan.certificate.bound


@pytest.mark.usefixtures("in_blocks")
def test_the_bound_does_not_depend_on_the_cuts() -> None:
    problem = random_problem(1, 120, 150, days=60, fixed=True)
    bounds = [match_in_parts(problem, parts=parts).certificate.bound for parts in (1, 3, 7)]
    assert bounds == pytest.approx([bounds[0]] * 3, rel=1e-9)


@pytest.mark.usefixtures("in_blocks")
def test_the_verifier_in_parts_refuses_a_bound_that_is_too_low() -> None:
    problem = random_problem(1, 120, 150, days=60)
    plan = match_in_parts(problem, parts=3)
    assert plan.certificate.gap > 1e-6
    stated = plan.certificate
    between = (stated.objective + stated.bound) / 2
    low = replace(stated, bound=between, gap=between / stated.objective - 1)
    assert [wrong.rule for wrong in verify_in_parts(problem, replace(plan, certificate=low))] == [
        "bound"
    ]
    assert verify_in_parts(problem, replace(plan, matches=plan.matches[1:]))


def heard(problem: Problem, options: Options = Options()) -> tuple[Plan, list[Progress]]:  # noqa: B008
    told: list[Progress] = []
    return match_in_parts(problem, options, parts=3, progress=told.append), told


@pytest.mark.usefixtures("in_blocks")
def test_progress_has_phases_memory_and_a_falling_gap() -> None:
    plan, told = heard(random_problem(5, 200, 250, days=60))
    phases = list(dict.fromkeys(progress.phase for progress in told))
    assert phases == [
        Phase.CANDIDATES,
        Phase.BOUND,
        Phase.SEARCH,
        Phase.EXPLAIN,
        Phase.DONE,
    ]
    stated = next(progress for progress in told if progress.memory_mb is not None)
    assert stated.pairs == plan.pairs
    bounds = [p.bound for p in told if p.phase == Phase.BOUND and p.bound is not None]
    assert bounds == sorted(bounds, reverse=True)
    gaps = [p.gap for p in told if p.phase == Phase.SEARCH and p.gap is not None]
    assert len(gaps) > 3
    assert all(a >= b - 1e-12 for a, b in pairwise(gaps))


@pytest.mark.usefixtures("in_blocks")
@pytest.mark.parametrize("after", [1, 4, 12, 25])
def test_a_cancelled_run_returns_the_best_plan_so_far(after: int) -> None:
    problem = random_problem(6, 200, 250, days=60, fixed=True)
    asked = 0

    def stop() -> bool:
        nonlocal asked
        asked += 1
        return asked >= after

    plan = match_in_parts(problem, parts=3, cancelled=stop)
    assert verify(problem, plan) == []
    assert plan.certificate.objective > 0


@pytest.mark.usefixtures("in_blocks")
def test_a_time_budget_returns_a_valid_plan() -> None:
    problem = random_problem(7, 200, 250, days=60, fixed=True)
    plan = match_in_parts(problem, Options(time_limit=0.01), parts=3)
    assert verify(problem, plan) == []


def test_nothing_to_match_is_an_empty_plan() -> None:
    assert match_in_parts(Problem.build([], [])).matches == ()
    far = Problem.build([need(reach_km=0.1)], [session(lon=117.9)])
    plan = match_in_parts(far, parts=2)
    assert plan.matches == ()
    assert verify(far, plan) == []


def test_contradictory_pins_are_named() -> None:
    problem = Problem.build(
        [need(), need("n2")], [session(exclusive=True)], pinned=[("n1", "s1"), ("n2", "s1")]
    )
    with pytest.raises(InvalidProblem, match="exclusive"):
        match_in_parts(problem, parts=2)
    far = Problem.build([need(reach_km=0.1)], [session(lon=117.9)], pinned=[("n1", "s1")])
    with pytest.raises(InvalidProblem, match="not feasible"):
        match_in_parts(far)


def test_what_cannot_be_asked_is_refused() -> None:
    problem = random_problem(0)
    with pytest.raises(ValueError, match="one piece"):
        match_in_parts(problem, Options(exact=True))
    with pytest.raises(ValueError, match="parts"):
        match_in_parts(problem, parts=0)
    with pytest.raises(ValueError, match="workers"):
        match_in_parts(problem, workers=0)
