"""三率: counted from records, by name and not by rank, each number opening to its rows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from gongyu.accounts.models import Role, User
from gongyu.core.calendar import now, today
from gongyu.exchange.models import Need, Order, Revisit
from gongyu.exchange.queries.rates import SCHOOL, TOWN, UNIT, Rates, rates_by, rates_of_all
from tests import factories as make

from .conftest import Scene

SignIn = Callable[[User], Client]


def figures(found: Rates) -> list[tuple[int, int]]:
    return [(rate.met, rate.total) for _kind, _label, rate in found.three]


def visited(scene: Scene, stars: int | None = 5, **about: Any) -> Order:
    session = make.SessionFactory(
        resource=make.ResourceFactory(unit=scene.unit), date=today() - timedelta(days=20)
    )
    state = about.pop("state", Order.State.ARCHIVED)
    order = scene.order(state, session=session, headcount=5)
    about.setdefault("answered_at", now() - timedelta(days=25))
    Order.objects.filter(pk=order.pk).update(**about)
    if stars:
        make.RatingFactory(order=order, side="school", stars=stars)
    return order


def test_each_rate_counts_what_its_name_says(scene: Scene) -> None:
    visited(scene, 5)
    visited(scene, 3)
    asked = visited(scene, None)
    Revisit.objects.create(
        order=asked,
        why="missing",
        opened_at=now(),
        result="unsolved",
        by=scene.head,
        closed_at=now(),
    )
    scene.order(Order.State.DECLINED)  # answered, in good time
    silent = scene.order(Order.State.DECLINED)
    Order.objects.filter(pk=silent.pk).update(decline_reason="no_answer")
    scene.order()  # its answer is not due yet
    Order.objects.filter(state="declined", decline_reason="no_staff").update(answered_at=now())
    scene.need(date_from=today() - timedelta(days=9), date_to=today() - timedelta(days=1))
    scene.need(state=Need.State.WITHDRAWN)

    assert figures(rates_of_all()) == [(4, 5), (2, 4), (1, 3)]


def test_a_units_solved_are_the_visits_that_it_owed(scene: Scene) -> None:
    visited(scene, 5)
    visited(scene, None, state=Order.State.MISSED, absent="unit")
    visited(scene, None, state=Order.State.MISSED, absent="school")
    visited(scene, None, state=Order.State.CANCELLED, ended_by="unit")
    visited(scene, None, state=Order.State.CANCELLED, ended_by="school")
    (row,) = rates_by(UNIT)
    assert (row.label, figures(row)[1]) == (str(scene.unit), (1, 3))


def test_schools_and_towns_stand_by_name_and_add_up_to_the_whole(scene: Scene) -> None:
    for _ in range(2):
        visited(scene, 5)
    other = make.NeedFactory(topics=[scene.topic])
    make.OrderFactory(need=other, session=scene.session, state=Order.State.DECLINED)
    Order.objects.filter(need=other).update(answered_at=now())
    whole = figures(rates_of_all())
    for by in (SCHOOL, TOWN):
        rows = rates_by(by)
        assert [row.label for row in rows] == sorted(row.label for row in rows)
        assert len(rows) == 2
        parts = [figures(row) for row in rows]
        summed = [
            (sum(part[n][0] for part in parts), sum(part[n][1] for part in parts)) for n in range(3)
        ]
        assert summed == whole


def test_fewer_than_five_are_too_few_to_say(scene: Scene, sign_in: SignIn) -> None:
    client = sign_in(make.person(Role.COMMISSION))
    for number in range(1, 6):
        visited(scene, 5)
        rate = rates_of_all().response
        assert rate.share == (100 if number == 5 else None)
        page = client.get(reverse("exchange:desk")).content.decode()
        assert ("太少，不算" in page) == (number < 5)
    assert "100%" in page


def test_each_number_opens_to_its_rows(scene: Scene, sign_in: SignIn) -> None:
    visited(scene, 5)
    disliked = visited(scene, 2)
    client = sign_in(make.person(Role.COMMISSION))
    address = reverse("exchange:rate_rows", args=["satisfied"])
    everything = client.get(address, {"by": "unit", "key": scene.unit.pk}).content.decode()
    met = client.get(address, {"by": "unit", "key": scene.unit.pk, "met": "1"}).content.decode()
    assert disliked.get_absolute_url() in everything
    assert disliked.get_absolute_url() not in met
    solved = reverse("exchange:rate_rows", args=["solved"])
    page = client.get(solved, {"by": "school", "key": scene.school.pk}).content.decode()
    assert disliked.need.get_absolute_url() in page
    for nonsense in ({"by": "child"}, {"by": "unit", "key": "x"}, {"by": "town", "key": "999"}):
        assert client.get(address, nonsense).status_code in {200, 404}
    assert client.get(reverse("exchange:rate_rows", args=["speed"])).status_code == 404


@pytest.mark.parametrize("by", [UNIT, TOWN, SCHOOL])
def test_the_page_asks_the_same_for_many(scene: Scene, sign_in: SignIn, by: str) -> None:
    client = sign_in(make.person(Role.COMMISSION))
    address = reverse("exchange:rates") + f"?by={by}"

    def asked() -> int:
        with CaptureQueriesContext(connection) as caught:
            assert client.get(address).status_code == 200
        return len(caught)

    visited(scene)
    few = asked()
    for _ in range(6):
        make.OrderFactory(state=Order.State.DECLINED)
    Order.objects.filter(state="declined").update(answered_at=now())
    assert asked() == few <= 12
