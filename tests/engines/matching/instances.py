"""Small random problems, dense enough that every rule bites."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

from gongyu.engines.matching import Form, Need, Problem, Session

TOPICS = ("T0101", "T0102", "T0201", "T0202", "T0301")
TOWNS = ("黄村镇", "魏善庄镇", "长子营镇")
START = date(2026, 9, 28)


def need(id: str = "n1", **changes: Any) -> Need:
    """A class of 30 that accepts nearly anything on one topic."""
    fields: dict[str, Any] = {
        "topics": {"T0101": 1.0},
        "grades": frozenset({3, 4}),
        "headcount": 30,
        "forms": Form.ANY,
        "date_from": date(2026, 9, 1),
        "date_to": date(2026, 12, 31),
        "slots": frozenset((day, half) for day in range(5) for half in range(3)),
        "lon": 116.34,
        "lat": 39.73,
        "reach_km": 20.0,
        "severity": 1,
        "wanted": 1,
        "group": "",
        "town": "黄村镇",
    }
    return Need(id=id, **(fields | changes))


def session(id: str = "s1", **changes: Any) -> Session:
    """A shared half-day for 60 at the unit, next to the class of ``need``."""
    fields: dict[str, Any] = {
        "unit": "u1",
        "town": "黄村镇",
        "topics": frozenset({"T0101"}),
        "grades": frozenset(range(1, 7)),
        "form": Form.VISIT,
        "date": date(2026, 10, 14),
        "half_day": 1,
        "capacity": 60,
        "exclusive": False,
        "min_group": 0,
        "lon": 116.35,
        "lat": 39.73,
        "radius_km": 0.0,
    }
    return Session(id=id, **(fields | changes))


def random_problem(
    seed: int,
    needs: int = 5,
    sessions: int = 5,
    *,
    days: int = 7,
    fixed: bool = False,
    many_slots: bool = True,
) -> Problem:
    """A seeded problem in which groups, months, minimums and funds are contested."""
    rng = random.Random(seed)
    rows = [_random_need(rng, f"n{i}", days, many_slots, needs) for i in range(needs)]
    offers = [_random_session(rng, f"s{i}", days, sessions) for i in range(sessions)]
    pairs = [(n.id, s.id) for n in rows for s in offers]
    picked = rng.sample(pairs, min(len(pairs), 3)) if fixed else []
    return Problem.build(
        rows,
        offers,
        unit_month_limits={f"u{i}": rng.randint(0, 3) for i in range(0, 4, 2)},
        confirmed=picked[:2],
        forbidden=picked[2:],
        budgets={"f": rng.choice((0, 100, 250))} if rng.random() < 0.5 else {},
        fair_groups={"乡村小规模学校": [n.id for n in rows[::3]]} if rng.random() < 0.5 else {},
    )


def _random_need(rng: random.Random, id: str, days: int, many_slots: bool, many: int) -> Need:
    topics = rng.sample(TOPICS, rng.randint(1, 3))
    low = rng.randint(-2, 4)
    begin = START + timedelta(days=rng.randint(-3, 3))
    every = [(day, half) for day in range(7) for half in range(3)]
    return Need(
        id=id,
        topics={topic: rng.choice((1.0, 2.0, 3.0)) for topic in topics},
        grades=frozenset(range(low, low + rng.randint(1, 3))),
        headcount=rng.randint(8, 40),
        forms=Form(rng.choice((1, 2, 3, 4, 5, 7, 7))),
        date_from=begin,
        date_to=begin + timedelta(days=rng.randint(2, days)),
        slots=frozenset(rng.sample(every, rng.randint(8, 21) if many_slots else 4)),
        lon=116.3 + rng.random() * 0.2,
        lat=39.6 + rng.random() * 0.2,
        reach_km=rng.choice((0.0, 5.0, 15.0, 40.0)),
        severity=rng.randint(1, 3),
        wanted=rng.choice((1, 1, 2, 3)),
        group=rng.choice(("", "", "g1", f"g{rng.randint(1, max(many // 2, 2))}")),
        town=rng.choice(TOWNS),
        wished_units=frozenset(rng.sample(("u0", "u1", "u2", "u9"), rng.randint(0, 1))),
    )


def _random_session(rng: random.Random, id: str, days: int, many: int) -> Session:
    low = rng.randint(-2, 3)
    return Session(
        id=id,
        unit=f"u{rng.randint(0, max(many // 2, 2))}",
        town=rng.choice(TOWNS),
        topics=frozenset(rng.sample(TOPICS, rng.randint(1, 3))),
        grades=frozenset(range(low, low + rng.randint(3, 8))),
        form=rng.choice((Form.VISIT, Form.VISIT, Form.HOST, Form.ONLINE)),
        date=START + timedelta(days=rng.randint(0, days)),
        half_day=rng.randint(0, 2),
        capacity=rng.choice((0, 20, 40, 60, 90)),
        exclusive=rng.random() < 0.3,
        min_group=rng.choice((0, 1, 15, 30, 50)),
        lon=116.3 + rng.random() * 0.2,
        lat=39.6 + rng.random() * 0.2,
        radius_km=rng.choice((5.0, 20.0, 40.0)),
        fund=rng.choice(("", "f")),
        subsidy=rng.choice((0, 60, 100)),
    )
