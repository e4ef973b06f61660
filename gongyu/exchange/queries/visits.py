"""What a page of the day shows: one visit to its parties, a unit's day, what was done since."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import urlencode

from django.db.models import Prefetch, Q, QuerySet
from django.utils.translation import gettext as _

from gongyu.accounts.models import Role, User
from gongyu.accounts.queries import ASKING, SPEAKING, organization_ids
from gongyu.core.calendar import HalfDay, today
from gongyu.exchange.models import (
    ContactRead,
    Liaison,
    Order,
    ResourceEntry,
    SafetyTick,
    Visit,
    VisitPhoto,
)
from gongyu.exchange.models.visits import Side
from gongyu.exchange.policies import may_ring
from gongyu.exchange.safety import BEFORE, DAY, Line, lines_for
from gongyu.families.models import Student, Teaching
from gongyu.places.models import Organization

DAYS_AHEAD = 7  # from when on open lines of the safety sheet are shown on the first page


@dataclass(frozen=True, slots=True)
class Checked:
    """A line of the safety sheet with its tick, if it has one."""

    line: Line
    tick: SafetyTick | None
    is_own: bool


@dataclass(frozen=True, slots=True)
class Contact:
    """Whom to ring: shown to the two parties and to nobody else."""

    who: str
    name: str
    phone: str
    note: str = ""

    @property
    def dial(self) -> str:
        """The number as a telephone takes it; empty where it is none that one can press."""
        digits = self.phone.replace(" ", "").replace("-", "")
        return digits if digits.lstrip("+").isdecimal() else ""


@dataclass(frozen=True, slots=True)
class Group:
    """The safety lines of one side at one time."""

    title: str
    rows: list[Checked]

    @property
    def open(self) -> int:
        return sum(row.tick is None for row in self.rows)


@dataclass(frozen=True, slots=True)
class Sheet:
    """One visit as its parties read it on the day."""

    order: Order
    visit: Visit | None
    side: str
    place: Organization | None
    ends: datetime
    starts: datetime
    contacts: list[Contact]
    contact_reads: list[ContactRead]
    safety: list[Group]
    photos: list[VisitPhoto]
    entry: ResourceEntry | None

    @property
    def open_before(self) -> int:
        """Lines that should be ticked before the day and are not, of both sides."""
        return sum(r.tick is None for g in self.safety for r in g.rows if r.line.when == BEFORE)

    @property
    def map_links(self) -> list[tuple[str, str]]:
        """Addresses that a phone opens in its map, when tapped; nothing is loaded from there."""
        place = self.place
        if place is None or not place.has_point:
            return []
        here = urlencode(
            {
                "position": f"{place.lon},{place.lat}",
                "name": place.name,
                "coordinate": "wgs84",
                "callnative": 1,
            }
        )
        point = f"{place.lat},{place.lon}"
        return [
            (_("用高德地图导航"), f"https://uri.amap.com/marker?{here}"),
            (_("用手机里的地图"), f"geo:{point}?{urlencode({'q': f'{point}({place.name})'})}"),
        ]


def visits_of_parties(user: User) -> QuerySet[Order]:
    """Orders of which somebody may read the sheet of the day: only the two parties'."""
    return Order.objects.filter(
        Q(need__school__in=organization_ids(user, *ASKING))
        | Q(session__resource__unit__in=organization_ids(user, Role.UNIT)),
        state__in=Order.HOLDING,
    ).select_related(
        "need__school",
        "need__school_class",
        "need__filed_by",
        "session__resource__unit",
        "visit__arrived_by",
    )


def sheet_of(order: Order, side: str, user: User) -> Sheet:
    """Everything of one visit; 5 queries."""
    visit = visit_or_none(order)
    resource = order.session.resource
    entry = _entry_of(order)
    rings = may_ring(user, order)
    ticks = {t.line: t for t in visit.ticks.select_related("by")} if visit else {}
    photos = VisitPhoto.objects.visible_to(user).filter(visit=visit) if visit else []
    places = {"visit": resource.unit, "host": order.need.school}
    starts = datetime.combine(order.date, order.session.starts)
    return Sheet(
        order=order,
        visit=visit,
        side=side,
        place=places.get(resource.form),
        starts=starts,
        ends=starts + timedelta(minutes=resource.minutes),
        contacts=_contacts(order, visit, entry) if rings else [],
        contact_reads=contact_reads_of(order) if rings else [],
        safety=_safety(resource.form, ticks, side),
        photos=list(photos),
        entry=entry,
    )


