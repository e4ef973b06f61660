"""The calendars of units and schools: what stands in a week and a month, and for whom."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from gongyu.accounts.models import Role, User
from gongyu.core.calendar import HalfDay, today
from gongyu.core.models import Holiday
from gongyu.exchange import services
from gongyu.exchange.models import Order, Session
from gongyu.exchange.queries.calendar import Sheet
from gongyu.exchange.queries.calendar_moves import add_moves
from gongyu.exchange.queries.calendar_school import school_calendar, school_facts
from gongyu.exchange.queries.calendar_unit import unit_calendar, unit_facts
from gongyu.exchange.queries.span import Span
from tests import factories as make

from .conftest import Scene

SignIn = Callable[[User], Client]
CALENDARS = reverse("exchange:calendars")
NEXT_WEEK = f"{CALENDARS}?week=2026-W49"  # 30 November to 6 December; the scene's session is in it
TUESDAY = date(2026, 12, 1)


def unit_sheet(scene: Scene, span: Span, day: date | None = None) -> Sheet:
    facts = unit_facts(scene.unit, span.first, span.last)
    sheet = unit_calendar(facts, span, day)
    add_moves(sheet, facts)
    return sheet


def school_sheet(scene: Scene, span: Span, teacher: User | None = None) -> Sheet:
    return school_calendar(school_facts(scene.school, span.first, span.last, teacher), span, None)


# The span in the address


@pytest.mark.parametrize(
    ("week", "month", "first", "last", "query"),
    [
        ("2026-W49", "", date(2026, 11, 30), date(2026, 12, 6), "week=2026-W49"),
        ("2026-W53", "", date(2026, 12, 28), date(2027, 1, 3), "week=2026-W53"),
        ("", "2026-12", date(2026, 12, 1), date(2026, 12, 31), "month=2026-12"),
        ("", "", date(2026, 11, 23), date(2026, 11, 29), "week=2026-W48"),
        ("2026-W99", "2026-13", date(2026, 11, 23), date(2026, 11, 29), "week=2026-W48"),
        ("x" * 99, "二月", date(2026, 11, 23), date(2026, 11, 29), "week=2026-W48"),
    ],
)
def test_an_address_names_a_week_or_a_month_and_nonsense_is_this_week(
    week: str, month: str, first: date, last: date, query: str
) -> None:
    span = Span.asked(week, month)
    assert (span.first, span.last, span.query) == (first, last, query)


def test_one_walks_over_the_end_of_the_year() -> None:
    assert Span.asked("2026-W53", "").after.query == "week=2027-W01"
    assert Span.asked("", "2027-01").before.query == "month=2026-12"


# A unit's


def test_a_unit_sees_its_sessions_by_how_full_they_are(scene: Scene) -> None:
    half = make.SessionFactory(resource=scene.resource, half_day=HalfDay.AFTERNOON)
    scene.order(Order.State.ACCEPTED, session=half)
    full = make.SessionFactory(resource=scene.resource, date=today() + timedelta(days=8))
    scene.order(Order.State.ACCEPTED, session=full, headcount=60)
    gone = make.SessionFactory(resource=scene.resource, date=today() + timedelta(days=9))
    services.withdraw_session(gone, by=scene.staff)

    sheet = unit_sheet(scene, Span.of_week(TUESDAY))

    found = {slot.session: slot.state for d in sheet.days for h in d.halves for slot in h.slots}
    assert found == {scene.session: "open", half: "part", full: "full", gone: "withdrawn"}


def test_a_proposal_stands_in_both_places(scene: Scene) -> None:
    order = scene.order()
    other = make.SessionFactory(resource=scene.resource, date=today() + timedelta(days=9))
    services.propose_session(order, other, by=scene.staff)

    sheet = unit_sheet(scene, Span.of_week(TUESDAY))

    assert [(c.order, c.is_offer, c.kind) for c in sheet.cards] == [
        (order, False, "proposed"),
        (order, True, "proposed"),
    ]
    assert sheet.offered == 1


def test_holidays_make_up_days_examinations_and_closed_days_are_marked(scene: Scene) -> None:
    Holiday.objects.create(date=TUESDAY, kind=Holiday.Kind.HOLIDAY, name="校庆")
    Holiday.objects.create(
        date=TUESDAY + timedelta(days=4), kind=Holiday.Kind.MAKEUP_WORKDAY, name="校庆"
    )
    make.ExamSuspensionFactory(name="期中考试", first_day=TUESDAY + timedelta(days=1))
    make.OpeningExceptionFactory(resource=scene.resource, date=TUESDAY + timedelta(days=2))

    sheet = unit_sheet(scene, Span.of_week(TUESDAY))

    marks = {day.date.day: [(mark.kind, mark.text) for mark in day.marks] for day in sheet.days}
    assert marks[1] == [("holiday", "校庆放假")]
    assert marks[2][0][0] == "exam"
    assert marks[2][0][1].startswith("期中考试")
    assert marks[3] == [("closed", f"{scene.resource.title}不开：布展")]
    assert marks[5] == [("makeup", "调休，照常上课")]
    assert marks[6] == []


def test_a_cell_of_a_month_counts_heads_by_what_became_of_them(scene: Scene) -> None:
    scene.order(Order.State.ACCEPTED, headcount=20)
    scene.order(Order.State.PLACED, headcount=30)
    make.SessionFactory(resource=scene.resource, half_day=HalfDay.AFTERNOON)

    day = unit_sheet(scene, Span.of_month(TUESDAY), TUESDAY).chosen

    assert day is not None
    assert [[line.text for line in half.lines] for half in day.halves] == [
        ["等您接 30 人", "定了 20 人"],
        ["空着 1 场"],
    ]
    assert day.halves[0].said == "上午，等您接 30 人，定了 20 人"
    assert day.dots == ["waiting", "promised", "open"]


def test_an_evening_has_a_row_only_where_there_is_one(scene: Scene) -> None:
    assert not unit_sheet(scene, Span.of_week(TUESDAY)).has_evenings
    make.SessionFactory(resource=scene.resource, half_day=HalfDay.EVENING)
    assert unit_sheet(scene, Span.of_week(TUESDAY)).has_evenings


def test_what_belongs_to_another_unit_is_not_in_it(scene: Scene, sign_in: SignIn) -> None:
    order = scene.order()
    stranger = sign_in(make.person(Role.UNIT))

    page = stranger.get(NEXT_WEEK).content.decode()

    assert order.get_absolute_url() not in page
    assert scene.resource.title not in page
    assert "还没有人约" in page


# A school's


def test_a_school_sees_its_orders_and_what_is_pushed_in(scene: Scene) -> None:
    scene.order(Order.State.ACCEPTED, school_class=scene.school_class)
    make.PushPlanFactory(
        school=scene.school, date=TUESDAY, planned_on=today(), matter__title="防火"
    )
    make.OrderFactory(session=make.SessionFactory())  # another school's

    sheet = school_sheet(scene, Span.of_week(TUESDAY))

    (card,) = sheet.cards
    assert card.kind == "promised"
    marks = [mark.text for day in sheet.days for mark in day.marks]
    assert len(marks) == 1
    assert marks[0].startswith("防火进校园")


def test_a_teacher_sees_the_own_needs_and_classes_only(scene: Scene) -> None:
    colleague = make.person(Role.TEACHER, scene.school)
    mine = scene.order()
    taught = scene.order(filed_by=colleague, school_class=scene.school_class)
    scene.order(filed_by=colleague)
    make.PushPlanFactory(school=scene.school, date=TUESDAY, planned_on=today())

    sheet = school_sheet(scene, Span.of_week(TUESDAY), scene.teacher)

    assert {card.order for card in sheet.cards} == {mine, taught}
    assert [mark for day in sheet.days for mark in day.marks] == []


def test_needs_that_still_wait_stand_under_the_days_they_could_have(
    scene: Scene, sign_in: SignIn
) -> None:
    waiting = scene.need(date_from=TUESDAY, date_to=TUESDAY)
    later = scene.need(date_from=TUESDAY + timedelta(days=20), date_to=TUESDAY + timedelta(days=30))

    page = sign_in(scene.head).get(NEXT_WEEK)

    assert page.context["open_needs"] == [waiting]
    assert waiting.get_absolute_url() in page.content.decode()
    assert later.get_absolute_url() not in page.content.decode()


def test_no_child_is_named_in_a_unit_s_calendar(scene: Scene, sign_in: SignIn) -> None:
    child = make.StudentFactory(school_class=scene.school_class, name="欧阳星河")
    scene.order(school_class=scene.school_class)

    page = sign_in(scene.staff).get(NEXT_WEEK).content.decode()

    assert str(scene.school_class) in page
    assert child.name not in page


# The page


def test_the_page_keeps_its_place_and_leads_on(scene: Scene, sign_in: SignIn) -> None:
    page = sign_in(scene.staff).get(NEXT_WEEK).content.decode()

    assert "11 月 30 日到 12 月 6 日" in page
    for address in ("?week=2026-W48#sheet", "?week=2026-W50#sheet", "?month=2026-11"):
        assert address in page


def test_the_month_shows_the_chosen_day_in_full(scene: Scene, sign_in: SignIn) -> None:
    order = scene.order()

    page = sign_in(scene.staff).get(f"{CALENDARS}?month=2026-12&day=2026-12-01").content.decode()

    assert order.get_absolute_url() in page
    assert "12 月 1 日，周二" in page


@pytest.mark.django_db
def test_an_empty_calendar_teaches_each_side(sign_in: SignIn) -> None:
    unit = sign_in(make.person(Role.UNIT)).get(CALENDARS).content.decode()
    school = sign_in(make.person(Role.TEACHER)).get(CALENDARS).content.decode()

    assert "去开几个半天" in unit
    assert "提一条需求" in school


def test_the_heading_says_what_is_the_matter(scene: Scene, sign_in: SignIn) -> None:
    scene.order(Order.State.ACCEPTED, headcount=5)
    scene.order(headcount=5)
    scene.order(headcount=5)

    assert (
        sign_in(scene.staff).get(NEXT_WEEK).context["heading"] == "下一周定了一次，还有两单等您回话"
    )
    assert sign_in(scene.head).get(NEXT_WEEK).context["heading"] == "下一周定了一次，还有两单没定"


@pytest.mark.parametrize("many", [2, 9])
@pytest.mark.parametrize("side", ["unit", "school", "teacher"])
@pytest.mark.parametrize("query", ["week=2026-W49", "month=2026-12&day=2026-12-01"])
def test_queries_do_not_grow_with_what_stands_in_it(
    scene: Scene,
    sign_in: SignIn,
    many: int,
    side: str,
    query: str,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for n in range(many):
        session = make.SessionFactory(
            resource=make.ResourceFactory(unit=scene.unit, topics=[scene.topic]),
            date=TUESDAY + timedelta(days=n % 4),
        )
        school_class = make.SchoolClassFactory(school=scene.school)
        scene.order(session=session, school_class=school_class)
        scene.order(Order.State.ACCEPTED, session=session, headcount=5)
        make.SessionFactory(resource=session.resource, half_day=HalfDay.AFTERNOON)
        make.OpeningRuleFactory(resource=session.resource)
        make.PushPlanFactory(school=scene.school, date=TUESDAY, planned_on=today(), slot=n + 1)
        scene.need()
    assert Session.objects.count() > many
    client = sign_in({"unit": scene.staff, "school": scene.head, "teacher": scene.teacher}[side])

    with django_assert_max_num_queries({"unit": 18, "school": 12, "teacher": 12}[side]):
        client.get(f"{CALENDARS}?{query}")
