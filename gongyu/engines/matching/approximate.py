"""Near-exact in seconds: a Lagrangian bound, a plan read off its prices, ejection chains.

1. A subgradient looks for prices that make the bound small (``lagrange``).
2. Pairs in the order of their share of the sessions' answers, weighted by value, build a plan.
3. Ejection chains mend it (``ejection``), along pairs that the prices think possible.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from .board import Board, lay_out
from .ejection import anneal, build_up
from .fairness import Equity, best_values
from .instance import Instance
from .lagrange import (
    Prices,
    chosen_share,
    descend,
    forcing_costs,
    no_answer,
    no_prices,
    respond,
    scales,
)
from .problem import Floats, Ints
from .ruin import LARGEST, recreate
from .tableau import Flags, Tableau, empty_tableau, load

Hears = Callable[[float, float | None, float], bool]
"""(share of the phase, objective, bound) -> whether to stop."""

ROUNDS = 100
_FIRST_PRICE = 0.5
_HIGH, _LOW = 0.5, 0.002
_LIKELY = 0.02
"""Forcing cost up to which a pair is tried in the first spell, in mean best values."""
_WIDER = 3.0
"""What each further spell multiplies it by."""
_HOT, _COLD = 0.005, 0.0005
"""Temperatures of a spell of annealing, in mean best values."""
SPELLS = (2.0, 3.0, 5.0, 8.0, 5.0, 5.0, 5.0)
"""Moves of the spells, in pairs tried; a spell is skipped when the gap is small enough."""
_DENSE = 4
"""Pairs a need that count at most, so that moves grow with the needs where pairs abound."""
_ENOUGH = 0.0006
"""Gap at which no further spell begins."""
_RUIN_AFTER, _RUINS, _RUIN_SIZE = 2, 8, 5
"""From which spell on ruins go before, how many a need with candidates, of how many sessions."""
_RUIN_LIKELY, _RUIN_NOISE = 0.3, 1.0
"""Forcing cost of a ruin's seed, and the blur of bids, in mean best values."""
_LARGE, _LAST_OF_LARGE = 20_000, 3
"""Needs with candidates beyond which there is no ruin and no late spell: the gap is small there."""
_LAST_OF_ALL = 4
"""From this spell on twice the gap is enough: only where minimums and months bind hard."""


@dataclass(frozen=True, slots=True, eq=False)
class Dual:
    """prices: the best found. bound: theirs. share: how often sessions chose each pair, 0 to 1.

    bid, cost: of the pairs at the best prices (cost: about what forcing one would lose).
    """

    board: Board
    prices: Prices
    bound: float
    share: Floats
    bid: Floats
    cost: Floats


def find_prices(
    instance: Instance,
    equity: Equity | None,
    hear: Hears,
    *,
    rounds: int = ROUNDS,
    start: Prices | None = None,
    high: float = _HIGH,
) -> Dual:
    """Good prices, and the bound that they prove. start: prices to go on from."""
    board = lay_out(instance, equity)
    scale = scales(board)
    prices, best, speed = no_prices(board), no_prices(board), no_prices(board)
    if start is None:
        prices.rank[:] = _FIRST_PRICE * scale.rank
    else:
        prices.rank[:] = start.rank
        prices.half[:] = start.half
        prices.fund[:] = start.fund
    answer = no_answer(board)
    mean = np.zeros(len(instance))
    bound = np.inf
    done = 0
    while done < rounds:
        upto = min(rounds, done + 10)
        bound = descend(
            board, prices, best, answer, scale, speed, mean, rounds, done, upto, high, _LOW, bound
        )
        done = upto
        if hear(done / rounds, None, bound):
            break
    # Evaluated once more at the kept prices: the bound is theirs and nobody else's.
    bound = respond(board, best, answer)
    share = chosen_share(mean, rounds) if done == rounds else answer.chosen.astype(np.float64)
    return Dual(board, best, bound, share, answer.bid, forcing_costs(board, answer))


