"""What the sessions answer to prices: whom each would take, and the bound that this proves."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from .board import Board, Indices
from .compiled import compiled, lean
from .knapsack import DEEPEST, Flags, fill, fill_by_table
from .problem import Floats, Ints


class Prices(NamedTuple):
    """rank: by slot of the needs. half, fund, town: by code; town multipliers are rewards."""

    rank: Floats
    half: Floats
    fund: Floats
    town: Floats


class Answer(NamedTuple):
    """Of the sessions to some prices.

    pick, rank: places in ``Board.order`` that sessions choose, and the rank that each fills in its
    need; those of session s are pick_start[s]:pick_start[s + 1], where runs[s]. worth: by session.
    bid, chosen: by pair, filled by ``respond`` alone; the bids of fixed pairs by every answer.
    """

    pick: Indices
    rank: Flags
    pick_start: Ints
    worth: Floats
    runs: Flags
    bid: Floats
    chosen: Flags


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
        np.zeros(pairs, np.int32),
        np.zeros(pairs, np.uint8),
        np.zeros(sessions + 1, np.int64),
        np.zeros(sessions),
        np.zeros(sessions, np.uint8),
        np.zeros(pairs),
        np.zeros(pairs, np.uint8),
    )


class Bidders(NamedTuple):
    """Room for those of one session: bids, heads, whether taken; and for their order."""

    bids: Floats
    heads: Ints
    take: Flags
    room: Ints


@compiled
def respond(board: Board, prices: Prices, answer: Answer) -> float:
    """Sessions' best answer to the prices; returns the Lagrangian's value, a valid bound."""
    every = np.arange(len(board.order)).astype(np.int32)
    bound = answer_live(board, prices, answer, every, board.session_start)
    _tell(board, prices, answer, rewards(board, prices))
    return bound


@lean
def _tell(board: Board, prices: Prices, answer: Answer, reward: Floats) -> None:
    """Fill in bids and choice by pair."""
    answer.chosen[:] = 0
    for s in range(len(board.seats)):
        for at in range(board.session_start[s], board.session_start[s + 1]):
            answer.bid[board.order[at]] = _bid(board, prices, reward, at)[0]
        if answer.runs[s]:
            for i in range(answer.pick_start[s], answer.pick_start[s + 1]):
                answer.chosen[board.order[answer.pick[i]]] = 1


@compiled
def answer_live(
    board: Board, prices: Prices, answer: Answer, live: Indices, live_start: Ints
) -> float:
    """``respond`` where all that bid above 0 are live; live: places in ``order``, by session.

    The places of a session are left in the order of its bids, which the next answer finds quicker.
    """
    deepest = _deepest(board)
    bidders = Bidders(
        np.zeros(deepest),
        np.zeros(deepest, np.int64),
        np.zeros(deepest, np.uint8),
        np.zeros(DEEPEST, np.int64),
    )
    reward = rewards(board, prices)
    return _answer(board, prices, answer, live, live_start, reward, bidders)


@lean
def _deepest(board: Board) -> int:
    """Pairs of the session that has most."""
    deepest = 1
    for s in range(len(board.seats)):
        deepest = max(deepest, board.session_start[s + 1] - board.session_start[s])
    return deepest


@lean
def _answer(
    board: Board,
    prices: Prices,
    answer: Answer,
    live: Indices,
    live_start: Ints,
    reward: Floats,
    bidders: Bidders,
) -> float:
    bids, heads, take, room = bidders
    bound = _constant(board, prices)
    picks = 0
    for s in range(len(board.seats)):
        answer.pick_start[s] = picks
        seats, takers, held = board.seats[s], board.takers[s], 0.0
        runs, least = board.running[s], board.least[s]
        if runs:
            for at in range(board.session_start[s], board.session_start[s + 1]):
                pair = board.order[at]
                if board.fixed[pair]:
                    answer.bid[pair], answer.rank[picks] = _bid(board, prices, reward, at)
                    answer.pick[picks] = at
                    picks += 1
                    held += answer.bid[pair]
                    seats -= board.heads[board.at_need[at]]
                    takers -= 1
        # Bidders are written where they stand if all are taken; most often that is so.
        count, wanted, worth = 0, 0, 0.0
        if takers == 1:
            for i in range(live_start[s], live_start[s + 1]):
                at = live[i]
                bid, rank = _bid(board, prices, reward, at)
                size = board.heads[board.at_need[at]]
                if (
                    bid > worth
                    and least <= size <= seats
                    and not (runs and board.fixed[board.order[at]])
                ):
                    worth, count = bid, 1
                    answer.pick[picks], answer.rank[picks] = at, rank
        elif takers > 0:
            begin = live_start[s]
            for i in range(begin, live_start[s + 1]):
                at = live[i]
                bid, rank = _bid(board, prices, reward, at)
                if bid > 0.0 and not (runs and board.fixed[board.order[at]]):
                    bids[count], heads[count] = bid, board.heads[board.at_need[at]]
                    answer.pick[picks + count], answer.rank[picks + count] = at, rank
                    live[i], live[begin + count] = live[begin + count], at
                    worth += bid
                    wanted += heads[count]
                    count += 1
            if count > 0 and not least <= wanted <= seats:
                some = -1.0
                if wanted >= least:
                    some = fill(bids, heads, count, seats, False, least, take, room)
                    if count <= DEEPEST and not runs:  # it has put them in order
                        for k in range(count):
                            live[begin + k] = answer.pick[picks + room[k]]
                if some < 0.0:  # bidders at a loss may help to reach the minimum
                    count = 0
                    for at in range(board.session_start[s], board.session_start[s + 1]):
                        if not (runs and board.fixed[board.order[at]]):
                            bid, rank = _bid(board, prices, reward, at)
                            bids[count], heads[count] = bid, board.heads[board.at_need[at]]
                            answer.pick[picks + count], answer.rank[picks + count] = at, rank
                            count += 1
                    some = fill(bids, heads, count, seats, False, least, take, room)
                    if some < 0.0:
                        some = fill_by_table(bids, heads, count, seats, least, take)
                worth, many = some, 0
                for i in range(count):
                    if take[i]:
                        answer.pick[picks + many] = answer.pick[picks + i]
                        answer.rank[picks + many] = answer.rank[picks + i]
                        many += 1
                count = many
        picks += count
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
            picks = answer.pick_start[s]
        elif board.month[s] < 0:
            bound += worth
    answer.pick_start[len(board.seats)] = picks
    return bound + _months(board, answer)


@compiled
def rewards(board: Board, prices: Prices) -> Floats:
    """(needs,): what towns and fair groups pay for each need's first session."""
    reward = np.zeros(len(board.heads))
    if len(prices.town):
        _pay(board, prices, reward)
    return reward


