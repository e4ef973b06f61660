"""From a problem to a plan: candidates, bound, plan, reasons, and a last independent check."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from time import perf_counter

import numpy as np

from . import approximate, fair_search, model, proving
from .board import lay_out
from .candidates import Memory, find_candidates
from .duality import weak_duality_bound
from .errors import EngineFault
from .explain import explain
from .fairness import Equity, equity, most_given_up, served_of, shares
from .instance import Instance, assemble, benefit
from .occupancy import filled
from .plan import Certificate, Match, Phase, Plan, Progress, Proof, Unmet
from .problem import Ints, Problem
from .proof import proof_of, with_rewards
from .types import Options
from .verify import verify

Tell = Callable[[Progress], None]
Asks = Callable[[], bool]

_BRANCHED = "branch and bound"

_NEAR_EXACT_GAP = 1e-4
"""Gap to which small problems are solved when nothing else is asked."""

SMALL = 5_000
"""Pairs up to which branch and bound alone is quick; it needs no compiling.

Three times as many where there are at most ``FEW`` needs.
"""

FEW = 400

BYTES_PER_PAIR = 160
"""Peak of a run beside the records, measured at 2.3 million pairs."""


@dataclass(frozen=True, slots=True, eq=False)
class Solution:
    """chosen: pairs. bound: of B. fair, fair_bound: what was maximised beside B, and its bound.

    evaluated: the bound is what the proof's prices give for the whole instance, no less.
    """

    chosen: Ints
    bound: float
    method: str
    fair_bound: float | None = None
    proof: Proof | None = None
    fair: Equity | None = None
    evaluated: bool = False
    fair_proof: Proof | None = None
    fair_method: str = "lagrangian"

    @property
    def best_bound(self) -> float:
        """Bound of what was maximised."""
        return self.bound if self.fair_bound is None else self.fair_bound


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

    def enough(self) -> Asks:
        """For what follows the search: whether the limit is over, after a twentieth of it."""
        if self.limit is None:
            return lambda: False
        until = max(self.limit, self.seconds() + self.limit / 20.0)
        return lambda: self.seconds() > until


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
    pairs = len(candidates)
    memory = pairs * BYTES_PER_PAIR / 2**20
    tell(Progress(Phase.CANDIDATES, 1.0, pairs=pairs, memory_mb=memory))
    fair = equity(problem, instance, options.fairness)
    solution = solve(problem, instance, fair, options, clock, tell, cancelled)
    plan = finish(problem, instance, solution, options, clock, tell, pairs)
    return replace(plan, memory=Memory(problem, candidates))


def solve(
    problem: Problem,
    instance: Instance,
    fair: Equity | None,
    options: Options,
    clock: Clock,
    tell: Tell,
    cancelled: Asks | None,
) -> Solution:
    """By branch and bound where the problem is small, else near-exact; ``exact`` adds the former.

    Which way is taken depends on the problem and the options alone, never on the clock. Where
    fairness would cost more than ``most_given_up``, it asks for less, at most three times.
    """
    allowed = most_given_up(options.fairness)
    for last in (False, False, False, True):
        solution = _solve(problem, instance, fair, options, clock, tell, cancelled)
        fair = solution.fair
        given_up = 1.0 - benefit(instance, solution.chosen) / max(solution.bound, 1e-12)
        if fair is None or last or given_up <= allowed or _over(clock, cancelled):
            break
        if not is_small(instance):  # it has asked for less already
            break
        fair = fair.softer(min(0.5, max(0.1, allowed / given_up)))
    return solution


def _solve(
    problem: Problem,
    instance: Instance,
    fair: Equity | None,
    options: Options,
    clock: Clock,
    tell: Tell,
    cancelled: Asks | None,
) -> Solution:
    if is_small(instance):
        return _branch_and_bound(instance, fair, options, clock, tell, cancelled, None)
    quick = _near_exact(problem, instance, fair, options, clock, tell, cancelled)
    fair = quick.fair
    gap = quick.best_bound / max(goal_of(instance, fair, quick.chosen), 1e-12) - 1.0
    if not options.exact or gap <= options.gap or _over(clock, cancelled):
        return quick
    return _branch_and_bound(instance, fair, options, clock, tell, cancelled, quick)


def is_small(instance: Instance) -> bool:
    """Whether branch and bound alone is quick."""
    few = len(instance.heads) <= FEW
    return len(instance) <= (3 * SMALL if few else SMALL)


def _over(clock: Clock, cancelled: Asks | None) -> bool:
    left = clock.left()
    return (left is not None and left <= 0) or bool(cancelled and cancelled())


def listener(clock: Clock, tell: Tell, cancelled: Asks | None) -> approximate.Hears:
    """Passes progress on; answers whether the run should stop."""

    def hear(share: float, objective: float | None, bound: float) -> bool:
        phase = Phase.BOUND if objective is None else Phase.SEARCH
        gap = bound / objective - 1.0 if objective else None
        tell(Progress(phase, share, objective, bound, gap))
        return _over(clock, cancelled)

    return hear


def _near_exact(
    problem: Problem,
    instance: Instance,
    fair: Equity | None,
    options: Options,
    clock: Clock,
    tell: Tell,
    cancelled: Asks | None,
) -> Solution:
    hear = listener(clock, tell, cancelled)
    rounds = fair_search.PLAIN_ROUNDS if fair else approximate.ROUNDS
    dual = approximate.find_prices(lay_out(instance), hear, rounds=rounds)
    proof = proof_of(problem, instance, dual.prices)
    if fair is None:
        chosen, _ = approximate.build_and_mend(instance, dual, hear, seed=options.seed)
        chosen = filled(instance, chosen)
        bound = max(dual.bound, benefit(instance, chosen))
        return Solution(chosen, bound, "lagrangian", proof=proof)
    allowed = most_given_up(options.fairness)
    aim = fair_search.find_aim(instance, fair, allowed, dual, hear)
    chosen, fair = fair_search.build_fairly(instance, aim, dual, allowed, hear, seed=options.seed)
    chosen = filled(instance, chosen)
    bound = max(dual.bound, benefit(instance, chosen))
    fair_bound, fair_proof = fair_search.proven(problem, instance, fair, aim.dual)
    fair_bound = max(fair_bound, goal_of(instance, fair, chosen))
    return Solution(chosen, bound, "lagrangian", fair_bound, proof, fair, fair_proof=fair_proof)


def _branch_and_bound(
    instance: Instance,
    fair: Equity | None,
    options: Options,
    clock: Clock,
    tell: Tell,
    cancelled: Asks | None,
    quick: Solution | None,
) -> Solution:
    gap = options.gap if options.exact or quick else min(options.gap, _NEAR_EXACT_GAP)

    def run(goal: Equity | None) -> model.Outcome:
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

    highest = ceiling(instance)
    chosen = quick.chosen if quick else filled(instance, np.flatnonzero(instance.fixed))
    bound = min(highest, quick.bound) if quick else highest
    proof = quick.proof if quick else None
    method = quick.method if quick else _BRANCHED
    if fair is None or quick is None:
        plain = run(None)
        chosen = _better(instance, None, chosen, plain.chosen)
        if plain.bound < bound:
            bound, method = plain.bound, _BRANCHED
    fair_bound = None
    if fair:
        outcome = run(fair)
        chosen = _better(instance, fair, chosen, outcome.chosen)
        fair_bound = min(outcome.bound, highest + fair.most_reward())
        if quick and quick.fair_bound is not None:
            fair_bound = min(fair_bound, quick.fair_bound)
        fair_bound = max(fair_bound, goal_of(instance, fair, chosen))
    bound = max(bound, benefit(instance, chosen))
    fair_proof = quick.fair_proof if quick else None
    return Solution(
        chosen,
        bound,
        method,
        fair_bound,
        proof,
        fair,
        fair_proof=fair_proof,
        fair_method=_BRANCHED if fair else "lagrangian",
    )


def ceiling(instance: Instance) -> float:
    """A bound that is always there: every need with its best sessions, nobody in the way."""
    order = np.lexsort((-instance.value, instance.need))
    rank = np.arange(len(order)) - instance.start[instance.need[order]]
    kept = order[rank < instance.wanted[instance.need[order]]]
    return benefit(instance, kept)


def goal_of(instance: Instance, fair: Equity | None, chosen: Ints) -> float:
    """What was maximised: B, and with fairness the reward of the towns' served needs."""
    reward = fair.reward(served_of(instance, chosen)) if fair else 0.0
    return benefit(instance, chosen) + reward


