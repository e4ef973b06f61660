"""The small picture of a unit's half-days: three weeks, two rows, a ring round the best one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _

from gongyu.core.calendar import HalfDay, say_half_day

# In units of the picture; at a width of 322 its text is 13 px.
LEFT, TOP, CELL, STEP, ROW, GAP = 40, 19, 15, 17, 19, 9
BOTH, UNIT, NONE = "both", "unit", "none"
SAID = 8


@dataclass(frozen=True, slots=True)
class Square:
    x: int
    y: int
    kind: str
    is_best: bool


@dataclass(frozen=True, slots=True)
class Label:
    x: int
    y: int
    text: str


@dataclass(frozen=True, slots=True)
class Grid:
    """What a template draws. ``said``: the same in words for those who cannot see it."""

    width: int
    height: int
    squares: list[Square]
    labels: list[Label]
    best: Square | None
    said: str


def draw_grid(
    around: date, best: tuple[date, int], options: Mapping[tuple[date, int], bool]
) -> Grid:
    """Draw half-days from the Monday of ``around`` on.

    options: (day, half-day) → whether both sides are free. Weekends are shown only when one is
    among them; then two weeks fit instead of three.
    """
    monday = around - timedelta(days=around.weekday())
    weekend = any(
        day.weekday() > 4 and timedelta(0) <= day - monday < timedelta(weeks=2)
        for day, _h in options
    )
    weeks, days = (2, 7) if weekend else (3, 5)
    shown = {(d, h): fits for (d, h), fits in options.items() if d >= monday}
    rows = [h for h in HalfDay.values if h < HalfDay.EVENING or any(k[1] == h for k in shown)]
    squares, labels = [], []
    x = LEFT
    for week in range(weeks):
        start = monday + timedelta(weeks=week)
        labels.append(Label(x, 12, f"{start.month}/{start.day}"))
        for offset in range(days):
            day = start + timedelta(days=offset)
            for row, half in enumerate(rows):
                fits = shown.get((day, half))
                kind = NONE if fits is None else BOTH if fits else UNIT
                squares.append(Square(x, TOP + row * ROW, kind, (day, half) == best))
            x += STEP
        x += GAP
    labels += [
        Label(0, TOP + row * ROW + 12, str(HalfDay(half).label)) for row, half in enumerate(rows)
    ]
    return Grid(
        x - GAP,
        TOP + len(rows) * ROW + 1,
        squares,
        labels,
        next((s for s in squares if s.is_best), None),
        _in_words(shown),
    )


def _in_words(options: Mapping[tuple[date, int], bool]) -> str:
    both = [say_half_day(*key) for key, fits in sorted(options.items()) if fits]
    unit = [say_half_day(*key) for key, fits in sorted(options.items()) if not fits]
    said = [_("两边都空：") + _some(both)] if both else []
    if unit:
        said.append(_("它空您没空：") + _some(unit))
    return "；".join(said)


def _some(halves: list[str]) -> str:
    if len(halves) <= SAID:
        return "、".join(halves)
    return _("%(some)s等 %(n)d 个半天") % {"some": "、".join(halves[:SAID]), "n": len(halves)}
