"""Local search by ejection chains: insert a pair, eject what stands in the way, mend the rest.

A chain takes what it needs (the group's half-day, the need's rank, a place in the unit's month,
seats), brings a session under its minimum group back over it or closes it, and offers the ejected
needs and the freed seats the best that fits. Chains are kept by the rule of annealing from a low
temperature; the best plan seen is returned.
"""

from __future__ import annotations

import numpy as np

from .board import Board
from .compiled import lean
from .problem import Floats, Ints
from .tableau import (
    Flags,
    Tableau,
    add,
    fits,
    gain,
    has_seats,
    loss,
    may_open,
    need_is_free,
    remove,
    roll_back,
)

REFUSED = -1e300


@lean
def random_bits(state: Ints) -> int:
    """Next 31 random bits (xorshift, Marsaglia 2003); the state is one non-zero entry."""
    x = np.uint64(state[0])
    x ^= x << np.uint64(13)
    x ^= x >> np.uint64(7)
    x ^= x << np.uint64(17)
    state[0] = np.int64(x)
    return int(x >> np.uint64(33))


@lean
def insert(board: Board, tableau: Tableau, pair: int, eject: bool, state: Ints) -> float:
    """One chain around a pair not yet chosen; returns the change of the goal, or REFUSED.

    Leaves the changes in the journal; after REFUSED the caller must roll back. eject: whether
    others may be ejected (else only companions may join, to reach a minimum).
    """
    n, s, half = board.need[pair], board.session[pair], board.half[pair]
    change = 0.0
    if board.heads[n] > board.seats[s]:
        return REFUSED
    if not eject and not (
        need_is_free(board, tableau, pair)
        and has_seats(board, tableau, pair)
        and may_open(board, tableau, s)
    ):
        return REFUSED
    if tableau.halves[half] >= board.half_limit[half]:
        other = tableau.who[half]
        if other < 0 or board.fixed[other] or board.half_limit[half] > 1:
            return REFUSED
        change += remove(board, tableau, other)
    if tableau.got[n] >= board.rank_start[n + 1] - board.rank_start[n]:
        other = -1
        for at in range(tableau.got[n] - 1, -1, -1):
            slot = tableau.slot[board.rank_start[n] + at]
            if not board.fixed[slot]:
                other = slot
                break
        if other < 0:
            return REFUSED
        change += remove(board, tableau, other)
    if not may_open(board, tableau, s):
        closed = _close_one(board, tableau, s, state)
        if closed <= REFUSED:
            return REFUSED
        change += closed
    freed = _free_seats(board, tableau, s, board.heads[n], state)
    if freed <= REFUSED:
        return REFUSED
    change += freed
    change += add(board, tableau, pair)
    if tableau.heads[s] < board.least[s]:
        change += _companions(board, tableau, s, eject, state)
        if tableau.heads[s] < board.least[s]:
            return REFUSED
    return change + _mend(board, tableau, state)


@lean
def _close_one(board: Board, tableau: Tableau, s: int, state: Ints) -> float:
    """Close the session of the unit's month that is least worth; only the month can be freed."""
    month, fund = board.month[s], board.fund[s]
    if fund >= 0 and tableau.funds[fund] + board.subsidy[s] > board.fund_limit[fund]:
        return REFUSED
    victim, least = -1, np.inf
    for at in range(board.month_start[month], board.month_start[month + 1]):
        other = board.month_session[at]
        if tableau.takers[other] == 0 or board.running[other] or other == s:
            continue
        total = 0.0
        for index in range(board.session_start[other], board.session_start[other + 1]):
            pair = board.order[index]
            if tableau.chosen[pair]:
                total += loss(board, tableau, pair)
        total *= 0.75 + 0.5 * random_bits(state) / 2147483648.0
        if total < least:
            victim, least = other, total
    if victim < 0:
        return REFUSED
    return _close(board, tableau, victim)


@lean
def _close(board: Board, tableau: Tableau, s: int) -> float:
    change = 0.0
    for index in range(board.session_start[s], board.session_start[s + 1]):
        pair = board.order[index]
        if tableau.chosen[pair] and not board.fixed[pair]:
            change += remove(board, tableau, pair)
    return change


@lean
def _free_seats(board: Board, tableau: Tableau, s: int, heads: int, state: Ints) -> float:
    """Eject the cheapest until ``heads`` fit."""
    change = 0.0
    while tableau.heads[s] + heads > board.seats[s] or tableau.takers[s] >= board.takers[s]:
        lacking = max(1, tableau.heads[s] + heads - board.seats[s])
        victim, least = -1, np.inf
        for index in range(board.session_start[s], board.session_start[s + 1]):
            other = board.order[index]
            if not tableau.chosen[other] or board.fixed[other]:
                continue
            freed = min(lacking, board.heads[board.need[other]])
            price = loss(board, tableau, other) / freed
            price *= 0.75 + 0.5 * random_bits(state) / 2147483648.0
            if price < least:
                victim, least = other, price
        if victim < 0:
            return REFUSED
        change += remove(board, tableau, victim)
    return change


