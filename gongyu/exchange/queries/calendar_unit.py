"""A unit's calendar: its sessions, who is in them or asks, closed days, and what clashes."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from gongyu.core.calendar import WEEKDAYS, HalfDay, today
from gongyu.exchange.models import OpeningException, OpeningRule, Order, Resource, Session
from gongyu.places.models import Organization

from .calendar import Card, Clash, Half, Mark, Season, Sheet, Slot, lay_out
from .span import Span


@dataclass(frozen=True, slots=True)
class UnitFacts:
    """Everything that the records know of a unit between two days."""

    unit: Organization
    first: date
    last: date
    season: Season
    resources: dict[int, Resource]
    sessions: list[Session]
    orders: list[Order]
    rules: list[OpeningRule]
    closed: dict[tuple[int, date], str]
    busy: frozenset[tuple[int, date, int, int]]

    def against(self, resource: Resource, day: date) -> str:
        """What closes a day for a resource, as the opening rules see it; empty if nothing."""
        if name := self.season.holiday(day):
            return _("%(name)s放假") % {"name": name}
        if why := self.closed.get((resource.pk, day)):
            return why
        for exam in self.season.exams:
            if exam.covers(resource, day):
                return _("%(exam)s，停办") % {"exam": exam.name}
        return ""

    def is_shut(self, resource: Resource, day: date) -> bool:
        """Whether the entry says that this weekday or month is closed."""
        entry = getattr(resource, "entry", None)
        return entry is not None and not entry.opens_on(day)

    def asking(self, session: Session) -> list[Order]:
        """Who waits for an answer there, or was offered to come there, oldest first."""
        return [
            order
            for order in self.orders
            if (order.session_id == session.pk and order.state == Order.State.PLACED)
            or (order.proposed_session_id == session.pk and order.state == Order.State.PROPOSED)
        ]

    def held(self, session: Session) -> list[Order]:
        return [
            order
            for order in self.orders
            if order.session_id == session.pk and order.state in Order.HOLDING
        ]


def unit_facts(unit: Organization, first: date, last: date) -> UnitFacts:
    """Eight queries, however much there is."""
    resources = {r.pk: r for r in unit.resources.select_related("entry", "unit")}
    sessions = list(
        Session.objects.filter(resource__in=resources, date__range=(first, last)).order_by(
            "date", "half_day", "resource__title", "pk"
        )
    )
    for session in sessions:
        session.resource = resources[session.resource_id]
    orders = list(
        Order.objects.filter(
            Q(session__resource__unit=unit, date__range=(first, last))
            | Q(proposed_session__resource__unit=unit, proposed_session__date__range=(first, last)),
            state__in=Order.LIVE,
        )
        .with_parties()
        .order_by("placed_at", "pk")
    )
    classes = {o.school_class_id for o in orders if o.state in Order.ASKED and o.school_class_id}
    busy = Order.objects.filter(
        school_class__in=classes, date__range=(first, last), state__in=Order.HOLDING
    ).values_list("school_class_id", "date", "half_day", "pk")
    closed = OpeningException.objects.filter(
        resource__in=resources, kind=OpeningException.Kind.CLOSED, date__range=(first, last)
    )
    return UnitFacts(
        unit,
        first,
        last,
        Season.between(first, last),
        resources,
        sessions,
        orders,
        list(
            OpeningRule.objects.filter(
                resource__in=resources, first_day__lte=last, last_day__gte=first
            ).order_by("weekday", "half_day", "pk")
        ),
        {(e.resource_id, e.date): e.reason for e in closed},
        frozenset((c, day, half, pk) for c, day, half, pk in busy if c is not None),
    )


def unit_calendar(facts: UnitFacts, span: Span, chosen: date | None) -> Sheet:
    """A unit's week or month out of its facts; no query."""
    cards: dict[int, list[Card]] = defaultdict(list)
    for order in facts.orders:
        cards[order.session_id].append(Card(order))
        if order.state == Order.State.PROPOSED and order.proposed_session_id:
            cards[order.proposed_session_id].append(Card(order, is_offer=True))
    halves: dict[tuple[date, int], Half] = {}
    for session in facts.sessions:
        key = (session.date, session.half_day)
        half = halves.setdefault(key, Half(*key))
        mine = cards.get(session.pk, [])
        if session.state == Session.State.OPEN or mine or session.date > today():
            half.slots.append(Slot(session, mine))
    return lay_out(span, chosen, halves.values(), _marks(facts), unit_clashes(facts))


