"""Seeded synthetic districts with the skew of real ones, for ``bench/matching``.

Needs follow population, units cluster in a few towns, topics are as popular as Zipf says, windows
leave a week of lead time, classes have 10 to 50 children. Nothing here is a real school or unit.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np

from gongyu.engines.matching import Form, Need, Problem, Session

Draw = np.random.Generator

TERM_START = date(2026, 9, 7)
TERM_DAYS = 126
LEAD_DAYS = 7
STAGES = ((-2, 0), (1, 3), (4, 6), (7, 9), (10, 12))


@dataclass(frozen=True, slots=True)
class Scale:
    """needs, sessions: of the ample kind. side: of the square, in kilometres. parents: topics."""

    needs: int
    sessions: int
    towns: int
    side: float
    parents: int


@dataclass(frozen=True, slots=True)
class Kind:
    """sessions: share of the scale's. least: minimum groups of shared sessions, equally likely.

    limits: monthly limits of units, from and to. grouped: share of needs that share a group.
    """

    sessions: float
    least: tuple[int, ...]
    limits: tuple[int, int]
    grouped: float


SCALES = {
    "town": Scale(300, 400, 6, 12.0, 4),
    "district": Scale(5_000, 8_000, 20, 40.0, 16),
    "municipality": Scale(50_000, 80_000, 60, 55.0, 16),
    "province": Scale(500_000, 800_000, 600, 170.0, 16),
}

KINDS = {
    "ample": Kind(1.0, (1, 1, 20), (4, 12), 0.1),
    "scarce": Kind(0.5, (1, 1, 20), (4, 12), 0.1),
    "tight": Kind(0.375, (1, 20, 40), (2, 6), 0.3),
    "harsh": Kind(0.3125, (1, 25, 60), (2, 4), 0.4),
}


def synthetic(scale: str, kind: str, seed: int) -> Problem:
    """The problem of a scale and kind; the same for the same seed."""
    size, manner = SCALES[scale], KINDS[kind]
    draw = np.random.default_rng([seed, list(SCALES).index(scale), list(KINDS).index(kind)])
    sessions_count = round(size.sessions * manner.sessions)
    towns = [f"镇{i:02}" for i in range(size.towns)]
    centres = draw.random((size.towns, 2)) * size.side
    people = draw.lognormal(0.0, 0.8, size.towns)
    codes = [f"T{i:02}{j:02}" for i in range(1, size.parents + 1) for j in range(1, 5)]
    popular = 1.0 / np.arange(1, len(codes) + 1) ** 0.7
    popular = popular[draw.permutation(len(codes))] / popular.sum()
    units_count = max(4, sessions_count // 20)
    drift = draw.lognormal(0.0, 0.5, len(codes))
    offered = popular * drift / (popular * drift).sum()
    needs = _needs(draw, size, manner, towns, centres, people, codes, popular, units_count)
    sessions = _sessions(
        draw, size, manner, towns, centres, people, codes, offered, units_count, sessions_count
    )
    low, high = manner.limits
    limits = {f"U{i}": int(draw.integers(low, high + 1)) for i in range(units_count)}
    return Problem.build(needs, sessions, unit_month_limits=limits)


def _place(draw: Draw, centre: Any, spread: float) -> tuple[float, float]:
    x, y = centre + draw.normal(0.0, spread, 2)
    return 116.2 + x / 85.4, 39.4 + y / 111.2


def _needs(
    draw: Draw,
    size: Scale,
    manner: Kind,
    towns: list[str],
    centres: Any,
    people: Any,
    codes: list[str],
    popular: Any,
    units_count: int,
) -> list[Need]:
    schools = max(3, size.needs // 15)
    at_town = draw.choice(size.towns, schools, p=people / people.sum())
    places = [_place(draw, centres[town], 2.0) for town in at_town]
    stages = draw.choice(5, schools, p=(0.2, 0.25, 0.25, 0.2, 0.1))
    rows = []
    for i in range(size.needs):
        school = int(draw.integers(schools))
        low, high = STAGES[stages[school]]
        grade = int(draw.integers(low, high + 1))
        grades = {grade} if draw.random() < 0.8 else {grade, min(grade + 1, high)}
        chosen = draw.choice(len(codes), draw.choice((1, 2, 3), p=(0.6, 0.3, 0.1)), False, popular)
        begin = int(draw.integers(LEAD_DAYS, TERM_DAYS - 28))
        slots = {
            (int(draw.integers(5)), int(draw.choice((0, 1, 2), p=(0.3, 0.6, 0.1))))
            for _ in range(int(draw.integers(2, 8)))
        }
        grouped = draw.random() < manner.grouped
        wish = draw.random() < 0.1
        rows.append(
            Need(
                id=f"N{i}",
                topics={codes[c]: float(draw.integers(1, 4)) for c in chosen},
                grades=frozenset(grades),
                headcount=int(np.clip(draw.normal(32, 9), 10, 50)),
                forms=Form(int(draw.choice((1, 2, 3, 4, 7), p=(0.45, 0.2, 0.2, 0.03, 0.12)))),
                date_from=TERM_START + timedelta(days=begin),
                date_to=TERM_START + timedelta(days=begin + int(draw.integers(14, 70))),
                slots=frozenset(slots),
                lon=places[school][0],
                lat=places[school][1],
                reach_km=float(np.round(draw.gamma(3.0, 5.0) + 3.0, 1)),
                severity=int(draw.choice((1, 2, 3), p=(0.6, 0.3, 0.1))),
                wanted=int(draw.choice((1, 2, 3), p=(0.75, 0.18, 0.07))),
                group=f"G{school}-{int(draw.integers(5))}" if grouped else "",
                town=towns[at_town[school]],
                wished_units=frozenset({f"U{int(draw.integers(units_count))}"} if wish else ()),
            )
        )
    return rows


def _sessions(
    draw: Draw,
    size: Scale,
    manner: Kind,
    towns: list[str],
    centres: Any,
    people: Any,
    codes: list[str],
    offered: Any,
    units_count: int,
    count: int,
) -> list[Session]:
    pull = people**1.5
    at_town = draw.choice(size.towns, units_count, p=pull / pull.sum())
    places = [_place(draw, centres[town], 1.5) for town in at_town]
    topics = [
        draw.choice(len(codes), int(draw.integers(1, 4)), False, offered)
        for _ in range(units_count)
    ]
    busy = draw.lognormal(0.0, 0.7, units_count)
    rows = []
    for i in range(count):
        unit = int(draw.choice(units_count, p=busy / busy.sum())) if i >= units_count else i
        form = Form(int(draw.choice((1, 2, 4), p=(0.62, 0.33, 0.05))))
        some = topics[unit][: int(draw.integers(1, len(topics[unit]) + 1))]
        first = int(draw.integers(0, 5))
        last = min(4, first + int(draw.choice((0, 1, 2), p=(0.5, 0.3, 0.2))))
        exclusive = bool(draw.random() < 0.35)
        day = int(draw.integers(LEAD_DAYS, TERM_DAYS))
        if (day % 7) >= 5 and draw.random() < 0.8:
            day -= 2
        rows.append(
            Session(
                id=f"S{i}",
                unit=f"U{unit}",
                town=towns[at_town[unit]],
                topics=frozenset(codes[c] for c in some),
                grades=frozenset(range(STAGES[first][0], STAGES[last][1] + 1)),
                form=form,
                date=TERM_START + timedelta(days=day),
                half_day=int(draw.choice((0, 1, 2), p=(0.35, 0.55, 0.1))),
                capacity=int(draw.choice((40, 50, 60, 80, 100, 120))),
                exclusive=exclusive,
                min_group=1 if exclusive else int(draw.choice(manner.least)),
                lon=places[unit][0],
                lat=places[unit][1],
                radius_km=float(np.round(draw.gamma(3.0, 6.0) + 5.0, 1)),
            )
        )
    return rows
