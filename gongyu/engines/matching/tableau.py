"""A plan in the making: what is chosen, what it uses, and moves that can be taken back."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from .board import Board
from .compiled import lean
from .problem import Ints

Flags = npt.NDArray[np.uint8]


class Tableau(NamedTuple):
    """Mutable arrays. chosen: by pair. slot: pairs of each need, best value first; got: how many.

    heads, takers: by session. halves, months, funds, served: by code; who: a pair in the half-day.
    journal: pairs added (pair + 1) or removed (-pair - 1) since ``mark[0]`` was last 0.
    """

    chosen: Flags
    slot: Ints
    got: Ints
    heads: Ints
    takers: Ints
    halves: Ints
    who: Ints
    months: Ints
    funds: Ints
    served: Ints
    journal: Ints
    mark: Ints


def empty_tableau(board: Board) -> Tableau:
    """With the fixed pairs chosen and nothing else."""
    tableau = Tableau(
        chosen=np.zeros(len(board.need), np.uint8),
        slot=np.full(int(board.rank_start[-1]), -1, np.int64),
        got=np.zeros(len(board.heads), np.int64),
        heads=np.zeros(len(board.seats), np.int64),
        takers=np.zeros(len(board.seats), np.int64),
        halves=np.zeros(len(board.half_limit), np.int64),
        who=np.full(len(board.half_limit), -1, np.int64),
        months=np.zeros(len(board.month_limit), np.int64),
        funds=np.zeros(len(board.fund_limit), np.int64),
        served=np.zeros(len(board.pieces), np.int64),
        journal=np.zeros(1 << 14, np.int64),
        mark=np.zeros(1, np.int64),
    )
    load(board, tableau, np.flatnonzero(board.fixed))
    return tableau


@lean
def load(board: Board, tableau: Tableau, pairs: Ints) -> float:
    """Add pairs without asking whether they fit; returns what they earn."""
    earned = 0.0
    for pair in pairs:
        earned += add(board, tableau, pair)
        tableau.mark[0] = 0
    return earned


@lean
def _worth(board: Board, tableau: Tableau, n: int) -> float:
    """Discounted value of a need's chosen pairs."""
    total = 0.0
    first = board.rank_start[n]
    for k in range(tableau.got[n]):
        total += board.weight[k] * board.value[tableau.slot[first + k]]
    return total


@lean
def _slope(board: Board, tableau: Tableau, g: int, count: int) -> float:
    """What the next served need of a group earns when ``count`` are served."""
    for quarter in range(len(board.slopes)):
        if count < board.pieces[g, quarter]:
            return float(board.slopes[quarter])
        count -= board.pieces[g, quarter]
    return 0.0


@lean
def add(board: Board, tableau: Tableau, pair: int) -> float:
    """Choose a pair; returns the change of the goal."""
    n, s, half = board.need[pair], board.session[pair], board.half[pair]
    first, count = board.rank_start[n], tableau.got[n]
    change = -_worth(board, tableau, n)
    k = count
    while k > 0 and board.value[tableau.slot[first + k - 1]] < board.value[pair]:
        tableau.slot[first + k] = tableau.slot[first + k - 1]
        k -= 1
    tableau.slot[first + k] = pair
    tableau.got[n] = count + 1
    change += _worth(board, tableau, n)
    if count == 0:
        for at in range(board.group_start[n], board.group_start[n + 1]):
            g = board.group[at]
            change += _slope(board, tableau, g, tableau.served[g])
            tableau.served[g] += 1
    if tableau.takers[s] == 0:
        if board.month[s] >= 0:
            tableau.months[board.month[s]] += 1
        if board.fund[s] >= 0:
            tableau.funds[board.fund[s]] += board.subsidy[s]
    tableau.chosen[pair] = 1
    tableau.heads[s] += board.heads[n]
    tableau.takers[s] += 1
    tableau.halves[half] += 1
    tableau.who[half] = pair
    if tableau.mark[0] < len(tableau.journal):
        tableau.journal[tableau.mark[0]] = pair + 1
    tableau.mark[0] += 1
    return change


