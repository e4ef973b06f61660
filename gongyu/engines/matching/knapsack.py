"""One session's own problem: which of the needs that bid for it to take."""

from __future__ import annotations

from math import gcd

import numpy as np
import numpy.typing as npt

from .compiled import compiled, lean
from .problem import Floats, Ints

LARGEST_TABLE = 4_000_000
"""Cells of a table; beyond it the fractional knapsack bounds the session (valid, a bit looser)."""

DEEPEST, _LONGEST = 60, 1_000
"""Bidders and steps up to which branching is tried before the table."""

Flags = npt.NDArray[np.uint8]


@compiled
def fill_session(
    bids: Floats, heads: Ints, count: int, seats: int, single: bool, least: int, take: Flags
) -> float:
    """Largest sum of bids with sum of heads <= seats (and >= least); take[i] says which.

    The first ``count`` entries of bids and heads are the bidders. single: at most one of them.
    Taking nobody is worth 0 and always allowed.
    """
    room = np.zeros(DEEPEST, np.int64)
    worth = fill(bids, heads, count, seats, single, least, take, room)
    return worth if worth >= 0.0 else fill_by_table(bids, heads, count, seats, least, take)


@lean
def fill(
    bids: Floats,
    heads: Ints,
    count: int,
    seats: int,
    single: bool,
    least: int,
    take: Flags,
    room: Ints,
) -> float:
    """``fill_session`` where that is quick, -1 where it takes a table. room: DEEPEST entries."""
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
    total, wanted, positive = 0.0, 0, 0
    for i in range(count):
        if bids[i] > 0.0 and heads[i] <= seats:
            total += bids[i]
            wanted += heads[i]
            positive += 1
    if positive == 0:
        return 0.0
    if wanted < least:
        dearest = np.inf
        for i in range(count):
            if bids[i] <= 0.0 and heads[i] <= seats:
                dearest = min(dearest, -bids[i] / heads[i])
        if total <= (least - wanted) * dearest:
            return 0.0  # whoever helps to reach the minimum costs more than all bring
        return -1.0
    if wanted <= seats:
        for i in range(count):
            if bids[i] > 0.0 and heads[i] <= seats:
                take[i] = 1
        return total
    total = _branch(bids, heads, count, positive, seats, take, room)
    used = 0
    for i in range(count):
        used += heads[i] * take[i]
    return total if used >= least else -1.0


@compiled
def fill_by_table(
    bids: Floats, heads: Ints, count: int, seats: int, least: int, take: Flags
) -> float:
    """The same by a table: first those above 0 alone, then, where the minimum binds, all."""
    for i in range(count):
        take[i] = 0
    unit, positive, wanted = _unit(heads, count, seats), 0, 0
    for i in range(count):
        if bids[i] > 0.0 and heads[i] <= seats:
            positive += 1
            wanted += heads[i]
    if wanted >= least:
        if positive * (seats // unit + 1) > LARGEST_TABLE:
            return _fractional(bids, heads, count, seats, take)
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
def _unit(heads: Ints, count: int, seats: int) -> int:
    """What divides the heads of all that fit."""
    unit = 0
    for i in range(count):
        if heads[i] <= seats:
            unit = gcd(unit, heads[i])
    return unit


@lean
def _branch(
    bids: Floats, heads: Ints, count: int, positive: int, seats: int, take: Flags, order: Ints
) -> float:
    """Depth first over the bidders above 0, best per head first; -1 if that takes long.

    A branch ends where its fractional filling is worth no more than the best found (Horowitz and
    Sahni 1974). A session holds a few classes, so this looks at far fewer cells than a table.
    """
    if positive > DEEPEST:
        return -1.0
    many = 0
    for i in range(count):
        if bids[i] <= 0.0 or heads[i] > seats:
            continue
        at = many
        while at > 0 and bids[order[at - 1]] * heads[i] < bids[i] * heads[order[at - 1]]:
            order[at] = order[at - 1]
            at -= 1
        order[at] = i
        many += 1
    # Bit k of a word: whether the k-th of the order is taken.
    taken, best_taken = 0, 0
    worth, best, left, at, steps = 0.0, 0.0, seats, 0, 0
    while True:
        most, room, k, added = worth, left, at, taken
        while k < many and heads[order[k]] <= room:
            room -= heads[order[k]]
            most += bids[order[k]]
            added |= 1 << k
            k += 1
        ceiling = most
        if k < many:
            ceiling += bids[order[k]] * room / heads[order[k]]
        if ceiling > best:
            worth, left, taken, at = most, room, added, k + 1
            if worth > best:
                best, best_taken = worth, taken
            if at < many:
                continue
        k = min(at, many) - 1
        while k >= 0 and not taken >> k & 1:
            k -= 1
        if k < 0:
            break
        taken ^= 1 << k
        worth -= bids[order[k]]
        left += heads[order[k]]
        at = k + 1
        steps += 1
        if steps > _LONGEST:
            return -1.0
    best = 0.0
    for k in range(many):
        if best_taken >> k & 1:
            take[order[k]] = 1
            best += bids[order[k]]
    return best


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
