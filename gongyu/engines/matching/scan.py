"""The compiled search for candidates: same rules as ``candidates``, for large problems.

Sessions are listed under each first-level topic that they touch, there by half-day of the week
and by date: a need reads a few stretches of these lists. Grades and form are bits of one word,
what a session lacks or is against what a need wants or cannot use, so that one operation refuses
most. Distances are compared as chords of the unit sphere, no sine or root a pair. Needs on one
topic come one after the other and find their lists in the cache. Memory grows with the pairs alone.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import sparse

from .compiled import compiled
from .geography import DETOUR, EARTH_RADIUS_KM
from .measures import LEAST_FIT, SLACK, Profiles
from .problem import Floats, Ints, Problem, first_level
from .types import Form

Indices = npt.NDArray[np.int32]

_ROAD = 2.0 * EARTH_RADIUS_KM * DETOUR
_GRADES, _FORMS = 15, 3
"""Bits of each part of a word."""
_SLOTS = 21
"""Half-days of a week."""
_EVERYWHERE = 5.0
"""More than the square of any chord."""
_CHORD_SLACK = 1e-12
"""Square of a few metres: ``candidates`` looks at the exact distance afterwards."""


class Ground(NamedTuple):
    """Arrays of the search.

    Entries are sessions under a first-level topic. stretch: those of topic p and slot k are
    stretch[p * slots + k] to the next. session, profile, day, most, least: whose they are, heads
    they take. word: bits that a need's word must not meet. where: place on the unit sphere; far:
    square of the chord that their unit goes, -1 where the need goes. parent: first-level topic of
    each topic. cover: (topics, profiles). turn: the needs in the order of the search.
    """

    stretch: Ints
    session: Indices
    profile: Indices
    day: Ints
    word: Ints
    most: Ints
    least: Ints
    where: Floats
    far: Floats
    parent: Ints
    cover: Floats
    topic_start: Ints
    topic_code: Ints
    topic_weight: Floats
    turn: Ints
    need_word: Ints
    need_slots: Ints
    need_heads: Ints
    first: Ints
    last: Ints
    need_where: Floats
    reach: Floats


def ground(problem: Problem, profiles: Profiles) -> Ground:
    """Lay out a problem for the search."""
    need, session = problem.need, problem.session
    names = [first_level(code) for code in problem.topics]
    index = {name: i for i, name in enumerate(dict.fromkeys(names))}
    parent = np.array([index[name] for name in names], np.int64)
    touches = np.zeros((profiles.cover.shape[1], len(index)), np.bool_)
    for code, group in enumerate(parent):
        touches[:, group] |= profiles.cover[code] > 0
    touched = sparse.csr_array(touches)[profiles.of]  # (sessions, first-level topics)
    entry = np.repeat(np.arange(len(profiles.of)), np.diff(touched.indptr))
    under = touched.indices * _SLOTS + session.slot[entry]
    order = np.lexsort((entry, session.day[entry], under))
    entry, under = entry[order], under[order]
    has = np.flatnonzero(np.diff(need.topic_start))
    topic = np.full(len(need.heads), -1, np.int64)
    topic[has] = need.topic_code[need.topic_start[has]]
    form = session.form[entry]
    far = _squared_chord(session.radius[entry])
    far[form == int(Form.VISIT)] = -1.0
    far[form == int(Form.ONLINE)] = _EVERYWHERE
    return Ground(
        stretch=np.searchsorted(under, np.arange(len(index) * _SLOTS + 1)),
        session=entry.astype(np.int32),
        profile=profiles.of[entry].astype(np.int32),
        day=session.day[entry],
        word=_word(~session.grades[entry], form),
        most=session.capacity[entry],
        least=np.where(session.exclusive, session.least, 0)[entry],
        where=_on_sphere(session.lon[entry], session.lat[entry]),
        far=far,
        parent=parent,
        cover=profiles.cover,
        topic_start=need.topic_start,
        topic_code=need.topic_code,
        topic_weight=need.topic_weight,
        turn=np.argsort(topic, kind="stable"),
        need_word=_word(need.grades, ~need.forms),
        need_slots=need.slots,
        need_heads=need.heads,
        first=need.first,
        last=need.last,
        need_where=_on_sphere(need.lon, need.lat),
        reach=_squared_chord(need.reach),
    )


def _word(grades: Ints, forms: Ints) -> Ints:
    """Two sets of bits side by side."""
    low, high = (1 << _GRADES) - 1, (1 << _FORMS) - 1
    word: Ints = (grades & low) | (forms & high) << _GRADES
    return word


def _on_sphere(lon: Floats, lat: Floats) -> Floats:
    """(places, 3) on the unit sphere."""
    around, up = np.radians(lon), np.radians(lat)
    return np.stack([np.cos(up) * np.cos(around), np.cos(up) * np.sin(around), np.sin(up)], axis=1)


def _squared_chord(km: Floats) -> Floats:
    """Square of the chord of so many road kilometres, a little more."""
    angle = np.minimum(km * (1.0 + 1e-6) / _ROAD, np.pi / 2.0)
    chord: Floats = (2.0 * np.sin(angle)) ** 2 + _CHORD_SLACK
    return chord


def scan(problem: Problem, profiles: Profiles) -> tuple[Ints, Ints]:
    """All pairs, by need and session, and a few that are a hair too far.

    Busy groups and forbidden pairs are not looked at yet.
    """
    sessions = len(problem.session.day)
    begin, end, found = _find(ground(problem, profiles), sessions)
    return _in_order(begin, end, found, sessions)


@compiled
def _find(laid: Ground, sessions: int) -> tuple[Ints, Ints, Indices]:
    """Sessions of need n, in any order: those of the last array from begin[n] to end[n]."""
    many, groups = len(laid.need_heads), (len(laid.stretch) - 1) // _SLOTS
    begin, end = np.zeros(many, np.int64), np.zeros(many, np.int64)
    found = np.empty(4 * many + 1024, np.int32)
    listed = np.full(groups, -1, np.int64)
    met = np.full(sessions, -1, np.int32)
    fitted = np.full(laid.cover.shape[1], -1, np.int32)
    fits = np.zeros(laid.cover.shape[1], np.bool_)
    at = 0
    for n in laid.turn:
        word, heads, reach = laid.need_word[n], laid.need_heads[n], laid.reach[n]
        x, y, z = laid.need_where[n, 0], laid.need_where[n, 1], laid.need_where[n, 2]
        begin[n] = at
        for topic in range(laid.topic_start[n], laid.topic_start[n + 1]):
            group = laid.parent[laid.topic_code[topic]]
            if listed[group] == n:
                continue
            listed[group] = n
            for slot in range(_SLOTS):
                if laid.need_slots[n] >> slot & 1 == 0:
                    continue
                stretch = group * _SLOTS + slot
                low, high = laid.stretch[stretch], laid.stretch[stretch + 1]
                days = laid.day[low:high]
                high = low + np.searchsorted(days, laid.last[n] + 1)
                low += np.searchsorted(days, laid.first[n])
                if at + high - low > len(found):
                    wider = np.empty(2 * len(found) + high - low, np.int32)
                    wider[:at] = found[:at]
                    found = wider
                words = laid.word[low:high]
                for step in range(len(words)):
                    if word & words[step] != 0:
                        continue
                    i = low + step
                    if heads > laid.most[i] or heads < laid.least[i]:
                        continue
                    dx = laid.where[i, 0] - x
                    dy = laid.where[i, 1] - y
                    dz = laid.where[i, 2] - z
                    far = laid.far[i]
                    if dx * dx + dy * dy + dz * dz > (reach if far < 0.0 else far):
                        continue
                    profile = laid.profile[i]
                    if fitted[profile] != n:
                        fitted[profile] = n
                        fit = 0.0
                        for other in range(laid.topic_start[n], laid.topic_start[n + 1]):
                            code = laid.topic_code[other]
                            fit += laid.topic_weight[other] * laid.cover[code, profile]
                        fits[profile] = fit >= LEAST_FIT - SLACK
                    session = laid.session[i]
                    if fits[profile] and met[session] != n:
                        met[session] = n
                        found[at] = session
                        at += 1
        end[n] = at
    return begin, end, found


@compiled
def _in_order(begin: Ints, end: Ints, found: Indices, sessions: int) -> tuple[Ints, Ints]:
    """Need and session of each pair, by need and session: put down by session, then by need."""
    many = len(begin)
    start = np.zeros(many + 1, np.int64)
    place = np.zeros(sessions + 1, np.int64)
    for n in range(many):
        start[n + 1] = start[n] + end[n] - begin[n]
        for at in range(begin[n], end[n]):
            place[found[at] + 1] += 1
    for s in range(sessions):
        place[s + 1] += place[s]
    by_session = np.empty(start[many], np.int32)
    need = np.empty(start[many], np.int64)
    for n in range(many):
        need[start[n] : start[n + 1]] = n
        for at in range(begin[n], end[n]):
            by_session[place[found[at]]] = n
            place[found[at]] += 1
    session = np.empty(start[many], np.int64)
    at = 0
    for s in range(sessions):
        while at < place[s]:  # by now where the next session begins
            n = by_session[at]
            session[start[n]] = s
            start[n] += 1
            at += 1
    return need, session