@lean
def remove(board: Board, tableau: Tableau, pair: int) -> float:
    """Give a pair up; returns the change of the goal."""
    n, s, half = board.need[pair], board.session[pair], board.half[pair]
    first, count = board.rank_start[n], tableau.got[n]
    change = -_worth(board, tableau, n)
    k = 0
    while tableau.slot[first + k] != pair:
        k += 1
    while k + 1 < count:
        tableau.slot[first + k] = tableau.slot[first + k + 1]
        k += 1
    tableau.slot[first + count - 1] = -1
    tableau.got[n] = count - 1
    change += _worth(board, tableau, n)
    if count == 1:
        for at in range(board.group_start[n], board.group_start[n + 1]):
            g = board.group[at]
            tableau.served[g] -= 1
            change -= _slope(board, tableau, g, tableau.served[g])
    tableau.chosen[pair] = 0
    tableau.heads[s] -= board.heads[n]
    tableau.takers[s] -= 1
    if tableau.takers[s] == 0:
        if board.month[s] >= 0:
            tableau.months[board.month[s]] -= 1
        if board.fund[s] >= 0:
            tableau.funds[board.fund[s]] -= board.subsidy[s]
    tableau.halves[half] -= 1
    if tableau.who[half] == pair:
        tableau.who[half] = -1
    if tableau.mark[0] < len(tableau.journal):
        tableau.journal[tableau.mark[0]] = -pair - 1
    tableau.mark[0] += 1
    return change


@lean
def roll_back(board: Board, tableau: Tableau) -> None:
    """Undo everything since the last time the journal was empty."""
    for at in range(tableau.mark[0] - 1, -1, -1):
        entry = tableau.journal[at]
        if entry > 0:
            remove(board, tableau, entry - 1)
        else:
            add(board, tableau, -entry - 1)
    tableau.mark[0] = 0


@lean
def gain(board: Board, tableau: Tableau, pair: int) -> float:
    """What choosing a pair would add to the goal, its need having a free rank."""
    n = board.need[pair]
    first, count = board.rank_start[n], tableau.got[n]
    value = board.value[pair]
    change, k = 0.0, 0
    while k < count and board.value[tableau.slot[first + k]] >= value:
        k += 1
    change = board.weight[k] * value
    while k < count:
        below = board.value[tableau.slot[first + k]]
        change += (board.weight[k + 1] - board.weight[k]) * below
        k += 1
    if count == 0:
        for at in range(board.group_start[n], board.group_start[n + 1]):
            g = board.group[at]
            change += _slope(board, tableau, g, tableau.served[g])
    return float(change)


@lean
def loss(board: Board, tableau: Tableau, pair: int) -> float:
    """What giving a pair up would take from the goal."""
    n = board.need[pair]
    first, count = board.rank_start[n], tableau.got[n]
    change, found = 0.0, False
    for k in range(count):
        other = tableau.slot[first + k]
        if other == pair:
            found = True
            change += board.weight[k] * board.value[pair]
        elif found:
            change += (board.weight[k] - board.weight[k - 1]) * board.value[other]
    if count == 1:
        for at in range(board.group_start[n], board.group_start[n + 1]):
            g = board.group[at]
            change += _slope(board, tableau, g, tableau.served[g] - 1)
    return change


@lean
def need_is_free(board: Board, tableau: Tableau, pair: int) -> bool:
    """Whether the pair's need has a free rank and its group the half-day."""
    n, half = board.need[pair], board.half[pair]
    if tableau.chosen[pair]:
        return False
    if tableau.got[n] >= board.rank_start[n + 1] - board.rank_start[n]:
        return False
    return bool(tableau.halves[half] < board.half_limit[half])


@lean
def has_seats(board: Board, tableau: Tableau, pair: int) -> bool:
    """Whether the session has seats for the pair and may take one more need."""
    s = board.session[pair]
    if tableau.takers[s] >= board.takers[s]:
        return False
    return bool(tableau.heads[s] + board.heads[board.need[pair]] <= board.seats[s])


@lean
def may_open(board: Board, tableau: Tableau, s: int) -> bool:
    """Whether a session runs, or its unit's month and its fund let it."""
    if tableau.takers[s] > 0 or board.running[s]:
        return True
    month, fund = board.month[s], board.fund[s]
    if month >= 0 and tableau.months[month] >= board.month_limit[month]:
        return False
    return not (fund >= 0 and tableau.funds[fund] + board.subsidy[s] > board.fund_limit[fund])


@lean
def fits(board: Board, tableau: Tableau, pair: int) -> bool:
    """Whether the pair can be added as things stand, its session reaching the minimum with it."""
    s = board.session[pair]
    return bool(
        need_is_free(board, tableau, pair)
        and has_seats(board, tableau, pair)
        and tableau.heads[s] + board.heads[board.need[pair]] >= board.least[s]
        and may_open(board, tableau, s)
    )
