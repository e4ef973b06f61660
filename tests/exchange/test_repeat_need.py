"""再办一次: what was done a year ago is asked again with everything filled in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from gongyu.accounts.models import User
from gongyu.core.calendar import today
from gongyu.core.models import Holiday
from gongyu.exchange.models import Need, Order, Rating
from gongyu.exchange.queries.repeat import A_YEAR, done_a_year_ago, window_again
from tests import factories as make

from .conftest import Scene

SignIn = Callable[[User], Client]


def last_year(scene: Scene, stars: int = 5, **about: object) -> Need:
    day = today() - A_YEAR + timedelta(days=7)
    session = make.SessionFactory(resource=scene.resource, date=day)
    about = {"date_from": day - timedelta(days=3), "date_to": day + timedelta(days=9)} | about
    order = scene.order(
        Order.State.RATED, session=session, school_class=scene.school_class, **about
    )
    Rating.objects.create(
        order=order, side=Rating.Side.SCHOOL, stars=stars, by=scene.teacher, at=order.placed_at
    )
    Need.objects.filter(pk=order.need_id).update(state=Need.State.DONE)
    return Need.objects.get(pk=order.need_id)


def test_only_what_was_done_well_a_year_ago_is_offered(scene: Scene) -> None:
    good = last_year(scene)
    scene.order(Order.State.RATED)  # this year's
    assert list(done_a_year_ago(scene.school)) == [good]
    Rating.objects.update(stars=2)
    assert not done_a_year_ago(scene.school)


def test_one_tap_fills_the_form_and_files_nothing(scene: Scene, sign_in: SignIn) -> None:
    need = last_year(scene, words="去年请人来测过视力", reach_km=9)
    teacher = sign_in(scene.teacher)
    address = reverse("exchange:need_repeat", args=[need.pk])
    assert address in teacher.get(reverse("exchange:needs")).content.decode()
    answer = teacher.get(address)
    assert answer.status_code == 200
    initial = answer.context["form"].initial
    assert initial["words"] == "去年请人来测过视力"
    assert initial["school_class"] == scene.school_class.pk
    assert initial["reach_km"] == 9
    assert initial["date_from"] == need.date_from + A_YEAR
    assert Need.objects.count() == 1


def test_another_schools_need_is_not_found(scene: Scene, sign_in: SignIn) -> None:
    address = reverse("exchange:need_repeat", args=[make.NeedFactory().pk])
    assert sign_in(scene.teacher).get(address).status_code == 404


@pytest.mark.django_db
def test_the_window_begins_on_no_holiday_and_never_in_the_past() -> None:
    first = today() - A_YEAR - timedelta(days=5)
    last = today() - A_YEAR + timedelta(days=6)
    assert window_again(first, last) == (today() + timedelta(days=1), last + A_YEAR)
    Holiday.objects.create(date=today() + timedelta(days=1), kind=Holiday.Kind.HOLIDAY, name="放假")
    moved: tuple[date, date] | None = window_again(first, last)
    assert moved is not None
    assert moved[0] == today() + timedelta(days=2)
    assert window_again(today() - timedelta(days=20), today() - timedelta(days=9)) is None


@pytest.mark.django_db
def test_weeks_that_have_just_gone_by_are_not_put_off_for_a_year() -> None:
    first, last = (today() - A_YEAR - timedelta(days=days) for days in (24, 12))
    assert window_again(first, last) is None
    assert window_again(first - A_YEAR, last - A_YEAR) is None
    assert window_again(first - timedelta(days=80), last - timedelta(days=80)) is not None


def test_each_line_says_from_which_need_it_comes(scene: Scene, sign_in: SignIn) -> None:
    need = last_year(scene, reach_km=9)
    teacher = sign_in(scene.teacher)
    page = teacher.get(reverse("exchange:need_repeat", args=[need.pk]))
    said = f"照 {need.date_from.year} 年 {need.date_from.month} 月那次"
    assert page.context["facts"]["where"].source == said
    form = page.context["form"]
    posted = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    posted["topics"] = [topic.code for topic in need.topics.all()]
    fit = reverse("exchange:need_fit")
    facts = teacher.post(fit, posted | {"like": need.pk}).context["facts"]
    assert (facts["where"].source, facts["when"].source) == (said, said)
    facts = teacher.post(fit, posted | {"like": need.pk, "reach_km": 12}).context["facts"]
    assert facts["where"].source == "您改的"
    elsewhere = make.NeedFactory()  # not this school's: as if nothing were repeated
    facts = teacher.post(fit, posted | {"like": elsewhere.pk}).context["facts"]
    assert facts["where"].source == "您改的"
