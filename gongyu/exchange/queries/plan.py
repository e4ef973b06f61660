"""A run's plan as its page tells it: the story, the towns, the matches, the reasons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet, Sum

from gongyu.exchange.models import MatchingRun, Need, Order, PlannedMatch, PlanRule, UnmetNeed
from gongyu.places.models import Division


@dataclass(frozen=True, slots=True)
class TownRow:
    """A town's needs, how many the plan serves, and how many any plan could serve at most."""

    code: str
    name: str
    needs: int
    served: int
    most: int

    @property
    def share(self) -> int:
        return round(100 * self.served / self.needs) if self.needs else 0


@dataclass(frozen=True, slots=True)
class ReasonGroup:
    sentence: str
    unmet: list[UnmetNeed]


@dataclass(frozen=True, slots=True)
class PlanPage:
    matches: QuerySet[PlannedMatch]
    served: int
    pupils: int
    km: float
    towns: list[TownRow]
    reasons: list[ReasonGroup]
    sent: int
    skipped: Sequence[PlannedMatch]
    units: int = 0
    may_revoke: bool = False
    rules_since: int = 0

    @property
    def unserved(self) -> int:
        return sum(len(group.unmet) for group in self.reasons)

    @property
    def lowest(self) -> TownRow | None:
        return self.towns[0] if self.towns else None


def plan_of(run: MatchingRun) -> PlanPage:
    """The plan of a finished run; 8 queries, whatever its size (the matches come by the page)."""
    pins = PlanRule.objects.active().filter(
        kind=PlanRule.Kind.PIN, need=OuterRef("need"), session=OuterRef("session")
    )
    matches = (
        run.matches.select_related(
            "need__school", "need__school_class", "session__resource__unit", "order"
        )
        .prefetch_related("need__topics")
        .annotate(is_pinned=Exists(pins))
    )
    figures = run.matches.aggregate(pupils=Sum("need__headcount"), km=Sum("km"))
    served = run.matches.count()
    units = run.matches.order_by().values("session__resource__unit").distinct().count()
    towns = town_rows(run)
    groups: dict[str, ReasonGroup] = {}
    unmet = run.unmet.select_related("need__school", "need__school_class").prefetch_related(
        "need__topics"
    )
    for one in unmet:
        groups.setdefault(one.reason, ReasonGroup(one.sentence, [])).unmet.append(one)
    skipped = list(matches.exclude(skipped="")) if run.dispatched_at else []
    return PlanPage(
        matches=matches,
        served=served,
        pupils=figures["pupils"] or 0,
        km=(figures["km"] or 0.0) / served if served else 0.0,
        towns=towns,
        reasons=sorted(groups.values(), key=lambda group: -len(group.unmet)),
        sent=served - len(skipped) if run.dispatched_at else 0,
        skipped=skipped,
        units=units,
        may_revoke=_may_revoke(run),
        rules_since=_rules_since(run),
    )


def town_rows(run: MatchingRun) -> list[TownRow]:
    """The towns of a run, the least served first; 1 query."""
    codes = [town["code"] for town in run.towns]
    names = dict(Division.objects.filter(code__in=codes).values_list("code", "short_name"))
    rows = [
        TownRow(
            t["code"],
            names.get(t["code"], "其他"),
            t["needs"],
            t["served"],
            round(t["most"] * t["needs"]),
        )
        for t in run.towns
        if t["needs"]
    ]
    return sorted(rows, key=lambda town: (town.share, -town.needs))


def _rules_since(run: MatchingRun) -> int:
    """Rules made or undone after the run began, about needs that it had."""
    since = Q(at__gt=run.started_at, undone_at__isnull=True) | Q(
        at__lte=run.started_at, undone_at__gt=run.started_at
    )
    ours = Q(need__in=run.matches.values("need")) | Q(need__in=run.unmet.values("need"))
    return PlanRule.objects.filter(since & ours, need__state=Need.State.POOLED).count()


def _may_revoke(run: MatchingRun) -> bool:
    """Dispatched, and no unit has accepted anything of it."""
    if run.dispatched_at is None:
        return False
    return not run.matches.filter(order__state__in=Order.HOLDING).exists()