@lean
def _companions(board: Board, tableau: Tableau, s: int, steal: bool, state: Ints) -> float:
    """Let needs join a session until it reaches its minimum, the greatest gain first.

    steal: needs that are served elsewhere may come over, even at a loss.
    """
    change = 0.0
    while tableau.heads[s] < board.least[s]:
        best, most, leaves = -1, -np.inf, -1
        for index in range(board.session_start[s], board.session_start[s + 1]):
            pair = board.order[index]
            if tableau.chosen[pair] or not has_seats(board, tableau, pair):
                continue
            other = -1
            if need_is_free(board, tableau, pair):
                value = gain(board, tableau, pair)
            elif steal:
                other = _gives_way(board, tableau, pair)
                if other < 0:
                    continue
                value = board.value[pair] - board.value[other]
                value -= abs(value) * 0.5 * random_bits(state) / 2147483648.0
            else:
                continue
            if value > most:
                best, most, leaves = pair, value, other
        if best < 0:
            break
        if leaves >= 0:
            change += remove(board, tableau, leaves)
        change += add(board, tableau, best)
    return change


@lean
def _gives_way(board: Board, tableau: Tableau, pair: int) -> int:
    """The chosen pair of the same need that must go so that ``pair`` can be chosen, or -1."""
    n, half, s = board.need[pair], board.half[pair], board.session[pair]
    other = -1
    if tableau.halves[half] >= board.half_limit[half]:
        other = tableau.who[half]
        if other < 0 or board.need[other] != n or board.half_limit[half] > 1:
            return -1
    else:
        other = tableau.slot[board.rank_start[n] + tableau.got[n] - 1]
    if board.fixed[other] or board.session[other] == s:
        return -1
    return int(other)


@lean
def _mend(board: Board, tableau: Tableau, state: Ints) -> float:
    """After ejections: minimums, then the ejected needs, then the freed seats."""
    change = 0.0
    at = 0
    while at < tableau.mark[0]:
        entry = tableau.journal[at]
        at += 1
        if entry > 0:
            continue
        s = board.session[-entry - 1]
        if tableau.takers[s] > 0 and tableau.heads[s] < board.least[s]:
            change += _companions(board, tableau, s, False, state)
            if tableau.heads[s] < board.least[s]:
                change += _close(board, tableau, s)
    end = tableau.mark[0]
    for at in range(end):
        entry = tableau.journal[at]
        if entry > 0:
            continue
        n = board.need[-entry - 1]
        change += _best_fit(board, tableau, board.start[n], board.start[n + 1], False)
    for at in range(end):
        entry = tableau.journal[at]
        if entry > 0:
            continue
        s = board.session[-entry - 1]
        change += _best_fit(
            board, tableau, board.session_start[s], board.session_start[s + 1], True
        )
    return change


@lean
def _best_fit(board: Board, tableau: Tableau, first: int, last: int, by_session: bool) -> float:
    """Add the pair of a range that fits and gains most; 0 where none does."""
    best, most = -1, 0.0
    for at in range(first, last):
        pair = board.order[at] if by_session else at
        if fits(board, tableau, pair):
            value = gain(board, tableau, pair)
            if value > most:
                best, most = pair, value
    if best < 0:
        return 0.0
    return add(board, tableau, best)


@lean
def build_up(board: Board, tableau: Tableau, pairs: Ints, state: Ints) -> float:
    """Add pairs in the given order where they fit, with companions where a minimum asks."""
    total = 0.0
    for pair in pairs:
        if tableau.chosen[pair]:
            continue
        tableau.mark[0] = 0
        change = insert(board, tableau, pair, False, state)
        if change > 0.0:
            total += change
        else:
            roll_back(board, tableau)
    tableau.mark[0] = 0
    return total


@lean
def anneal(
    board: Board,
    tableau: Tableau,
    list_of_pairs: Ints,
    best: Flags,
    goals: Floats,
    first: int,
    last: int,
    moves: int,
    hot: float,
    cold: float,
    state: Ints,
) -> None:
    """Moves first to last - 1 of ``moves``; goals: [of the tableau, best seen], ``best`` its pairs.

    Temperature falls geometrically from hot to cold, both in units of the goal.
    """
    if len(list_of_pairs) == 0:
        return
    ratio = (cold / hot) ** (1.0 / max(1, moves))
    heat = hot * ratio**first
    stale = max(1000, moves // 100)
    for move in range(first, last):
        heat *= ratio
        pair = list_of_pairs[random_bits(state) % len(list_of_pairs)]
        if not tableau.chosen[pair]:
            tableau.mark[0] = 0
            change = insert(board, tableau, pair, True, state)
            chance = (random_bits(state) + 1) / 2147483648.0
            kept = change > REFUSED and tableau.mark[0] <= len(tableau.journal)
            if kept and change >= heat * np.log(chance):
                goals[0] += change
            else:
                roll_back(board, tableau)
        if (move + 1) % stale == 0 and goals[0] > goals[1]:
            keep_best(tableau, best, goals)
    if goals[0] > goals[1]:
        keep_best(tableau, best, goals)


@lean
def keep_best(tableau: Tableau, best: Flags, goals: Floats) -> None:
    """Remember the tableau as the best plan seen."""
    goals[1] = goals[0]
    for pair in range(len(best)):
        best[pair] = tableau.chosen[pair]
