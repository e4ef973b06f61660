"""The map, its points, and the list that says the same."""

from math import cos, hypot, radians

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from gongyu.places.models import Precision
from tests.factories import DivisionFactory, SchoolFactory, UnitFactory

pytestmark = pytest.mark.django_db
MAP, POINTS = reverse("places:map"), reverse("places:points")


def _points(client: Client, **query: str) -> list[dict[str, object]]:
    answer = client.get(POINTS, query)
    assert answer.status_code == 200
    units: list[dict[str, object]] = answer.json()["units"]
    return units


def test_every_unit_on_the_map_stands_in_the_list_too(client: Client) -> None:
    for n in range(25):
        UnitFactory(name=f"博物馆{n:02d}")
    listed = client.get(MAP).text + client.get(MAP, {"page": 2}).text
    names = {str(point["name"]) for point in _points(client)}
    assert len(names) == 25
    assert all(name in listed for name in names)


def test_what_has_no_place_of_its_own_is_listed_but_not_drawn(client: Client) -> None:
    UnitFactory(name="某科协", precision=Precision.DISTRICT)
    UnitFactory(name="某档案馆", precision=Precision.NONE, lon=None, lat=None)
    assert _points(client) == []
    page = client.get(MAP).text
    assert "某科协" in page
    assert "某档案馆" in page
    assert "图上没有画" in page


def test_units_at_one_town_stand_round_its_point_hollow_and_always_alike(client: Client) -> None:
    for n in range(8):
        UnitFactory(name=f"中心{n}", precision=Precision.TOWNSHIP, lon=116.34, lat=39.73)
    points = _points(client)
    assert points == _points(client)
    places = {(point["lon"], point["lat"]) for point in points}
    assert len(places) == 8
    for point in points:
        assert point["hollow"] is True
        assert "按镇街位置显示" in str(point["where"])
        east = (float(str(point["lon"])) - 116.34) * 111.32 * cos(radians(39.73))
        north = (float(str(point["lat"])) - 39.73) * 111.32
        assert 0.1 < hypot(east, north) < 1.5


def test_an_exact_point_stays_where_it_is(client: Client) -> None:
    SchoolFactory(lon=116.32, lat=39.75, precision=Precision.EXACT)
    (point,) = _points(client)
    assert (point["lon"], point["lat"], point["hollow"]) == (116.32, 39.75, False)


@pytest.mark.parametrize(
    ("query", "shown", "left_out"),
    [
        ({"kind": "school"}, "枣园小学", "眼科医院"),
        ({"kind": "health"}, "眼科医院", "枣园小学"),
        ({"town": "110115003"}, "枣园小学", "眼科医院"),
    ],
)
def test_a_filter_narrows_the_map_and_the_list_alike(
    client: Client, query: dict[str, str], shown: str, left_out: str
) -> None:
    SchoolFactory(name="枣园小学", division=DivisionFactory(code="110115003"))
    UnitFactory(name="眼科医院", sub_kind="hospital", division=DivisionFactory(code="110115001"))
    page = client.get(MAP, query).text
    assert shown in page
    assert left_out not in page
    assert [point["name"] for point in _points(client, **query)] == [shown]


@pytest.mark.parametrize("query", [{"kind": "x"}, {"town": "<script>"}, {"page": "-1"}])
def test_an_old_or_broken_link_shows_everything(client: Client, query: dict[str, str]) -> None:
    UnitFactory(name="某博物馆")
    answer = client.get(MAP, query)
    assert answer.status_code == 200
    assert "某博物馆" in answer.text


def test_an_empty_map_says_what_to_do(client: Client) -> None:
    assert "这里还没有这一类单位" in client.get(MAP, {"kind": "health"}).text


def test_points_are_kept_by_browsers_until_they_change(client: Client) -> None:
    UnitFactory()
    first = client.get(POINTS)
    assert "max-age=300" in first["Cache-Control"]
    again = client.get(POINTS, headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 304
    UnitFactory()
    assert client.get(POINTS, headers={"If-None-Match": first["ETag"]}).status_code == 200


def test_no_tile_is_asked_for_without_a_key(client: Client) -> None:
    page = client.get(MAP)
    assert 'data-tianditu=""' in page.text
    assert "tianditu" not in page["Content-Security-Policy"]


@pytest.mark.parametrize("rows", [2, 40])
def test_the_page_takes_five_queries_and_the_points_three(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries, rows: int
) -> None:
    for _n in range(rows):
        UnitFactory()
    with django_assert_max_num_queries(5):
        client.get(MAP)
    with django_assert_max_num_queries(3):
        client.get(POINTS)
