"""What the prices of a certificate prove, derived once more from the records.

For any prices lambda (need, rank) >= 0, nu (group, half-day) >= 0 and phi (fund) >= 0

    B <= sum of lambda + sum of limit * nu + sum of budget * phi
         + what the sessions can make of bids  max over ranks of (0.6^rank * b - lambda) - nu

A session fills its seats as well as it can (a knapsack over heads, with its minimum group) and pays
phi times its subsidy; a unit's month takes its best sessions up to the limit. Everything is here:
which pairs are feasible, what they are worth, the bids, the knapsacks. Nothing of the search
for candidates nor of the solvers is used, so that what they get wrong is not wrong here too.
Plain numpy; memory grows with the pairs.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from math import gcd, isfinite

import numpy as np

from .plan import Proof
from .problem import Floats, Ints, Problem
from .recheck_pairs import Pairs, feasible_pairs

_LARGEST = 200_000_000
"""Cells of a session's table; beyond it the fractional knapsack, which is never below it."""

_HALVES = 1 << 24
"""More than any half-day's number."""


def faults_of_proof(problem: Problem, proof: Proof) -> Iterator[str]:
    """Prices that prove nothing: not finite, below 0, of nobody, of ranks that a need has not."""
    fixed: dict[int, int] = defaultdict(int)
    for n, _ in problem.confirmed | problem.pinned:
        fixed[n] += 1
    for who, row in proof.ranks.items():
        at = problem.need_index.get(who)
        if at is None:
            yield f"no such need: {who}"
        elif len(row) > max(problem.needs[at].wanted, fixed[at]):
            yield f"{who}: {len(row)} prices for {problem.needs[at].wanted} sessions"
        yield from (f"{who}: {price}" for price in row if not _is_price(price))
    groups = {need.group or need.id for need in problem.needs}
    for (group, day, half), price in proof.half_days.items():
        if group not in groups:
            yield f"no such group: {group}"
        if not _is_price(price):
            yield f"{group} {day} {half}: {price}"
    for fund, price in proof.funds.items():
        if fund not in problem.budgets:
            yield f"no such fund: {fund}"
        if not _is_price(price):
            yield f"{fund}: {price}"
    yield from _faults_of_rewards(problem, proof)


def _faults_of_rewards(problem: Problem, proof: Proof) -> Iterator[str]:
    """Rewards of nobody, prices without rewards, and rewards that do not fall."""
    known = {("town", name) for name in problem.towns} | {("all", "")}
    known |= {("group", name) for name in problem.fair_groups}
    for whose, price in proof.towns.items():
        if whose not in proof.rewards or not _is_price(price):
            yield f"{whose}: {price}"
    for whose, quarters in proof.rewards.items():
        slopes = [slope for _, slope in quarters]
        if whose not in known:
            yield f"no such town or group: {whose}"
        if not all(_is_price(slope) and pieces >= 0 for pieces, slope in quarters):
            yield f"{whose}: {quarters}"
        if slopes != sorted(slopes, reverse=True):
            yield f"{whose}: a later served need earns more: {slopes}"


def _is_price(price: float) -> bool:
    return isfinite(price) and price >= 0.0


def proven_bound(problem: Problem, proof: Proof, pairs: Pairs | None = None) -> float:
    """The bound of B that the prices prove, of F where the proof prices the towns' service."""
    return _Bound(problem, proof, pairs or feasible_pairs(problem)).total()


def reward_of(problem: Problem, proof: Proof, served: Iterable[str]) -> float:
    """What the served needs earn beside B, by the proof's rewards."""
    counts: dict[tuple[str, str], int] = defaultdict(int)
    for who in served:
        at = problem.need_index[who]
        counts["all", ""] += 1
        counts["town", problem.needs[at].town] += 1
        for name, members in problem.fair_groups.items():
            counts["group", name] += at in members
    total = 0.0
    for key, quarters in proof.rewards.items():
        left = counts[key]
        for pieces, slope in quarters:
            total += slope * min(left, pieces)
            left -= min(left, pieces)
    return total


