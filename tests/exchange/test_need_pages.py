"""The list of needs and the page of one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from gongyu.accounts.models import Role, User
from gongyu.core.calendar import today
from gongyu.exchange.models import Need, Order, UnmetNeed
from tests import factories as make

from .conftest import Scene

LIST = reverse("exchange:needs")
SignIn = Callable[[User], Client]


def text_of(response: Any) -> str:
    return str(response.content.decode())


def queries_of(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as caught:
        assert client.get(address).status_code == 200
    return len(caught)


def test_a_school_sees_its_own_needs_only(scene: Scene, sign_in: SignIn) -> None:
    scene.need(words="看黑板老眯着眼")
    make.NeedFactory(words="想去看麋鹿")
    page = text_of(sign_in(scene.teacher).get(LIST))
    assert "看黑板老眯着眼" in page
    assert "想去看麋鹿" not in page


def test_an_empty_list_teaches(scene: Scene, sign_in: SignIn) -> None:
    assert "还没有提过需求" in text_of(sign_in(scene.teacher).get(LIST))
    assert "还没有人提过需求" in text_of(sign_in(make.person(Role.COMMISSION)).get(LIST))


def test_the_commission_searches_the_pool(scene: Scene, sign_in: SignIn) -> None:
    scene.need(words="看黑板老眯着眼")
    elsewhere = make.NeedFactory(words="想去看麋鹿", state=Need.State.WITHDRAWN)
    client = sign_in(make.person(Role.COMMISSION))

    def found(query: str) -> tuple[bool, bool]:
        page = text_of(client.get(f"{LIST}?{query}"))
        return "看黑板老眯着眼" in page, "想去看麋鹿" in page

    assert found("") == (True, True)
    assert found("q=麋鹿") == (False, True)
    assert found(f"q={scene.school.name} 黑板") == (True, False)
    assert found("q=视力筛查") == (True, False)
    assert found("state=withdrawn") == (False, True)
    assert found("topic=T01") == (True, False)
    assert found(f"town={elsewhere.school.division.code}") == (False, True)
    assert found("q=没有这样的") == (False, False)
    assert found("state=nonsense&topic=T99&town=x&page=999") == (True, True)


def test_the_list_asks_the_same_with_twenty_needs_as_with_one(
    scene: Scene, sign_in: SignIn
) -> None:
    scene.need()
    client = sign_in(make.person(Role.COMMISSION))
    few = queries_of(client, LIST)
    for _ in range(19):
        make.NeedFactory(topics=[scene.topic])
    assert queries_of(client, LIST) == few <= 14


def test_a_need_in_the_pool_shows_who_could_come_and_orders_there(
    scene: Scene, sign_in: SignIn
) -> None:
    need = scene.need(words="看黑板老眯着眼")
    client = sign_in(scene.teacher)
    page = text_of(client.get(need.get_absolute_url()))
    assert "现在就能来的，1 家" in page
    assert reverse("exchange:order_place", args=[need.pk]) in page
    assert "撤回这条需求" in page

    address = reverse("exchange:order_place", args=[need.pk])
    page = text_of(client.post(address, {"session": scene.session.pk}, follow=True))
    assert f"点单送到{scene.unit}了" in page
    assert need.orders.get().state == Order.State.PLACED


@pytest.mark.parametrize("session", ["", "0", "zwei", "9" * 40])
def test_ordering_nothing_is_a_sentence(scene: Scene, sign_in: SignIn, session: str) -> None:
    need = scene.need()
    client = sign_in(scene.teacher)
    response = client.post(
        reverse("exchange:order_place", args=[need.pk]),
        {"session": session},
        follow=True,
        headers={"referer": f"http://testserver{need.get_absolute_url()}"},
    )
    assert "这一场刚刚不在了，请重新选一场。" in text_of(response)


def test_a_stale_page_orders_once_and_says_how_it_stands(scene: Scene, sign_in: SignIn) -> None:
    need = scene.need()
    client = sign_in(scene.teacher)
    address = reverse("exchange:order_place", args=[need.pk])
    back = {"referer": f"http://testserver{need.get_absolute_url()}"}
    client.post(address, {"session": scene.session.pk})
    response = client.post(address, {"session": scene.session.pk}, follow=True, headers=back)
    assert "现在是“等单位回话”，不用再点了" in text_of(response)
    assert need.orders.count() == 1


def test_withdrawing_from_the_page(scene: Scene, sign_in: SignIn) -> None:
    need = scene.need()
    client = sign_in(scene.teacher)
    response = client.post(reverse("exchange:need_withdraw", args=[need.pk]), follow=True)
    assert "这条需求撤回了。" in text_of(response)
    assert "已撤回" in text_of(response)
    assert "撤回这条需求" not in text_of(response).split("<main")[1]


def test_the_reason_of_the_last_run_stands_on_the_page_with_its_ways_out(
    scene: Scene, sign_in: SignIn
) -> None:
    need = scene.need()
    run = make.MatchingRunFactory()
    UnmetNeed.objects.create(
        run=run, need=need, reason="x", sentence="能到的范围里没有", ways_out=["学校肯走 21 公里"]
    )
    page = text_of(sign_in(scene.teacher).get(need.get_absolute_url()))
    assert "11 月 24 日的全区派单没配上：能到的范围里没有" in page
    assert "学校肯走 21 公里" in page


def test_a_unit_reads_the_need_that_it_was_asked_and_no_other(
    scene: Scene, sign_in: SignIn
) -> None:
    client = sign_in(scene.staff)
    assert client.get(scene.order().need.get_absolute_url()).status_code == 200
    assert client.get(scene.need().get_absolute_url()).status_code == 404


def test_a_unit_finds_no_button_of_the_school(scene: Scene, sign_in: SignIn) -> None:
    page = text_of(sign_in(scene.staff).get(scene.order().need.get_absolute_url()))
    assert "撤回这条需求" not in page
    assert "点单：" not in page


def test_words_are_shown_harmless(scene: Scene, sign_in: SignIn) -> None:
    need = scene.need(words="<script>alert(1)</script><img src=x onerror=alert(1)>")
    page = text_of(sign_in(scene.teacher).get(need.get_absolute_url()))
    assert "<script>alert" not in page
    assert "<img src=x" not in page


def test_the_page_of_a_need_asks_the_same_with_many_orders_and_sessions(
    scene: Scene, sign_in: SignIn
) -> None:
    need = scene.need()
    client = sign_in(scene.teacher)
    make.OrderFactory(need=need, session=scene.session, state=Order.State.CANCELLED)
    few = queries_of(client, need.get_absolute_url())
    for days in range(1, 8):
        session = make.SessionFactory(resource=scene.resource, date=today() + timedelta(days + 10))
        make.OrderFactory(need=need, session=session, state=Order.State.DECLINED)
    assert queries_of(client, need.get_absolute_url()) == few <= 17
