"""What nobody has taken yet, by topic and town, and what the last run says should be built up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min, Q
from django.utils.translation import gettext as _

from gongyu.exchange.models import MatchingRun, Need, Severity
from gongyu.places.models import Division

from .balance import ScarceRow, scarce_rows
from .census_board import NONE
from .towns import Towns


@dataclass(slots=True)
class UnmetRow:
    """Needs in the pool on one first-level topic in one town; ``since`` is the oldest of them."""

    topic: str
    topic_name: str
    town: str
    town_name: str
    since: datetime
    needs: int = 0
    schools: int = 0
    urgent: int = 0


def unmet(
    town: Division | None = None, first: int | None = None, towns: Towns | None = None
) -> list[UnmetRow]:
    """Most first, all or the first few; two queries.

    A need with topics of two kinds stands in both rows. ``towns`` where they are read already.
    """
    towns = towns or Towns()
    names = towns.names
    found: dict[tuple[str, str], UnmetRow] = {}
    for division, parent, topic, topic_name, needs, schools, urgent, since in (
        Need.objects.waiting()
        .of_town(town)
        .filter(topics__parent__isnull=False)
        .order_by()
        .values_list(
            "school__division",
            "school__division__parent",
            "topics__parent__code",
            "topics__parent__name",
        )
        .annotate(
            needs=Count("pk", distinct=True),
            schools=Count("school", distinct=True),
            urgent=Count("pk", distinct=True, filter=Q(severity=Severity.URGENT)),
            since=Min("filed_at"),
        )
    ):
        code = towns.code_of(division, parent)
        row = found.setdefault(
            (topic, code),
            UnmetRow(
                topic=topic,
                topic_name=topic_name,
                town="" if code == NONE else code,
                town_name=names.get(code) or _("镇街没有查到"),
                since=since,
            ),
        )
        row.needs += needs
        row.schools += schools
        row.urgent += urgent
        row.since = min(row.since, since)
    rows = found.values()
    return sorted(rows, key=lambda row: (-row.needs, row.since, row.topic, row.town))[:first]


def scarce_now(town: Division | None = None) -> tuple[MatchingRun | None, list[ScarceRow]]:
    """What one more place would be worth, from the latest run that says so; at most 3 queries."""
    runs = MatchingRun.objects.exclude(scarcity=[])
    if town is not None:
        runs = runs.filter(town=town)
    run = runs.order_by("-started_at", "-pk").first()
    return (run, scarce_rows(run, Towns().names)) if run is not None else (None, [])
