"""Fairness: what it asks for, what it costs."""

from __future__ import annotations

import numpy as np
import pytest

from gongyu.engines.matching import Options, Problem, find_candidates, match, price_of_fairness
from gongyu.engines.matching.fairness import equity
from gongyu.engines.matching.instance import assemble

from .instances import need, random_problem, session


def test_the_curve_starts_at_nothing_and_lifts_the_worst() -> None:
    points = price_of_fairness(random_problem(5, 40, 40, days=20))
    assert len(points) >= 6
    assert points[0].given_up == 0
    assert all(point.given_up >= -1e-3 for point in points)
    assert points[-1].worst_share >= points[0].worst_share
    assert all(point.worst_share <= point.least_most + 1e-9 for point in points)


def test_the_curve_can_be_cancelled() -> None:
    assert price_of_fairness(random_problem(5, 4, 4), cancelled=lambda: True) == ()


def test_a_served_need_earns_less_the_more_are_served() -> None:
    problem = Problem.build(
        [need(f"n{i}", town="甲" if i < 9 else "乙") for i in range(12)],
        [session(f"s{i}", exclusive=True, half_day=i % 3) for i in range(6)],
    )
    fair = equity(problem, assemble(problem, find_candidates(problem)), 1.0)
    assert fair is not None
    rewards = []
    for served in range(10):
        has = np.zeros(12, np.int64)
        has[:served] = 1
        rewards.append(fair.reward(has))
    steps = np.diff(rewards)
    assert (np.diff(steps) <= 1e-9).all()
    assert rewards[0] == 0


def test_a_fair_group_counts_like_a_town() -> None:
    needs = [need(f"a{i}", severity=3) for i in range(4)]
    needs += [need(f"b{i}") for i in range(4)]
    offers = [session(f"s{i}", exclusive=True, half_day=i % 3) for i in range(4)]
    small = {"小规模学校": [f"b{i}" for i in range(4)]}
    plan = match(Problem.build(needs, offers, fair_groups=small), Options(fairness=1.0))
    assert plan.fair_groups[0].served >= 1


@pytest.mark.parametrize("fairness", [0.0, 0.5, 1.0])
def test_towns_without_needs_or_candidates_do_no_harm(fairness: float) -> None:
    problem = Problem.build(
        [need("n1"), need("n2", topics={"T0901": 1.0}, town="远镇")], [session()]
    )
    plan = match(problem, Options(fairness=fairness))
    assert {t.town: (t.served, t.most) for t in plan.towns} == {
        "黄村镇": (1, 1.0),
        "远镇": (0, 0.0),
    }
