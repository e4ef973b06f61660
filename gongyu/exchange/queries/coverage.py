"""镇镇有布点，校校有资源: in which towns somebody can be booked, and which schools ever were."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q

from gongyu.exchange.models import Resource, Session
from gongyu.families.models import SchoolClass
from gongyu.places.models import Division, Organization

from .towns import Towns
from .year_visits import YearVisits

# What it takes to name a school and to find its town.
_NAMES = [
    "name",
    "short_name",
    *(f"division__{f}" for f in ("name", "short_name", "level", "parent")),
]


@dataclass(frozen=True, slots=True)
class TownPoints:
    """镇镇有布点: units of a town with open sessions; 校校有资源: its schools, those served."""

    code: str
    name: str
    units: int
    schools: int
    served: int

    @property
    def gap(self) -> int:
        return self.schools - self.served


@dataclass(frozen=True, slots=True)
class Coverage:
    towns: list[TownPoints]
    bare_schools: list[Organization]

    @property
    def without_point(self) -> list[TownPoints]:
        return [town for town in self.towns if not town.units]


def coverage(
    town: Division | None = None, towns: Towns | None = None, visits: YearVisits | None = None
) -> Coverage:
    """Towns and the schools that use the platform; 4 queries.

    ``towns`` and ``visits`` where they are read already. The schools come with their names alone.
    """
    towns, visits = towns or Towns(), visits or YearVisits(town)
    bookable = Session.objects.upcoming().filter(resource=OuterRef("pk"))
    units: Counter[str] = Counter()
    for division, parent, number in (
        Resource.objects.filter(Exists(bookable))
        .order_by()
        .values_list("unit__division", "unit__division__parent")
        .annotate(units=Count("unit", distinct=True))
    ):
        units[towns.code_of(division, parent)] += number
    using = Organization.objects.schools().filter(
        Exists(SchoolClass.objects.filter(school=OuterRef("pk")).order_by())
    )
    if town is not None:
        using = using.filter(Q(division=town) | Q(division__parent=town))
    schools: Counter[str] = Counter()
    served: Counter[str] = Counter()
    bare = []
    for school in using.select_related("division").only(*_NAMES).order_by("name"):
        division = school.division
        code = towns.code_of(school.division_id, division.parent_id if division else None)
        schools[code] += 1
        if school.pk in visits.schools:
            served[code] += 1
        else:
            bare.append(school)
    rows = [
        TownPoints(row.code, row.name, units[row.code], schools[row.code], served[row.code])
        for pk, row in towns.by_key.items()
        if (town is None or pk == town.pk)
        and (town is not None or row.kind != "functional_zone" or row.code in units)
    ]
    return Coverage(sorted(rows, key=lambda row: (row.units, row.code)), bare)
