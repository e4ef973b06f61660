"""After changes: confirmed matches stay, and as few proposals as possible are dropped."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from . import approximate, model
from .board import lay_out
from .candidates import find_candidates
from .fairness import Equity, equity
from .instance import Instance, assemble, benefit, group_and_half
from .lagrange import Prices, no_prices
from .occupancy import Block, Occupancy, filled
from .plan import Match, Plan, Proof
from .problem import Ints, Problem
from .solve import (
    Asks,
    Clock,
    Solution,
    Tell,
    ceiling,
    finish,
    goal_of,
    is_small,
    listener,
    proof_of,
)
from .types import Need, Options, Session

STICKINESS = 0.25
"""An old proposal counts this much more than its value while the new plan is sought."""

SPELL = 0.5
"""Moves of the search, in pairs tried."""

ROUNDS = 8
"""Rounds of the subgradient from the old prices."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What happened since the plan. Ids; records for what is new or altered.

    declined: pairs that were refused and must not be proposed again. confirmed: pairs agreed
    upon. seats: new capacity of sessions. altered needs and sessions replace those of their id.
    """

    withdrawn: frozenset[str] = frozenset()
    cancelled: frozenset[str] = frozenset()
    needs: tuple[Need, ...] = ()
    sessions: tuple[Session, ...] = ()
    declined: frozenset[tuple[str, str]] = frozenset()
    confirmed: frozenset[tuple[str, str]] = frozenset()
    seats: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rematch:
    """problem, plan: after the changes. kept, dropped, added: proposals of the two plans.

    lost: proposals that the changes themselves made impossible (not counted as dropped).
    """

    problem: Problem
    plan: Plan
    kept: tuple[Match, ...]
    dropped: tuple[Match, ...]
    lost: tuple[Match, ...]
    added: tuple[Match, ...]


def changed(problem: Problem, changes: Changes) -> Problem:
    """The problem after the changes. Raises InvalidProblem where they do not make sense."""
    new_needs = {need.id: need for need in changes.needs}
    new_sessions = {session.id: session for session in changes.sessions}
    needs = [new_needs.pop(n.id, n) for n in problem.needs if n.id not in changes.withdrawn]
    sessions = [
        new_sessions.pop(s.id, s) for s in problem.sessions if s.id not in changes.cancelled
    ]
    needs += new_needs.values()
    sessions += new_sessions.values()
    sessions = [
        replace(s, capacity=changes.seats[s.id]) if s.id in changes.seats else s for s in sessions
    ]
    need_ids, session_ids = {n.id for n in needs}, {s.id for s in sessions}

    def ids(pairs: Iterable[tuple[int, int]]) -> set[tuple[str, str]]:
        named = ((problem.needs[n].id, problem.sessions[s].id) for n, s in pairs)
        return {(n, s) for n, s in named if n in need_ids and s in session_ids}

    return Problem.build(
        needs,
        sessions,
        unit_month_limits=problem.unit_month_limits,
        budgets=problem.budgets,
        confirmed=(ids(problem.confirmed) | changes.confirmed) - changes.declined,
        pinned=ids(problem.pinned) - changes.declined,
        forbidden=ids(problem.forbidden)
        | {(n, s) for n, s in changes.declined if n in need_ids and s in session_ids},
        busy=problem.busy,
        closed_days=problem.closed_days,
        fair_groups={
            name: {problem.needs[n].id for n in row} & need_ids
            for name, row in problem.fair_groups.items()
        },
    )


def rematch(
    problem: Problem,
    plan: Plan,
    changes: Changes,
    options: Options = Options(),  # noqa: B008 (frozen)
    *,
    progress: Tell | None = None,
    cancelled: Asks | None = None,
) -> Rematch:
    """A new plan near the old one. problem, plan: before the changes.

    Old proposals count a quarter more than their value while the plan is sought; its certificate
    is about the true benefit. Starts from the old plan and, where it has them, from its prices.
    Raises as ``match`` does.
    """
    clock = Clock(options.time_limit)
    tell = progress or (lambda _: None)
    after = changed(problem, changes)
    candidates = find_candidates(after)
    instance = assemble(after, candidates)
    old = _surviving(after, instance, plan)
    value = instance.value.copy()
    value[old] *= 1.0 + STICKINESS
    sticky = replace(instance, value=value)
    fair = equity(after, instance, options.fairness)
    if is_small(instance):
        solution = _exactly(instance, sticky, fair, options, clock, cancelled)
    else:
        proof = plan.certificate.proof
        solution = _quickly(
            after, instance, sticky, fair, old, proof, options, clock, tell, cancelled
        )
    solution = replace(solution, fair=fair)
    new_plan = finish(after, instance, solution, options, clock, tell, len(candidates), plan.unmet)
    return _compared(after, instance, plan, new_plan, old)


def _surviving(problem: Problem, instance: Instance, plan: Plan) -> Ints:
    """Pairs of the old plan that are still possible."""
    found = []
    for match in plan.matches:
        n, s = problem.need_index.get(match.need), problem.session_index.get(match.session)
        if n is None or s is None:
            continue
        row = instance.session[instance.start[n] : instance.start[n + 1]]
        at = int(np.searchsorted(row, s))
        if at < len(row) and row[at] == s:
            found.append(int(instance.start[n]) + at)
    return np.array(sorted(found), dtype=np.int64)


def _standing(instance: Instance, old: Ints) -> Ints:
    """Those of the old pairs, beside the fixed ones, that still keep every rule together."""
    fixed = np.flatnonzero(instance.fixed)
    tally = Occupancy(instance, fixed)
    for pair in old[~instance.fixed[old]].tolist():
        if set(tally.blocks(pair)) <= {Block.MINIMUM}:
            tally.add(pair)
    kept = np.array(sorted(tally.chosen - set(fixed.tolist())), dtype=np.int64)
    session = instance.session[kept]
    return kept[tally.heads[session] >= instance.least[session]]


def _quickly(
    problem: Problem,
    instance: Instance,
    sticky: Instance,
    fair: Equity | None,
    old: Ints,
    proof: Proof | None,
    options: Options,
    clock: Clock,
    tell: Tell,
    cancelled: Asks | None,
) -> Solution:
    hears = listener(clock, tell, cancelled)
    start = prices_of(problem, instance, proof) if proof else None
    rounds = ROUNDS if start else approximate.ROUNDS
    high = 0.02 if start else 0.5
    dual = approximate.find_prices(instance, None, hears, rounds=rounds, start=start, high=high)
    chosen, _ = approximate.build_and_mend(
        sticky,
        replace(dual, board=lay_out(sticky, fair)),
        hears,
        seed=options.seed,
        start=_standing(instance, old),
        spells=(SPELL,),
    )
    chosen = filled(instance, chosen)
    return Solution(
        chosen,
        max(dual.bound, benefit(instance, chosen)),
        "lagrangian",
        dual.bound + fair.most_reward() if fair else None,
        proof_of(problem, instance, dual.prices),
    )


def _exactly(
    instance: Instance,
    sticky: Instance,
    fair: Equity | None,
    options: Options,
    clock: Clock,
    cancelled: Asks | None,
) -> Solution:
    def run(rows: Instance, goal: Equity | None) -> model.Outcome:
        return model.solve(
            model.build(rows, goal),
            gap=min(options.gap, 1e-3),
            seed=options.seed,
            time_limit=clock.left(),
            cancelled=cancelled,
        )

    plain, near = run(instance, None), run(sticky, fair)
    chosen = near.chosen
    if chosen is None:
        chosen = np.flatnonzero(instance.fixed)
    chosen = filled(instance, chosen)
    bound = max(min(plain.bound, ceiling(instance)), benefit(instance, chosen))
    fair_bound = None
    if fair:
        fair_bound = max(bound + fair.most_reward(), goal_of(instance, fair, chosen))
    return Solution(chosen, bound, "branch and bound", fair_bound)


def prices_of(problem: Problem, instance: Instance, proof: Proof) -> Prices:
    """A proof's prices laid out for an instance; what it does not name costs 0."""
    prices = no_prices(lay_out(instance, None))
    begin = 0
    ranks = np.minimum(instance.wanted, np.diff(instance.start)).tolist()
    for n, need in enumerate(problem.needs):
        row = proof.ranks.get(need.id, ())[: ranks[n]]
        prices.rank[begin : begin + len(row)] = row
        begin += ranks[n]
    names = {
        int(code): need.group or need.id
        for code, need in zip(problem.need.group, problem.needs, strict=True)
    }
    halves = {
        (group, day.toordinal() * 3 + half): price
        for (group, day, half), price in proof.half_days.items()
    }
    for code, key in enumerate(instance.half_key.tolist()):
        group, when = group_and_half(key)
        prices.half[code] = halves.get((names[group], when), 0.0)
    prices.fund[:] = [proof.funds.get(fund, 0.0) for fund in problem.funds]
    return prices


def _compared(
    problem: Problem, instance: Instance, before: Plan, after: Plan, old: Ints
) -> Rematch:
    possible = {
        (problem.needs[instance.need[p]].id, problem.sessions[instance.session[p]].id)
        for p in old.tolist()
    }
    had = {(m.need, m.session): m for m in before.matches}
    has = {(m.need, m.session): m for m in after.matches}
    return Rematch(
        problem=problem,
        plan=after,
        kept=tuple(m for pair, m in has.items() if pair in had),
        dropped=tuple(m for pair, m in had.items() if pair not in has and pair in possible),
        lost=tuple(m for pair, m in had.items() if pair not in has and pair not in possible),
        added=tuple(m for pair, m in has.items() if pair not in had),
    )
