"""From pairs that blocks hand over to instances of the whole problem."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from gongyu.engines.matching.candidates import Candidates
from gongyu.engines.matching.instance import Instance, assemble
from gongyu.engines.matching.problem import Floats, Ints, Problem

from .block import Pairs, Room
from .prices import Whole
from .sweeps import Guide


def gathered(
    problem: Problem, need: Ints, session: Ints, value: Floats | None = None
) -> Candidates:
    """Pairs in order as candidates of the whole; fit and travel are not known here."""
    nothing = np.zeros(len(need)) if value is None else value
    return Candidates(
        start=np.searchsorted(need, np.arange(len(problem.need.heads) + 1)),
        need=need,
        session=session,
        value=nothing,
        fit=nothing,
        km=nothing,
        travel=nothing,
    )


def assembled(problem: Problem, parts: Sequence[Pairs]) -> tuple[Instance, Guide]:
    """An instance of the whole problem with some of its pairs (all fixed ones must be there)."""
    need = np.concatenate([part.need for part in parts])
    session = np.concatenate([part.session for part in parts])
    order = np.lexsort((session, need))

    def of(name: str) -> Floats:
        values: Floats = np.concatenate([getattr(part, name) for part in parts])[order]
        return values

    value, km = of("value"), of("km")
    need, session = need[order], session[order]
    found = Candidates(
        start=np.searchsorted(need, np.arange(len(problem.need.heads) + 1)),
        need=need,
        session=session,
        value=value,
        fit=value,
        km=km,
        travel=km,
    )
    return _unpinned(problem, found), Guide(of("share"), of("bid"), of("cost"))


def _unpinned(problem: Problem, found: Candidates) -> Instance:
    """Pins have been checked: here they are fixed like confirmed pairs."""
    fixed = replace(problem, confirmed=problem.confirmed | problem.pinned, pinned=frozenset())
    return assemble(fixed, found)


def with_others(
    problem: Problem, instance: Instance, chosen: Ints, others: Sequence[Pairs]
) -> tuple[Instance, Ints]:
    """An instance of the chosen pairs and some others, and where the chosen ones are in it."""
    size = len(problem.session.day)
    mine = instance.need[chosen] * size + instance.session[chosen]
    nothing = np.zeros(len(chosen))
    parts = [
        Pairs(
            instance.need[chosen],
            instance.session[chosen],
            instance.value[chosen],
            instance.km[chosen],
            nothing,
            nothing,
            nothing,
        )
    ]
    for other in others:
        fresh = np.flatnonzero(~np.isin(other.need * size + other.session, mine))
        parts.append(taken(other, fresh))
    larger, _ = assembled(problem, parts)
    return larger, np.flatnonzero(np.isin(larger.need * size + larger.session, mine))


def taken(pairs: Pairs, rows: Ints) -> Pairs:
    """Some of the pairs."""
    return Pairs(
        pairs.need[rows],
        pairs.session[rows],
        pairs.value[rows],
        pairs.km[rows],
        pairs.share[rows],
        pairs.bid[rows],
        pairs.cost[rows],
    )


def room_beside(problem: Problem, instance: Instance, chosen: Ints) -> Room:
    """What a plan leaves of needs, half-days and sessions."""
    got = np.bincount(instance.need[chosen], minlength=len(instance.heads))
    met = np.bincount(instance.half[chosen], minlength=len(instance.half_limit))
    many = len(instance.seats)
    heads = np.bincount(
        instance.session[chosen], instance.heads[instance.need[chosen]], many
    ).astype(np.int64)
    return Room(
        open=got < instance.wanted,
        taken=instance.half_key[met >= instance.half_limit],
        heads=heads,
        takers=np.bincount(instance.session[chosen], minlength=many),
    )


def one_pair_each(problem: Problem, whole: Whole) -> Instance:
    """Every need that has pairs, with one as good as its best: all that fairness asks about."""
    has = np.flatnonzero(whole.count)
    none = np.zeros(len(has), np.int64)
    bare = assemble(_without_fixed(problem), gathered(problem, none[:0], none[:0]))
    return replace(
        bare,
        start=np.searchsorted(has, np.arange(len(problem.need.heads) + 1)),
        need=has,
        session=none,
        half=none,
        value=whole.best[has],
        km=whole.best[has],
        fixed=none.astype(np.bool_),
    )


def _without_fixed(problem: Problem) -> Problem:
    return replace(problem, confirmed=frozenset(), pinned=frozenset())


def fund_limits(problem: Problem) -> Ints:
    """What each fund may spend: its budget, or what fixed pairs cost if that is more."""
    session = problem.session
    limit = np.array([problem.budgets[name] for name in problem.funds], np.int64)
    spent = np.zeros(len(limit), np.int64)
    for s in sorted({s for _, s in problem.confirmed | problem.pinned}):
        if session.fund[s] >= 0:
            spent[session.fund[s]] += session.subsidy[s]
    return np.maximum(limit, spent)
