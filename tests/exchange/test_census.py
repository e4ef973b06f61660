"""The four views of the census: each number is counted from records and opens to them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from gongyu.accounts.models import Role, User
from gongyu.core.calendar import today
from gongyu.exchange.models import Order
from gongyu.exchange.queries.census_board import census
from tests import factories as make

from .conftest import Scene
from .test_offer_pages import queries_of, text_of

SignIn = Callable[[User], Client]
CENSUS, RECORDS = reverse("exchange:census"), reverse("exchange:census_records")


@pytest.fixture
def desk(db: None, sign_in: SignIn) -> Client:
    return sign_in(make.person(Role.COMMISSION))


def past(scene: Scene, state: str = Order.State.DONE, headcount: int = 30) -> None:
    session = make.SessionFactory(resource=scene.resource, date=today() - timedelta(days=3))
    scene.order(state, session=session, headcount=headcount)


def test_kinds_quantity_and_use_are_counted(scene: Scene) -> None:
    make.ResourceEntryFactory(resource=scene.resource, kind="course")
    past(scene)
    bare = make.ResourceFactory(unit=scene.unit, capacity=10)
    found = census()
    rows = {row.key: row for row in found.kinds}
    course = rows["course"]
    assert (course.resources, course.units, course.capacity) == (1, 1, 60)
    assert (course.sessions, course.orders, course.happened, course.filled) == (2, 1, 1, 50)
    assert (rows["none"].resources, rows["none"].capacity) == (1, bare.capacity)
    assert rows["fund"].resources == 0
    assert (found.total.units, found.total.resources, found.total.filled) == (1, 2, 50)


def test_towns_come_from_communities_too(db: None) -> None:
    town = make.DivisionFactory(name="青云店镇")
    community = make.CommunityDivisionFactory(parent=town)
    make.ResourceFactory(unit=make.UnitFactory(division=town))
    make.ResourceFactory(unit=make.UnitFactory(division=community))
    make.ResourceFactory(unit=make.UnitFactory(division=None))
    empty = make.DivisionFactory(name="空镇")
    found = census()
    rows = {row.key: row for row in found.towns}
    assert (rows[town.code].resources, rows[town.code].units) == (2, 2)
    assert rows["none"].resources == 1
    assert rows[empty.code].resources == 0
    assert found.empty_towns == 1
    assert found.map_wide is not None
    assert {dot.value for dot in found.map_wide.dots} == {2, 0}


def test_last_school_year_is_not_this_years_use(scene: Scene) -> None:
    make.SessionFactory(resource=scene.resource, date=today() - timedelta(days=120))
    assert census().total.sessions == 1


def test_each_number_opens_to_its_records(scene: Scene, desk: Client) -> None:
    make.ResourceEntryFactory(resource=scene.resource, kind="course")
    past(scene)
    other = make.ResourceFactory(title="没人约的")
    page = text_of(desk.get(CENSUS))
    assert "全区 2 家单位登记了 2 项资源" in page
    assert f"{RECORDS}?kind=course" in page
    assert "各镇街的学生数没有查到" in page
    for query, title, absent in [
        ({"kind": "course"}, scene.resource.title, other.title),
        ({"kind": "none"}, other.title, scene.resource.title),
        ({"use": "happened"}, scene.resource.title, other.title),
        ({"use": "ordered"}, scene.resource.title, other.title),
        ({"use": "sessions"}, scene.resource.title, other.title),
        ({"use": "none"}, other.title, scene.resource.title),
        ({"town": scene.unit.division.code}, scene.resource.title, other.title),
    ]:
        shown = text_of(desk.get(RECORDS, query))
        assert "1 项资源" in shown, query
        assert title in shown
        assert absent not in shown
    assert "2 项资源" in text_of(desk.get(RECORDS, {"kind": "nonsense"}))


def test_who_has_not_confirmed_is_listed_and_invited(scene: Scene, desk: Client) -> None:
    entry = make.ResourceEntryFactory(resource=scene.resource)
    assert "1 家单位今年还没核对完" in text_of(desk.get(CENSUS))
    assert scene.resource.title in text_of(desk.get(RECORDS, {"confirmed": "no"}))
    page = text_of(desk.post(reverse("exchange:census_invite"), follow=True))
    assert "邀请了 1 家单位" in page
    page = text_of(desk.post(reverse("exchange:census_remind"), follow=True))
    assert "过几天再提醒" in page
    entry.confirmed_on, entry.confirmed_by = today(), scene.staff
    entry.save()
    assert scene.resource.title in text_of(desk.get(RECORDS, {"confirmed": "yes"}))
    assert "还没核对完" not in text_of(desk.get(CENSUS))


@pytest.mark.parametrize(("address", "most"), [(CENSUS, 20), (RECORDS, 12)])
def test_the_census_asks_the_same_of_a_large_district(
    scene: Scene, desk: Client, address: str, most: int
) -> None:
    past(scene)
    few = queries_of(desk, address)
    for _ in range(8):
        make.ResourceEntryFactory(resource=make.SessionFactory().resource)
    assert queries_of(desk, address) == few <= most


def test_an_empty_district_is_taught(desk: Client) -> None:
    assert "没有这样的登记" in text_of(desk.get(RECORDS))
    assert "全区 0 家单位登记了 0 项资源" in text_of(desk.get(CENSUS))
