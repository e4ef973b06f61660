"""What a choice of pairs uses up, and what stands in the way of one more."""

from __future__ import annotations

from enum import Enum, auto

import numpy as np

from .instance import Instance
from .problem import Ints


class Block(Enum):
    """Why a feasible pair cannot simply be added."""

    RANKS = auto()
    BUSY = auto()
    SEATS = auto()
    MINIMUM = auto()
    MONTH = auto()
    FUND = auto()


class Occupancy:
    """Mutable tally of a choice of pairs.

    heads, takers: of each session; got: sessions of each need; halves, months, funds: by code.
    """

    def __init__(self, instance: Instance, chosen: Ints) -> None:
        self.instance = instance
        n, s = instance.need[chosen], instance.session[chosen]
        many = len(instance.seats)
        self.chosen: set[int] = set(chosen.tolist())
        self.heads = np.bincount(s, instance.heads[n], many).astype(np.int64)
        self.takers = np.bincount(s, minlength=many)
        self.got = np.bincount(n, minlength=len(instance.heads))
        self.halves = np.bincount(instance.half[chosen], minlength=len(instance.half_limit))
        open_month, open_fund = instance.month[self.takers > 0], instance.fund[self.takers > 0]
        cost = instance.subsidy[self.takers > 0][open_fund >= 0].astype(np.float64)
        self.months = np.bincount(open_month[open_month >= 0], minlength=len(instance.month_limit))
        spent = np.bincount(open_fund[open_fund >= 0], cost, len(instance.fund_limit))
        self.funds = spent.astype(np.int64)

    def add(self, pair: int) -> None:
        """Take the pair, whether it fits or not."""
        at = self.instance
        n, s = at.need[pair], at.session[pair]
        if self.takers[s] == 0:
            if at.month[s] >= 0:
                self.months[at.month[s]] += 1
            if at.fund[s] >= 0:
                self.funds[at.fund[s]] += at.subsidy[s]
        self.chosen.add(pair)
        self.heads[s] += at.heads[n]
        self.takers[s] += 1
        self.got[n] += 1
        self.halves[at.half[pair]] += 1

    def blocks(self, pair: int) -> list[Block]:
        """Everything that stands in the way of adding the pair; empty if nothing does."""
        at = self.instance
        n, s = at.need[pair], at.session[pair]
        found = []
        if self.got[n] >= at.wanted[n]:
            found.append(Block.RANKS)
        if self.halves[at.half[pair]] >= at.half_limit[at.half[pair]]:
            found.append(Block.BUSY)
        if self.heads[s] + at.heads[n] > at.seats[s] or self.takers[s] >= at.takers[s]:
            found.append(Block.SEATS)
        if self.heads[s] + at.heads[n] < at.least[s]:
            found.append(Block.MINIMUM)
        if self.takers[s] == 0 and not at.running[s]:
            month, fund = at.month[s], at.fund[s]
            if month >= 0 and self.months[month] >= at.month_limit[month]:
                found.append(Block.MONTH)
            if fund >= 0 and self.funds[fund] + at.subsidy[s] > at.fund_limit[fund]:
                found.append(Block.FUND)
        return found


def filled(instance: Instance, chosen: Ints) -> Ints:
    """The choice with every pair added that simply fits, best value first."""
    tally = Occupancy(instance, chosen)
    # What more pairs cannot mend is asked of all pairs at once.
    hopeful = (
        (tally.got < instance.wanted)[instance.need]
        & (tally.halves < instance.half_limit)[instance.half]
        & (tally.takers < instance.takers)[instance.session]
    )
    left = instance.seats - tally.heads
    hopeful &= instance.heads[instance.need] <= left[instance.session]
    order = np.flatnonzero(hopeful)
    order = order[np.lexsort((order, -instance.value[order]))]
    for pair in order.tolist():
        if pair not in tally.chosen and not tally.blocks(pair):
            tally.add(pair)
    return np.array(sorted(tally.chosen), dtype=np.int64)
