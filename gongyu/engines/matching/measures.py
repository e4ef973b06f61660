"""What a pair is worth and how far it is: fit f, road kilometres, travel t, value b.

    b(n, s) = h_n * q_n * f * p * (1 - t / 2)

f: weights of the need's topics that the session covers, 0.4 of the weight where it only covers
another topic of the same first level. p: 1.2 where the need names the unit, else 1. t: road
kilometres over the need's reach (the group goes out) or the unit's radius (the unit comes), 0
online.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from scipy import sparse

from .geography import Floats, road_km
from .problem import FIRST_LEVEL, Ints, Problem, first_level
from .types import Form

LEAST_FIT = 0.2
WISHED = 1.2
SLACK = 1e-9
"""Thresholds on sums of fractions are met within this, so that 0.4 * (0.3 + 0.2) is 0.2."""


@dataclass(frozen=True, slots=True, eq=False)
class Profiles:
    """Sessions by the set of topics they cover. of: (sessions,) profile of each session.

    cover: (topics, profiles), what a profile counts of each topic: 1, 0.4 or 0.
    """

    of: Ints
    cover: Floats


def topic_profiles(problem: Problem) -> Profiles:
    """Group the sessions by their topics; districts have far fewer profiles than sessions."""
    index: dict[tuple[int, ...], int] = {}
    arrays = problem.session
    starts = arrays.topic_start.tolist()
    codes = arrays.topic_code.tolist()
    rows = pairwise(starts)
    of = [index.setdefault(tuple(codes[first:last]), len(index)) for first, last in rows]
    parents = [first_level(code) for code in problem.topics]
    cover = np.zeros((len(problem.topics), len(index)))
    for profile, column in index.items():
        covered_parents = {parents[code] for code in profile}
        for code, parent in enumerate(parents):
            if parent in covered_parents:
                cover[code, column] = FIRST_LEVEL
        cover[list(profile), column] = 1.0
    return Profiles(np.array(of, np.int64), cover)


def weight_matrix(problem: Problem) -> sparse.csr_array:
    """Topic weights of the needs, (needs, topics)."""
    need = problem.need
    return sparse.csr_array(
        (need.topic_weight, need.topic_code, need.topic_start),
        shape=(len(problem.need.heads), len(problem.topics)),
    )


@dataclass(frozen=True, slots=True, eq=False)
class Measures:
    """Of some pairs, one entry each. travel may exceed 1 where a pair is not feasible."""

    fit: Floats
    km: Floats
    travel: Floats
    value: Floats


def measure(problem: Problem, n: Ints, s: Ints, profiles: Profiles | None = None) -> Measures:
    """Measures of the pairs (n[i], s[i]), feasible or not; the value takes t at most 1."""
    if not len(n):
        return Measures(np.zeros(0), np.zeros(0), np.zeros(0), np.zeros(0))
    profiles = profiles or topic_profiles(problem)
    need, session = problem.need, problem.session
    fit = np.zeros(len(n))
    lengths = np.diff(need.topic_start)
    for k in range(int(lengths.max(initial=0))):
        has = np.flatnonzero(lengths[n] > k)
        entry = need.topic_start[n[has]] + k
        fit[has] += (
            need.topic_weight[entry] * profiles.cover[need.topic_code[entry], profiles.of[s[has]]]
        )
    km = road_km(need.lon[n], need.lat[n], session.lon[s], session.lat[s])
    form = session.form[s]
    km = np.where(form == int(Form.ONLINE), 0.0, km)
    allowed = np.where(form == int(Form.HOST), session.radius[s], need.reach[n])
    with np.errstate(divide="ignore", invalid="ignore"):
        travel = np.where(km > 0, km / allowed, 0.0)
    named = wished(problem, n, session.unit[s])
    value = (
        need.heads[n]
        * need.weight[n]
        * fit
        * np.where(named, WISHED, 1.0)
        * (1.0 - np.minimum(travel, 1.0) / 2.0)
    )
    return Measures(fit, km, travel, value)


def wished(problem: Problem, n: Ints, unit: Ints) -> npt.NDArray[np.bool_]:
    """Whether need n[i] names unit[i]."""
    if not problem.wished:
        return np.zeros(len(n), np.bool_)
    size = max(len(problem.units), 1)
    keys = np.sort(np.fromiter((i * size + u for i, u in problem.wished), dtype=np.int64))
    asked = n * size + unit
    at = np.minimum(np.searchsorted(keys, asked), len(keys) - 1)
    found: npt.NDArray[np.bool_] = keys[at] == asked
    return found
