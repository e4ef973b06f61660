"""Why a need got fewer sessions than it wanted, and the nearest ways out.

Every way out is one change, and true beside the plan as it stands: after it, the need can be
added to the plan and nothing else has to move. ``apply_way_out`` makes the change.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from .instance import Instance
from .plan import Reason, Unmet, WayOut
from .problem import Ints, Problem
from .survey import OnTopic, Use, engaged, scene_of, used
from .waysout import Guide

_OF_BLOCK = (
    Reason.TAKEN_BY_MORE_URGENT,
    Reason.UNIT_LIMIT,
    Reason.BUDGET,
    Reason.BELOW_MINIMUM,
    Reason.GROUP_BUSY,
    Reason.STOPPED_EARLY,
)
"""What blocks a feasible pair, the first that holds."""

_OF_STAGE = (
    Reason.NO_RESOURCE_ON_TOPIC,
    Reason.WRONG_GRADES_OR_FORM,
    Reason.NONE_IN_REACH,
    Reason.NONE_IN_WINDOW,
    Reason.TOO_BIG_A_GROUP,
    Reason.BELOW_MINIMUM,
    Reason.FORBIDDEN,
    Reason.GROUP_BUSY,
    Reason.STOPPED_EARLY,
)
"""The first rule at which the sessions on a need's topic run out: see ``survey.Findings``."""

_BLOCK = 1000
"""Needs looked at together: bounds the memory, and how far a time budget is overrun."""


def explain(
    problem: Problem,
    instance: Instance,
    chosen: Ints,
    limit: int = 4,
    *,
    before: Sequence[Unmet] = (),
    enough: Callable[[], bool] = lambda: False,
) -> list[Unmet]:
    """One entry for each need that wanted more than it got, in the order of the needs.

    chosen: pairs of the plan. limit: ways out for a need, at most. before: of an earlier plan;
    ways out that are still true are kept as they are now, and a nearer one is not looked for.
    enough: asked now and then; after a yes the needs that are left get their reason and no ways
    out, and say so (``looked`` is False).
    """
    use = used(instance, chosen)
    asks = np.flatnonzero(use.got < problem.need.wanted)
    if not len(asks):
        return []
    scene = scene_of(problem, instance, chosen, use)
    topical = OnTopic(problem)
    reasons = _reasons(problem, instance, chosen, use, asks)
    guide = Guide(problem, instance, use, scene, engaged(problem, instance, chosen))
    kept = _kept(problem, guide, asks, before)
    ways: dict[int, tuple[WayOut, ...]] = {}
    for begin in range(0, len(asks), _BLOCK):
        block = asks[begin : begin + _BLOCK]
        over = enough()
        silent = np.array([n not in reasons for n in block.tolist()], np.bool_)
        fresh = np.array([n not in kept for n in block.tolist()], np.bool_)
        some = block[silent if over else silent | fresh]
        if not len(some):
            continue
        found = topical.survey(scene, some)
        for n, stage in zip(some.tolist(), found.stage.tolist(), strict=True):
            reasons.setdefault(n, _OF_STAGE[stage])
        if not over:
            new = zip(some.tolist(), guide.ways(some, found, limit), strict=True)
            ways.update((n, row) for n, row in new if n not in kept)
    return [
        Unmet(
            problem.needs[n].id,
            problem.needs[n].wanted,
            int(use.got[n]),
            reasons[n],
            kept.get(n, ways.get(n, ())),
            n in kept or n in ways,
        )
        for n in asks.tolist()
    ]


def _reasons(
    problem: Problem, instance: Instance, chosen: Ints, use: Use, asks: Ints
) -> dict[int, Reason]:
    """For needs with feasible pairs left: what blocks the one that they would like most.

    The group's own plans come last: only where they block every pair.
    """
    open_need = np.zeros(len(problem.needs), np.bool_)
    open_need[asks] = True
    left = open_need[instance.need]
    left[chosen] = False
    pairs = np.flatnonzero(left)
    n, s = instance.need[pairs], instance.session[pairs]
    total = use.heads[s] + instance.heads[n]
    opens = (use.takers[s] == 0) & ~instance.running[s]
    month, fund = instance.month[s], instance.fund[s]
    in_month, in_fund = np.flatnonzero(opens & (month >= 0)), np.flatnonzero(opens & (fund >= 0))
    full, spent = np.zeros(len(pairs), np.bool_), np.zeros(len(pairs), np.bool_)
    full[in_month] = use.months[month[in_month]] >= instance.month_limit[month[in_month]]
    cost = use.funds[fund[in_fund]] + instance.subsidy[s[in_fund]]
    spent[in_fund] = cost > instance.fund_limit[fund[in_fund]]
    busy = use.halves[instance.half[pairs]] >= instance.half_limit[instance.half[pairs]]
    blocks = np.stack(
        [
            (total > instance.seats[s]) | (use.takers[s] >= instance.takers[s]),
            full,
            spent,
            total < instance.least[s],
            busy,
            np.ones(len(pairs), np.bool_),
        ]
    )
    first = blocks.argmax(axis=0)
    first[busy] = _OF_BLOCK.index(Reason.GROUP_BUSY)
    order = np.lexsort((-instance.value[pairs], busy, n))
    whose = n[order]
    top = order[np.flatnonzero(np.diff(whose, prepend=-1))]
    return {
        int(need): _OF_BLOCK[int(block)]
        for need, block in zip(n[top].tolist(), first[top].tolist(), strict=True)
    }


def _kept(
    problem: Problem, guide: Guide, asks: Ints, before: Sequence[Unmet]
) -> dict[int, tuple[WayOut, ...]]:
    """Ways out of an earlier plan, for needs whose ways are all still true."""
    asked = set(asks.tolist())
    owners: list[int] = []
    ways: list[WayOut] = []
    for unmet in before:
        n = problem.need_index.get(unmet.need, -1)
        if n in asked and unmet.looked and unmet.ways_out:
            owners += [n] * len(unmet.ways_out)
            ways += unmet.ways_out
    if not ways:
        return {}
    now = guide.still(np.array(owners, np.int64), ways)
    broken = {n for n, way in zip(owners, now, strict=True) if way is None}
    kept: dict[int, tuple[WayOut, ...]] = {}
    for n, way in zip(owners, now, strict=True):
        if n not in broken and way is not None:
            kept[n] = (*kept.get(n, ()), way)
    return kept
