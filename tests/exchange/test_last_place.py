"""Two people at the same moment: one gets it, the other reads why not. On either database."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.db import connection

from gongyu.accounts.models import Role
from gongyu.core.calendar import HalfDay
from gongyu.core.errors import DomainError
from gongyu.exchange import services
from gongyu.exchange.errors import ClassIsBusy, MoveNotAllowed, SessionFull
from gongyu.exchange.models import Need, Order, Session
from tests import factories as make

from .conftest import build_scene

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 5


def at_the_same_moment(*acts: Callable[[], object]) -> list[DomainError | None]:
    """Do everything at once, each in its own thread and connection; what each was refused with."""
    start = threading.Barrier(len(acts))
    refusals: list[DomainError | None] = [None] * len(acts)
    broken: list[BaseException] = []

    def run(place: int) -> None:
        try:
            start.wait(10)
            acts[place]()
        except DomainError as refusal:
            refusals[place] = refusal
        except BaseException as error:
            broken.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert not broken, broken
    return refusals


def the_other(refusals: list[DomainError | None]) -> DomainError:
    """The refusal of the one who did not get it; exactly one did."""
    refused = [refusal for refusal in refusals if refusal is not None]
    assert len(refused) == 1, refusals
    return refused[0]


def seats_taken(session: Session) -> int:
    return Session.objects.get(pk=session.pk).seats_taken


def held(session: Session) -> int:
    return Order.objects.filter(session=session, state__in=Order.HOLDING).count()


@pytest.mark.parametrize("again", range(ROUNDS))
def test_two_colleagues_accept_the_same_order(again: int) -> None:
    scene = build_scene()
    colleague = make.person(Role.UNIT, scene.unit)
    order = scene.order(headcount=40)

    refused = the_other(
        at_the_same_moment(
            lambda: services.accept_order(order, by=scene.staff),
            lambda: services.accept_order(order, by=colleague),
        )
    )

    assert isinstance(refused, MoveNotAllowed)
    assert refused.sentence == "这一单现在是“已约定”，不用再接了。"
    assert seats_taken(scene.session) == 40


@pytest.mark.parametrize("again", range(ROUNDS))
def test_the_last_place_of_a_session_goes_to_one_of_two_schools(again: int) -> None:
    scene = build_scene()
    colleague = make.person(Role.UNIT, scene.unit)
    mine, theirs = (
        scene.order(headcount=40),
        make.OrderFactory(
            need=make.NeedFactory(headcount=40, topics=[scene.topic]), session=scene.session
        ),
    )

    refused = the_other(
        at_the_same_moment(
            lambda: services.accept_order(mine, by=scene.staff),
            lambda: services.accept_order(theirs, by=colleague),
        )
    )

    assert isinstance(refused, SessionFull)
    assert refused.sentence.startswith("这一场只剩 20 个名额，坐不下 40 人")
    assert (held(scene.session), seats_taken(scene.session)) == (1, 40)


@pytest.mark.parametrize("again", range(ROUNDS))
def test_an_exclusive_session_goes_to_one_of_two_schools(again: int) -> None:
    scene = build_scene()
    scene.resource.is_exclusive = True
    scene.resource.save()
    mine, theirs = scene.order(headcount=5), scene.order(headcount=6)

    refused = the_other(
        at_the_same_moment(
            lambda: services.accept_order(mine, by=scene.staff),
            lambda: services.accept_order(theirs, by=scene.staff),
        )
    )

    assert isinstance(refused, SessionFull)
    assert held(scene.session) == 1


@pytest.mark.parametrize("again", range(ROUNDS))
def test_one_class_is_not_sent_to_two_places_in_one_half_day(again: int) -> None:
    scene = build_scene()
    elsewhere = make.SessionFactory(date=scene.session.date, half_day=scene.session.half_day)
    other_staff = make.person(Role.UNIT, elsewhere.resource.unit)
    here = scene.order(school_class=scene.school_class, headcount=5)
    there = scene.order(school_class=scene.school_class, headcount=5, session=elsewhere)

    refused = the_other(
        at_the_same_moment(
            lambda: services.accept_order(here, by=scene.staff),
            lambda: services.accept_order(there, by=other_staff),
        )
    )

    assert isinstance(refused, ClassIsBusy)
    assert "已经约了别处" in refused.sentence
    assert held(scene.session) + held(elsewhere) == 1
    assert seats_taken(scene.session) + seats_taken(elsewhere) == 5


@pytest.mark.parametrize("again", range(ROUNDS))
def test_the_unit_accepts_while_the_school_cancels(again: int) -> None:
    """Whoever comes first: nothing is left half done, and no seat is lost."""
    scene = build_scene()
    order = scene.order(headcount=40)

    accepted, cancelled = at_the_same_moment(
        lambda: services.accept_order(order, by=scene.staff),
        lambda: services.cancel_order(order, by=scene.teacher),
    )

    assert cancelled is None  # an accepted order may be cancelled as well
    assert accepted is None or isinstance(accepted, MoveNotAllowed)
    order.refresh_from_db()
    assert order.state == Order.State.CANCELLED
    assert Need.objects.get(pk=order.need_id).state == Need.State.POOLED
    assert seats_taken(scene.session) == 0


@pytest.mark.parametrize("again", range(ROUNDS))
def test_a_need_is_ordered_from_two_units_at_once(again: int) -> None:
    scene = build_scene()
    need = scene.need()
    other = make.SessionFactory(resource=scene.resource, half_day=HalfDay.AFTERNOON)

    refused = the_other(
        at_the_same_moment(
            lambda: services.place_order(need, scene.session, by=scene.teacher),
            lambda: services.place_order(need, other, by=scene.head),
        )
    )

    assert isinstance(refused, MoveNotAllowed)
    assert need.orders.count() == 1


@pytest.mark.parametrize("again", range(ROUNDS))
def test_two_colleagues_press_accept_all(again: int) -> None:
    scene = build_scene()
    orders = [scene.order(headcount=20) for _ in range(4)]
    colleague = make.person(Role.UNIT, scene.unit)

    refusals = at_the_same_moment(
        lambda: services.accept_all(scene.unit, by=scene.staff),
        lambda: services.accept_all(scene.unit, by=colleague),
    )

    assert refusals == [None, None]
    assert seats_taken(scene.session) == 60
    states = sorted(Order.objects.filter(pk__in=[o.pk for o in orders]).values_list("state"))
    assert states == [("accepted",)] * 3 + [("placed",)]


def is_withdrawn(session: Session) -> bool:
    return Session.objects.get(pk=session.pk).state == Session.State.WITHDRAWN


@pytest.mark.parametrize("again", range(ROUNDS))
def test_a_session_is_taken_back_while_an_order_for_it_is_accepted(again: int) -> None:
    scene = build_scene()
    order = scene.order(headcount=20)
    colleague = make.person(Role.UNIT, scene.unit)

    the_other(
        at_the_same_moment(
            lambda: services.accept_order(order, by=scene.staff),
            lambda: services.withdraw_session(scene.session, by=colleague),
        )
    )

    order.refresh_from_db()
    if is_withdrawn(scene.session):
        assert order.state == Order.State.DECLINED
        assert seats_taken(scene.session) == 0
    else:
        assert order.state == Order.State.ACCEPTED
        assert seats_taken(scene.session) == 20


@pytest.mark.parametrize("again", range(ROUNDS))
def test_accept_all_meets_a_colleague_who_takes_one_from_the_middle(again: int) -> None:
    scene = build_scene()
    orders = [scene.order(headcount=10) for _ in range(4)]
    colleague = make.person(Role.UNIT, scene.unit)

    refusals = at_the_same_moment(
        lambda: services.accept_all(scene.unit, by=scene.staff),
        lambda: services.accept_order(orders[2], by=colleague),
    )

    assert refusals[0] is None
    assert refusals[1] is None or isinstance(refusals[1], MoveNotAllowed)
    assert (held(scene.session), seats_taken(scene.session)) == (4, 40)


@pytest.mark.parametrize("again", range(ROUNDS))
def test_a_plan_is_dispatched_while_a_school_orders_for_itself(again: int) -> None:
    scene = build_scene()
    needs = [scene.need(headcount=10) for _ in range(3)]
    run = make.MatchingRunFactory(objective=3.0, job__state="done")
    for need in needs:
        run.matches.create(need=need, session=scene.session, km=1, value=1)

    refusals = at_the_same_moment(
        lambda: services.dispatch_run(run, by=run.by),
        lambda: services.place_order(needs[1], scene.session, by=scene.teacher),
    )

    assert refusals[0] is None
    assert refusals[1] is None or isinstance(refusals[1], MoveNotAllowed)
    assert [need.orders.count() for need in needs] == [1, 1, 1]


@pytest.mark.parametrize("again", range(ROUNDS))
def test_two_staff_dispatch_two_plans_at_once(again: int) -> None:
    """The same needs in opposite order, on other sessions: each is ordered once, nobody waits."""
    scene = build_scene()
    needs = [scene.need(headcount=5) for _ in range(6)]
    other = make.SessionFactory(resource=scene.resource, half_day=HalfDay.AFTERNOON)
    runs = [make.MatchingRunFactory(objective=3.0, job__state="done") for _ in range(2)]
    for run, order, session in ((runs[0], needs, scene.session), (runs[1], needs[::-1], other)):
        for need in order:
            run.matches.create(need=need, session=session, km=1, value=1)
    results: dict[int, tuple[int, int]] = {}

    def dispatch(number: int) -> None:
        results[number] = services.dispatch_run(runs[number], by=runs[number].by)

    refusals = at_the_same_moment(lambda: dispatch(0), lambda: dispatch(1))

    assert refusals == [None, None]
    assert [need.orders.count() for need in needs] == [1] * 6
    assert sorted(results.values()) == [(0, 6), (6, 0)]
    (second,) = (run for number, run in enumerate(runs) if results[number] == (0, 6))
    sentences = set(second.matches.values_list("skipped", flat=True))
    assert len(sentences) == 1
    assert sentences.pop().startswith(f"全区的方案先派了这条：{scene.unit}，")


@pytest.mark.parametrize("again", range(ROUNDS))
def test_two_staff_dispatch_the_same_plan_at_once(again: int) -> None:
    scene = build_scene()
    need = scene.need(headcount=5)
    run = make.MatchingRunFactory(objective=3.0, job__state="done")
    run.matches.create(need=need, session=scene.session, km=1, value=1)
    colleague = make.person(Role.COMMISSION)

    refused = the_other(
        at_the_same_moment(
            lambda: services.dispatch_run(run, by=run.by),
            lambda: services.dispatch_run(run, by=colleague),
        )
    )

    assert refused.sentence == "这个方案已经派出去了。"
    assert need.orders.count() == 1
