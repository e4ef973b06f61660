"""The ledger, and what it says of one unit or one school."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Avg, Count, Q, QuerySet, Sum

from gongyu.accounts.models import User
from gongyu.core.calendar import school_year_began, school_year_of, today
from gongyu.exchange.models import LedgerLine, Rating, Topic
from gongyu.places.models import Organization

from .fewest import FEWEST

TOPICS_SHOWN = 6


@dataclass(frozen=True, slots=True)
class Record:
    """What came of a unit's or a school's visits, counted from the ledger.

    ``stars`` is None below ``FEWEST``; it is what schools gave.
    """

    visits: int
    pupils: int
    partners: int
    amount_fen: int
    rated: int
    stars: float | None
    topics: list[Topic]

    @property
    def amount_yuan(self) -> float:
        return self.amount_fen / 100

    @property
    def fewest(self) -> int:
        return FEWEST


def lines_for(user: User, year: int | None = None) -> QuerySet[LedgerLine]:
    """The lines that a person may read, of one school year or of all; one query a page."""
    lines = LedgerLine.objects.visible_to(user).select_related("unit", "school")
    if year is not None:
        lines = lines.filter(date__gte=date(year, 9, 1), date__lt=date(year + 1, 9, 1))
    return lines


def years_of(user: User) -> list[int]:
    """The school years in which there are lines, newest first; one query."""
    days = LedgerLine.objects.visible_to(user).order_by().dates("date", "month")
    return sorted({school_year_of(day) for day in days} | {school_year_of(today())}, reverse=True)


def unit_record(unit: Organization) -> Record:
    """All years, for anybody; 3 queries."""
    return _record(LedgerLine.objects.filter(unit=unit), partner="school")


def school_record(school: Organization) -> Record:
    """This school year, for the school's own staff; 3 queries."""
    lines = LedgerLine.objects.filter(school=school, date__gte=school_year_began())
    return _record(lines, partner="unit")


def _record(lines: QuerySet[LedgerLine], *, partner: str) -> Record:
    stand = lines.order_by().values("order").annotate(left=Sum("heads")).filter(left__gt=0)
    orders = stand.values("order")
    counted = lines.filter(order__in=orders).aggregate(
        visits=Count("order", distinct=True),
        pupils=Sum("heads"),
        partners=Count(partner, distinct=True),
        amount=Sum("amount_fen"),
    )
    given = Rating.objects.filter(side=Rating.Side.SCHOOL, order__in=orders).aggregate(
        rated=Count("pk"), stars=Avg("stars")
    )
    topics = (
        Topic.objects.filter(needs__orders__in=orders)
        .annotate(number=Count("needs__orders", filter=Q(needs__orders__in=orders), distinct=True))
        .order_by("-number", "code")[:TOPICS_SHOWN]
    )
    return Record(
        visits=counted["visits"],
        pupils=counted["pupils"] or 0,
        partners=counted["partners"],
        amount_fen=counted["amount"] or 0,
        rated=given["rated"],
        stars=given["stars"] if given["rated"] >= FEWEST else None,
        topics=list(topics),
    )
