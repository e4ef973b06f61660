"""Prices that prove a bound for a small problem, after branch and bound found its plan.

What branch and bound says of its bound nobody can check. So prices are sought for the Lagrangian
relaxation of ``duality``: Polyak's subgradient, whose target is the bound that branch and bound
states, in plain numpy: small problems need nothing compiled.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from .fairness import Equity
from .instance import Instance
from .lagrange import Prices
from .problem import Floats, Ints
from .types import RANK_DISCOUNT

Bools = npt.NDArray[np.bool_]

ROUNDS = 200
_PATIENCE = 12
"""Rounds without a better bound after which the step is halved."""
_ENOUGH = 1e-9
_LARGEST = 50_000_000
"""Cells of all sessions' tables together beyond which prices are not improved."""


def find_prices(
    instance: Instance,
    equity: Equity | None,
    goal: float,
    stop: Callable[[], bool] = lambda: False,
    rounds: int = ROUNDS,
) -> tuple[Prices, float]:
    """Prices and about the bound that they prove. goal: what it should come down to."""
    game = _Relaxation(instance, equity)
    prices = game.first_prices()
    if game.cells > _LARGEST:
        return game.split(prices), np.inf
    scale = game.scales()
    best, bound = prices.copy(), np.inf
    step, since = 1.0, 0
    speed = np.zeros(len(prices))
    for _ in range(rounds):
        value, slack = game.respond(prices)
        if value < bound:
            since = 0 if value < bound - 0.01 * (bound - goal) or bound == np.inf else since + 1
            best, bound = prices.copy(), value
        else:
            since += 1
        if bound - goal <= _ENOUGH * max(1.0, abs(goal)) or stop():
            break
        if since >= _PATIENCE:
            step, since = step / 2.0, 0
            prices, speed = best.copy(), np.zeros(len(prices))
            if step < 1e-4:
                break
            continue
        slack[(prices <= 0.0) & (slack > 0.0)] = 0.0
        speed = 0.6 * speed + slack
        length = float((scale**2 * speed**2).sum())
        if length <= 0.0:
            break
        prices = np.maximum(0.0, prices - step * (value - goal) / length * scale**2 * speed)
    return game.split(best), bound


