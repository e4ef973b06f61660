"""An independent check of a plan, before anybody sees it.

Works on the records alone and shares no code with the search for candidates nor with the solvers:
the plan is read one pair at a time in plain Python, the bound is derived anew in ``recheck``. What
they get wrong, this does not get wrong with them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from math import asin, cos, isfinite, radians, sin, sqrt

from .plan import Match, Plan, Proof
from .problem import Problem
from .recheck import faults_of_proof, proven_bound, reward_of
from .recheck_pairs import feasible_pairs
from .types import Form, Need, Session

_CLOSE = 1e-6

_HAIR = 1e-9
"""Relative error that adding up a bound in another order may make."""


@dataclass(frozen=True, slots=True)
class Violation:
    """rule: its name. detail: which records, which figures, as text for a log."""

    rule: str
    detail: str


def verify(problem: Problem, plan: Plan, *, prices: bool = True) -> list[Violation]:
    """Everything wrong with a plan; empty for a plan that keeps every rule.

    Rules: unknown, duplicate, grades, form, window, slot, fit, travel, forbidden, headcount, km,
    value, capacity, exclusive, min_group, wanted, group_half_day, unit_month, budget, confirmed,
    pinned, objective, bound, gap, proof, unmet, towns. Confirmed pairs are facts: they are exempt
    from the rules of a pair, and a limit that they alone exceed counts as what they use.

    prices: also derive the bound anew from the records and the prices of the certificate's proof,
    if it has one: what is said to be proven must not lie below it, nor the bound, unless it says
    that it rests on branch and bound.
    """
    needs = {need.id: need for need in problem.needs}
    sessions = {session.id: session for session in problem.sessions}
    confirmed = {(problem.needs[n].id, problem.sessions[s].id) for n, s in problem.confirmed}
    found: list[Violation] = []
    known: list[tuple[Match, Need, Session]] = []
    seen: set[tuple[str, str]] = set()
    for match in plan.matches:
        pair = (match.need, match.session)
        if match.need not in needs or match.session not in sessions:
            found.append(Violation("unknown", _arrow(pair)))
        elif pair in seen:
            found.append(Violation("duplicate", _arrow(pair)))
        else:
            seen.add(pair)
            known.append((match, needs[match.need], sessions[match.session]))
    for match, need, session in known:
        found.extend(_figures(match, need, session))
        if (need.id, session.id) not in confirmed:
            found.extend(_pair_rules(problem, need, session))
    found.extend(_limits(problem, known, confirmed))
    found.extend(Violation("confirmed", _arrow(pair)) for pair in sorted(confirmed - seen))
    pinned = {(problem.needs[n].id, problem.sessions[s].id) for n, s in problem.pinned}
    found.extend(Violation("pinned", _arrow(pair)) for pair in sorted(pinned - seen))
    found.extend(_certificate(plan, known))
    if prices and not found:
        found.extend(_proven(problem, plan))
    found.extend(_reports(problem, plan, known))
    return found


def _arrow(pair: tuple[str, str]) -> str:
    return f"{pair[0]} → {pair[1]}"


def _apart(a: float, b: float) -> bool:
    return not abs(a - b) <= _CLOSE * max(1.0, abs(a), abs(b))


def _fit(need: Need, session: Session) -> float:
    total = sum(need.topics.values())
    parents = {code[:3] for code in session.topics}
    fit = 0.0
    for code, weight in need.topics.items():
        if code in session.topics:
            fit += weight / total
        elif code[:3] in parents:
            fit += 0.4 * weight / total
    return fit


def _road(need: Need, session: Session) -> float:
    if session.form == Form.ONLINE:
        return 0.0
    a, b = radians(need.lat), radians(session.lat)
    across = radians(session.lon - need.lon)
    chord = sin((b - a) / 2) ** 2 + cos(a) * cos(b) * sin(across / 2) ** 2
    return 1.3 * 6371.0088 * 2 * asin(min(1.0, sqrt(chord)))


def _travel(need: Need, session: Session) -> float:
    km = _road(need, session)
    allowed = session.radius_km if session.form == Form.HOST else need.reach_km
    if km == 0.0:
        return 0.0
    return km / allowed if allowed > 0 else float("inf")


def _value(need: Need, session: Session) -> float:
    urgency = {1: 1, 2: 2, 3: 4}[need.severity]
    wish = 1.2 if session.unit in need.wished_units else 1.0
    travel = min(1.0, _travel(need, session))
    return need.headcount * urgency * _fit(need, session) * wish * (1 - travel / 2)


def _figures(match: Match, need: Need, session: Session) -> Iterator[Violation]:
    where = _arrow((need.id, session.id))
    if match.headcount != need.headcount:
        yield Violation("headcount", f"{where}: {match.headcount}, not {need.headcount}")
    if _apart(match.km, _road(need, session)):
        yield Violation("km", f"{where}: {match.km}, not {_road(need, session)}")
    if _apart(match.value, _value(need, session)):
        yield Violation("value", f"{where}: {match.value}, not {_value(need, session)}")


def _pair_rules(problem: Problem, need: Need, session: Session) -> Iterator[Violation]:
    where = _arrow((need.id, session.id))
    if not need.grades <= session.grades:
        yield Violation("grades", where)
    if not need.forms & session.form:
        yield Violation("form", where)
    if not need.date_from <= session.date <= need.date_to:
        yield Violation("window", f"{where}: {session.date}")
    if (session.date.weekday(), session.half_day) not in need.slots:
        yield Violation("slot", where)
    if _fit(need, session) < 0.2 - _CLOSE:
        yield Violation("fit", f"{where}: {_fit(need, session)}")
    if _travel(need, session) > 1 + _CLOSE:
        yield Violation("travel", f"{where}: {_travel(need, session)}")
    if (problem.need_index[need.id], problem.session_index[session.id]) in problem.forbidden:
        yield Violation("forbidden", where)
    if (session.date, session.half_day) in problem.busy.get(need.group, ()):
        yield Violation("group_half_day", f"{where}: {need.group} is elsewhere")


def _limits(
    problem: Problem,
    known: list[tuple[Match, Need, Session]],
    confirmed: set[tuple[str, str]],
) -> Iterator[Violation]:
    fixed = confirmed | {(problem.needs[n].id, problem.sessions[s].id) for n, s in problem.pinned}
    taken: dict[str, list[tuple[Need, bool, bool]]] = defaultdict(list)
    wishes: dict[str, list[bool]] = defaultdict(list)
    halves: dict[tuple[str, date, int], list[bool]] = defaultdict(list)
    for _, need, session in known:
        pair = (need.id, session.id)
        fact = pair in confirmed
        taken[session.id].append((need, fact, pair in fixed))
        wishes[need.id].append(fact)
        group = need.group or f"\0{need.id}"
        halves[group, session.date, session.half_day].append(fact)
    for need in problem.needs:
        got = wishes[need.id]
        if len(got) > max(need.wanted, sum(got)):
            yield Violation("wanted", f"{need.id}: {len(got)} of {need.wanted}")
    for (group, day, half), met in halves.items():
        if len(met) > max(1, sum(met)):
            yield Violation("group_half_day", f"{group}: {day} {half}")
    months: dict[tuple[str, int, int], list[bool]] = defaultdict(list)
    costs: dict[str, list[tuple[int, bool]]] = defaultdict(list)
    for session in problem.sessions:
        inside = taken.get(session.id)
        if not inside:
            continue
        heads = sum(need.headcount for need, _, _ in inside)
        held = sum(need.headcount for need, fact, _ in inside if fact)
        facts = sum(fact for _, fact, _ in inside)
        if heads > max(session.capacity, held):
            yield Violation("capacity", f"{session.id}: {heads} heads, {session.capacity} seats")
        if session.exclusive and len(inside) > max(1, facts):
            yield Violation("exclusive", f"{session.id}: {len(inside)} needs")
        if heads < session.min_group and not any(kept for _, _, kept in inside):
            yield Violation("min_group", f"{session.id}: {heads} of {session.min_group} heads")
        months[session.unit, session.date.year, session.date.month].append(facts > 0)
        costs[session.fund].append((session.subsidy, facts > 0))
    for (unit, year, month), runs in months.items():
        limit = problem.unit_month_limits.get(unit)
        if limit is not None and len(runs) > max(limit, sum(runs)):
            yield Violation("unit_month", f"{unit} {year}-{month:02}: {len(runs)} of {limit}")
    for fund, bills in costs.items():
        budget = problem.budgets.get(fund)
        total = sum(fen for fen, _ in bills)
        if budget is not None and total > max(budget, sum(fen for fen, fact in bills if fact)):
            yield Violation("budget", f"{fund}: {total} of {budget} fen")


def _certificate(plan: Plan, known: list[tuple[Match, Need, Session]]) -> Iterator[Violation]:
    values: dict[str, list[float]] = defaultdict(list)
    for _, need, session in known:
        values[need.id].append(_value(need, session))
    objective = sum(
        value * 0.6**rank
        for row in values.values()
        for rank, value in enumerate(sorted(row, reverse=True))
    )
    stated = plan.certificate
    if _apart(stated.objective, objective):
        yield Violation("objective", f"{stated.objective}, not {objective}")
    if not isfinite(stated.bound) or stated.bound < objective * (1 - _CLOSE) - _CLOSE:
        yield Violation("bound", f"{stated.bound} below the plan's {objective}")
    gap = stated.bound / objective - 1 if objective > 0 else stated.bound
    if _apart(stated.gap, gap):
        yield Violation("gap", f"{stated.gap}, not {gap}")


def _proven(problem: Problem, plan: Plan) -> Iterator[Violation]:
    stated = plan.certificate
    branched = stated.method == "branch and bound"
    claims: list[tuple[Proof | None, float | None, float | None, bool]] = [
        (stated.proof, stated.proven, stated.bound, False),
        (stated.fair_proof, stated.fair_proven, stated.fair_bound, True),
    ]
    proofs = [proof for proof, *_ in claims if proof]
    wrong = [fault for proof in proofs for fault in faults_of_proof(problem, proof)]
    if stated.proof and (stated.proof.rewards or stated.proof.towns):
        wrong.append("the proof of B has rewards")
    if wrong:
        yield Violation("proof", "; ".join(wrong[:5]))
        return
    pairs = feasible_pairs(problem) if proofs else None
    for proof, proven, bound, fair in claims:
        if proof is None:
            continue
        least = proven_bound(problem, proof, pairs)
        for claim in (proven,) if branched else (proven, bound):
            if claim is not None and not claim >= least * (1.0 - _HAIR) - _HAIR:
                yield Violation("bound", f"{claim}, the prices prove {least}")
                return
        if fair:
            yield from _fair_figures(problem, plan, proof)


def _fair_figures(problem: Problem, plan: Plan, proof: Proof) -> Iterator[Violation]:
    """What was maximised, by the plan's own rewards."""
    stated = plan.certificate
    earned = reward_of(problem, proof, {match.need for match in plan.matches})
    if stated.fair_objective is None or _apart(stated.fair_objective, stated.objective + earned):
        yield Violation("objective", f"{stated.fair_objective}, not {stated.objective + earned}")
    # Where nothing can be had, nothing can be given up, and no share of it is stated.
    given_up = max(0.0, 1.0 - stated.objective / stated.bound) if stated.bound > 0 else None
    if (stated.given_up is None) != (given_up is None) or (
        stated.given_up is not None and given_up is not None and _apart(stated.given_up, given_up)
    ):
        yield Violation("bound", f"{stated.given_up} given up, not {given_up}")


def _reports(
    problem: Problem, plan: Plan, known: list[tuple[Match, Need, Session]]
) -> Iterator[Violation]:
    got: dict[str, int] = defaultdict(int)
    for _, need, _ in known:
        got[need.id] += 1
    short = {need.id: need.wanted for need in problem.needs if got[need.id] < need.wanted}
    listed = {unmet.need: unmet for unmet in plan.unmet}
    for need_id in sorted(short.keys() ^ listed.keys()):
        yield Violation("unmet", f"{need_id}: listed {need_id in listed}")
    for need_id, unmet in listed.items():
        if need_id in short and (unmet.got, unmet.wanted) != (got[need_id], short[need_id]):
            yield Violation("unmet", f"{need_id}: got {unmet.got}, wanted {unmet.wanted}")
    counts: dict[str, tuple[int, int]] = {}
    for need in problem.needs:
        total, served = counts.get(need.town, (0, 0))
        counts[need.town] = (total + 1, served + (got[need.id] > 0))
    stated = {town.town: (town.needs, town.served) for town in plan.towns}
    if stated != counts:
        wrong = {
            town for town in stated.keys() | counts.keys() if stated.get(town) != counts.get(town)
        }
        yield Violation("towns", ", ".join(sorted(wrong)))
