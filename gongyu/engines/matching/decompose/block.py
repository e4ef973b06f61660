"""A block: some units' sessions and every pair with them; answers to prices where it is held.

A block never moves. What it is asked and what it answers is small: prices of the needs' ranks and
of the half-days in force, and the places of what its sessions choose.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from gongyu.engines.matching.answers import answer_live, may_bid
from gongyu.engines.matching.board import Board, Indices, lay_out, only_tight
from gongyu.engines.matching.candidates import Candidates, find_candidates
from gongyu.engines.matching.instance import Bools, Instance, assemble
from gongyu.engines.matching.lagrange import (
    CLIP,
    Answer,
    Prices,
    chosen_share,
    forcing_costs,
    no_answer,
    no_prices,
    respond,
)
from gongyu.engines.matching.problem import HALVES, Floats, Ints, Problem
from gongyu.engines.matching.types import Form

from .slices import part_of

EVERYTHING = np.inf


class Order(NamedTuple):
    """What a block is made from. part: its sessions and all needs that may meet one of them.

    number: of the block. needs, sessions: indices of the part's in the whole. near, online: which
    of the part's needs may meet a placed session, one online. several: needs whose group wants
    more than one session.
    """

    number: int
    part: Problem
    needs: Ints
    sessions: Ints
    near: Bools
    online: Bools
    several: Bools


class Survey(NamedTuple):
    """What the coordinator must know of a block.

    needs: those with pairs; pairs, best: how many each has, and its best value. keys, crowd, top:
    half-days of groups that want several sessions, pairs in each and the best value. held: of
    them, pairs that are fixed. label_need, label_session: component of each need and session
    with pairs within the block (sessions by index in ``sessions``); sizes: pairs of each component.
    allowed: (pairs, 2) fixed pairs that keep every rule of a pair.
    """

    needs: Ints
    pairs: Ints
    best: Floats
    keys: Ints
    crowd: Ints
    held: Ints
    top: Floats
    sessions: Ints
    label_need: Ints
    label_session: Ints
    sizes: Ints
    allowed: Ints


class Frame(NamedTuple):
    """What holds for the whole and shapes a block's board.

    ranks: of every need; begin: first slot of each. contested: keys of half-days that may cost.
    scale: what one step moves each price by. pieces, slopes: the towns' utilities; member_start,
    member: groups of each need.
    """

    ranks: Ints
    begin: Ints
    contested: Ints
    scale: Prices
    pieces: Ints
    slopes: Floats
    member_start: Ints
    member: Ints


class Signal(NamedTuple):
    """Prices in force. rank: of all slots. half, price: codes of half-days that cost something.

    keep: whether the answer counts for the mean choice. drop: by how many times its scale a price
    may fall until the next signal that says so, None where an earlier one did; EVERYTHING where
    the answer is to tell of every pair.
    """

    rank: Floats
    half: Ints
    price: Floats
    fund: Floats
    town: Floats
    keep: bool
    drop: float | None


class Response(NamedTuple):
    """value: of the sessions' choice. slots, halves: chosen, by code. spent, served: sums."""

    value: float
    slots: Ints
    halves: Ints
    spent: Ints
    served: Ints


class Pairs(NamedTuple):
    """Pairs by indices of the whole, with what the search orders them by."""

    need: Ints
    session: Ints
    value: Floats
    km: Floats
    share: Floats
    bid: Floats
    cost: Floats


