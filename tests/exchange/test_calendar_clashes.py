"""Clashes said before they happen: sentences, with the place where they can be mended."""

from __future__ import annotations

from datetime import date, timedelta

from gongyu.core.calendar import HalfDay, today
from gongyu.core.models import Holiday
from gongyu.exchange.models import Order
from gongyu.exchange.queries.calendar import Clash
from gongyu.exchange.queries.calendar_school import clashes_of_school
from gongyu.exchange.queries.calendar_unit import clashes_of_unit, unit_calendar, unit_facts
from gongyu.exchange.queries.span import Span
from tests import factories as make

from .conftest import Scene

FIRST, LAST = today(), today() + timedelta(days=20)
DAY = today() + timedelta(days=7)


def of_unit(scene: Scene) -> list[Clash]:
    return clashes_of_unit(scene.unit, FIRST, LAST)


def of_school(scene: Scene) -> list[Clash]:
    return clashes_of_school(scene.school, FIRST, LAST)


def holiday(day: date = DAY) -> None:
    Holiday.objects.create(date=day, kind=Holiday.Kind.HOLIDAY, name="校庆")


def exclusive(scene: Scene) -> None:
    scene.resource.is_exclusive = True
    scene.resource.save()


# A unit's


def test_orders_that_fit_beside_each_other_do_not_clash(scene: Scene) -> None:
    scene.order(headcount=30)
    scene.order(headcount=30)
    assert of_unit(scene) == []


def test_two_orders_wait_for_one_exclusive_session(scene: Scene) -> None:
    exclusive(scene)
    one, other = scene.order(), make.OrderFactory(session=scene.session)

    (clash,) = of_unit(scene)

    assert (clash.date, clash.half_day, clash.orders) == (DAY, 0, {one.pk, other.pk})
    assert "是专场" in clash.sentence
    assert "只能接一家" in clash.sentence
    assert str(scene.school) in clash.sentence
    assert clash.url == one.get_absolute_url()


def test_an_exclusive_session_is_promised_and_somebody_still_waits(scene: Scene) -> None:
    exclusive(scene)
    scene.order(Order.State.ACCEPTED)
    waiting = make.OrderFactory(session=scene.session)

    (clash,) = of_unit(scene)

    assert clash.orders == {waiting.pk}
    assert f"已经定给{scene.school}" in clash.sentence


def test_more_heads_wait_than_there_are_seats(scene: Scene) -> None:
    scene.order(Order.State.ACCEPTED, headcount=20)
    scene.order(headcount=30)
    scene.order(headcount=11)

    (clash,) = of_unit(scene)

    assert "还有 40 个名额" in clash.sentence
    assert "一共 41 人" in clash.sentence


def test_whoever_was_offered_a_session_counts_among_those_who_want_it(scene: Scene) -> None:
    other = make.SessionFactory(resource=scene.resource, half_day=HalfDay.AFTERNOON)
    offered = make.OrderFactory(
        session=other, state=Order.State.PROPOSED, proposed_session=scene.session
    )
    waiting = scene.order(headcount=30)

    (clash,) = of_unit(scene)

    assert clash.half_day == HalfDay.MORNING
    assert clash.orders == {offered.pk, waiting.pk}


def test_a_visit_to_schools_reaches_one_of_them(scene: Scene) -> None:
    scene.resource.form, scene.resource.radius_km = "host", 30
    scene.resource.save()
    scene.order(headcount=10)
    assert of_unit(scene) == []

    make.OrderFactory(session=scene.session, need__headcount=10)

    (clash,) = of_unit(scene)
    assert "只去得了一处" in clash.sentence


def test_a_session_is_open_on_a_holiday(scene: Scene) -> None:
    holiday()
    (clash,) = of_unit(scene)
    assert clash.sentence == f"“{scene.resource.title}”开着，可是那天校庆放假。"
    assert clash.url.endswith(f"?week=2026-W49#cell-{DAY}-0")


def test_a_session_is_open_on_a_closed_day_or_in_an_examination(scene: Scene) -> None:
    make.OpeningExceptionFactory(resource=scene.resource, date=DAY, reason="布展")
    other = make.ResourceFactory(unit=scene.unit)
    make.SessionFactory(resource=other, date=DAY + timedelta(days=1))
    make.ExamSuspensionFactory(name="期中考试", first_day=DAY + timedelta(days=1))

    assert [c.sentence for c in of_unit(scene)] == [
        f"“{scene.resource.title}”开着，可是那天布展。",
        f"“{other.title}”开着，可是那天期中考试，停办。",
    ]


