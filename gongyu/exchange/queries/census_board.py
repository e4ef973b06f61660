"""The four views of the census: kinds, quantity, distribution and use, from the records.

Everything is counted in the database, grouped: the number of queries does not grow with the
district. Use is that of the present school year.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.db.models import (
    Case,
    CharField,
    Count,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from gongyu.core.calendar import school_year_began, today
from gongyu.exchange.models import (
    EntryInvitation,
    Order,
    Resource,
    ResourceKind,
    Session,
)
from gongyu.exchange.models.orders import came
from gongyu.places.district_map import DistrictMap
from gongyu.places.models import Division
from gongyu.places.queries import town_dots

WIDE, NARROW = 600, 326  # pixels at which the map stands
NONE = "none"  # the key of what has not been said
HAPPENED = Order.HAPPENED
_MEASURES = ("resources", "units", "capacity", "sessions", "seats", "came", "orders", "happened")


@dataclass(slots=True)
class CensusRow:
    """One line; ``key`` is a kind or a town's code.

    Seats are those of sessions gone by, ``came`` the pupils who sat in them.
    """

    key: str
    label: str
    resources: int = 0
    units: int = 0
    capacity: int = 0
    sessions: int = 0
    seats: int = 0
    came: int = 0
    orders: int = 0
    happened: int = 0

    @property
    def filled(self) -> int | None:
        """Percent of seats filled; None before the first session."""
        return round(100 * self.came / self.seats) if self.seats else None


@dataclass(frozen=True, slots=True)
class Census:
    total: CensusRow
    confirmed: int
    invited_units: int
    unconfirmed_units: int
    kinds: list[CensusRow]
    towns: list[CensusRow]
    map_wide: DistrictMap | None = None
    map_narrow: DistrictMap | None = None

    @property
    def empty_towns(self) -> int:
        """Towns in which nothing stands: 镇镇有布点 asks for none of them."""
        return sum(1 for row in self.towns if row.key != NONE and not row.resources)


def town_code(path: str) -> Case:
    """The code of the township in which a division is, or lies."""
    return Case(
        When(**{f"{path}__level": Division.Level.TOWNSHIP}, then=F(f"{path}__code")),
        When(**{f"{path}__level": Division.Level.COMMUNITY}, then=F(f"{path}__parent__code")),
        default=Value(NONE),
        output_field=CharField(),
    )


def _kind(path: str) -> Coalesce:
    return Coalesce(F(f"{path}kind"), Value(NONE))


def census() -> Census:
    """Twelve queries, whatever the district holds."""
    kinds = _grouped(lambda path: _kind(f"{path}entry__"))
    towns = _grouped(lambda path: town_code(f"{path}unit__division"))
    divisions = list(Division.objects.filter(level=Division.Level.TOWNSHIP).order_by("code"))
    kind_rows = [
        CensusRow(key, str(label), **kinds.get(key, {})) for key, label in ResourceKind.choices
    ]
    if NONE in kinds:
        kind_rows.append(CensusRow(NONE, _("种类没有填"), **kinds[NONE]))
    town_rows = [CensusRow(d.code, d.short_name, **towns.get(d.code, {})) for d in divisions]
    if NONE in towns:
        town_rows.append(CensusRow(NONE, _("镇街没有查到"), **towns[NONE]))
    amounts = {row.key: row.resources for row in town_rows}
    summed = {
        name: sum(getattr(row, name) for row in kind_rows) for name in _MEASURES if name != "units"
    }
    began = school_year_began()
    stale = ~Q(entry__confirmed_on__gte=began) | Q(entry__isnull=True)
    counted = Resource.objects.aggregate(
        units=Count("unit", distinct=True),
        confirmed=Count("pk", filter=Q(entry__confirmed_on__gte=began)),
        late=Count("unit", filter=stale, distinct=True),
    )
    return Census(
        total=CensusRow("", _("全区"), units=counted["units"], **summed),
        confirmed=counted["confirmed"],
        invited_units=EntryInvitation.objects.filter(school_year=began.year).count(),
        unconfirmed_units=counted["late"],
        kinds=kind_rows,
        towns=sorted(town_rows, key=lambda row: (row.key == NONE, -row.resources, row.key)),
        map_wide=town_dots(amounts, width=WIDE, unit=_("项资源"), show_values=True),
        map_narrow=town_dots(amounts, width=NARROW, unit=_("项资源"), show_values=True),
    )


def _grouped(key: Any) -> dict[str, dict[str, int]]:
    """Measures by group, from resources, sessions and orders; three queries."""
    began = school_year_began()
    found: dict[str, dict[str, int]] = defaultdict(dict)
    past = Q(date__lt=today())
    of_resources = Resource.objects.order_by().annotate(group=key("")).values("group")
    of_sessions = (
        Session.objects.order_by()
        .filter(date__gte=began, state=Session.State.OPEN)
        .annotate(group=key("resource__"))
        .values("group")
    )
    of_orders = (
        Order.objects.order_by()
        .filter(date__gte=began, state__in=Order.LIVE)
        .annotate(group=key("session__resource__"))
        .values("group")
    )
    counted: list[Any] = [
        of_resources.annotate(
            resources=Count("pk"),
            units=Count("unit", distinct=True),
            sum_capacity=Coalesce(Sum("capacity"), 0),
        ),
        of_sessions.annotate(
            sessions=Count("pk"),
            sum_seats=Coalesce(Sum("seats", filter=past), 0),
        ),
        of_orders.annotate(
            orders=Count("pk"),
            happened=Count("pk", filter=Q(state__in=HAPPENED)),
            sum_came=Coalesce(Sum(came(), filter=_sat()), 0),
        ),
    ]
    for rows in counted:
        for row in rows:
            group = row.pop("group") or NONE
            found[group] |= {name.removeprefix("sum_"): number for name, number in row.items()}
    return found


def records(chosen: dict[str, str]) -> QuerySet[Resource]:
    """The resources behind a number, each with its use this school year; one query a page."""
    began = school_year_began()
    found = Resource.objects.select_related("unit__division__parent", "unit__admission", "entry")
    if kind := chosen.get("kind"):
        found = found.filter(entry__isnull=True) if kind == NONE else found.filter(entry__kind=kind)
    if town := chosen.get("town"):
        found = found.annotate(town=town_code("unit__division")).filter(town=town)
    if chosen.get("confirmed") == "yes":
        found = found.filter(entry__confirmed_on__gte=began)
    elif chosen.get("confirmed") == "no":
        found = found.exclude(entry__confirmed_on__gte=began)
    sessions = Session.objects.filter(
        resource=OuterRef("pk"), date__gte=began, state=Session.State.OPEN
    )
    orders = Order.objects.filter(
        session__resource=OuterRef("pk"), date__gte=began, state__in=Order.LIVE
    )
    past = sessions.filter(date__lt=today())
    found = found.annotate(
        sessions_open=_sub(sessions, "resource", Count("pk")),
        seats=_sub(past, "resource", Sum("seats")),
        came=_sub(orders.filter(_sat()), "session__resource", Sum(came())),
        ordered=_sub(orders, "session__resource", Count("pk")),
        happened=_sub(orders.filter(state__in=HAPPENED), "session__resource", Count("pk")),
    )
    if chosen.get("use") == "sessions":
        found = found.filter(sessions_open__gt=0)
    elif chosen.get("use") == "ordered":
        found = found.filter(ordered__gt=0)
    elif chosen.get("use") == "happened":
        found = found.filter(happened__gt=0)
    elif chosen.get("use") == NONE:
        found = found.filter(ordered=0)
    return found.order_by("unit__name", "title", "pk")


def _sat() -> Q:
    """Orders whose pupils sat in the open sessions gone by."""
    return Q(state__in=Order.HOLDING, date__lt=today(), session__state=Session.State.OPEN)


def _sub(rows: QuerySet[Any], group: str, count: Any) -> Coalesce:
    counted = rows.order_by().values(group).annotate(number=count).values("number")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)
