"""After the visit: a reminder, 回访 where it is needed, 归档 by itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse

from gongyu.accounts.models import Role, User
from gongyu.core.calendar import at, now, today
from gongyu.core.errors import DomainError
from gongyu.exchange import services
from gongyu.exchange.errors import NotAllowed
from gongyu.exchange.models import Order, Rating, Revisit
from gongyu.notices.models import Notice
from tests import factories as make

from .conftest import Scene

SignIn = Callable[[User], Client]


@pytest.fixture(autouse=True)
def no_samples(settings: LazySettings) -> None:
    settings.REVISIT_ONE_IN = 0


@pytest.fixture
def office(db: None) -> User:
    return make.person(Role.COMMISSION)


def visited(scene: Scene, days_ago: int, *, school: int | None = None, unit: int | None = None):
    session = make.SessionFactory(resource=scene.resource, date=today() - timedelta(days=days_ago))
    order = scene.order(Order.State.ACCEPTED, session=session, headcount=5)
    if school:
        services.rate_order(order, by=scene.teacher, stars=school)
    if unit:
        services.rate_order(order, by=scene.staff, stars=unit)
    return order


def after_the_chore(order: Order) -> str:
    services.mind_deadlines()
    order.refresh_from_db()
    return order.state


def test_rated_well_by_both_it_is_filed_away_by_itself(scene: Scene) -> None:
    assert after_the_chore(visited(scene, 0, school=5, unit=5)) == "archived"
    assert not Revisit.objects.exists()


def test_rated_low_by_the_school_the_district_asks_at_once(scene: Scene, office: User) -> None:
    order = visited(scene, 0, school=2)
    assert after_the_chore(order) == "revisit"
    assert order.revisit.why == "low"
    asked = Notice.objects.get(to=office, verb="order.revisit")
    assert asked.asks
    assert "请区教委回访：评得低" in asked.sentence


def test_a_low_rating_by_the_unit_alone_is_no_reason_to_ask(scene: Scene) -> None:
    assert after_the_chore(visited(scene, 0, school=4, unit=1)) == "archived"


def test_one_visit_in_so_many_is_drawn(scene: Scene, settings: LazySettings) -> None:
    settings.REVISIT_ONE_IN = 1
    order = visited(scene, 0, school=5, unit=5)
    assert after_the_chore(order) == "revisit"
    assert order.revisit.why == "sample"


def test_who_has_not_rated_is_reminded_once(scene: Scene) -> None:
    order = visited(scene, 3, school=5)
    assert after_the_chore(order) == "done"
    services.mind_deadlines()
    reminded = Notice.objects.filter(verb="order.remind")
    assert list(reminded.values_list("to", flat=True)) == [scene.staff.pk]


def test_without_the_units_rating_it_is_filed_away_after_two_weeks(scene: Scene) -> None:
    assert after_the_chore(visited(scene, 13, school=5)) == "done"
    assert after_the_chore(visited(scene, 14, school=5)) == "archived"


def test_without_the_schools_rating_the_district_asks_after_two_weeks(scene: Scene) -> None:
    order = visited(scene, 14, unit=5)
    assert after_the_chore(order) == "revisit"
    assert order.revisit.why == "missing"


def test_what_nobody_speaks_of_counts_as_done_and_is_asked_about(scene: Scene) -> None:
    order = visited(scene, 14)
    assert after_the_chore(order) == "revisit"
    order.need.refresh_from_db()
    assert order.need.state == "done"


def test_the_district_records_what_the_school_says(scene: Scene, office: User) -> None:
    order = visited(scene, 0, school=1)
    after_the_chore(order)
    services.record_revisit(order, by=office, result="unsolved", words="讲得听不清")
    order.refresh_from_db()
    assert order.state == "archived"
    assert (order.revisit.result, order.revisit.by) == ("unsolved", office)


def test_a_call_back_needs_a_result_and_the_district(scene: Scene, office: User) -> None:
    order = visited(scene, 0, school=1)
    after_the_chore(order)
    for result in ("", "unreached", "x"):
        with pytest.raises(DomainError, match="学校怎么说"):
            services.record_revisit(order, by=office, result=result)
    with pytest.raises(NotAllowed):
        services.record_revisit(order, by=scene.teacher, result="solved")


def test_a_call_back_that_nobody_makes_does_not_stay_open(scene: Scene) -> None:
    order = visited(scene, 0, school=1)
    after_the_chore(order)
    with at(now() + timedelta(days=14, hours=1)):
        assert after_the_chore(order) == "archived"
    assert order.revisit.result == "" or Revisit.objects.get(order=order).result == "unreached"


@pytest.mark.parametrize("state", ["revisit", "archived"])
def test_a_late_rating_counts_and_opens_nothing_again(scene: Scene, state: str) -> None:
    session = make.SessionFactory(resource=scene.resource, date=today() - timedelta(days=20))
    order = scene.order(state, session=session)
    services.rate_order(order, by=scene.teacher, stars=1)
    order.refresh_from_db()
    assert order.state == state
    assert Rating.objects.filter(order=order).count() == 1


def test_the_page_of_the_district_asks_for_the_answer(
    scene: Scene, office: User, sign_in: SignIn
) -> None:
    order = visited(scene, 0, school=1)
    after_the_chore(order)
    client = sign_in(office)
    assert "等区教委回访：评得低" in client.get(order.get_absolute_url()).content.decode()
    address = reverse("exchange:order_revisit", args=[order.pk])
    assert "请选一个。" in client.post(address, {}).content.decode()
    page = client.post(address, {"result": "fair", "words": "时间太短"}, follow=True)
    assert "回访记下了，这一单归档。" in page.content.decode()
    school = sign_in(scene.teacher).get(order.get_absolute_url()).content.decode()
    assert "回访：办成了，学校不满意" in school


def test_the_desk_shows_what_waits_for_the_district(
    scene: Scene, office: User, sign_in: SignIn
) -> None:
    after_the_chore(visited(scene, 0, school=1))
    page = sign_in(office).get(reverse("exchange:desk_orders", args=["revisit"])).content.decode()

    assert "等回访，</span>" in page
    assert "等镇街或者区教委回访" in page
