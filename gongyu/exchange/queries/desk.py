"""The district's desk: who waits for whom today, the term's run, practice days.

Every figure is counted from records, and each opens to the rows that it counts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import reduce
from operator import or_
from typing import NamedTuple, overload

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from gongyu.core.calendar import midnight, school_year_began, today
from gongyu.exchange.models import MatchingRun, Need, Order
from gongyu.exchange.models.needs import in_towns
from gongyu.families.models import SchoolClass
from gongyu.places.models import Division, Organization

from .rates import Rate, solved_counts
from .year_visits import YearVisits

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
    runs: int
    solved: Rate


def year_figures(town: Division | None = None, visits: YearVisits | None = None) -> YearFigures:
    """Counted since 1 September; 3 queries, or 2 where ``visits`` are counted already."""
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
        **solved_counts(),
    )
    solved = Rate(figures.pop("solved_met"), figures.pop("solved"))
    return YearFigures(
        since=since,
        runs=_runs_of(town).filter(dispatched_at__gte=midnight(since)).count(),
        solved=solved,
        pupils=(visits or YearVisits(town)).pupils,
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
        return share_of(self.days, self.floor)

    @property
    def lacks(self) -> float:
        return max(0.0, self.floor - self.days)


def share_of(days: float, floor: int) -> int:
    """Whole percent of the floor, at most all of it."""
    return min(100, round(100 * days / floor))


class _Counted(NamedTuple):
    """A class in the order of the list: by its share of the floor, then by its school."""

    share: int
    school: str
    pk: int
    days: float
    floor: int
    named: tuple[int, int, int, int, str]

    def class_days(self) -> ClassDays:
        stage, entry_year, number, school, short_name = self.named
        return ClassDays(
            SchoolClass(
                pk=self.pk,
                stage=stage,
                entry_year=entry_year,
                number=number,
                school=Organization(pk=school, name=self.school, short_name=short_name),
            ),
            self.days,
            self.floor,
        )


class PracticeDays(Sequence[ClassDays]):
    """Each class that the platform knows, fewest days first.

    All are counted and put in order from a few columns; classes (with their names and their
    schools' alone) are made for the part that is asked for.
    """

    def __init__(self, counted: list[_Counted]) -> None:
        self._counted = sorted(counted)

    def __len__(self) -> int:
        return len(self._counted)

    @overload
    def __getitem__(self, at: int) -> ClassDays: ...

    @overload
    def __getitem__(self, at: slice) -> list[ClassDays]: ...

    def __getitem__(self, at: int | slice) -> ClassDays | list[ClassDays]:
        if isinstance(at, slice):
            return [row.class_days() for row in self._counted[at]]
        return self._counted[at].class_days()

    def __iter__(self) -> Iterator[ClassDays]:
        return iter(self[:])

    @property
    def behind(self) -> int:
        """How many lack days."""
        return sum(row.days < row.floor for row in self._counted)


def practice_days(town: Division | None = None, visits: YearVisits | None = None) -> PracticeDays:
    """Days of practice of each class; 2 queries, or 1 where ``visits`` are counted already.

    A visit that took place outside school or with a unit at school counts half a day for the class
    that went.
    """
    visits = visits or YearVisits(town)
    classes = SchoolClass.objects.filter(stage__in=PRACTICE_FLOOR).order_by()
    if town is not None:
        classes = classes.filter(in_towns("school", [town]))
    counted = []
    columns = ("stage", "entry_year", "number", "school", "school__short_name")
    for pk, name, *named in classes.still_here().values_list("pk", "school__name", *columns):
        days, floor = HALF_A_DAY * visits.of_class[pk], PRACTICE_FLOOR[SchoolClass.Stage(named[0])]
        counted.append(_Counted(share_of(days, floor), name, pk, days, floor, tuple(named)))
    return PracticeDays(counted)
