"""The optimum of a tiny problem by trying every choice; the rules are the verifier's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from gongyu.engines.matching import (
    Certificate,
    Match,
    Plan,
    Problem,
    find_candidates,
    verify,
)

ABOUT_THE_CHOICE = {
    "capacity",
    "exclusive",
    "wanted",
    "group_half_day",
    "unit_month",
    "budget",
    "confirmed",
    "min_group",
}


def bare_plan(problem: Problem, matches: list[Match]) -> Plan:
    """A plan of these matches with nothing else filled in but its objective."""
    values: dict[str, list[float]] = {}
    for match in matches:
        values.setdefault(match.need, []).append(match.value)
    objective = sum(
        value * 0.6**rank
        for row in values.values()
        for rank, value in enumerate(sorted(row, reverse=True))
    )
    certificate = Certificate(objective, objective, 0.0, "", 0, 0.0)
    return Plan(tuple(matches), certificate, (), (), 0)


def broken_rules(problem: Problem, matches: list[Match]) -> set[str]:
    """Rules about which pairs may stand together that these matches break."""
    found = {violation.rule for violation in verify(problem, bare_plan(problem, matches))}
    return found & ABOUT_THE_CHOICE


def best_by_enumeration(
    problem: Problem, extra: Callable[[set[str]], float] = lambda served: 0.0
) -> float:
    """Largest benefit of any plan, with what its served needs earn beside. For a dozen pairs."""
    pairs = find_candidates(problem)
    free: list[Match] = []
    fixed: list[Match] = []
    for n, s, value, km in zip(pairs.need, pairs.session, pairs.value, pairs.km, strict=True):
        need, session = problem.needs[n], problem.sessions[s]
        match = Match(need.id, session.id, need.headcount, float(km), float(value))
        (fixed if (n, s) in problem.confirmed else free).append(match)
    best = -1.0

    def extend(at: int, chosen: list[Match]) -> None:
        nonlocal best
        broken = broken_rules(problem, chosen) - {"min_group"}
        if broken:
            return
        if at == len(free):
            if not broken_rules(problem, chosen):
                worth = bare_plan(problem, chosen).certificate.objective
                best = max(best, worth + extra({match.need for match in chosen}))
            return
        extend(at + 1, chosen)
        extend(at + 1, [*chosen, free[at]])

    extend(0, fixed)
    return best


def with_matches(plan: Plan, matches: list[Match]) -> Plan:
    """The same plan with other matches."""
    return replace(plan, matches=tuple(matches))
