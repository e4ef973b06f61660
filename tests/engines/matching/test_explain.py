"""Everyone left open gets a reason, and ways out that are true."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pytest

from gongyu.engines.matching import (
    Changes,
    Form,
    Match,
    ObstacleKind,
    Options,
    Plan,
    Problem,
    Reason,
    WayOutKind,
    apply_way_out,
    find_candidates,
    match,
    near_misses,
    rematch,
    survey,
)
from gongyu.engines.matching.explain import explain
from gongyu.engines.matching.instance import assemble

from .enumeration import broken_rules
from .instances import need, random_problem, session


def servable(problem: Problem, plan: Plan, need_id: str) -> bool:
    """Whether the need can be added to the plan and nothing else has to move."""
    pairs = find_candidates(problem)
    facts = {(problem.needs[n].id, problem.sessions[s].id) for n, s in problem.confirmed}
    kept = list(plan.matches)
    before = broken_rules(problem, kept)
    taken = {(m.need, m.session) for m in kept} | facts
    for n, s, value, km in zip(pairs.need, pairs.session, pairs.value, pairs.km, strict=True):
        who, where = problem.needs[n], problem.sessions[s]
        if who.id == need_id and (who.id, where.id) not in taken:
            new = Match(who.id, where.id, who.headcount, float(km), float(value))
            if not broken_rules(problem, [*kept, new]) - before:
                return True
    return False


@pytest.mark.parametrize("seed", range(40))
def test_every_way_out_is_true(seed: int) -> None:
    problem = random_problem(seed, 10, 12, days=14, fixed=seed % 2 == 0, many_slots=seed % 3 > 0)
    plan = match(problem, Options(fairness=0.5 if seed % 4 == 0 else 0.0))
    for unmet in plan.unmet:
        assert not servable(problem, plan, unmet.need)
        for way in unmet.ways_out:
            changed = apply_way_out(problem, unmet.need, way)
            assert servable(changed, plan, unmet.need), (unmet, way)


@pytest.mark.parametrize(
    ("changes", "offer", "reason", "way"),
    [
        (
            {"topics": {"T0901": 1.0}},
            {},
            Reason.NO_RESOURCE_ON_TOPIC,
            WayOutKind.NEW_RESOURCE,
        ),
        ({"reach_km": 0.5}, {}, Reason.NONE_IN_REACH, WayOutKind.ENLARGE_REACH),
        (
            {},
            {"form": Form.HOST, "radius_km": 0.5},
            Reason.NONE_IN_REACH,
            WayOutKind.ENLARGE_RADIUS,
        ),
        ({"date_to": date(2026, 10, 9)}, {}, Reason.NONE_IN_WINDOW, WayOutKind.WIDEN_WINDOW),
        ({"slots": frozenset({(4, 0)})}, {}, Reason.NONE_IN_WINDOW, WayOutKind.OTHER_SLOT),
        ({"grades": frozenset({7})}, {}, Reason.WRONG_GRADES_OR_FORM, WayOutKind.ADMIT_GRADES),
        ({"forms": Form.ONLINE}, {}, Reason.WRONG_GRADES_OR_FORM, WayOutKind.OTHER_FORM),
        ({"headcount": 70}, {}, Reason.TOO_BIG_A_GROUP, WayOutKind.MORE_CAPACITY),
        ({}, {"min_group": 40}, Reason.BELOW_MINIMUM, WayOutKind.LOWER_MINIMUM),
        (
            {},
            {"min_group": 40, "exclusive": True},
            Reason.BELOW_MINIMUM,
            WayOutKind.LOWER_MINIMUM,
        ),
    ],
)
def test_the_reason_and_the_way_out_of_a_lonely_need(
    changes: dict[str, Any], offer: dict[str, Any], reason: Reason, way: WayOutKind
) -> None:
    unmet = match(Problem.build([need(**changes)], [session(**offer)])).unmet[0]
    assert (unmet.reason, unmet.got) == (reason, 0)
    assert way in {option.kind for option in unmet.ways_out}


def test_seats_taken_by_the_more_urgent_ask_for_more_seats() -> None:
    problem = Problem.build([need(), need("n2", severity=3)], [session(capacity=40)])
    unmet = match(problem).unmet[0]
    assert (unmet.need, unmet.reason) == ("n1", Reason.TAKEN_BY_MORE_URGENT)
    seats = {way.kind: way.seats for way in unmet.ways_out}
    assert seats[WayOutKind.MORE_CAPACITY] == 20


def test_the_limit_and_the_budget_are_named() -> None:
    limited = Problem.build([need()], [session()], unit_month_limits={"u1": 0})
    funded = Problem.build([need()], [session(fund="f", subsidy=9)], budgets={"f": 2})
    assert match(limited).unmet[0].reason == Reason.UNIT_LIMIT
    assert match(funded).unmet[0].reason == Reason.BUDGET
    assert match(funded).unmet[0].ways_out[0].fen == 7


def test_a_near_miss_says_exactly_what_stands_in_the_way() -> None:
    problem = Problem.build(
        [need(reach_km=5.0)],
        [
            session("far", unit="u1", lon=116.5),
            session("late", unit="u2", date=date(2027, 1, 6)),
            session("far and late", unit="u2", date=date(2027, 1, 6), lon=116.5),
            session("fits", unit="u3"),
            session("else", unit="u4", topics=frozenset({"T0901"})),
            session("all", unit="u5", lon=116.5, form=Form.HOST, grades=frozenset({9})),
        ],
    )
    misses = near_misses(problem, "n1")
    assert [miss.session for miss in misses] == ["late", "far", "all"]
    late = misses[0].obstacles[0]
    assert (late.kind, late.needed, late.offered) == (
        ObstacleKind.WINDOW,
        date(2027, 1, 6),
        date(2026, 12, 31),
    )
    far = misses[1].obstacles[0]
    assert far.kind == ObstacleKind.DISTANCE
    assert far.needed == pytest.approx(17.8, abs=0.2)
    assert far.offered == 5.0
    kinds = [obstacle.kind for obstacle in misses[2].obstacles]
    assert kinds == [ObstacleKind.GRADES, ObstacleKind.DISTANCE]


def test_a_near_miss_counts_the_seats_beside_the_confirmed() -> None:
    problem = Problem.build([need(), need("n2")], [session(capacity=40)], confirmed=[("n2", "s1")])
    obstacle = near_misses(problem, "n1")[0].obstacles[0]
    assert (obstacle.kind, obstacle.needed, obstacle.offered) == (ObstacleKind.FULL, 30, 10)


@pytest.mark.parametrize("seed", range(8))
def test_compiled_and_plain_say_the_same(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    problem = random_problem(seed, 60, 60, days=14, fixed=seed % 2 == 0)
    plan = match(problem)
    with monkeypatch.context() as patch:
        patch.setattr(survey, "SMALL", -1)
        assert match(problem).unmet == plan.unmet


def test_without_time_everybody_gets_a_reason_and_nobody_a_false_way_out() -> None:
    problem = random_problem(3, 60, 60, days=14)
    plan = match(problem)
    instance = assemble(problem, find_candidates(problem))
    taken = {(problem.need_index[m.need], problem.session_index[m.session]) for m in plan.matches}
    pairs = zip(instance.need.tolist(), instance.session.tolist(), strict=True)
    chosen = np.array([i for i, pair in enumerate(pairs) if pair in taken], np.int64)
    hasty = explain(problem, instance, chosen, enough=lambda: True)
    assert [(u.need, u.reason) for u in hasty] == [(u.need, u.reason) for u in plan.unmet]
    assert all(not u.looked and u.ways_out == () for u in hasty)
    assert all(u.looked for u in plan.unmet)


@pytest.mark.parametrize("seed", range(12))
def test_ways_out_kept_from_an_earlier_plan_are_still_true(seed: int) -> None:
    problem = random_problem(seed, 12, 14, days=14, many_slots=seed % 3 > 0)
    plan = match(problem)
    changes = Changes(
        withdrawn=frozenset(m.need for m in plan.matches[:1]),
        cancelled=frozenset(m.session for m in plan.matches[-1:]),
        seats={problem.sessions[0].id: 5},
    )
    result = rematch(problem, plan, changes)
    for unmet in result.plan.unmet:
        assert unmet.looked
        for way in unmet.ways_out:
            changed = apply_way_out(result.problem, unmet.need, way)
            assert servable(changed, result.plan, unmet.need), (unmet, way)
