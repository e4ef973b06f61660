"""Where the public figures come from: needs by state, over topics and towns.

Topics and towns are shown apart, never crossed: a cell of both could point at one school.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Count, F, Q, QuerySet, When

from gongyu.exchange.models import Need
from gongyu.places.models import Division

_STATES = Need.State


@dataclass(frozen=True, slots=True)
class FigureRow:
    """One line: how many needs there are, and how far they got. ``key``: topic or town code."""

    key: str
    label: str
    needs: int
    arranged: int
    done: int
    waiting: int


@dataclass(frozen=True, slots=True)
class Figures:
    total: FigureRow
    topics: list[FigureRow]
    towns: list[FigureRow]


def figures() -> Figures:
    """All needs that were not withdrawn; three queries."""
    asked = Need.objects.exclude(state=_STATES.WITHDRAWN)
    total = asked.aggregate(**_counts())
    by_topic = asked.values(
        key=F("topics__parent__code"), label=F("topics__parent__name")
    ).order_by("key")
    by_town = (
        asked.filter(school__division__isnull=False)
        .values(key=_of_town("code"), label=_of_town("short_name"))
        .order_by("key")
    )
    return Figures(FigureRow("", "", **total), _rows(by_topic), _rows(by_town))


def _of_town(field: str) -> Case:
    """A field of the town in which the school stands; a community's is that of its parent."""
    in_community = Q(school__division__level=Division.Level.COMMUNITY)
    return Case(
        When(in_community, then=F(f"school__division__parent__{field}")),
        default=F(f"school__division__{field}"),
    )


def _counts() -> dict[str, Count]:
    arranged = Q(state__in=[_STATES.ARRANGED, _STATES.DONE])
    waiting = Q(state__in=[_STATES.POOLED, _STATES.ORDERED])
    return {
        "needs": Count("pk", distinct=True),
        "arranged": Count("pk", distinct=True, filter=arranged),
        "done": Count("pk", distinct=True, filter=Q(state=_STATES.DONE)),
        "waiting": Count("pk", distinct=True, filter=waiting),
    }


def _rows(grouped: QuerySet[Need, Any]) -> list[FigureRow]:  # rows of ``values``: no one type
    rows = [FigureRow(**row) for row in grouped.annotate(**_counts())]
    return sorted(rows, key=lambda row: (-row.needs, row.key))
