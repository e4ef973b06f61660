"""The district's desk: who waits for whom today, the term's run, practice days, coverage.

Every figure is counted from records, and each opens to the rows that it counts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import reduce
from operator import or_
from typing import overload

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum
from django.utils.translation import gettext as _

from gongyu.core.calendar import midnight, school_year_began, today
from gongyu.exchange.models import MatchingRun, Need, Order, Resource, Session
from gongyu.exchange.models.needs import in_towns
from gongyu.exchange.models.orders import came
from gongyu.families.models import SchoolClass
from gongyu.places.models import Division, Organization

from .census_board import town_code

ANSWER_WITHIN = timedelta(days=3)
RATE_WITHIN = timedelta(days=7)
HALF_A_DAY = 0.5
# Days of social practice a pupil and school year: 北京市实施《义务教育法》办法 (2008), article 43.
PRACTICE_FLOOR = {SchoolClass.Stage.PRIMARY: 10, SchoolClass.Stage.JUNIOR: 20}

LATE_UNIT, LATE_SCHOOL, TODAY, UNRATED = "late-unit", "late-school", "today", "unrated"
DISPUTED, REVISIT = "disputed", "revisit"


def _kinds() -> dict[str, tuple[Q, str]]:
    """Of each figure of the desk's first part: which orders it counts, and what they go by."""
    day = today()
    late = midnight(day - ANSWER_WITHIN)
    states = Order.State
    unrated = Q(state__in=[states.ACCEPTED, states.DONE], date__lt=day - RATE_WITHIN)
    return {
        DISPUTED: (Q(state=states.DISPUTED), "since"),
        REVISIT: (Q(state=states.REVISIT), "since"),
        LATE_UNIT: (Q(state=states.PLACED, placed_at__lt=late), "placed_at"),
        LATE_SCHOOL: (Q(state=states.PROPOSED, answered_at__lt=late), "answered_at"),
        TODAY: (Q(state__in=Order.HOLDING, date=day), "half_day"),
        UNRATED: (unrated, "date"),
    }


def desk_orders(kind: str, town: Division | None = None) -> QuerySet[Order] | None:
    """The rows behind a figure of the desk's first part; None for an unknown kind.

    Here and below, ``town`` narrows the district to the schools (or units) of one town.
    """
    if kind not in (kinds := _kinds()):
        return None
    counted, order = kinds[kind]
    return Order.objects.of_town(town).with_parties().filter(counted).order_by(order, "pk")


@dataclass(frozen=True, slots=True)
class Waiting:
    """A figure of the first part: what waits, how many, and what its rows are called."""

    kind: str
    label: str
    count: int
    tone: str


def waiting_today(town: Division | None = None) -> list[Waiting]:
    """Six counts, one query."""
    labels = {
        DISPUTED: _("派单异议等会商"),
        REVISIT: _("等回访"),
        LATE_UNIT: _("单位超过 3 天没回话"),
        LATE_SCHOOL: _("学校超过 3 天没回改期"),
        TODAY: _("今天在办"),
        UNRATED: _("过了一周还没评完"),
    }
    counted = {kind: condition for kind, (condition, _order) in _kinds().items()}
    counts = (
        Order.objects.of_town(town)
        .filter(reduce(or_, counted.values()))
        .aggregate(**{kind: Count("pk", filter=condition) for kind, condition in counted.items()})
    )
    return [
        Waiting(kind, label, counts[kind], "wait" if counts[kind] and kind != TODAY else "")
        for kind, label in labels.items()
    ]


@dataclass(frozen=True, slots=True)
class YearFigures:
    """The school year so far."""

    since: date
    needs: int
    arranged: int
    done: int
    pupils: int
    declined: int
    runs: int


def year_figures(town: Division | None = None) -> YearFigures:
    """Counted since 1 September; 3 queries."""
    since = school_year_began()
    needs = (
        Need.objects.of_town(town)
        .filter(filed_at__gte=midnight(since))
        .exclude(state=Need.State.WITHDRAWN)
    )
    figures = needs.aggregate(
        needs=Count("pk"),
        arranged=Count("pk", filter=Q(state__in=[Need.State.ARRANGED, Need.State.DONE])),
        done=Count("pk", filter=Q(state=Need.State.DONE)),
    )
    held = Order.objects.of_town(town).filter(date__gte=since, date__lte=today())
    happened, declined = Q(state__in=Order.HAPPENED), Q(state=Order.State.DECLINED)
    visits = held.filter(happened | declined).aggregate(
        pupils=Sum(came(), filter=happened, default=0),
        declined=Count("pk", filter=declined),
    )
    return YearFigures(
        since=since,
        runs=_runs_of(town).filter(dispatched_at__gte=midnight(since)).count(),
        **figures,
        **visits,
    )


