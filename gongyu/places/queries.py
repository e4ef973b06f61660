"""What the pages of this room read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import cos, radians, sin, sqrt
from typing import TYPE_CHECKING, Any

from django.core.paginator import Page, Paginator
from django.db.models import Case, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce
from django.urls import reverse

from .district_map import FULL_WIDTH, DistrictMap, Spot, draw
from .kinds import FAMILIES, Family, kind_label
from .models import Division, Organization, OrganizationQuerySet, Precision
from .outline import ring_of

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from gongyu.accounts.models import User

COMMUNITIES_A_PAGE = 40
ORGANIZATIONS_A_PAGE = 20
UNITS_A_PAGE = 20
_KM_PER_DEGREE = 111.32
# Units that only a town is known of stand in a sunflower round its point, so that each can be seen.
_SPREAD_KM = 0.45
_GOLDEN_ANGLE = radians(137.508)


# ---- The district ------------------------------------------------------------------------------


def district() -> Division | None:
    """The district that this cell serves: the county whose towns are known; one query."""
    return (
        Division.objects.filter(
            level=Division.Level.COUNTY, children__level=Division.Level.TOWNSHIP
        )
        .distinct()
        .first()
    )


def towns() -> QuerySet[Division]:
    return Division.objects.filter(level=Division.Level.TOWNSHIP)


def merged_into(pk: int) -> int | None:
    """Where an organisation's page is now, if it turned out to be another one; one query."""
    merged = Organization.objects.filter(pk=pk, merged_into__isnull=False)
    return merged.values_list("merged_into", flat=True).first()


def town_dots(
    amounts: Mapping[str, int],
    *,
    width: int = FULL_WIDTH,
    unit: str = "",
    linked: bool = True,
    show_values: bool = False,
) -> DistrictMap:
    """The district with a dot at every town, sized by ``amounts`` (by township code); one query.

    ``width`` is the width in pixels at which it will stand, so that its text stays readable;
    ``unit`` is said after the amount (个需求). Zones without residents appear only with an amount.
    """
    known = [
        town
        for town in towns()
        if town.is_pinned and (town.kind != "functional_zone" or amounts.get(town.code))
    ]
    spots = [
        Spot(
            label=_town_label(town) + (f" {amounts.get(town.code, 0)}" if show_values else ""),
            title=f"{town.short_name} {amounts.get(town.code, 0)} {unit}".strip(),
            lon=_degrees(town.lon),
            lat=_degrees(town.lat),
            value=amounts.get(town.code, 0),
            href=reverse("places:division", args=[town.code]) if linked else "",
        )
        for town in known
    ]
    return draw(ring_of(known[0].code[:6]) if known else (), spots, width=width)


def locator(place: Division | Organization, *, width: int = 320) -> DistrictMap | None:
    """The district with one dot, hollow where only the town is known; None without a point."""
    division = place if isinstance(place, Division) else place.division
    if not place.is_pinned or division is None:
        return None
    spot = Spot(
        label="",
        title=f"{place}：{place.where_words}",
        lon=_degrees(place.lon),
        lat=_degrees(place.lat),
        value=1,
        hollow=place.precision != Precision.EXACT,
    )
    return draw(ring_of(division.code[:6]), [spot], width=width)


def _degrees(value: float | None) -> float:
    """A pinned place has both coordinates: the database holds it to that."""
    return 0.0 if value is None else value


def _town_label(town: Division) -> str:
    name = town.short_name
    for ending in ("街道", "地区", "镇"):
        name = name.removesuffix(ending) or name
    return name


# ---- Pages -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DivisionPage:
    division: Division
    children: Page[Division]
    organizations: Page[Organization]


def divisions() -> QuerySet[Division]:
    return Division.objects.select_related("parent__parent")


def organizations(user: User | AnonymousUser) -> OrganizationQuerySet:
    return Organization.objects.visible_to(user).select_related("division__parent")


def division_page(
    division: Division, user: User | AnonymousUser, *, page: str, organization_page: str
) -> DivisionPage:
    """What lies and who stands in a division; at most four queries.

    Committees are listed with their own community only; a county lists everything in it.
    """
    inside = Q(division=division) | Q(division__parent=division)
    everybody = organizations(user).filter(inside).order_by("kind", "name")
    if division.level != Division.Level.COMMUNITY:
        everybody = everybody.exclude(kind=Organization.Kind.COMMUNITY)
    children = division.children.order_by("code")
    return DivisionPage(
        division,
        Paginator(children, COMMUNITIES_A_PAGE).get_page(page),
        Paginator(everybody, ORGANIZATIONS_A_PAGE).get_page(organization_page),
    )


# ---- The map -----------------------------------------------------------------------------------


def units_of(
    user: User | AnonymousUser, family: Family | None = None, town: str = ""
) -> OrganizationQuerySet:
    """Schools and resource units, of one family, in one town; by town, unknown places last."""
    kinds = [Organization.Kind.SCHOOL, Organization.Kind.RESOURCE_UNIT]
    units = organizations(user).filter(family.rule if family else Q(kind__in=kinds))
    if town:
        units = units.filter(Q(division__code=town) | Q(division__parent__code=town))
    known = Case(
        When(precision=Precision.NONE, then=Value(2)),
        When(precision=Precision.DISTRICT, then=Value(1)),
        default=Value(0),
    )
    # Databases disagree where NULL sorts; nobody without a division is more than "unknown".
    return units.order_by(known, Coalesce("division__code", Value("")), "kind", "name")


def units_page(units: OrganizationQuerySet, page: str) -> Page[Organization]:
    return Paginator(units, UNITS_A_PAGE).get_page(page)


def map_points(units: OrganizationQuerySet) -> list[dict[str, Any]]:
    """The units that a map may show, as JSON values; one query.

    Several units at one town's point stand round it in a fixed pattern, marked ``hollow``. Units
    of which only the district is known are in the list beside the map, not on it.
    """
    shown: list[dict[str, Any]] = []
    crowd: dict[tuple[float, float], int] = {}
    for unit in units:
        if not unit.is_pinned:
            continue
        lon, lat = _degrees(unit.lon), _degrees(unit.lat)
        hollow = unit.precision != Precision.EXACT
        if hollow:
            place = crowd[lon, lat] = crowd.get((lon, lat), 0) + 1
            lon, lat = _spread(lon, lat, place)
        shown.append(
            {
                "id": unit.pk,
                "name": str(unit),
                "kind": kind_label(unit),
                "school": unit.kind == Organization.Kind.SCHOOL,
                "lon": round(lon, 5),
                "lat": round(lat, 5),
                "hollow": hollow,
                "where": unit.where_words,
                "url": unit.get_absolute_url(),
            }
        )
    return shown


def town_points() -> list[dict[str, Any]]:
    """Names and points of the towns, for the map's labels; one query."""
    return [
        {"name": town.short_name, "lon": town.lon, "lat": town.lat}
        for town in towns()
        if town.is_pinned
    ]


def _spread(lon: float, lat: float, place: int) -> tuple[float, float]:
    """The ``place``-th seat (from 1) of a sunflower round a point."""
    radius, angle = _SPREAD_KM * sqrt(place), place * _GOLDEN_ANGLE
    north = radius * cos(angle) / _KM_PER_DEGREE
    east = radius * sin(angle) / (_KM_PER_DEGREE * cos(radians(lat)))
    return lon + east, lat + north


def family_of(code: str) -> Family | None:
    return next((family for family in FAMILIES if family.code == code), None)
