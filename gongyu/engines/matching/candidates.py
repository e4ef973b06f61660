"""Every feasible pair of a need and a session, none missing.

A pair is feasible when the session's grades include all of the need's, the forms agree, the date
lies in the need's window and its half-day among the wanted ones, the group fits the seats (and,
alone in an exclusive session, reaches its minimum), f >= 0.2, t <= 1, the group is not busy
elsewhere in that half-day, and the pair is not forbidden.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .measures import LEAST_FIT, SLACK, Profiles, measure, topic_profiles, weight_matrix
from .problem import HALVES, Floats, Ints, Problem
from .scan import scan

SMALL = 4_000_000
"""Needs times sessions up to which plain arrays are quick enough; nothing is compiled then."""

_BLOCK = 2_000_000
"""Cells looked at together: bounds the memory beside the pairs themselves."""


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


def find_candidates(problem: Problem) -> Candidates:
    """The complete set of feasible pairs.

    >>> from gongyu.engines.matching import Problem, find_candidates
    >>> len(find_candidates(Problem.build([], [])))
    0
    """
    profiles = topic_profiles(problem)
    if len(problem.need.heads) * len(problem.session.day) <= SMALL:
        n, s = _roughly(problem, profiles)
    else:
        n, s = scan(problem, profiles)
    measures = measure(problem, n, s, profiles)
    keep = (measures.fit >= LEAST_FIT - SLACK) & (measures.travel <= 1.0 + SLACK)
    if problem.forbidden:
        size = max(len(problem.session.day), 1)
        never = np.array([a * size + b for a, b in problem.forbidden], dtype=np.int64)
        keep &= ~np.isin(n * size + s, never)
    if len(problem.busy_keys):
        when = problem.need.group[n] * HALVES + problem.session.half[s]
        keep &= ~np.isin(when, problem.busy_keys)
    n, s = n[keep], s[keep]
    counts = np.bincount(n, minlength=len(problem.need.heads))
    return Candidates(
        start=np.concatenate([np.zeros(1, np.int64), np.cumsum(counts, dtype=np.int64)]),
        need=n,
        session=s,
        value=measures.value[keep],
        fit=measures.fit[keep],
        km=measures.km[keep],
        travel=measures.travel[keep],
    )


def _roughly(problem: Problem, profiles: Profiles) -> tuple[Ints, Ints]:
    """Pairs that keep every rule but those of distance, busy groups and forbidden pairs."""
    need, session = problem.need, problem.session
    weights = weight_matrix(problem)
    many = len(problem.session.day)
    step = max(1, _BLOCK // max(many, 1))
    alone = np.where(session.exclusive, session.least, 0)
    found: list[tuple[Ints, Ints]] = []
    for begin in range(0, len(problem.need.heads) if many else 0, step):
        rows = slice(begin, min(begin + step, len(problem.need.heads)))

        def of(values: Ints, rows: slice = rows) -> Ints:
            return values[rows, None]

        fit = np.asarray(weights[rows] @ profiles.cover)
        ok: npt.NDArray[np.bool_] = (fit >= LEAST_FIT - SLACK)[:, profiles.of]
        ok &= of(need.grades) & ~session.grades == 0
        ok &= of(need.forms) & session.form != 0
        ok &= (of(need.first) <= session.day) & (session.day <= of(need.last))
        ok &= of(need.slots) >> session.slot & 1 == 1
        ok &= (of(need.heads) <= session.capacity) & (of(need.heads) >= alone)
        n, s = np.nonzero(ok)
        found.append((n + begin, s))
    if not found:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    return np.concatenate([n for n, _ in found]), np.concatenate([s for _, s in found])
