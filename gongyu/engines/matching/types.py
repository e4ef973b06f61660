"""What goes in: needs, sessions, and the options of a run.

Times are half-days (0 morning, 1 afternoon, 2 evening), weekdays count from Monday = 0, places are
WGS-84 degrees, distances road kilometres, money whole fen.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import IntFlag


class Form(IntFlag):
    """How a class and a unit meet. A need accepts several, a session has exactly one."""

    VISIT = 1
    """走出去 / 到馆: the class travels to the unit."""
    HOST = 2
    """请进来 / 上门: the unit travels to the class."""
    ONLINE = 4
    """线上: nobody travels."""
    ANY = 7
    """均可."""


GRADES = range(-2, 13)
"""Grades an engine knows: kindergarten -2, -1, 0 (小班, 中班, 大班), school 1 to 12."""

SEVERITY_WEIGHTS = {1: 1.0, 2: 2.0, 3: 4.0}
"""q of the benefit for 一般, 重要, 紧急."""

RANK_DISCOUNT = 0.6
"""A need's sessions sorted by value count 1, 0.6, 0.36, and so on."""


@dataclass(frozen=True, slots=True)
class Need:
    """A class or group that wants sessions on some topics.

    topics: second-level topic code -> weight; scaled to sum to 1 when a problem is built.
    grades: subset of ``GRADES``. headcount: children, at least 1. forms: accepted forms.
    date_from, date_to: both included. slots: wanted (weekday, half-day) pairs.
    lon, lat: degrees. reach_km: how far the group goes by road when it goes out.
    severity: 1, 2 or 3. wanted: number of sessions, at least 1.
    group: two needs of one group never meet in one half-day; an empty group is a group of its own.
    town: whose share of the service this need counts in. wished_units: units asked for by name.
    """

    id: str
    topics: Mapping[str, float]
    grades: frozenset[int]
    headcount: int
    forms: Form
    date_from: date
    date_to: date
    slots: frozenset[tuple[int, int]]
    lon: float
    lat: float
    reach_km: float
    severity: int
    wanted: int
    group: str
    town: str
    wished_units: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Session:
    """A unit's dated half-day.

    capacity: seats that this run may give out, those of its confirmed and pinned pairs included;
    seats promised to anybody the engine does not hear of must be taken off by the caller.
    exclusive: takes one need. min_group: heads below which it does not run.
    radius_km: how far the unit comes by road (only for ``Form.HOST``).
    Place and radius of an online session are ignored.
    fund, subsidy: the fund that pays when the session runs, and how much, in fen.
    """

    id: str
    unit: str
    town: str
    topics: frozenset[str]
    grades: frozenset[int]
    form: Form
    date: date
    half_day: int
    capacity: int
    exclusive: bool
    min_group: int
    lon: float
    lat: float
    radius_km: float
    fund: str = ""
    subsidy: int = 0


@dataclass(frozen=True, slots=True)
class Options:
    """How to solve.

    fairness: 0 maximises the benefit and nothing else; 0.5 is the district's default; 1 is
    max-min first. seed: same seed, same plan (unless a time limit cuts the run short).
    time_limit: seconds, best plan so far when it ends; None for no limit. Needs whose ways out
    could not be looked for by then get their reason alone.
    exact: run the MIP solver to a proven gap. gap: relative gap that counts as proven.
    """

    fairness: float = 0.0
    seed: int = 0
    time_limit: float | None = None
    exact: bool = False
    gap: float = 0.001

    def __post_init__(self) -> None:
        if not 0.0 <= self.fairness <= 1.0:
            raise ValueError(f"fairness must lie between 0 and 1, not {self.fairness}")
        if self.time_limit is not None and not self.time_limit > 0:
            raise ValueError(f"time_limit must be positive, not {self.time_limit}")
        if not 0.0 <= self.gap < 1.0:
            raise ValueError(f"gap must lie in [0, 1), not {self.gap}")
