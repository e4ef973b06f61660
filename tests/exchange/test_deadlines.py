"""Nobody waits for ever: a reminder, then back to the pool; a dispatched plan taken back."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from gongyu.accounts.models import Role, User
from gongyu.core.calendar import at, now, today
from gongyu.core.errors import DomainError
from gongyu.core.timeline import entries_of
from gongyu.exchange import services
from gongyu.exchange.errors import MoveNotAllowed, NotAllowed
from gongyu.exchange.models import MatchingRun, Need, Order
from gongyu.exchange.services import runs
from gongyu.notices.models import Notice
from tests import factories as make

from .conftest import Scene

SignIn = Callable[[User], Client]


def _asked(scene: Scene, days: float) -> Order:
    """An order that the school placed so many days ago."""
    session = make.SessionFactory(resource=scene.resource, date=today() + timedelta(days=20))
    order = services.place_order(scene.need(headcount=30), session, by=scene.teacher)
    _age(order, placed_at=days, since=days)
    return order


def _age(order: Order, **days: float) -> None:
    """Let a moment of the order lie so many days back."""
    Order.objects.filter(pk=order.pk).update(
        **{name: now() - timedelta(days=ago) for name, ago in days.items()}
    )


def _told(user: User, verb: str) -> int:
    return Notice.objects.filter(to=user, verb=verb).count()


def test_an_order_is_left_in_peace_for_three_days(scene: Scene) -> None:
    _asked(scene, 2.9)

    assert services.mind_deadlines() == 0
    assert _told(scene.staff, "order.remind") == 0


def test_after_three_days_the_unit_is_reminded_once(scene: Scene) -> None:
    order = _asked(scene, 3.1)

    services.mind_deadlines()
    services.mind_deadlines()

    assert _told(scene.staff, "order.remind") == 1
    order.refresh_from_db()
    assert order.state == Order.State.PLACED


def test_after_five_days_the_need_is_back_and_both_sides_are_told(scene: Scene) -> None:
    order = _asked(scene, 5.1)

    services.mind_deadlines()

    order.refresh_from_db()
    assert (order.state, order.decline_reason) == ("declined", "no_answer")
    assert order.need.state == Need.State.POOLED
    assert _told(scene.staff, "order.return") == 1
    assert _told(scene.teacher, "order.return") == 1
    last = entries_of(order).last()
    assert last is not None
    assert (last.actor, last.actor_label) == (None, "平台")


def test_when_the_day_has_come_nobody_waits_longer(scene: Scene) -> None:
    order = _asked(scene, 1)
    with at(now() + timedelta(days=20)):
        services.mind_deadlines()

    order.refresh_from_db()
    assert order.state == Order.State.DECLINED


def test_a_proposal_that_the_school_forgets_goes_back_too(scene: Scene) -> None:
    order = _asked(scene, 9)
    other = make.SessionFactory(resource=scene.resource, date=today() + timedelta(days=25))
    services.propose_session(order, other, by=scene.staff)
    _age(order, answered_at=5.5, since=5.5)

    services.mind_deadlines()

    order.refresh_from_db()
    assert order.state == Order.State.CANCELLED
    assert order.need.state == Need.State.POOLED


def test_what_is_arranged_is_never_touched(scene: Scene) -> None:
    order = _asked(scene, 9)
    services.accept_order(order, by=scene.staff)

    assert services.mind_deadlines() == 0


def test_a_unit_cannot_pretend_that_it_had_no_time_to_answer(scene: Scene) -> None:
    with pytest.raises(DomainError, match="请选一个原因"):
        services.decline_order(_asked(scene, 1), by=scene.staff, reason="no_answer")


# A dispatched plan


@pytest.fixture
def office(db: None) -> User:
    return make.person(Role.COMMISSION)


def _dispatched(scene: Scene, office: User) -> MatchingRun:
    scene.need(headcount=30)
    run = services.start_run(by=office)
    runs.solve(run.pk)
    services.dispatch_run(run, by=office)
    return MatchingRun.objects.get(pk=run.pk)


def test_a_plan_is_taken_back_whole_and_may_be_dispatched_again(
    sign_in: SignIn, scene: Scene, office: User
) -> None:
    run = _dispatched(scene, office)
    order = Order.objects.get()
    client = sign_in(office)
    assert "整批收回" in client.get(run.get_absolute_url()).content.decode()

    client.post(reverse("exchange:run_revoke", args=[run.pk]))

    order.refresh_from_db()
    assert order.state == Order.State.CANCELLED
    assert order.need.state == Need.State.POOLED
    assert _told(scene.staff, "order.revoke") == 1
    assert _told(scene.teacher, "order.revoke") == 1
    assert services.dispatch_run(run, by=office) == (1, 0)


def test_once_a_unit_has_accepted_nothing_is_taken_back(scene: Scene, office: User) -> None:
    run = _dispatched(scene, office)
    services.accept_order(Order.objects.get(), by=scene.staff)

    with pytest.raises(MoveNotAllowed, match="已经有 1 单接下了"):
        services.revoke_run(run, by=office)


def test_what_was_never_dispatched_cannot_be_taken_back(scene: Scene, office: User) -> None:
    scene.need()
    run = services.start_run(by=office)

    with pytest.raises(MoveNotAllowed, match="还没有派出去"):
        services.revoke_run(run, by=office)


def test_only_the_commission_takes_back(scene: Scene, office: User) -> None:
    run = _dispatched(scene, office)

    with pytest.raises(NotAllowed):
        services.revoke_run(run, by=scene.head)