def _better(instance: Instance, fair: Equity | None, old: Ints, new: Ints | None) -> Ints:
    if new is None:
        return old
    new = filled(instance, new)
    return new if goal_of(instance, fair, new) >= goal_of(instance, fair, old) else old


def _with_proof(
    problem: Problem, instance: Instance, solution: Solution, objective: float, clock: Clock
) -> tuple[Solution, float | None]:
    """The solution with prices and with the bound to be stated, and what the prices prove.

    The certificate states what the prices prove by themselves, not what the search says; only
    branch and bound may say less.
    """
    proof = solution.proof
    if proof is None and len(instance) <= 3 * SMALL:
        prices, _ = proving.find_prices(instance, None, solution.bound, clock.enough())
        proof = proof_of(problem, instance, prices)
    if proof is None:
        return solution, None
    proven = solution.bound
    if not solution.evaluated:
        proven = max(objective, weak_duality_bound(problem, instance, proof))
    if solution.method == _BRANCHED and solution.bound < proven:
        return replace(solution, proof=proof), proven
    return replace(solution, proof=proof, bound=proven, method="lagrangian"), proven


def _with_fair_proof(
    problem: Problem, instance: Instance, solution: Solution, clock: Clock
) -> tuple[Solution, float | None]:
    """The same for what was maximised: its prices and rewards, its bound, what they prove."""
    fair, proof, bound = solution.fair, solution.fair_proof, solution.fair_bound
    if fair and bound is not None and proof is None and len(instance) <= 3 * SMALL:
        prices, _ = proving.find_prices(instance, fair, bound, clock.enough())
        proof = with_rewards(problem, proof_of(problem, instance, prices), fair, prices.town)
    if fair is None or bound is None or proof is None:
        return solution, None
    goal = goal_of(instance, fair, solution.chosen)
    proven = max(goal, weak_duality_bound(problem, instance, proof))
    if solution.fair_method == _BRANCHED and bound < proven:
        return replace(solution, fair_proof=proof, method=_BRANCHED), proven
    return replace(solution, fair_proof=proof, fair_bound=proven), proven