@lean
def _pay(board: Board, prices: Prices, reward: Floats) -> None:
    for n in range(len(reward)):
        for at in range(board.group_start[n], board.group_start[n + 1]):
            reward[n] += prices.town[board.group[at]]


@lean
def _bid(board: Board, prices: Prices, reward: Floats, at: int) -> tuple[float, int]:
    """What a pair offers its session, and as which of its need's: the best rank less the prices."""
    n = board.at_need[at]
    first, last = board.rank_start[n], board.rank_start[n + 1]
    best, rank = -np.inf, 0
    if first < last:
        best = board.weight[0] * board.at_value[at] - prices.rank[first] + reward[n]
    for slot in range(first + 1, last):
        offer = board.weight[slot - first] * board.at_value[at] - prices.rank[slot]
        if offer > best:
            best, rank = offer, slot - first
    half = board.at_half[at]
    if half >= 0:
        best -= prices.half[half]
    return best, rank


@compiled
def may_bid(
    board: Board,
    prices: Prices,
    scale: Prices,
    drop: float,
    pull: float,
    live: Indices,
    live_start: Ints,
) -> None:
    """Fill live, live_start with the places of pairs that can bid above 0 until prices fall more.

    drop: by how many times its scale a need's price may fall; a half-day's ``pull`` times that.
    A town's reward may rise by ``pull`` times that too; what a need pays for its first session
    rises with it (``lagrange.descend``), until that price has come down to 0.
    """
    reward = rewards(board, prices)
    rise, fall = np.zeros(len(reward)), np.zeros(len(reward))
    _may_bid(board, prices, scale, drop, pull, live, live_start, reward, rise, fall)


@lean
def _may_bid(
    board: Board,
    prices: Prices,
    scale: Prices,
    drop: float,
    pull: float,
    live: Indices,
    live_start: Ints,
    reward: Floats,
    rise: Floats,
    fall: Floats,
) -> None:
    for n in range(len(reward)):
        for at in range(board.group_start[n], board.group_start[n + 1]):
            step = drop * pull * scale.town[board.group[at]]
            rise[n] += step
            fall[n] += min(step, prices.town[board.group[at]])
    count = 0
    for s in range(len(board.seats)):
        live_start[s] = count
        for at in range(board.session_start[s], board.session_start[s + 1]):
            n, value, half = board.at_need[at], board.at_value[at], board.at_half[at]
            room = -1e-9 * value
            if half >= 0:
                room += max(0.0, prices.half[half] - pull * drop * scale.half[half])
            first = board.rank_start[n]
            for slot in range(first, board.rank_start[n + 1]):
                least = max(0.0, prices.rank[slot] - drop * scale.rank[slot])
                if slot == first:
                    # Once the price has come down to 0, the reward rises alone.
                    least = least - reward[n] if least > fall[n] else -reward[n] - rise[n]
                if board.weight[slot - first] * value - least > room:
                    live[count] = at
                    count += 1
                    break
    live_start[len(board.seats)] = count


@lean
def _constant(board: Board, prices: Prices) -> float:
    """What the prices themselves cost: the part of the bound that no session answers for."""
    total = 0.0
    for price in prices.rank:
        total += price
    for code in board.tight:
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


@lean
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
            bound -= answer.worth[worst]
            hopeful -= 1
    return bound
