"""The days that a calendar shows, as its address names them."""

from __future__ import annotations

import calendar as days_of
import re
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _

from gongyu.core.calendar import today


@dataclass(frozen=True, slots=True)
class Span:
    """The days on the page: a week from Monday, or a month; the address says which."""

    first: date
    is_week: bool

    @classmethod
    def asked(cls, week: str, month: str) -> Span:
        """From ``2026-W48`` or ``2026-12`` in an address; without either, or nonsense: now."""
        if re.fullmatch(r"20\d\d-(0[1-9]|1[0-2])", month):
            return cls(date.fromisoformat(f"{month}-01"), is_week=False)
        try:
            found = date.fromisoformat(week) if re.fullmatch(r"20\d\d-W\d\d", week) else today()
        except ValueError:
            found = today()
        return cls.of_week(found)

    @classmethod
    def of_week(cls, day: date) -> Span:
        return cls(day - timedelta(days=day.weekday()), is_week=True)

    @classmethod
    def of_month(cls, day: date) -> Span:
        return cls(day.replace(day=1), is_week=False)

    @property
    def last(self) -> date:
        if self.is_week:
            return self.first + timedelta(days=6)
        return self.first.replace(day=days_of.monthrange(self.first.year, self.first.month)[1])

    @property
    def before(self) -> Span:
        day = self.first - timedelta(days=1)
        return self.of_week(day) if self.is_week else self.of_month(day)

    @property
    def after(self) -> Span:
        day = self.last + timedelta(days=1)
        return self.of_week(day) if self.is_week else self.of_month(day)

    @property
    def now(self) -> Span:
        return self.of_week(today()) if self.is_week else self.of_month(today())

    @property
    def holds_today(self) -> bool:
        return self.first <= today() <= self.last

    @property
    def query(self) -> str:
        """What stands in the address: ``week=2026-W48``."""
        if self.is_week:
            year, week, _weekday = self.first.isocalendar()
            return f"week={year}-W{week:02}"
        return f"month={self.first:%Y-%m}"

    @property
    def label(self) -> str:
        if not self.is_week:
            return _("%(y)d 年 %(m)d 月") % {"y": self.first.year, "m": self.first.month}
        one, other = self.first, self.last
        end = f"{other.day}" if one.month == other.month else f"{other.month} 月 {other.day}"
        return _("%(m)d 月 %(d)d 日到 %(end)s 日") % {"m": one.month, "d": one.day, "end": end}

    @property
    def weeks(self) -> list[list[date]]:
        if self.is_week:
            return [[self.first + timedelta(days=n) for n in range(7)]]
        return days_of.Calendar().monthdatescalendar(self.first.year, self.first.month)

    def holds(self, day: date) -> bool:
        return self.first <= day <= self.last

    def day_in_it(self, text: str) -> date | None:
        """The chosen day of a month out of an address; by itself today, or the first one."""
        if self.is_week:
            return None
        try:
            day = date.fromisoformat(text)
        except ValueError:
            day = today()
        return day if self.holds(day) else self.first
