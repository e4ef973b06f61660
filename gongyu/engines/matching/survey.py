"""What stands between open needs and the sessions on their topics, all at once.

One compiled pass over the sessions on each need's topic finds the rule at which they run out, and
for each kind of single obstacle the session that is nearest to fit. Small problems run the same
loop as plain Python, so that nothing is compiled for them.
"""

from __future__ import annotations

from enum import IntEnum
from math import asin, cos, radians, sin, sqrt
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from .compiled import compiled
from .geography import DETOUR, EARTH_RADIUS_KM
from .instance import Instance
from .measures import LEAST_FIT, SLACK, Profiles, topic_profiles, weight_matrix
from .problem import HALVES, Floats, Ints, Problem
from .types import Form

Bools = npt.NDArray[np.bool_]

SMALL = 20_000
"""Needs times sessions on their topics up to which nothing is compiled."""

NEAREST = 6
"""Sessions kept for each need that suit in all but their time or their free seats."""

_ROAD = 2.0 * EARTH_RADIUS_KM * DETOUR
_HOST, _ONLINE = int(Form.HOST), int(Form.ONLINE)
_FORTNIGHT = 14.0
"""Days that count like one obstacle when ways out are ordered."""


class Obstructs(IntEnum):
    """The single obstacles that a way out can remove, as columns."""

    DISTANCE = 0
    SLOT = 1
    WINDOW = 2
    SEATS = 3
    MONTH = 4
    MINIMUM = 5
    FORM = 6
    GRADES = 7
    FUND = 8
    FORBIDDEN = 9


class Scene(NamedTuple):
    """What the plan leaves: sessions with what is taken of them, needs with what they have.

    heads, takers: taken. seats, most: limits of both. least: heads below which a session does not
    run (0 where it does); alone: its minimum as offered. full: its month (1) or fund (2) bears no
    further session, bits; hopeless: not even with one more. closed: on a day of no way out. Lists
    by group (busy half-days) and by need (forbidden sessions, its own) as compressed rows.
    """

    heads: Ints
    takers: Ints
    seats: Ints
    most: Ints
    least: Ints
    alone: Ints
    capacity: Ints
    exclusive: Bools
    full: Ints
    hopeless: Bools
    closed: Bools
    grades: Ints
    form: Ints
    day: Ints
    slot: Ints
    half: Ints
    lon: Floats
    lat: Floats
    radius: Floats
    need_heads: Ints
    need_grades: Ints
    need_forms: Ints
    first: Ints
    last: Ints
    need_slots: Ints
    need_lon: Floats
    need_lat: Floats
    reach: Floats
    group: Ints
    busy_start: Ints
    busy: Ints
    never_start: Ints
    never: Ints
    own_start: Ints
    own: Ints


class Use(NamedTuple):
    """What a choice of pairs uses: of sessions, needs, half-days, months, funds."""

    heads: Ints
    takers: Ints
    got: Ints
    halves: Ints
    months: Ints
    funds: Ints


class Findings(NamedTuple):
    """One row an ask. stage: furthest rule that a session on the topic reached, 0 to 8.

    nearest: (asks, kinds) session that only this keeps out, -1 for none; size: how big the change
    is; km: of that session. suits, suits_km: sessions to repeat at another time, nearest first.
    """

    stage: Ints
    nearest: Ints
    size: Floats
    km: Floats
    suits: Ints
    suits_km: Floats


def used(instance: Instance, chosen: Ints) -> Use:
    """The tally of a choice."""
    n, s = instance.need[chosen], instance.session[chosen]
    many = len(instance.seats)
    takers = np.bincount(s, minlength=many)
    month, fund = instance.month[takers > 0], instance.fund[takers > 0]
    cost = instance.subsidy[takers > 0][fund >= 0].astype(np.float64)
    return Use(
        np.bincount(s, weights=instance.heads[n], minlength=many).astype(np.int64),
        takers,
        np.bincount(n, minlength=len(instance.heads)),
        np.bincount(instance.half[chosen], minlength=len(instance.half_limit)),
        np.bincount(month[month >= 0], minlength=len(instance.month_limit)),
        np.bincount(fund[fund >= 0], cost, len(instance.fund_limit)).astype(np.int64),
    )


def engaged(problem: Problem, instance: Instance, chosen: Ints) -> Ints:
    """Half-days in which a group is somewhere, in the plan or elsewhere: sorted keys."""
    n, s = instance.need[chosen], instance.session[chosen]
    keys = problem.need.group[n] * HALVES + problem.session.half[s]
    return np.unique(np.concatenate([keys, problem.busy_keys]))


