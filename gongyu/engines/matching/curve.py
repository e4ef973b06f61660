"""The price of fairness: benefit given up against the worst town's share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from .candidates import find_candidates
from .fairness import equity, served_of, shares
from .instance import assemble, benefit
from .problem import Problem
from .solve import Asks, Clock, Tell, solve
from .types import Options

LEVELS = (0.0, 0.2, 0.35, 0.5, 0.65, 0.8, 1.0)


@dataclass(frozen=True, slots=True)
class PriceOfFairness:
    """One point. given_up: share of the best benefit known that the plan does without.

    served: needs with at least one session. worst_town, worst_share: the town (or fair group)
    least served, and its share; least_most: the least share with any candidate among the towns
    that have one, which no plan can lift the worst share above.
    """

    fairness: float
    objective: float
    given_up: float
    served: int
    worst_town: str
    worst_share: float
    least_most: float


def price_of_fairness(
    problem: Problem,
    options: Options = Options(),  # noqa: B008 (frozen)
    levels: Sequence[float] = LEVELS,
    *,
    progress: Tell | None = None,
    cancelled: Asks | None = None,
) -> tuple[PriceOfFairness, ...]:
    """A plan for each level of fairness, none of them explained. Levels ascend from 0.

    options.fairness is ignored; options.time_limit holds for each level. A cancelled run returns
    the levels done.
    """
    instance = assemble(problem, find_candidates(problem))
    reachable = (np.diff(instance.start) > 0).astype(np.int64)
    points: list[PriceOfFairness] = []
    best = 0.0
    for level in levels:
        if cancelled and cancelled():
            break
        asked = replace(options, fairness=level)
        fair = equity(problem, instance, level)
        clock = Clock(options.time_limit)
        tell = progress or (lambda _: None)
        solution = solve(problem, instance, fair, asked, clock, tell, cancelled)
        objective = benefit(instance, solution.chosen)
        best = max(best, objective)
        has = served_of(instance, solution.chosen)
        towns, groups = shares(problem, reachable, has)
        every = [row for row in (*towns, *groups) if row.most > 0]
        worst = min(every, key=lambda row: (row.share, row.town), default=None)
        points.append(
            PriceOfFairness(
                fairness=level,
                objective=objective,
                given_up=1.0 - objective / best if best else 0.0,
                served=int(has.sum()),
                worst_town=worst.town if worst else "",
                worst_share=worst.share if worst else 0.0,
                least_most=min((row.most for row in every), default=0.0),
            )
        )
    return tuple(points)
