"""A community asks for its children as a school does; a teacher for the parents' committee."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from gongyu.accounts.models import Role, User
from gongyu.core.calendar import today
from gongyu.core.timeline import entries_of
from gongyu.exchange import services
from gongyu.exchange.errors import NotAllowed
from gongyu.exchange.models import Need, Order
from gongyu.notices.models import Notice
from gongyu.places.models import Organization
from tests import factories as make

from .conftest import Scene

SignIn = Callable[[User], Client]
NEW = reverse("exchange:need_new")


@pytest.fixture
def home(scene: Scene) -> Organization:
    """A community where the unit stands."""
    near = {"lon": scene.unit.lon, "lat": scene.unit.lat, "precision": scene.unit.precision}
    home: Organization = make.CommunityFactory(division=scene.unit.division, **near)
    return home


@pytest.fixture
def clerk(home: Organization) -> User:
    return make.person(Role.COMMUNITY, home)


def text_of(response: Any) -> str:
    return str(response.content.decode())


def typed(scene: Scene, **changes: Any) -> dict[str, Any]:
    return {
        "words": "暑假想请人讲讲护眼",
        "topics": [scene.topic.code],
        "first_grade": 3,
        "last_grade": 5,
        "headcount": 30,
        "form": "any",
        "date_from": scene.session.date - timedelta(days=2),
        "date_to": scene.session.date + timedelta(days=9),
        "slots": list(range(21)),
        "reach_km": 20,
        "severity": 1,
    } | changes


def test_a_community_asks_and_orders_in_its_own_words(
    scene: Scene, clerk: User, home: Organization, sign_in: SignIn
) -> None:
    client = sign_in(clerk)
    page = text_of(client.get(NEW))
    assert "孩子们需要什么？" in page
    assert "不是一个班" not in page
    answer = client.post(NEW, typed(scene, session=scene.session.pk), follow=True)
    need = Need.objects.get()
    assert (need.school, need.filed_by, need.headcount) == (home, clerk, 30)
    order = need.orders.get()
    assert "社区点单" in text_of(client.get(order.get_absolute_url()))
    assert "点单送到" in text_of(answer)


def test_it_answers_cancels_and_rates_as_a_school_does(
    scene: Scene, clerk: User, home: Organization, sign_in: SignIn
) -> None:
    need = make.NeedFactory(school=home, filed_by=clerk, topics=[scene.topic], headcount=20)
    order = services.place_order(need, scene.session, by=clerk)
    other = make.SessionFactory(resource=scene.resource, date=scene.session.date + timedelta(1))
    services.propose_session(order, other, by=scene.staff)
    assert "等社区回话" in text_of(sign_in(clerk).get(reverse("home:today")))
    services.agree_to_proposal(order, by=make.person(Role.COMMUNITY, home))  # a colleague
    Order.objects.update(date=today() - timedelta(days=1))
    services.rate_order(order, by=clerk, stars=5)
    assert "社区评了 5 颗星" in [e.sentence for e in entries_of(order)]
    assert Notice.objects.filter(to=clerk, verb="order.propose").exists()


def test_another_community_and_the_schools_have_no_part_in_it(
    scene: Scene, clerk: User, home: Organization, sign_in: SignIn
) -> None:
    need = make.NeedFactory(school=home, filed_by=clerk, topics=[scene.topic])
    for stranger in (make.person(Role.COMMUNITY), scene.teacher, scene.head):
        assert sign_in(stranger).get(need.get_absolute_url()).status_code == 404
        with pytest.raises(NotAllowed):
            services.withdraw_need(need, by=stranger)
        with pytest.raises(NotAllowed):
            services.place_order(need, scene.session, by=stranger)
    assert sign_in(clerk).get(scene.need().get_absolute_url()).status_code == 404
    with pytest.raises(NotAllowed):
        services.file_need(scene.school, by=clerk, **_facts(scene))


def _facts(scene: Scene) -> dict[str, Any]:
    return {
        "words": "想请人讲讲护眼",
        "topics": [scene.topic],
        "first_grade": 3,
        "last_grade": 3,
        "headcount": 20,
        "date_from": today() + timedelta(days=3),
        "date_to": today() + timedelta(days=20),
        "reach_km": 20,
    }


def test_the_first_page_shows_its_needs_and_who_comes_nearby_without_a_school(
    scene: Scene, clerk: User, home: Organization, sign_in: SignIn
) -> None:
    make.NeedFactory(school=home, filed_by=clerk, words="院里的孩子想学急救")
    order = scene.order(Order.State.ACCEPTED, headcount=33)
    page = text_of(sign_in(clerk).get(reverse("home:today")))
    assert "院里的孩子想学急救" in page
    assert scene.unit.name in page
    assert "33 个孩子" in page
    assert order.need.school.name not in page


def test_a_teacher_says_that_the_parents_committee_asks(scene: Scene, sign_in: SignIn) -> None:
    client = sign_in(scene.teacher)
    assert "家长委员会提出来的" in text_of(client.get(NEW))
    asked = typed(scene, school_class=scene.school_class.pk, for_committee="on", pool="1")
    page = text_of(client.post(NEW, asked, follow=True))
    assert Need.objects.get().voice == Need.Voice.COMMITTEE
    assert "家长委员会提出来的" in page
    assert "替家长委员会提出需求" in page
