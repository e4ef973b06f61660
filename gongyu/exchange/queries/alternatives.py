"""Other half-days that a unit can propose for an order."""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import F
from django.utils.translation import gettext as _

from gongyu.exchange.models import Order, Session, Slots

from .distance import road_km_between

MOST = 6


@dataclass(frozen=True, slots=True)
class Alternative:
    """A session of the unit that could take the group, and how well it suits the school."""

    session: Session
    note: str
    suits: bool


def alternatives_for(order: Order) -> list[Alternative]:
    """The unit's own sessions that could take the order, the most suitable first; 3 queries.

    Suitable: on days and half-days that the school asked for, when the class is free; then the same
    offer as ordered, then the nearest day.
    """
    need, resource = order.need, order.session.resource
    sessions = (
        Session.objects.upcoming()
        .filter(
            resource__unit=resource.unit_id,
            resource__topics__in=need.topics.values("pk"),
            resource__first_grade__lte=need.first_grade,
            resource__last_grade__gte=need.last_grade,
            seats__gte=F("seats_taken") + order.headcount,
        )
        .exclude(pk=order.session_id)
        .select_related("resource__unit")
        .distinct()
    )
    busy: set[tuple[date, int]] = set()
    if need.school_class_id:
        busy = set(
            Order.objects.filter(school_class=need.school_class_id, state__in=Order.HOLDING)
            .exclude(pk=order.pk)
            .values_list("date", "half_day")
        )
    return ranked(order, sessions, busy)[:MOST]


def ranked(
    order: Order, sessions: Iterable[Session], busy: Container[tuple[date, int]]
) -> list[Alternative]:
    """Those of a unit's sessions on the need's topics that could take the order, best first.

    ``busy``: the half-days on which the class is promised already. No query.
    """
    need, resource = order.need, order.session.resource
    km = road_km_between(need.school, resource.unit)
    wanted = set(Slots.pairs(need.slots))
    found: list[tuple[tuple[int, ...], Alternative]] = []
    for session in sessions:
        offer = session.resource
        if session.pk == order.session_id or session.seats_free < order.headcount:
            continue
        if not offer.first_grade <= need.first_grade <= need.last_grade <= offer.last_grade:
            continue
        if offer.is_exclusive and order.headcount < offer.min_group:
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
