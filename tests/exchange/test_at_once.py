"""More things at the same moment: lines, heads, two units and the same two classes."""

from __future__ import annotations

from functools import partial

import pytest

from gongyu.accounts.models import Role
from gongyu.exchange import services
from gongyu.exchange.errors import MoveNotAllowed
from gongyu.exchange.models import MatchingRun, Order, QueueEntry, Session
from tests import factories as make

from .conftest import build_scene
from .test_last_place import at_the_same_moment, held, seats_taken, the_other

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 5


@pytest.mark.parametrize("again", range(ROUNDS))
def test_two_units_accept_all_with_the_same_classes_in_opposite_order(again: int) -> None:
    """Neither waits for the other for ever: each class goes to one of them."""
    scene = build_scene()
    classes = [make.SchoolClassFactory(school=scene.school) for _ in range(8)]
    elsewhere = make.SessionFactory(date=scene.session.date, half_day=scene.session.half_day)
    other_unit = elsewhere.resource.unit
    other_staff = make.person(Role.UNIT, other_unit)
    for school_class in classes:
        scene.order(school_class=school_class, headcount=5)
    for school_class in reversed(classes):
        scene.order(school_class=school_class, headcount=5, session=elsewhere)

    refusals = at_the_same_moment(
        lambda: services.accept_all(scene.unit, by=scene.staff),
        lambda: services.accept_all(other_unit, by=other_staff),
    )

    assert refusals == [None, None]
    assert held(scene.session) + held(elsewhere) == len(classes)
    assert seats_taken(scene.session) + seats_taken(elsewhere) == 5 * len(classes)


@pytest.mark.parametrize("again", range(ROUNDS))
def test_seats_that_become_free_go_to_the_line_once(again: int) -> None:
    """Two visits are called off at once; the line is offered what fits, and nobody twice."""
    scene = build_scene()
    visits = [scene.order(Order.State.ACCEPTED, headcount=30) for _ in range(2)]
    for _ in range(3):
        services.join_queue(scene.need(headcount=30), scene.session, by=scene.teacher)

    refusals = at_the_same_moment(
        lambda: services.cancel_order(visits[0], by=scene.staff),
        lambda: services.cancel_order(visits[1], by=scene.teacher),
        lambda: services.offer_all_places(),
    )

    assert refusals == [None, None, None]
    services.offer_all_places()
    turns = QueueEntry.objects.filter(order__isnull=False).order_by("at", "pk")
    first_two = QueueEntry.objects.order_by("at", "pk")[:2]
    assert list(turns) == list(first_two)
    services.accept_all(scene.unit, by=scene.staff)
    assert (held(scene.session), seats_taken(scene.session)) == (2, 60)


@pytest.mark.parametrize("again", range(ROUNDS))
def test_a_line_and_a_direct_order_meet_at_the_same_seats(again: int) -> None:
    scene = build_scene()
    visit = scene.order(Order.State.ACCEPTED, headcount=60)
    entry = services.join_queue(scene.need(headcount=40), scene.session, by=scene.teacher)
    late = scene.order(headcount=40)
    colleague = make.person(Role.UNIT, scene.unit)

    at_the_same_moment(
        lambda: services.cancel_order(visit, by=scene.staff),
        lambda: services.accept_order(late, by=colleague),
    )

    services.offer_all_places()
    services.accept_all(scene.unit, by=scene.staff)
    entry.refresh_from_db()
    assert seats_taken(scene.session) == 40
    assert held(scene.session) == 1


@pytest.mark.parametrize("again", range(ROUNDS))
def test_more_heads_and_another_acceptance_never_oversell(again: int) -> None:
    scene = build_scene()
    visit = scene.order(Order.State.ACCEPTED, headcount=30)
    asking = scene.order(headcount=30)

    at_the_same_moment(
        lambda: services.change_headcount(visit, 45, by=scene.teacher),
        lambda: services.accept_order(asking, by=scene.staff),
    )

    session = Session.objects.get(pk=scene.session.pk)
    orders = Order.objects.filter(session=session, state__in=Order.HOLDING)
    assert session.seats_taken == sum(orders.values_list("headcount", flat=True)) <= 60


@pytest.mark.parametrize("again", range(ROUNDS))
def test_an_objection_meets_an_acceptance(again: int) -> None:
    scene = build_scene()
    office = make.person(Role.COMMISSION)
    order = services.place_order(
        scene.need(headcount=20), scene.session, by=office, origin=Order.Origin.RUN
    )

    refusals = at_the_same_moment(
        lambda: services.object_to_order(order, by=scene.teacher, reason="time"),
        lambda: services.accept_order(order, by=scene.staff),
    )

    (refused,) = [refusal for refusal in refusals if refusal is not None]
    assert isinstance(refused, MoveNotAllowed)
    order.refresh_from_db()
    assert order.state in {"disputed", "accepted"}
    assert seats_taken(scene.session) == (20 if order.state == "accepted" else 0)


@pytest.mark.parametrize("of_town", [False, True])
@pytest.mark.parametrize("again", range(ROUNDS))
def test_two_start_a_run_of_the_same_scope(again: int, of_town: bool) -> None:
    """One begins; the other reads that one is under way. The district's own is another scope."""
    scene = build_scene()
    scene.need(headcount=20)
    town = scene.school.town if of_town else None
    offices = [make.person(Role.COMMISSION) for _ in range(2)]
    if of_town:
        services.start_run(by=offices[0])

    refusals = at_the_same_moment(
        *[partial(services.start_run, by=by, town=town) for by in offices]
    )

    assert isinstance(the_other(refusals), MoveNotAllowed)
    assert "等它算完再开始" in the_other(refusals).sentence
    assert MatchingRun.objects.of_scope(town).count() == 1


def test_a_scope_begins_again_once_its_run_is_over() -> None:
    scene = build_scene()
    scene.need(headcount=20)
    office = make.person(Role.COMMISSION)
    first = services.start_run(by=office)
    services.cancel_run(first, by=office)

    assert services.start_run(by=office).number == first.number + 1
