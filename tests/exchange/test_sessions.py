"""A unit opens half-days and takes back those that nobody was promised."""

from datetime import timedelta

import pytest

from gongyu.accounts.models import Role
from gongyu.core.calendar import HalfDay, today
from gongyu.exchange import services
from gongyu.exchange.errors import MoveNotAllowed, NotAllowed
from gongyu.exchange.models import Need, Order, Session
from tests import factories as make

from .conftest import Scene

DAY = today() + timedelta(days=30)


def test_opened_half_days_have_the_seats_of_the_resource(scene: Scene) -> None:
    half_days = [(DAY, HalfDay.MORNING), (DAY, HalfDay.AFTERNOON)]
    opened = services.add_sessions(scene.resource, half_days, by=scene.staff)
    assert [(s.date, s.half_day, s.seats) for s in opened] == [(DAY, 0, 60), (DAY, 1, 60)]


def test_a_half_day_that_is_open_already_stays_as_it_is(scene: Scene) -> None:
    services.add_sessions(scene.resource, [(DAY, 0)], by=scene.staff)
    opened = services.add_sessions(scene.resource, [(DAY, 0), (DAY, 1)], by=scene.staff)
    assert [(s.date, s.half_day) for s in opened] == [(DAY, 1)]
    assert scene.resource.sessions.filter(date=DAY).count() == 2


def test_a_session_that_was_taken_back_can_be_opened_again(scene: Scene) -> None:
    services.withdraw_session(scene.session, by=scene.staff)
    opened = services.add_sessions(
        scene.resource, [(scene.session.date, scene.session.half_day)], by=scene.staff
    )
    assert opened == [scene.session]
    scene.session.refresh_from_db()
    assert scene.session.state == Session.State.OPEN


def test_only_the_unit_opens_and_takes_back(scene: Scene) -> None:
    stranger = make.person(Role.UNIT)
    with pytest.raises(NotAllowed):
        services.add_sessions(scene.resource, [(DAY, 0)], by=stranger)
    with pytest.raises(NotAllowed):
        services.withdraw_session(scene.session, by=stranger)


def test_who_waits_for_a_withdrawn_session_goes_back_to_the_pool_and_reads_why(
    scene: Scene,
) -> None:
    waiting = scene.order()
    other = make.SessionFactory(resource=scene.resource, half_day=HalfDay.AFTERNOON)
    proposed = scene.order(session=other)
    services.propose_session(proposed, scene.session, by=scene.staff)

    lost = services.withdraw_session(scene.session, by=scene.staff)

    assert {order.pk for order in lost} == {waiting.pk, proposed.pk}
    for order in Order.objects.select_related("need"):
        assert order.state == Order.State.DECLINED
        assert order.words == "这一场取消了，需求已经回到需求池。"
        assert order.need.state == Need.State.POOLED


def test_a_promised_session_is_not_taken_back(scene: Scene) -> None:
    scene.order(Order.State.ACCEPTED)
    with pytest.raises(MoveNotAllowed, match="已经有学校定了"):
        services.withdraw_session(scene.session, by=scene.staff)
    scene.session.refresh_from_db()
    assert scene.session.state == Session.State.OPEN


def test_taking_back_twice_is_told(scene: Scene) -> None:
    services.withdraw_session(scene.session, by=scene.staff)
    with pytest.raises(MoveNotAllowed, match="已经收回了"):
        services.withdraw_session(scene.session, by=scene.staff)
