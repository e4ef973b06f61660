"""A unit is admitted on checks, suspended by rule, and receives no orders while it is stopped."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from gongyu.accounts.models import Role, User
from gongyu.core.calendar import today
from gongyu.core.errors import DomainError, MoveNotAllowed, NotAllowed
from gongyu.exchange import services
from gongyu.exchange.errors import SessionDoesNotFit
from gongyu.exchange.models import Order, Session, UnitAdmission
from gongyu.exchange.policies import may_receive_orders
from gongyu.notices.models import Notice
from tests import factories as make

from .conftest import Scene
from .test_offer_pages import queries_of, text_of

SignIn = Callable[[User], Client]
LIST = reverse("exchange:admissions")
CHECKS = {
    "site_is_safe": True,
    "safety_is_checked": True,
    "insured_until": date(2027, 6, 30),
    "staff_checked_on": date(2026, 10, 1),
    "price": "free",
}


@pytest.fixture
def commission(db: None) -> User:
    return make.person(Role.COMMISSION)


def admitted(scene: Scene, by: User) -> UnitAdmission:
    admission = services.apply_for_admission(scene.unit, by=scene.staff)
    return services.admit_unit(admission, by=by, **CHECKS)


def stop(admission: UnitAdmission, by: User, to: str = "suspended") -> tuple[UnitAdmission, int]:
    return services.stop_unit(admission, to=to, reason="insurance", words="保险过期", by=by)


def test_a_unit_applies_and_the_commission_hears_of_it(scene: Scene, commission: User) -> None:
    admission = services.apply_for_admission(scene.unit, by=scene.staff)
    assert admission.state == UnitAdmission.State.APPLIED
    assert Notice.objects.get(to=commission).asks
    with pytest.raises(MoveNotAllowed):
        services.apply_for_admission(scene.unit, by=scene.staff)
    with pytest.raises(NotAllowed):
        services.apply_for_admission(scene.unit, by=scene.teacher)


def test_admitted_for_a_year_and_told(scene: Scene, commission: User) -> None:
    admission = admitted(scene, commission)
    assert admission.review_on == today() + timedelta(days=365)
    assert "已入库" in Notice.objects.get(to=scene.staff).sentence
    assert not Notice.objects.filter(to=commission, asks=True, read_at__isnull=True).exists()


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"site_is_safe": False}, "场地没有核查"),
        ({"safety_is_checked": False}, "消防和应急预案"),
        ({"insured_until": date(2026, 11, 23)}, "责任险"),
        ({"staff_checked_on": date(2025, 1, 1)}, "最近一年"),
        ({"price": "full"}, "免费或者具体的优惠"),
        ({"price": "reduced"}, "写清楚优惠多少"),
        ({"review_on": date(2029, 1, 1)}, "一年以内"),
    ],
)
def test_every_check_must_hold(
    scene: Scene, commission: User, changes: dict[str, Any], why: str
) -> None:
    admission = services.apply_for_admission(scene.unit, by=scene.staff)
    with pytest.raises(DomainError, match=why):
        services.admit_unit(admission, by=commission, **(CHECKS | changes))


def test_the_database_knows_the_checks_too(db: None) -> None:
    admission = make.UnitAdmissionFactory()
    for state in ("admitted", "suspended"):
        with pytest.raises(IntegrityError), transaction.atomic():
            UnitAdmission.objects.filter(pk=admission.pk).update(state=state)


def test_a_suspended_unit_gets_no_orders_and_comes_back_as_it_was(
    scene: Scene, commission: User
) -> None:
    admission = admitted(scene, commission)
    asked = make.SessionFactory(resource=scene.resource, date=today() + timedelta(days=9))
    scene.order(session=asked)
    admission, left = stop(admission, commission)
    assert left == 1
    scene.session.refresh_from_db()
    assert scene.session.state == Session.State.WITHDRAWN
    assert not may_receive_orders(scene.unit)
    with pytest.raises(SessionDoesNotFit, match="暂停接待"):
        services.place_order(scene.need(headcount=5), asked, by=scene.teacher)
    services.admit_unit(admission, by=commission, **CHECKS)
    scene.session.refresh_from_db()
    assert scene.session.state == Session.State.OPEN
    order = services.place_order(scene.need(headcount=5), asked, by=scene.teacher)
    assert order.state == Order.State.PLACED


def test_a_delisted_unit_may_apply_again(scene: Scene, commission: User) -> None:
    admission, _left = stop(admitted(scene, commission), commission, to="delisted")
    with pytest.raises(MoveNotAllowed):
        services.admit_unit(admission, by=commission, **CHECKS)
    assert services.apply_for_admission(scene.unit, by=scene.staff).state == "applied"


def test_stopping_needs_a_rule_and_the_commission(scene: Scene, commission: User) -> None:
    admission = admitted(scene, commission)
    with pytest.raises(DomainError, match="哪一条规则"):
        services.stop_unit(admission, to="suspended", reason="", words="", by=commission)
    with pytest.raises(NotAllowed):
        stop(admission, scene.staff)


# Pages


def test_the_commission_admits_and_stops_on_the_page(
    scene: Scene, commission: User, sign_in: SignIn
) -> None:
    admission = services.apply_for_admission(scene.unit, by=scene.staff)
    client, page = sign_in(commission), reverse("exchange:admission", args=[admission.pk])
    assert "1 家单位等着入库" in text_of(client.get(LIST))
    refused = text_of(client.post(page, {"do": "admit", "price": "full"}))
    assert "场地没有核查，还不能入库。" in refused
    assert "入库要有免费或者具体的优惠。" in refused
    sent = {
        "do": "admit",
        "site_is_safe": "on",
        "safety_is_checked": "on",
        "insured_until": "2027-06-30",
        "staff_checked_on": "2026-10-01",
        "price": "free",
        "review_on": "2027-11-01",
    }
    assert "入库了" in text_of(client.post(page, sent, follow=True))
    assert "请选一项。" in text_of(client.post(page, {"do": "stop", "to": "suspended"}))
    sent = {"do": "stop", "to": "suspended", "reason": "safety", "words": "灭火器过期"}
    assert "没有约着的场次都收回了" in text_of(client.post(page, sent, follow=True))
    unit = text_of(sign_in(scene.staff).get(reverse("exchange:resources")))
    assert "安全检查过期或没有应急预案" in unit
    assert "灭火器过期" in unit


def test_reviews_that_are_due_are_listed(scene: Scene, commission: User, sign_in: SignIn) -> None:
    admission = admitted(scene, commission)
    client = sign_in(commission)
    assert scene.unit.name not in text_of(client.get(LIST, {"state": "due"}))
    UnitAdmission.objects.filter(pk=admission.pk).update(review_on=today())
    page = text_of(client.get(LIST, {"state": "due"}))
    assert scene.unit.name in page
    assert "该年审了" in page


def test_the_list_asks_the_same_with_many_units(commission: User, sign_in: SignIn) -> None:
    client = sign_in(commission)
    make.UnitAdmissionFactory()
    few = queries_of(client, LIST)
    make.UnitAdmissionFactory.create_batch(10)
    assert queries_of(client, LIST) == few <= 10
