"""派单异议 and 会商: a dispatched order that cannot stand is talked over and goes on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localdate

from gongyu.accounts.models import Role, User
from gongyu.core.calendar import HalfDay, at, now, today
from gongyu.core.errors import DomainError
from gongyu.core.timeline import entries_of
from gongyu.exchange import services
from gongyu.exchange.errors import MoveNotAllowed, NotAllowed, SessionGone
from gongyu.exchange.models import Need, Objection, Order, Session
from gongyu.notices.models import Notice
from tests import factories as make

from .conftest import Scene

SignIn = Callable[[User], Client]


@pytest.fixture
def office(db: None) -> User:
    return make.person(Role.COMMISSION)


def dispatched(scene: Scene, office: User) -> Order:
    need = scene.need(headcount=30)
    return services.place_order(need, scene.session, by=office, origin=Order.Origin.RUN)


def disputed(scene: Scene, office: User) -> Order:
    return services.object_to_order(dispatched(scene, office), by=scene.staff, reason="time")


def stored(order: Order) -> tuple[str, str]:
    order = Order.objects.select_related("need").get(pk=order.pk)
    return order.state, order.need.state


def told(user: User, verb: str) -> list[bool]:
    return list(Notice.objects.filter(to=user, verb=verb).values_list("asks", flat=True))


@pytest.mark.parametrize(("who", "side"), [("staff", "unit"), ("teacher", "school")])
def test_either_side_objects_and_the_district_is_asked(
    scene: Scene, office: User, who: str, side: str
) -> None:
    order = dispatched(scene, office)

    services.object_to_order(order, by=getattr(scene, who), reason="time", words="那天闭馆")

    assert stored(order) == ("disputed", "ordered")
    objection = order.objections.get()
    assert (objection.side, objection.reason, objection.words) == (side, "time", "那天闭馆")
    assert told(office, "order.object") == [True]
    other = scene.teacher if who == "staff" else scene.staff
    assert told(other, "order.object") == [False]
    for target in (order, order.need):
        last = entries_of(target).last()
        assert last is not None
        assert last.verb == "order.object"


def test_who_dispatches_first_answers_for_the_need_to_the_end(scene: Scene, office: User) -> None:
    order = disputed(scene, office)
    other = make.person(Role.COMMISSION)
    services.settle_objection(order, by=other, outcome="pool", agreed="另找")
    assert Need.objects.get(pk=order.need_id).first_handler == office


def test_what_a_school_ordered_itself_is_declined_or_cancelled_not_disputed(scene: Scene) -> None:
    with pytest.raises(MoveNotAllowed, match="单位可以婉拒"):
        services.object_to_order(scene.order(), by=scene.staff, reason="time")


def test_an_objection_names_a_reason_and_comes_from_a_side(scene: Scene, office: User) -> None:
    order = dispatched(scene, office)
    with pytest.raises(DomainError, match="请选一个原因"):
        services.object_to_order(order, by=scene.staff, reason="because")
    for stranger in (make.person(Role.UNIT), make.person(Role.TEACHER), office):
        with pytest.raises(NotAllowed):
            services.object_to_order(order, by=stranger, reason="time")
    assert stored(order) == ("placed", "ordered")


def test_kept_as_it_was_the_unit_is_asked_again_with_a_clock_of_its_own(
    scene: Scene, office: User
) -> None:
    order = disputed(scene, office)
    with at(now() + timedelta(days=4)):
        services.settle_objection(
            order,
            by=office,
            outcome="keep",
            agreed="加一位讲解员",
            agreed_with="馆长、教导主任",
        )
        services.mind_deadlines()
    assert stored(order) == ("placed", "ordered")
    order.refresh_from_db()
    assert localdate(order.since) == today() + timedelta(days=4)
    assert told(scene.staff, "order.keep") == [True]
    assert told(scene.teacher, "order.keep") == [False]
    objection = order.objections.get()
    assert (objection.outcome, objection.settled_by) == ("keep", office)


def test_sent_to_another_session_a_new_order_goes_on(scene: Scene, office: User) -> None:
    order = disputed(scene, office)
    other = make.SessionFactory(resource=scene.resource, half_day=HalfDay.AFTERNOON)
    goes_on = services.settle_objection(
        order, by=office, outcome="other", agreed="改到下午", session=other
    )
    assert stored(order) == ("cancelled", "ordered")
    assert (goes_on.session, goes_on.state, goes_on.origin) == (other, "placed", "run")
    assert order.objections.get().next_order == goes_on


def test_sides_that_agree_may_meet_sooner_than_the_notice(scene: Scene, office: User) -> None:
    order = disputed(scene, office)
    soon = make.SessionFactory(resource=scene.resource, date=today() + timedelta(days=1))
    goes_on = services.settle_objection(
        order, by=office, outcome="other", agreed="都说明天行", session=soon
    )
    assert goes_on.session == soon


def test_a_session_that_cannot_take_them_leaves_everything_as_it_was(
    scene: Scene, office: User
) -> None:
    order = disputed(scene, office)
    small = make.SessionFactory(resource=scene.resource, half_day=HalfDay.AFTERNOON, seats=10)
    for session, words in (
        (small, "只剩 10 个"),
        (scene.session, "原来那一场"),
        (None, "哪一场"),
    ):
        with pytest.raises(DomainError, match=words):
            services.settle_objection(
                order, by=office, outcome="other", agreed="改", session=session
            )
    assert stored(order) == ("disputed", "ordered")
    assert order.objections.get().outcome == ""


def test_back_to_the_pool(scene: Scene, office: User) -> None:
    order = services.settle_objection(
        disputed(scene, office), by=office, outcome="pool", agreed="另找一家"
    )
    assert stored(order) == ("cancelled", "pooled")


def test_closed_for_good_with_a_reason_that_the_school_reads(scene: Scene, office: User) -> None:
    order = disputed(scene, office)
    with pytest.raises(DomainError, match="请选一个原因"):
        services.settle_objection(order, by=office, outcome="closed", agreed="不办了")
    services.settle_objection(
        order, by=office, outcome="closed", agreed="学校说不办了", reason="agreed"
    )
    assert stored(order) == ("cancelled", "closed")
    need = Need.objects.get(pk=order.need_id)
    assert need.close_reason == "agreed"
    last = entries_of(need).last()
    assert last is not None
    assert last.sentence == "不再办理：商量后学校同意不办了"


def test_a_conference_says_what_was_agreed_and_only_the_district_holds_it(
    scene: Scene, office: User
) -> None:
    order = disputed(scene, office)
    with pytest.raises(NotAllowed):
        services.settle_objection(order, by=scene.staff, outcome="keep", agreed="照旧")
    with pytest.raises(DomainError, match="商定了什么"):
        services.settle_objection(order, by=office, outcome="keep", agreed="  ")
    for unknown in ("", "lapsed", "x"):
        with pytest.raises(DomainError, match="会商的结果"):
            services.settle_objection(order, by=office, outcome=unknown, agreed="照旧")


def test_an_objection_is_settled_once(scene: Scene, office: User) -> None:
    order = disputed(scene, office)
    services.settle_objection(order, by=office, outcome="pool", agreed="另找")
    with pytest.raises(MoveNotAllowed, match="这一单现在是“已取消”"):
        services.settle_objection(order, by=office, outcome="keep", agreed="照旧")


def test_a_session_taken_back_meanwhile_cannot_be_kept(scene: Scene, office: User) -> None:
    order = disputed(scene, office)
    Session.objects.filter(pk=scene.session.pk).update(state=Session.State.WITHDRAWN)
    with pytest.raises(SessionGone):
        services.settle_objection(order, by=office, outcome="keep", agreed="照旧")


def test_nobody_waits_for_a_conference_for_ever(scene: Scene, office: User) -> None:
    order = disputed(scene, office)
    with at(now() + timedelta(days=3, hours=1)):
        services.mind_deadlines()
        services.mind_deadlines()
    assert told(office, "order.remind") == [True]
    assert stored(order) == ("disputed", "ordered")

    with at(now() + timedelta(days=5, hours=1)):
        services.mind_deadlines()
    assert stored(order) == ("cancelled", "pooled")
    assert order.objections.get().outcome == Objection.Outcome.LAPSED


def test_a_school_that_cancels_or_a_plan_that_is_revoked_settles_it(
    scene: Scene, office: User
) -> None:
    order = disputed(scene, office)
    services.cancel_order(order, by=scene.teacher)
    assert order.objections.get().outcome == Objection.Outcome.LAPSED


@pytest.mark.parametrize(
    "broken",
    [
        {"outcome": "keep"},
        {"outcome": "keep", "settled_at": "now"},
        {"settled_at": "now"},
        {"side": "platform"},
    ],
)
def test_the_database_itself_refuses_a_half_conference(
    scene: Scene, office: User, broken: dict[str, object]
) -> None:
    order = disputed(scene, office)
    values = {key: now() if value == "now" else value for key, value in broken.items()}
    with pytest.raises(IntegrityError), transaction.atomic():
        order.objections.update(**values)


def test_from_the_pages_object_confer_and_read(scene: Scene, office: User, sign_in: SignIn) -> None:
    order = dispatched(scene, office)
    unit, district, school = sign_in(scene.staff), sign_in(office), sign_in(scene.teacher)
    page = unit.get(order.get_absolute_url()).content.decode()
    assert "对这次派单有异议" in page
    page = unit.post(
        reverse("exchange:order_object", args=[order.pk]), {"reason": "time"}, follow=True
    ).content.decode()
    assert "异议送到了，区教委商定以后告诉您" in page
    assert "等区教委会商" in page

    confer = reverse("exchange:order_confer", args=[order.pk])
    page = district.post(confer, {"outcome": "closed", "agreed": "说好不办"}).content.decode()
    assert "请选一下为什么不再办理" in page
    assert "说好不办" in page
    page = district.post(confer, {"outcome": "pool", "agreed": "另找一家"}, follow=True)
    assert "会商记下了" in page.content.decode()
    page = school.get(order.get_absolute_url()).content.decode()
    assert "会商：退回需求池" in page
    assert "另找一家" in page


def test_the_body_that_may_settle_and_the_one_that_did_are_named(
    scene: Scene, sign_in: SignIn
) -> None:
    clerk = make.town_clerk(scene.school.town)
    order = disputed(scene, make.person(Role.COMMISSION))
    teacher = sign_in(scene.teacher)
    page = teacher.get(order.get_absolute_url()).content.decode()
    assert f"等{scene.school.town}或者区教委会商" in page
    services.settle_objection(order, by=clerk, outcome=Objection.Outcome.POOL, agreed="再找一家")
    page = teacher.get(order.get_absolute_url()).content.decode()
    assert f"{scene.school.town}会商：" in page
