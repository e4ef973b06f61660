"""Prices for the whole, found together: blocks answer, the coordinator moves.

The same subgradient as ``lagrange.descend``, with its sums taken over blocks. A need that several
blocks bid for, or a group that they want in one half-day, is priced once, by all of them together;
so no border loses value, and the bound is that of the undivided problem.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from gongyu.engines.matching.fairness import Equity
from gongyu.engines.matching.instance import Bools
from gongyu.engines.matching.lagrange import CLIP, MOMENTUM, Prices
from gongyu.engines.matching.problem import Floats, Ints, Problem

from .block import EVERYTHING, Block, Frame, Response, Signal, Survey
from .crew import Crew

ROUNDS = 100
FIRST_PRICE = 0.5
HIGH, LOW = 0.5, 0.002
_CHUNK = 10
"""Rounds between two looks at which pairs may bid at all."""

Hears = Callable[[float, float], bool]
"""(share of the rounds, bound) -> whether to stop."""


@dataclass(frozen=True, slots=True, eq=False)
class Whole:
    """What blocks tell of the whole. count, best, wanted, ranks: of every need; begin: first slot.

    keys, limit, top: half-days that more pairs want than may have, in groups that want several
    sessions (elsewhere the price of the rank does it all).
    """

    count: Ints
    best: Floats
    wanted: Ints
    ranks: Ints
    begin: Ints
    keys: Ints
    limit: Ints
    top: Floats

    def mean_best(self) -> float:
        """Mean best value of the needs with pairs."""
        has = self.best > 0
        return float(self.best[has].mean()) if has.any() else 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """prices: the best. bound: theirs. rounds: done in full (0 when stopped early)."""

    prices: Prices
    bound: float
    rounds: int


def several(problem: Problem) -> Bools:
    """Needs whose group wants more than one session, fixed pairs counted."""
    wanted = wanted_of(problem)
    groups = np.bincount(problem.need.group, wanted) if len(wanted) else np.zeros(0)
    many: Bools = groups[problem.need.group] > 1
    return many


def wanted_of(problem: Problem) -> Ints:
    """Sessions that each need may have: what it wants, or has been fixed to have."""
    fixed = np.array([n for n, _ in problem.confirmed | problem.pinned], np.int64)
    got = np.bincount(fixed, minlength=len(problem.need.heads))
    wanted: Ints = np.maximum(problem.need.wanted, got)
    return wanted


def put_together(problem: Problem, surveys: Sequence[Survey]) -> Whole:
    """The whole from its blocks."""
    many = len(problem.need.heads)
    count, best = np.zeros(many, np.int64), np.zeros(many)
    for survey in surveys:
        count[survey.needs] += survey.pairs
        best[survey.needs] = np.maximum(best[survey.needs], survey.best)
    wanted = wanted_of(problem)
    ranks = np.minimum(wanted, count)
    begin = np.concatenate([np.zeros(1, np.int64), np.cumsum(ranks)])
    every = np.concatenate([np.empty(0, np.int64), *(survey.keys for survey in surveys)])
    keys, at = np.unique(every, return_inverse=True)
    at = at.reshape(-1)
    crowd, held = np.zeros(len(keys), np.int64), np.zeros(len(keys), np.int64)
    top = np.zeros(len(keys))
    first = 0
    for survey in surveys:
        place = at[first : first + len(survey.keys)]
        first += len(survey.keys)
        crowd[place] += survey.crowd
        held[place] += survey.held
        top[place] = np.maximum(top[place], survey.top)
    limit = np.maximum(1, held)
    contested = crowd > limit
    return Whole(
        count,
        best,
        wanted,
        ranks,
        begin,
        keys[contested],
        limit[contested],
        top[contested],
    )


def frame_of(whole: Whole, scale: Prices, fair: Equity | None) -> Frame:
    """What blocks need to know of the whole."""
    many = len(whole.count)
    start, member = np.zeros(many + 1, np.int64), np.empty(0, np.int64)
    pieces, slopes = np.zeros((0, 4), np.int64), np.zeros(4)
    if fair:
        owner = np.repeat(np.arange(len(fair.names)), np.diff(fair.start))
        order = np.argsort(fair.member, kind="stable")
        member = owner[order]
        start = np.searchsorted(fair.member[order], np.arange(many + 1))
        pieces, slopes = fair.pieces, fair.slopes
    return Frame(whole.ranks, whole.begin, whole.keys, scale, pieces, slopes, start, member)


def find(
    problem: Problem,
    whole: Whole,
    funds: Ints,
    fair: Equity | None,
    crew: Crew,
    hear: Hears,
    start: Prices | None = None,
) -> Found:
    """Good prices, the bound that they prove; blocks are left with their answer to them.

    funds: what each may spend.
    """
    scale = _scales(problem, whole, funds, fair)
    crew.ask(Block.frame, frame_of(whole, scale, fair))
    sizes = [len(vector) for vector in scale]
    prices = Prices(*(np.zeros(size) for size in sizes))
    if start is None:
        prices.rank[:] = FIRST_PRICE * scale.rank
    else:
        prices.rank[:], prices.half[:], prices.fund[:] = start.rank, start.half, start.fund
    best = Prices(*(vector.copy() for vector in prices))
    speed = Prices(*(np.zeros(size) for size in sizes))
    rounds = ROUNDS
    top = float(fair.slopes[0]) if fair else 0.0
    bound, done = np.inf, 0
    for done in range(rounds):
        drop = None
        if fair:  # a town's reward may rise alone
            drop = EVERYTHING
        elif done % _CHUNK == 0:
            drop = float(sum(_step(later) for later in range(done, done + _CHUNK)))
        answers = crew.ask(Block.respond, _signal(prices, 2 * done >= rounds, drop))
        value = _value(whole, funds, fair, prices, answers)
        if value < bound:
            bound = value
            for kept, vector in zip(best, prices, strict=True):
                kept[:] = vector
        step = _step(done)
        excess = _excess(whole, funds, fair, prices, answers)
        for price, pace, pull, size, most in zip(
            prices, speed, excess, scale, (np.inf, np.inf, np.inf, top), strict=True
        ):
            _move(price, pace, pull, size * step, most)
        if (done + 1) % 5 == 0 and hear((done + 1) / rounds, bound) and done + 1 < rounds:
            break
    finished = rounds if done + 1 == rounds else 0
    bound = _value(
        whole, funds, fair, best, crew.ask(Block.respond, _signal(best, False, EVERYTHING))
    )
    crew.ask(Block.close, finished)
    return Found(best, bound, finished)


def _step(done: int) -> float:
    """Falls geometrically from HIGH to LOW over the rounds."""
    return float(HIGH * (LOW / HIGH) ** (done / (ROUNDS - 1)))


def _signal(prices: Prices, keep: bool, drop: float | None) -> Signal:
    dear = np.flatnonzero(prices.half > 0.0)
    return Signal(prices.rank, dear, prices.half[dear], prices.fund, prices.town, keep, drop)


def _value(
    whole: Whole,
    funds: Ints,
    fair: Equity | None,
    prices: Prices,
    answers: Sequence[Response],
) -> float:
    """The Lagrangian's value: a valid bound. Funds' fixed costs are in the blocks' answers."""
    total = float(prices.rank.sum()) + float((prices.half * whole.limit).sum())
    total += float((prices.fund * funds).sum())
    if fair:
        lacking = np.maximum(0.0, fair.slopes[None, :] - prices.town[:, None])
        total += float((lacking * fair.pieces).sum())
    for answer in answers:
        total += answer.value
    return total


