"""点单: what a school may order, and what the unit's own conditions refuse."""

from datetime import timedelta

import pytest

from gongyu.accounts.models import Role
from gongyu.core import timeline
from gongyu.core.calendar import HalfDay, today
from gongyu.exchange import services
from gongyu.exchange.errors import (
    ClassIsBusy,
    MoveNotAllowed,
    NotAllowed,
    SessionDoesNotFit,
    SessionFull,
    SessionGone,
)
from gongyu.exchange.models import Need, Order, Session
from tests import factories as make

from .conftest import Scene


def test_an_order_waits_for_the_unit_and_takes_no_seat_yet(scene: Scene) -> None:
    need = scene.need()
    order = services.place_order(need, scene.session, by=scene.teacher)

    scene.session.refresh_from_db()
    need.refresh_from_db()
    assert order.state == Order.State.PLACED
    assert need.state == Need.State.ORDERED
    assert scene.session.seats_taken == 0
    assert order.km == pytest.approx(3.7, abs=0.5)


def test_both_timelines_say_whom_the_school_asked_and_when(scene: Scene) -> None:
    need = scene.need()
    order = services.place_order(need, scene.session, by=scene.teacher)
    for target in (need, order):
        said = [e.sentence for e in timeline.entries_of(target)]
        assert said == [f"向{scene.unit}点单：12 月 1 日周二上午"]


def test_a_need_is_ordered_once(scene: Scene) -> None:
    need = scene.need()
    services.place_order(need, scene.session, by=scene.teacher)
    with pytest.raises(MoveNotAllowed, match="现在是“等单位回话”，不用再点了"):
        services.place_order(need, scene.session, by=scene.teacher)


def test_another_teacher_does_not_order_for_a_need(scene: Scene) -> None:
    with pytest.raises(NotAllowed, match="只有提出的老师和学校管理员能"):
        services.place_order(
            scene.need(), scene.session, by=make.person(Role.TEACHER, scene.school)
        )


def test_a_withdrawn_or_past_session_is_gone(scene: Scene) -> None:
    need = scene.need()
    withdrawn = make.SessionFactory(
        resource=scene.resource, half_day=HalfDay.AFTERNOON, state=Session.State.WITHDRAWN
    )
    past = make.SessionFactory(resource=scene.resource, date=today())
    for session in (withdrawn, past):
        with pytest.raises(SessionGone, match="已经取消或者过期"):
            services.place_order(need, session, by=scene.teacher)


def test_too_many_pupils_for_the_seats_left(scene: Scene) -> None:
    scene.order(Order.State.ACCEPTED, headcount=50)
    with pytest.raises(SessionFull, match="只剩 10 个名额，坐不下 40 人"):
        services.place_order(scene.need(), scene.session, by=scene.teacher)


def test_grades_of_the_resource_are_its_condition(scene: Scene) -> None:
    need = scene.need(first_grade=3, last_grade=6)
    scene.resource.last_grade = 4
    scene.resource.save()
    with pytest.raises(SessionDoesNotFit, match="面向一至四年级"):
        services.place_order(need, scene.session, by=scene.teacher)


def test_an_exclusive_session_has_a_least_number(scene: Scene) -> None:
    scene.resource.is_exclusive, scene.resource.min_group = True, 50
    scene.resource.save()
    with pytest.raises(SessionDoesNotFit, match="至少 50 人才开"):
        services.place_order(scene.need(headcount=40), scene.session, by=scene.teacher)


def test_a_unit_comes_only_as_far_as_it_says(scene: Scene) -> None:
    scene.resource.form, scene.resource.radius_km = "host", 1
    scene.resource.save()
    with pytest.raises(SessionDoesNotFit, match="单位最远到 1 公里"):
        services.place_order(scene.need(), scene.session, by=scene.teacher)


def test_the_school_may_overrule_its_own_wishes(scene: Scene) -> None:
    need = scene.need(reach_km=0.1, slots=1 << 20, date_to=today() + timedelta(days=2))
    assert services.place_order(need, scene.session, by=scene.teacher).pk


def test_a_class_that_is_promised_elsewhere_cannot_be_ordered_for(scene: Scene) -> None:
    elsewhere = make.SessionFactory(date=scene.session.date, half_day=scene.session.half_day)
    scene.order(Order.State.ACCEPTED, school_class=scene.school_class, session=elsewhere)
    with pytest.raises(ClassIsBusy, match="已经约了别处"):
        services.place_order(
            scene.need(school_class=scene.school_class), scene.session, by=scene.teacher
        )
