"""What a unit could not take goes back to the pool and finds another home; the rest stays."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from gongyu.accounts.models import Role, User
from gongyu.core.calendar import HalfDay, today
from gongyu.core.errors import DomainError
from gongyu.exchange import services
from gongyu.exchange.models import MatchingRun, Need, Order, Session
from gongyu.exchange.services import runs
from tests import factories as make

from .conftest import Scene

SignIn = Callable[[User], Client]
RETURNED = MatchingRun.Kind.RETURNED
Reason = Order.DeclineReason


@pytest.fixture
def office(db: None) -> User:
    return make.person(Role.COMMISSION)


def solved(office: User, kind: str = RETURNED) -> MatchingRun:
    run = services.start_run(by=office, kind=kind)
    runs.solve(run.pk)
    return MatchingRun.objects.select_related("job").get(pk=run.pk)


def declined(scene: Scene, reason: str = Reason.NO_STAFF, **about: object) -> Need:
    order = scene.order(**{"headcount": 20, **about})
    services.decline_order(order, by=scene.staff, reason=reason, words="")
    return Need.objects.get(pk=order.need_id)


def elsewhere(scene: Scene) -> Session:
    """Another unit, farther away."""
    unit = make.UnitFactory(lon=116.42, lat=39.80)
    resource = make.ResourceFactory(unit=unit, topics=[scene.topic], capacity=60)
    return make.SessionFactory(resource=resource, half_day=HalfDay.AFTERNOON)


def later(scene: Scene) -> Session:
    """The same unit, two days later."""
    return make.SessionFactory(resource=scene.resource, date=today() + timedelta(days=9))


def test_only_what_came_back_is_matched_and_nothing_else_moves(scene: Scene, office: User) -> None:
    arranged = scene.order(Order.State.ACCEPTED, headcount=5)
    asked = scene.order(headcount=5)
    scene.need(headcount=5)
    back, other = declined(scene), elsewhere(scene)
    before = list(Order.objects.exclude(need=back).values_list("pk", "state", "session"))

    run = solved(office)
    services.dispatch_run(run, by=office)

    assert [(m.need, m.session) for m in run.matches.all()] == [(back, other)]
    assert run.needs == 1
    after = list(Order.objects.exclude(need=back).values_list("pk", "state", "session"))
    assert sorted(after) == sorted(before)
    assert {order.pk for order in (arranged, asked)} <= {pk for pk, _state, _session in after}


def test_the_session_that_was_declined_is_not_proposed_again(scene: Scene, office: User) -> None:
    back, second = declined(scene), later(scene)
    assert [(m.need, m.session) for m in solved(office).matches.all()] == [(back, second)]


@pytest.mark.parametrize("reason", [Reason.NOT_OURS])
def test_a_unit_that_does_not_do_such_things_is_not_asked_again(
    scene: Scene, office: User, reason: str
) -> None:
    declined(scene, reason)
    later(scene)
    assert not solved(office).matches.exists()


def test_staff_may_pin_what_was_declined_after_a_word_with_the_unit(
    scene: Scene, office: User
) -> None:
    back = declined(scene)
    services.set_rule("pin", back, scene.session, by=office, reason="电话里说好了")
    assert [(m.need, m.session) for m in solved(office).matches.all()] == [(back, scene.session)]


def test_a_plan_that_was_taken_back_has_nothing_returned(scene: Scene, office: User) -> None:
    scene.need(headcount=20)
    run = solved(office, MatchingRun.Kind.POOL)
    services.dispatch_run(run, by=office)
    services.revoke_run(run, by=office)

    with pytest.raises(DomainError, match="没有退回来还在等的需求"):
        services.start_run(by=office, kind=RETURNED)


def test_seats_that_a_unit_was_asked_for_are_not_promised_twice(scene: Scene, office: User) -> None:
    scene.order(headcount=50)
    scene.need(headcount=20)
    fits = scene.need(headcount=10)
    run = solved(office, MatchingRun.Kind.POOL)
    assert [m.need for m in run.matches.all()] == [fits]


def test_a_class_that_is_promised_elsewhere_is_not_sent_in_the_same_half_day(
    scene: Scene, office: User
) -> None:
    same_time = make.SessionFactory(resource=make.ResourceFactory(topics=[scene.topic]))
    scene.order(Order.State.ACCEPTED, headcount=5, school_class=scene.school_class)
    scene.need(headcount=5, school_class=scene.school_class)
    assert same_time.half_day == scene.session.half_day

    run = solved(office, MatchingRun.Kind.POOL)

    assert not run.matches.exists()
    assert run.unmet.get().sentence == "这个班那半天已有安排"


def test_the_list_of_runs_and_the_desk_offer_to_find_them_new_homes(
    scene: Scene, office: User, sign_in: SignIn
) -> None:
    declined(scene)
    client = sign_in(office)
    for name in ("runs", "desk"):
        page = client.get(reverse(f"exchange:{name}")).content.decode()
        assert "1 条需求退回来了，还没有新去处" in page
        assert reverse("exchange:run_returned") in page

    client.post(reverse("exchange:run_returned"))

    run = MatchingRun.objects.get()
    assert run.kind == RETURNED
    assert run.job.title == "全区统一匹配"


def test_a_towns_clerk_finds_homes_for_her_own(scene: Scene, sign_in: SignIn) -> None:
    back = declined(scene)
    declined(scene, school=make.SchoolFactory())
    clerk = make.town_clerk(scene.school.town)
    sign_in(clerk).post(reverse("exchange:run_returned"))
    run = MatchingRun.objects.get()
    elsewhere(scene)
    runs.solve(run.pk)
    assert run.town == scene.school.town
    assert [m.need for m in run.matches.all()] == [back]


def test_the_first_page_says_what_came_back(scene: Scene, office: User, sign_in: SignIn) -> None:
    back = "1 个退回来了，还没有新去处"
    scene.need()
    assert back not in sign_in(office).get(reverse("home:today")).content.decode()

    declined(scene)

    for person in (office, make.town_clerk(scene.school.town)):
        assert back in sign_in(person).get(reverse("home:today")).content.decode()
