"""Other half-days that a unit can propose for an order."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations

from django.db.models import F
from django.utils.translation import gettext as _

from gongyu.exchange.models import Order, Session, Slots

from .distance import road_km_between

MOST = 6
MOST_PAIRS = 3


@dataclass(frozen=True, slots=True)
class Alternative:
    """A session of the unit that could take the group, and how well it suits the school."""

    session: Session
    note: str
    suits: bool


@dataclass(frozen=True, slots=True)
class Halves:
    """Two half-days of the unit that take a group together, and how many come when."""

    first: Session
    second: Session
    first_heads: int
    second_heads: int
    note: str

    @property
    def value(self) -> str:
        """What a form sends."""
        return f"{self.first.pk}-{self.second.pk}"


def share_out(heads: int, first_room: int, second_room: int) -> tuple[int, int] | None:
    """As even as the seats allow, the bigger half first; None where they do not suffice."""
    if heads < 2 or min(first_room, second_room) < 1 or heads > first_room + second_room:
        return None
    first = min(max(-(-heads // 2), heads - second_room), first_room, heads - 1)
    return first, heads - first


def ways_for_group(orders: Sequence[Order]) -> list[Alternative]:
    """Half-days of the unit that could take all who came together; 2 queries an order."""
    heads = sum(order.headcount for order in orders)
    several_schools = len({order.need.school_id for order in orders}) > 1
    found: list[list[Alternative]] = []
    for order in orders:
        sessions = _sessions_for(order)
        if several_schools:  # a unit that comes to a school comes to one school
            sessions = [s for s in sessions if s.resource.form != "host"]
        found.append(ranked(order, sessions, _busy(order), heads=heads))
    suits = [{a.session.pk: a.suits for a in ways} for ways in found]
    together = []
    for way in found[0]:
        pk = way.session.pk
        if all(pk in known for known in suits):
            plainest = min(
                (a for ways in found for a in ways if a.session.pk == pk), key=lambda a: a.suits
            )
            together.append(plainest)
    together.sort(key=lambda a: not a.suits)
    return together[:MOST]


def alternatives_for(order: Order) -> list[Alternative]:
    """The unit's own sessions that could take the whole order; 3 queries (``ways_for``)."""
    return ways_for(order)[0]


def ways_for(order: Order) -> tuple[list[Alternative], list[Halves]]:
    """Where else the unit could take the order, whole or in halves, the most suitable first.

    3 queries for both.

    Suitable: on days and half-days that the school asked for, when the class is free; then the same
    offer as ordered, then the nearest day.
    """
    sessions, busy = _sessions_for(order), _busy(order)
    whole = ranked(order, sessions, busy)[:MOST]
    return whole, _halves(order, ranked(order, sessions, busy, part=True)[:MOST])


def _sessions_for(order: Order) -> list[Session]:
    """The unit's sessions ahead that are on the need's topics and grades; 1 query."""
    need, resource = order.need, order.session.resource
    return list(
        Session.objects.upcoming()
        .filter(
            resource__unit=resource.unit_id,
            resource__topics__in=need.topics.values("pk"),
            resource__first_grade__lte=need.first_grade,
            resource__last_grade__gte=need.last_grade,
            seats__gt=F("seats_taken"),
        )
        .select_related("resource__unit")
        .distinct()
    )


def _busy(order: Order) -> set[tuple[date, int]]:
    """The half-days on which the class is promised elsewhere; 1 query."""
    if not order.need.school_class_id:
        return set()
    promised = Order.objects.filter(
        school_class=order.need.school_class_id, state__in=Order.HOLDING
    ).exclude(pk=order.pk)
    return set(promised.values_list("date", "half_day"))


def _halves(order: Order, ways: list[Alternative]) -> list[Halves]:
    """Pairs of the most suitable half-days that take the group together."""
    if order.joined_id is not None:
        return []
    found = []
    for one, other in combinations(ways, 2):
        first, second = sorted((one, other), key=lambda a: (a.session.date, a.session.half_day))
        a, b = first.session, second.session
        parts = share_out(order.headcount, a.seats_free, b.seats_free)
        if (a.date, a.half_day) == (b.date, b.half_day) or parts is None:
            continue
        if _opens_for(a, parts[0]) and _opens_for(b, parts[1]):
            note = (
                _("两个半天学校都选过")
                if first.suits and second.suits
                else _("有的半天学校没选，要它点头")
            )
            found.append(Halves(a, b, *parts, note))
    return found[:MOST_PAIRS]


def _opens_for(session: Session, heads: int) -> bool:
    return not session.resource.is_exclusive or heads >= session.resource.min_group


def ranked(
    order: Order,
    sessions: Iterable[Session],
    busy: Container[tuple[date, int]],
    *,
    part: bool = False,
    heads: int | None = None,
) -> list[Alternative]:
    """Those of a unit's sessions on the need's topics that could take the order, best first.

    ``busy``: the half-days on which the class is promised already. ``part``: those that could take
    some of the group, the ordered one among them. ``heads``: all who come, where it is not the
    order alone. No query.
    """
    heads = order.headcount if heads is None else heads
    need, resource = order.need, order.session.resource
    km = road_km_between(need.school, resource.unit)
    wanted = set(Slots.pairs(need.slots))
    found: list[tuple[tuple[int, ...], Alternative]] = []
    for session in sessions:
        offer = session.resource
        if session.seats_free < (1 if part else heads):
            continue
        if session.pk == order.session_id and not part:
            continue
        if not offer.first_grade <= need.first_grade <= need.last_grade <= offer.last_grade:
            continue
        if not part and not _opens_for(session, heads):
            continue
        if offer.form == "host" and km is not None and km > offer.radius_km:
            continue
        if (session.date, session.half_day) in busy:
            continue
        in_window = need.date_from <= session.date <= need.date_to
        in_slot = (session.date.weekday(), session.half_day) in wanted
        key = (
            not (in_window and in_slot),
            not in_window,
            offer.pk != resource.pk,
            abs((session.date - order.date).days),
            session.half_day,
            session.pk,
        )
        found.append(
            (key, Alternative(session, _note(session, in_window, in_slot), in_window and in_slot))
        )
    found.sort(key=lambda entry: entry[0])
    return [alternative for _key, alternative in found]


def _note(session: Session, in_window: bool, in_slot: bool) -> str:
    room = (
        _("整场空着")
        if not session.seats_taken
        else _("还有 %(n)d 个名额") % {"n": session.seats_free}
    )
    if in_window and in_slot:
        return _("%(room)s，学校选过这段") % {"room": room}
    if in_window:
        return _("%(room)s，学校没选这段，要它点头") % {"room": room}
    return _("%(room)s，不在学校要的日子里，要它点头") % {"room": room}
