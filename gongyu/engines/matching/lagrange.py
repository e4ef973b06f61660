"""The bound: prices for what needs compete with themselves for, sessions and months kept whole.

Relaxed with prices: the ranks of a need (one session each), the half-days of a group, the funds,
and with fairness the served counts of the towns. Kept whole: each session (a knapsack over the
needs that bid for it, with its minimum group) and each unit's month (its best sessions up to the
limit). Any prices >= 0 give a valid bound (weak duality); the subgradient looks for good ones.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from .answers import Answer, Prices, answer_live, may_bid, no_answer, no_prices, respond
from .board import Board
from .compiled import compiled, lean
from .problem import Floats, Ints

__all__ = [
    "Answer",
    "Prices",
    "chosen_share",
    "descend",
    "forcing_costs",
    "no_answer",
    "no_prices",
    "respond",
    "scales",
]

MOMENTUM = 0.9
CLIP = 1.5
_TOWNS = 3.0
"""Mean best values that one step moves a town's reward by."""


@compiled
def descend(
    board: Board,
    prices: Prices,
    best: Prices,
    answer: Answer,
    scale: Prices,
    speed: Prices,
    mean: Floats,
    rounds: int,
    first: int,
    last: int,
    high: float,
    low: float,
    bound: float,
) -> float:
    """Rounds first to last - 1 of ``rounds`` of the subgradient; returns the best bound known.

    Prices move in place; ``best`` keeps those of the best bound. scale: what one step moves each
    price by; speed: momentum. mean: adds up the chosen pairs of the second half of the rounds.
    The step falls geometrically from high to low.
    """
    excess = np.zeros(len(prices.rank))
    crowd = np.zeros(len(prices.half))
    spent = np.zeros(len(prices.fund))
    served = np.zeros(len(prices.town))
    before = np.zeros(len(prices.town))
    every_rank, every_fund = np.arange(len(excess)), np.arange(len(spent))
    every_town = np.arange(len(served))
    drop = 0.0
    for step_number in range(first, last - 1):
        drop += high * (low / high) ** (step_number / max(1, rounds - 1))
    live, live_start = np.empty_like(board.at_need), np.empty_like(board.session_start)
    may_bid(board, prices, scale, drop, CLIP, live, live_start)
    for step_number in range(first, last):
        value = answer_live(board, prices, answer, live, live_start)
        if value < bound:
            bound = value
            best.rank[:] = prices.rank
            best.half[:] = prices.half
            best.fund[:] = prices.fund
            best.town[:] = prices.town
        _excess(board, prices, answer, excess, crowd, spent, served)
        if 2 * step_number >= rounds:  # the second half
            _count(board, answer, mean)
        step = high * (low / high) ** (step_number / max(1, rounds - 1))
        _move(every_rank, prices.rank, speed.rank, excess, scale.rank, step, np.inf)
        _move(board.tight, prices.half, speed.half, crowd, scale.half, step, np.inf)
        _move(every_fund, prices.fund, speed.fund, spent, scale.fund, step, np.inf)
        if len(prices.town):
            before[:] = prices.town
            _move(every_town, prices.town, speed.town, served, scale.town, step, board.slopes[0])
            _follow(board, prices, before)
    return bound


@lean
def _follow(board: Board, prices: Prices, before: Floats) -> None:
    """A need that pays a price for its first session pays what its towns' rewards rise by.

    Without it a reward would first draw in the needs that are served anyhow, and the prices
    would take many rounds to notice.
    """
    for n in range(len(board.heads)):
        first = board.rank_start[n]
        if first == board.rank_start[n + 1] or prices.rank[first] <= 0.0:
            continue
        rise = 0.0
        for at in range(board.group_start[n], board.group_start[n + 1]):
            rise += prices.town[board.group[at]] - before[board.group[at]]
        prices.rank[first] = max(0.0, prices.rank[first] + rise)


@lean
def _excess(
    board: Board,
    prices: Prices,
    answer: Answer,
    excess: Floats,
    crowd: Floats,
    spent: Floats,
    served: Floats,
) -> None:
    """By how much the answer breaks each relaxed row: the directions in which prices rise."""
    excess[:] = -1.0
    served[:] = 0.0
    for code in board.tight:
        crowd[code] = -float(board.half_limit[code])
    for s in range(len(board.seats)):
        if not answer.runs[s]:
            continue
        for i in range(answer.pick_start[s], answer.pick_start[s + 1]):
            n, half = board.at_need[answer.pick[i]], board.at_half[answer.pick[i]]
            excess[board.rank_start[n] + answer.rank[i]] += 1.0
            if half >= 0:
                crowd[half] += 1.0
            if answer.rank[i] == 0:
                for at in range(board.group_start[n], board.group_start[n + 1]):
                    served[board.group[at]] -= 1.0
    for code in range(len(spent)):
        spent[code] = -float(board.fund_limit[code])
    for s in range(len(board.seats)):
        if board.fund[s] >= 0 and answer.runs[s]:
            spent[board.fund[s]] += board.subsidy[s]
    for code in range(len(spent)):
        spent[code] /= max(1.0, float(board.fund_limit[code]))
    for g in range(len(served)):
        size = 0
        for quarter in range(len(board.slopes)):
            size += board.pieces[g, quarter]
            if board.slopes[quarter] > prices.town[g]:
                served[g] += board.pieces[g, quarter]
        served[g] = 10.0 * served[g] / max(1, size)


