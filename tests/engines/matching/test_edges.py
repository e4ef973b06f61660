"""Input at the edge: a right answer or a clear error. What is refused is in test_problem."""

from __future__ import annotations

import pytest

from gongyu.engines.matching import Options, Problem, Reason, match, price_of_fairness, verify

from .instances import need, session


@pytest.mark.parametrize("fairness", [0.0, 0.5, 1.0])
def test_all_needs_in_one_town(fairness: float) -> None:
    problem = Problem.build([need(f"n{i}") for i in range(5)], [session(capacity=60)])
    plan = match(problem, Options(fairness=fairness))
    assert [(town.town, town.needs, town.served) for town in plan.towns] == [("黄村镇", 5, 2)]
    assert plan.certificate.objective == pytest.approx(plan.certificate.bound)


def test_a_session_without_seats_takes_nobody() -> None:
    plan = match(Problem.build([need()], [session(capacity=0)]))
    assert plan.matches == ()
    assert plan.unmet[0].reason == Reason.TOO_BIG_A_GROUP
    assert [way.seats for way in plan.unmet[0].ways_out if way.seats] == [30]


def test_ten_thousand_identical_needs() -> None:
    needs = [need(f"n{i}") for i in range(10_000)]
    offers = [session(f"s{i}", half_day=i, capacity=310) for i in range(3)]
    problem = Problem.build(needs, offers)
    plan = match(problem)
    assert len(plan.matches) == 30
    assert plan.certificate.gap < 1e-9
    assert len(plan.unmet) == 9_970
    assert {unmet.reason for unmet in plan.unmet} == {Reason.TAKEN_BY_MORE_URGENT}
    assert verify(problem, plan) == []


def test_towns_and_groups_without_needs() -> None:
    problem = Problem.build([need()], [session(town="礼贤镇")], fair_groups={"乡村小规模学校": []})
    plan = match(problem, Options(fairness=0.5))
    assert [town.town for town in plan.towns] == ["黄村镇"]
    assert [(row.needs, row.share) for row in plan.fair_groups] == [(0, 0.0)]
    assert verify(problem, plan) == []
    assert price_of_fairness(problem)[-1].worst_share == 1.0


def test_a_need_wants_more_sessions_than_there_are_halves_of_a_day() -> None:
    offers = [session(f"s{i}") for i in range(4)]
    plan = match(Problem.build([need(wanted=4)], offers))
    assert (plan.unmet[0].got, plan.unmet[0].reason) == (1, Reason.GROUP_BUSY)


def test_a_budget_of_nothing_still_runs_what_is_free() -> None:
    offers = [session(fund="f", subsidy=1), session("s2", unit="u2", fund="f", lon=116.4)]
    plan = match(Problem.build([need()], offers, budgets={"f": 0}))
    assert [m.session for m in plan.matches] == ["s2"]
