"""Fairness: the first served needs of a town count more than the last.

Each town (and each fair group) g has a target, a number of served needs. The utility U_g of its
served count is concave and piecewise linear: the target falls into four quarters, and each served
need of a quarter earns half of what one of the quarter below earns; beyond the target none earns
anything. What a fair run maximises is

    F = B + sum over g of U_g(served_g)

Even the last quarter earns more than nearly any need costs others, so that the targets are met
where they can be met. What that may cost is kept in bounds by the targets: the least share of needs
with any candidate among the towns bounds every max-min share and costs nothing to know; targets
are a part of it that grows with the parameter, and all fall alike where they would cost too much.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from .instance import Instance
from .plan import TownShare
from .problem import Floats, Ints, Problem

_STEEPNESS = 10.0
"""What a served need of the last quarter earns at most, in mean best values of a need.

Times fairness; at 1 five times more, so that max-min comes first.
"""

EVERYONE = ""
"""Name of the group of all needs: fairness should not be bought with fewer served in all."""

_QUARTERS = 4

_SOFTEST = 0.3
"""Part of the targets that falls away at most when a softer goal is asked for."""


@dataclass(frozen=True, slots=True, eq=False)
class Equity:
    """names: towns, then fair groups. start, member: needs of each as compressed rows.

    asked: (groups,), how many of its needs each should see served, not rounded.
    pieces: (groups, 4), needs in each quarter of the target. slopes: (4,), what each earns.
    """

    names: tuple[str, ...]
    start: Ints
    member: Ints
    asked: Floats
    pieces: Ints
    slopes: Floats

    @property
    def target(self) -> Ints:
        """How many served needs each group should have."""
        sums: Ints = self.pieces.sum(axis=1)
        return sums

    @property
    def is_everyone(self) -> npt.NDArray[np.bool_]:
        """Which of the groups is that of all needs."""
        return np.array([name == EVERYONE for name in self.names], np.bool_)

    def nearer(self, part: float) -> Equity:
        """With that part of each target, and all of what is asked for everyone."""
        asked = np.where(self.is_everyone, self.asked, part * self.asked)
        return replace(self, asked=asked, pieces=_quarters(asked))

    def with_everyone(self, count: float) -> Equity:
        """With all needs together as one more group that should see so many of them served."""
        many = int(self.member.max(initial=-1)) + 1
        asked = np.append(self.asked, count)
        return replace(
            self,
            names=(*self.names, EVERYONE),
            start=np.append(self.start, self.start[-1] + many),
            member=np.concatenate([self.member, np.arange(many)]),
            asked=asked,
            pieces=_quarters(asked),
        )

    def reached(self, served: Ints) -> float:
        """The least part of what towns and fair groups ask for that is served, 1 at most."""
        has = (self.asked > 0.0) & ~self.is_everyone
        return float((served[has] / self.asked[has]).min(initial=1.0))

    def softer(self, factor: float) -> Equity:
        """With lower targets, to cost about ``factor`` of it: costs grow like squares."""
        return self.nearer(1.0 - _SOFTEST * (1.0 - float(np.sqrt(factor))))

    def served(self, has: Ints) -> Ints:
        """How many of each group's needs have something; ``has``: (needs,) of 0 and 1."""
        sums = np.concatenate([np.zeros(1, np.int64), np.cumsum(has[self.member])])
        counts: Ints = sums[self.start[1:]] - sums[self.start[:-1]]
        return counts

    def reward(self, has: Ints) -> float:
        """What the plan earns beside its benefit."""
        before = np.cumsum(self.pieces, axis=1) - self.pieces
        filled = np.clip(self.served(has)[:, None] - before, 0, self.pieces)
        return float((filled * self.slopes).sum())

    def most_reward(self) -> float:
        """What no plan can earn more than beside its benefit."""
        return float((self.pieces * self.slopes).sum())


def most_given_up(fairness: float) -> float:
    """Share of the best benefit that fairness may cost: 2 % times the parameter; all of it at 1."""
    return 0.02 * fairness if fairness < 1.0 else 1.0


def target_share(fairness: float) -> float:
    """Part of the least attainable share that each town should reach: 0.6 to 1, concave."""
    return 1.0 - 0.395 * (1.0 - fairness) ** 3


def equity(problem: Problem, instance: Instance, fairness: float) -> Equity | None:
    """Targets and price for a run, None where the parameter is 0 or nothing is feasible."""
    if fairness <= 0.0 or len(instance) == 0:
        return None
    members = _members(problem)
    start = np.cumsum([0, *(len(row) for row in members)])
    reachable = (np.diff(instance.start) > 0).astype(np.int64)
    most = np.array([int(reachable[row].sum()) for row in members])
    sizes = np.maximum(np.diff(start), 1)
    share = most / sizes
    least = float(share[share > 0].min(initial=1.0))
    asked = target_share(fairness) * np.minimum(least, share) * sizes
    best = np.maximum.reduceat(instance.value, instance.start[:-1][reachable > 0])
    steep = _STEEPNESS * fairness * (1.0 + 4.0 * fairness**4)
    return Equity(
        names=(*problem.towns, *problem.fair_groups),
        start=start,
        member=np.concatenate(members),
        asked=asked,
        pieces=_quarters(asked),
        slopes=steep * float(best.mean()) * 2.0 ** np.arange(_QUARTERS - 1.0, -1.0, -1.0),
    )


def _quarters(asked: Floats) -> Ints:
    target = np.ceil(asked - 1e-9)
    steps = np.ceil(target[:, None] * np.arange(_QUARTERS + 1) / _QUARTERS - 1e-9)
    return np.diff(steps, axis=1).astype(np.int64)


def _members(problem: Problem) -> list[Ints]:
    town = problem.need.town
    rows = [np.flatnonzero(town == code) for code in range(len(problem.towns))]
    rows += [np.array(row, np.int64) for row in problem.fair_groups.values()]
    return rows


def shares(
    problem: Problem, reachable: Sequence[bool] | Ints, has: Sequence[bool] | Ints
) -> tuple[tuple[TownShare, ...], tuple[TownShare, ...]]:
    """Shares of the towns, and of the fair groups.

    reachable, has: (needs,) of 0 and 1, whether a need has any candidate, any match.
    """
    can, got = np.asarray(reachable, np.int64), np.asarray(has, np.int64)
    names = (*problem.towns, *problem.fair_groups)
    rows = []
    for name, row in zip(names, _members(problem), strict=True):
        count, served = len(row), int(got[row].sum())
        size = max(count, 1)
        rows.append(TownShare(name, count, served, served / size, int(can[row].sum()) / size))
    return tuple(rows[: len(problem.towns)]), tuple(rows[len(problem.towns) :])


def served_of(instance: Instance, chosen: Ints) -> Ints:
    """(needs,) of 0 and 1: which have a chosen pair."""
    has = np.zeros(len(instance.heads), np.int64)
    has[instance.need[chosen]] = 1
    return has


def unpaid(pieces: Ints, slopes: Floats, paid: Floats) -> float:
    """What the rewards exceed the prices by, over all quarters: a part of the fair bound."""
    return float((np.maximum(0.0, slopes[None, :] - paid[:, None]) * pieces).sum())


def best_values(instance: Instance) -> Floats:
    """(needs,): value of each need's best pair, 0 where it has none."""
    best = np.zeros(len(instance.heads))
    np.maximum.at(best, instance.need, instance.value)
    return best
