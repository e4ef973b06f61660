"""分两批: a group too big for one half-day comes on two, as two orders that add up."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from gongyu.core import timeline
from gongyu.core.calendar import HalfDay
from gongyu.exchange import queries, services
from gongyu.exchange.errors import ClassIsBusy, MoveNotAllowed, NotAllowed, SessionDoesNotFit
from gongyu.exchange.models import GroupSplit, Need, Order, Session
from gongyu.exchange.queries.alternatives import share_out
from gongyu.notices.models import Notice
from tests import factories as make

from .conftest import Scene, build_scene
from .test_last_place import at_the_same_moment, the_other


@pytest.fixture
def crowd(scene: Scene) -> Scene:
    """A class of 60 has asked; somebody else has taken 15 of the 60 seats meanwhile."""
    return crowded(scene)


def crowded(scene: Scene) -> Scene:
    make.OrderFactory(
        need=make.NeedFactory(headcount=15), session=scene.session, state=Order.State.ACCEPTED
    )
    return scene


def another(scene: Scene, **about: object) -> Session:
    return make.SessionFactory(resource=scene.resource, **({"half_day": HalfDay.AFTERNOON} | about))


def big(scene: Scene) -> Order:
    return scene.order(headcount=60, school_class=scene.school_class)


def seats(session: Session) -> int:
    return Session.objects.get(pk=session.pk).seats_taken


@pytest.mark.parametrize(
    ("heads", "rooms", "parts"),
    [
        (90, (45, 45), (45, 45)),
        (91, (60, 60), (46, 45)),
        (60, (45, 60), (30, 30)),
        (60, (10, 60), (10, 50)),
        (60, (60, 10), (50, 10)),
        (2, (60, 60), (1, 1)),
        (91, (45, 45), None),
        (1, (45, 45), None),
        (20, (0, 45), None),
    ],
)
def test_halves_are_even_as_far_as_the_seats_allow(
    heads: int, rooms: tuple[int, int], parts: tuple[int, int] | None
) -> None:
    assert share_out(heads, *rooms) == parts


def test_the_unit_is_shown_pairs_of_its_half_days(crowd: Scene) -> None:
    other = another(crowd)
    whole, (pair,) = queries.ways_for(big(crowd))
    assert [way.session for way in whole] == [other]
    assert (pair.first, pair.second) == (crowd.session, other)
    assert (pair.first_heads, pair.second_heads) == (30, 30)


def test_one_tap_of_the_school_makes_two_orders_that_add_up(crowd: Scene) -> None:
    other, order = another(crowd), big(crowd)
    services.propose_split(order, other, crowd.session, by=crowd.staff)
    assert Notice.objects.filter(verb="order.propose", to=crowd.teacher, asks=True).exists()
    services.agree_to_proposal(order, by=crowd.teacher)

    split = GroupSplit.objects.get()
    second = split.second_order
    assert second is not None
    first = Order.objects.get(pk=order.pk)
    assert (first.state, second.state) == ("accepted", "accepted")
    assert (first.headcount, second.headcount) == (30, 30)
    assert (first.session, second.session) == (crowd.session, other)
    assert (seats(crowd.session), seats(other)) == (45, 30)
    assert first.need != second.need
    assert first.need.headcount + second.need.headcount == 60
    assert second.need.school_class == crowd.school_class
    assert list(second.need.topics.all()) == [crowd.topic]
    assert [e.verb for e in timeline.entries_of(second)] == ["order.part"]
    assert {e.verb for e in timeline.entries_of(first)} == {"order.propose", "order.agree"}


def test_each_half_is_cancelled_on_its_own(crowd: Scene) -> None:
    other, order = another(crowd), big(crowd)
    services.propose_split(order, crowd.session, other, by=crowd.staff)
    services.agree_to_proposal(order, by=crowd.teacher)
    second = GroupSplit.objects.get().second_order
    assert second is not None
    services.cancel_order(second, by=crowd.teacher)
    assert Need.objects.get(pk=second.need_id).state == Need.State.POOLED
    assert Order.objects.get(pk=order.pk).state == Order.State.ACCEPTED


@pytest.mark.parametrize("how", ["refuse", "decline", "cancel"])
def test_what_comes_to_nothing_leaves_the_need_whole(crowd: Scene, how: str) -> None:
    order = big(crowd)
    services.propose_split(order, crowd.session, another(crowd), by=crowd.staff)
    if how == "refuse":
        services.refuse_proposal(order, by=crowd.teacher)
    elif how == "decline":
        services.decline_order(order, by=crowd.staff, reason="no_staff")
    else:
        services.cancel_order(order, by=crowd.teacher)
    need = Need.objects.get(pk=order.need_id)
    assert (need.state, need.headcount) == ("pooled", 60)
    assert Need.objects.filter(school=crowd.school).count() == 1


def test_a_half_day_that_is_withdrawn_takes_the_proposal_with_it(crowd: Scene) -> None:
    other, order = another(crowd), big(crowd)
    services.propose_split(order, crowd.session, other, by=crowd.staff)
    services.withdraw_session(other, by=crowd.staff)
    assert Order.objects.get(pk=order.pk).state == Order.State.DECLINED


def test_it_is_refused_with_the_reason(crowd: Scene) -> None:
    order, small = big(crowd), another(crowd, seats=10)
    with pytest.raises(SessionDoesNotFit, match="一共坐得下 55 人，60 人还是坐不下"):
        services.propose_split(order, crowd.session, small, by=crowd.staff)
    with pytest.raises(SessionDoesNotFit, match="只能分到自己单位的场次"):
        services.propose_split(order, crowd.session, make.SessionFactory(), by=crowd.staff)
    with pytest.raises(SessionDoesNotFit, match="两个不同的半天"):
        services.propose_split(order, crowd.session, crowd.session, by=crowd.staff)
    with pytest.raises(NotAllowed):
        services.propose_split(order, crowd.session, small, by=crowd.teacher)
    busy = another(crowd, date=crowd.session.date, half_day=HalfDay.EVENING)
    elsewhere = make.SessionFactory(date=busy.date, half_day=busy.half_day)
    crowd.order("accepted", headcount=1, school_class=crowd.school_class, session=elsewhere)
    with pytest.raises(ClassIsBusy):
        services.propose_split(order, crowd.session, busy, by=crowd.staff)
    services.accept_order(crowd.order(headcount=2), by=crowd.staff)
    assert not GroupSplit.objects.exists()


def test_the_database_keeps_the_sum(crowd: Scene) -> None:
    order = big(crowd)
    services.propose_split(order, crowd.session, another(crowd), by=crowd.staff)
    with pytest.raises(IntegrityError), transaction.atomic():
        GroupSplit.objects.update(first_heads=31)


def test_both_sides_do_it_on_their_pages(crowd: Scene, client: Client) -> None:
    other, order = another(crowd), big(crowd)
    client.force_login(crowd.staff)
    page = client.get(order.get_absolute_url()).content.decode()
    assert "人太多？分两批来" in page
    client.post(f"/exchange/orders/{order.pk}/split/", {"halves": f"{crowd.session.pk}-{other.pk}"})
    client.force_login(crowd.teacher)
    page = client.get(order.get_absolute_url()).content.decode()
    assert "想把 60 人分两批" in page
    client.post(f"/exchange/orders/{order.pk}/agree/")
    page = client.get(order.get_absolute_url()).content.decode()
    assert "60 人分两批来，这是第一批" in page
    second = GroupSplit.objects.get().second_order
    assert second is not None
    assert "这是第二批" in client.get(second.get_absolute_url()).content.decode()


@pytest.mark.parametrize("sent", ["", "x", "1", "1-2", "9999999999-3"])
def test_half_days_that_are_none_are_refused_on_the_page(
    crowd: Scene, client: Client, sent: str
) -> None:
    order = big(crowd)
    client.force_login(crowd.staff)
    answer = client.post(f"/exchange/orders/{order.pk}/split/", {"halves": sent})
    assert answer.status_code == 200
    assert Order.objects.get(pk=order.pk).state == Order.State.PLACED


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("again", range(3))
def test_the_school_agrees_twice_at_once(again: int) -> None:
    scene = crowded(build_scene())
    other, order = another(scene), big(scene)
    services.propose_split(order, scene.session, other, by=scene.staff)
    refused = the_other(
        at_the_same_moment(
            lambda: services.agree_to_proposal(order, by=scene.teacher),
            lambda: services.agree_to_proposal(order, by=scene.head),
        )
    )
    assert isinstance(refused, MoveNotAllowed)
    assert (seats(scene.session), seats(other)) == (45, 30)