class Block:
    """Mutable. ``frame`` must have been set before prices are answered."""

    def __init__(self, order: Order) -> None:
        self.number = order.number
        self.needs, self.sessions = order.needs, order.sessions
        self.several = order.several
        found = _candidates(order)
        self.instance: Instance = assemble(order.part, found)
        self.allowed = _allowed(order, found)
        self.key = order.part.need.group[self.instance.need] * HALVES
        self.key += order.part.session.half[self.instance.session]
        self.label = np.zeros(0, np.int64)
        self.board: Board
        self.answer: Answer
        self.prices: Prices
        self.scale: Prices
        self.live: Indices
        self.live_start: Ints
        self.mean: Floats
        self.slot_of: Ints
        self.codes: Ints
        self.local: Ints
        self.cost: Floats

    def survey(self) -> Survey:
        """First contact."""
        at = self.instance
        counts = np.diff(at.start)
        has = np.flatnonzero(counts)
        best = np.maximum.reduceat(at.value, at.start[:-1][has]) if len(has) else np.zeros(0)
        many = self.several[at.need]
        keys, back = np.unique(self.key[many], return_inverse=True)
        top = np.zeros(len(keys))
        np.maximum.at(top, back.reshape(-1), at.value[many])
        self.label, whose, sizes = _components(at)
        met = np.unique(at.session)
        return Survey(
            needs=self.needs[has],
            pairs=counts[has],
            best=best,
            keys=keys,
            crowd=np.bincount(back.reshape(-1), minlength=len(keys)),
            held=np.bincount(back.reshape(-1)[at.fixed[many]], minlength=len(keys)),
            top=top,
            sessions=self.sessions[met],
            label_need=self.label[has],
            label_session=whose[met],
            sizes=sizes,
            allowed=self.allowed,
        )

    def frame(self, frame: Frame) -> None:
        """Take up what the whole says about ranks, half-days and towns."""
        at = self.instance
        ranks = frame.ranks[self.needs]
        start = np.concatenate([np.zeros(1, np.int64), np.cumsum(ranks)])
        self.slot_of = np.arange(int(start[-1])) + np.repeat(
            frame.begin[self.needs] - start[:-1], ranks
        )
        groups = np.diff(frame.member_start)[self.needs]
        group_start = np.concatenate([np.zeros(1, np.int64), np.cumsum(groups)])
        entry = np.arange(int(group_start[-1])) + np.repeat(
            frame.member_start[self.needs] - group_start[:-1], groups
        )
        deepest = int(frame.ranks.max(initial=1))
        code = np.full(len(at.half_limit), -1, np.int64)
        if len(frame.contested):
            place = np.searchsorted(frame.contested, at.half_key)
            place = np.minimum(place, len(frame.contested) - 1)
            held = frame.contested[place] == at.half_key
            code[held] = place[held]
        self.local = np.flatnonzero(code >= 0)
        self.codes = code[self.local]  # rising: both are in the order of the keys
        self.code_of_half = code
        laid = lay_out(at)
        self.board = laid._replace(
            tight=self.local,
            at_half=only_tight(at.half[laid.order], self.local, len(code)),
            rank_start=start,
            weight=0.6 ** np.arange(max(deepest, 1), dtype=np.float64),
            group_start=group_start,
            group=frame.member[entry],
            pieces=frame.pieces,
            slopes=frame.slopes,
        )
        self.answer = no_answer(self.board)
        self.prices = no_prices(self.board)
        self.mean = np.zeros(len(at))
        self.live = np.empty_like(self.board.at_need)
        self.live_start = np.empty_like(self.board.session_start)
        half = np.zeros(len(code))
        half[self.local] = frame.scale.half[self.codes]
        self.scale = frame.scale._replace(rank=frame.scale.rank[self.slot_of], half=half)

    def respond(self, signal: Signal) -> Response:
        """The sessions' best answer to prices."""
        prices, board, answer = self.prices, self.board, self.answer
        prices.rank[:] = signal.rank[self.slot_of]
        prices.half[:] = 0.0
        if len(signal.half) and len(self.codes):
            place = np.minimum(np.searchsorted(self.codes, signal.half), len(self.codes) - 1)
            held = self.codes[place] == signal.half
            prices.half[self.local[place[held]]] = signal.price[held]
        prices.fund[:] = signal.fund
        prices.town[:] = signal.town
        if signal.drop == EVERYTHING:
            respond(board, prices, answer)
        else:
            if signal.drop is not None:
                may_bid(board, prices, self.scale, signal.drop, CLIP, self.live, self.live_start)
            answer_live(board, prices, answer, self.live, self.live_start)
        runs = answer.runs == 1
        picks = np.flatnonzero(np.repeat(runs, np.diff(answer.pick_start)))
        chosen, rank = board.order[answer.pick[picks]], answer.rank[picks]
        if signal.keep:
            self.mean[chosen] += 1.0
        at = self.instance
        paid = runs & (at.fund >= 0)
        fees = at.running & (at.fund >= 0)
        value = float(answer.worth[runs].sum()) + float(answer.bid[at.fixed].sum())
        if fees.any():
            value -= float((signal.fund[at.fund[fees]] * at.subsidy[fees]).sum())
        halves = self.code_of_half[at.half[chosen]]
        spent = np.zeros(len(signal.fund), np.int64)
        np.add.at(spent, at.fund[paid], at.subsidy[paid])
        served = np.zeros(len(signal.town), np.int64)
        if len(served):
            first = at.need[chosen[rank == 0]]
            lengths = np.diff(board.group_start)[first]
            entry = np.repeat(board.group_start[first], lengths) + _within(lengths)
            served = np.bincount(board.group[entry], minlength=len(served))
        slots = self.slot_of[board.rank_start[at.need[chosen]] + rank]
        return Response(value, slots, halves[halves >= 0], spent, served)

    def close(self, rounds: int) -> None:
        """After the last answer: what forcing each pair would cost, how often it was chosen."""
        self.cost = forcing_costs(self.board, self.answer)
        if rounds:
            self.mean = chosen_share(self.mean, rounds)
        else:
            self.mean = self.answer.chosen.astype(np.float64)

    def likely(self, cut: float, components: tuple[Bools, ...]) -> Pairs:
        """Those that forcing costs at most ``cut``, that are chosen, fixed, or of some components.

        components: of every block.
        """
        at, labels = self.instance, components[self.number]
        keep = (self.cost <= cut) | (self.answer.chosen == 1) | at.fixed | (self.mean > 0.0)
        if labels.any():
            keep |= labels[self.label[at.need]]
        return self._take(np.flatnonzero(keep))

    def of_needs(self, asked: Bools) -> Pairs:
        """All pairs of some needs (of the whole)."""
        return self._take(np.flatnonzero(asked[self.needs][self.instance.need]))

    def every(self) -> Pairs:
        """All pairs."""
        return self._take(np.arange(len(self.instance)))

    def addable(self, room: Room) -> Pairs:
        """Pairs that simply fit beside a plan, each for itself."""
        at = self.instance
        heads, takers = room.heads[self.sessions], room.takers[self.sessions]
        runs = (takers > 0) | at.running
        used = np.bincount(at.month[runs & (at.month >= 0)], minlength=len(at.month_limit))
        shut = ~runs & (at.month >= 0)
        shut[shut] = used[at.month[shut]] >= at.month_limit[at.month[shut]]
        total = heads[at.session] + at.heads[at.need]
        fits = room.open[self.needs][at.need] & ~shut[at.session]
        fits &= (total <= at.seats[at.session]) & (total >= at.least[at.session])
        fits &= takers[at.session] < at.takers[at.session]
        fits[fits] = ~np.isin(self.key[fits], room.taken)
        return self._take(np.flatnonzero(fits))

    def _take(self, rows: Ints) -> Pairs:
        at = self.instance
        nothing = np.zeros(len(rows))
        closed = hasattr(self, "cost")
        return Pairs(
            self.needs[at.need[rows]],
            self.sessions[at.session[rows]],
            at.value[rows],
            at.km[rows],
            self.mean[rows] if closed else nothing,
            self.answer.bid[rows] if closed else nothing,
            self.cost[rows] if closed else nothing,
        )


