"""The arrays that the compiled solvers work on."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from .compiled import compiled
from .fairness import Equity
from .instance import Instance
from .problem import Floats, Ints
from .types import RANK_DISCOUNT

Indices = npt.NDArray[np.int32]


class Board(NamedTuple):
    """An instance laid out for loops over needs and over sessions.

    Pairs: need, session, half, value, fixed. start: pairs by need. order, session_start: pairs by
    session; at_need, at_value, at_half: of the pairs in that order, -1 for a half-day that is not
    tight. rank_start: slots of need n are rank_start[n]:rank_start[n + 1], as many as it can
    fill; weight: (ranks,) discounts. tight: half-days that more pairs want than may have; no
    other is ever priced. month_start, month_session: sessions by unit and month. group_start,
    group: fairness groups of each need; pieces (groups, quarters), slopes (quarters,). The rest as
    in ``Instance``.
    """

    start: Ints
    need: Ints
    session: Ints
    half: Ints
    value: Floats
    fixed: npt.NDArray[np.bool_]
    order: Ints
    session_start: Ints
    at_need: Indices
    at_value: Floats
    at_half: Indices
    heads: Ints
    rank_start: Ints
    weight: Floats
    tight: Ints
    seats: Ints
    takers: Ints
    least: Ints
    month: Ints
    fund: Ints
    subsidy: Ints
    running: npt.NDArray[np.bool_]
    half_limit: Ints
    month_limit: Ints
    month_start: Ints
    month_session: Ints
    fund_limit: Ints
    group_start: Ints
    group: Ints
    pieces: Ints
    slopes: Floats


def lay_out(instance: Instance, equity: Equity | None = None) -> Board:
    """The board of an instance, with the towns' utilities where fairness asks for them."""
    board = _without_towns(instance)
    return with_towns(board, equity) if equity else board


def with_towns(board: Board, equity: Equity) -> Board:
    """The same board with the utilities of a fair goal."""
    owner = np.repeat(np.arange(len(equity.names)), np.diff(equity.start))
    by_need = np.argsort(equity.member, kind="stable")
    every = np.arange(len(board.heads) + 1)
    return board._replace(
        group=owner[by_need],
        group_start=np.searchsorted(equity.member[by_need], every),
        pieces=equity.pieces,
        slopes=equity.slopes,
    )


def only_tight(half: Ints, tight: Ints, many: int) -> Indices:
    """Codes of half-days, -1 where they are not among the tight ones."""
    code = np.full(many, -1, np.int32)
    code[tight] = tight
    kept: Indices = code[half]
    return kept


def _without_towns(instance: Instance) -> Board:
    many_needs, many = len(instance.heads), len(instance.seats)
    order, session_start = _by_code(instance.session, many)
    ranks = np.minimum(instance.wanted, np.diff(instance.start))
    together = np.bincount(instance.half, minlength=len(instance.half_limit))
    months = np.argsort(instance.month, kind="stable")
    months = months[instance.month[months] >= 0]
    tight = np.flatnonzero(together > instance.half_limit)
    return Board(
        start=instance.start,
        need=instance.need,
        session=instance.session,
        half=instance.half,
        value=instance.value,
        fixed=instance.fixed,
        order=order,
        session_start=session_start,
        at_need=instance.need[order].astype(np.int32),
        at_value=instance.value[order],
        at_half=only_tight(instance.half[order], tight, len(instance.half_limit)),
        heads=instance.heads,
        rank_start=np.concatenate([np.zeros(1, np.int64), np.cumsum(ranks, dtype=np.int64)]),
        weight=RANK_DISCOUNT ** np.arange(int(ranks.max(initial=1)), dtype=np.float64),
        tight=tight,
        seats=instance.seats,
        takers=instance.takers,
        least=instance.least,
        month=instance.month,
        fund=instance.fund,
        subsidy=instance.subsidy,
        running=instance.running,
        half_limit=instance.half_limit,
        month_limit=instance.month_limit,
        month_start=np.searchsorted(
            instance.month[months], np.arange(len(instance.month_limit) + 1)
        ),
        month_session=months,
        fund_limit=instance.fund_limit,
        group_start=np.zeros(many_needs + 1, np.int64),
        group=np.empty(0, np.int64),
        pieces=np.zeros((0, 4), np.int64),
        slopes=np.zeros(4),
    )


@compiled
def _by_code(codes: Ints, many: int) -> tuple[Ints, Ints]:
    """The places in the order of their codes 0 to many - 1, and where each code begins.

    Counted, not compared: pairs of a municipality take 20 ms instead of 250.
    """
    start = np.zeros(many + 1, np.int64)
    for code in codes:
        start[code + 1] += 1
    for code in range(many):
        start[code + 1] += start[code]
    free = start[:-1].copy()
    order = np.empty(len(codes), np.int64)
    for place in range(len(codes)):
        order[free[codes[place]]] = place
        free[codes[place]] += 1
    return order, start
