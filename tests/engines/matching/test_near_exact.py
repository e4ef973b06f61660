"""The near-exact way, on problems small enough to know the truth about."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gongyu.engines.matching import Options, Plan, Problem, find_candidates, match, verify
from gongyu.engines.matching import solve as solving
from gongyu.engines.matching.duality import weak_duality_bound
from gongyu.engines.matching.instance import assemble

from .instances import random_problem


def near_exact(problem: Problem, options: Options, monkeypatch: pytest.MonkeyPatch) -> Plan:
    with monkeypatch.context() as patch:
        patch.setattr(solving, "SMALL", 0)
        return match(problem, options)


@pytest.mark.parametrize("seed", range(30))
def test_the_optimum_lies_between_objective_and_bound(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    problem = random_problem(seed, 30, 40, days=21, fixed=seed % 2 == 0)
    best = match(problem).certificate.objective
    plan = near_exact(problem, Options(), monkeypatch)
    assert verify(problem, plan) == []
    assert plan.certificate.objective <= best * (1 + 1e-4)
    assert plan.certificate.objective >= best * 0.95
    assert plan.certificate.bound >= best * (1 - 1e-9)


@pytest.mark.parametrize("seed", range(6))
def test_the_bound_follows_from_the_prices_alone(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    problem = random_problem(seed, 40, 50, days=21, fixed=True)
    plan = near_exact(problem, Options(), monkeypatch)
    proof = plan.certificate.proof
    assert proof is not None
    instance = assemble(problem, find_candidates(problem))
    bound = weak_duality_bound(problem, instance, proof)
    assert bound == pytest.approx(plan.certificate.bound, rel=1e-9)
    # Any prices prove a bound, however bad.
    for factor in (0.0, 0.5, 3.0):
        worse = replace(
            proof,
            ranks={n: tuple(factor * price for price in row) for n, row in proof.ranks.items()},
        )
        assert weak_duality_bound(problem, instance, worse) >= bound * (1 - 1e-3)
        assert weak_duality_bound(problem, instance, worse) >= plan.certificate.objective


def test_fair_plans_keep_the_rules_and_their_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = random_problem(3, 60, 70, days=21)
    plan = near_exact(problem, Options(fairness=1.0), monkeypatch)
    exact = match(problem, Options(fairness=1.0))
    assert verify(problem, plan) == []
    assert plan.certificate.fair_objective is not None
    assert exact.certificate.fair_objective is not None
    assert plan.certificate.fair_bound is not None
    assert plan.certificate.fair_bound >= exact.certificate.fair_objective * (1 - 1e-4)
    assert plan.certificate.fair_objective >= exact.certificate.fair_objective * 0.97


def test_fairness_that_costs_too_much_asks_for_less(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = random_problem(3, 60, 70, days=21)
    for plan in (
        match(problem, Options(fairness=0.5)),
        near_exact(problem, Options(fairness=0.5), monkeypatch),
    ):
        assert verify(problem, plan) == []
        assert plan.certificate.given_up is not None
        assert plan.certificate.given_up <= 0.03


def test_the_same_seed_gives_the_same_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = random_problem(7, 60, 90, days=30)
    plans = [near_exact(problem, Options(seed=5), monkeypatch) for _ in range(2)]
    assert plans[0].matches == plans[1].matches
    assert plans[0].certificate.proof == plans[1].certificate.proof


def test_cancelling_keeps_a_valid_bound_and_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = random_problem(9, 60, 90, days=30)
    with monkeypatch.context() as patch:
        patch.setattr(solving, "SMALL", 0)
        plan = match(problem, cancelled=lambda: True)
    assert verify(problem, plan) == []
    assert plan.certificate.bound >= match(problem).certificate.objective * (1 - 1e-9)


def test_exact_goes_on_to_the_proven_gap(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = random_problem(11, 60, 60, days=20)
    plan = near_exact(problem, Options(exact=True, gap=1e-6), monkeypatch)
    assert plan.certificate.gap <= 1.1e-6
