"""A unit's inbox with its month, a school's list, one order from both sides."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.timezone import localtime

from gongyu.accounts.models import Role, User
from gongyu.core.calendar import HalfDay, at, now, today
from gongyu.exchange import queries, services
from gongyu.exchange.models import Order, Slots, Visit
from gongyu.exchange.wording import say_count
from tests import factories as make

from .conftest import Scene

ORDERS = reverse("exchange:orders")
SignIn = Callable[[User], Client]


def text_of(response: Any) -> str:
    return str(response.content.decode())


def to(name: str, order: Order) -> str:
    return reverse(f"exchange:order_{name}", args=[order.pk])


def queries_of(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as caught:
        assert client.get(address).status_code == 200
    return len(caught)


def afternoon(scene: Scene, **about: Any) -> Any:
    return make.SessionFactory(resource=scene.resource, **({"half_day": HalfDay.AFTERNOON} | about))


# The inbox


def test_the_inbox_says_how_many_schools_wait_and_what_fits(scene: Scene, sign_in: SignIn) -> None:
    scene.order(headcount=40)
    make.OrderFactory(
        need=make.NeedFactory(headcount=30, topics=[scene.topic]), session=scene.session
    )
    page = text_of(sign_in(scene.staff).get(ORDERS))
    assert "两个学校等您回话" in page
    assert "1 单不冲突，共 40 个孩子；1 单和别的事撞了，留给您看。" in page
    assert f"和{scene.school}同一个半天，超 10 人" in page
    assert "全部接单（1 单）" in page


@pytest.mark.parametrize(("number", "said"), [(1, "一"), (2, "两"), (10, "十"), (11, " 11 ")])
def test_counts_are_words_up_to_ten(number: int, said: str) -> None:
    assert say_count(number) == said


def test_an_empty_inbox_teaches(scene: Scene, sign_in: SignIn) -> None:
    page = text_of(sign_in(scene.staff).get(ORDERS))
    assert "没有等您回话的订单" in page
    assert "都回完了" in page
    assert "全部接单" not in page


def test_what_the_inbox_calls_fitting_is_what_one_press_accepts(scene: Scene) -> None:
    scene.resource.is_exclusive = False
    heads = (40, 30, 15, 5, 10)
    for number in heads:
        scene.order(headcount=number)
    busy = afternoon(scene)
    scene.order(Order.State.ACCEPTED, session=busy, school_class=scene.school_class, headcount=5)
    scene.order(
        session=make.SessionFactory(
            resource=make.ResourceFactory(unit=scene.unit, topics=[scene.topic]),
            half_day=HalfDay.AFTERNOON,
        ),
        school_class=scene.school_class,
        headcount=5,
    )
    inbox = queries.inbox_of(scene.unit)

    accepted, left = services.accept_all(scene.unit, by=scene.staff)

    assert [w.order for w in inbox.fitting] == accepted
    assert [w.order for w in inbox.clashing] == [order for order, _why in left]
    assert inbox.clashing[-1].clash == "这个班那半天已经约了别处"


def test_one_press_accepts_what_fits_and_leaves_the_rest(scene: Scene, sign_in: SignIn) -> None:
    scene.order(headcount=40)
    left = scene.order(headcount=30)
    page = text_of(sign_in(scene.staff).post(reverse("exchange:order_accept_all"), follow=True))
    assert "接下了 1 单，共 40 个孩子。" in page
    assert "还有 1 单撞了，留给您看。" in page
    left.refresh_from_db()
    assert left.state == Order.State.PLACED


def test_the_inbox_asks_the_same_with_ten_orders_as_with_two(scene: Scene, sign_in: SignIn) -> None:
    client = sign_in(scene.staff)
    for _ in range(2):
        scene.order(headcount=3)
    few = queries_of(client, ORDERS)
    for days in range(8):
        scene.order(headcount=3, session=afternoon(scene, date=today() + timedelta(days + 2)))
    assert queries_of(client, ORDERS) == few <= 26


# The month


def test_the_month_counts_heads_by_half_day_and_kind(scene: Scene) -> None:
    promised = scene.order(Order.State.ACCEPTED, headcount=40)
    waiting = scene.order(headcount=10, session=afternoon(scene))
    clash = scene.order(headcount=30)
    month = queries.month_of(scene.unit, today().replace(month=12), clashing={clash.pk})
    day = month.day(promised.date)
    assert day is not None
    assert [(h.kind, h.heads) for h in day.halves] == [("clash", 70), ("waiting", 10)]
    assert day.halves[0].said == "上午，撞了，70 人"
    assert waiting in day.halves[1].orders
    assert month.label == "2026 年 12 月"
    assert (month.before, month.after) == ("2026-11", "2027-01")


def test_months_are_walked_and_nonsense_is_this_month(scene: Scene, sign_in: SignIn) -> None:
    client = sign_in(scene.staff)
    assert "2027 年 1 月" in text_of(client.get(f"{ORDERS}?month=2027-01"))
    for nonsense in ("2027-13", "x", "0000-00", "99999-1", "2027-1-1-1"):
        page = client.get(ORDERS, {"month": nonsense, "day": nonsense})
        assert "2026 年 11 月" in text_of(page)


# One order, the unit


def test_a_clashing_order_shows_the_room_and_other_half_days(scene: Scene, sign_in: SignIn) -> None:
    scene.order(Order.State.ACCEPTED, headcount=40)
    order = scene.order(headcount=30)
    other = afternoon(scene)
    page = text_of(sign_in(scene.staff).get(order.get_absolute_url()))
    assert "一次最多 60 人，已有 40 人，还能进 20 人；这一单 30 人，超 10 人" in page
    assert f'name="session" value="{other.pk}"' in page
    assert "最合适" in page
    assert "婉拒不扣分" in page
    assert "接这一单" not in page


def test_the_most_suitable_half_day_stands_first(scene: Scene) -> None:
    order = scene.order(headcount=30, slots=Slots.mask([(d, h) for d in range(5) for h in (0, 1)]))
    make.SessionFactory(resource=scene.resource, seats=10, date=today() + timedelta(days=8))
    saturday = afternoon(scene, date=today() + timedelta(days=4))
    outside = afternoon(scene, date=today() + timedelta(days=40))
    suits = afternoon(scene, date=today() + timedelta(days=8))

    found = queries.alternatives_for(order)

    assert [a.session for a in found] == [suits, saturday, outside]
    assert found[0].note == "整场空着，学校选过这段"
    assert "学校没选这段" in found[1].note
    assert "不在学校要的日子里" in found[2].note


def test_accepting_from_the_page(scene: Scene, sign_in: SignIn) -> None:
    order = scene.order(headcount=40)
    client = sign_in(scene.staff)
    assert "接这一单" in text_of(client.get(order.get_absolute_url()))
    page = text_of(client.post(to("accept", order), follow=True))
    assert "接下了：12 月 1 日周二上午，40 人。" in page


def test_a_double_press_gets_the_first_answer(scene: Scene, sign_in: SignIn) -> None:
    order = scene.order(headcount=40)
    client, key = sign_in(scene.staff), {"form_key": str(uuid.uuid4())}
    first, second = client.post(to("accept", order), key), client.post(to("accept", order), key)
    assert first.headers["Location"] == second.headers["Location"] == order.get_absolute_url()
    scene.session.refresh_from_db()
    assert scene.session.seats_taken == 40


@pytest.mark.parametrize("name", ["accept", "propose", "decline", "cancel", "rate"])
def test_a_stale_press_is_a_sentence_on_the_page_that_was_left(
    scene: Scene, sign_in: SignIn, name: str
) -> None:
    order = scene.order(Order.State.DECLINED)
    words = {"session": afternoon(scene).pk, "reason": "other", "stars": 5}
    response = sign_in(scene.staff).post(
        to(name, order),
        words,
        follow=True,
        headers={"referer": f"http://testserver{order.get_absolute_url()}"},
    )
    assert response.status_code == 200
    assert response.redirect_chain[-1][0].endswith(order.get_absolute_url())
    page = text_of(response)
    assert "单位婉拒" in page
    assert "notice-stop" in page.split('id="toasts"')[1]


def test_proposing_from_the_page_and_agreeing(scene: Scene, sign_in: SignIn) -> None:
    order, other = scene.order(headcount=40), afternoon(scene)
    unit, school = sign_in(scene.staff), sign_in(scene.teacher)
    page = text_of(
        unit.post(to("propose", order), {"session": other.pk, "words": "上午满了"}, follow=True)
    )
    assert "提议送到学校了" in page
    assert "您提议改到 12 月 1 日周二下午" in page

    page = text_of(school.get(order.get_absolute_url()))
    assert f"{scene.unit}想改到 12 月 1 日周二下午" in page
    assert "“上午满了”" in page
    page = text_of(school.post(to("agree", order), follow=True))
    assert "定了：12 月 1 日周二下午，40 人。" in page


def test_refusing_a_proposal_leads_to_the_need_in_the_pool(scene: Scene, sign_in: SignIn) -> None:
    order = scene.order(Order.State.PROPOSED)
    response = sign_in(scene.teacher).post(to("refuse", order), follow=True)
    assert response.redirect_chain[-1][0] == order.need.get_absolute_url()
    assert "需求回到需求池" in text_of(response)


def test_declining_needs_a_reason_and_keeps_the_words(scene: Scene, sign_in: SignIn) -> None:
    order = scene.order()
    client = sign_in(scene.staff)
    page = text_of(client.post(to("decline", order), {"words": "讲解员只有两位"}))
    assert "请选一个原因，学校好知道怎么调整。" in page
    assert "讲解员只有两位" in page

    long = "长" * 301
    page = text_of(client.post(to("decline", order), {"reason": "no_staff", "words": long}))
    assert "这段话有 301 个字，最多 300 个" in page
    assert long in page

    page = text_of(
        client.post(to("decline", order), {"reason": "no_staff", "words": "一月再来"}, follow=True)
    )
    assert "婉拒了，需求回到需求池另找单位。" in page
    school = text_of(sign_in(scene.teacher).get(order.get_absolute_url()))
    assert "单位婉拒了：人手排不开" in school
    assert "“一月再来”" in school


def test_a_session_of_another_unit_cannot_be_proposed(scene: Scene, sign_in: SignIn) -> None:
    order = scene.order()
    page = text_of(
        sign_in(scene.staff).post(to("propose", order), {"session": make.SessionFactory().pk})
    )
    assert "这个半天不在自己单位的场次里，请重新选。" in page


# One order, the school


def test_the_school_cancels_with_words_that_the_unit_reads(scene: Scene, sign_in: SignIn) -> None:
    order = scene.order(Order.State.ACCEPTED)
    page = text_of(
        sign_in(scene.teacher).post(to("cancel", order), {"words": "运动会"}, follow=True)
    )
    assert "取消了，对方会看到。需求回到需求池。" in page
    assert "“运动会”" in text_of(sign_in(scene.staff).get(order.get_absolute_url()))


def test_rating_takes_one_star_on_each_side(scene: Scene, sign_in: SignIn) -> None:
    session = make.SessionFactory(resource=scene.resource, date=today() - timedelta(days=1))
    order = scene.order(Order.State.ACCEPTED, session=session)
    for person, stars in ((scene.teacher, 5), (scene.staff, 4)):
        client = sign_in(person)
        page = text_of(client.get(order.get_absolute_url()))
        assert 'name="stars"' in page
        assert "请点一到五颗星。" in text_of(client.post(to("rate", order), {"words": "好"}))
        page = text_of(client.post(to("rate", order), {"stars": stars, "words": "好"}, follow=True))
        assert "评好了，谢谢。" in page
        assert "点一颗星就评好了" not in page
        assert "改一改，补一句" in page
    order.refresh_from_db()
    assert order.state == Order.State.RATED
    assert "两边都评了" in text_of(sign_in(scene.teacher).get(order.get_absolute_url()))


def test_nobody_is_asked_to_rate_before_the_visit_begins(scene: Scene, sign_in: SignIn) -> None:
    session = make.SessionFactory(resource=scene.resource, date=today())
    order = scene.order(Order.State.ACCEPTED, session=session)
    client = sign_in(scene.teacher)

    def asks() -> tuple[bool, bool]:
        pages = (reverse("exchange:orders"), order.get_absolute_url())
        one, two = (text_of(client.get(page)) for page in pages)
        return to("rate", order) in one, 'name="stars"' in two

    morning = localtime(now()).replace(hour=session.starts.hour, minute=0)
    with at(morning - timedelta(minutes=20)):
        assert asks() == (False, False)
        services.arrive(order, by=scene.teacher, heads=30)
        assert asks() == (True, True)
    Visit.objects.all().delete()
    with at(morning + timedelta(minutes=20)):
        assert asks() == (True, True)


def test_a_star_in_the_list_rates_and_leads_back_to_the_list(scene: Scene, sign_in: SignIn) -> None:
    yesterday = make.SessionFactory(resource=scene.resource, date=today() - timedelta(days=1))
    order = scene.order(Order.State.ACCEPTED, session=yesterday)
    client = sign_in(scene.teacher)
    assert to("rate", order) in text_of(client.get(reverse("exchange:orders")))
    answer = client.post(to("rate", order), {"stars": 4, "from": "list"})
    assert answer["Location"] == reverse("exchange:orders")
    assert to("rate", order) not in text_of(client.get(answer["Location"]))


def test_a_rating_is_put_right_on_its_page(scene: Scene, sign_in: SignIn) -> None:
    order = scene.order(
        Order.State.ACCEPTED, session=make.SessionFactory(resource=scene.resource, date=today())
    )
    services.rate_order(order, by=scene.teacher, stars=1)
    client = sign_in(scene.teacher)
    assert "请点一到五颗星。" in text_of(client.post(to("amend", order), {"words": "点错了"}))
    page = text_of(client.post(to("amend", order), {"stars": 5, "words": "点错了"}, follow=True))
    assert "改好了。" in page
    assert "5 星" in page
    assert "改一改，补一句" not in text_of(sign_in(scene.staff).get(order.get_absolute_url()))


def test_before_the_day_there_is_nothing_to_rate(scene: Scene, sign_in: SignIn) -> None:
    order = scene.order(Order.State.ACCEPTED)
    assert 'name="stars"' not in text_of(sign_in(scene.teacher).get(order.get_absolute_url()))


def test_the_commission_reads_and_does_nothing(scene: Scene, sign_in: SignIn) -> None:
    page = text_of(
        sign_in(make.person(Role.COMMISSION)).get(scene.order().get_absolute_url())
    ).split("<main")[1]
    for button in ("接这一单", "婉拒这一单", "取消这一单", "同意"):
        assert button not in page


def test_a_colleague_who_did_not_file_reads_and_does_nothing(scene: Scene, sign_in: SignIn) -> None:
    colleague = sign_in(make.person(Role.TEACHER, scene.school))
    order = scene.order(Order.State.PROPOSED)
    page = text_of(colleague.get(order.get_absolute_url())).split("<main")[1]
    assert "同意，就这样定" not in page
    assert f"等{scene.teacher}或者学校管理员回话。" in page
    assert colleague.post(to("agree", order)).status_code == 403


def test_other_schools_and_units_find_nothing(scene: Scene, sign_in: SignIn) -> None:
    order = scene.order()
    for role in (Role.TEACHER, Role.UNIT):
        assert sign_in(make.person(role)).get(order.get_absolute_url()).status_code == 404


def test_words_of_both_sides_are_shown_harmless(scene: Scene, sign_in: SignIn) -> None:
    order = scene.order(words="<b>粗</b>")
    sign_in(scene.staff).post(
        to("decline", order), {"reason": "other", "words": "<script>alert(1)</script>"}
    )
    page = text_of(sign_in(scene.teacher).get(order.get_absolute_url()))
    assert "<script>alert" not in page
    assert "<b>粗" not in page


# The lists


@pytest.mark.parametrize("who", ["teacher", "staff", "commission"])
def test_a_list_by_tab_for_each_side(scene: Scene, sign_in: SignIn, who: str) -> None:
    scene.order(Order.State.ACCEPTED)
    person = make.person(Role.COMMISSION) if who == "commission" else getattr(scene, who)
    client = sign_in(person)
    name = scene.school.name if who != "teacher" else scene.unit.name
    assert name in text_of(client.get(f"{ORDERS}?tab=arranged")).split("<main")[1]
    assert "这一栏现在是空的" in text_of(client.get(f"{ORDERS}?tab=over"))


def test_a_school_sees_its_proposals_first(scene: Scene, sign_in: SignIn) -> None:
    scene.order(Order.State.PROPOSED)
    page = text_of(sign_in(scene.teacher).get(ORDERS))
    assert "想改到 12 月 2 日周三上午" in page


def test_the_list_asks_the_same_with_many_orders(scene: Scene, sign_in: SignIn) -> None:
    client = sign_in(scene.teacher)
    scene.order(headcount=2)
    few = queries_of(client, ORDERS)
    for _ in range(12):
        scene.order(headcount=2)
    assert queries_of(client, ORDERS) == few <= 14
