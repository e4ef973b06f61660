"""The drawn district: labels that can be read, dots whose size means something."""

from itertools import combinations

import pytest
from django.template.loader import render_to_string
from pytest_django import DjangoAssertNumQueries

from gongyu.demo.data import rows
from gongyu.places.district_map import DistrictMap, Spot, draw
from gongyu.places.outline import ring_of, static_path
from gongyu.places.queries import town_dots
from tests.factories import DivisionFactory


def _daxing(width: int) -> DistrictMap:
    spots = [
        Spot(row["name"][:3], row["name"], float(row["lon_wgs84"]), float(row["lat_wgs84"]), n)
        for n, row in enumerate(rows("township_points"))
        if row["lon_wgs84"]
    ]
    return draw(ring_of("110115"), spots, width=width)


@pytest.mark.parametrize("width", [342, 480, 640])
def test_no_label_covers_another_or_a_dot(width: int) -> None:
    drawing = _daxing(width)
    boxes = [dot.box for dot in drawing.dots if dot.box]
    assert not [pair for pair in combinations(boxes, 2) if pair[0].meets(pair[1])]
    for dot in drawing.dots:
        assert not [b for b in boxes if b.left < dot.x < b.right and b.top < dot.y < b.bottom], (
            dot.title
        )


@pytest.mark.parametrize(("width", "least"), [(342, 15), (480, 19)])
def test_most_towns_find_a_place_for_their_label(width: int, least: int) -> None:
    assert sum(1 for dot in _daxing(width).dots if dot.box) >= least


def test_everything_stays_inside_the_drawing() -> None:
    drawing = _daxing(342)
    for dot in drawing.dots:
        assert 0 <= dot.x - dot.r <= dot.x + dot.r <= drawing.width
        if dot.box:
            assert dot.box.left >= 0
            assert dot.box.right <= drawing.width


def test_the_same_amounts_give_the_same_drawing() -> None:
    assert _daxing(480) == _daxing(480)


def test_four_times_as_much_looks_larger_and_nothing_is_still_a_dot() -> None:
    some = [Spot("甲", "甲", 116.3, 39.7, v) for v in (0, 10, 40)]
    radii = {dot.value: dot.r for dot in draw(ring_of("110115"), some).dots}
    assert 0 < radii[0] < radii[10] < radii[40]


def test_the_outline_is_light() -> None:
    assert 1000 < len(_daxing(480).outline) < 15_000


def test_a_district_without_outline_is_drawn_with_its_dots_alone() -> None:
    assert ring_of("999999") == ()
    assert static_path("999999") == ""
    drawing = draw((), [Spot("甲", "甲", 116.3, 39.7)])
    assert drawing.outline == ""
    assert len(drawing.dots) == 1
    assert draw((), []).dots == ()


@pytest.mark.django_db
def test_town_dots_carry_amounts_words_and_links_in_one_query(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    DivisionFactory(code="110115003", name="清源街道", kind="subdistrict")
    DivisionFactory(code="110115405", name="某开发区", kind="functional_zone", lon=116.5)
    with django_assert_num_queries(1):
        drawing = town_dots({"110115003": 11}, unit="个需求")
    (dot,) = drawing.dots
    assert (dot.label, dot.title, dot.value) == ("清源", "清源街道 11 个需求", 11)
    svg = render_to_string("places/_district_map.svg.html", {"drawing": drawing, "title": "图"})
    assert dot.href in svg
    assert "style=" not in svg
