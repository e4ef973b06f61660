"""Near-exact in seconds: a Lagrangian bound, a plan read off its prices, ejection chains.

1. A subgradient looks for prices that make the bound small (``lagrange``).
2. Pairs in the order of their share of the sessions' answers, weighted by value, build a plan.
3. Ejection chains mend it (``ejection``): a first spell along pairs that the prices think possible,
   then short ones, each heated up anew and recombined with the best plan so far (``relink``), along
   those that the sessions chose while the prices settled. They are about one in five, and almost
   every pair of the best plan is among them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .board import Board
from .ejection import anneal, build_up, keep_best
from .fairness import best_values
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
from .relink import relink
from .tableau import Tableau, empty_tableau, load

Hears = Callable[[float, float | None, float], bool]
"""(share of the phase, objective, bound) -> whether to stop."""

ROUNDS = 100
_FIRST_PRICE = 0.5
_HIGH, _LOW = 0.5, 0.002
LIKELY = 0.02
"""Forcing cost up to which a pair is tried in the first spell, in mean best values."""
MILD, HOT, COLD = 0.005, 0.3, 0.001
"""Temperatures: where the first spell starts, where the others do, where all end."""
SPELLS = (2.0,) + (4.0,) * 20
"""Moves of the spells, in pairs tried; none begins when the gap is small enough."""
_ENOUGH, _ENOUGH_OF_MANY = 0.0005, 0.002
"""That gap; the second with more than ``_MANY`` needs that have candidates."""
_MANY = 20_000
DENSE = 4
"""Pairs a need that count at most, so that moves grow with the needs where pairs abound."""
LEAST_MOVES, CHUNK = 2_000, 50_000
_PATIENCE, _STEP = 5, 2e-5
"""Spells in a row that together gain less than this part of the goal are the last."""
_RELUCTANT = 1.0
"""Forcing cost up to which needs of a town under its target are tried, in mean best values."""


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
    board: Board,
    hear: Hears,
    *,
    rounds: int = ROUNDS,
    start: Prices | None = None,
    high: float = _HIGH,
) -> Dual:
    """Good prices, and the bound that they prove. start: prices to go on from."""
    scale = scales(board)
    prices, best, speed = no_prices(board), no_prices(board), no_prices(board)
    if start is None:
        prices.rank[:] = _FIRST_PRICE * scale.rank
    else:
        prices.rank[:] = start.rank
        prices.half[board.tight] = start.half[board.tight]
        prices.fund[:] = start.fund
        if len(start.town) == len(prices.town):
            prices.town[:] = start.town
    answer = no_answer(board)
    mean = np.zeros(len(board.need))
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
    state = seeded(seed)
    tableau = empty_tableau(board)
    if start is not None:
        load(board, tableau, start)
    for pairs in in_turn(board, tableau, dual):
        build_up(board, tableau, pairs, state)
    goal = goal_on(board, tableau)
    goals = np.array([goal, goal])
    best = tableau.chosen.copy()
    top = best_values(instance)
    scale = float(top[top > 0].mean()) if (top > 0).any() else 1.0
    hopeful = int((top > 0).sum())
    enough = _ENOUGH_OF_MANY if hopeful > _MANY else _ENOUGH
    pairs = np.flatnonzero((dual.cost <= LIKELY * scale) & ~board.fixed)
    hot, cold = MILD * scale, COLD * scale
    seen: list[float] = []
    for number, spell in enumerate(spells):
        if start is None and dual.bound - goals[1] <= enough * (worth or goals[1]):
            break
        if number == 1:
            pairs = np.flatnonzero(_settling(board, tableau, dual, scale) & ~board.fixed)
            hot = HOT * scale
        seen.append(goals[1])
        if start is None and number > _PATIENCE and _stalled(seen, worth or goals[1]):
            break
        moves = max(LEAST_MOVES, int(spell * min(len(pairs), DENSE * hopeful)))
        for first in range(0, moves, CHUNK):
            last = min(moves, first + CHUNK)
            anneal(board, tableau, pairs, best, goals, first, last, moves, hot, cold, state)
            if hear(last / moves, float(goals[1]), dual.bound):
                return np.flatnonzero(best), float(goals[1])
        goals[0] += relink(board, tableau, best)
        if goals[0] > goals[1]:
            keep_best(tableau, best, goals)
    return np.flatnonzero(best), float(goals[1])


def in_turn(board: Board, tableau: Tableau, dual: Dual) -> Iterator[Ints]:
    """Pairs to build a plan of: those chosen most often, then the others of needs still open."""
    some = np.flatnonzero(dual.share > 0.0)
    yield some[np.argsort(-(dual.share * board.value + 1e-9 * dual.bid)[some], kind="stable")]
    wants = tableau.got < np.diff(board.rank_start)
    rest = np.flatnonzero(wants[board.need] & (dual.share <= 0.0))
    yield rest[np.argsort(-dual.bid[rest], kind="stable")]


def seeded(seed: int) -> Ints:
    """State of the random numbers."""
    return np.array([(seed * 2654435761 + 88172645463325252) % 2**63 or 1], np.int64)


def _stalled(goals: list[float], worth: float) -> bool:
    return goals[-1] - goals[-1 - _PATIENCE] <= _STEP * worth


def _settling(board: Board, tableau: Tableau, dual: Dual, scale: float) -> npt.NDArray[np.bool_]:
    """Pairs that the sessions chose while the prices settled, and those of towns that lack few."""
    near = dual.cost <= _RELUCTANT * scale
    return (dual.share > 0.0) | (lacking(board, tableau)[board.need] & near)


def lacking(board: Board, tableau: Tableau) -> npt.NDArray[np.bool_]:
    """(needs,): those of a group that is under its target, but not by half."""
    target = board.pieces.sum(axis=1)
    short = (tableau.served < target) & (2 * tableau.served >= target)
    needs = np.zeros(len(board.heads), np.bool_)
    if short.any():
        owner = np.repeat(np.arange(len(board.heads)), np.diff(board.group_start))
        needs[owner[short[board.group]]] = True
    return needs


def goal_on(board: Board, tableau: Tableau) -> float:
    """Goal of a tableau from scratch: discounted values and the towns' utilities."""
    before = np.cumsum(board.pieces, axis=1) - board.pieces
    filled = np.clip(tableau.served[:, None] - before, 0, board.pieces)
    return benefit_on(board, tableau) + float((filled * board.slopes).sum())


def benefit_on(board: Board, tableau: Tableau) -> float:
    """Its discounted values alone."""
    slot, got = tableau.slot, tableau.got
    owner = np.repeat(np.arange(len(got)), np.diff(board.rank_start))
    rank = np.arange(len(owner)) - board.rank_start[owner]
    used = rank < got[owner]
    return float((board.weight[rank[used]] * board.value[slot[used]]).sum())
