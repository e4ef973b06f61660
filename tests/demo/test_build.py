"""The demo district is whole on whatever day it is built (journeys see it on a school day)."""

from datetime import date, timedelta

import pytest
from django.core.management import call_command

from gongyu.accounts.models import User
from gongyu.core.calendar import at
from gongyu.demo.build import build_district
from gongyu.demo.district import District
from gongyu.exchange import queries
from gongyu.exchange.models import Effect, GroupSplit, Need, Order, Revisit, VisitPhoto
from gongyu.exchange.queries.effects import effect_of, effects_to_ask
from gongyu.exchange.queries.queues import lines_of
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
        _each_thing_that_can_happen_has_happened(district)
        _whoever_asked_can_be_called(district)
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


def _each_thing_that_can_happen_has_happened(district: District) -> None:
    """What is beside the straight path is there without anybody preparing it, where a demo role
    meets it.
    """
    teacher, school, unit = (
        district.people[f"demo-{who}"] for who in ("teacher", "school", "unit")
    )
    own_needs = Need.objects.filter(filed_by=teacher)

    asked = [queries.together_of(need).asked for need in own_needs.waiting()]
    assert [len(others) for found in asked for _row, others in found] == [2]

    split = GroupSplit.objects.get()
    assert split.order.need.filed_by == teacher
    assert split.agreed_at is not None
    assert split.first_heads + split.second_heads == split.whole
    assert split.order.session.resource.unit == district.units[0]

    (line,) = [entry for need in own_needs.waiting() for entry in lines_of(need)]
    assert line.position == 2
    assert line.session.seats_free == 0

    clerk = district.people["demo-town"]
    mine = Order.objects.visible_to(clerk)
    assert mine.filter(state=Order.State.REVISIT).count() == 1
    assert mine.filter(revisit__result=Revisit.Result.FAIR).count() == 1
    disputed = mine.filter(state=Order.State.DISPUTED)
    assert disputed.filter(session__resource__unit=district.units[0]).count() == 1

    assert [order.need.filed_by for order in effects_to_ask(teacher)] == [teacher]
    assert effects_to_ask(school).count() == 1
    assert effect_of(Effect.objects.filter(order__need__topics__code="T0101")).is_enough
    missed = queries.orders_for_unit(unit).get(state=Order.State.MISSED)
    assert missed.need.school == district.schools[0]


def _whoever_asked_can_be_called(district: District) -> None:
    askers = User.objects.filter(pk__in=Order.objects.held().values("need__filed_by"))
    telephones = list(askers.values_list("phone", flat=True))
    assert all(phone and phone.startswith("演示号码") for phone in telephones)
    assert not User.objects.filter(username__startswith="demo-family", phone__isnull=False).exists()


@pytest.mark.once
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
