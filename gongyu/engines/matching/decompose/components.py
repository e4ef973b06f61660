"""Connected components: needs and sessions tied by pairs, groups, units' months and funds.

Nothing in one component can matter to another, so small ones are solved exactly, each for itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from gongyu.engines.matching import model
from gongyu.engines.matching.instance import Bools, Instance
from gongyu.engines.matching.problem import Ints, Problem

from .block import Survey
from .restrict import restricted

SMALL = 1_000
"""Pairs up to which a component is solved exactly, and up to which small ones are packed."""

GAP = 1e-6
"""What counts as proven in a small component."""


@dataclass(frozen=True, slots=True, eq=False)
class Components:
    """of_label: component of each block's own components; pairs: of each component.

    of_need: component of each need, -1 without pairs.
    """

    of_label: tuple[Ints, ...]
    pairs: Ints
    of_need: Ints

    def small(self) -> Bools:
        """Which are solved exactly."""
        return self.pairs <= SMALL


def components(problem: Problem, surveys: Sequence[Survey]) -> Components:
    """Put the blocks' own components together."""
    begin = np.cumsum([0, *(len(survey.sizes) for survey in surveys)])
    session = problem.session
    limited = session.limit >= 0
    months = np.unique(session.unit[limited] * 1_000_000 + session.month[limited])
    groups = int(problem.need.group.max(initial=-1)) + 1
    labels = int(begin[-1])
    rows, columns = [], []
    for first, survey in zip(begin[:-1].tolist(), surveys, strict=True):
        rows.append(survey.label_need + first)
        columns.append(labels + problem.need.group[survey.needs])
        met = survey.sessions
        tied = limited[met]
        rows.append(survey.label_session[tied] + first)
        key = session.unit[met[tied]] * 1_000_000 + session.month[met[tied]]
        columns.append(labels + groups + np.searchsorted(months, key))
        paid = (session.fund[met] >= 0) & (session.subsidy[met] > 0)
        rows.append(survey.label_session[paid] + first)
        columns.append(labels + groups + len(months) + session.fund[met[paid]])
    nodes = labels + groups + len(months) + len(problem.funds)
    row = np.concatenate([np.empty(0, np.int64), *rows])
    column = np.concatenate([np.empty(0, np.int64), *columns])
    graph = sparse.coo_array((np.ones(len(row), np.int8), (row, column)), shape=(nodes, nodes))
    _, found = connected_components(graph, directed=False)
    sizes = np.concatenate([np.empty(0, np.int64), *(survey.sizes for survey in surveys)])
    of_label = found[:labels].astype(np.int64)
    used, of_label = np.unique(of_label, return_inverse=True)
    of_label = of_label.reshape(-1)
    of_need = np.full(len(problem.need.heads), -1, np.int64)
    parts = []
    for first, survey in zip(begin[:-1].tolist(), surveys, strict=True):
        mine = of_label[first : first + len(survey.sizes)]
        parts.append(mine)
        of_need[survey.needs] = mine[survey.label_need]
    pairs = np.bincount(of_label, sizes, len(used)).astype(np.int64)
    return Components(tuple(parts), pairs, of_need)


def packs(instance: Instance, found: Components) -> Iterator[Ints]:
    """Pairs of the small components of an instance, some components together, in order."""
    small = found.small()
    of_pair = found.of_need[instance.need]
    mine = np.flatnonzero(small[of_pair])
    order = mine[np.argsort(of_pair[mine], kind="stable")]
    if not len(order):
        return
    whose = of_pair[order]
    begin = np.flatnonzero(np.concatenate([[True], whose[1:] != whose[:-1]]))
    ends = np.concatenate([begin[1:], [len(order)]])
    first = 0
    for low, high in zip(begin.tolist(), ends.tolist(), strict=True):
        if high - first > SMALL and low > first:
            yield np.sort(order[first:low])
            first = low
    yield np.sort(order[first:])


def solve_exactly(instance: Instance, seed: int, seconds: float | None) -> tuple[Ints, float]:
    """Pairs of the best choice, and the bound that branch and bound proves."""
    outcome = model.solve(model.build(instance), gap=GAP, seed=seed, time_limit=seconds)
    chosen = outcome.chosen if outcome.chosen is not None else np.flatnonzero(instance.fixed)
    return chosen, outcome.bound


def jobs(
    instance: Instance, some: Sequence[Ints], seed: int, left: Callable[[], float | None]
) -> Iterator[tuple[Instance, int, float | None]]:
    """What ``solve_exactly`` is to be called with, pack by pack."""
    for rows in some:
        yield restricted(instance, rows).instance, seed, left()
