"""Recombining two plans."""

from __future__ import annotations

import numpy as np

from gongyu.engines.matching import Problem, find_candidates
from gongyu.engines.matching.board import lay_out
from gongyu.engines.matching.instance import Instance, assemble, benefit
from gongyu.engines.matching.relink import relink
from gongyu.engines.matching.tableau import empty_tableau, load

from .instances import need, session


def two_corners(**limits: dict[str, int]) -> Instance:
    """Two needs with two sessions each, the first of which is worth twice the second."""
    problem = Problem.build(
        [need("n0"), need("n1", topics={"T0201": 1.0})],
        [
            session("s0", topics=frozenset({"T0101"}), fund="f", subsidy=10),
            session("s1", topics=frozenset({"T0102"}), fund="f", subsidy=1),
            session("s2", topics=frozenset({"T0201"}), fund="f", subsidy=10),
            session("s3", topics=frozenset({"T0202"}), fund="f", subsidy=1),
        ],
        **limits,  # type: ignore[arg-type]  # budgets alone
    )
    return assemble(problem, find_candidates(problem))


def recombined(instance: Instance, one: list[int], best: list[int]) -> tuple[list[int], float]:
    board = lay_out(instance, None)
    tableau = empty_tableau(board)
    load(board, tableau, np.array(one, np.int64))
    flags = np.zeros(len(instance), np.uint8)
    flags[best] = 1
    gained = relink(board, tableau, flags)
    return np.flatnonzero(tableau.chosen).tolist(), gained


def test_each_part_comes_from_the_better_plan() -> None:
    instance = two_corners()
    assert instance.session.tolist() == [0, 1, 2, 3]
    chosen, gained = recombined(instance, [0, 3], [1, 2])
    assert chosen == [0, 2]
    before = benefit(instance, np.array([0, 3]))
    assert benefit(instance, np.array([0, 2])) - before == gained


def test_a_part_that_the_fund_cannot_pay_for_stays_as_it_is() -> None:
    instance = two_corners(budgets={"f": 11})
    chosen, gained = recombined(instance, [0, 3], [1, 2])
    assert (chosen, gained) == ([0, 3], 0.0)