class Room(NamedTuple):
    """What a plan leaves. open: needs that may get more. taken: keys of full half-days.

    heads, takers: of every session.
    """

    open: Bools
    taken: Ints
    heads: Ints
    takers: Ints


def _candidates(order: Order) -> Candidates:
    """Those with placed sessions and those online, found apart and put together."""
    part = order.part
    online = part.session.form == int(Form.ONLINE)
    found = []
    for who, where in ((order.near, ~online), (order.online, online)):
        needs, sessions = np.flatnonzero(who), np.flatnonzero(where)
        some = find_candidates(part_of(part, needs, sessions))
        found.append((needs[some.need], sessions[some.session], some))
    need = np.concatenate([row[0] for row in found])
    session = np.concatenate([row[1] for row in found])
    order_of = np.lexsort((session, need))

    def both(name: str) -> Floats:
        values: Floats = np.concatenate([getattr(row[2], name) for row in found])[order_of]
        return values

    need = need[order_of]
    return Candidates(
        start=np.searchsorted(need, np.arange(len(part.need.heads) + 1)),
        need=need,
        session=session[order_of],
        value=both("value"),
        fit=both("fit"),
        km=both("km"),
        travel=both("travel"),
    )


def _allowed(order: Order, found: Candidates) -> Ints:
    fixed = np.array(sorted(order.part.confirmed), np.int64).reshape(-1, 2)
    many = max(len(order.sessions), 1)
    keys = fixed[:, 0] * many + fixed[:, 1]
    held = fixed[np.isin(keys, found.need * many + found.session)]
    return np.stack([order.needs[held[:, 0]], order.sessions[held[:, 1]]], axis=1)


def _components(instance: Instance) -> tuple[Ints, Ints, Ints]:
    """Component of each need and session by their pairs alone, and pairs of each."""
    many, more = len(instance.heads), len(instance.seats)
    graph = sparse.coo_array(
        (np.ones(len(instance), np.int8), (instance.need, instance.session + many)),
        shape=(many + more, many + more),
    )
    count, label = connected_components(graph, directed=False)
    of: Ints = label.astype(np.int64)
    sizes = np.bincount(of[instance.need], minlength=count).astype(np.int64)
    return of[:many], of[many:], sizes


def _within(lengths: Ints) -> Ints:
    """0, 1, … within each run of these lengths."""
    begin = np.cumsum(lengths) - lengths
    return np.arange(int(lengths.sum())) - np.repeat(begin, lengths)