def _marks(facts: UnitFacts) -> dict[date, list[Mark]]:
    marks = facts.season.marks(facts.first, facts.last)
    for (resource_pk, day), reason in sorted(facts.closed.items()):
        text = _("%(what)s不开：%(why)s") % {
            "what": facts.resources[resource_pk].title,
            "why": reason,
        }
        marks.setdefault(day, []).append(Mark("closed", text))
    day = facts.first
    while day <= facts.last and facts.resources:
        if all(facts.is_shut(resource, day) for resource in facts.resources.values()):
            marks.setdefault(day, []).append(Mark("closed", _("闭馆")))
        day += timedelta(days=1)
    return marks


def clashes_of_unit(unit: Organization, first: date, last: date) -> list[Clash]:
    """What will not go together at a unit between two days, from today on; eight queries."""
    return unit_clashes(unit_facts(unit, first, last))


def unit_clashes(facts: UnitFacts) -> list[Clash]:
    found = []
    for session in facts.sessions:
        if session.state == Session.State.OPEN and session.date > today():
            found += _of_session(facts, session)
    for order in facts.orders:
        if order.state == Order.State.PLACED and order.date > today():
            found += _of_class(facts, order)
    found += _of_rules(facts)
    return sorted(found, key=lambda c: (c.date, -1 if c.half_day is None else c.half_day))


def _of_session(facts: UnitFacts, session: Session) -> list[Clash]:
    found, resource = [], session.resource
    asking, held = facts.asking(session), facts.held(session)
    both = [*held, *asking]
    said: dict[str, object] = {
        "what": resource.title,
        "who": _schools(asking),
        "held": _schools(held),
        "why": facts.against(resource, session.date),
    }
    if said["why"]:
        found.append((_("“%(what)s”开着，可是那天%(why)s。") % said, both))
    if resource.is_exclusive and asking and held:
        found.append((_("“%(what)s”是专场，已经定给%(held)s，%(who)s还在等。") % said, asking))
    elif resource.is_exclusive and len(asking) > 1:
        found.append((_("“%(what)s”是专场，%(who)s都在等，只能接一家。") % said, asking))
    elif asking and (heads := sum(o.headcount for o in asking)) > session.seats_free:
        said |= {"free": session.seats_free, "heads": heads}
        found.append(
            (
                _("“%(what)s”还有 %(free)s 个名额，%(who)s等着的一共 %(heads)s 人。") % said,
                asking,
            )
        )
    elif resource.form == "host" and len({o.need.school_id for o in both}) > 1 and asking:
        said |= {"who": _schools(both)}
        found.append((_("“%(what)s”要上门，%(who)s在同一个半天，只去得了一处。") % said, asking))
    day = reverse("exchange:calendars") + f"?{Span.of_week(session.date).query}"
    return [
        Clash(
            session.date,
            session.half_day,
            sentence,
            orders[0].get_absolute_url()
            if orders
            else f"{day}#cell-{session.date}-{session.half_day}",
            frozenset(order.pk for order in orders),
        )
        for sentence, orders in found
    ]


def _of_class(facts: UnitFacts, order: Order) -> list[Clash]:
    """A class that waits here and is promised elsewhere; where, the unit need not know."""
    if order.school_class_id is None or order.session_id not in {s.pk for s in facts.sessions}:
        return []
    key = (order.school_class_id, order.date, order.half_day)
    if not any(entry[:3] == key and entry[3] != order.pk for entry in facts.busy):
        return []
    sentence = _("%(school)s%(who)s在等，可是这个班那半天已经约了别处。") % {
        "school": order.need.school,
        "who": order.need.who_label,
    }
    pks = frozenset({order.pk})
    return [Clash(order.date, order.half_day, sentence, order.get_absolute_url(), pks)]


def _of_rules(facts: UnitFacts) -> list[Clash]:
    """Rules that fall on a day on which nothing opens: said, so that nobody counts on it."""
    opened = {(s.resource_id, s.date, s.half_day) for s in facts.sessions if s.state == "open"}
    found = []
    for rule in facts.rules:
        resource = facts.resources[rule.resource_id]
        for day in rule.days(max(facts.first, today() + timedelta(days=1)), facts.last):
            why = facts.against(resource, day)
            if not why or (resource.pk, day, rule.half_day) in opened:
                continue
            sentence = _("规则“%(rule)s”碰上%(why)s，“%(what)s”那半天不会开。") % {
                "rule": f"{WEEKDAYS[rule.weekday]}{HalfDay(rule.half_day).label}",
                "why": why,
                "what": resource.title,
            }
            url = reverse("exchange:opening", args=[resource.pk])
            found.append(Clash(day, rule.half_day, sentence, url, is_note=True))
    return found


def _schools(orders: list[Order]) -> str:
    names = list(dict.fromkeys(str(order.need.school) for order in orders))
    if len(names) > 3:
        return _("%(some)s等 %(n)d 所学校") % {"some": "、".join(names[:2]), "n": len(names)}
    return "、".join(names)
