"""Every feasible pair of a need and a session, none missing.

A pair is feasible when the session's grades include all of the need's, the forms agree, the date
lies in the need's window and its half-day among the wanted ones, the group fits the seats (and,
alone in an exclusive session, reaches its minimum), f >= 0.2, t <= 1, the group is not busy
elsewhere in that half-day, and the pair is not forbidden.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from .amending import Amended
from .measures import (
    LEAST_FIT,
    SLACK,
    Measures,
    Profiles,
    measure,
    topic_profiles,
    weight_matrix,
)
from .problem import HALVES, Floats, Ints, Problem
from .scan import scan

SMALL = 4_000_000
"""Needs times sessions up to which plain arrays are quick enough; nothing is compiled then."""

_BLOCK = 2_000_000
"""Cells looked at together: bounds the memory beside the pairs themselves."""

_PIECE = 1 << 15
"""Pairs measured together."""


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """The pairs, by need and within a need by session (compressed rows).

    start: (needs + 1,), pairs of need n are start[n]:start[n + 1]. need, session, value (b),
    fit (f), km, travel (t): (pairs,).
    """

    start: Ints
    need: Ints
    session: Ints
    value: Floats
    fit: Floats
    km: Floats
    travel: Floats

    def __len__(self) -> int:
        return len(self.need)


@dataclass(frozen=True, slots=True, eq=False)
class Memory:
    """The candidates of a problem, kept with its plan for a rematch."""

    problem: Problem
    candidates: Candidates


def find_candidates(problem: Problem) -> Candidates:
    """The complete set of feasible pairs.

    >>> from gongyu.engines.matching import Problem, find_candidates
    >>> len(find_candidates(Problem.build([], [])))
    0
    """
    profiles = topic_profiles(problem)
    needs, sessions = len(problem.need.heads), len(problem.session.day)
    if needs * sessions <= SMALL:
        n, s = _roughly(problem, profiles, np.arange(needs), np.arange(sessions))
    else:
        n, s = scan(problem, profiles)
    return _measured(problem, profiles, n, s)


def amended_candidates(before: Candidates, change: Amended) -> Candidates:
    """The complete set after changes: looked for anew only between records of which one is new.

    A pair that was forbidden and is confirmed now does not come back; it counts as confirmed.
    """
    problem, profiles = change.problem, topic_profiles(change.problem)
    size = max(len(problem.sessions), 1)
    kept, keys = _still(before, change, size)
    every = np.arange(len(problem.sessions))
    parts = [
        _measured(problem, profiles, *_roughly(problem, profiles, needs, sessions))
        for needs, sessions in (
            (change.needs.fresh, every),
            (change.needs.new, change.sessions.fresh),
        )
    ]
    key = np.concatenate([keys, *(part.need * size + part.session for part in parts)])
    order = np.argsort(key, kind="stable")

    def merged(name: str) -> Any:  # Any: whole numbers or fractions, by name
        rows = [getattr(before, name)[kept], *(getattr(part, name) for part in parts)]
        return np.concatenate(rows)[order]

    n = key[order] // size
    return Candidates(
        start=np.searchsorted(n, np.arange(len(problem.needs) + 1)),
        need=n,
        session=key[order] % size,
        value=merged("value"),
        fit=merged("fit"),
        km=merged("km"),
        travel=merged("travel"),
    )


def _still(before: Candidates, change: Amended, size: int) -> tuple[Ints, Ints]:
    """Old pairs of records that are as they were, not forbidden since; and their new keys."""
    needs = np.full(len(change.needs.place), -1, np.int64)
    needs[change.needs.old] = change.needs.new
    sessions = np.full(len(change.sessions.place), -1, np.int64)
    sessions[change.sessions.old] = change.sessions.new
    n, s = needs[before.need], sessions[before.session]
    keys = n * size + s
    never = np.array([a * size + b for a, b in change.problem.forbidden], dtype=np.int64)
    kept = np.flatnonzero((n >= 0) & (s >= 0) & ~np.isin(keys, never))
    return kept, keys[kept]


def _measured(problem: Problem, profiles: Profiles, n: Ints, s: Ints) -> Candidates:
    """The pairs among these, by need and session, that keep the rules not looked at yet."""
    measures = _piecewise(problem, profiles, n, s)
    keep = (measures.fit >= LEAST_FIT - SLACK) & (measures.travel <= 1.0 + SLACK)
    if problem.forbidden:
        size = max(len(problem.session.day), 1)
        never = np.array([a * size + b for a, b in problem.forbidden], dtype=np.int64)
        keep &= ~np.isin(n * size + s, never)
    if len(problem.busy_keys):
        when = problem.need.group[n] * HALVES + problem.session.half[s]
        keep &= ~np.isin(when, problem.busy_keys)
    rows = slice(None) if keep.all() else keep
    n, s = n[rows], s[rows]
    counts = np.bincount(n, minlength=len(problem.need.heads))
    return Candidates(
        start=np.concatenate([np.zeros(1, np.int64), np.cumsum(counts, dtype=np.int64)]),
        need=n,
        session=s,
        value=measures.value[rows],
        fit=measures.fit[rows],
        km=measures.km[rows],
        travel=measures.travel[rows],
    )


def _piecewise(problem: Problem, profiles: Profiles, n: Ints, s: Ints) -> Measures:
    """Measures of many pairs, a piece at a time: what lies between stays in the cache."""
    whole = Measures(*(np.empty(len(n)) for _ in range(4)))
    for begin in range(0, len(n), _PIECE):
        rows = slice(begin, begin + _PIECE)
        piece = measure(problem, n[rows], s[rows], profiles)
        whole.fit[rows] = piece.fit
        whole.km[rows] = piece.km
        whole.travel[rows] = piece.travel
        whole.value[rows] = piece.value
    return whole


def _roughly(
    problem: Problem, profiles: Profiles, needs: Ints, sessions: Ints
) -> tuple[Ints, Ints]:
    """Pairs of these needs and sessions that keep every rule but those ``_measured`` reads."""
    need, session = problem.need, problem.session
    weights = weight_matrix(problem)
    step = max(1, _BLOCK // max(len(sessions), 1))
    alone = np.where(session.exclusive, session.least, 0)[sessions]
    grades, form, day = session.grades[sessions], session.form[sessions], session.day[sessions]
    slot, capacity = session.slot[sessions], session.capacity[sessions]
    used, of_session = np.unique(profiles.of[sessions], return_inverse=True)
    cover = profiles.cover[:, used]
    found: list[tuple[Ints, Ints]] = []
    for begin in range(0, len(needs) if len(sessions) else 0, step):
        rows = needs[begin : begin + step]

        def of(values: Ints, rows: Ints = rows) -> Ints:
            return values[rows, None]

        fit = np.asarray(weights[rows] @ cover)
        ok: npt.NDArray[np.bool_] = (fit >= LEAST_FIT - SLACK)[:, of_session.reshape(-1)]
        ok &= of(need.grades) & ~grades == 0
        ok &= of(need.forms) & form != 0
        ok &= (of(need.first) <= day) & (day <= of(need.last))
        ok &= of(need.slots) >> slot & 1 == 1
        ok &= (of(need.heads) <= capacity) & (of(need.heads) >= alone)
        n, s = np.nonzero(ok)
        found.append((rows[n], sessions[s]))
    if not found:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    return np.concatenate([n for n, _ in found]), np.concatenate([s for _, s in found])
