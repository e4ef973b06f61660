"""Near misses: sessions on a need's topic, and exactly what stands in the way."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta

import numpy as np

from .measures import LEAST_FIT, SLACK, Measures, Profiles, measure, topic_profiles
from .plan import NearMiss, Obstacle, ObstacleKind
from .problem import Ints, Problem
from .types import Form, Need, Session


def near_misses(problem: Problem, need_id: str, limit: int = 6) -> list[NearMiss]:
    """Sessions on the need's topic that do not fit, with every obstacle of each.

    Fewest and smallest obstacles first, the best session of each unit, at most ``limit``.
    ``full`` counts the seats beside the confirmed pairs of the problem. A session that fits has
    no obstacles and is not listed, nor is one in a half-day in which the group is busy elsewhere.
    Raises KeyError for an unknown need.
    """
    n = problem.need_index[need_id]
    profiles = topic_profiles(problem)
    sessions, measures = on_topic(problem, n, profiles)
    held: dict[int, int] = defaultdict(int)
    for m, s in problem.confirmed | problem.pinned:
        held[s] += problem.needs[m].headcount
    busy = problem.busy.get(problem.needs[n].group, frozenset())
    best: dict[str, tuple[float, int, NearMiss]] = {}
    for i, s in enumerate(sessions.tolist()):
        obstacles = obstacles_between(problem, n, s, float(measures.km[i]), held.get(s, 0))
        session = problem.sessions[s]
        elsewhere = (session.date, session.half_day) in busy
        if elsewhere or not obstacles or (n, s) in problem.confirmed:
            continue
        size = sum(_size(problem.needs[n], session, obstacle) for obstacle in obstacles)
        miss = NearMiss(
            session.id, session.unit, float(measures.fit[i]), float(measures.km[i]), obstacles
        )
        key = (len(obstacles) + size / (1.0 + size) - 1e-6 * miss.fit, s, miss)
        if session.unit not in best or key[:2] < best[session.unit][:2]:
            best[session.unit] = key
    ordered = sorted(best.values(), key=lambda entry: entry[:2])
    return [miss for _, _, miss in ordered[:limit]]


def on_topic(problem: Problem, n: int, profiles: Profiles) -> tuple[Ints, Measures]:
    """Sessions whose topic fits need n well enough, and the measures of the pairs."""
    everything = np.arange(len(problem.sessions))
    measures = measure(problem, np.full(len(everything), n), everything, profiles)
    fits = np.flatnonzero(measures.fit >= LEAST_FIT - SLACK)
    kept = Measures(
        measures.fit[fits], measures.km[fits], measures.travel[fits], measures.value[fits]
    )
    return fits, kept


def obstacles_between(
    problem: Problem, n: int, s: int, km: float, held: int = 0
) -> tuple[Obstacle, ...]:
    """All that stands between need n and session s on its topic, ``km`` apart by road.

    held: seats of the session given to others.
    """
    need, session = problem.needs[n], problem.sessions[s]
    found: list[Obstacle] = []
    missing = need.grades - session.grades
    if missing:
        found.append(Obstacle(ObstacleKind.GRADES, missing, session.grades))
    if not need.forms & session.form:
        found.append(Obstacle(ObstacleKind.FORM, session.form, need.forms))
    allowed = allowed_km(need, session)
    if km > allowed * (1.0 + SLACK):
        found.append(Obstacle(ObstacleKind.DISTANCE, km, allowed))
    if not need.date_from <= session.date <= need.date_to:
        nearest = need.date_from if session.date < need.date_from else need.date_to
        found.append(Obstacle(ObstacleKind.WINDOW, session.date, nearest))
    slot = (session.date.weekday(), session.half_day)
    if slot not in need.slots:
        found.append(Obstacle(ObstacleKind.SLOT, slot, None))
    free = 0 if session.exclusive and held else session.capacity - held
    if need.headcount > session.capacity:
        found.append(Obstacle(ObstacleKind.TOO_BIG, need.headcount, session.capacity))
    elif need.headcount > free:
        found.append(Obstacle(ObstacleKind.FULL, need.headcount, free))
    if session.exclusive and need.headcount < session.min_group:
        found.append(Obstacle(ObstacleKind.MINIMUM, session.min_group, need.headcount))
    if (n, s) in problem.forbidden:
        found.append(Obstacle(ObstacleKind.FORBIDDEN, None, None))
    return tuple(found)


def allowed_km(need: Need, session: Session) -> float:
    """Road kilometres allowed: the need's reach, the unit's radius, anything online."""
    if session.form == Form.ONLINE:
        return float("inf")
    return session.radius_km if session.form == Form.HOST else need.reach_km


def _size(need: Need, session: Session, obstacle: Obstacle) -> float:
    """How big an obstacle feels; 1 is about another weekday, a fortnight, or twice as far."""
    match obstacle.kind, obstacle.needed, obstacle.offered:
        case ObstacleKind.DISTANCE, float(km), allowed if isinstance(allowed, (int, float)):
            return (km - allowed) / max(allowed, 1.0)
        case ObstacleKind.WINDOW, date() as asked, date() as nearest:
            return abs(asked - nearest) / timedelta(days=14)
        case ObstacleKind.SLOT, _, _:
            same_day = any(day == session.date.weekday() for day, _ in need.slots)
            return 0.5 if same_day else 1.0
        case ObstacleKind.TOO_BIG | ObstacleKind.FULL, int(heads), int(seats):
            return (heads - seats) / max(heads, 1)
        case ObstacleKind.MINIMUM, int(least), int(heads):
            return (least - heads) / max(least, 1)
        case ObstacleKind.GRADES, frozenset() as missing, _:
            return 0.5 * len(missing)
        case _:
            return 2.0
