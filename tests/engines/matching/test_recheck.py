"""The bound is derived once more by code that shares nothing with what found it."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gongyu.engines import matching
from gongyu.engines.matching import Options, Plan, Problem, Proof, find_candidates, match, verify
from gongyu.engines.matching import solve as solving
from gongyu.engines.matching.instance import assemble
from gongyu.engines.matching.recheck import best_filling, proven_bound, reward_of
from gongyu.engines.matching.recheck_pairs import feasible_pairs

from .enumeration import best_by_enumeration
from .instances import need, random_problem, session

DATA = {"plan", "problem", "types"}


def imported(module: str) -> set[str]:
    """Modules of the engine that a module imports, at whatever depth."""
    folder = Path(matching.__file__).parent
    found: set[str] = set()
    ahead = [module]
    while ahead:
        tree = ast.parse((folder / f"{ahead.pop()}.py").read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.level == 1 and node.module not in found:
                assert node.module, "from . import …"
                found.add(node.module)
                ahead += [] if node.module in DATA else [node.module]
            elif isinstance(node, ast.Import | ast.ImportFrom):
                names = [name.name for name in node.names]
                where = getattr(node, "module", None) or names[0]
                assert where.split(".")[0] not in {"gongyu", "numba", "scipy", "highspy"}, where
    return found


def test_the_verifier_knows_the_data_and_nothing_of_the_solvers() -> None:
    assert imported("verify") == DATA | {"recheck", "recheck_pairs"}


@settings(max_examples=200, deadline=None)
@given(
    seed=st.integers(0, 2**32),
    needs=st.integers(0, 12),
    sessions=st.integers(0, 12),
    many=st.booleans(),
)
def test_its_own_pairs_and_values_are_those_of_the_candidates(
    seed: int, needs: int, sessions: int, many: bool
) -> None:
    problem = random_problem(seed, needs, sessions, fixed=True, many_slots=many)
    instance = assemble(problem, find_candidates(problem))
    pairs = feasible_pairs(problem)
    assert pairs.need.tolist() == instance.need.tolist()
    assert pairs.session.tolist() == instance.session.tolist()
    assert pairs.fixed.tolist() == instance.fixed.tolist()
    assert pairs.value.tolist() == pytest.approx(instance.value.tolist(), rel=1e-11)


def prices(problem: Problem, seed: int) -> Proof:
    """Any prices, good or bad."""
    draw = np.random.default_rng(seed)
    whens = {(s.date, s.half_day) for s in problem.sessions}
    return Proof(
        {n.id: tuple(draw.uniform(0, 40, draw.integers(0, n.wanted + 1))) for n in problem.needs},
        {(n.group or n.id, *when): draw.uniform(0, 9) for n in problem.needs for when in whens},
        {fund: draw.uniform(0, 0.2) for fund in problem.budgets},
    )


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32), fixed=st.booleans())
def test_whatever_the_prices_no_plan_is_better_than_their_bound(seed: int, fixed: bool) -> None:
    problem = random_problem(seed, 4, 4, fixed=fixed)
    pairs = find_candidates(problem)
    feasible = set(zip(pairs.need.tolist(), pairs.session.tolist(), strict=True))
    if len(pairs) > 9 or not problem.confirmed <= feasible:
        return
    best = best_by_enumeration(problem)
    assert proven_bound(problem, prices(problem, seed % 1000)) >= best - 1e-9
    assert proven_bound(problem, Proof({}, {}, {})) >= best - 1e-9


@settings(max_examples=200, deadline=None)
@given(
    bidders=st.lists(st.tuples(st.integers(-20, 40), st.integers(1, 12)), max_size=8),
    seats=st.integers(0, 30),
    single=st.booleans(),
    least=st.integers(0, 20),
)
def test_a_session_is_filled_as_well_as_by_trying_everything(
    bidders: list[tuple[int, int]], seats: int, single: bool, least: int
) -> None:
    best = 0
    for chosen in range(1 << len(bidders)):
        takers = [b for i, b in enumerate(bidders) if chosen >> i & 1]
        heads = sum(size for _, size in takers)
        if heads <= seats and heads >= least and not (single and len(takers) > 1):
            best = max(best, sum(bid for bid, _ in takers))
    bids = np.array([bid for bid, _ in bidders], np.float64)
    sizes = np.array([size for _, size in bidders], np.int64)
    assert best_filling(bids, sizes, seats, single, least) == best


@pytest.fixture(scope="module")
def proven() -> tuple[Problem, Plan]:
    problem = random_problem(13, 40, 50, days=21, fixed=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(solving, "SMALL", 0)
        plan = match(problem)
    assert verify(problem, plan) == []
    return problem, plan


def with_proof(plan: Plan, change: Callable[[Proof], Proof]) -> Plan:
    assert plan.certificate.proof
    proof = change(plan.certificate.proof)
    return replace(plan, certificate=replace(plan.certificate, proof=proof))


def one_price(price: float) -> Callable[[Proof], Proof]:
    def change(proof: Proof) -> Proof:
        who = next(iter(proof.ranks))
        return replace(proof, ranks=proof.ranks | {who: (price, *proof.ranks[who][1:])})

    return change


@pytest.mark.parametrize(
    "change",
    [
        one_price(-1e-9),
        one_price(float("nan")),
        one_price(float("inf")),
        lambda proof: replace(proof, ranks=proof.ranks | {"nobody": (1.0,)}),
        lambda proof: replace(
            proof, ranks={who: (*row, *[1.0] * 4) for who, row in proof.ranks.items()}
        ),
        lambda proof: replace(proof, half_days={("nobody", date(2026, 10, 1), 0): 1.0}),
        lambda proof: replace(proof, half_days={("g1", date(2026, 10, 1), 0): -1.0}),
        lambda proof: replace(proof, funds={"nobody's": 1.0}),
    ],
)
def test_prices_that_are_none_are_refused(
    proven: tuple[Problem, Plan], change: Callable[[Proof], Proof]
) -> None:
    problem, plan = proven
    assert [v.rule for v in verify(problem, with_proof(plan, change))] == ["proof"]


def lowered(plan: Plan, part: float) -> Plan:
    stated = plan.certificate
    bound = stated.bound * (1 - part)
    return replace(plan, certificate=replace(stated, bound=bound, gap=bound / stated.objective - 1))


def test_a_bound_lowered_by_a_hair_is_refused(proven: tuple[Problem, Plan]) -> None:
    problem, plan = proven
    assert plan.certificate.gap > 1e-5
    assert [v.rule for v in verify(problem, lowered(plan, 1e-8))] == ["bound"]
    assert verify(problem, lowered(plan, -1e-3)) == []


def test_what_is_said_to_be_proven_is_checked_where_the_bound_is_the_solvers() -> None:
    problem = random_problem(8, 28, 37, days=14, fixed=True)
    plan = match(problem)
    stated = plan.certificate
    assert verify(problem, plan) == []
    assert stated.method == "branch and bound"
    assert stated.bound < 0.95 * (stated.proven or 0.0)
    low = replace(plan, certificate=replace(stated, proven=stated.bound))
    assert [v.rule for v in verify(problem, low)] == ["bound"]


@pytest.mark.parametrize("seed", range(12))
def test_every_small_plan_carries_prices(seed: int) -> None:
    problem = random_problem(seed, 10, 14, days=14, fixed=seed % 2 == 0)
    plan = match(problem, Options(fairness=0.5 if seed % 3 == 0 else 0.0))
    stated = plan.certificate
    assert stated.proof is not None
    assert stated.proven is not None
    assert stated.proven >= stated.bound >= stated.objective
    assert proven_bound(problem, stated.proof) <= stated.proven + 1e-9
    assert verify(problem, plan) == []


def test_other_prices_do_not_prove_the_bound(proven: tuple[Problem, Plan]) -> None:
    problem, plan = proven
    empty = with_proof(plan, lambda proof: Proof({}, {}, {}))
    assert [v.rule for v in verify(problem, empty)] == ["bound"]


def test_a_pair_hidden_from_the_solver_shows_in_the_bound() -> None:
    """A search that overlooks a pair would prove too little; the recheck does not overlook it."""
    needs, offer = [need(), need("n2", severity=3)], session(capacity=30)
    full = Problem.build(needs, [offer])
    blind = Problem.build(needs, [offer], forbidden=[("n2", "s1")])
    bound = proven_bound(blind, Proof({}, {}, {}))
    assert proven_bound(full, Proof({}, {}, {})) > bound + 50


@pytest.fixture(scope="module")
def fair() -> tuple[Problem, Plan]:
    """A plan with fair groups, its goal bounded by prices alone."""
    problem = random_problem(21, 60, 50, days=21, fixed=True)
    small = {"small": [need.id for need in problem.needs[::4]]}
    problem = Problem.build(
        problem.needs,
        problem.sessions,
        unit_month_limits=problem.unit_month_limits,
        budgets=problem.budgets,
        fair_groups=small,
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(solving, "SMALL", 0)
        plan = match(problem, Options(fairness=0.5))
    assert verify(problem, plan) == []
    return problem, plan


def with_fair_proof(plan: Plan, change: Callable[[Proof], Proof]) -> Plan:
    assert plan.certificate.fair_proof
    proof = change(plan.certificate.fair_proof)
    return replace(plan, certificate=replace(plan.certificate, fair_proof=proof))


def test_the_bound_of_a_fair_goal_follows_from_its_prices_and_rewards(
    fair: tuple[Problem, Plan],
) -> None:
    problem, plan = fair
    stated = plan.certificate
    assert stated.fair_proof
    assert stated.fair_bound
    assert stated.fair_objective
    assert {kind for kind, _ in stated.fair_proof.rewards} == {"town", "group", "all"}
    assert max(stated.fair_proof.towns.values()) > 0
    assert stated.fair_bound >= stated.fair_objective > stated.objective
    assert proven_bound(problem, stated.fair_proof) == pytest.approx(stated.fair_bound, rel=1e-9)


@pytest.mark.parametrize("part", [1e-8, 1e-3])
def test_a_lowered_bound_of_a_fair_goal_is_refused(fair: tuple[Problem, Plan], part: float) -> None:
    problem, plan = fair
    stated = plan.certificate
    assert stated.fair_bound
    low = replace(stated, fair_bound=stated.fair_bound * (1 - part))
    assert [v.rule for v in verify(problem, replace(plan, certificate=low))] == ["bound"]


def all_prices(factor: float) -> Callable[[Proof], Proof]:
    def change(proof: Proof) -> Proof:
        rows = proof.ranks.items()
        ranks = {who: tuple(factor * price for price in row) for who, row in rows}
        return replace(proof, ranks=ranks)

    return change


def paid(factor: float) -> Callable[[Proof], Proof]:
    def change(proof: Proof) -> Proof:
        return replace(proof, towns={key: factor * price for key, price in proof.towns.items()})

    return change


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        (all_prices(0.2), "bound"),
        (all_prices(1.2), "bound"),
        (paid(0.9), "bound"),
        (paid(1.1), "bound"),
        (paid(-1.0), "proof"),
        (one_price(-1e-9), "proof"),
        (lambda proof: replace(proof, rewards={}), "proof"),
        (lambda proof: replace(proof, rewards={}, towns={}), "objective"),
        (
            lambda proof: replace(proof, rewards=proof.rewards | {("town", "?"): ((1, 1.0),)}),
            "proof",
        ),
        (
            lambda proof: replace(
                proof, rewards={key: row[::-1] for key, row in proof.rewards.items()}
            ),
            "proof",
        ),
    ],
)
def test_tampered_prices_and_rewards_of_a_fair_goal_are_refused(
    fair: tuple[Problem, Plan], change: Callable[[Proof], Proof], rule: str
) -> None:
    problem, plan = fair
    assert rule in [v.rule for v in verify(problem, with_fair_proof(plan, change))]


def test_what_a_fair_plan_says_of_itself_is_checked(fair: tuple[Problem, Plan]) -> None:
    problem, plan = fair
    stated = plan.certificate
    assert stated.fair_objective
    assert stated.given_up is not None
    for wrong, rule in (
        (replace(stated, fair_objective=stated.fair_objective * 1.001), "objective"),
        (replace(stated, given_up=stated.given_up + 0.001), "bound"),
        (replace(stated, proof=stated.fair_proof), "proof"),
    ):
        assert [v.rule for v in verify(problem, replace(plan, certificate=wrong))] == [rule]


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32), pays=st.floats(0, 60))
def test_whatever_is_paid_for_service_no_plan_earns_more_than_the_bound(
    seed: int, pays: float
) -> None:
    problem = random_problem(seed, 4, 4)
    if len(find_candidates(problem)) > 9:
        return
    town = problem.towns[0]
    goal = Proof(
        prices(problem, seed % 1000).ranks,
        {},
        {},
        {("town", town): ((1, 30.0), (1, 12.0)), ("all", ""): ((2, 8.0),)},
        {("town", town): pays, ("all", ""): pays / 7},
    )
    best = best_by_enumeration(problem, lambda plan: reward_of(problem, goal, plan))
    assert proven_bound(problem, goal) >= best - 1e-9


@pytest.mark.parametrize("seed", range(4))
def test_small_fair_plans_carry_prices_of_their_goal(seed: int) -> None:
    problem = random_problem(seed, 12, 14, days=14)
    stated = match(problem, Options(fairness=0.5)).certificate
    assert stated.fair_proof
    assert stated.fair_bound
    assert stated.fair_proven
    assert stated.fair_proven >= stated.fair_bound >= (stated.fair_objective or 0.0)
    assert proven_bound(problem, stated.fair_proof) <= stated.fair_proven * (1 + 1e-9)
