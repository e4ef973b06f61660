"""Where to cut: recursive halves by place, topic and time, for units (kept whole) and for needs.

A cut only decides who works where. No pair is lost by it: prices are found over all pairs
whatever the cuts, and each sweep over the plan cuts elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gongyu.engines.matching.problem import Floats, Ints, Problem, first_level
from gongyu.engines.matching.types import Form

KM_A_DEGREE = 111.2


@dataclass(frozen=True, slots=True)
class View:
    """What distance means to a cut. km, topic, day: weight of each; first: share of the first cut.

    months: whether a unit's months may lie in different cells; a month never falls apart.
    """

    km: float
    topic: float
    day: float
    first: float
    months: bool


BLOCKS = View(km=1 / 15, topic=0.1, day=0.0, first=0.5, months=False)
"""Blocks of sessions that look for prices."""

AREA = View(km=1 / 15, topic=0.1, day=0.0, first=0.5, months=False)
SHIFTED = View(km=1 / 15, topic=0.1, day=0.0, first=0.3, months=False)
TOPIC_AND_TIME = View(km=1 / 60, topic=0.5, day=1 / 30, first=0.4, months=True)
"""Cells of the sweeps over a plan: by area, by area shifted, by topic and time."""


@dataclass(frozen=True, slots=True)
class _Cut:
    axis: int
    at: float
    low: _Cut | int
    high: _Cut | int


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """of_session, of_need: cell of each, 0 to count - 1; needs of one group share a cell."""

    of_session: Ints
    of_need: Ints
    count: int


def cells(problem: Problem, view: View, count: int) -> Cells:
    """Cut a problem into ``count`` cells of about as many sessions each."""
    session = problem.session
    parents = _parents(problem)
    many = max(int(parents.max(initial=0)) + 1, 1)
    atom = session.unit.copy()
    if view.months:
        atom = np.unique(session.unit * 1_000_000 + session.month, return_inverse=True)[1]
    atoms = int(atom.max(initial=-1)) + 1
    size = np.bincount(atom, minlength=atoms).astype(np.float64)
    x, y = _places(problem)
    placed = session.form != int(Form.ONLINE)
    anchored = np.maximum(np.bincount(atom[placed], minlength=atoms), 1)
    nowhere = np.bincount(atom[placed], minlength=atoms) == 0

    def centre(values: Floats) -> Floats:
        mean: Floats = np.bincount(atom[placed], values[placed], atoms) / anchored
        mean[nowhere] = float(np.median(values)) if len(values) else 0.0
        return mean

    days = np.bincount(atom, session.day.astype(np.float64), atoms) / np.maximum(size, 1)
    of_units = np.stack(
        [
            centre(x) * view.km,
            centre(y) * view.km,
            _most_common(atom, _session_parents(problem, parents), atoms, many) * view.topic,
            days * view.day,
        ],
        axis=1,
    )
    tree, leaves = _grow(of_units, size, count, view.first, 0)
    first_of_group = np.unique(problem.need.group, return_index=True)
    one = first_of_group[1][np.searchsorted(first_of_group[0], problem.need.group)]
    of_needs = _need_features(problem, parents, view)[one]
    return Cells(_fall(tree, of_units)[atom], _fall(tree, of_needs), leaves)


def _shrink(problem: Problem) -> float:
    return float(np.cos(np.radians(problem.need.lat.mean()))) if len(problem.need.lat) else 1.0


def _places(problem: Problem) -> tuple[Floats, Floats]:
    """Of the sessions, in kilometres east and north."""
    shrink = _shrink(problem) * KM_A_DEGREE
    return problem.session.lon * shrink, problem.session.lat * KM_A_DEGREE


def _parents(problem: Problem) -> Ints:
    """First-level topic of each topic, as a number."""
    names = [first_level(code) for code in problem.topics]
    index = {name: i for i, name in enumerate(dict.fromkeys(names))}
    return np.array([index[name] for name in names], np.int64)


def _session_parents(problem: Problem, parents: Ints) -> Ints:
    start, code = problem.session.topic_start, problem.session.topic_code
    if not len(code):
        return np.zeros(len(start) - 1, np.int64)
    first: Ints = parents[code[np.minimum(start[:-1], len(code) - 1)]]
    return first


def _most_common(atom: Ints, kind: Ints, atoms: int, many: int) -> Floats:
    """Of each atom's members, the kind that occurs most."""
    keys, counts = np.unique(atom * many + kind, return_counts=True)
    order = np.lexsort((-counts, keys // many))
    found = np.zeros(atoms)
    whose, at = np.unique((keys // many)[order], return_index=True)
    found[whose] = (keys % many)[order][at]
    return found


def _need_features(problem: Problem, parents: Ints, view: View) -> Floats:
    need = problem.need
    heaviest = np.zeros(len(need.heads))
    if len(need.topic_code):
        owner = np.repeat(np.arange(len(need.heads)), np.diff(need.topic_start))
        order = np.lexsort((-need.topic_weight, owner))
        whose, at = np.unique(owner[order], return_index=True)
        heaviest[whose] = parents[need.topic_code[order][at]]
    shrink = _shrink(problem) * KM_A_DEGREE
    return np.stack(
        [
            need.lon * shrink * view.km,
            need.lat * KM_A_DEGREE * view.km,
            heaviest * view.topic,
            (need.first + need.last) / 2.0 * view.day,
        ],
        axis=1,
    )


def _grow(
    points: Floats, size: Floats, count: int, first: float, leaf: int
) -> tuple[_Cut | int, int]:
    """A tree with ``count`` leaves numbered from ``leaf``, and the next number."""
    if count <= 1 or len(points) < 2:
        return leaf, leaf + 1
    extent = points.max(axis=0) - points.min(axis=0)
    axis = int(np.argmax(extent))
    if extent[axis] <= 0.0:
        return leaf, leaf + 1
    low_count = min(count - 1, max(1, round(count * first)))
    share = first if first != 0.5 else low_count / count
    order = np.argsort(points[:, axis], kind="stable")
    along = points[order, axis]
    reached = np.cumsum(size[order])
    at = int(np.searchsorted(reached, share * reached[-1]))
    at = min(max(at, 0), len(order) - 2)
    border = float(along[at])
    if border == along[-1]:
        border = float(along[along < border].max())
    below = points[:, axis] <= border
    low, leaf = _grow(points[below], size[below], low_count, 0.5, leaf)
    high, leaf = _grow(points[~below], size[~below], count - low_count, 0.5, leaf)
    return _Cut(axis, border, low, high), leaf


def _fall(tree: _Cut | int, points: Floats) -> Ints:
    """The leaf of each point."""
    if isinstance(tree, int):
        return np.full(len(points), tree, np.int64)
    below = points[:, tree.axis] <= tree.at
    found = np.empty(len(points), np.int64)
    found[below] = _fall(tree.low, points[below])
    found[~below] = _fall(tree.high, points[~below])
    return found
