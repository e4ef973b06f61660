"""The district's desk: who waits for whom today, the term's run, practice days, coverage.

Every figure is counted from records, and each opens to the rows that it counts.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Q, QuerySet, Sum
from django.utils.translation import gettext as _

from gongyu.core.calendar import midnight, school_year_began, today
from gongyu.exchange.models import MatchingRun, Need, Order, Rating, Session
from gongyu.exchange.models.needs import in_towns
from gongyu.families.models import SchoolClass
from gongyu.places.models import Division, Organization

ANSWER_WITHIN = timedelta(days=3)
RATE_WITHIN = timedelta(days=7)
HALF_A_DAY = 0.5
# Days of social practice a pupil and school year: 北京市实施《义务教育法》办法 (2008), article 43.
PRACTICE_FLOOR = {SchoolClass.Stage.PRIMARY: 10, SchoolClass.Stage.JUNIOR: 20}

LATE_UNIT, LATE_SCHOOL, TODAY, UNRATED = "late-unit", "late-school", "today", "unrated"
DISPUTED, REVISIT = "disputed", "revisit"


def desk_orders(kind: str, town: Division | None = None) -> QuerySet[Order] | None:
    """The rows behind a figure of the desk's first part; None for an unknown kind.

    Here and below, ``town`` narrows the district to the schools (or units) of one town.
    """
    day = today()
    orders = Order.objects.of_town(town).with_parties()
    rated = Rating.objects.values("order").annotate(sides=Count("pk")).filter(sides=2)
    match kind:
        case "late-unit":
            return orders.filter(
                state=Order.State.PLACED, placed_at__lt=midnight(day - ANSWER_WITHIN)
            ).order_by("placed_at", "pk")
        case "late-school":
            return orders.filter(
                state=Order.State.PROPOSED, answered_at__lt=midnight(day - ANSWER_WITHIN)
            ).order_by("answered_at", "pk")
        case "disputed":
            return orders.filter(state=Order.State.DISPUTED).order_by("since", "pk")
        case "revisit":
            return orders.filter(state=Order.State.REVISIT).order_by("since", "pk")
        case "today":
            return orders.filter(state__in=Order.HOLDING, date=day).order_by("half_day", "pk")
        case "unrated":
            return (
                orders.filter(
                    state__in=[Order.State.ACCEPTED, Order.State.DONE], date__lt=day - RATE_WITHIN
                )
                .exclude(pk__in=rated.values("order"))
                .order_by("date", "pk")
            )
        case _:
            return None


@dataclass(frozen=True, slots=True)
class Waiting:
    """A figure of the first part: what waits, how many, and what its rows are called."""

    kind: str
    label: str
    count: int
    tone: str


def waiting_today(town: Division | None = None) -> list[Waiting]:
    """Six counts, one query each."""
    kinds = [
        (DISPUTED, _("派单异议等会商"), "wait"),
        (REVISIT, _("等回访"), "wait"),
        (LATE_UNIT, _("单位超过 3 天没回话"), "wait"),
        (LATE_SCHOOL, _("学校超过 3 天没回改期"), "wait"),
        (TODAY, _("今天在办"), ""),
        (UNRATED, _("过了一周还没评完"), "wait"),
    ]
    found = []
    for kind, label, tone in kinds:
        orders = desk_orders(kind, town)
        count = orders.count() if orders is not None else 0
        found.append(Waiting(kind, label, count, tone if count else ""))
    return found


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
    done = held.filter(state__in=Order.HAPPENED)
    return YearFigures(
        since=since,
        pupils=done.aggregate(heads=Sum("headcount", default=0))["heads"],
        declined=held.filter(state=Order.State.DECLINED).count(),
        runs=_runs_of(town).filter(dispatched_at__gte=midnight(since)).count(),
        **figures,
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
        return min(100, round(100 * self.days / self.floor))

    @property
    def lacks(self) -> float:
        return max(0.0, self.floor - self.days)


def practice_days(town: Division | None = None) -> list[ClassDays]:
    """Each class that the platform knows, fewest days first; 2 queries.

    A visit that took place outside school or with a unit at school counts half a day for the class
    that went. Visits of several classes together are counted for none: who went is not recorded.
    """
    since = school_year_began()
    classes = SchoolClass.objects.all()
    if town is not None:
        classes = classes.filter(in_towns("school", [town]))
    visits = dict(
        Order.objects.filter(
            state__in=Order.HAPPENED,
            date__gte=since,
            need__school_class__isnull=False,
        )
        .exclude(session__resource__form="online")
        .values_list("need__school_class")
        .annotate(number=Count("pk"))
        .order_by()
    )
    rows = [
        ClassDays(found, HALF_A_DAY * visits.get(found.pk, 0), PRACTICE_FLOOR[floor_of])
        for found in classes.select_related("school")
        if (floor_of := SchoolClass.Stage(found.stage)) in PRACTICE_FLOOR and not found.has_left
    ]
    return sorted(
        rows, key=lambda row: (row.share, str(row.school_class.school), row.school_class.pk)
    )


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
    """Towns and the schools that use the platform; 4 queries."""
    since = school_year_began()
    units: dict[str, set[int]] = defaultdict(set)
    offering = Organization.objects.filter(
        pk__in=Session.objects.upcoming().values("resource__unit")
    ).select_related("division__parent")
    for unit in offering:
        if unit.town is not None:
            units[unit.town.code].add(unit.pk)
    served = set(
        Order.objects.filter(state__in=Order.HOLDING, date__gte=since).values_list(
            "need__school", flat=True
        )
    )
    asking = list(
        Organization.objects.schools()
        .filter(classes__isnull=False)
        .distinct()
        .select_related("division__parent")
        .order_by("name")
    )
    if town is not None:
        asking = [school for school in asking if school.town == town]
    schools: dict[str, list[Organization]] = defaultdict(list)
    for school in asking:
        if school.town is not None:
            schools[school.town.code].append(school)
    towns = [
        TownPoints(
            found.code,
            found.short_name,
            len(units[found.code]),
            len(schools[found.code]),
            sum(school.pk in served for school in schools[found.code]),
        )
        for found in Division.objects.filter(level=Division.Level.TOWNSHIP)
        if (found == town)
        or (town is None and (found.kind != "functional_zone" or units[found.code]))
    ]
    towns.sort(key=lambda row: (row.units, row.code))
    return Coverage(towns, [school for school in asking if school.pk not in served])
