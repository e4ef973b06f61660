"""A unit's resources and half-days, and what everybody sees of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from gongyu.accounts.models import User
from gongyu.core.calendar import today
from gongyu.core.models import Holiday
from gongyu.exchange import services
from gongyu.exchange.models import Order, Session
from tests import factories as make

from .conftest import Scene

RESOURCES = reverse("exchange:resources")
SignIn = Callable[[User], Client]


def text_of(response: Any) -> str:
    return str(response.content.decode())


def queries_of(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as caught:
        assert client.get(address).status_code == 200
    return len(caught)


def opening(scene: Scene, **changes: Any) -> dict[str, Any]:
    return {
        "resource": scene.resource.pk,
        "date": "2026-12-10",
        "half_days": ["0", "1"],
        "weeks": "1",
    } | changes


def test_a_unit_sees_what_it_offers_and_who_asks(scene: Scene, sign_in: SignIn) -> None:
    scene.order()
    page = text_of(sign_in(scene.staff).get(RESOURCES))
    assert scene.resource.title in page
    assert "12 月 1 日周二上午" in page
    assert "60 个名额都空着，1 单等您回" in page


def test_a_unit_without_resources_is_taught(scene: Scene, sign_in: SignIn) -> None:
    scene.session.delete()
    scene.resource.delete()
    assert "还没有登记资源" in text_of(sign_in(scene.staff).get(RESOURCES))


def test_opening_half_days(scene: Scene, sign_in: SignIn) -> None:
    client = sign_in(scene.staff)
    page = text_of(client.post(RESOURCES, opening(scene, weeks="3"), follow=True))
    assert "开了 6 场，学校现在就能约。" in page
    assert scene.resource.sessions.filter(date__month=12, date__day__in=[10, 17, 24]).count() == 6
    page = text_of(client.post(RESOURCES, opening(scene), follow=True))
    assert "这些半天本来就开着，没有变。" in page


def test_statutory_holidays_are_left_out(scene: Scene, sign_in: SignIn) -> None:
    Holiday.objects.create(date="2026-12-17", kind=Holiday.Kind.HOLIDAY, name="假")
    client = sign_in(scene.staff)
    client.post(RESOURCES, opening(scene, weeks="2", half_days=["0"]))
    assert not Session.objects.filter(date="2026-12-17").exists()
    page = text_of(client.post(RESOURCES, opening(scene, date="2026-12-17")))
    assert "这一天法定放假，学校不出门，请换一天。" in page


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"date": "2026-11-24"}, "场次最早从明天开始，请换一天。"),
        ({"date": "2066-01-01"}, "请定在一年以内。"),
        ({"date": "下周三"}, "请选一个日子，比如 2026-12-02。"),
        ({"date": ""}, "请选一天。"),
        ({"half_days": []}, "请至少选一个半天。"),
        ({"half_days": ["7"]}, "请从上午、下午、晚上里选。"),
        ({"weeks": "0"}, "至少 1 周。"),
        ({"weeks": "21"}, "一次最多开 20 周。"),
        ({"weeks": "很多"}, "周数请写一个数，比如 1。"),
        ({"resource": "999999"}, "这一项不是您单位的，请重新选。"),
    ],
)
def test_bad_input_is_met_by_a_sentence(
    scene: Scene, sign_in: SignIn, changes: dict[str, Any], sentence: str
) -> None:
    before = Session.objects.count()
    page = text_of(sign_in(scene.staff).post(RESOURCES, opening(scene, **changes)))
    assert sentence in page
    assert Session.objects.count() == before


def test_a_resource_of_another_unit_is_not_ones_own(scene: Scene, sign_in: SignIn) -> None:
    other = make.ResourceFactory()
    page = text_of(sign_in(scene.staff).post(RESOURCES, opening(scene, resource=other.pk)))
    assert "这一项不是您单位的" in page


def test_taking_a_session_back_tells_whoever_waited(scene: Scene, sign_in: SignIn) -> None:
    order = scene.order()
    client = sign_in(scene.staff)
    address = reverse("exchange:session_withdraw", args=[scene.session.pk])
    page = text_of(client.post(address, follow=True))
    assert "这一场收回了，在等的 1 单回到需求池，学校会看到。" in page
    school = text_of(sign_in(scene.teacher).get(order.get_absolute_url()))
    assert "单位婉拒了：场地不开放" in school


def test_the_session_of_another_unit_is_out_of_reach(scene: Scene, sign_in: SignIn) -> None:
    other = make.SessionFactory()
    address = reverse("exchange:session_withdraw", args=[other.pk])
    assert sign_in(scene.staff).post(address).status_code == 404


def test_the_resources_ask_the_same_with_many_sessions(scene: Scene, sign_in: SignIn) -> None:
    client = sign_in(scene.staff)
    few = queries_of(client, RESOURCES)
    for days in range(20):
        make.SessionFactory(resource=scene.resource, date=today() + timedelta(days=days + 10))
    make.ResourceFactory(unit=scene.unit)
    assert queries_of(client, RESOURCES) == few <= 13


# What everybody sees


def offers(scene: Scene) -> str:
    return reverse("exchange:offers", args=[scene.unit.pk])


def test_a_visitor_sees_offers_and_free_seats(scene: Scene, client: Client) -> None:
    scene.order(Order.State.ACCEPTED, headcount=40)
    scene.resource.is_assumption = True
    scene.resource.save()
    page = text_of(client.get(offers(scene)))
    assert scene.resource.title in page
    assert "还有 20 个名额" in page
    assert "演示假设，不是单位公布的" in page
    assert "还没有办完的" in page
    assert "提需求来约" not in page
    assert "<html" in page


def test_the_unit_page_asks_for_the_fragment(scene: Scene, client: Client) -> None:
    page = text_of(client.get(offers(scene), headers={"HX-Request": "true"}))
    assert scene.resource.title in page
    assert "<html" not in page


def test_a_teacher_is_led_to_the_form_with_the_topic(scene: Scene, sign_in: SignIn) -> None:
    page = text_of(sign_in(scene.teacher).get(offers(scene)))
    link = f"{reverse('exchange:need_new')}?topic={scene.topic.code}"
    assert link in page
    form = text_of(sign_in(scene.teacher).get(link))
    assert f'name="topics" value="{scene.topic.code}" checked' in form


def test_an_average_is_shown_from_five_ratings_on(scene: Scene, client: Client) -> None:
    for days in (1, 2, 3, 4, 5):
        past = make.SessionFactory(resource=scene.resource, date=today() - timedelta(days))
        make.RatingFactory(order=scene.order(Order.State.DONE, session=past), stars=5)
        services.book_visits()
        shown = ">5.0<" in text_of(client.get(offers(scene)))
        assert shown == (days == 5)


def test_schools_and_unlisted_units_have_no_offers(scene: Scene, client: Client) -> None:
    assert client.get(reverse("exchange:offers", args=[scene.school.pk])).status_code == 404
    scene.unit.is_listed = False
    scene.unit.save()
    assert client.get(offers(scene)).status_code == 404


def test_a_unit_without_offers_is_explained(client: Client, db: None) -> None:
    unit = make.UnitFactory()
    page = text_of(client.get(reverse("exchange:offers", args=[unit.pk])))
    assert "还没有能约的" in page


def test_the_offers_ask_the_same_with_many_sessions(scene: Scene, client: Client) -> None:
    few = queries_of(client, offers(scene))
    for days in range(20):
        make.SessionFactory(resource=scene.resource, date=today() + timedelta(days=days + 10))
    assert queries_of(client, offers(scene)) == few <= 10