class _Relaxation:
    """Prices as one vector: ranks need by need, half-days, funds, towns."""

    def __init__(self, instance: Instance, equity: Equity | None) -> None:
        self.at, self.equity = instance, equity
        ranks = np.minimum(instance.wanted, np.diff(instance.start))
        self.rank_start = np.concatenate([[0], np.cumsum(ranks)])
        self.ranks = ranks[instance.need]
        towns = len(equity.names) if equity else 0
        sizes = [self.rank_start[-1], len(instance.half_limit), len(instance.fund_limit), towns]
        self.ends = np.cumsum(sizes)
        free = np.flatnonzero(~instance.fixed)
        order = free[np.argsort(instance.session[free], kind="stable")]
        self.order, self.session = order, instance.session[order]
        self.size = instance.heads[instance.need[order]]
        used = np.zeros(len(instance.seats), np.int64)
        held = np.zeros(len(instance.seats), np.int64)
        fixed = np.flatnonzero(instance.fixed)
        np.add.at(used, instance.session[fixed], instance.heads[instance.need[fixed]])
        np.add.at(held, instance.session[fixed], 1)
        self.seats, self.takers = instance.seats - used, instance.takers - held
        self.fixed = fixed
        everybody = np.bincount(self.session, weights=self.size, minlength=len(self.seats))
        width = np.minimum(np.maximum(self.seats, 0), everybody.astype(np.int64))
        self.cells = int((width[self.session] + 1).sum())

    def split(self, prices: Floats) -> Prices:
        """The vector as prices of ranks, half-days, funds and towns."""
        return Prices(*np.split(prices, self.ends[:-1]))

    def scales(self) -> Floats:
        """What a price may be worth: the best value that it concerns."""
        at = self.at
        best = np.zeros(len(at.heads))
        np.maximum.at(best, at.need, at.value)
        mean = float(best[best > 0].mean()) if (best > 0).any() else 1.0
        owner = np.repeat(np.arange(len(at.heads)), np.diff(self.rank_start))
        rank = np.arange(len(owner)) - self.rank_start[owner]
        half = np.zeros(len(at.half_limit))
        np.maximum.at(half, at.half, at.value)
        fund = np.zeros(len(at.fund_limit))
        paid = at.fund >= 0
        np.maximum.at(fund, at.fund[paid], mean / np.maximum(1, at.subsidy[paid]))
        towns = len(self.equity.names) if self.equity else 0
        return np.concatenate([best[owner] * RANK_DISCOUNT**rank, half, fund, np.full(towns, mean)])

    def first_prices(self) -> Floats:
        """Half of the scale for ranks, nothing for the rest."""
        prices = np.zeros(int(self.ends[-1]))
        prices[: self.ends[0]] = 0.5 * self.scales()[: self.ends[0]]
        return prices

    def respond(self, prices: Floats) -> tuple[float, Floats]:
        """The bound of the prices, and its slope in each of them."""
        at, parts = self.at, self.split(prices)
        bid, rank = self._bids(parts)
        chosen = np.zeros(len(at), np.bool_)
        worth = np.zeros(len(at.seats))
        self._fill(bid, chosen, worth)
        funded = at.fund >= 0
        fee = np.zeros(len(at.seats))
        fee[funded] = parts.fund[at.fund[funded]] * at.subsidy[funded]
        runs = at.running | (worth > fee)
        self._months(worth - fee, runs)
        chosen &= runs[at.session]
        chosen[self.fixed] = True
        bound = float(bid[self.fixed].sum() + worth[runs].sum() - fee[runs].sum())
        slot = self.rank_start[at.need[chosen]] + rank[chosen]
        ranks = 1.0 - np.bincount(slot, minlength=int(self.ends[0]))
        halves = at.half_limit - np.bincount(at.half[chosen], minlength=len(at.half_limit))
        spent = np.bincount(
            at.fund[runs & funded],
            weights=at.subsidy[runs & funded].astype(np.float64),
            minlength=len(at.fund_limit),
        )
        funds = at.fund_limit - spent
        bound += float(parts.rank.sum() + (parts.half * at.half_limit).sum())
        bound += float((parts.fund * at.fund_limit).sum())
        first = at.need[chosen][rank[chosen] == 0]
        towns, reward = self._towns(parts.town, first)
        return bound + reward, np.concatenate([ranks, halves, funds, towns])

    def _bids(self, parts: Prices) -> tuple[Floats, Ints]:
        at = self.at
        bid, rank = np.full(len(at), -np.inf), np.zeros(len(at), np.int64)
        reward = np.zeros(len(at.heads))
        if self.equity:
            owner = np.repeat(np.arange(len(self.equity.names)), np.diff(self.equity.start))
            np.add.at(reward, self.equity.member, parts.town[owner])
        for k in range(int(self.ranks.max(initial=0))):
            has = np.flatnonzero(self.ranks > k)
            need = at.need[has]
            offer = RANK_DISCOUNT**k * at.value[has] - parts.rank[self.rank_start[need] + k]
            if k == 0:
                offer += reward[need]
            better = offer > bid[has]
            bid[has[better]], rank[has[better]] = offer[better], k
        return bid - parts.half[at.half], rank

    def _towns(self, town: Floats, first: Ints) -> tuple[Floats, float]:
        if not self.equity:
            return np.empty(0), 0.0
        has = np.bincount(first, minlength=len(self.at.heads))
        served = self.equity.served(has)
        rewarded = self.equity.slopes[None, :] > town[:, None]
        over = np.maximum(0.0, self.equity.slopes[None, :] - town[:, None])
        asked = (self.equity.pieces * rewarded).sum(axis=1)
        return (served - asked).astype(np.float64), float((over * self.equity.pieces).sum())

    def _months(self, worth: Floats, runs: Bools) -> None:
        """Take the worst sessions out of the months that are over their limit."""
        at = self.at
        for month in np.unique(at.month[runs & (at.month >= 0)]).tolist():
            inside = np.flatnonzero(runs & (at.month == month))
            free = inside[~at.running[inside]]
            left = int(at.month_limit[month]) - (len(inside) - len(free))
            if len(free) > max(left, 0):
                order = free[np.argsort(-worth[free], kind="stable")]
                runs[order[max(left, 0) :]] = False

    def _fill(self, bid: Floats, chosen: Bools, worth: Floats) -> None:
        """What each session takes of the free bids."""
        at = self.at
        offer = bid[self.order]
        fits = (self.size <= self.seats[self.session]) & (self.takers[self.session] > 0)
        single = self.takers[self.session] == 1
        alone = np.flatnonzero(fits & single & (offer > 0) & (self.size >= at.least[self.session]))
        alone = alone[np.lexsort((offer[alone], self.session[alone]))]
        last = np.flatnonzero(np.diff(np.append(self.session[alone], -1)) != 0)
        alone = alone[last]
        chosen[self.order[alone]] = True
        worth[self.session[alone]] = offer[alone]
        good = fits & ~single & (offer > 0)
        many = len(at.seats)
        heads = np.bincount(self.session[good], weights=self.size[good], minlength=many)
        easy = (heads <= self.seats) & (heads >= at.least)
        simple = good & easy[self.session]
        chosen[self.order[simple]] = True
        np.add.at(worth, self.session[simple], offer[simple])
        hard = np.zeros(many, np.bool_)
        hard[self.session[good]] = True
        hard &= ~easy
        entries = np.flatnonzero(fits & ~single & hard[self.session])
        entries = entries[(offer[entries] > 0) | (at.least[self.session[entries]] > 1)]
        if len(entries):
            self._tables(entries, offer, chosen, worth)

    def _tables(self, entries: Ints, offer: Floats, chosen: Bools, worth: Floats) -> None:
        """Knapsacks over heads of several sessions at once; sessions with many bidders first."""
        which, row, counts = np.unique(
            self.session[entries], return_inverse=True, return_counts=True
        )
        order = np.argsort(-counts, kind="stable")
        place = np.argsort(order, kind="stable")
        counts, which = counts[order], which[order]
        by_row = np.argsort(place[row], kind="stable")
        entries = entries[by_row]
        begin = np.cumsum(counts) - counts
        seats = self.seats[which]
        top = min(int(seats.max()), int(self.size[entries].sum()))
        column = np.arange(top + 1)
        table = np.full((len(which), top + 1), -np.inf)
        table[:, 0] = 0.0
        kept: list[Bools] = []
        for i in range(int(counts[0])):
            rows = int(np.searchsorted(-counts, -i, side="left"))
            entry = entries[begin[:rows] + i]
            back = column[None, :] - self.size[entry][:, None]
            shifted = np.take_along_axis(table[:rows], np.maximum(back, 0), axis=1)
            shifted = np.where(back >= 0, shifted + offer[entry][:, None], -np.inf)
            better = shifted > table[:rows]
            kept.append(better)
            table[:rows][better] = shifted[better]
        inside = (column[None, :] >= self.at.least[which][:, None]) & (
            column[None, :] <= seats[:, None]
        )
        table = np.where(inside, table, -np.inf)
        at = table.argmax(axis=1)
        most = table[np.arange(len(which)), at]
        opened = most > 0.0
        worth[which[opened]] = most[opened]
        at[~opened] = 0
        for i in range(int(counts[0]) - 1, -1, -1):
            rows = len(kept[i])
            taken = kept[i][np.arange(rows), at[:rows]] & opened[:rows]
            entry = entries[begin[:rows] + i]
            chosen[self.order[entry[taken]]] = True
            at[:rows] -= np.where(taken, self.size[entry], 0)
