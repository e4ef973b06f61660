"""Ruin and recreate: empty a few sessions that compete for the same needs, and fill them anew.

Where minimum groups and monthly limits bind, a better plan often runs other sessions, and chains
that insert one pair at a time do not get there. (Schrimpf et al. 2000, Record breaking
optimization results using the ruin and recreate principle.)
"""

from __future__ import annotations

import numpy as np

from .board import Board
from .compiled import lean
from .ejection import keep_best, random_bits
from .problem import Floats, Ints
from .tableau import (
    Flags,
    Tableau,
    add,
    gain,
    has_seats,
    may_open,
    need_is_free,
    remove,
    roll_back,
)

LARGEST = 256
"""Pairs looked at when a ruin is filled anew."""


@lean
def recreate(
    board: Board,
    tableau: Tableau,
    bid: Floats,
    seeds: Ints,
    best: Flags,
    goals: Floats,
    moves: int,
    size: int,
    noise: float,
    hot: float,
    cold: float,
    state: Ints,
    stamp: Ints,
    area: Ints,
    pairs: Ints,
    keys: Floats,
) -> None:
    """``moves`` ruins of about ``size`` sessions around pairs of ``seeds``.

    bid: of the pairs at good prices; noise, hot, cold: in units of the goal. stamp (sessions,),
    area, pairs and keys (``LARGEST``,): scratch, stamp below 0 to begin with.
    """
    ratio = (cold / hot) ** (1.0 / max(1, moves))
    heat = hot
    for move in range(moves):
        heat *= ratio
        pair = seeds[random_bits(state) % len(seeds)]
        tableau.mark[0] = 0
        width = _ruin_area(board, tableau, pair, size, move, state, stamp, area)
        change = 0.0
        for i in range(width):
            s = area[i]
            for at in range(board.session_start[s], board.session_start[s + 1]):
                other = board.order[at]
                if tableau.chosen[other] and not board.fixed[other]:
                    change += remove(board, tableau, other)
        change += _fill_anew(board, tableau, bid, width, noise, state, area, pairs, keys)
        chance = (random_bits(state) + 1) / 2147483648.0
        if tableau.mark[0] <= len(tableau.journal) and change >= heat * np.log(chance):
            goals[0] += change
            if goals[0] > goals[1] + 1e-9:
                keep_best(tableau, best, goals)
        else:
            roll_back(board, tableau)


@lean
def _ruin_area(
    board: Board,
    tableau: Tableau,
    pair: int,
    size: int,
    move: int,
    state: Ints,
    stamp: Ints,
    area: Ints,
) -> int:
    """Sessions around a pair: its own, those of its unit's month, those its bidders now have."""
    area[0] = board.session[pair]
    stamp[area[0]] = move
    count, at = 1, 0
    while at < count and count < size:
        s = area[at]
        at += 1
        month = board.month[s]
        if month >= 0 and tableau.months[month] >= board.month_limit[month]:
            for index in range(board.month_start[month], board.month_start[month + 1]):
                other = board.month_session[index]
                if stamp[other] != move and tableau.takers[other] > 0 and count < size:
                    stamp[other] = move
                    area[count] = other
                    count += 1
        first = board.session_start[s]
        degree = board.session_start[s + 1] - first
        if degree == 0:
            continue
        turn = random_bits(state) % degree
        for step in range(degree):
            n = board.need[board.order[first + (step + turn) % degree]]
            for k in range(tableau.got[n]):
                other = board.session[tableau.slot[board.rank_start[n] + k]]
                if stamp[other] != move and count < size:
                    stamp[other] = move
                    area[count] = other
                    count += 1
    return count


@lean
def _fill_anew(
    board: Board,
    tableau: Tableau,
    bid: Floats,
    width: int,
    noise: float,
    state: Ints,
    area: Ints,
    pairs: Ints,
    keys: Floats,
) -> float:
    """Pairs of the area, of its closed neighbours and of the needs put out, best bid first."""
    count = 0
    ejected = tableau.mark[0]
    for at in range(min(ejected, len(tableau.journal))):
        n = board.need[-tableau.journal[at] - 1]
        for pair in range(board.start[n], board.start[n + 1]):
            count = _rank(bid, noise, state, pair, count, pairs, keys)
    for i in range(width):
        s = area[i]
        for at in range(board.session_start[s], board.session_start[s + 1]):
            count = _rank(bid, noise, state, board.order[at], count, pairs, keys)
    change = 0.0
    for i in range(count):
        pair = pairs[i]
        if tableau.chosen[pair]:
            continue
        s = board.session[pair]
        if (
            need_is_free(board, tableau, pair)
            and has_seats(board, tableau, pair)
            and may_open(board, tableau, s)
        ):
            change += _join(board, tableau, bid, pair)
    return change


@lean
def _rank(
    bid: Floats, noise: float, state: Ints, pair: int, count: int, pairs: Ints, keys: Floats
) -> int:
    """Sort a pair in by its bid, blurred; the worst falls out when there is no room."""
    key = bid[pair] + noise * (random_bits(state) / 2147483648.0 - 0.5)
    if count == len(pairs):
        if key <= keys[count - 1]:
            return count
        count -= 1
    at = count
    while at > 0 and keys[at - 1] < key:
        keys[at] = keys[at - 1]
        pairs[at] = pairs[at - 1]
        at -= 1
    keys[at] = key
    pairs[at] = pair
    return count + 1


@lean
def _join(board: Board, tableau: Tableau, bid: Floats, pair: int) -> float:
    """Add a pair; where its session is then under its minimum, others by bid, or nobody."""
    s = board.session[pair]
    begin = tableau.mark[0]
    change = add(board, tableau, pair)
    while tableau.heads[s] < board.least[s]:
        best = -1
        for at in range(board.session_start[s], board.session_start[s + 1]):
            other = board.order[at]
            if need_is_free(board, tableau, other) and has_seats(board, tableau, other):
                if gain(board, tableau, other) <= 0.0:
                    continue
                if best < 0 or bid[other] > bid[best]:
                    best = other
        if best < 0:
            break
        change += add(board, tableau, best)
    if tableau.heads[s] >= board.least[s] or begin >= len(tableau.journal):
        return change
    while tableau.mark[0] > begin:
        added = tableau.journal[tableau.mark[0] - 1] - 1
        remove(board, tableau, added)
        tableau.mark[0] -= 2
    return 0.0