class _Bound:
    """The parts of the bound. Entries of pairs lie in the order of ``pairs``, by need."""

    def __init__(self, problem: Problem, proof: Proof, pairs: Pairs) -> None:
        self.problem, self.proof, self.pairs = problem, proof, pairs
        self.heads = np.array([need.headcount for need in problem.needs], np.int64)
        self.constant = 0.0
        bids = self._rank_bids() - self._half_day_prices()
        order = np.argsort(pairs.session, kind="stable")
        self.bids, self.fixed = bids[order], pairs.fixed[order]
        self.session, self.size = pairs.session[order], self.heads[pairs.need[order]]

    def _rank_bids(self) -> Floats:
        """Best of each pair's ranks, and of its town's price where it is the need's first."""
        problem, pairs, towns = self.problem, self.pairs, self.proof.towns
        many = len(problem.needs)
        counts = np.bincount(pairs.need, minlength=many)
        given = np.bincount(pairs.need[pairs.fixed], minlength=many)
        wanted = np.array([need.wanted for need in problem.needs], np.int64)
        ranks = np.minimum(np.maximum(wanted, given), counts)
        rows = [self.proof.ranks.get(need.id, ()) for need in problem.needs]
        lengths = np.array([len(row) for row in rows], np.int64)
        begin = np.cumsum(lengths) - lengths
        flat = np.array([price for row in rows for price in row], np.float64)
        self.constant += float(flat.sum())
        reward = np.zeros(many)
        if towns:
            reward += towns.get(("all", ""), 0.0)
            reward += [towns.get(("town", need.town), 0.0) for need in problem.needs]
            for name, members in problem.fair_groups.items():
                reward[list(members)] += towns.get(("group", name), 0.0)
        bids = np.full(len(pairs.need), -np.inf)
        for rank in range(int(ranks.max(initial=0))):
            at = np.flatnonzero(ranks[pairs.need] > rank)
            n = pairs.need[at]
            price = np.zeros(len(at))
            priced = lengths[n] > rank
            price[priced] = flat[begin[n[priced]] + rank]
            offers = 0.6**rank * pairs.value[at] - price
            if rank == 0:
                offers += reward[n]
            bids[at] = np.maximum(bids[at], offers)
        return bids

    def _half_day_prices(self) -> Floats:
        """What each pair pays for its group's half-day."""
        pairs, prices = self.pairs, self.proof.half_days
        paid = np.zeros(len(pairs.need))
        if not prices:
            return paid
        problem = self.problem
        code = {name: i for i, name in enumerate(dict.fromkeys(group for group, _, _ in prices))}
        row = np.array([code.get(need.group or need.id, -1) for need in problem.needs], np.int64)
        # Needs without a group are each their own, whatever others are called.
        own = [need.group or f"\0{n}" for n, need in enumerate(problem.needs)]
        whole = {name: i for i, name in enumerate(dict.fromkeys(own))}
        owner = np.array([whole[name] for name in own], np.int64)
        when = np.array([s.date.toordinal() * 3 + s.half_day for s in problem.sessions], np.int64)
        priced = np.array(
            [code[group] * _HALVES + day.toordinal() * 3 + half for group, day, half in prices]
        )
        order = np.argsort(priced)
        cost = np.array(list(prices.values()))[order]
        at = np.flatnonzero(row[pairs.need] >= 0)
        key = row[pairs.need[at]] * _HALVES + when[pairs.session[at]]
        place = np.minimum(np.searchsorted(priced[order], key), len(priced) - 1)
        hit = priced[order][place] == key
        at, place = at[hit], place[hit]
        paid[at] = cost[place]
        key = owner[pairs.need[at]] * _HALVES + when[pairs.session[at]]
        _, one, which = np.unique(key, return_index=True, return_inverse=True)
        fixed = np.bincount(which.reshape(-1), pairs.fixed[at], len(one))
        self.constant += float((paid[at][one] * np.maximum(1, fixed)).sum())
        return paid

    def total(self) -> float:
        """All parts together."""
        problem, sessions = self.problem, self.problem.sessions
        begin = np.searchsorted(self.session, np.arange(len(sessions) + 1)).tolist()
        running = np.zeros(len(sessions), np.bool_)
        running[self.session[self.fixed]] = True
        phi = self.proof.funds
        spent: dict[str, int] = defaultdict(int)
        open_months: dict[tuple[str, int, int], list[float]] = defaultdict(list)
        runs: dict[tuple[str, int, int], int] = defaultdict(int)
        total = self.constant
        simple, known = self._simple()
        for s, session in enumerate(sessions):
            if begin[s] == begin[s + 1]:
                continue
            funded = session.fund in problem.budgets and session.subsidy > 0
            fee = phi.get(session.fund, 0.0) * session.subsidy if funded else 0.0
            month = (session.unit, session.date.year, session.date.month)
            worth = simple[s] if known[s] else self._worth(s, begin[s], begin[s + 1])
            worth -= fee
            if running[s]:
                spent[session.fund] += session.subsidy if funded else 0
                runs[month] += 1
                total += worth
            elif worth > 0.0:
                open_months[month].append(worth)
        for month, worths in open_months.items():
            limit = problem.unit_month_limits.get(month[0])
            left = len(worths) if limit is None else max(0, limit - runs[month])
            total += sum(sorted(worths, reverse=True)[:left])
        for fund in {session.fund for session in sessions} & problem.budgets.keys():
            total += phi.get(fund, 0.0) * max(problem.budgets[fund], spent[fund])
        return total + self._service()

    def _service(self) -> float:
        """What the towns' rewards beyond their prices can add at most."""
        return sum(
            max(0.0, slope - self.proof.towns.get(key, 0.0)) * pieces
            for key, quarters in self.proof.rewards.items()
            for pieces, slope in quarters
        )

    def _simple(self) -> tuple[list[float], list[bool]]:
        """Worth of the sessions without fixed pairs where no table is needed, and which they are.

        An exclusive one takes its best bid; a shared one all above 0, where they fit and reach
        the minimum.
        """
        sessions, many = self.problem.sessions, len(self.problem.sessions)
        seats = np.array([session.capacity for session in sessions], np.int64)
        least = np.array([session.min_group for session in sessions], np.int64)
        single = np.array([session.exclusive for session in sessions], np.bool_)
        of, size, bids = self.session, self.size, self.bids
        good = np.flatnonzero((bids > 0.0) & (size <= seats[of]))
        heads = np.bincount(of[good], size[good], many)
        every = np.bincount(of[good], bids[good], many)
        alone = good[single[of[good]] & (size[good] >= least[of[good]])]
        best = np.zeros(many)
        np.maximum.at(best, of[alone], bids[alone])
        known = single | (heads == 0) | ((least <= heads) & (heads <= seats))
        known[of[self.fixed]] = False
        return np.where(single, best, every).tolist(), known.tolist()

    def _worth(self, s: int, begin: int, end: int) -> float:
        """What session s makes of its bids: those of its fixed pairs and the best beside them."""
        session = self.problem.sessions[s]
        bids, size, fixed = self.bids[begin:end], self.size[begin:end], self.fixed[begin:end]
        if not fixed.any():
            return best_filling(bids, size, session.capacity, session.exclusive, session.min_group)
        held, left = float(bids[fixed].sum()), session.capacity - int(size[fixed].sum())
        if session.exclusive or left <= 0:
            return held
        return held + best_filling(bids[~fixed], size[~fixed], left, False, 0)


