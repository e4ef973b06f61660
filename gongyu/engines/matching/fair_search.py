"""A fair plan: what the targets cost by the prices, and the best plan that what they may cost buys.

1. The prices of the plain goal, a little less settled than in a plain run: they prove the bound
   of B, and the fair goal goes on from them.
2. The prices of the fair goal. Its bound, less its rewards, bounds the benefit of every plan that
   meets the targets: that tells what they cost at least, before any plan is sought. Where it is
   too much, all targets fall alike, and the prices follow from between the two goals.
3. A plan from those prices. Spells of ejection chains mend it, and between them the targets move:
   down while the plan costs too much, up while it costs less than it may.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from . import approximate
from .approximate import Dual, Hears
from .board import Board, with_towns
from .ejection import anneal, build_up, keep_best
from .fairness import Equity, best_values, served_of, unpaid
from .instance import Instance
from .lagrange import Prices, forcing_costs, no_answer, respond
from .plan import Proof
from .problem import Ints, Problem
from .proof import proof_of, with_rewards
from .relink import relink
from .tableau import Tableau, empty_tableau

PLAIN_ROUNDS = 75
"""Rounds for the plain prices of a fair run."""
_ROUNDS, _HIGH = 40, 0.1
"""Rounds for the fair prices."""
_DUAL_PART = 0.8
"""Part of the allowed cost that the prices may show: a plan costs more than they do."""
_ENTICED = 1.01
"""Served needs asked for in all, over those that the plain prices expect to be served.