def visit_or_none(order: Order) -> Visit | None:
    """The visit of an order that was read with it, or none was begun."""
    try:
        return order.visit
    except Visit.DoesNotExist:
        return None


def _entry_of(order: Order) -> ResourceEntry | None:
    return ResourceEntry.objects.filter(resource=order.session.resource_id).first()


def contacts_for(order: Order, user: User) -> list[Contact]:
    """Whom either side of an arranged order may ring, for those who may; 3 queries, else none.

    Whoever shows them records it (``services.record_contact_reads``).
    """
    if not may_ring(user, order):
        return []
    return _contacts(order, visit_or_none(order), _entry_of(order))


MOST_READS = 5


def contact_reads_of(order: Order) -> list[ContactRead]:
    """Who was shown the telephones, each with the last time, newest first; 1 query."""
    last: dict[tuple[str, str], ContactRead] = {}
    for read in ContactRead.objects.filter(order=order).order_by("-at", "-pk")[:200]:
        last.setdefault((read.side, read.reader_name), read)
    return list(last.values())[:MOST_READS]


def _contacts(order: Order, visit: Visit | None, entry: ResourceEntry | None) -> list[Contact]:
    """Who asked, who comes along, the named liaison of each side, the unit's desk; 1 query."""
    school, unit, asker = order.need.school, order.session.resource.unit, order.need.filed_by
    posts = Liaison.objects.current().filter(kind=Liaison.Kind.LIAISON)
    named = {post.organization_id: post for post in posts.filter(organization__in=[school, unit])}

    def liaison_of(organization: Organization) -> list[Contact]:
        post = named.get(organization.pk)
        return [Contact(_("%s联络人") % organization, post.name, post.phone)] if post else []

    contacts = []
    if visit and (visit.escorts or visit.escort_phone):
        contacts.append(Contact(_("带队老师"), visit.escorts, visit.escort_phone))
    contacts.append(Contact(str(school), asker.name, asker.phone or school.phone))
    role = entry.contact_role if entry else ""
    hours = entry.contact_hours if entry else ""
    return [
        *contacts,
        *liaison_of(school),
        *liaison_of(unit),
        Contact(str(unit), role, unit.phone, hours),
    ]


def _safety(form: str, ticks: dict[str, SafetyTick], side: str) -> list[Group]:
    titles = {
        (Side.SCHOOL, BEFORE): _("学校，行前"),
        (Side.SCHOOL, DAY): _("学校，当天"),
        (Side.UNIT, BEFORE): _("单位，行前"),
        (Side.UNIT, DAY): _("单位，当天"),
    }
    order = sorted(titles, key=lambda key: key[0] != side)  # one's own lines first
    groups = []
    for owner, when in order:
        lines = lines_for(form, side=owner, when=when)
        rows = [Checked(line, ticks.get(line.code), line.side == side) for line in lines]
        if rows:
            groups.append(Group(titles[owner, when], rows))
    return groups


# A class's list, for its teachers


def roll_of(order: Order) -> list[tuple[Student, bool]]:
    """The pupils of the class that goes, each with whether it was ticked; 2 queries.

    Whoever shows it records the read (``families.services.record_name_reads``).
    """
    pupils = Student.objects.filter(school_class=order.school_class_id).order_by("pk")
    visit = visit_or_none(order)
    there = set(visit.roll.values_list("student", flat=True)) if visit else set()
    return [(pupil, pupil.pk in there) for pupil in pupils]


def ticked_on(order: Order) -> int:
    """How many the teacher ticked; 1 query."""
    visit = visit_or_none(order)
    return visit.roll.count() if visit else 0


# A unit's day


@dataclass(frozen=True, slots=True)
class DayRow:
    """One group of a day."""

    order: Order
    visit: Visit | None
    open_lines: int


@dataclass(frozen=True, slots=True)
class DayHalf:
    label: str
    rows: list[DayRow]

    @property
    def heads(self) -> int:
        return sum(row.order.heads_came for row in self.rows)


