"""A plan with one rule broken is refused, by that rule's name."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from gongyu.engines.matching import Form, Match, Plan, Problem, match, verify

from .instances import need, session


def rules(problem: Problem, plan: Plan) -> set[str]:
    return {violation.rule for violation in verify(problem, plan)}


def good() -> tuple[Problem, Plan]:
    problem = Problem.build([need(wanted=2), need("n2")], [session(), session("s2", half_day=0)])
    return problem, match(problem)


def test_a_good_plan_is_let_through() -> None:
    assert rules(*good()) == set()


@pytest.mark.parametrize(
    ("rule", "changes", "offer"),
    [
        ("grades", {}, {"grades": frozenset({9})}),
        ("form", {"forms": Form.ONLINE}, {}),
        ("window", {"date_to": date(2026, 10, 1)}, {}),
        ("slot", {"slots": frozenset({(0, 0)})}, {}),
        ("fit", {"topics": {"T0301": 1.0}}, {}),
        ("travel", {"reach_km": 0.5}, {}),
        ("capacity", {"headcount": 100}, {}),
        ("exclusive", {}, {"exclusive": True}),
        ("min_group", {}, {"min_group": 90, "capacity": 90}),
    ],
)
def test_a_broken_rule_is_named(rule: str, changes: dict[str, Any], offer: dict[str, Any]) -> None:
    fine = Problem.build([need(), need("n2")], [session()])
    plan = match(fine)
    assert len(plan.matches) == 2
    broken = Problem.build([need(**changes), need("n2")], [session(**offer)])
    assert rule in rules(broken, plan)


@pytest.mark.parametrize(
    ("rule", "arguments"),
    [
        ("forbidden", {"forbidden": [("n1", "s1")]}),
        ("confirmed", {"confirmed": [("n1", "s2")]}),
        ("pinned", {"pinned": [("n1", "s2")]}),
        ("unit_month", {"unit_month_limits": {"u1": 0}}),
        ("budget", {"budgets": {"f": 0}}),
    ],
)
def test_what_staff_decided_is_checked(rule: str, arguments: dict[str, Any]) -> None:
    offers = [session(fund="f", subsidy=5), session("s2", topics=frozenset({"T0102"}))]
    plan = match(Problem.build([need()], offers))
    assert [(m.need, m.session) for m in plan.matches] == [("n1", "s1")]
    assert rule in rules(Problem.build([need()], offers, **arguments), plan)


def test_too_many_sessions_and_two_places_at_once_are_named() -> None:
    problem, plan = good()
    other = Problem.build([need(group="g"), need("n2", group="g")], list(problem.sessions))
    assert rules(other, plan) >= {"wanted", "group_half_day"}


def change(plan: Plan, **figures: Any) -> Plan:
    first = replace(plan.matches[0], **figures)
    return replace(plan, matches=(first, *plan.matches[1:]))


@pytest.mark.parametrize(
    ("rule", "figures"),
    [
        ("headcount", {"headcount": 29}),
        ("km", {"km": 1.0}),
        ("value", {"value": 31.0}),
        ("unknown", {"session": "s9"}),
        ("unknown", {"need": "n9"}),
    ],
)
def test_a_wrong_figure_in_a_match_is_named(rule: str, figures: dict[str, Any]) -> None:
    problem, plan = good()
    assert rule in rules(problem, change(plan, **figures))


def test_a_pair_given_twice_is_named() -> None:
    problem, plan = good()
    assert "duplicate" in rules(problem, replace(plan, matches=plan.matches * 2))


@pytest.mark.parametrize(
    ("rule", "figures"),
    [
        ("objective", {"objective": 100.0}),
        ("bound", {"bound": 1.0}),
        ("bound", {"bound": float("nan")}),
        ("gap", {"gap": 0.5}),
    ],
)
def test_a_wrong_certificate_is_named(rule: str, figures: dict[str, float]) -> None:
    problem, plan = good()
    stated = replace(plan, certificate=replace(plan.certificate, **figures))  # type: ignore[arg-type]
    assert rule in rules(problem, stated)


def test_missing_reasons_and_wrong_shares_are_named() -> None:
    problem = Problem.build([need(), need("n2", topics={"T0301": 1.0})], [session()])
    plan = match(problem)
    assert rules(problem, replace(plan, unmet=())) == {"unmet"}
    wrong = (replace(plan.towns[0], served=2),)
    assert rules(problem, replace(plan, towns=wrong)) == {"towns"}
    invented = replace(plan, matches=(*plan.matches, Match("n2", "s1", 30, 0.0, 0.0)))
    assert "fit" in rules(problem, invented)
