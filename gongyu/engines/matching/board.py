"""The arrays that the compiled solvers work on."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from .fairness import Equity
from .instance import Instance
from .problem import Floats, Ints
from .types import RANK_DISCOUNT


class Board(NamedTuple):
    """An instance laid out for loops over needs and over sessions.

    Pairs: need, session, half, value, fixed. start: pairs by need. order, session_start: pairs by
    session. rank_start: slots of need n are rank_start[n]:rank_start[n + 1], as many as it can
    fill; weight: (ranks,) discounts. contested: half-days that more pairs want than may have.
    month_start, month_session: sessions by unit and month. group_start, group: fairness groups of
    each need; pieces (groups, quarters), slopes (quarters,). The rest as in ``Instance``.
    """

    start: Ints
    need: Ints
    session: Ints
    half: Ints
    value: Floats
    fixed: npt.NDArray[np.bool_]
    order: Ints
    session_start: Ints
    heads: Ints
    rank_start: Ints
    weight: Floats
    contested: npt.NDArray[np.bool_]
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


def lay_out(instance: Instance, equity: Equity | None) -> Board:
    """The board of an instance, with the towns' utilities where fairness asks for them."""
    many_needs, many = len(instance.heads), len(instance.seats)
    order = np.argsort(instance.session, kind="stable")
    ranks = np.minimum(instance.wanted, np.diff(instance.start))
    together = np.bincount(instance.half, minlength=len(instance.half_limit))
    months = np.argsort(instance.month, kind="stable")
    months = months[instance.month[months] >= 0]
    group_start, group = np.zeros(many_needs + 1, np.int64), np.empty(0, np.int64)
    pieces, slopes = np.zeros((0, 4), np.int64), np.zeros(4)
    if equity:
        owner = np.repeat(np.arange(len(equity.names)), np.diff(equity.start))
        by_need = np.argsort(equity.member, kind="stable")
        group = owner[by_need]
        group_start = np.searchsorted(equity.member[by_need], np.arange(many_needs + 1))
        pieces, slopes = equity.pieces, equity.slopes
    return Board(
        start=instance.start,
        need=instance.need,
        session=instance.session,
        half=instance.half,
        value=instance.value,
        fixed=instance.fixed,
        order=order,
        session_start=np.searchsorted(instance.session[order], np.arange(many + 1)),
        heads=instance.heads,
        rank_start=np.concatenate([np.zeros(1, np.int64), np.cumsum(ranks, dtype=np.int64)]),
        weight=RANK_DISCOUNT ** np.arange(int(ranks.max(initial=1)), dtype=np.float64),
        contested=together > instance.half_limit,
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
        group_start=group_start,
        group=group,
        pieces=pieces,
        slopes=slopes,
    )
