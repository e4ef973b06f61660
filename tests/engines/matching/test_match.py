"""The plan is the best there is, keeps every rule, and says how good it is."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gongyu.engines.matching import (
    Options,
    Phase,
    Problem,
    Progress,
    find_candidates,
    match,
    verify,
)

from .enumeration import best_by_enumeration
from .instances import need, random_problem, session


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32), fixed=st.booleans())
def test_the_optimum_lies_between_objective_and_bound(seed: int, fixed: bool) -> None:
    problem = random_problem(seed, 4, 4, fixed=fixed)
    pairs = find_candidates(problem)
    feasible = set(zip(pairs.need.tolist(), pairs.session.tolist(), strict=True))
    if len(pairs) > 9 or not problem.confirmed <= feasible:
        return
    plan = match(problem)
    best = best_by_enumeration(problem)
    certificate = plan.certificate
    assert certificate.objective == pytest.approx(best, rel=1e-3)
    assert certificate.objective <= best + 1e-6
    assert certificate.bound >= best - 1e-6


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32), fairness=st.sampled_from((0.0, 0.5, 1.0)))
@example(seed=3756804, fairness=0.5)  # only confirmed pairs, worth nothing by the rules
def test_every_plan_passes_the_verifier(seed: int, fairness: float) -> None:
    problem = random_problem(seed, 12, 14, fixed=True, days=20)
    plan = match(problem, Options(fairness=fairness))
    assert verify(problem, plan) == []
    assert plan.certificate.gap >= 0


def test_the_second_and_third_session_count_less() -> None:
    problem = Problem.build(
        [need(wanted=3)], [session(f"s{i}", half_day=i, lon=116.34) for i in range(3)]
    )
    assert match(problem).certificate.objective == pytest.approx(30 * (1 + 0.6 + 0.36))


def test_a_need_takes_one_session_a_half_day() -> None:
    problem = Problem.build([need(wanted=3)], [session("s1"), session("s2")])
    assert len(match(problem).matches) == 1


def test_a_shared_session_runs_when_its_heads_together_reach_the_minimum() -> None:
    offer = session(min_group=50)
    alone = match(Problem.build([need()], [offer]))
    together = match(Problem.build([need(), need("n2")], [offer]))
    assert (len(alone.matches), len(together.matches)) == (0, 2)


def test_the_unit_runs_no_more_sessions_than_its_month_allows() -> None:
    problem = Problem.build(
        [need(f"n{i}") for i in range(4)],
        [session(f"s{i}", exclusive=True, half_day=i) for i in range(3)],
        unit_month_limits={"u1": 2},
    )
    assert len(match(problem).matches) == 2


def test_a_budget_of_nothing_runs_nothing() -> None:
    problem = Problem.build([need()], [session(fund="f", subsidy=1)], budgets={"f": 0})
    assert match(problem).matches == ()


def test_confirmed_stays_even_against_the_rules_and_uses_the_seats() -> None:
    problem = Problem.build(
        [need(reach_km=0.1), need("n2", severity=3)],
        [session(capacity=40, min_group=40)],
        confirmed=[("n1", "s1")],
    )
    plan = match(problem)
    assert [(m.need, m.session) for m in plan.matches] == [("n1", "s1")]
    assert verify(problem, plan) == []


def test_pinned_holds_and_forbidden_never_appears() -> None:
    needs = [need(), need("n2", severity=3)]
    offers = [session(exclusive=True), session("s2", exclusive=True, lon=116.4)]
    pinned = match(Problem.build(needs, offers, pinned=[("n1", "s1")]))
    assert {(m.need, m.session) for m in pinned.matches} == {("n1", "s1"), ("n2", "s2")}
    forbidden = match(Problem.build(needs, offers, forbidden=[("n2", "s1"), ("n2", "s2")]))
    assert {m.need for m in forbidden.matches} == {"n1"}


@pytest.mark.parametrize(
    ("needs", "sessions"),
    [([], []), ([need()], []), ([], [session()]), ([need(reach_km=0.0)], [session()])],
)
def test_nothing_to_match_is_an_answer(needs: list[object], sessions: list[object]) -> None:
    plan = match(Problem.build(needs, sessions))  # type: ignore[arg-type]
    assert plan.matches == ()
    assert (plan.certificate.objective, plan.certificate.bound, plan.certificate.gap) == (0, 0, 0)
    assert len(plan.unmet) == len(needs)


def test_wanting_more_than_there_is_takes_what_there_is() -> None:
    plan = match(Problem.build([need(wanted=1000)], [session()]))
    assert (plan.unmet[0].got, plan.unmet[0].wanted) == (1, 1000)


def test_the_same_seed_gives_the_same_plan() -> None:
    problem = random_problem(7, 40, 60, days=30)
    first, second = match(problem), match(problem)
    assert first.matches == second.matches
    assert replace(first.certificate, seconds=0) == replace(second.certificate, seconds=0)


def test_progress_tells_its_phases_in_order() -> None:
    heard: list[Progress] = []
    match(random_problem(3, 20, 30, days=20), progress=heard.append)
    phases = list(dict.fromkeys(progress.phase for progress in heard))
    assert phases[0] == Phase.CANDIDATES
    assert phases[-2:] == [Phase.EXPLAIN, Phase.DONE]


def test_cancelling_returns_the_best_plan_so_far() -> None:
    problem = random_problem(3, 60, 80, days=20)
    plan = match(problem, cancelled=lambda: True)
    assert verify(problem, plan) == []
    assert plan.certificate.bound >= plan.certificate.objective


def test_a_time_limit_returns_the_best_plan_so_far() -> None:
    problem = random_problem(5, 80, 120, days=20)
    plan = match(problem, Options(time_limit=0.05))
    assert verify(problem, plan) == []


def test_fairness_serves_the_town_that_value_alone_leaves_out() -> None:
    needs = [need(f"a{i}", severity=3, town="黄村镇") for i in range(4)]
    needs += [need(f"b{i}", town="长子营镇") for i in range(4)]
    offers = [session(f"s{i}", exclusive=True, half_day=i % 3) for i in range(4)]
    problem = Problem.build(needs, offers)
    plain, fair = match(problem), match(problem, Options(fairness=1.0))
    assert {t.town: t.served for t in plain.towns} == {"黄村镇": 4, "长子营镇": 0}
    assert min(t.served for t in fair.towns) >= 1
    assert fair.certificate.given_up is not None
    assert fair.certificate.given_up > 0
    assert fair.certificate.bound >= plain.certificate.objective - 1e-6