def _runs_of(town: Division | None) -> QuerySet[MatchingRun]:
    """A town's own runs; for the district those of its towns too."""
    return MatchingRun.objects.all() if town is None else MatchingRun.objects.of_scope(town)


@dataclass(frozen=True, slots=True)
class ClassDays:
    """Days of practice of a class this school year, and what it still lacks of the floor."""

    school_class: SchoolClass
    days: float
    floor: int

    @property
    def share(self) -> int:
        return share_of(self.days, self.floor)

    @property
    def lacks(self) -> float:
        return max(0.0, self.floor - self.days)


def share_of(days: float, floor: int) -> int:
    """Whole percent of the floor, at most all of it."""
    return min(100, round(100 * days / floor))


class PracticeDays(Sequence[ClassDays]):
    """Each class that the platform knows, fewest days first.

    All are counted and put in order from a few columns; the classes themselves are read for the
    part that is asked for: one query a slice.
    """

    def __init__(self, counted: list[tuple[int, str, int, float, int]]) -> None:
        # A class: its share of the floor in percent, its school, its key, its days, its floor.
        self._counted = sorted(counted)

    def __len__(self) -> int:
        return len(self._counted)

    @overload
    def __getitem__(self, at: int) -> ClassDays: ...

    @overload
    def __getitem__(self, at: slice) -> list[ClassDays]: ...

    def __getitem__(self, at: int | slice) -> ClassDays | list[ClassDays]:
        asked = self._counted[at] if isinstance(at, slice) else [self._counted[at]]
        classes = SchoolClass.objects.select_related("school").in_bulk([row[2] for row in asked])
        rows = [ClassDays(classes[pk], days, floor) for _s, _n, pk, days, floor in asked]
        return rows if isinstance(at, slice) else rows[0]

    def __iter__(self) -> Iterator[ClassDays]:
        return iter(self[:])

    @property
    def behind(self) -> int:
        """How many lack days."""
        return sum(days < floor for _share, _school, _pk, days, floor in self._counted)


def practice_days(town: Division | None = None) -> PracticeDays:
    """Days of practice of each class; 2 queries, and one for each part that is read.

    A visit that took place outside school or with a unit at school counts half a day for the class
    that went. Visits of several classes together are counted for none: who went is not recorded.
    """
    classes = SchoolClass.objects.filter(stage__in=PRACTICE_FLOOR).order_by()
    if town is not None:
        classes = classes.filter(in_towns("school", [town]))
    visits = dict(
        Order.objects.filter(
            state__in=Order.HAPPENED,
            date__gte=school_year_began(),
            need__school_class__isnull=False,
        )
        .exclude(session__resource__form="online")
        .values_list("need__school_class")
        .annotate(number=Count("pk"))
        .order_by()
    )
    counted = []
    for pk, stage, school in classes.still_here().values_list("pk", "stage", "school__name"):
        days, floor = HALF_A_DAY * visits.get(pk, 0), PRACTICE_FLOOR[SchoolClass.Stage(stage)]
        counted.append((share_of(days, floor), school, pk, days, floor))
    return PracticeDays(counted)


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


def coverage(town: Division | None = None) -> Coverage:
    """Towns and the schools that use the platform; 5 queries."""
    bookable = Session.objects.upcoming().filter(resource=OuterRef("pk"))
    points = dict(
        Resource.objects.filter(Exists(bookable))
        .annotate(town=town_code("unit__division"))
        .values_list("town")
        .annotate(units=Count("unit", distinct=True))
        .order_by()
    )
    using = Organization.objects.schools().filter(
        Exists(SchoolClass.objects.filter(school=OuterRef("pk")).order_by())
    )
    if town is not None:
        using = using.filter(Q(division=town) | Q(division__parent=town))
    visited = set(
        Order.objects.filter(state__in=Order.HOLDING, date__gte=school_year_began())
        .order_by()
        .values_list("need__school", flat=True)
        .distinct()
    )
    schools: Counter[str] = Counter()
    served: Counter[str] = Counter()
    bare = []
    for pk, code in using.order_by().values_list("pk", town_code("division")):
        schools[code] += 1
        served[code] += pk in visited
        if pk not in visited:
            bare.append(pk)
    towns = Division.objects.filter(level=Division.Level.TOWNSHIP).order_by()
    if town is not None:
        towns = towns.filter(pk=town.pk)
    rows = [
        TownPoints(code, name, points.get(code, 0), schools[code], served[code])
        for code, name, kind in towns.values_list("code", "short_name", "kind")
        if town is not None or kind != "functional_zone" or code in points
    ]
    rows.sort(key=lambda row: (row.units, row.code))
    unvisited = Organization.objects.filter(pk__in=bare).select_related("division__parent")
    return Coverage(rows, list(unvisited.order_by("name")))
