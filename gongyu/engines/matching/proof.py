"""Prices under the names of the problem, so that anybody can recompute the bound."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np

from .fairness import EVERYONE, Equity
from .instance import Instance, group_and_half
from .lagrange import Prices
from .plan import Proof
from .problem import Floats, Ints, Problem


def name_prices(problem: Problem, begin: Ints, half_keys: Ints, prices: Prices) -> Proof:
    """Prices by the ids of the problem.

    begin: where the ranks of each need begin in ``prices.rank``, with the end behind; needs + 1.
    half_keys: group and half-day behind each of ``prices.half``, as ``group_and_half`` reads them.
    """
    every, starts = prices.rank.tolist(), begin.tolist()
    half_days = {}
    priced = np.flatnonzero(prices.half > 0).tolist()
    names = {}
    if priced:
        codes = problem.need.group.tolist()
        names = {
            code: need.group or need.id for code, need in zip(codes, problem.needs, strict=True)
        }
    for code in priced:
        group, when = group_and_half(int(half_keys[code]))
        half_days[names[group], date.fromordinal(when // 3), when % 3] = float(prices.half[code])
    return Proof(
        ranks={
            need.id: tuple(every[first:last])
            for need, first, last in zip(problem.needs, starts[:-1], starts[1:], strict=True)
            if first < last
        },
        half_days=half_days,
        funds=dict(zip(problem.funds, prices.fund.tolist(), strict=True)),
    )


def proof_of(problem: Problem, instance: Instance, prices: Prices) -> Proof:
    """The prices of an instance; a need has as many ranks as it wants, or as it has pairs."""
    ranks = np.minimum(instance.wanted, np.diff(instance.start))
    begin = np.concatenate([[0], np.cumsum(ranks)])
    return name_prices(problem, begin, instance.half_key, prices)


def with_rewards(problem: Problem, proof: Proof, fair: Equity, town: Floats) -> Proof:
    """The proof as one of the fair goal. town: what the bound pays a served need, by group."""
    towns = len(problem.towns)
    keys = [
        ("all" if name == EVERYONE and i >= towns else "town" if i < towns else "group", name)
        for i, name in enumerate(fair.names)
    ]
    slopes = fair.slopes.tolist()
    return replace(
        proof,
        rewards={
            key: tuple(zip(pieces, slopes, strict=True))
            for key, pieces in zip(keys, fair.pieces.tolist(), strict=True)
        },
        towns=dict(zip(keys, np.broadcast_to(town, len(keys)).tolist(), strict=True)),
    )
