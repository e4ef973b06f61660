"""Called off, more or fewer heads, nobody came."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from gongyu.accounts.models import Role, User
from gongyu.core.calendar import HalfDay, at, now, school_days_until, today
from gongyu.core.errors import DomainError
from gongyu.core.models import Holiday
from gongyu.core.timeline import entries_of
from gongyu.exchange import services
from gongyu.exchange.errors import (
    MoveNotAllowed,
    NotAllowed,
    SessionDoesNotFit,
    TooEarlyToRate,
)
from gongyu.exchange.models import Need, Order, Session
from gongyu.notices.models import Notice
from tests import factories as make

from .conftest import Scene

SignIn = Callable[[User], Client]


def arranged(scene: Scene, days: int, **about: object) -> Order:
    session = make.SessionFactory(
        resource=scene.resource,
        date=today() + timedelta(days=days),
        half_day=HalfDay.AFTERNOON,
    )
    return scene.order(Order.State.ACCEPTED, session=session, **about)


def taken(order: Order) -> int:
    return Session.objects.get(pk=order.session_id).seats_taken


# 取消


def test_school_days_leave_out_weekends_and_holidays(db: None) -> None:
    monday = today() + timedelta(days=6)  # today is a Tuesday
    assert school_days_until(monday) == 4
    Holiday.objects.create(date=today() + timedelta(days=1), kind="holiday", name="放假")
    Holiday.objects.create(date=today() + timedelta(days=5), kind="makeup_workday", name="调休")
    assert school_days_until(monday) == 4
    assert school_days_until(today()) == 0


@pytest.mark.parametrize(("days", "late"), [(0, True), (2, True), (3, False), (7, False)])
def test_short_notice_is_less_than_three_school_days(scene: Scene, days: int, late: bool) -> None:
    order = arranged(scene, days)
    assert services.is_short_notice(order) is late


@pytest.mark.parametrize("who", ["teacher", "staff"])
def test_at_short_notice_a_reason_is_needed_and_it_is_on_record(scene: Scene, who: str) -> None:
    order, by = arranged(scene, 1, headcount=30), getattr(scene, who)
    with pytest.raises(DomainError, match="离活动不到 3 个上学日了，请选一个原因"):
        services.cancel_order(order, by=by, words="来不了")
    services.cancel_order(order, by=by, reason="health", words="来不了")

    order.refresh_from_db()
    assert (order.state, order.is_late_cancel, order.cancel_reason) == ("cancelled", True, "health")
    assert order.ended_by == ("school" if who == "teacher" else "unit")
    assert taken(order) == 0
    other = scene.staff if who == "teacher" else scene.teacher
    said = Notice.objects.get(to=other, verb="order.cancel").sentence
    assert "临时取消：生病的孩子多，来不了" in said


def test_in_good_time_no_reason_is_needed_and_it_is_not_called_late(scene: Scene) -> None:
    order = services.cancel_order(arranged(scene, 7), by=scene.teacher)
    assert (order.is_late_cancel, order.cancel_reason) == (False, "")


def test_what_was_not_promised_yet_is_never_late(scene: Scene) -> None:
    session = make.SessionFactory(resource=scene.resource, date=today() + timedelta(days=1))
    order = services.cancel_order(scene.order(session=session), by=scene.teacher)
    assert not order.is_late_cancel


def test_a_unit_does_not_cancel_what_it_can_still_decline(scene: Scene) -> None:
    with pytest.raises(MoveNotAllowed):
        services.cancel_order(scene.order(), by=scene.staff)


def test_withdrawing_a_need_at_the_last_moment_goes_through_as_not_needed(scene: Scene) -> None:
    order = arranged(scene, 1)
    services.withdraw_need(order.need, by=scene.teacher)
    order.refresh_from_db()
    assert (order.is_late_cancel, order.cancel_reason) == (True, "no_need")


def test_the_page_asks_for_the_reason_only_at_short_notice(scene: Scene, sign_in: SignIn) -> None:
    client = sign_in(scene.teacher)
    soon = arranged(scene, 1, headcount=5)
    page = client.get(soon.get_absolute_url()).content.decode()
    assert "记作临时取消，不扣分" in page
    cancel = reverse("exchange:order_cancel", args=[soon.pk])
    page = client.post(cancel, {"words": "下雨了"}).content.decode()
    assert "请选一个。" in page
    assert "下雨了" in page
    page = client.post(cancel, {"words": "下雨了", "reason": "weather"}, follow=True)
    assert "学校临时取消了" in page.content.decode()


# 改人数


def test_more_heads_take_more_seats_and_the_unit_is_told(scene: Scene) -> None:
    order = arranged(scene, 7, headcount=30)
    services.change_headcount(order, 45, by=scene.teacher)
    order.refresh_from_db()
    assert (order.headcount, order.need.headcount, taken(order)) == (45, 45, 45)
    said = Notice.objects.get(to=scene.staff, verb="order.heads").sentence
    assert "人数从 30 改成 45" in said


def test_fewer_heads_give_seats_back(scene: Scene) -> None:
    order = arranged(scene, 0, headcount=30)
    services.change_headcount(order, 12, by=scene.head)
    assert taken(order) == 12


def test_beyond_the_seats_the_sentence_says_how_many_fit(scene: Scene) -> None:
    order = arranged(scene, 7, headcount=30)
    scene.order(Order.State.ACCEPTED, session=order.session, headcount=20)
    with pytest.raises(SessionDoesNotFit, match="一共只坐得下 40 人，改不到 41 人"):
        services.change_headcount(order, 41, by=scene.teacher)
    services.change_headcount(order, 40, by=scene.teacher)
    assert taken(order) == 60


def test_an_exclusive_session_keeps_its_least_number(scene: Scene) -> None:
    scene.resource.is_exclusive, scene.resource.min_group = True, 25
    scene.resource.save()
    order = arranged(scene, 7, headcount=30)
    with pytest.raises(SessionDoesNotFit, match="至少 25 人才开，改成 24 人就开不成了"):
        services.change_headcount(order, 24, by=scene.teacher)
    services.change_headcount(order, 60, by=scene.teacher)
    assert taken(order) == 60


def test_an_order_that_waits_takes_no_seats_when_it_changes_and_still_waits(scene: Scene) -> None:
    order = services.place_order(scene.need(headcount=30), scene.session, by=scene.teacher)
    services.change_headcount(order, 50, by=scene.teacher)
    assert taken(order) == 0
    asked = Notice.objects.get(to=scene.staff, verb="order.place")
    assert asked.read_at is None
    with pytest.raises(SessionDoesNotFit, match="只坐得下 60 人"):
        services.change_headcount(order, 61, by=scene.teacher)


@pytest.mark.parametrize("heads", [0, -1, 2001])
def test_impossible_heads_are_refused(scene: Scene, heads: int) -> None:
    with pytest.raises(DomainError, match="人数请写"):
        services.change_headcount(arranged(scene, 7), heads, by=scene.teacher)


def test_heads_are_the_schools_until_the_day(scene: Scene) -> None:
    with pytest.raises(NotAllowed):
        services.change_headcount(arranged(scene, 7), 10, by=scene.staff)
    with pytest.raises(MoveNotAllowed, match="人数不能再改"):
        services.change_headcount(arranged(scene, -1), 10, by=scene.teacher)


def test_changing_heads_from_the_page(scene: Scene, sign_in: SignIn) -> None:
    order, client = arranged(scene, 7, headcount=30), sign_in(scene.teacher)
    heads = reverse("exchange:order_heads", args=[order.pk])
    page = client.post(heads, {"headcount": 99}).content.decode()
    assert "一共只坐得下 60 人，改不到 99 人" in page
    page = client.post(heads, {"headcount": 33}, follow=True).content.decode()
    assert "改成 33 人了，单位会看到。" in page


# 没来


@pytest.mark.parametrize(("by", "who"), [("teacher", "unit"), ("staff", "school")])
def test_who_did_not_come_is_on_record_and_the_need_has_four_weeks(
    scene: Scene, by: str, who: str
) -> None:
    order = arranged(scene, -1, headcount=30, date_from=today(), date_to=today())
    services.record_absence(order, by=getattr(scene, by), who=who, words="车坏在路上")

    order.refresh_from_db()
    assert (order.state, order.absent, taken(order)) == ("missed", who, 0)
    need = Need.objects.get(pk=order.need_id)
    assert need.state == Need.State.POOLED
    assert need.date_to == today() + timedelta(days=28)


def test_nobody_is_absent_before_the_day_or_after_it_was_rated(scene: Scene) -> None:
    with pytest.raises(TooEarlyToRate):
        services.record_absence(arranged(scene, 1), by=scene.staff, who="school", words="没来")
    done = scene.order(
        Order.State.DONE, session=make.SessionFactory(resource=scene.resource, date=today())
    )
    with pytest.raises(MoveNotAllowed):
        services.record_absence(done, by=scene.staff, who="school", words="没来")


@pytest.mark.parametrize("by", ["teacher", "staff"])
def test_a_wrong_absence_is_taken_back_the_same_day(scene: Scene, by: str) -> None:
    order = arranged(scene, 0, headcount=30)
    services.record_absence(order, by=getattr(scene, by), who="school", words="没见着人")

    services.take_absence_back(order, by=getattr(scene, by))

    order.refresh_from_db()
    assert (order.state, order.absent, order.words, order.ended_by) == ("accepted", "", "", "")
    assert (taken(order), Need.objects.get(pk=order.need_id).state) == (30, "arranged")
    for target in (order, order.need):
        last = entries_of(target).last()
        assert last is not None
        assert last.verb == "order.came"
    other = scene.staff if by == "teacher" else scene.teacher
    assert Notice.objects.filter(to=other, verb="order.came").count() == 1
    with pytest.raises(MoveNotAllowed, match="没有要撤回的"):
        services.take_absence_back(order, by=getattr(scene, by))


def test_taken_back_it_leaves_the_needs_last_day_as_it_was(scene: Scene) -> None:
    order = arranged(scene, 0, date_from=today(), date_to=today() + timedelta(days=2))
    for _again in range(2):
        services.record_absence(order, by=scene.staff, who="school", words="没见着人")
        need = Need.objects.get(pk=order.need_id)
        assert need.date_to == today() + timedelta(days=28)
        services.take_absence_back(order, by=scene.staff)
        need.refresh_from_db()
        assert need.date_to == today() + timedelta(days=2)


def test_the_other_side_and_the_next_day_leave_an_absence_as_it_is(scene: Scene) -> None:
    order = arranged(scene, 0)
    services.record_absence(order, by=scene.staff, who="school", words="没见着人")
    with pytest.raises(NotAllowed, match="这是对方记的"):
        services.take_absence_back(order, by=scene.teacher)
    with pytest.raises(NotAllowed):
        services.take_absence_back(order, by=make.person(Role.UNIT))
    with at(now() + timedelta(days=1)), pytest.raises(MoveNotAllowed, match="当天能撤回"):
        services.take_absence_back(order, by=scene.staff)
    order.refresh_from_db()
    assert (order.state, taken(order)) == ("missed", 0)


def test_an_absence_stands_once_the_need_has_found_another_place(scene: Scene) -> None:
    order = arranged(scene, 0)
    services.record_absence(order, by=scene.staff, who="school", words="没见着人")
    need = Need.objects.get(pk=order.need_id)
    services.place_order(need, scene.session, by=scene.teacher)
    with pytest.raises(MoveNotAllowed, match="先取消后来的那一单"):
        services.take_absence_back(order, by=scene.staff)


def test_an_absence_is_taken_back_from_the_page(scene: Scene, sign_in: SignIn) -> None:
    order = arranged(scene, 0)
    services.record_absence(order, by=scene.staff, who="school", words="没见着人")
    assert (
        "记错了，撤回" not in sign_in(scene.teacher).get(order.get_absolute_url()).content.decode()
    )
    client = sign_in(scene.staff)
    assert "记错了，撤回" in client.get(order.get_absolute_url()).content.decode()
    page = client.post(reverse("exchange:absent_undo", args=[order.pk]), follow=True)
    assert "还算约好的" in page.content.decode()


def test_absence_says_a_side_and_a_word(scene: Scene) -> None:
    order = arranged(scene, 0)
    for who, words, said in (("platform", "x", "哪一方"), ("school", " ", "写一句")):
        with pytest.raises(DomainError, match=said):
            services.record_absence(order, by=scene.staff, who=who, words=words)
    with pytest.raises(NotAllowed):
        services.record_absence(order, by=make.person(Role.UNIT), who="school", words="没来")


@pytest.mark.parametrize(
    "broken",
    [
        {"is_late_cancel": True},
        {"state": "missed"},
        {"absent": "school"},
        {"state": "unheard"},
    ],
)
def test_the_database_itself_refuses_an_ending_without_its_code(
    scene: Scene, broken: dict[str, object]
) -> None:
    order = arranged(scene, 7)
    with pytest.raises(IntegrityError), transaction.atomic():
        Order.objects.filter(pk=order.pk).update(**broken)


# 提前


def test_a_unit_is_asked_as_many_days_ahead_as_it_needs(scene: Scene) -> None:
    scene.resource.lead_days = 8
    scene.resource.save()
    with pytest.raises(SessionDoesNotFit, match="要提前 8 天约"):
        services.place_order(scene.need(), scene.session, by=scene.teacher)
    scene.resource.lead_days = 7
    scene.resource.save()
    assert services.place_order(scene.need(), scene.session, by=scene.teacher).pk
