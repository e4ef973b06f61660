"""What the district's real units could offer, and a term of sessions.

Units and places are real; what is offered to schools, for whom and when is the demo's assumption
and marked as such on every page (``is_assumption``).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from gongyu.accounts.models import Role
from gongyu.core.calendar import holidays, is_workday
from gongyu.exchange.models import Topic
from gongyu.exchange.services import add_resource, add_sessions
from gongyu.places.models import Organization

from .data import rows
from .district import District

WEEKS_BACK, WEEKS_AHEAD = 10, 8


@dataclass(frozen=True, slots=True)
class Offer:
    """One thing that a kind of unit can really offer; ``weekly`` sessions on ``days``."""

    title: str
    summary: str
    topics: tuple[str, ...]
    grades: tuple[int, int]
    form: str
    capacity: int
    min_group: int
    exclusive: bool
    radius_km: float
    minutes: int
    half_days: tuple[tuple[int, int], ...]
    weekly: int
    kinds: frozenset[str]
    units: frozenset[str]

    @classmethod
    def of(cls, row: dict[str, str]) -> Offer:
        """From a row of ``offers.csv``: days 一…日, half-days 上下晚, lists parted by spaces."""
        return cls(
            title=row["title"],
            summary=row["summary"],
            topics=tuple(row["topics"].split()),
            grades=(int(row["first_grade"]), int(row["last_grade"])),
            form=row["form"],
            capacity=int(row["capacity"]),
            min_group=int(row["min_group"]),
            exclusive=row["exclusive"] == "1",
            radius_km=float(row["radius_km"]),
            minutes=int(row["minutes"]),
            half_days=tuple(
                (_DAYS.index(day), _HALVES.index(half))
                for day in row["days"]
                for half in row["halves"]
            ),
            weekly=int(row["weekly"]),
            kinds=frozenset(row["kinds"].split()),
            units=frozenset(row["units"].split()),
        )


_DAYS = "一二三四五六日"
_HALVES = "上下晚"
# Not asked in the demo: planned or closed places, coordinating bodies, what has no opening hours.
LEFT_OUT = {"R013", "R014", "R015", "R016", "R026", "R027", "R047", "R055", "R059", "R062", "R063"}
DEMO_UNIT = "R001"


def build(district: District) -> None:
    """About 60 units with a term of sessions, opened by their own staff."""
    topics = {topic.code: topic for topic in Topic.objects.all()}
    known = holidays()
    offers = [Offer.of(row) for row in rows("offers")]
    units = (
        Organization.objects.resource_units()
        .select_related("division__parent")
        .exclude(reference__in=LEFT_OUT)
        .order_by("reference")
    )
    for unit in units:
        own = [offer for offer in offers if unit.reference in offer.units]
        usual = [offer for offer in offers if unit.sub_kind in offer.kinds and unit.has_point]
        if own or usual:
            _offer(district, unit, own or usual, topics, known)


def _offer(
    district: District,
    unit: Organization,
    offers: list[Offer],
    topics: dict[str, Topic],
    known: dict[date, str],
) -> None:
    username = "unit" if unit.reference == DEMO_UNIT else f"unit-{unit.reference}"
    staff = district.appoint(district.person(username), Role.UNIT, unit, title="预约员")
    district.units.append(unit)
    for offer in offers:
        resource = add_resource(
            unit,
            by=staff,
            topics=[topics[code] for code in offer.topics],
            title=offer.title,
            summary=offer.summary,
            first_grade=offer.grades[0],
            last_grade=offer.grades[1],
            form=offer.form,
            capacity=offer.capacity,
            min_group=offer.min_group,
            is_exclusive=offer.exclusive,
            radius_km=offer.radius_km,
            minutes=offer.minutes,
            is_assumption=True,
        )
        add_sessions(resource, _half_days(district, offer, known), by=staff)


def _half_days(district: District, offer: Offer, known: dict[date, str]) -> list[tuple[date, int]]:
    """A term of half-days: each week the offer's number of them, never on a holiday."""
    monday = district.day - timedelta(days=district.day.weekday())
    opened = []
    for week in range(-WEEKS_BACK, WEEKS_AHEAD + 1):
        for weekday, half in sorted(district.rng.sample(offer.half_days, offer.weekly)):
            day = monday + timedelta(weeks=week, days=weekday)
            is_new_year = (day.month, day.day) == (1, 1)
            if weekday >= 5 or (is_workday(day, known) and not is_new_year):
                opened.append((day, half))
    return opened
