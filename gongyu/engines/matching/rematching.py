"""After changes: confirmed matches stay, and as few proposals as possible are dropped."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import chain

import numpy as np

from . import approximate, model
from .amending import Changes, amended
from .board import lay_out
from .candidates import Memory, amended_candidates, find_candidates
from .fairness import Equity, best_values, equity
from .instance import Instance, assemble, benefit
from .lagrange import Prices
from .occupancy import Block, Occupancy, filled
from .plan import Match, Plan, Proof
from .problem import HALVES, Ints, Problem
from .proof import proof_of, with_rewards
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
)
from .survey import used
from .types import RANK_DISCOUNT, Options

STICKINESS = 0.3
"""An old proposal counts this much more than its value while the new plan is sought."""

SPELL = 0.5
"""Moves of the search, in pairs tried."""

ROUNDS = 10
"""Rounds of the subgradient from the old prices."""


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

    Old proposals count three tenths more than their value while the plan is sought; its certificate
    is about the true benefit. Starts from the old plan and, where it has them, from its prices.
    Raises as ``match`` does.
    """
    clock = Clock(options.time_limit)
    tell = progress or (lambda _: None)
    change = amended(problem, changes)
    after, memory = change.problem, plan.memory
    if isinstance(memory, Memory) and memory.problem is problem:
        candidates = amended_candidates(memory.candidates, change)
    else:
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
    new_plan = replace(new_plan, memory=Memory(after, candidates))
    return _compared(after, instance, plan, new_plan, old)


def _surviving(problem: Problem, instance: Instance, plan: Plan) -> Ints:
    """Pairs of the old plan that are still possible."""
    size = max(len(problem.sessions), 1)
    needs, sessions = problem.need_index, problem.session_index
    asked = [
        needs[match.need] * size + sessions[match.session]
        for match in plan.matches
        if match.need in needs and match.session in sessions
    ]
    keys = instance.need * size + instance.session
    return np.flatnonzero(np.isin(keys, np.array(asked, np.int64)))


def _standing(instance: Instance, old: Ints) -> Ints:
    """Those of the old pairs, beside the fixed ones, that still keep every rule together.

    Where all of them together stay within every limit nothing needs to be asked pair by pair.
    """
    fixed = np.flatnonzero(instance.fixed)
    free = old[~instance.fixed[old]]
    n, s, half = instance.need[free], instance.session[free], instance.half[free]
    use = used(instance, np.concatenate([fixed, free]))
    month, fund = instance.month[s], instance.fund[s]
    crowded = (use.heads[s] > instance.seats[s]) | (use.takers[s] > instance.takers[s])
    crowded |= (use.got[n] > instance.wanted[n]) | (use.halves[half] > instance.half_limit[half])
    crowded |= (month >= 0) & np.append(use.months > instance.month_limit, False)[month]
    crowded |= (fund >= 0) & np.append(use.funds > instance.fund_limit, False)[fund]
    kept = free[~crowded]
    if crowded.any():
        tally = Occupancy(instance, np.concatenate([fixed, kept]))
        for pair in free[crowded].tolist():
            if set(tally.blocks(pair)) <= {Block.MINIMUM}:
                tally.add(pair)
        kept = np.array(sorted(tally.chosen - set(fixed.tolist())), dtype=np.int64)
    heads = used(instance, np.concatenate([fixed, kept])).heads
    session = instance.session[kept]
    return kept[heads[session] >= instance.least[session]]


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
    board = lay_out(instance)
    dual = approximate.find_prices(board, hears, rounds=rounds, start=start, high=high)
    chosen, _ = approximate.build_and_mend(
        sticky,
        replace(dual, board=lay_out(sticky, fair)),
        hears,
        seed=options.seed,
        start=_standing(instance, old),
        spells=(SPELL,),
    )
    chosen = filled(instance, chosen)
    prices = proof_of(problem, instance, dual.prices)
    return Solution(
        chosen,
        max(dual.bound, benefit(instance, chosen)),
        "lagrangian",
        dual.bound + fair.most_reward() if fair else None,
        prices,
        evaluated=True,
        fair_proof=with_rewards(problem, prices, fair, np.zeros(1)) if fair else None,
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
    """A proof's prices laid out for an instance.

    A need that it does not name starts at half of what its best pair is worth.
    """
    ranks = np.minimum(instance.wanted, np.diff(instance.start))
    begin = np.cumsum(ranks) - ranks
    owner = np.repeat(np.arange(len(ranks)), ranks)
    depth = np.arange(len(owner)) - begin[owner]
    price = 0.5 * best_values(instance)[owner] * RANK_DISCOUNT**depth
    rows = [proof.ranks.get(need.id, ()) for need in problem.needs]
    lengths = np.fromiter(map(len, rows), np.int64, len(rows))
    flat = np.fromiter(chain.from_iterable(rows), np.float64, int(lengths.sum()))
    where = np.cumsum(lengths) - lengths
    named = np.flatnonzero(lengths[owner] > 0)
    price[named] = 0.0
    told = np.flatnonzero(depth < lengths[owner])
    price[told] = flat[where[owner[told]] + depth[told]]
    half = np.zeros(len(instance.half_limit))
    if proof.half_days:
        codes = {
            need.group or need.id: code
            for need, code in zip(problem.needs, problem.need.group.tolist(), strict=True)
        }
        keys = {key: code for code, key in enumerate(instance.half_key.tolist())}
        for (group, day, part), cost in proof.half_days.items():
            key = codes.get(group, -1) * HALVES + day.toordinal() * 3 + part
            if key in keys:
                half[keys[key]] = cost
    fund = np.array([proof.funds.get(name, 0.0) for name in problem.funds], np.float64)
    return Prices(price, half, fund, np.zeros(0))


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
