"""排队等位: a place in the line, a turn when seats become free, nothing lost or oversold."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoCaptureOnCommitCallbacks

from gongyu.accounts.models import Role, User
from gongyu.core.calendar import at, now, today
from gongyu.core.errors import DomainError
from gongyu.exchange import queries, services
from gongyu.exchange.errors import MoveNotAllowed, NotAllowed, SessionDoesNotFit, SessionFull
from gongyu.exchange.models import Need, Order, QueueEntry, Session
from gongyu.exchange.planning import Draft
from gongyu.exchange.queries.queues import lines_of
from gongyu.notices.models import Notice
from tests import factories as make

from .conftest import Scene

SignIn = Callable[[User], Client]


@pytest.fixture
def full(scene: Scene) -> Order:
    """The session holds 60 of 60."""
    return scene.order(Order.State.ACCEPTED, headcount=60)


def in_line(scene: Scene, heads: int = 30) -> QueueEntry:
    need = scene.need(headcount=heads)
    return services.join_queue(need, scene.session, by=scene.teacher)


def turn_of(entry: QueueEntry) -> Order | None:
    return QueueEntry.objects.select_related("order").get(pk=entry.pk).order


def position(entry: QueueEntry) -> int:
    return lines_of(entry.need).get(pk=entry.pk).position  # type: ignore[attr-defined,no-any-return]  # annotated


@pytest.mark.usefixtures("full")
def test_a_place_in_the_line_is_counted_and_asked_for_once(scene: Scene) -> None:
    first, second, third = in_line(scene), in_line(scene), in_line(scene)
    again = services.join_queue(first.need, scene.session, by=scene.head)
    assert again == first
    assert [position(e) for e in (first, second, third)] == [1, 2, 3]
    services.leave_queue(first, by=scene.teacher)
    assert [position(e) for e in (second, third)] == [1, 2]
    assert lines_of(first.need).count() == 0


def test_where_there_is_room_nobody_queues(scene: Scene) -> None:
    with pytest.raises(DomainError, match="现在有位子，直接点单就行"):
        in_line(scene)


@pytest.mark.usefixtures("full")
def test_who_could_never_fit_is_told_so_at_once(scene: Scene) -> None:
    with pytest.raises(DomainError, match="一共 60 个名额，61 人排到了也坐不下"):
        in_line(scene, heads=61)
    scene.resource.lead_days = 8
    scene.resource.save()
    with pytest.raises(SessionDoesNotFit, match="提前 8 天"):
        in_line(scene)


@pytest.mark.usefixtures("full")
def test_only_who_speaks_for_the_need_queues_and_leaves(scene: Scene) -> None:
    entry = in_line(scene)
    colleague = make.person(Role.TEACHER, scene.school)
    with pytest.raises(NotAllowed):
        services.join_queue(scene.need(), scene.session, by=colleague)
    with pytest.raises(NotAllowed):
        services.leave_queue(entry, by=colleague)
    with pytest.raises(MoveNotAllowed):
        services.join_queue(scene.order().need, scene.session, by=scene.teacher)


def test_a_cancelled_visit_gives_the_first_in_line_its_turn(
    scene: Scene, full: Order, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    first, second = in_line(scene, 40), in_line(scene, 40)
    with django_capture_on_commit_callbacks(execute=True):
        services.cancel_order(full, by=scene.staff, reason="staff")

    order = turn_of(first)
    assert order is not None
    assert (order.state, order.origin, order.session) == ("placed", "queue", scene.session)
    assert turn_of(second) is None
    assert "排到了" in Notice.objects.get(to=scene.head, verb="queue.turn").sentence
    assert Notice.objects.filter(to=scene.staff, verb="order.place", asks=True).count() == 1


def test_the_first_that_fits_gets_it_and_the_bigger_one_keeps_its_place(
    scene: Scene, full: Order, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    big, small = in_line(scene, 30), in_line(scene, 20)
    with django_capture_on_commit_callbacks(execute=True):
        services.change_headcount(full, 40, by=scene.teacher)
    assert turn_of(small) is not None
    assert turn_of(big) is None
    assert position(big) == 1


def test_seats_stay_free_for_the_turn_until_the_unit_has_answered(
    scene: Scene, full: Order
) -> None:
    earlier = scene.order(headcount=30)
    entry = in_line(scene, 40)
    services.cancel_order(full, by=scene.staff, reason="staff")
    (order,) = services.offer_places(scene.session.pk)

    with pytest.raises(SessionFull, match="只剩 20 个名额"):
        services.place_order(scene.need(headcount=30), scene.session, by=scene.teacher)
    with pytest.raises(SessionFull, match="只剩 20 个名额"):
        services.accept_order(earlier, by=scene.staff)
    inbox = queries.inbox_of(scene.unit)
    assert [w.order for w in inbox.fitting] == [order]
    assert inbox.clashing[0].clash == "名额先留给排队的 40 人，他们的单子也在等您"

    accepted, left = services.accept_all(scene.unit, by=scene.staff)
    assert accepted == [order]
    assert [o for o, _why in left] == [earlier]
    assert turn_of(entry) == order


def test_the_unit_has_two_days_then_the_next_in_line_has_its_turn(
    scene: Scene, full: Order
) -> None:
    first, second = in_line(scene, 40), in_line(scene, 40)
    services.cancel_order(full, by=scene.staff, reason="staff")
    services.offer_places(scene.session.pk)
    with at(now() + timedelta(hours=47)):
        services.mind_deadlines()
        assert services.offer_all_places() == 0
    with at(now() + timedelta(hours=49)):
        services.mind_deadlines()
        services.offer_all_places()
        order = turn_of(second)
        assert order is not None
        assert order.state == "placed"
    lost = turn_of(first)
    assert lost is not None
    assert lost.decline_reason == "no_answer"


def test_a_declined_turn_goes_to_the_next(
    scene: Scene, full: Order, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    _first, second = in_line(scene, 40), in_line(scene, 40)
    services.cancel_order(full, by=scene.staff, reason="staff")
    (order,) = services.offer_places(scene.session.pk)
    with django_capture_on_commit_callbacks(execute=True):
        services.decline_order(order, by=scene.staff, reason="no_staff")
    assert turn_of(second) is not None


@pytest.mark.usefixtures("full")
def test_who_found_another_place_or_was_withdrawn_leaves_every_line(scene: Scene) -> None:
    elsewhere, withdrawn = in_line(scene), in_line(scene)
    other = make.SessionFactory(resource=scene.resource, date=today() + timedelta(days=9))
    order = services.place_order(elsewhere.need, other, by=scene.teacher)
    assert lines_of(elsewhere.need).count() == 1  # the unit may still decline
    services.accept_order(order, by=scene.staff)
    services.withdraw_need(withdrawn.need, by=scene.teacher)
    assert not QueueEntry.objects.waiting().exists()


def test_who_waits_for_another_unit_at_the_moment_keeps_the_place(
    scene: Scene, full: Order
) -> None:
    entry = in_line(scene)
    other = make.SessionFactory(resource=scene.resource, date=today() + timedelta(days=9))
    services.place_order(entry.need, other, by=scene.teacher)
    services.cancel_order(full, by=scene.staff, reason="staff")
    assert services.offer_places(scene.session.pk) == []
    assert position(entry) == 1


def test_a_session_that_is_taken_back_ends_its_line(scene: Scene, full: Order) -> None:
    entry = in_line(scene)
    services.cancel_order(full, by=scene.staff, reason="staff")
    services.withdraw_session(scene.session, by=scene.staff)
    assert services.offer_places(scene.session.pk) == []
    entry.refresh_from_db()
    assert entry.left_at is not None
    assert Need.objects.get(pk=entry.need_id).state == Need.State.POOLED


def test_a_turn_is_cancelled_not_left(scene: Scene, full: Order) -> None:
    entry = in_line(scene)
    services.cancel_order(full, by=scene.staff, reason="staff")
    services.offer_places(scene.session.pk)
    with pytest.raises(MoveNotAllowed, match="已经排到了"):
        services.leave_queue(entry, by=scene.teacher)


def test_what_others_have_taken_makes_a_session_full_not_small(scene: Scene) -> None:
    scene.order(Order.State.ACCEPTED, headcount=45)
    (miss,) = queries.fit_for(Draft.of(scene.need(headcount=30))).near_misses
    assert miss.sentences == ["只剩 15 个名额，您这边 30 人。"]
    assert miss.may_queue
    (miss,) = queries.fit_for(Draft.of(scene.need(headcount=61))).near_misses
    assert miss.sentences == ["一次最多 60 人，您这边 61 人。"]
    assert not miss.may_queue


@pytest.mark.usefixtures("full")
def test_queueing_and_leaving_is_one_tap_each(scene: Scene, sign_in: SignIn) -> None:
    need, client = scene.need(headcount=30), sign_in(scene.teacher)
    page = client.get(need.get_absolute_url()).content.decode()
    assert f'name="queue" value="{scene.session.pk}"' in page

    place = reverse("exchange:order_place", args=[need.pk])
    page = client.post(place, {"queue": scene.session.pk}, follow=True).content.decode()
    assert "一有位子就替您点单" in page
    assert "排第 1 位" in page

    entry = QueueEntry.objects.get()
    leave = reverse("exchange:queue_leave", args=[entry.pk])
    page = client.post(leave, follow=True).content.decode()
    assert "不排了，后面的往前挪一位。" in page
    assert "排第 1 位" not in page


@pytest.mark.usefixtures("full")
def test_a_new_need_goes_straight_into_the_line(scene: Scene) -> None:
    need = services.file_and_queue(
        scene.school,
        scene.session,
        by=scene.teacher,
        words="眯眼睛",
        topics=[scene.topic],
        first_grade=3,
        last_grade=3,
        headcount=30,
        date_from=today() + timedelta(days=1),
        date_to=today() + timedelta(days=20),
        reach_km=20,
    )
    assert lines_of(need).count() == 1
    assert Session.objects.get(pk=scene.session.pk).seats_taken == 60