def day_of_unit(unit: Organization, day: date) -> list[DayHalf]:
    """一天的接待单: the groups of a day by half-day; 2 queries however many come."""
    orders = (
        Order.objects.filter(session__resource__unit=unit, date=day, state__in=Order.HOLDING)
        .select_related(
            "need__school",
            "need__school_class",
            "need__filed_by",
            "session__resource__unit",
            "visit__arrived_by",
        )
        .prefetch_related("visit__ticks")
        .order_by("half_day", "session__starts", "pk")
    )
    halves: dict[int, list[DayRow]] = {}
    for order in orders:
        row = DayRow(order, visit_or_none(order), len(_open_lines(order, "")))
        halves.setdefault(order.half_day, []).append(row)
    return [DayHalf(str(HalfDay(half).label), rows) for half, rows in sorted(halves.items())]


def days_with_groups(unit: Organization, day: date) -> tuple[date | None, date | None]:
    """The nearest days before and after on which somebody comes; 2 queries."""
    held = Order.objects.filter(session__resource__unit=unit, state__in=Order.HOLDING)
    days = held.order_by("date").values_list("date", flat=True)
    return days.filter(date__lt=day).last(), days.filter(date__gt=day).first()


def _open_lines(order: Order, side: str) -> list[Line]:
    visit = visit_or_none(order)
    ticked = {tick.line for tick in visit.ticks.all()} if visit else set()
    wanted = lines_for(order.session.resource.form, side=side, when=BEFORE)
    return [line for line in wanted if line.code not in ticked]


# The first page of both sides


def _going_along(user: User) -> Q:
    """Orders of which somebody is the school's side on the day (``policies.goes_along``)."""
    return (
        Q(need__school__in=organization_ids(user, *SPEAKING))
        | Q(need__filed_by=user, need__school__in=organization_ids(user, Role.TEACHER))
        | Q(school_class__in=Teaching.objects.of(user).values("school_class"))
    )


def open_safety(user: User, side: str) -> list[tuple[Order, int]]:
    """Visits of the coming week whose own lines are not all ticked, with how many; 2 queries."""
    mine = (
        Q(session__resource__unit__in=organization_ids(user, Role.UNIT))
        if side == Side.UNIT
        else _going_along(user)
    )
    coming = (
        Order.objects.filter(mine, state=Order.State.ACCEPTED)
        .filter(date__gte=today(), date__lte=today() + timedelta(days=DAYS_AHEAD))
        .with_parties()
        .select_related("visit")
        .prefetch_related("visit__ticks")
        .order_by("date", "half_day", "pk")
        .distinct()
    )
    return [(order, len(left)) for order in coming if (left := _open_lines(order, side))]


# Looking back


def class_visits(user: User) -> QuerySet[Order]:
    """Where the classes of somebody's children have been, newest first."""
    classes = Student.objects.children_of(user).values("school_class")
    return _looking_back(Order.objects.filter(school_class__in=classes))


def class_visits_ahead(user: User) -> QuerySet[Order]:
    """Where the classes of somebody's children go, or who comes to them; the next one first."""
    classes = Student.objects.children_of(user).values("school_class")
    return (
        Order.objects.filter(
            school_class__in=classes, state=Order.State.ACCEPTED, date__gte=today()
        )
        .with_parties()
        .order_by("date", "half_day", "pk")
    )


def school_visits(user: User) -> QuerySet[Order]:
    schools = organization_ids(user, *ASKING)
    return _looking_back(Order.objects.filter(need__school__in=schools))


def unit_visits(user: User) -> QuerySet[Order]:
    units = organization_ids(user, Role.UNIT)
    return _looking_back(Order.objects.filter(session__resource__unit__in=units))


def _looking_back(orders: QuerySet[Order]) -> QuerySet[Order]:
    photos = VisitPhoto.objects.cleared()
    return (
        orders.filter(state__in=Order.HAPPENED, date__lte=today())
        .select_related(
            "need__school", "need__school_class", "session__resource__unit", "visit", "school_class"
        )
        .prefetch_related(Prefetch("visit__photos", queryset=photos, to_attr="shown"))
        .order_by("-date", "-half_day", "-pk")
    )