def best_filling(bids: Floats, size: Ints, seats: int, single: bool, least: int) -> float:
    """The largest sum of bids of takers that fit the seats and reach the least; at least 0."""
    fits = size <= seats
    if single:
        return float(bids[fits & (size >= least) & (bids > 0.0)].max(initial=0.0))
    good = fits & (bids > 0.0)
    if not good.any():
        return 0.0
    heads = int(size[good].sum())
    if least <= heads <= seats:
        return float(bids[good].sum())
    # Where the minimum may bind, those who bid below 0 may help to reach it.
    kept = np.flatnonzero(good if least <= int(size[good].min()) else fits)
    unit = gcd(*size[kept].tolist())
    bids, size, seats, least = bids[kept], size[kept] // unit, seats // unit, -(-least // unit)
    if len(kept) * (seats + 1) > _LARGEST:
        return _fractional(bids, size, seats)
    best = np.full(seats + 1, -np.inf)
    best[0] = 0.0
    for bid, heads in zip(bids.tolist(), size.tolist(), strict=True):
        best[heads:] = np.maximum(best[heads:], best[: seats + 1 - heads] + bid)
    return max(0.0, float(best[least:].max(initial=0.0)))


def _fractional(bids: Floats, size: Ints, seats: int) -> float:
    """Best bids per head first, the last in part: never below the whole knapsack."""
    order = np.argsort(-bids / size, kind="stable")
    order = order[bids[order] > 0.0]
    before = np.cumsum(size[order]) - size[order]
    part = np.clip((seats - before) / size[order], 0.0, 1.0)
    return float((bids[order] * part).sum())