@lean
def _count(board: Board, answer: Answer, mean: Floats) -> None:
    """Add 1 for each chosen pair."""
    for s in range(len(board.seats)):
        if answer.runs[s]:
            for i in range(answer.pick_start[s], answer.pick_start[s + 1]):
                mean[board.order[answer.pick[i]]] += 1.0


@lean
def _move(
    which: Ints,
    price: Floats,
    speed: Floats,
    excess: Floats,
    scale: Floats,
    step: float,
    top: float,
) -> None:
    for i in which:
        pull = min(CLIP, max(-CLIP, excess[i]))
        speed[i] = MOMENTUM * speed[i] + (1.0 - MOMENTUM) * pull
        price[i] = min(top, max(0.0, price[i] + step * scale[i] * speed[i]))


@compiled
def forcing_costs(board: Board, answer: Answer) -> Floats:
    """About what the bound would lose if an unchosen pair had to be chosen; 0 for chosen ones.

    An estimate to order the search by, not a proof: the seats a pair would take are priced at
    the worst bid per head that its session now accepts, and a session that its month has no room
    for at what the least of those that run is worth more.
    """
    cost = np.zeros(len(board.need))
    entry = np.zeros(len(board.month_limit))
    for month in range(len(entry)):
        left = board.month_limit[month]
        least = np.inf
        for at in range(board.month_start[month], board.month_start[month + 1]):
            s = board.month_session[at]
            if answer.runs[s]:
                left -= 1
                if not board.running[s]:
                    least = min(least, answer.worth[s])
        if left <= 0:
            entry[month] = least
    for s in range(len(board.seats)):
        opening = 0.0
        if not answer.runs[s] and board.month[s] >= 0:
            opening = max(0.0, entry[board.month[s]] - max(0.0, answer.worth[s]))
        used, ratio, least = 0, np.inf, np.inf
        for at in range(board.session_start[s], board.session_start[s + 1]):
            pair = board.order[at]
            if answer.chosen[pair]:
                heads = board.heads[board.need[pair]]
                used += heads
                ratio = min(ratio, answer.bid[pair] / heads)
                least = min(least, answer.bid[pair])
        free = board.seats[s] - used
        for at in range(board.session_start[s], board.session_start[s + 1]):
            pair = board.order[at]
            if answer.chosen[pair]:
                continue
            heads = board.heads[board.need[pair]]
            if used > 0 and board.takers[s] == 1:
                cost[pair] = least - answer.bid[pair]
            elif used > 0 and heads > free:
                cost[pair] = max(0.0, ratio * (heads - free) - answer.bid[pair])
            else:
                cost[pair] = max(0.0, -answer.bid[pair]) + opening
    return cost


def scales(board: Board) -> Prices:
    """What one step moves each price by: its need's best value, its half-day's best value."""
    best = np.zeros(len(board.heads))
    np.maximum.at(best, board.need, board.value)
    owner = np.repeat(np.arange(len(board.heads)), np.diff(board.rank_start))
    rank = np.arange(len(owner)) - board.rank_start[owner]
    best_of_half, half = np.zeros(len(board.half_limit)), np.zeros(len(board.half_limit))
    np.maximum.at(best_of_half, board.half, board.value)
    half[board.tight] = best_of_half[board.tight]
    mean = float(best[best > 0].mean()) if (best > 0).any() else 0.0
    fund = np.zeros(len(board.fund_limit))
    paid = board.fund >= 0
    np.maximum.at(fund, board.fund[paid], 10.0 * mean / np.maximum(1, board.subsidy[paid]))
    return Prices(
        best[owner] * board.weight[rank] if len(owner) else np.zeros(0),
        half,
        fund,
        np.full(len(board.pieces), _TOWNS * mean),
    )


def chosen_share(mean: Floats, rounds: int) -> Floats:
    """How often each pair was chosen in the second half of the rounds, 0 to 1."""
    share: npt.NDArray[np.float64] = mean / max(1, rounds - (rounds + 1) // 2)
    return share
