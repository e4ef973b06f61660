"""Days without a year: which year they can only mean."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from gongyu.core.spreadsheets import Table, Unreadable, Value, fold, read_date
from gongyu.core.spreadsheets.readers import YearFor

HALF_A_YEAR = timedelta(days=183)

_RANGE = re.compile(
    r"(.+?)\s*(?:至|到|~|—+|–|--)\s*(.+)|(.+?[日号])\s*-\s*(.+)|(\S+)\s+-\s+(\S+)"
    r"|(\d{1,2}[./]\d{1,2})\s*-\s*(\d{1,2}[./]\d{1,2})"
)
_LONG = re.compile(r"(\d{4}[-/.]\d{1,2}[-/.]\d{1,2})\s*-\s*(\d{4}[-/.]\d{1,2}[-/.]\d{1,2})")


@dataclass(frozen=True, slots=True)
class KnownDays:
    """The first and last of a table's days that are written with their year."""

    first: date | None = None
    last: date | None = None

    @classmethod
    def of(cls, table: Table, keys: Iterable[str]) -> KnownDays:
        days = []
        places = [table.places[key] for key in keys if key in table.places]
        for number in range(table.header + 1, len(table.grid.rows)):
            for place in places:
                value = table.grid.value(number, place)
                for part in split_range(value) or (value,):
                    try:
                        days.append(read_date(part).value)
                    except Unreadable:
                        continue
        return cls(min(days, default=None), max(days, default=None))

    def only(self, month: int, day: int) -> date | None:
        """The only such day between the first and the last known one."""
        if self.first is None or self.last is None:
            return None
        found = [d for d in self._in_years(month, day) if self.first <= d <= self.last]
        return found[0] if len(found) == 1 else None

    def only_after(self, start: date | None) -> YearFor:
        """As ``only``; else the next such day after the start of a window, within half a year."""

        def day_for(month: int, day: int) -> date | None:
            if start is None:
                return self.only(month, day)
            for year in (start.year, start.year + 1):
                found = _day(year, month, day)
                if found and found >= start:
                    return found if found - start <= HALF_A_YEAR else None
            return None

        return day_for

    def _in_years(self, month: int, day: int) -> list[date]:
        if self.first is None or self.last is None:
            return []
        years = range(self.first.year, self.last.year + 1)
        return [found for year in years if (found := _day(year, month, day))]


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def split_range(value: Value) -> tuple[str, str] | None:
    """Two days in one cell: 2026-12-01至2026-12-31, 12月1日-12月20日."""
    if not isinstance(value, str):
        return None
    text = fold(value)
    found = _LONG.fullmatch(text) or _RANGE.fullmatch(text)
    if not found:
        return None
    first, last = (part for part in found.groups() if part)
    return first, last
