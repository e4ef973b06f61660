"""Who could come: units that fit, best first; near misses with the change that clears them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gongyu.core.calendar import HalfDay, today
from gongyu.exchange import queries
from gongyu.exchange.models import Order, Slots
from gongyu.exchange.planning import Draft
from gongyu.exchange.queries.grid import draw_grid
from gongyu.exchange.queries.nearby import draw_nearby
from tests import factories as make

from .conftest import Scene

WORKDAYS = Slots.mask([(day, half) for day in range(5) for half in (0, 1)])


def draft(scene: Scene, **changes: Any) -> Draft:
    return Draft(
        **{
            "school": scene.school,
            "topics": (scene.topic,),
            "first_grade": 3,
            "last_grade": 3,
            "headcount": 40,
            "form": "any",
            "date_from": today() + timedelta(days=1),
            "date_to": today() + timedelta(days=21),
            "slots": WORKDAYS,
            "reach_km": 15.0,
        }
        | changes
    )


def test_a_unit_that_fits_is_offered_with_its_earliest_half_day(scene: Scene) -> None:
    make.SessionFactory(resource=scene.resource, date=scene.session.date + timedelta(days=2))
    fit = queries.fit_for(draft(scene))

    (offer,) = fit.offers
    assert (offer.unit, offer.best) == (scene.unit, scene.session)
    assert [o.session.date.day for o in offer.others] == [3]
    assert fit.near_misses == []


def test_the_nearer_unit_stands_first_and_is_praised_for_it(scene: Scene) -> None:
    far = make.SessionFactory(
        resource=make.ResourceFactory(
            unit=make.UnitFactory(lon=116.40, lat=39.79), topics=[scene.topic]
        )
    )
    fit = queries.fit_for(draft(scene))
    assert [offer.unit for offer in fit.offers] == [scene.unit, far.resource.unit]
    assert fit.offers[0].praise == "最近"


def test_a_full_session_is_no_offer_but_says_how_many_seats_are_left(scene: Scene) -> None:
    scene.order(Order.State.ACCEPTED, headcount=50)
    fit = queries.fit_for(draft(scene))
    assert fit.offers == []
    # The engine is given the seats that are free, so it may call a full session too small.
    assert "10" in fit.near_misses[0].sentences[0]
    assert fit.near_misses[0].remedy is None


@pytest.mark.parametrize(
    ("changes", "sentence", "label", "value"),
    [
        ({"reach_km": 2.0}, "离学校 3.6 公里，超过您说的 2 公里。", "放宽到 4 公里", "reach_km=4"),
        (
            {"slots": Slots.mask([(4, 0)])},
            "它空的是周二上午，您没选这段。",
            "也可以周二上午",
            "slots=3",
        ),
        ({"form": "host"}, "它只能走出去。", "改成走出去", "form=visit"),
        (
            {"date_to": today() + timedelta(days=6)},
            "12 月 1 日有场次，不在您要的日子里。",
            "放宽到 12 月 1 日",
            "date_to=2026-12-01",
        ),
        (
            {"date_from": today() + timedelta(days=8)},
            "12 月 1 日有场次，不在您要的日子里。",
            "提前到 12 月 1 日",
            "date_from=2026-12-01",
        ),
    ],
)
def test_a_near_miss_names_its_obstacle_and_the_change_that_clears_it(
    scene: Scene, changes: dict[str, Any], sentence: str, label: str, value: str
) -> None:
    (miss,) = queries.fit_for(draft(scene, **changes)).near_misses
    assert miss.sentences == [sentence]
    assert miss.remedy is not None
    assert (miss.remedy.label, miss.remedy.value) == (label, value)


def test_two_obstacles_are_cleared_by_one_button(scene: Scene) -> None:
    (miss,) = queries.fit_for(draft(scene, reach_km=2.0, slots=Slots.mask([(4, 0)]))).near_misses
    assert miss.remedy is not None
    assert miss.remedy.label == "放宽到 4 公里，也可以周二上午"
    assert miss.remedy.value == "reach_km=4&slots=3"


def test_an_obstacle_on_the_units_side_has_no_button(scene: Scene) -> None:
    (miss,) = queries.fit_for(draft(scene, headcount=80, reach_km=2.0)).near_misses
    assert len(miss.sentences) == 2
    assert miss.remedy is None


def test_a_half_day_on_which_the_class_is_elsewhere_is_not_offered(scene: Scene) -> None:
    elsewhere = make.SessionFactory(date=scene.session.date, half_day=scene.session.half_day)
    scene.order(Order.State.ACCEPTED, school_class=scene.school_class, session=elsewhere)
    later = make.SessionFactory(resource=scene.resource, date=scene.session.date + timedelta(1))

    (offer,) = queries.fit_for(draft(scene, school_class_id=scene.school_class.pk)).offers

    assert offer.best == later
    assert [(o.session, o.fits) for o in offer.options] == [(scene.session, False), (later, True)]


def test_a_unit_that_only_comes_near_the_topic_says_what_it_does(scene: Scene) -> None:
    sister = make.TopicFactory(code="T0102", name="用眼行为", parent=scene.topic.parent)
    scene.resource.topics.set([sister])
    (offer,) = queries.fit_for(draft(scene)).offers
    assert offer.related == "用眼行为"


def test_stars_show_from_five_ratings_on(scene: Scene) -> None:
    for days in range(1, 6):
        assert queries.fit_for(draft(scene)).offers[0].stars is None
        past = make.SessionFactory(resource=scene.resource, date=today() - timedelta(days))
        make.RatingFactory(order=scene.order(Order.State.DONE, session=past), stars=4)
    assert queries.fit_for(draft(scene)).offers[0].stars == 4


def count_queries(scene: Scene) -> int:
    with CaptureQueriesContext(
        connection,
    ) as caught:
        queries.fit_for(draft(scene, school_class_id=scene.school_class.pk))
    return len(caught)


def test_the_number_of_queries_does_not_grow_with_sessions(scene: Scene) -> None:
    few = count_queries(scene)
    for number in range(12):
        resource = make.ResourceFactory(topics=[scene.topic])
        for half in (HalfDay.MORNING, HalfDay.AFTERNOON):
            day = today() + timedelta(days=number + 2)
            make.SessionFactory(resource=resource, date=day, half_day=half)
    assert count_queries(scene) == few <= 5


def test_the_grid_says_in_words_what_it_draws() -> None:
    tuesday = today() + timedelta(days=7)
    grid = draw_grid(
        tuesday, (tuesday, 0), {(tuesday, 0): True, (tuesday + timedelta(days=1), 1): False}
    )
    assert grid.said == "两边都空：12 月 1 日周二上午；它空您没空：12 月 2 日周三下午"
    assert [s.kind for s in grid.squares].count("both") == 1
    assert [s.kind for s in grid.squares].count("unit") == 1
    assert grid.best is not None
    assert grid.width <= 322
    assert len(grid.squares) == 3 * 5 * 2


def test_a_weekend_half_day_makes_the_grid_show_whole_weeks() -> None:
    saturday = today() + timedelta(days=4)
    grid = draw_grid(saturday, (saturday, 0), {(saturday, 0): True})
    assert len(grid.squares) == 2 * 7 * 2
    assert grid.width <= 322


def test_the_small_map_shows_only_units_whose_place_is_known(scene: Scene) -> None:
    for lon, precision in ((116.30, "exact"), (116.38, "community"), (116.34, "township")):
        unit = make.UnitFactory(lon=lon, lat=39.70, precision=precision)
        make.SessionFactory(resource=make.ResourceFactory(unit=unit, topics=[scene.topic]))
    nearby = draw_nearby(scene.school, queries.fit_for(draft(scene)))

    assert nearby is not None
    assert len(nearby.spots) == 3
    assert all(0 < spot.x < 400 and 0 < spot.y < 300 for spot in nearby.spots)
    assert "公里" in nearby.said


def test_one_unit_alone_makes_no_map(scene: Scene) -> None:
    assert draw_nearby(scene.school, queries.fit_for(draft(scene))) is None