def _excess(
    whole: Whole,
    funds: Ints,
    fair: Equity | None,
    prices: Prices,
    answers: Sequence[Response],
) -> Prices:
    """By how much the answers break each relaxed row; whole numbers, so in any order the same."""
    rank = np.full(len(prices.rank), -1.0)
    half = -whole.limit.astype(np.float64)
    fund = -funds.astype(np.float64)
    town = np.zeros(len(prices.town))
    for answer in answers:
        rank += np.bincount(answer.slots, minlength=len(rank))
        half += np.bincount(answer.halves, minlength=len(half))
        fund += answer.spent
        town -= answer.served
    fund /= np.maximum(1.0, funds)
    if fair:
        wanted = ((fair.slopes[None, :] > prices.town[:, None]) * fair.pieces).sum(axis=1)
        town = 10.0 * (town + wanted) / np.maximum(1, fair.pieces.sum(axis=1))
    return Prices(rank, half, fund, town)


def _move(price: Floats, speed: Floats, pull: Floats, size: Floats, most: float) -> None:
    np.clip(pull, -CLIP, CLIP, out=pull)
    speed *= MOMENTUM
    pull *= 1.0 - MOMENTUM
    speed += pull
    price += size * speed
    np.clip(price, 0.0, most, out=price)


def _scales(problem: Problem, whole: Whole, funds: Ints, fair: Equity | None) -> Prices:
    """What one step moves each price by: its need's best value, its half-day's best value."""
    owner = np.repeat(np.arange(len(whole.ranks)), whole.ranks)
    rank = np.arange(len(owner)) - whole.begin[owner]
    mean = whole.mean_best()
    session = problem.session
    fund = np.zeros(len(funds))
    paid = (session.fund >= 0) & (session.subsidy > 0)
    np.maximum.at(fund, session.fund[paid], 10.0 * mean / np.maximum(1, session.subsidy[paid]))
    return Prices(
        whole.best[owner] * 0.6**rank,
        whole.top,
        fund,
        np.full(len(fair.pieces) if fair else 0, mean),
    )
