"""The demo district is whole on whatever day it is built (journeys see it on a school day)."""

from datetime import date, timedelta

import pytest
from django.core.management import call_command

from gongyu.accounts.models import User
from gongyu.core.calendar import at
from gongyu.demo.build import build_district
from gongyu.demo.district import District
from gongyu.exchange import queries
from gongyu.exchange.models import Need, Order, VisitPhoto
from gongyu.exchange.services.runs import solve, start_run
from gongyu.families.models import Guardianship, Student
from gongyu.publishing.queries import activities_between
from tests.conftest import TODAY

SUNDAY = date(2026, 11, 29)
SUMMER_OF_NO_CALENDAR = date(2027, 7, 20)  # neither terms nor holidays are announced yet


def _needs_by_state() -> dict[str, int]:
    states = list(Need.objects.values_list("state", flat=True))
    return {state: states.count(state) for state in set(states)}


@pytest.mark.django_db
@pytest.mark.parametrize("day", [SUNDAY, SUMMER_OF_NO_CALENDAR])
def test_the_district_is_whole_on_any_day(day: date) -> None:
    steps: list[str] = []
    district = build_district(day, progress=steps.append)

    with at(district.at(0, 12)):
        assert len(steps) >= 6
        assert len(district.schools) == 20
        assert len(district.units) >= 60
        assert Guardianship.objects.values("student").distinct().count() >= 290
        assert 290 <= Student.objects.count() <= 340
        states = _needs_by_state()
        assert sum(states.values()) >= 240
        assert all(states.get(state, 0) >= 3 for state in Need.State.values)
        assert activities_between(day, day + timedelta(days=6))
        _the_demo_roles_have_something_to_do(district)
        assert VisitPhoto.objects.cleared().count() >= 8
        if day == SUNDAY:
            _fairness_has_something_to_choose(district.people["demo-commission"])


def _fairness_has_something_to_choose(by: User) -> None:
    """Two settings serve different classes, and the fair one lifts the town that got least."""
    served, worst = [], []
    for fairness in (0, 50):
        run = start_run(by=by, fairness=fairness)
        solve(run.pk)
        run.refresh_from_db()
        served.append(set(run.matches.values_list("need", flat=True)))
        worst.append(min(town["share"] for town in run.towns))
    assert served[0] != served[1]
    assert worst[0] < worst[1]


def _the_demo_roles_have_something_to_do(district: District) -> None:
    people = district.people
    assert queries.waiting_for_unit(people["demo-unit"]).count() >= 5
    for teacher in ("demo-teacher", "demo-teacher-2"):
        assert queries.waiting_to_be_rated(people[teacher]).exists()
    assert Order.objects.filter(state=Order.State.PROPOSED).exists()


@pytest.mark.django_db(transaction=True)
def test_the_same_day_and_seed_give_the_same_district() -> None:
    def built() -> tuple[list[str], list[str]]:
        build_district(TODAY, seed=7)
        names = list(Student.objects.order_by("pk").values_list("name", flat=True)[:50])
        words = list(Need.objects.order_by("pk").values_list("words", flat=True))
        # Emptied, not rolled back: PostgreSQL builds for minutes upon what it still has to sweep.
        call_command("flush", verbosity=0, interactive=False)
        assert not Student.objects.exists()
        return names, words

    assert built() == built()
