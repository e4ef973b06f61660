"""The plan of a run in parts: certificate, reasons, shares, and a last independent check."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gongyu.engines.matching.errors import EngineFault
from gongyu.engines.matching.explain import explain
from gongyu.engines.matching.fairness import Equity, served_of, shares
from gongyu.engines.matching.instance import Instance, benefit
from gongyu.engines.matching.lagrange import Prices
from gongyu.engines.matching.plan import Certificate, Match, Phase, Plan, Progress, Unmet
from gongyu.engines.matching.problem import Ints, Problem
from gongyu.engines.matching.proof import name_prices
from gongyu.engines.matching.solve import Clock, Tell, goal_of
from gongyu.engines.matching.types import Options
from gongyu.engines.matching.verify import verify

from .block import Block
from .crew import Crew
from .gather import with_others
from .prices import Whole


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """chosen: pairs of the instance. bound: of B, proven by ``prices`` if there are any."""

    instance: Instance
    chosen: Ints
    bound: float
    method: str
    prices: Prices | None = None
    fair_bound: float | None = None
    equity: Equity | None = None


def report(
    problem: Problem,
    options: Options,
    whole: Whole,
    outcome: Outcome,
    crew: Crew,
    clock: Clock,
    tell: Tell,
) -> Plan:
    """The plan, explained and checked. Raises EngineFault where it is wrong."""
    instance, chosen, fair = outcome.instance, outcome.chosen, outcome.equity
    objective = benefit(instance, chosen)
    bound = max(objective, outcome.bound)
    tell(Progress(Phase.EXPLAIN, 0.0, objective, bound))
    towns, fair_groups = shares(
        problem, (whole.count > 0).astype(np.int64), served_of(instance, chosen)
    )
    goal = goal_of(instance, fair, chosen) if fair else None
    certificate = Certificate(
        objective=objective,
        bound=bound,
        gap=bound / objective - 1.0 if objective > 0 else bound,
        settings=(
            f"fairness={options.fairness:g} gap={options.gap:g} time_limit={options.time_limit}"
        ),
        seed=options.seed,
        seconds=clock.seconds(),
        method=outcome.method,
        fair_objective=goal,
        fair_bound=max(goal, outcome.fair_bound or goal) if goal is not None else None,
        given_up=max(0.0, 1.0 - objective / bound) if fair and bound > 0 else None,
        proof=name_prices(problem, whole.begin, whole.keys, outcome.prices)
        if outcome.prices
        else None,
    )
    plan = Plan(
        matches=tuple(
            Match(
                need=problem.needs[instance.need[pair]].id,
                session=problem.sessions[instance.session[pair]].id,
                headcount=int(instance.heads[instance.need[pair]]),
                km=float(instance.km[pair]),
                value=float(instance.value[pair]),
            )
            for pair in chosen.tolist()
        ),
        certificate=certificate,
        unmet=tuple(_unmet(problem, instance, chosen, crew)),
        towns=towns,
        pairs=int(whole.count.sum()),
        fair_groups=fair_groups,
    )
    wrong = verify(problem, plan, prices=False)
    if wrong:
        raise EngineFault("; ".join(f"{fault.rule}: {fault.detail}" for fault in wrong[:20]))
    tell(Progress(Phase.DONE, 1.0, objective, bound, certificate.gap, plan.pairs))
    return plan


def _unmet(problem: Problem, instance: Instance, chosen: Ints, crew: Crew) -> list[Unmet]:
    """Reasons and ways out, with all pairs of the needs that want more."""
    got = np.bincount(instance.need[chosen], minlength=len(problem.needs))
    pairs = crew.ask(Block.of_needs, got < problem.need.wanted)
    return explain(problem, *with_others(problem, instance, chosen, pairs))
