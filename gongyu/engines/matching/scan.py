"""The compiled search for candidates: same rules as ``candidates``, for large problems.

Sessions are sorted by profile (the set of topics they cover) and day; a need looks only at
profiles that share a first-level topic with it and fit well enough, and in each only at its
window. Two passes, one to count and one to fill, so that memory grows with the pairs alone.
"""

from __future__ import annotations

from math import asin, cos, radians, sin, sqrt
from typing import NamedTuple

import numpy as np

from .compiled import compiled
from .geography import DETOUR, EARTH_RADIUS_KM
from .measures import LEAST_FIT, SLACK, Profiles
from .problem import Floats, Ints, Problem, first_level
from .types import Form

_ROAD = 2.0 * EARTH_RADIUS_KM * DETOUR
_HOST, _ONLINE = int(Form.HOST), int(Form.ONLINE)


class Ground(NamedTuple):
    """Arrays of the search. order: sessions by profile and day, profile_start their ranges.

    day: of the sessions in that order. parent: first-level topic of each topic; by_parent:
    profiles of each first-level topic as compressed rows. cover: (topics, profiles).
    """

    order: Ints
    profile_start: Ints
    day: Ints
    parent: Ints
    parent_start: Ints
    by_parent: Ints
    cover: Floats
    topic_start: Ints
    topic_code: Ints
    topic_weight: Floats
    need_grades: Ints
    need_forms: Ints
    need_slots: Ints
    need_heads: Ints
    first: Ints
    last: Ints
    need_lon: Floats
    need_lat: Floats
    reach: Floats
    grades: Ints
    form: Ints
    slot: Ints
    capacity: Ints
    alone: Ints
    lon: Floats
    lat: Floats
    radius: Floats


def ground(problem: Problem, profiles: Profiles) -> Ground:
    """Lay out a problem for the search."""
    need, session = problem.need, problem.session
    names = [first_level(code) for code in problem.topics]
    index = {name: i for i, name in enumerate(dict.fromkeys(names))}
    parent = np.array([index[name] for name in names], np.int64)
    touches = np.zeros((len(index), profiles.cover.shape[1]), np.bool_)
    for code, group in enumerate(parent):
        touches[group] |= profiles.cover[code] > 0
    row, column = np.nonzero(touches)
    order = np.lexsort((session.day, profiles.of))
    return Ground(
        order=order,
        profile_start=np.searchsorted(profiles.of[order], np.arange(profiles.cover.shape[1] + 1)),
        day=session.day[order],
        parent=parent,
        parent_start=np.searchsorted(row, np.arange(len(index) + 1)),
        by_parent=column.astype(np.int64),
        cover=profiles.cover,
        topic_start=need.topic_start,
        topic_code=need.topic_code,
        topic_weight=need.topic_weight,
        need_grades=need.grades,
        need_forms=need.forms,
        need_slots=need.slots,
        need_heads=need.heads,
        first=need.first,
        last=need.last,
        need_lon=need.lon,
        need_lat=need.lat,
        reach=need.reach,
        grades=session.grades[order],
        form=session.form[order],
        slot=session.slot[order],
        capacity=session.capacity[order],
        alone=np.where(session.exclusive, session.least, 0)[order],
        lon=session.lon[order],
        lat=session.lat[order],
        radius=session.radius[order],
    )


def scan(problem: Problem, profiles: Profiles) -> tuple[Ints, Ints]:
    """All pairs, busy groups and forbidden pairs not yet looked at, by need and session."""
    laid = ground(problem, profiles)
    many = len(problem.need.heads)
    count = np.zeros(many + 1, np.int64)
    nothing = np.empty(0, np.int64)
    _pass(laid, count, nothing, False)
    start = np.cumsum(count)
    session = np.empty(int(start[-1]), np.int64)
    _pass(laid, start.copy(), session, True)
    need = np.repeat(np.arange(many), np.diff(start))
    order = np.lexsort((session, need))
    return need, session[order]


@compiled
def _pass(laid: Ground, count: Ints, session: Ints, fill: bool) -> None:
    """Count into count[n + 1], or write the sessions of need n from session[count[n]] on."""
    profiles = len(laid.profile_start) - 1
    seen = np.full(profiles, -1, np.int64)
    lat = np.empty(len(laid.lat))
    cosine = np.empty(len(laid.lat))
    for i in range(len(lat)):
        lat[i] = radians(laid.lat[i])
        cosine[i] = cos(lat[i])
    for n in range(len(laid.need_heads)):
        grades, forms, slots = laid.need_grades[n], laid.need_forms[n], laid.need_slots[n]
        heads, first, last = laid.need_heads[n], laid.first[n], laid.last[n]
        reach, lon, here = laid.reach[n], laid.need_lon[n], radians(laid.need_lat[n])
        shrink = cos(here)
        at = count[n] if fill else 0
        for topic in range(laid.topic_start[n], laid.topic_start[n + 1]):
            group = laid.parent[laid.topic_code[topic]]
            for index in range(laid.parent_start[group], laid.parent_start[group + 1]):
                profile = laid.by_parent[index]
                if seen[profile] == n:
                    continue
                seen[profile] = n
                fit = 0.0
                for other in range(laid.topic_start[n], laid.topic_start[n + 1]):
                    fit += laid.topic_weight[other] * laid.cover[laid.topic_code[other], profile]
                if fit < LEAST_FIT - SLACK:
                    continue
                low, high = laid.profile_start[profile], laid.profile_start[profile + 1]
                end = high
                while low < high:
                    middle = (low + high) // 2
                    if laid.day[middle] < first:
                        low = middle + 1
                    else:
                        high = middle
                for i in range(low, end):
                    if laid.day[i] > last:
                        break
                    if (
                        slots >> laid.slot[i] & 1 == 0
                        or grades & ~laid.grades[i] != 0
                        or forms & laid.form[i] == 0
                        or heads > laid.capacity[i]
                        or heads < laid.alone[i]
                    ):
                        continue
                    if laid.form[i] != _ONLINE:
                        half = sin((lat[i] - here) / 2.0)
                        side = sin(radians(laid.lon[i] - lon) / 2.0)
                        chord = half * half + shrink * cosine[i] * side * side
                        km = _ROAD * asin(sqrt(min(1.0, chord)))
                        allowed = laid.radius[i] if laid.form[i] == _HOST else reach
                        if km > allowed * (1.0 + SLACK):
                            continue
                    if fill:
                        session[at] = laid.order[i]
                    at += 1
        if not fill:
            count[n + 1] = at
