"""What the engine is told of the pool beside its needs and sessions."""

from __future__ import annotations

import datetime

import pytest

from gongyu.core.calendar import today
from gongyu.core.models import Holiday
from gongyu.engines import matching
from gongyu.exchange import planning
from gongyu.exchange.models import Order, Session
from tests import factories as make

from .conftest import Scene


def pool(scene: Scene) -> matching.Problem:
    need = scene.need(school_class=scene.school_class, first_grade=3, last_grade=3, headcount=5)
    return planning.pool_problem([need], [scene.session])


@pytest.mark.parametrize("state", [Order.State.PLACED, Order.State.ACCEPTED])
def test_a_class_is_proposed_nothing_in_a_half_day_that_it_has_already(
    scene: Scene, state: str
) -> None:
    assert len(matching.find_candidates(pool(scene))) == 1
    elsewhere = make.SessionFactory(
        resource=make.ResourceFactory(unit=make.UnitFactory(), topics=[scene.topic]),
        date=scene.session.date,
        half_day=scene.session.half_day,
    )
    scene.order(state, session=elsewhere, school_class=scene.school_class)
    assert len(matching.find_candidates(pool(scene))) == 0
    unmet = matching.match(pool(scene)).unmet[0]
    assert unmet.reason == matching.Reason.GROUP_BUSY


def test_a_declined_order_and_another_class_leave_the_half_day_free(scene: Scene) -> None:
    scene.order(Order.State.DECLINED, school_class=scene.school_class)
    scene.order(Order.State.ACCEPTED, school_class=make.SchoolClassFactory(school=scene.school))
    problem = planning.pool_problem(
        [scene.need(school_class=scene.school_class, headcount=5)],
        [Session.objects.get(pk=scene.session.pk)],
    )
    assert len(matching.find_candidates(problem)) == 1


def test_public_holidays_are_closed_and_make_up_workdays_are_not(scene: Scene) -> None:
    closed, worked = today() + datetime.timedelta(days=3), today() + datetime.timedelta(days=5)
    Holiday.objects.all().delete()
    Holiday.objects.create(date=closed, kind=Holiday.Kind.HOLIDAY, name="放假")
    Holiday.objects.create(date=worked, kind=Holiday.Kind.MAKEUP_WORKDAY, name="上班")
    assert pool(scene).closed_days == {closed}
