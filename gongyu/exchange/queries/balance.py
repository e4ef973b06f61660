"""What fairness costs and what the district should build up next, as a run's page tells it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from gongyu.exchange.models import MatchingRun, Topic
from gongyu.places.district_map import DistrictMap
from gongyu.places.models import Division
from gongyu.places.queries import town_dots

MOST_ROWS = 8


@dataclass(frozen=True, slots=True)
class PriceRow:
    """One setting: the share of the worst town and what the whole gives up, in percent."""

    fairness: int
    served: int
    town: str
    share: int
    given_up: str
    is_ours: bool


@dataclass(frozen=True, slots=True)
class ScarceRow:
    """A topic in a town: how many classes wait, and what one more place is worth there."""

    topic: str
    topic_code: str
    town: str
    town_code: str
    waiting: int
    worth: int
    share: int


@dataclass(frozen=True, slots=True)
class Balance:
    prices: list[PriceRow]
    scarce: list[ScarceRow]
    map_wide: DistrictMap | None
    map_narrow: DistrictMap | None


def balance_of(run: MatchingRun) -> Balance:
    """At most 4 queries."""
    towns = dict(
        Division.objects.filter(level=Division.Level.TOWNSHIP).values_list("code", "short_name")
    )
    return Balance(price_rows(run, towns), scarce_rows(run, towns), *_maps(run))


def last_prices(town: Division | None = None) -> list[PriceRow]:
    """The curve of the latest run that has one, for whoever sets the next; 2 queries."""
    run = (
        MatchingRun.objects.of_scope(town).exclude(curve=[]).order_by("-started_at", "-pk").first()
    )
    if run is None:
        return []
    towns = Division.objects.filter(level=Division.Level.TOWNSHIP)
    return price_rows(run, dict(towns.values_list("code", "short_name")))


def price_rows(run: MatchingRun, towns: dict[str, str]) -> list[PriceRow]:
    """The curve of a run; the row nearest to its own setting is marked."""
    if not run.curve:
        return []
    nearest = min(run.curve, key=lambda point: abs(point["fairness"] - run.fairness))
    return [
        PriceRow(
            fairness=point["fairness"],
            served=point["served"],
            town=towns.get(point["town"], _("其他")),
            share=round(100 * point["share"]),
            given_up=f"{100 * max(0.0, point['given_up']):.2f}",
            is_ours=point is nearest,
        )
        for point in run.curve
    ]


def scarce_rows(run: MatchingRun, towns: dict[str, str]) -> list[ScarceRow]:
    """Where one more place is worth most; one query."""
    rows: list[dict[str, Any]] = [row for row in run.scarcity if row["waiting"]][:MOST_ROWS]
    topics = dict(Topic.objects.values_list("code", "name")) if rows else {}
    most = max((row["worth"] for row in rows), default=1.0)
    return [
        ScarceRow(
            topic=topics.get(row["topic"], row["topic"]),
            topic_code=row["topic"],
            town=towns.get(row["town"], _("其他")),
            town_code=row["town"],
            waiting=row["waiting"],
            worth=round(row["worth"]),
            share=round(100 * row["worth"] / most),
        )
        for row in rows
    ]


def _maps(run: MatchingRun) -> tuple[DistrictMap | None, DistrictMap | None]:
    """Classes that wait, by town, on what some place would help."""
    amounts: dict[str, int] = defaultdict(int)
    for row in run.scarcity:
        amounts[row["town"]] += row["waiting"]
    if not any(amounts.values()):
        return None, None
    unit = _("个在等")
    return town_dots(amounts, width=352, unit=unit), town_dots(amounts, width=326, unit=unit)
