"""A problem solved in parts: the same plan and certificate, whoever does the work."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np

from gongyu.engines.matching.fairness import Equity, equity, most_given_up
from gongyu.engines.matching.instance import Bools, Instance, benefit, check_pins
from gongyu.engines.matching.lagrange import Prices
from gongyu.engines.matching.occupancy import filled
from gongyu.engines.matching.plan import Phase, Plan, Progress
from gongyu.engines.matching.problem import Ints, Problem
from gongyu.engines.matching.solve import Asks, Clock, Tell, match
from gongyu.engines.matching.types import Options

from . import components, prices, sweeps
from .areas import AREA, BLOCKS, SHIFTED, TOPIC_AND_TIME, Cells, cells
from .block import Block, Order
from .crew import Crew, Here, Processes
from .gather import assembled, fund_limits, gathered, one_pair_each, room_beside, with_others
from .report import Outcome, report
from .slices import part_of, within_reach

BLOCK_SESSIONS = 20_000
"""Sessions of a block where the number of parts is left open."""

BYTES_PER_PAIR = 110
"""What the blocks of all workers hold beside the records, measured."""

LIKELY = 0.1
"""Forcing cost, in mean best values, up to which a pair is looked at when a large plan is made."""

ENOUGH = 0.0006
"""Gap at which no further sweep begins."""

FIRST = 3
"""Sweeps after which, on a large problem, five times that gap is enough."""

CELL_NEEDS = 12_500
"""Needs with pairs of a cell: wide beside the distances that classes go."""

LARGE = 20_000
"""Needs with pairs beyond which a problem is large."""

SWEEPS = (
    (AREA, (2.0, 4.0, 4.0)),
    (SHIFTED, (2.0, 4.0, 4.0)),
    (TOPIC_AND_TIME, (2.0, 4.0, 4.0)),
    (AREA, (2.0, 4.0, 4.0, 4.0, 4.0, 4.0)),
    (SHIFTED, (2.0, 4.0, 4.0, 4.0, 4.0, 4.0)),
)
"""How each sweep cuts, and the moves of its spells, in pairs tried."""


def match_in_parts(
    problem: Problem,
    options: Options = Options(),  # noqa: B008 (frozen)
    *,
    parts: int | None = None,
    workers: int = 1,
    cluster: str = "",
    progress: Tell | None = None,
    cancelled: Asks | None = None,
) -> Plan:
    """As ``match``, for problems too large to be held or solved in one piece.

    parts: into how many blocks the sessions are cut; as many as the size asks for when None.
    workers: processes of this machine; 1 works in this one. cluster: address of a Dask scheduler,
    whose workers do the work instead. The plan depends on the problem, the options and the parts,
    never on who works. ``Options.exact`` needs the whole and is refused.

    Raises what ``match`` does, and WorkerLost, NeedsExtra or NoCluster.
    """
    if options.exact:
        raise ValueError("exact=True needs the problem in one piece: use match")
    if parts is not None and parts < 1:
        raise ValueError(f"parts must be at least 1, not {parts}")
    if not problem.needs or not problem.sessions:
        return match(problem, options, progress=progress, cancelled=cancelled)
    crew = crew_of(workers, cluster)
    try:
        return _Run(problem, options, crew, progress or (lambda _: None), cancelled).plan(parts)
    finally:
        crew.close()


def crew_of(workers: int, cluster: str) -> Crew:
    """Who does the work."""
    if workers < 1:
        raise ValueError(f"workers must be at least 1, not {workers}")
    if cluster:
        from .cluster import Cluster

        return Cluster(cluster)
    return Here() if workers == 1 else Processes(workers)


def orders(problem: Problem, cut: Cells, several: Bools) -> Iterator[Order]:
    """What each block is made from."""
    fixed = np.array([*(problem.confirmed | problem.pinned)], np.int64).reshape(-1, 2)
    for number in range(cut.count):
        sessions = np.flatnonzero(cut.of_session == number)
        near, online = within_reach(problem, sessions)
        asked = near | online
        asked[fixed[cut.of_session[fixed[:, 1]] == number, 0]] = True
        needs = np.flatnonzero(asked)
        yield Order(
            number,
            part_of(problem, needs, sessions),
            needs,
            sessions,
            near[needs],
            online[needs],
            several[needs],
        )


class _Run:
    """One run; what its steps share."""

    def __init__(
        self, problem: Problem, options: Options, crew: Crew, tell: Tell, cancelled: Asks | None
    ) -> None:
        self.problem, self.options, self.crew = problem, options, crew
        self.tell, self.cancelled = tell, cancelled
        self.clock = Clock(options.time_limit)
        self.parts = 1

    def over(self) -> bool:
        """Whether the run should end with what it has."""
        left = self.clock.left()
        return (left is not None and left <= 0) or bool(self.cancelled and self.cancelled())

    def plan(self, parts: int | None) -> Plan:
        """From the problem to the plan."""
        problem = self.problem
        self.tell(Progress(Phase.CANDIDATES, 0.0))
        self.parts = parts or max(1, round(len(problem.sessions) / BLOCK_SESSIONS))
        cut = cells(problem, BLOCKS, self.parts)
        surveys = self.crew.open(orders(problem, cut, prices.several(problem)))
        whole = prices.put_together(problem, surveys)
        pairs = int(whole.count.sum())
        memory = pairs * BYTES_PER_PAIR / 2**20
        self.tell(Progress(Phase.CANDIDATES, 1.0, pairs=pairs, memory_mb=memory))
        allowed = np.concatenate([survey.allowed for survey in surveys])
        check_pins(problem, gathered(problem, allowed[:, 0], allowed[:, 1]))
        fair = equity(problem, one_pair_each(problem, whole), self.options.fairness)
        tied = components.components(problem, surveys)
        if fair is None and tied.small().all():
            outcome = self._exactly(tied)
        else:
            outcome = self._by_prices(whole, tied, fair)
        return report(problem, self.options, whole, outcome, self.crew, self.clock, self.tell)

    def _exactly(self, tied: components.Components) -> Outcome:
        """Nothing but small components: each to its optimum."""
        instance, _ = assembled(self.problem, self.crew.ask(Block.every))
        chosen, bound = self._packs(instance, tied)
        chosen = filled(instance, chosen)
        bound = max(bound, benefit(instance, chosen))
        return Outcome(instance, chosen, bound, "branch and bound in parts")

    def _packs(self, instance: Instance, tied: components.Components) -> tuple[Ints, float]:
        some = list(components.packs(instance, tied))
        work = components.jobs(instance, some, self.options.seed, self.clock.left)
        chosen, bound = np.zeros(len(instance), np.bool_), 0.0
        solved = self.crew.spread(components.solve_exactly, work)
        for number, (mine, most) in enumerate(solved):
            chosen[some[number][mine]] = True
            bound += most
            self.tell(Progress(Phase.EXACT, (number + 1) / len(some)))
        return np.flatnonzero(chosen), bound

    def _by_prices(
        self, whole: prices.Whole, tied: components.Components, fair: Equity | None
    ) -> Outcome:
        """Prices over all blocks, then a plan from them; fairness asks for less if too dear."""
        plain = self._prices(whole, None, None)
        if fair is None:
            return self._search(whole, tied, None, plain)
        allowed = most_given_up(self.options.fairness)
        for attempt in range(4):
            goal = self._prices(whole, fair, plain.prices)
            outcome = self._search(whole, tied, fair, plain)
            given_up = 1.0 - benefit(outcome.instance, outcome.chosen) / max(plain.bound, 1e-12)
            if given_up <= allowed or attempt == 3 or self.over():
                break
            fair = fair.softer(min(0.5, max(0.1, allowed / given_up)))
        return replace(outcome, fair_bound=goal.bound, equity=fair)

    def _prices(
        self, whole: prices.Whole, fair: Equity | None, start: Prices | None
    ) -> prices.Found:
        def hear(share: float, bound: float) -> bool:
            self.tell(Progress(Phase.BOUND, share, None, bound))
            return self.over()

        funds = fund_limits(self.problem)
        return prices.find(self.problem, whole, funds, fair, self.crew, hear, start=start)

    def _search(
        self,
        whole: prices.Whole,
        tied: components.Components,
        fair: Equity | None,
        plain: prices.Found,
    ) -> Outcome:
        """A plan by the answers that the blocks were left with."""
        exact = tied.small() if fair is None else np.zeros(len(tied.pairs), np.bool_)
        labels = tuple(exact[row] for row in tied.of_label)
        hopeful = int((whole.count > 0).sum())
        large = hopeful > LARGE
        cut_off = LIKELY * whole.mean_best() if large else np.inf
        likely = self.crew.ask(Block.likely, cut_off, labels)
        instance, guide = assembled(self.problem, likely)
        start = np.empty(0, np.int64)
        if exact.any():
            start = self._packs(instance, tied)[0]
            start = start[~instance.fixed[start]]
        chosen = sweeps.build(instance, guide, fair, start, self.options.seed)
        settled = (tied.of_need >= 0) & exact[tied.of_need]
        for number, (view, spells) in enumerate(SWEEPS):
            before = benefit(instance, chosen)
            enough = 5.0 * ENOUGH if number >= FIRST and large else ENOUGH
            self._say(number / len(SWEEPS), before, plain.bound)
            if self.over() or (fair and number >= FIRST):
                break
            if fair is None and plain.bound - before <= enough * before:
                break
            cut = cells(self.problem, view, max(1, round(hopeful / CELL_NEEDS)))
            cut.of_need[settled] = -1
            cut.of_session[instance.session[settled[instance.need]]] = -1

            def hear(
                share: float, gained: float, number: int = number, before: float = before
            ) -> None:
                reached = before + gained if fair is None else before
                self._say((number + share) / len(SWEEPS), reached, plain.bound)

            chosen = sweeps.sweep(
                instance,
                guide,
                chosen,
                cut,
                fair,
                self.crew,
                seed=self.options.seed * 31 + number,
                spells=spells,
                left=self.clock.left,
                stops=self.over,
                hear=self._listener(number, before if fair is None else None, plain.bound),
            )
        instance, chosen = self._filled(instance, chosen)
        return Outcome(instance, chosen, plain.bound, "lagrangian in parts", plain.prices)

    def _listener(
        self, number: int, before: float | None, bound: float
    ) -> Callable[[float, float], None]:
        """Hears of a sweep; before: the plan's benefit then, None where others goals count."""

        def hear(share: float, gained: float) -> None:
            if before is not None:
                self._say((number + share) / len(SWEEPS), before + gained, bound)

        return hear

    def _say(self, share: float, objective: float, bound: float) -> None:
        gap = bound / objective - 1.0 if objective > 0 else None
        self.tell(Progress(Phase.SEARCH, share, objective, bound, gap))

    def _filled(self, instance: Instance, chosen: Ints) -> tuple[Instance, Ints]:
        """The plan with every pair added that simply fits, likely or not."""
        addable = self.crew.ask(Block.addable, room_beside(self.problem, instance, chosen))
        larger, kept = with_others(self.problem, instance, chosen, addable)
        return larger, filled(larger, kept)