def finish(
    problem: Problem,
    instance: Instance,
    solution: Solution,
    options: Options,
    clock: Clock,
    tell: Tell,
    pairs: int,
    before: Sequence[Unmet] = (),
) -> Plan:
    """The plan of a solution, explained and checked. Raises EngineFault where it is wrong.

    before: reasons of an earlier plan, whose ways out are kept where they are still true.
    """
    chosen, fair = solution.chosen, solution.fair
    objective = benefit(instance, chosen)
    solution, proven = _with_proof(problem, instance, solution, objective, clock)
    solution, fair_proven = _with_fair_proof(problem, instance, solution, clock)
    bound = solution.bound
    tell(Progress(Phase.EXPLAIN, 0.0, objective, bound))
    unmet = explain(problem, instance, chosen, before=before, enough=clock.enough())
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
        fair_objective=goal_of(instance, fair, chosen) if fair else None,
        fair_bound=solution.fair_bound,
        given_up=max(0.0, 1.0 - objective / bound) if fair and bound > 0 else None,
        proof=solution.proof,
        proven=proven,
        fair_proof=solution.fair_proof,
        fair_proven=fair_proven,
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
        unmet=tuple(unmet),
        towns=towns,
        pairs=pairs,
        fair_groups=fair_groups,
    )
    wrong = verify(problem, plan, prices=False)
    if wrong:
        raise EngineFault("; ".join(f"{fault.rule}: {fault.detail}" for fault in wrong[:20]))
    tell(Progress(Phase.DONE, 1.0, objective, bound, certificate.gap, pairs))
    return plan
