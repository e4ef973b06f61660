"""The worth of one more place agrees with solving again with one more place."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gongyu.engines.matching import Form, Problem, Session, match, scarcity
from gongyu.engines.matching import solve as solving
from gongyu.engines.matching.scarcity import Scarcity

from .instances import need, random_problem, session


def with_one_more(problem: Problem, row: Scarcity) -> float:
    """Optimum with a place for any one class of the town, at any time that suits it."""
    best = 0.0
    for who in problem.needs:
        if who.town != row.town or row.topic not in who.topics:
            continue
        day = next(
            who.date_from.fromordinal(day)
            for day in range(who.date_from.toordinal(), who.date_to.toordinal() + 1)
            if any(slot[0] == who.date_from.fromordinal(day).weekday() for slot in who.slots)
        )
        half = next(half for weekday, half in sorted(who.slots) if weekday == day.weekday())
        place = Session(
            id="place",
            unit="place",
            town=row.town,
            topics=frozenset({row.topic}),
            grades=who.grades,
            form=next(f for f in (Form.ONLINE, Form.HOST, Form.VISIT) if f & who.forms),
            date=day,
            half_day=half,
            capacity=who.headcount,
            exclusive=True,
            min_group=0,
            lon=who.lon,
            lat=who.lat,
            radius_km=0.0,
        )
        others = [(n.id, "place") for n in problem.needs if n.id != who.id]
        ids = {(problem.needs[n].id, problem.sessions[s].id) for n, s in problem.confirmed}
        more = Problem.build(
            problem.needs,
            [*problem.sessions, place],
            unit_month_limits=problem.unit_month_limits,
            budgets=problem.budgets,
            confirmed=ids,
            forbidden=others,
        )
        best = max(best, match(more).certificate.objective)
    return best


@pytest.mark.parametrize("seed", range(6))
def test_the_worth_of_a_place_lies_between_its_bounds(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    problem = random_problem(seed, 14, 14, days=14)
    needs = [replace(n, group="", wished_units=frozenset()) for n in problem.needs]
    problem = Problem.build(needs, problem.sessions, unit_month_limits=problem.unit_month_limits)
    with monkeypatch.context() as patch:
        patch.setattr(solving, "SMALL", 0)
        plan = match(problem)
    slack = plan.certificate.bound - plan.certificate.objective
    before = match(problem).certificate.objective
    for row in scarcity(problem, plan)[:4]:
        gain = with_one_more(problem, row) - before
        assert row.at_most is not None
        assert gain <= row.at_most + slack + 1e-3 * before
        assert gain >= row.at_least - slack - 1e-3 * before


def test_the_scarcest_topic_comes_first() -> None:
    problem = Problem.build(
        [need(f"n{i}", severity=3) for i in range(3)]
        + [need(f"m{i}", topics={"T0301": 1.0}, town="长子营镇") for i in range(2)],
        [session(exclusive=True), session("s2", topics=frozenset({"T0301"}), capacity=60)],
    )
    rows = scarcity(problem, match(problem))
    assert [(row.topic, row.town, row.waiting) for row in rows] == [
        ("T0101", "黄村镇", 2),
        ("T0301", "长子营镇", 0),
    ]
    assert rows[0].at_least == pytest.approx(120.0)
    assert rows[0].per_head == pytest.approx(4.0)
    assert rows[0].at_most is not None
    assert rows[0].at_most >= rows[0].at_least - 1e-9
