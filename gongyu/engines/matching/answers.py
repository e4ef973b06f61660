"""What the sessions answer to prices: whom each would take, and the bound that this proves."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from .board import Board
from .compiled import compiled
from .knapsack import Flags, fill_session
from .problem import Floats, Ints


class Prices(NamedTuple):
    """rank: by slot of the needs. half, fund, town: by code; town multipliers are rewards."""

    rank: Floats
    half: Floats
    fund: Floats
    town: Floats


class Answer(NamedTuple):
    """Of the sessions to some prices. bid, chosen, rank: by pair. worth: by session."""

    bid: Floats
    chosen: Flags
    rank: Ints
    worth: Floats
    runs: Flags


def no_prices(board: Board) -> Prices:
    """All prices 0."""
    return Prices(
        np.zeros(int(board.rank_start[-1])),
        np.zeros(len(board.half_limit)),
        np.zeros(len(board.fund_limit)),
        np.zeros(len(board.pieces)),
    )


def no_answer(board: Board) -> Answer:
    """Room for an answer."""
    pairs, sessions = len(board.need), len(board.seats)
    return Answer(
        np.zeros(pairs),
        np.zeros(pairs, np.uint8),
        np.zeros(pairs, np.int64),
        np.zeros(sessions),
        np.zeros(sessions, np.uint8),
    )


@compiled
def respond(board: Board, prices: Prices, answer: Answer) -> float:
    """Sessions' best answer to the prices; returns the Lagrangian's value, a valid bound."""
    return answer_live(board, prices, answer, board.order, board.session_start)


@compiled
def answer_live(
    board: Board, prices: Prices, answer: Answer, live: Ints, live_start: Ints
) -> float:
    """``respond`` where every pair that bids above 0 is live; live, live_start: by session."""
    # One long function: what is called here for each session would count the references of
    # all the board's arrays.
    _bid(board, prices, answer)
    bound = _constant(board, prices)
    deepest = 1
    for s in range(len(board.seats)):
        deepest = max(deepest, board.session_start[s + 1] - board.session_start[s])
    bids, heads = np.zeros(deepest), np.zeros(deepest, np.int64)
    take = np.zeros(deepest, np.uint8)
    where = np.zeros(deepest, np.int64)
    answer.chosen[:] = 0
    for s in range(len(board.seats)):
        seats, takers, held = board.seats[s], board.takers[s], 0.0
        runs, least = board.running[s], board.least[s]
        if runs:
            for at in range(board.session_start[s], board.session_start[s + 1]):
                pair = board.order[at]
                if board.fixed[pair]:
                    answer.chosen[pair] = 1
                    held += answer.bid[pair]
                    seats -= board.heads[board.need[pair]]
                    takers -= 1
        count, wanted, worth = 0, 0, 0.0
        if takers > 0:
            for at in range(live_start[s], live_start[s + 1]):
                pair = live[at]
                if answer.bid[pair] > 0.0 and not (runs and board.fixed[pair]):
                    bids[count] = answer.bid[pair]
                    heads[count] = board.heads[board.need[pair]]
                    where[count] = pair
                    wanted += heads[count]
                    count += 1
        if count > 0:
            single = takers == 1
            reached = single or wanted >= least
            if reached:
                asked = least if single else 0
                worth = fill_session(bids, heads, count, seats, single, asked, take)
                used = 0
                for i in range(count):
                    used += heads[i] * take[i]
                reached = single or used >= least
            if not reached:  # bidders at a loss may help to reach the minimum
                count = 0
                for at in range(board.session_start[s], board.session_start[s + 1]):
                    pair = board.order[at]
                    if not (runs and board.fixed[pair]):
                        bids[count] = answer.bid[pair]
                        heads[count] = board.heads[board.need[pair]]
                        where[count] = pair
                        count += 1
                worth = fill_session(bids, heads, count, seats, single, least, take)
            for i in range(count):
                answer.chosen[where[i]] = take[i]
        if runs:
            bound += held + worth
            answer.runs[s] = 1
            answer.worth[s] = worth
            continue
        if board.fund[s] >= 0:
            worth -= prices.fund[board.fund[s]] * board.subsidy[s]
        answer.worth[s] = worth
        answer.runs[s] = 1 if worth > 0.0 else 0
        if worth <= 0.0:
            for i in range(count):
                answer.chosen[where[i]] = 0
        elif board.month[s] < 0:
            bound += worth
    return bound + _months(board, answer)


@compiled
def may_bid(
    board: Board,
    prices: Prices,
    scale: Prices,
    drop: float,
    pull: float,
    live: Ints,
    live_start: Ints,
) -> None:
    """Fill live, live_start with the pairs that can bid above 0 before prices fall by more.

    drop: by how many times its scale a need's price may fall; a half-day's ``pull`` times that.
    """
    may = np.zeros(len(board.need), np.uint8)
    for n in range(len(board.heads)):
        first, last = board.rank_start[n], board.rank_start[n + 1]
        for pair in range(board.start[n], board.start[n + 1]):
            value, half = board.value[pair], board.half[pair]
            room = max(0.0, prices.half[half] - pull * drop * scale.half[half]) - 1e-9 * value
            for slot in range(first, last):
                least = max(0.0, prices.rank[slot] - drop * scale.rank[slot])
                if board.weight[slot - first] * value - least > room:
                    may[pair] = 1
                    break
    count = 0
    for s in range(len(board.seats)):
        live_start[s] = count
        for at in range(board.session_start[s], board.session_start[s + 1]):
            if may[board.order[at]]:
                live[count] = board.order[at]
                count += 1
    live_start[len(board.seats)] = count


@compiled
def _bid(board: Board, prices: Prices, answer: Answer) -> None:
    """What each pair offers its session: its best rank's value less the prices."""
    for n in range(len(board.heads)):
        reward = 0.0
        for at in range(board.group_start[n], board.group_start[n + 1]):
            reward += prices.town[board.group[at]]
        first = board.rank_start[n]
        ranks = board.rank_start[n + 1] - first
        for pair in range(board.start[n], board.start[n + 1]):
            best, chosen = -np.inf, 0
            for k in range(ranks):
                offer = board.weight[k] * board.value[pair] - prices.rank[first + k]
                if k == 0:
                    offer += reward
                if offer > best:
                    best, chosen = offer, k
            answer.bid[pair] = best - prices.half[board.half[pair]]
            answer.rank[pair] = chosen


