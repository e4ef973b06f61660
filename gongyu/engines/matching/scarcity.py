"""What the district should build up next: the worth of one more place, by topic and town."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from .measures import LEAST_FIT, SLACK
from .plan import Plan
from .problem import FIRST_LEVEL, Problem, first_level
from .types import RANK_DISCOUNT, SEVERITY_WEIGHTS, Need


@dataclass(frozen=True, slots=True)
class Scarcity:
    """One more place: a session on ``topic`` alone, next door, for one class of ``town``.

    needs: needs of the town that ask for the topic; waiting: those that got fewer sessions than
    they wanted. at_least: benefit that the place adds with the plan left as it is. at_most: what
    it adds with everything rearranged, by the prices of the plan's proof; None without proof.
    The true marginal value lies between the two, give or take proven - objective. per_head:
    at_least over the headcount of the class that gains most.
    """

    topic: str
    town: str
    needs: int
    waiting: int
    at_least: float
    at_most: float | None
    per_head: float


def scarcity(problem: Problem, plan: Plan) -> tuple[Scarcity, ...]:
    """Every topic and town that some need asks for, the scarcest first.

    A place is worth b = h q f for the class that takes it, with the discount of its rank; f counts
    the topic's weight and 0.4 of those of the same first level.
    """
    values: dict[str, list[float]] = defaultdict(list)
    for match in plan.matches:
        values[match.need].append(match.value)
    proof = plan.certificate.proof
    rows: dict[tuple[str, str], list[tuple[Need, float, float]]] = defaultdict(list)
    for need in problem.needs:
        has = sorted(values[need.id], reverse=True)
        prices = proof.ranks.get(need.id, ()) if proof else ()
        for topic in need.topics:
            value = _value(need, topic)
            if value > 0.0:
                gain = _gain(need, has, value)
                bid = _bid(need, prices, value)
                rows[topic, need.town].append((need, gain, bid))
    found = []
    for (topic, town), row in rows.items():
        who, most = max(((need, gain) for need, gain, _ in row), key=lambda entry: entry[1])
        found.append(
            Scarcity(
                topic=topic,
                town=town,
                needs=len(row),
                waiting=sum(len(values[need.id]) < need.wanted for need, _, _ in row),
                at_least=most,
                at_most=max(bid for _, _, bid in row) if proof else None,
                per_head=most / who.headcount,
            )
        )
    return tuple(sorted(found, key=lambda entry: (-entry.at_least, entry.topic, entry.town)))


def _value(need: Need, topic: str) -> float:
    """b of a session on one topic next door; 0 where it would not fit the need."""
    total = sum(need.topics.values())
    fit = sum(
        weight / total * (1.0 if code == topic else FIRST_LEVEL)
        for code, weight in need.topics.items()
        if first_level(code) == first_level(topic)
    )
    if fit < LEAST_FIT - SLACK:
        return 0.0
    return need.headcount * SEVERITY_WEIGHTS[need.severity] * fit


def _worth(values: list[float]) -> float:
    return sum(value * RANK_DISCOUNT**rank for rank, value in enumerate(values))


def _gain(need: Need, has: list[float], value: float) -> float:
    """What the need itself gains: one session more, or a better one in place of its least."""
    kept = has if len(has) < need.wanted else has[:-1]
    return max(0.0, _worth(sorted([*kept, value], reverse=True)) - _worth(has))


def _bid(need: Need, prices: tuple[float, ...], value: float) -> float:
    """The best of the need's ranks at the prices; ranks that no pair could fill cost nothing."""
    ranks = [*prices, *([0.0] * (need.wanted - len(prices)))][: need.wanted]
    return max(0.0, *(value * RANK_DISCOUNT**rank - price for rank, price in enumerate(ranks)))
