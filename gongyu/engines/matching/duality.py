"""The bound, recomputed from the instance and a vector of prices alone (weak duality).

For any prices lambda (need, rank) >= 0, nu (group, half-day) >= 0 and phi (fund) >= 0

    B <= sum of lambda + sum of limit * nu + sum of (budget - fixed cost) * phi
         + the best that all sessions can do with bids
           max over ranks of (0.6^rank * b - lambda) - nu

With fairness a need's first session also bids what the bound pays its groups for a served need,
and the rewards beyond that are added. A session takes what its seats, its takers and its minimum
group allow, pays phi for its subsidy, and a unit's month runs at most its limit of sessions.
Prices below 0 count as 0. Nothing here is shared with the search for the prices.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date

import numpy as np

from .instance import Instance, group_and_half
from .plan import Proof
from .problem import Floats, Ints, Problem

LARGEST_TABLE = 4_000_000
"""Cells of a session's table; beyond it the fractional knapsack, which is never below it."""


def weak_duality_bound(problem: Problem, instance: Instance, proof: Proof) -> float:
    """An upper bound of the benefit B of every plan, of F where the proof has rewards."""
    bids, constant = _bids(problem, instance, proof)
    for key, quarters in proof.rewards.items():
        paid = max(0.0, proof.towns.get(key, 0.0))
        constant += sum(max(0.0, slope - paid) * pieces for pieces, slope in quarters)
    fund_price = np.array([max(0.0, proof.funds.get(name, 0.0)) for name in problem.funds])
    running = instance.running
    bound = constant + float((fund_price * instance.fund_limit).sum())
    open_months: dict[int, list[float]] = defaultdict(list)
    runs_anyway: dict[int, int] = defaultdict(int)
    order = np.argsort(instance.session, kind="stable")
    sessions = np.arange(len(instance.seats) + 1)
    begin = np.searchsorted(instance.session[order], sessions)
    for s in range(len(instance.seats)):
        pairs = order[begin[s] : begin[s + 1]]
        fund, month = int(instance.fund[s]), int(instance.month[s])
        fee = float(fund_price[fund]) * int(instance.subsidy[s]) if fund >= 0 else 0.0
        if running[s]:
            runs_anyway[month] += 1
            fixed = pairs[instance.fixed[pairs]]
            held = int(instance.heads[instance.need[fixed]].sum())
            free = pairs[~instance.fixed[pairs]]
            seats = int(instance.seats[s]) - held
            takers = int(instance.takers[s]) - len(fixed)
            bound += float(bids[fixed].sum()) - fee
            bound += _session_worth(instance, bids, free, seats, takers, 0)
            continue
        if not len(pairs):
            continue
        seats, takers = int(instance.seats[s]), int(instance.takers[s])
        worth = _session_worth(instance, bids, pairs, seats, takers, int(instance.least[s])) - fee
        if worth > 0.0:
            open_months[month].append(worth)
    for month, worths in open_months.items():
        worths.sort(reverse=True)
        limit = len(worths)
        if month >= 0:
            limit = max(0, int(instance.month_limit[month]) - runs_anyway[month])
        bound += sum(worths[:limit])
    return bound


def _bids(problem: Problem, instance: Instance, proof: Proof) -> tuple[Floats, float]:
    """Each pair's bid, and what the prices of ranks and half-days cost in themselves."""
    constant = 0.0
    bids = np.full(len(instance), -np.inf)
    deepest = 1
    for n, need in enumerate(problem.needs):
        prices = proof.ranks.get(need.id, ())
        count = int(instance.start[n + 1] - instance.start[n])
        deepest = max(deepest, min(int(instance.wanted[n]), count))
        constant += sum(max(0.0, price) for price in prices)
    reward = _rewards(problem, proof)
    for rank in range(deepest):
        price = np.zeros(len(instance.heads))
        for n, need in enumerate(problem.needs):
            prices = proof.ranks.get(need.id, ())
            price[n] = max(0.0, prices[rank]) if rank < len(prices) else 0.0
        offers = 0.6**rank * instance.value - price[instance.need]
        if rank == 0:
            offers += reward[instance.need]
        may = (rank < np.minimum(instance.wanted, np.diff(instance.start)))[instance.need]
        bids = np.where(may, np.maximum(bids, offers), bids)
    half_price = np.zeros(len(instance.half_limit))
    if proof.half_days:
        names = {}
        for n, need in enumerate(problem.needs):
            names[int(problem.need.group[n])] = need.group or need.id
        for code, whose in enumerate(instance.half_key.tolist()):
            group, when = group_and_half(whose)
            key = (names[group], date.fromordinal(when // 3), when % 3)
            half_price[code] = max(0.0, proof.half_days.get(key, 0.0))
    constant += float((half_price * instance.half_limit).sum())
    return bids - half_price[instance.half], constant


def _rewards(problem: Problem, proof: Proof) -> Floats:
    """What the bound pays each need for being served."""
    paid = {key: max(0.0, price) for key, price in proof.towns.items()}
    reward = np.full(len(problem.needs), paid.get(("all", ""), 0.0))
    for n, need in enumerate(problem.needs):
        reward[n] += paid.get(("town", need.town), 0.0)
    for name, members in problem.fair_groups.items():
        reward[list(members)] += paid.get(("group", name), 0.0)
    return reward


def _session_worth(
    instance: Instance, bids: Floats, pairs: Ints, seats: int, takers: int, least: int
) -> float:
    """The best sum of bids that fits the seats; 0 if nothing is worth while."""
    if takers <= 0 or seats <= 0:
        return 0.0
    heads = instance.heads[instance.need[pairs]]
    offers = bids[pairs]
    fits = heads <= seats
    heads, offers = heads[fits], offers[fits]
    good = offers > 0.0
    if not good.any():
        return 0.0
    if takers == 1:
        return float(offers[good & (heads >= least)].max(initial=0.0))
    everything = float(offers[good].sum())
    total = int(heads[good].sum())
    if least <= total <= seats:
        return everything
    if least <= 1:
        heads, offers = heads[good], offers[good]
    unit = int(np.gcd.reduce(heads))
    heads, seats, least = heads // unit, seats // unit, -(-least // unit)
    if len(heads) * (seats + 1) > LARGEST_TABLE:
        return _relaxed(offers, heads, seats)
    worth = np.full(seats + 1, -np.inf)
    worth[0] = 0.0
    for offer, size in zip(offers.tolist(), heads.tolist(), strict=True):
        shifted = worth[:-size] + offer if size <= seats else worth[:0]
        np.maximum(worth[size:], shifted, out=worth[size:])
    return float(max(0.0, worth[least:].max(initial=0.0)))


def _relaxed(offers: Floats, heads: Ints, seats: int) -> float:
    """Fractional knapsack: never below the whole one."""
    order = np.argsort(-offers / heads, kind="stable")
    left, worth = seats, 0.0
    for offer, size in zip(offers[order].tolist(), heads[order].tolist(), strict=True):
        if offer <= 0.0 or left <= 0:
            break
        worth += offer * min(1.0, left / size)
        left -= size
    return worth