@compiled
def _constant(board: Board, prices: Prices) -> float:
    """What the prices themselves cost: the part of the bound that no session answers for."""
    total = 0.0
    for price in prices.rank:
        total += price
    for code in range(len(prices.half)):
        total += prices.half[code] * board.half_limit[code]
    for code in range(len(prices.fund)):
        total += prices.fund[code] * board.fund_limit[code]
    for s in range(len(board.seats)):
        if board.running[s] and board.fund[s] >= 0:
            total -= prices.fund[board.fund[s]] * board.subsidy[s]
    for g in range(len(prices.town)):
        for quarter in range(len(board.slopes)):
            total += max(0.0, board.slopes[quarter] - prices.town[g]) * board.pieces[g, quarter]
    return total


@compiled
def _months(board: Board, answer: Answer) -> float:
    """Each unit's month runs its best sessions up to the limit, beside those that run anyway."""
    bound = 0.0
    for month in range(len(board.month_limit)):
        left = board.month_limit[month]
        hopeful = 0
        first, last = board.month_start[month], board.month_start[month + 1]
        for at in range(first, last):
            s = board.month_session[at]
            if board.running[s]:
                left -= 1
            elif answer.runs[s]:
                hopeful += 1
                bound += answer.worth[s]
        while hopeful > left:
            worst = -1
            for at in range(first, last):
                s = board.month_session[at]
                if not answer.runs[s] or board.running[s]:
                    continue
                if worst < 0 or answer.worth[s] < answer.worth[worst]:
                    worst = s
            answer.runs[worst] = 0
            for at in range(board.session_start[worst], board.session_start[worst + 1]):
                answer.chosen[board.order[at]] = 0
            bound -= answer.worth[worst]
            hopeful -= 1
    return bound
