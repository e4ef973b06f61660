"""What a school did a year ago, and how such a need reads when it is asked again."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db.models import QuerySet

from gongyu.core.calendar import holidays, today
from gongyu.core.models import Holiday
from gongyu.exchange.models import Need, Rating, Slots
from gongyu.places.models import Organization

A_YEAR = timedelta(weeks=52)  # whole weeks: a Wednesday stays a Wednesday
BEFORE, AFTER = timedelta(days=30), timedelta(days=60)
GOOD = 4
MOST = 6


def done_a_year_ago(school: Organization) -> QuerySet[Need]:
    """Needs that were met about this time last year and rated well by the school; one query."""
    day = today() - A_YEAR
    well = Rating.objects.filter(
        side=Rating.Side.SCHOOL,
        stars__gte=GOOD,
        order__date__range=(day - BEFORE, day + AFTER),
        order__need__school=school,
    )
    needs = Need.objects.filter(state=Need.State.DONE, pk__in=well.values("order__need"))
    return needs.select_related("school_class").order_by("date_from", "pk")[:MOST]


def window_again(first: date, last: date) -> tuple[date, date] | None:
    """The same weeks of the present year, never in the past, beginning and ending on no holiday.

    None where the usual days are the better guess: the window is not of an earlier year, or its
    weeks have just gone by (who asks again in late November means this winter, no next autumn).
    """
    if last > today() - A_YEAR / 2:
        return None
    gone_by = (today() - last) % A_YEAR
    if gone_by <= AFTER:
        return None
    while last <= today():
        first, last = first + A_YEAR, last + A_YEAR
    first = max(first, today() + timedelta(days=1))
    closed = {day for day, kind in holidays().items() if kind == Holiday.Kind.HOLIDAY}
    while first in closed:
        first += timedelta(days=1)
    last = max(first, last)
    while last in closed:  # the first day is open, so this ends there at the latest
        last -= timedelta(days=1)
    return first, last


def filled_in_from(need: Need, class_pks: set[int]) -> dict[str, Any]:
    """The form's values to ask for ``need`` again; a class keeps its pupils and rises by itself.

    ``class_pks``: the classes that the person may ask for. A class that is not among them leaves
    its grades and headcount behind.
    """
    keeps_class = need.school_class_id in class_pks
    values: dict[str, Any] = {
        "words": need.words,
        "school_class": need.school_class_id if keeps_class else None,
        "first_grade": need.first_grade,
        "last_grade": need.last_grade,
        "headcount": None if keeps_class else need.headcount,
        "form": need.form,
        "slots": [day * 3 + half for day, half in Slots.pairs(need.slots)],
        "reach_km": need.reach_km,
        "severity": need.severity,
    }
    window = window_again(need.date_from, need.date_to)
    if window is not None:
        values["date_from"], values["date_to"] = window
    return values
