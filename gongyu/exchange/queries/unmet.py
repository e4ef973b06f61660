"""What nobody has taken yet, by topic and town, and what the last run says should be built up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min, Q
from django.utils.translation import gettext as _

from gongyu.exchange.models import MatchingRun, Need, Severity
from gongyu.places.models import Division

from .balance import ScarceRow, scarce_rows
from .census_board import NONE, town_code


@dataclass(frozen=True, slots=True)
class UnmetRow:
    """Needs in the pool on one first-level topic in one town; ``since`` is the oldest of them."""

    topic: str
    topic_name: str
    town: str
    town_name: str
    needs: int
    schools: int
    urgent: int
    since: datetime


def unmet(town: Division | None = None, first: int | None = None) -> list[UnmetRow]:
    """Most first, all or the first few; two queries.

    A need with topics of two kinds stands in both rows.
    """
    names = _town_names()
    rows = (
        Need.objects.waiting()
        .of_town(town)
        .order_by()
        .filter(topics__parent__isnull=False)
        .annotate(town=town_code("school__division"))
        .values("town", "topics__parent__code", "topics__parent__name")
        .annotate(
            needs=Count("pk", distinct=True),
            schools=Count("school", distinct=True),
            urgent=Count("pk", distinct=True, filter=Q(severity=Severity.URGENT)),
            since=Min("filed_at"),
        )
        .order_by("-needs", "since", "topics__parent__code", "town")[:first]
    )
    return [
        UnmetRow(
            topic=row["topics__parent__code"],
            topic_name=row["topics__parent__name"],
            town="" if row["town"] == NONE else row["town"],
            town_name=names.get(row["town"], _("镇街没有查到")),
            needs=row["needs"],
            schools=row["schools"],
            urgent=row["urgent"],
            since=row["since"],
        )
        for row in rows
    ]


def scarce_now(town: Division | None = None) -> tuple[MatchingRun | None, list[ScarceRow]]:
    """What one more place would be worth, from the latest run that says so; at most 3 queries."""
    runs = MatchingRun.objects.exclude(scarcity=[])
    if town is not None:
        runs = runs.filter(town=town)
    run = runs.order_by("-started_at", "-pk").first()
    return (run, scarce_rows(run, _town_names())) if run is not None else (None, [])


def _town_names() -> dict[str, str]:
    towns = Division.objects.filter(level=Division.Level.TOWNSHIP)
    return dict(towns.values_list("code", "short_name"))
