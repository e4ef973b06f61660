"""A part of a problem: some needs and some sessions, as arrays without the records."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from gongyu.engines.matching.geography import DETOUR, EARTH_RADIUS_KM
from gongyu.engines.matching.instance import Bools
from gongyu.engines.matching.problem import (
    Floats,
    Ints,
    NeedArrays,
    Problem,
    SessionArrays,
)
from gongyu.engines.matching.types import Form

_ROOM = 1.0 + 1e-6
"""Distances are compared with this much room: the exact rule is the candidates' business."""


def part_of(problem: Problem, needs: Ints, sessions: Ints) -> Problem:
    """The needs and sessions with these (rising) indices. Groups and funds keep their codes.

    Pinned pairs become confirmed ones: whether they may be is checked on the whole.
    """
    units, unit = np.unique(problem.session.unit[sessions], return_inverse=True)
    return replace(
        problem,
        needs=(),
        sessions=(),
        need_index={},
        session_index={},
        unit_month_limits={},
        fair_groups={},
        confirmed=_inside(problem.confirmed | problem.pinned, needs, sessions),
        pinned=frozenset(),
        forbidden=_inside(problem.forbidden, needs, sessions),
        units=tuple(problem.units[u] for u in units.tolist()),
        wished=_inside(problem.wished, needs, units),
        need=_needs(problem.need, needs),
        session=_sessions(problem.session, sessions, unit.reshape(-1).astype(np.int64)),
    )


def _inside(
    pairs: Iterable[tuple[int, int]], first: Ints, second: Ints
) -> frozenset[tuple[int, int]]:
    """The pairs with both sides among the given, by their places there."""
    rows = np.array(list(pairs), np.int64).reshape(-1, 2)
    if not len(rows) or not len(first) or not len(second):
        return frozenset()
    a = np.minimum(np.searchsorted(first, rows[:, 0]), len(first) - 1)
    b = np.minimum(np.searchsorted(second, rows[:, 1]), len(second) - 1)
    held = (first[a] == rows[:, 0]) & (second[b] == rows[:, 1])
    return frozenset(zip(a[held].tolist(), b[held].tolist(), strict=True))


def _rows(start: Ints, rows: Ints) -> tuple[Ints, Ints]:
    """Compressed rows: new starts, and the entries of the rows."""
    lengths = np.diff(start)[rows]
    begin = np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths)])
    entry = np.arange(int(begin[-1])) + np.repeat(start[:-1][rows] - begin[:-1], lengths)
    return begin, entry


def _needs(need: NeedArrays, rows: Ints) -> NeedArrays:
    start, entry = _rows(need.topic_start, rows)
    names = ("heads", "grades", "forms", "first", "last", "slots", "wanted", "group", "town")
    places = ("lon", "lat", "reach", "weight")
    return NeedArrays(
        **{name: getattr(need, name)[rows] for name in (*names, *places)},
        topic_start=start,
        topic_code=need.topic_code[entry],
        topic_weight=need.topic_weight[entry],
    )


def _sessions(session: SessionArrays, rows: Ints, unit: Ints) -> SessionArrays:
    start, entry = _rows(session.topic_start, rows)
    names = ("grades", "form", "day", "slot", "half", "month", "limit", "capacity", "exclusive")
    others = ("least", "lon", "lat", "radius", "fund", "subsidy")
    return SessionArrays(
        **{name: getattr(session, name)[rows] for name in (*names, *others)},
        unit=unit,
        topic_start=start,
        topic_code=session.topic_code[entry],
    )


def within_reach(problem: Problem, sessions: Ints) -> tuple[Bools, Bools]:
    """Needs that may be near enough to a placed session, and needs that may meet one online.

    Never leaves out a need that has a feasible pair: distances to the box around the sessions
    are never over-estimated.
    """
    need, session = problem.need, problem.session
    form = session.form[sessions]
    placed = sessions[form != int(Form.ONLINE)]
    nobody = np.zeros(len(need.heads), np.bool_)
    online = (need.forms & int(Form.ONLINE) != 0) if len(placed) < len(sessions) else nobody
    if not len(placed):
        return nobody, online
    visits = placed[session.form[placed] == int(Form.VISIT)]
    hosts = placed[session.form[placed] == int(Form.HOST)]
    farthest = float(session.radius[hosts].max(initial=0.0))
    allowed = np.full(len(need.heads), -1.0)
    if len(visits):
        goes = need.forms & int(Form.VISIT) != 0
        allowed[goes] = need.reach[goes]
    if len(hosts):
        asks = need.forms & int(Form.HOST) != 0
        allowed[asks] = np.maximum(allowed[asks], farthest)
    km = _least_km(need.lon, need.lat, session.lon[placed], session.lat[placed])
    return (allowed >= 0.0) & (km <= allowed * _ROOM + 1e-6), online


def _least_km(lon: Floats, lat: Floats, lons: Floats, lats: Floats) -> Floats:
    """Road kilometres to the box around (lons, lats), never too many."""
    low, high = float(lats.min()), float(lats.max())
    north = np.radians(np.maximum(0.0, np.maximum(low - lat, lat - high)))
    west, east = float(lons.min()), float(lons.max())
    inside = (west <= lon) & (lon <= east)
    aside = np.where(inside, 0.0, np.minimum((west - lon) % 360.0, (lon - east) % 360.0))
    narrow = min(np.cos(np.radians(low)), np.cos(np.radians(high)))
    factor = np.sqrt(np.maximum(0.0, np.cos(np.radians(lat)) * narrow))
    across = 2.0 * np.arcsin(np.minimum(1.0, factor * np.sin(np.radians(aside) / 2.0)))
    km: Floats = EARTH_RADIUS_KM * DETOUR * np.maximum(north, across)
    return km