def build_and_mend(
    instance: Instance,
    dual: Dual,
    hear: Hears,
    *,
    seed: int,
    start: Ints | None = None,
    spells: tuple[float, ...] = SPELLS,
    worth: float | None = None,
) -> tuple[Ints, float]:
    """Pairs of a plan and its goal.

    start: pairs to begin with; together with the fixed ones they must keep every rule. A search
    from a start goes through all its spells, one from nothing ends when the gap is small enough.
    worth: what the gap is relative to; the goal itself, unless it holds much beside the benefit.
    spells: moves of each spell of annealing, in pairs tried. Deterministic for a seed.
    """
    board = dual.board
    state = np.array([(seed * 2654435761 + 88172645463325252) % 2**63 or 1], np.int64)
    tableau = empty_tableau(board)
    order = np.argsort(-dual.share * board.value - 1e-9 * dual.bid, kind="stable")
    if start is not None:
        load(board, tableau, start)
    build_up(board, tableau, order, state)
    goal = _goal(board, tableau)
    goals = np.array([goal, goal])
    best = tableau.chosen.copy()
    top = best_values(instance)
    scale = float(top[top > 0].mean()) if (top > 0).any() else 1.0
    hopeful = int((top > 0).sum())
    for number, spell in enumerate(spells):
        enough = _ENOUGH if number < _LAST_OF_ALL else 2.0 * _ENOUGH
        if start is None and dual.bound - goals[1] <= enough * (worth or goals[1]):
            break
        if number == _LAST_OF_LARGE and hopeful > _LARGE:
            break
        if number >= _RUIN_AFTER and hopeful <= _LARGE:
            _ruin(board, tableau, dual, best, goals, scale, _RUINS * hopeful, state)
        limit = _LIKELY * scale * _WIDER**number
        likely = np.flatnonzero((dual.cost <= limit) & ~board.fixed)
        moves = max(2000, int(spell * min(len(likely), _DENSE * hopeful)))
        chunk = max(1000, moves // 20)
        hot, cold = _HOT * scale, _COLD * scale
        for first in range(0, moves, chunk):
            last = min(moves, first + chunk)
            anneal(board, tableau, likely, best, goals, first, last, moves, hot, cold, state)
            if hear(last / moves, float(goals[1]), dual.bound):
                return np.flatnonzero(best), float(goals[1])
    return np.flatnonzero(best), float(goals[1])


def _ruin(
    board: Board,
    tableau: Tableau,
    dual: Dual,
    best: Flags,
    goals: Floats,
    scale: float,
    moves: int,
    state: Ints,
) -> None:
    """Ruins around likely pairs; what the chains cannot do where minimums and months bind."""
    seeds = np.flatnonzero((dual.cost <= _RUIN_LIKELY * scale) & ~board.fixed)
    if not len(seeds) or not (len(board.month_limit) or (board.least > 1).any()):
        return
    recreate(
        board,
        tableau,
        dual.bid,
        seeds,
        best,
        goals,
        moves,
        _RUIN_SIZE,
        _RUIN_NOISE * scale,
        2.0 * _HOT * scale,
        _COLD * scale,
        state,
        np.full(len(board.seats), -1, np.int64),
        np.zeros(LARGEST, np.int64),
        np.zeros(LARGEST, np.int64),
        np.zeros(LARGEST),
    )


def _goal(board: Board, tableau: Tableau) -> float:
    """Goal of a tableau from scratch: discounted values and the towns' utilities."""
    total = 0.0
    slot, got = tableau.slot, tableau.got
    owner = np.repeat(np.arange(len(got)), np.diff(board.rank_start))
    rank = np.arange(len(owner)) - board.rank_start[owner]
    used = rank < got[owner]
    total += float((board.weight[rank[used]] * board.value[slot[used]]).sum())
    before = np.cumsum(board.pieces, axis=1) - board.pieces
    filled = np.clip(tableau.served[:, None] - before, 0, board.pieces)
    return total + float((filled * board.slopes).sum())
