"""A session's own problem, against trying every choice."""

from __future__ import annotations

from itertools import chain, combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gongyu.engines.matching import knapsack
from gongyu.engines.matching.knapsack import fill_session

bidders = st.lists(
    st.tuples(st.floats(-20, 50, allow_nan=False), st.integers(1, 12)), min_size=1, max_size=8
)


@settings(max_examples=300, deadline=None)
@given(
    rows=bidders,
    seats=st.integers(0, 40),
    least=st.integers(0, 30),
    unit=st.sampled_from((1, 5)),
    single=st.booleans(),
)
def test_the_best_choice_is_found(
    rows: list[tuple[float, int]], seats: int, least: int, unit: int, single: bool
) -> None:
    bids = np.array([bid for bid, _ in rows])
    heads = np.array([unit * size for _, size in rows], np.int64)
    take = np.zeros(len(rows), np.uint8)
    worth = fill_session(bids, heads, len(rows), seats, single, least, take)
    every = chain.from_iterable(combinations(range(len(rows)), k) for k in range(len(rows) + 1))
    best = max(
        (
            float(bids[list(choice)].sum())
            for choice in every
            if choice
            and least <= heads[list(choice)].sum() <= seats
            and not (single and len(choice) > 1)
        ),
        default=0.0,
    )
    assert worth == pytest.approx(max(0.0, best), abs=1e-9)
    chosen = np.flatnonzero(take)
    if worth > 0:
        assert float(bids[chosen].sum()) == pytest.approx(worth, abs=1e-9)
        assert least <= heads[chosen].sum() <= seats


def test_beyond_the_largest_table_the_bound_stays_valid() -> None:
    many = 2500
    rng = np.random.default_rng(1)
    bids, heads = rng.random(many) * 10, rng.integers(7, 50, many)
    take = np.zeros(many, np.uint8)
    relaxed = fill_session(bids, heads, many, 2003, False, 0, take)
    assert many * 2004 > knapsack.LARGEST_TABLE
    assert heads[take == 1].sum() <= 2003
    assert relaxed >= bids[take == 1].sum()
    worth = np.full(2004, -np.inf)
    worth[0] = 0.0
    for bid, size in zip(bids.tolist(), heads.tolist(), strict=True):
        worth[size:] = np.maximum(worth[size:], worth[:-size] + bid)
    assert relaxed >= worth.max() - 1e-9


def test_equal_bidders_without_end_are_left_to_the_table() -> None:
    """Their branches all promise the same, so that none can be cut off."""
    many = 50
    bids, heads = np.full(many, 32.0), np.full(many, 32, np.int64)
    bids[::2] += 1e-6
    take = np.zeros(many, np.uint8)
    assert fill_session(bids, heads, many, 1000, False, 0, take) == pytest.approx(
        31 * 32 + 25e-6, abs=1e-9
    )
    assert take.sum() == 31
