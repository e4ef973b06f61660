"""Compile the hot loops beforehand, so that the first large run does not wait for it."""

from __future__ import annotations

from datetime import date

import numpy as np

from . import approximate
from .board import lay_out
from .candidates import find_candidates
from .fairness import equity
from .instance import assemble
from .measures import topic_profiles
from .problem import Problem
from .scan import scan
from .types import Form, Need, Session


def warm_up() -> None:
    """Compile everything that a run may need, into the cache: half a minute once, then nothing.

    To be called at set-up. Problems up to ``solve.SMALL`` pairs never need it.
    """
    day = date(2026, 10, 14)
    need = Need(
        id="n",
        topics={"T0101": 1.0},
        grades=frozenset({3}),
        headcount=30,
        forms=Form.ANY,
        date_from=day,
        date_to=day,
        slots=frozenset({(2, 1)}),
        lon=116.3,
        lat=39.7,
        reach_km=10.0,
        severity=1,
        wanted=1,
        group="",
        town="t",
    )
    session = Session(
        id="s",
        unit="u",
        town="t",
        topics=frozenset({"T0101"}),
        grades=frozenset({3}),
        form=Form.VISIT,
        date=day,
        half_day=1,
        capacity=40,
        exclusive=False,
        min_group=0,
        lon=116.3,
        lat=39.7,
        radius_km=0.0,
    )
    problem = Problem.build([need], [session], unit_month_limits={"u": 2})
    scan(problem, topic_profiles(problem))
    instance = assemble(problem, find_candidates(problem))

    def hear(share: float, objective: float | None, bound: float) -> bool:
        return False

    board = lay_out(instance, equity(problem, instance, 0.5))
    dual = approximate.find_prices(board, hear, rounds=2)
    # From a start the search goes through everything.
    approximate.build_and_mend(instance, dual, hear, seed=0, start=np.empty(0, np.int64))
