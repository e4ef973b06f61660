"""From a problem to a plan: candidates, bound, plan, reasons, and a last independent check."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter

import numpy as np

from . import model
from .candidates import find_candidates
from .errors import EngineFault
from .explain import explain
from .fairness import Equity, equity, served_of, shares
from .instance import Instance, assemble, benefit
from .occupancy import filled
from .plan import Certificate, Match, Phase, Plan, Progress, Proof
from .problem import Ints, Problem
from .types import Options
from .verify import verify

Tell = Callable[[Progress], None]
Asks = Callable[[], bool]

_NEAR_EXACT_GAP = 1e-4
"""Gap to which small problems are solved when nothing else is asked."""


@dataclass(frozen=True, slots=True, eq=False)
class Solution:
    """chosen: pairs. bound: of B. fair_bound: of what was maximised, where fairness is asked."""

    chosen: Ints
    bound: float
    method: str
    fair_bound: float | None = None
    proof: Proof | None = None


class Clock:
    """Seconds since the start of a run, and what is left of its limit."""

    def __init__(self, limit: float | None) -> None:
        self.begin = perf_counter()
        self.limit = limit

    def seconds(self) -> float:
        """Since the start."""
        return perf_counter() - self.begin

    def left(self) -> float | None:
        """Until the limit, None without one."""
        return None if self.limit is None else self.limit - self.seconds()


def match(
    problem: Problem,
    options: Options = Options(),  # noqa: B008 (frozen)
    *,
    progress: Tell | None = None,
    cancelled: Asks | None = None,
) -> Plan:
    """The best plan found, with its certificate, and the reason for every wish left open.

    progress: called now and then in the calling thread. cancelled: asked now and then; after a
    yes the best plan so far comes back with the bound known so far. Deterministic for a seed as
    long as neither a time limit nor ``cancelled`` cuts the run short.

    Raises InvalidProblem where pins contradict the rules or each other, and EngineFault where
    the plan does not pass the independent check (a defect of the engine).
    """
    clock = Clock(options.time_limit)
    tell = progress or (lambda _: None)
    tell(Progress(Phase.CANDIDATES, 0.0))
    candidates = find_candidates(problem)
    instance = assemble(problem, candidates)
    tell(Progress(Phase.CANDIDATES, 1.0, pairs=len(candidates)))
    fair = equity(problem, instance, options.fairness)
    solution = _solve(instance, fair, options, clock, tell, cancelled)
    plan = _report(problem, instance, fair, solution, options, clock, tell, len(candidates))
    wrong = verify(problem, plan)
    if wrong:
        raise EngineFault("; ".join(f"{fault.rule}: {fault.detail}" for fault in wrong[:20]))
    tell(Progress(Phase.DONE, 1.0, plan.certificate.objective, plan.certificate.bound))
    return plan


def _solve(
    instance: Instance,
    fair: Equity | None,
    options: Options,
    clock: Clock,
    tell: Tell,
    cancelled: Asks | None,
) -> Solution:
    gap = options.gap if options.exact else min(options.gap, _NEAR_EXACT_GAP)

    def run(goal: Equity | None, start: Ints) -> model.Outcome:
        def hear(objective: float, bound: float) -> None:
            share = objective / bound if 0 < objective < bound < np.inf else 0.0
            tell(Progress(Phase.EXACT, share, objective, bound))

        return model.solve(
            model.build(instance, goal),
            gap=gap,
            seed=options.seed,
            time_limit=clock.left(),
            tell=hear,
            cancelled=cancelled,
        )

    nothing = np.flatnonzero(instance.fixed)
    quick = filled(instance, nothing)
    plain = run(None, quick)
    bound = min(plain.bound, _everything(instance))
    chosen = _better(instance, None, quick, plain.chosen)
    if fair is None:
        return Solution(chosen, max(bound, benefit(instance, chosen)), "branch and bound")
    outcome = run(fair, chosen)
    chosen = _better(instance, fair, chosen, outcome.chosen)
    fair_bound = min(outcome.bound, _everything(instance) + fair.most_reward())
    return Solution(
        chosen,
        max(bound, benefit(instance, chosen)),
        "branch and bound",
        max(fair_bound, _goal(instance, fair, chosen)),
    )


def _everything(instance: Instance) -> float:
    """A bound that is always there: every need with its best sessions, nobody in the way."""
    order = np.lexsort((-instance.value, instance.need))
    rank = np.arange(len(order)) - instance.start[instance.need[order]]
    kept = order[rank < instance.wanted[instance.need[order]]]
    return benefit(instance, kept)


def _goal(instance: Instance, fair: Equity | None, chosen: Ints) -> float:
    """What was maximised: B, and with fairness the reward of the towns' served needs."""
    reward = fair.reward(served_of(instance, chosen)) if fair else 0.0
    return benefit(instance, chosen) + reward


def _better(instance: Instance, fair: Equity | None, old: Ints, new: Ints | None) -> Ints:
    if new is None:
        return old
    new = filled(instance, new)
    return new if _goal(instance, fair, new) >= _goal(instance, fair, old) else old


def _report(
    problem: Problem,
    instance: Instance,
    fair: Equity | None,
    solution: Solution,
    options: Options,
    clock: Clock,
    tell: Tell,
    pairs: int,
) -> Plan:
    chosen = solution.chosen
    objective, bound = benefit(instance, chosen), solution.bound
    tell(Progress(Phase.EXPLAIN, 0.0, objective, bound))
    unmet = explain(problem, instance, chosen)
    reachable = (np.diff(instance.start) > 0).astype(np.int64)
    towns, fair_groups = shares(problem, reachable, served_of(instance, chosen))
    certificate = Certificate(
        objective=objective,
        bound=bound,
        gap=bound / objective - 1.0 if objective > 0 else bound,
        settings=(
            f"fairness={options.fairness:g} exact={options.exact} gap={options.gap:g} "
            f"time_limit={options.time_limit}"
        ),
        seed=options.seed,
        seconds=clock.seconds(),
        method=solution.method,
        fair_objective=_goal(instance, fair, chosen) if fair else None,
        fair_bound=solution.fair_bound,
        given_up=max(0.0, 1.0 - objective / bound) if fair and bound > 0 else None,
        proof=solution.proof,
    )
    return Plan(
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
        unmet=tuple(unmet),
        towns=towns,
        pairs=pairs,
        fair_groups=fair_groups,
    )
