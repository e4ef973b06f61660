"""How a plan follows changes: about 1 % of the records withdrawn, cancelled, new or declined."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

import numpy as np
from matching_instances import synthetic

from gongyu.engines.matching import (
    Changes,
    Phase,
    Plan,
    Problem,
    Progress,
    match,
    rematch,
)
from gongyu.engines.matching.amending import amended
from gongyu.engines.matching.solve import Tell

Result = TypeVar("Result")


def changes_of(scale: str, kind: str, seed: int, problem: Problem, plan: Plan) -> Changes:
    """A third of the plan's matches is confirmed; a third of a per cent each of the rest."""
    draw = np.random.default_rng(seed)
    few_needs = max(1, len(problem.needs) // 300)
    few_sessions = max(1, len(problem.sessions) // 300)
    withdrawn = {problem.needs[i].id for i in draw.choice(len(problem.needs), few_needs, False)}
    cancelled = {
        problem.sessions[i].id for i in draw.choice(len(problem.sessions), few_sessions, False)
    }
    others = synthetic(scale, kind, seed + 1000)
    still = [m for m in plan.matches if m.need not in withdrawn and m.session not in cancelled]
    return Changes(
        withdrawn=frozenset(withdrawn),
        cancelled=frozenset(cancelled),
        needs=tuple(replace(n, id=f"new {n.id}", group="") for n in others.needs[:few_needs]),
        declined=frozenset((m.need, m.session) for m in still[1::300]),
        confirmed=frozenset((m.need, m.session) for m in still[::3])
        - frozenset((m.need, m.session) for m in still[1::300]),
    )


def follow(scale: str, kind: str, seed: int, problem: Problem) -> dict[str, Any]:
    """Rematch against a run anew with the same confirmed pairs.

    CPU seconds of both begin with the changes and end where the reasons begin.
    """
    plan = match(problem)
    changes = changes_of(scale, kind, seed, problem, plan)
    result, seconds = _timed(lambda tell: rematch(problem, plan, changes, progress=tell))
    anew, seconds_anew = _timed(
        lambda tell: match(amended(problem, changes).problem, progress=tell)
    )
    has = {(m.need, m.session) for m in anew.matches}
    kept = {(m.need, m.session) for m in (*result.kept, *result.dropped)}
    return {
        "dropped": round(len(result.dropped) / len(plan.matches), 5),
        "dropped_anew": round(len(kept - has) / len(plan.matches), 5),
        "lost": len(result.lost),
        "confirmed_lost": sum(
            pair not in {(m.need, m.session) for m in result.plan.matches}
            for pair in changes.confirmed
        ),
        "benefit_of_anew": round(result.plan.certificate.objective / anew.certificate.objective, 5),
        "gap": round(result.plan.certificate.gap, 5),
        "seconds": round(seconds, 3),
        "seconds_anew": round(seconds_anew, 3),
    }


def _timed(run: Callable[[Tell], Result]) -> tuple[Result, float]:
    """The result, and the CPU seconds from the call to the phase of explanations."""
    stop = 0.0

    def tell(progress: Progress) -> None:
        nonlocal stop
        if progress.phase == Phase.EXPLAIN:
            stop = time.process_time()

    begin = time.process_time()
    result = run(tell)
    return result, stop - begin
