"""Recombine two plans: where they differ, keep the better of the two, part by part.

The pairs in which two plans differ fall into parts that share no need, group's half-day, session
or unit's month. Each part can be taken from either plan whatever the others do, so the best of all
combinations costs one pass. A search that is heated up again and again, and relinked with the
best plan so far, improves every corner of a district by itself: a step back in one does not undo
a step forward in another. (After the partition crossover of Whitley, Hains and Howe 2009.)
"""

from __future__ import annotations

import numpy as np

from .board import Board
from .compiled import compiled, lean
from .problem import Ints
from .tableau import Flags, Tableau, add, remove, roll_back

_WORTH_WHILE = 1e-9
"""Change of the goal below which a part counts as equal."""


@lean
def _root(parent: Ints, node: int) -> int:
    while parent[node] != node:
        parent[node] = parent[parent[node]]
        node = parent[node]
    return node


@lean
def _join(parent: Ints, one: int, other: int) -> None:
    one, other = _root(parent, one), _root(parent, other)
    if one != other:
        parent[other] = one


@compiled
def relink(board: Board, tableau: Tableau, best: Flags) -> float:
    """Make the tableau take each part in which it differs from ``best`` from the better one.

    Returns the change of its goal. Funds and fairness groups cross the parts: the parts are
    tried one after the other, and one that a fund cannot pay for is left as it is.
    """
    needs, sessions, months = len(board.heads), len(board.seats), len(board.month_limit)
    parent = np.arange(needs + sessions + months + len(board.half_limit))
    differing = np.flatnonzero(best != tableau.chosen)
    for pair in differing:
        n, s = board.need[pair], board.session[pair]
        _join(parent, n, needs + s)
        if board.month[s] >= 0:
            _join(parent, n, needs + sessions + board.month[s])
        _join(parent, n, needs + sessions + months + board.half[pair])
    root = np.zeros(len(differing), np.int64)
    for i in range(len(differing)):
        root[i] = _root(parent, board.need[differing[i]])
    order = np.argsort(root, kind="mergesort")
    gained = 0.0
    first = 0
    while first < len(order):
        last = first
        while last < len(order) and root[order[last]] == root[order[first]]:
            last += 1
        tableau.mark[0] = 0
        if last - first <= len(tableau.journal):
            change = _swap(board, tableau, best, differing, order, first, last)
            if change > _WORTH_WHILE and _affordable(board, tableau):
                gained += change
            else:
                roll_back(board, tableau)
        first = last
    tableau.mark[0] = 0
    return gained


@lean
def _swap(
    board: Board,
    tableau: Tableau,
    best: Flags,
    differing: Ints,
    order: Ints,
    first: int,
    last: int,
) -> float:
    """Take one part as ``best`` has it."""
    change = 0.0
    for i in range(first, last):
        pair = differing[order[i]]
        if tableau.chosen[pair]:
            change += remove(board, tableau, pair)
    for i in range(first, last):
        pair = differing[order[i]]
        if best[pair]:
            change += add(board, tableau, pair)
    return change


@lean
def _affordable(board: Board, tableau: Tableau) -> bool:
    for fund in range(len(board.fund_limit)):
        if tableau.funds[fund] > board.fund_limit[fund]:
            return False
    return True
