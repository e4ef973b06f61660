"""Half-days that a group has elsewhere, and days that nobody may be sent to."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from gongyu.engines.matching import (
    Changes,
    InvalidProblem,
    Problem,
    Reason,
    WayOutKind,
    apply_way_out,
    find_candidates,
    match,
    near_misses,
    rematch,
    verify,
)

from .instances import need, session

WEDNESDAY = date(2026, 10, 14)
AFTERNOON = {"3班": {(WEDNESDAY, 1)}}


def test_a_busy_group_is_proposed_nothing_then_and_anything_else() -> None:
    offers = [session(), session("s2", half_day=0)]
    problem = Problem.build([need(group="3班"), need("n2")], offers, busy=AFTERNOON)
    pairs = find_candidates(problem)
    assert set(zip(pairs.need.tolist(), pairs.session.tolist(), strict=True)) == {
        (0, 1),
        (1, 0),
        (1, 1),
    }
    assert verify(problem, match(problem)) == []


def test_the_reason_is_that_the_group_is_busy_and_a_way_out_is_another_time() -> None:
    problem = Problem.build([need(group="3班")], [session()], busy=AFTERNOON)
    unmet = match(problem).unmet[0]
    assert unmet.reason == Reason.GROUP_BUSY
    assert [way.kind for way in unmet.ways_out] == [WayOutKind.ADD_SESSION]
    way = unmet.ways_out[0]
    assert (way.day, (way.slot or (0, 0))[1]) != (WEDNESDAY, 1)
    assert len(match(apply_way_out(problem, "n1", way)).matches) == 1
    assert near_misses(problem, "n1") == []


def test_the_verifier_refuses_a_plan_that_sends_a_busy_group() -> None:
    free = Problem.build([need(group="3班")], [session()])
    busy = Problem.build([need(group="3班")], [session()], busy=AFTERNOON)
    assert "group_half_day" in {violation.rule for violation in verify(busy, match(free))}


def test_what_is_confirmed_stays_in_a_busy_half_day_and_pins_are_refused() -> None:
    arguments = ([need(group="3班")], [session()])
    confirmed = Problem.build(*arguments, busy=AFTERNOON, confirmed=[("n1", "s1")])
    assert len(match(confirmed).matches) == 1
    with pytest.raises(InvalidProblem, match="not feasible"):
        match(Problem.build(*arguments, busy=AFTERNOON, pinned=[("n1", "s1")]))


def test_a_rematch_still_knows_what_is_busy_and_closed() -> None:
    problem = Problem.build(
        [need(group="3班")], [session()], busy=AFTERNOON, closed_days=[WEDNESDAY]
    )
    after = rematch(problem, match(problem), Changes(needs=(need("n2", group="3班"),)))
    assert after.plan.matches == ()
    assert (after.problem.busy, after.problem.closed_days) == (problem.busy, problem.closed_days)


@pytest.mark.parametrize("busy", [{"": {(WEDNESDAY, 1)}}, {"3班": {(WEDNESDAY, 3)}}])
def test_faulty_half_days_are_named(busy: dict[str, set[tuple[date, int]]]) -> None:
    with pytest.raises(InvalidProblem) as caught:
        Problem.build([need(group="3班")], [session()], busy=busy)
    assert [fault.field for fault in caught.value.faults] == ["busy"]


def test_busy_groups_that_nobody_names_do_no_harm() -> None:
    problem = Problem.build([need()], [session()], busy={"5班": {(WEDNESDAY, 1)}})
    assert len(match(problem).matches) == 1


def test_no_way_out_leads_to_a_closed_day() -> None:
    week = [WEDNESDAY + timedelta(days=day) for day in range(-4, 5)]
    late = need(date_from=WEDNESDAY, date_to=WEDNESDAY)
    offers = [session("s1", capacity=20), session("s2", date=WEDNESDAY + timedelta(days=1))]
    ways = match(Problem.build([late], offers)).unmet[0].ways_out
    assert {way.kind for way in ways} >= {WayOutKind.WIDEN_WINDOW, WayOutKind.MORE_CAPACITY}
    holiday = Problem.build([late], offers, closed_days=week)
    assert match(holiday).unmet[0].ways_out == ()
    shut = Problem.build([need(topics={"T0901": 1.0})], offers, closed_days=[date(2026, 9, 1)])
    way = match(shut).unmet[0].ways_out[0]
    assert (way.kind, way.day) == (WayOutKind.NEW_RESOURCE, date(2026, 9, 2))
