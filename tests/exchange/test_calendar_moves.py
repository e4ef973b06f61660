"""Moving in a unit's calendar: an order by proposal, an empty session at once, or a sentence."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from gongyu.accounts.models import Role, User
from gongyu.core.calendar import HalfDay, today
from gongyu.core.errors import DomainError
from gongyu.core.models import Holiday, TimelineEntry
from gongyu.exchange import services
from gongyu.exchange.errors import MoveNotAllowed, NotAllowed
from gongyu.exchange.models import Order, Session
from gongyu.exchange.queries.calendar import Card
from gongyu.exchange.queries.calendar_moves import add_moves
from gongyu.exchange.queries.calendar_unit import unit_calendar, unit_facts
from gongyu.exchange.queries.span import Span
from tests import factories as make

from .conftest import Scene

SignIn = Callable[[User], Client]
DAY = today() + timedelta(days=7)
OTHER = today() + timedelta(days=9)


def cards(scene: Scene, day: date = DAY) -> list[Card]:
    span = Span.of_week(day)
    facts = unit_facts(scene.unit, span.first, span.last)
    sheet = unit_calendar(facts, span, None)
    add_moves(sheet, facts)
    return sheet.cards


# An order


def test_the_list_offers_what_is_free_on_both_sides(scene: Scene) -> None:
    good = make.SessionFactory(resource=scene.resource, date=OTHER)
    full = make.SessionFactory(resource=scene.resource, date=DAY + timedelta(days=1))
    scene.order(Order.State.ACCEPTED, session=full, headcount=60)
    taken = make.SessionFactory(resource=scene.resource, half_day=HalfDay.AFTERNOON)
    scene.order(
        Order.State.ACCEPTED,
        session=make.SessionFactory(half_day=HalfDay.AFTERNOON),
        school_class=scene.school_class,
    )
    order = scene.order(school_class=scene.school_class)

    choices = {c.order.pk: [choice.value for choice in c.choices] for c in cards(scene)}

    assert choices[order.pk] == [str(good.pk)]
    assert taken.date == DAY


def test_the_list_puts_a_half_day_that_others_wait_for_last_and_says_so(scene: Scene) -> None:
    crowded = make.SessionFactory(resource=scene.resource, half_day=HalfDay.AFTERNOON)
    make.OrderFactory(session=crowded)
    free = make.SessionFactory(resource=scene.resource, date=OTHER)
    order = scene.order()

    card = next(card for card in cards(scene) if card.order.pk == order.pk)

    assert [(c.value, c.is_best) for c in card.choices] == [
        (str(crowded.pk), False),
        (str(free.pk), True),
    ]
    assert "会撞" in card.choices[0].note


@pytest.mark.parametrize(
    ("state", "words"),
    [(Order.State.ACCEPTED, "先和学校说好"), (Order.State.PROPOSED, "等学校点头")],
)
def test_what_the_table_of_moves_does_not_allow_says_why(
    scene: Scene, state: str, words: str
) -> None:
    make.SessionFactory(resource=scene.resource, date=OTHER)
    order = scene.order(state)

    card = next(card for card in cards(scene) if card.order.pk == order.pk)

    assert not card.choices
    assert words in card.stays


def test_moving_a_card_asks_the_school(scene: Scene, sign_in: SignIn) -> None:
    order = scene.order()
    other = make.SessionFactory(resource=scene.resource, date=OTHER)

    answer = sign_in(scene.staff).post(
        reverse("exchange:calendar_propose", args=[order.pk]),
        {"session": other.pk, "here": "week=2026-W49"},
    )

    order.refresh_from_db()
    assert answer.headers["Location"] == f"{reverse('exchange:calendars')}?week=2026-W49"
    assert (order.state, order.proposed_session) == (Order.State.PROPOSED, other)
    assert order.date == DAY  # until the school agrees


def test_a_move_that_is_not_allowed_is_a_sentence(scene: Scene, sign_in: SignIn) -> None:
    order = scene.order(Order.State.ACCEPTED)
    other = make.SessionFactory(resource=scene.resource, date=OTHER)

    answer = sign_in(scene.staff).post(
        reverse("exchange:calendar_propose", args=[order.pk]), {"session": other.pk}, follow=True
    )

    assert "这一步做不了了" in answer.content.decode()
    order.refresh_from_db()
    assert order.state == Order.State.ACCEPTED


@pytest.mark.parametrize("session", ["", "0", "x", "99999999"])
def test_nonsense_in_the_list_is_a_sentence(scene: Scene, sign_in: SignIn, session: str) -> None:
    order = scene.order()
    answer = sign_in(scene.staff).post(
        reverse("exchange:calendar_propose", args=[order.pk]), {"session": session}, follow=True
    )
    assert "半天" in answer.content.decode()
    order.refresh_from_db()
    assert order.state == Order.State.PLACED


def test_the_place_left_cannot_lead_elsewhere(scene: Scene, sign_in: SignIn) -> None:
    order = scene.order()
    other = make.SessionFactory(resource=scene.resource, date=OTHER)
    answer = sign_in(scene.staff).post(
        reverse("exchange:calendar_propose", args=[order.pk]),
        {"session": other.pk, "here": "https://example.org/?week=2026-W49"},
    )
    assert answer.headers["Location"].startswith(f"{reverse('exchange:calendars')}?week=")


# An empty session


def test_an_empty_session_moves_and_leaves_the_old_half_day_closed(scene: Scene) -> None:
    moved = services.move_session(scene.session, OTHER, HalfDay.AFTERNOON, by=scene.staff)

    scene.session.refresh_from_db()
    assert scene.session.state == Session.State.WITHDRAWN
    assert (moved.date, moved.half_day, moved.seats) == (OTHER, 1, scene.session.seats)
    assert moved.state == Session.State.OPEN
    assert moved.starts.hour == 14
    entry = TimelineEntry.objects.get(verb="session.move")
    assert entry.sentence == f"把{scene.session.when}这一场改到{moved.when}"


def test_it_moves_back_to_where_it_was(scene: Scene) -> None:
    moved = services.move_session(scene.session, OTHER, 0, by=scene.staff)
    back = services.move_session(moved, DAY, 0, by=scene.staff)
    assert back == scene.session
    assert Session.objects.filter(state=Session.State.OPEN).get() == scene.session


def test_the_opening_rules_leave_a_moved_session_where_it_is(scene: Scene) -> None:
    make.OpeningRuleFactory(resource=scene.resource)  # Wednesday afternoons
    services.generate_sessions(scene.resource, today() + timedelta(days=20), by=scene.staff)
    ruled = Session.objects.filter(half_day=HalfDay.AFTERNOON).earliest("date")

    moved = services.move_session(ruled, ruled.date + timedelta(days=1), 1, by=scene.staff)
    services.generate_sessions(scene.resource, today() + timedelta(days=20), by=scene.staff)

    ruled.refresh_from_db()
    moved.refresh_from_db()
    assert (ruled.state, moved.state) == (Session.State.WITHDRAWN, Session.State.OPEN)


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (Order.State.PLACED, "有学校在等"),
        (Order.State.DISPUTED, "有学校在等"),
        (Order.State.ACCEPTED, "已经有学校定了"),
    ],
)
def test_a_session_that_somebody_has_or_asks_for_stays(
    scene: Scene, state: str, words: str
) -> None:
    scene.order(state)
    with pytest.raises(MoveNotAllowed, match=words):
        services.move_session(scene.session, OTHER, 0, by=scene.staff)


def test_a_session_that_was_offered_to_somebody_stays(scene: Scene) -> None:
    elsewhere = make.SessionFactory(resource=scene.resource, half_day=HalfDay.AFTERNOON)
    order = scene.order(session=elsewhere)
    services.propose_session(order, scene.session, by=scene.staff)
    with pytest.raises(MoveNotAllowed, match="有学校在等"):
        services.move_session(scene.session, OTHER, 0, by=scene.staff)


def test_it_does_not_move_to_a_closed_day_or_onto_another(scene: Scene) -> None:
    make.SessionFactory(resource=scene.resource, date=OTHER)
    Holiday.objects.create(date=OTHER + timedelta(days=1), kind=Holiday.Kind.HOLIDAY, name="校庆")
    make.ResourceEntryFactory(resource=scene.resource, closed_weekdays=1)  # Mondays
    for day, half, words in (
        (OTHER, 0, "已经开着一场"),
        (OTHER + timedelta(days=1), 0, "法定放假"),
        (date(2026, 12, 7), 0, "闭馆日"),
        (DAY, 0, "原来的半天"),
        (today(), 0, "明天到一年以内"),
        (OTHER, 7, "上午、下午或者晚上"),
    ):
        with pytest.raises(DomainError, match=words):
            services.move_session(scene.session, day, half, by=scene.staff)
    scene.session.refresh_from_db()
    assert scene.session.state == Session.State.OPEN


def test_nobody_moves_what_is_another_unit_s(scene: Scene, sign_in: SignIn) -> None:
    stranger = make.person(Role.UNIT)
    with pytest.raises(NotAllowed):
        services.move_session(scene.session, OTHER, 0, by=stranger)
    address = reverse("exchange:session_move", args=[scene.session.pk])
    assert sign_in(stranger).post(address, {"to": f"{OTHER}.0"}).status_code == 404


def test_moving_a_session_from_the_page(scene: Scene, sign_in: SignIn) -> None:
    client = sign_in(scene.staff)
    page = client.get(f"{reverse('exchange:calendars')}?week=2026-W49").content.decode()
    assert f'value="{OTHER}.1"' in page
    assert f'value="{DAY}.0"' not in page

    answer = client.post(
        reverse("exchange:session_move", args=[scene.session.pk]),
        {"to": f"{OTHER}.1", "here": "month=2026-12&day=2026-12-01"},
        follow=True,
    )

    assert answer.redirect_chain[0][0].endswith("?month=2026-12&day=2026-12-01")
    assert "挪好了" in answer.content.decode()


@pytest.mark.parametrize("to", ["", "2026-12-03", "2026-12-99.1", "x.y", "2026-12-03.12"])
def test_nonsense_for_a_half_day_is_a_sentence(scene: Scene, sign_in: SignIn, to: str) -> None:
    answer = sign_in(scene.staff).post(
        reverse("exchange:session_move", args=[scene.session.pk]), {"to": to}, follow=True
    )
    assert "请选一个半天" in answer.content.decode()