def test_a_rule_that_falls_on_a_holiday_is_a_note(scene: Scene) -> None:
    wednesday = date(2026, 12, 2)
    holiday(wednesday)
    make.OpeningRuleFactory(resource=scene.resource)

    (note,) = of_unit(scene)

    assert note.is_note
    assert (note.date, note.half_day) == (wednesday, HalfDay.AFTERNOON)
    assert "规则“周三下午”碰上校庆放假" in note.sentence


def test_a_waiting_class_is_promised_elsewhere_and_the_unit_need_not_know_where(
    scene: Scene,
) -> None:
    elsewhere = make.SessionFactory()
    scene.order(Order.State.ACCEPTED, session=elsewhere, school_class=scene.school_class)
    waiting = scene.order(school_class=scene.school_class)

    (clash,) = of_unit(scene)

    assert clash.orders == {waiting.pk}
    assert str(elsewhere.resource.unit) not in clash.sentence


def test_what_is_past_clashes_no_more(scene: Scene) -> None:
    exclusive(scene)
    past = make.SessionFactory(resource=scene.resource, date=today() - timedelta(days=1))
    make.OrderFactory(session=past)
    make.OrderFactory(session=past)

    assert clashes_of_unit(scene.unit, today() - timedelta(days=9), LAST) == []


def test_the_cell_and_its_cards_are_marked(scene: Scene) -> None:
    exclusive(scene)
    scene.order()
    make.OrderFactory(session=scene.session)
    span = Span.of_week(DAY)

    sheet = unit_calendar(unit_facts(scene.unit, span.first, span.last), span, None)

    assert [card.kind for card in sheet.cards] == ["clash", "clash"]
    marked = [(h.date, h.half_day) for d in sheet.days for h in d.halves if h.clashes]
    assert marked == [(DAY, 0)]


# A school's


def test_a_class_is_asked_for_in_two_places(scene: Scene) -> None:
    one = scene.order(Order.State.ACCEPTED, school_class=scene.school_class)
    other = scene.order(session=make.SessionFactory(), school_class=scene.school_class)

    (clash,) = of_school(scene)

    assert clash.orders == {one.pk, other.pk}
    assert str(scene.unit) in clash.sentence
    assert "要去两处" in clash.sentence
    assert clash.url == other.get_absolute_url()  # the one that can still be talked about


def test_a_proposal_clashes_where_it_would_lead(scene: Scene) -> None:
    scene.order(Order.State.ACCEPTED, school_class=scene.school_class)
    offered = scene.order(
        session=make.SessionFactory(date=DAY + timedelta(days=1)), school_class=scene.school_class
    )
    Order.objects.filter(pk=offered.pk).update(
        state=Order.State.PROPOSED,
        proposed_session=make.SessionFactory(resource=offered.session.resource, date=DAY),
    )

    (clash,) = of_school(scene)

    assert (clash.date, clash.half_day) == (DAY, 0)


def test_a_class_and_its_whole_grade_may_be_the_same_children(scene: Scene) -> None:
    scene.order(school_class=scene.school_class)
    scene.order(session=make.SessionFactory())

    (clash,) = of_school(scene)

    assert "是不是同一批孩子" in clash.sentence


def test_two_classes_in_one_half_day_are_no_clash(scene: Scene) -> None:
    scene.order(school_class=scene.school_class)
    scene.order(
        session=make.SessionFactory(), school_class=make.SchoolClassFactory(school=scene.school)
    )
    assert of_school(scene) == []


def test_an_order_on_a_holiday_or_in_an_examination(scene: Scene) -> None:
    holiday()
    scene.order()
    make.ExamSuspensionFactory(name="期中考试", first_day=DAY + timedelta(days=1))
    scene.order(session=make.SessionFactory(date=DAY + timedelta(days=1)))

    one, other = of_school(scene)

    assert "校庆放假" in one.sentence
    assert "期中考试，停办活动" in other.sentence


def test_an_examination_of_other_grades_is_none_of_theirs(scene: Scene) -> None:
    make.ExamSuspensionFactory(first_day=DAY, first_grade=9)
    scene.order()
    assert of_school(scene) == []


def test_two_bodies_come_on_one_day(scene: Scene) -> None:
    for slot, title in ((1, "防火"), (2, "禁毒")):
        make.PushPlanFactory(
            school=scene.school, date=DAY, planned_on=today(), slot=slot, matter__title=title
        )

    (clash,) = of_school(scene)

    assert clash.half_day is None
    assert clash.sentence == "一天有 2 件事进校园：防火、禁毒。"
