"""A unit's month: two half-days a day, who is promised, who waits, what clashes."""

from __future__ import annotations

import calendar
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.utils.translation import gettext as _

from gongyu.core.calendar import HalfDay, today
from gongyu.exchange.models import Order, Session
from gongyu.places.models import Organization

PROMISED, WAITING, CLASH, OPEN, NOTHING = "promised", "waiting", "clash", "open", "nothing"


@dataclass(slots=True)
class Half:
    """A half-day: its orders and the kind that colours it; ``heads`` counts all who are in it."""

    half_day: int
    is_open: bool = False
    orders: list[Order] = field(default_factory=list)
    clashes: bool = False

    @property
    def heads(self) -> int:
        return sum(order.heads_came for order in self.orders)

    @property
    def kind(self) -> str:
        if self.clashes:
            return CLASH
        if any(order.state == Order.State.PLACED for order in self.orders):
            return WAITING
        if self.orders:
            return PROMISED
        return OPEN if self.is_open else NOTHING

    @property
    def said(self) -> str:
        """For a screen reader: 上午，等您接 96 人."""
        label = HalfDay(self.half_day).label
        words = {
            CLASH: _("撞了，%(n)d 人"),
            WAITING: _("等您接，%(n)d 人"),
            PROMISED: _("定了，%(n)d 人"),
            OPEN: _("空着"),
            NOTHING: _("没有场次"),
        }[self.kind]
        return f"{label}，{words % {'n': self.heads} if '%' in words else words}"


@dataclass(slots=True)
class Day:
    date: date
    halves: list[Half]
    is_in_month: bool
    is_today: bool
    is_chosen: bool

    @property
    def is_empty(self) -> bool:
        return all(half.kind == NOTHING for half in self.halves)


@dataclass(frozen=True, slots=True)
class Month:
    """Weeks of days from Monday on; days of the neighbouring months have no halves."""

    first: date
    weeks: list[list[Day]]

    @property
    def label(self) -> str:
        return f"{self.first.year} 年 {self.first.month} 月"

    @property
    def before(self) -> str:
        return f"{self.first - timedelta(days=1):%Y-%m}"

    @property
    def after(self) -> str:
        return f"{self.first + timedelta(days=31):%Y-%m}"

    @property
    def days(self) -> list[Day]:
        return [day for week in self.weeks for day in week if day.is_in_month]

    def day(self, wanted: date) -> Day | None:
        return next((day for day in self.days if day.date == wanted), None)

    @property
    def chosen(self) -> Day | None:
        return next((day for day in self.days if day.is_chosen), None)

    @property
    def promised(self) -> int:
        """Pupils promised or waiting without a clash, if everything that fits is accepted."""
        return sum(h.heads for d in self.days for h in d.halves if h.kind in (PROMISED, WAITING))

    @property
    def visits(self) -> int:
        return sum(1 for d in self.days for h in d.halves if h.kind in (PROMISED, WAITING))


def month_of(
    unit: Organization, first: date, *, clashing: Collection[int] = (), chosen: date | None = None
) -> Month:
    """The month of a unit; ``clashing``: ids of orders that cannot be taken. 2 queries."""
    first = first.replace(day=1)
    last = first.replace(day=calendar.monthrange(first.year, first.month)[1])
    open_halves = set(
        Session.objects.filter(
            resource__unit=unit, date__range=(first, last), state=Session.State.OPEN
        ).values_list("date", "half_day")
    )
    orders: dict[tuple[date, int], list[Order]] = defaultdict(list)
    for order in (
        Order.objects.filter(session__resource__unit=unit, date__range=(first, last))
        .filter(state__in=[Order.State.PLACED, *Order.HOLDING])
        .with_parties()
        .order_by("placed_at", "pk")
    ):
        orders[order.date, order.half_day].append(order)
    used = open_halves | set(orders)
    halves = [h for h in HalfDay.values if h < HalfDay.EVENING or any(u[1] == h for u in used)]

    def day_of(day: date) -> Day:
        shown = [
            Half(
                half,
                (day, half) in open_halves,
                mine := orders.get((day, half), []),
                any(order.pk in clashing for order in mine),
            )
            for half in halves
        ]
        inside = day.month == first.month
        return Day(day, shown if inside else [], inside, day == today(), day == chosen)

    weeks = calendar.Calendar().monthdatescalendar(first.year, first.month)
    return Month(first, [[day_of(day) for day in week] for week in weeks])