def scene_of(problem: Problem, instance: Instance, chosen: Ints, use: Use) -> Scene:
    """Lay out a plan for the survey."""
    need, session = problem.need, problem.session
    opens = (use.takers == 0) & ~instance.running
    month, fund = instance.month, instance.fund
    full, hopeless = np.zeros(len(month), np.int64), np.zeros(len(month), np.bool_)
    limited = np.flatnonzero((month >= 0) & opens)
    count = use.months[month[limited]]
    full[limited] |= count >= instance.month_limit[month[limited]]
    hopeless[limited] = count > session.limit[limited]
    funded = np.flatnonzero((fund >= 0) & opens)
    over = use.funds[fund[funded]] + session.subsidy[funded] > instance.fund_limit[fund[funded]]
    full[funded] |= 2 * over
    busy = engaged(problem, instance, chosen)
    groups = int(need.group.max(initial=-1)) + 1
    size = max(len(problem.sessions), 1)
    never = np.array(sorted(n * size + s for n, s in problem.forbidden), np.int64)
    rows = np.arange(len(problem.needs) + 1)
    return Scene(
        heads=use.heads,
        takers=use.takers,
        seats=instance.seats,
        most=instance.takers,
        least=instance.least,
        alone=session.least,
        capacity=session.capacity,
        exclusive=session.exclusive,
        full=full,
        hopeless=hopeless,
        closed=np.isin(session.day, [day.toordinal() for day in problem.closed_days]),
        grades=session.grades,
        form=session.form,
        day=session.day,
        slot=session.slot,
        half=session.half,
        lon=session.lon,
        lat=session.lat,
        radius=session.radius,
        need_heads=need.heads,
        need_grades=need.grades,
        need_forms=need.forms,
        first=need.first,
        last=need.last,
        need_slots=need.slots,
        need_lon=need.lon,
        need_lat=need.lat,
        reach=need.reach,
        group=need.group,
        busy_start=np.searchsorted(busy // HALVES, np.arange(groups + 1)),
        busy=busy % HALVES,
        never_start=np.searchsorted(never // size, rows),
        never=never % size,
        own_start=np.searchsorted(instance.need[chosen], rows),
        own=instance.session[chosen],
    )


class OnTopic:
    """Sessions by the topics they cover, and which of these fit a need."""

    def __init__(self, problem: Problem) -> None:
        self.profiles: Profiles = topic_profiles(problem)
        self.weights = weight_matrix(problem)
        self.order = np.argsort(self.profiles.of, kind="stable")
        counts = np.bincount(self.profiles.of, minlength=self.profiles.cover.shape[1])
        self.start = np.concatenate([[0], np.cumsum(counts)])

    def survey(self, scene: Scene, asks: Ints) -> Findings:
        """Everything about the needs ``asks``. To be called for some thousands at a time."""
        fit = np.asarray(self.weights[asks] @ self.profiles.cover) >= LEAST_FIT - SLACK
        row, profile = np.nonzero(fit)
        first = np.searchsorted(row, np.arange(len(asks) + 1))
        cells = int(np.diff(self.start)[profile].sum())
        return _survey(scene, asks, first, profile, self.start, self.order, cells)


def survey_pairs(scene: Scene, n: Ints, s: Ints) -> Findings:
    """Of needs n[i] with the single sessions s[i]."""
    each = np.arange(len(n) + 1)
    return _survey(scene, n, each, each[:-1], each, s, len(n))


def _survey(
    scene: Scene,
    asks: Ints,
    first: Ints,
    profile: Ints,
    start: Ints,
    order: Ints,
    cells: int,
) -> Findings:
    many, kinds = len(asks), len(Obstructs)
    found = Findings(
        np.zeros(many, np.int64),
        np.full((many, kinds), -1, np.int64),
        np.full((many, kinds), np.inf),
        np.zeros((many, kinds)),
        np.full((many, NEAREST), -1, np.int64),
        np.full((many, NEAREST), np.inf),
    )
    run = _look if cells > SMALL else getattr(_look, "py_func", _look)
    run(scene, asks, first, profile, start, order, found)
    return found


@compiled
def _look(
    scene: Scene,
    asks: Ints,
    first: Ints,
    profile: Ints,
    start: Ints,
    order: Ints,
    found: Findings,
) -> None:
    """Sessions of profiles profile[first[a]:first[a + 1]] are on the topic of need asks[a]."""
    for a in range(len(asks)):
        n = asks[a]
        grades, forms, slots = scene.need_grades[n], scene.need_forms[n], scene.need_slots[n]
        heads, reach, group = scene.need_heads[n], scene.reach[n], scene.group[n]
        lon, here = scene.need_lon[n], radians(scene.need_lat[n])
        for at in range(first[a], first[a + 1]):
            for i in range(start[profile[at]], start[profile[at] + 1]):
                s = order[i]
                known = False
                for k in range(scene.own_start[n], scene.own_start[n + 1]):
                    known = known or scene.own[k] == s
                if known:
                    continue
                total = scene.heads[s] + heads
                day, form = scene.day[s], scene.form[s]
                bad_grades = grades & ~scene.grades[s] != 0
                bad_form = forms & form == 0
                bad_window = day < scene.first[n] or day > scene.last[n]
                bad_slot = slots >> scene.slot[s] & 1 == 0
                if scene.exclusive[s]:
                    bad_minimum = heads < scene.alone[s]
                else:
                    bad_minimum = total < scene.least[s]
                bad_seats = total > scene.seats[s]
                bad_taken = scene.takers[s] >= scene.most[s]
                bad_month, bad_fund = scene.full[s] & 1 != 0, scene.full[s] & 2 != 0
                bad_never, bad_busy = False, False
                for k in range(scene.never_start[n], scene.never_start[n + 1]):
                    bad_never = bad_never or scene.never[k] == s
                for k in range(scene.busy_start[group], scene.busy_start[group + 1]):
                    bad_busy = bad_busy or scene.busy[k] == scene.half[s]
                km, bad_distance = 0.0, False
                if form != _ONLINE:
                    there = radians(scene.lat[s])
                    half = sin((there - here) / 2.0)
                    side = sin(radians(scene.lon[s] - lon) / 2.0)
                    chord = half * half + cos(here) * cos(there) * side * side
                    km = _ROAD * asin(sqrt(min(1.0, chord)))
                    allowed = scene.radius[s] if form == _HOST else reach
                    bad_distance = km > allowed * (1.0 + SLACK)
                too_big = heads > scene.capacity[s]
                stage = 8
                if bad_grades or bad_form:
                    stage = 1
                elif bad_distance:
                    stage = 2
                elif bad_window or bad_slot:
                    stage = 3
                elif too_big:
                    stage = 4
                elif bad_minimum:
                    stage = 5
                elif bad_never:
                    stage = 6
                elif bad_busy:
                    stage = 7
                found.stage[a] = max(found.stage[a], stage)
                suits = not (bad_grades or bad_form or bad_distance or too_big or bad_never)
                if suits and scene.alone[s] <= heads and km < found.suits_km[a, NEAREST - 1]:
                    k = NEAREST - 1
                    while k > 0 and found.suits_km[a, k - 1] > km:
                        found.suits_km[a, k] = found.suits_km[a, k - 1]
                        found.suits[a, k] = found.suits[a, k - 1]
                        k -= 1
                    found.suits_km[a, k], found.suits[a, k] = km, s
                obstacles = int(bad_grades) + int(bad_form) + int(bad_window) + int(bad_slot)
                obstacles += int(bad_minimum) + int(bad_seats) + int(bad_taken) + int(bad_month)
                obstacles += int(bad_fund) + int(bad_never) + int(bad_busy) + int(bad_distance)
                if obstacles != 1 or bad_taken or bad_busy or scene.closed[s]:
                    continue
                if bad_distance:
                    kind, size = 0, km / max(reach, 1.0)
                elif bad_slot:
                    day_wanted = slots >> scene.slot[s] // 3 * 3 & 7 != 0
                    kind, size = 1, 0.5 if day_wanted else 0.8
                elif bad_window:
                    kind, size = 2, max(scene.first[n] - day, day - scene.last[n]) / _FORTNIGHT
                elif bad_seats:
                    kind, size = 3, (total - scene.seats[s]) / max(heads, 1)
                elif bad_month:
                    kind, size = 4, km * 0.01 + 0.7
                elif bad_minimum:
                    kind, size = 5, scene.alone[s] / 10.0
                elif bad_form:
                    kind, size = 6, km * 0.01 + 1.0
                elif bad_grades:
                    kind, size = 7, km * 0.01 + 1.2
                elif bad_fund:
                    kind, size = 8, km * 0.01 + 1.5
                else:
                    kind, size = 9, km * 0.01 + 3.0
                if kind == 4 and scene.hopeless[s]:
                    continue
                better = size < found.size[a, kind]
                if better or (size == found.size[a, kind] and s < found.nearest[a, kind]):
                    found.nearest[a, kind], found.size[a, kind] = s, size
                    found.km[a, kind] = km