A plan serves a little more than prices expect, 0.1 to 0.7 % on synthetic districts.
"""
_SPELLS, _SPELLS_LOWERED, _LEAST_SPELLS = 8, 5, 4
"""At most; at most while the targets are lowered; at least where they are met."""
_FIRST, _MOVES, _MOVES_LOWERED = 2.0, 4.0, 2.5
"""Moves of the first spell, of the others, and of these while the targets are lowered."""
_RELUCTANT = 8.0
"""Forcing cost up to which needs of a town under its target are tried, in mean best values."""
_NEAR = 0.96
"""Part of the allowed cost that lowered targets aim at."""
_SLIGHTLY = 1.1
"""Part of the allowed cost up to which a plan that still gets better is tried again as it is."""
_RISE = 0.02
"""Part of the targets by which they may rise from one spell to the next."""
_STEP = 1e-4
"""Part of the benefit that a spell should gain where nothing else is left to do."""


@dataclass(frozen=True, slots=True, eq=False)
class Aim:
    """full: the targets asked for. part: of them that the allowed cost may buy; met: that is free.

    dual: prices of the fair goal, with those lower targets where it had to be.
    """

    full: Equity
    part: float
    met: float
    dual: Dual


def find_aim(instance: Instance, equity: Equity, allowed: float, plain: Dual, hear: Hears) -> Aim:
    """Prices of the fair goal, and how much of it may be asked for.

    allowed: share of the plain bound that fairness may cost; 1 means that cost does not matter.
    """
    met = equity.reached(equity.served(served_of(instance, np.flatnonzero(plain.share > 0.5))))
    full = equity
    if allowed < 1.0:
        chance = np.bincount(instance.need, plain.share, minlength=len(instance.heads))
        full = equity.with_everyone(_ENTICED * float(np.minimum(1.0, chance).sum()))
    board = with_towns(plain.board, equity)
    dual = approximate.find_prices(board, hear, rounds=_ROUNDS, start=plain.prices, high=_HIGH)
    cost = 1.0 - (dual.bound - equity.most_reward()) / max(plain.bound, 1e-12)
    if cost <= _DUAL_PART * allowed or met >= 1.0:
        return Aim(full, 1.0, met, dual)
    # What a target costs grows about like the square of what it asks beyond the plain plan.
    reach = float(np.sqrt(_DUAL_PART * allowed / cost))
    part = met + (1.0 - met) * reach
    return Aim(full, part, met, _between(equity.nearer(part), plain, dual, reach))


def _between(goal: Equity, plain: Dual, fair: Dual, part: float) -> Dual:
    """Prices on the way from the plain goal to the fair one.

    Prices are the slope of what targets cost: where that grows like a square, they grow in step.
    """
    board = with_towns(plain.board, goal)
    low, high = plain.prices, fair.prices
    prices = Prices(
        low.rank + part * (high.rank - low.rank),
        low.half + part * (high.half - low.half),
        low.fund + part * (high.fund - low.fund),
        part * high.town,
    )
    answer = no_answer(board)
    bound = respond(board, prices, answer)
    share = plain.share + part * (fair.share - plain.share)
    return Dual(board, prices, bound, share, answer.bid, forcing_costs(board, answer))


def proven(problem: Problem, instance: Instance, goal: Equity, dual: Dual) -> tuple[float, Proof]:
    """What the prices of a fair goal prove about one with other targets, and the proof.

    Targets enter the bound by what their rewards exceed the prices by, and nowhere else. The
    search for prices leaves out the group of everyone: its price is 0.
    """
    town = np.zeros(len(goal.names))
    town[: len(dual.prices.town)] = dual.prices.town
    was = unpaid(dual.board.pieces, dual.board.slopes, dual.prices.town)
    bound = dual.bound - was + unpaid(goal.pieces, goal.slopes, town)
    return bound, with_rewards(problem, proof_of(problem, instance, dual.prices), goal, town)


@dataclass(slots=True)
class _Best:
    """The best plan so far: within what may be spent, then the nearest to the targets, then B."""

    key: tuple[bool, float, float]
    chosen: Ints
    part: float


def build_fairly(
    instance: Instance, aim: Aim, plain: Dual, allowed: float, hear: Hears, *, seed: int
) -> tuple[Ints, Equity]:
    """Pairs of a plan, and the goal with the targets that it was sought for."""
    least = (1.0 - allowed) * plain.bound
    part, low = aim.part, aim.met
    board = with_towns(plain.board, aim.full.nearer(part))
    state = approximate.seeded(seed)
    tableau = empty_tableau(board)
    dual = aim.dual
    for pairs in approximate.in_turn(board, tableau, dual):
        build_up(board, tableau, pairs, state)
    top = best_values(instance)
    scale = float(top[top > 0].mean()) if (top > 0).any() else 1.0
    many = approximate.DENSE * int((top > 0).sum())
    best: _Best | None = None
    worth = approximate.benefit_on(board, tableau)
    for number in range(_SPELLS):
        if part < 1.0 and number >= _SPELLS_LOWERED:
            break
        board = board._replace(pieces=aim.full.nearer(part).pieces)
        pairs, tried = _pairs(board, tableau, dual, plain, scale, part, first=number == 0)
        heat = approximate.MILD if number == 0 else approximate.HOT
        length = _FIRST if number == 0 else _MOVES if part == 1.0 else _MOVES_LOWERED
        moves = max(approximate.LEAST_MOVES, int(length * min(tried, many)))
        over = _spell(
            board, tableau, pairs, moves, heat * scale, scale, state, worth, plain.bound, hear
        )
        chosen = np.flatnonzero(tableau.chosen)
        before, worth = worth, approximate.benefit_on(board, tableau)
        within = worth >= least
        reached = min(1.0, aim.full.reached(tableau.served)) if within else 0.0
        if best is None or (within, reached, worth) > best.key:
            best = _Best((within, reached, worth), chosen, part)
        if over:
            break
        still = worth - before <= _STEP * plain.bound
        if within and part >= 1.0 and number + 1 >= _LEAST_SPELLS and still:
            break
        cost = max(1e-9, 1.0 - worth / plain.bound)
        way = aim.met + (part - aim.met) * float(np.sqrt(_NEAR * allowed / cost))
        if within:
            low = max(low, part)
            part = min(1.0, part + _RISE, max(part, way))
        elif cost > _SLIGHTLY * allowed or still:
            part = max(low, way)
    if best is None:
        best = _Best((False, 0.0, 0.0), np.flatnonzero(tableau.chosen), part)
    return best.chosen, aim.full.nearer(best.part)


def _pairs(
    board: Board,
    tableau: Tableau,
    dual: Dual,
    plain: Dual,
    scale: float,
    part: float,
    *,
    first: bool,
) -> tuple[Ints, int]:
    """What a spell tries, and how many of it count for its length.

    Pairs that sessions chose while the prices settled (where targets fell, also the plain ones),
    and nearly all of the groups that lack few.
    """
    if first:
        pairs = np.flatnonzero((dual.cost <= approximate.LIKELY * scale) & ~board.fixed)
        return pairs, len(pairs)
    wanted = dual.share > 0.0
    count = int(wanted.sum())
    if part < 1.0:
        wanted |= plain.share > 0.0
    wanted |= approximate.lacking(board, tableau)[board.need] & (dual.cost <= _RELUCTANT * scale)
    return np.flatnonzero(wanted & ~board.fixed), count


def _spell(
    board: Board,
    tableau: Tableau,
    pairs: Ints,
    moves: int,
    hot: float,
    scale: float,
    state: Ints,
    worth: float,
    bound: float,
    hear: Hears,
) -> bool:
    """Anneal from the tableau, relink it with where it was best; whether to stop for good."""
    goal = approximate.goal_on(board, tableau)
    best, goals = tableau.chosen.copy(), np.array([goal, goal])
    cold = approximate.COLD * scale
    for begin in range(0, moves, approximate.CHUNK):
        end = min(moves, begin + approximate.CHUNK)
        anneal(board, tableau, pairs, best, goals, begin, end, moves, hot, cold, state)
        if hear(end / moves, worth, bound):
            return True
    goals[0] += relink(board, tableau, best)
    if goals[0] > goals[1]:
        keep_best(tableau, best, goals)
    return False
