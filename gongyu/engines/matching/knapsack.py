"""One session's own problem: which of the needs that bid for it to take."""

from __future__ import annotations

from math import gcd

import numpy as np
import numpy.typing as npt

from .compiled import compiled
from .problem import Floats, Ints

LARGEST_TABLE = 4_000_000
"""Cells of a table; beyond it the fractional knapsack bounds the session (valid, a bit looser)."""

Flags = npt.NDArray[np.uint8]


@compiled
def fill_session(
    bids: Floats, heads: Ints, count: int, seats: int, single: bool, least: int, take: Flags
) -> float:
    """Largest sum of bids with sum of heads <= seats (and >= least); take[i] says which.

    The first ``count`` entries of bids and heads are the bidders. single: at most one of them.
    Taking nobody is worth 0 and always allowed.
    """
    for i in range(count):
        take[i] = 0
    if single:
        best, at = 0.0, -1
        for i in range(count):
            if bids[i] > best and heads[i] <= seats and heads[i] >= least:
                best, at = bids[i], i
        if at >= 0:
            take[at] = 1
        return best
    total, wanted, positive, unit = 0.0, 0, 0, 0
    for i in range(count):
        if heads[i] <= seats:
            unit = gcd(unit, heads[i])
            if bids[i] > 0.0:
                total += bids[i]
                wanted += heads[i]
                positive += 1
    if positive == 0:
        return 0.0
    if wanted <= seats:
        if wanted >= least:
            for i in range(count):
                if bids[i] > 0.0 and heads[i] <= seats:
                    take[i] = 1
            return total
    elif positive * (seats // unit + 1) > LARGEST_TABLE:
        return _fractional(bids, heads, count, seats, take)
    else:
        total = _table(bids, heads, count, seats, unit, 0, True, take)
        used = 0
        for i in range(count):
            used += heads[i] * take[i]
        if used >= least:
            return total
    # The minimum binds: bidders at a loss may help to reach it.
    if count * (seats // unit + 1) > LARGEST_TABLE:
        return _fractional(bids, heads, count, seats, take)
    for i in range(count):
        take[i] = 0
    return _table(bids, heads, count, seats, unit, least, False, take)


@compiled
def _table(
    bids: Floats,
    heads: Ints,
    count: int,
    seats: int,
    unit: int,
    least: int,
    positive: bool,
    take: Flags,
) -> float:
    """Exact dynamic programme over heads; with ``positive`` only bidders above 0.

    unit: divides all heads; the table has a column for each multiple.
    """
    cap = 0
    for i in range(count):
        if heads[i] <= seats and not (positive and bids[i] <= 0.0):
            cap += heads[i]
    cap = min(cap, seats) // unit
    worth = np.full(cap + 1, -np.inf)
    worth[0] = 0.0
    kept = np.zeros((count, cap + 1), np.uint8)
    top = 0
    for i in range(count):
        h = heads[i] // unit
        if heads[i] > seats or (positive and bids[i] <= 0.0):
            continue
        top = min(cap, top + h)
        for j in range(top, h - 1, -1):
            other = worth[j - h] + bids[i]
            if other > worth[j]:
                worth[j] = other
                kept[i, j] = 1
    best, at = 0.0, -1
    for j in range((least + unit - 1) // unit, cap + 1):
        if worth[j] > best:
            best, at = worth[j], j
    if at < 0:
        return 0.0
    for i in range(count - 1, -1, -1):
        if kept[i, at]:
            take[i] = 1
            at -= heads[i] // unit
    return best


@compiled
def _fractional(bids: Floats, heads: Ints, count: int, seats: int, take: Flags) -> float:
    """The linear relaxation: best bids per head first, the last in part. Never too low."""
    ratio = np.zeros(count)
    for i in range(count):
        ratio[i] = -bids[i] / heads[i]
        take[i] = 0
    left = seats
    worth = 0.0
    for i in np.argsort(ratio):
        if bids[i] <= 0.0:
            break
        if heads[i] > seats:
            continue
        if heads[i] <= left:
            take[i] = 1
            left -= heads[i]
            worth += bids[i]
        else:
            worth += bids[i] * left / heads[i]
            break
    return worth
