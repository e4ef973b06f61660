"""Where the cards of a unit's calendar can be moved: what a drag may do, and the list says."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _

from gongyu.core.calendar import HalfDay, today
from gongyu.exchange.models import Order, Session
from gongyu.exchange.models.moves import move_of

from .alternatives import Alternative, ranked
from .calendar import Card, Choice, Sheet, Slot
from .calendar_unit import UnitFacts
from .span import Span

BEYOND = 6  # suggestions outside the days on the page


def may_be_proposed(order: Order) -> bool:
    return move_of("order.propose", order.state, Order.State.PROPOSED) is not None


def add_moves(sheet: Sheet, facts: UnitFacts) -> None:
    """Give the cards and empty sessions in full view their choices; at most five queries."""
    halves = sheet.shown_halves
    cards = [card for half in halves for card in half.cards]
    movable = [card for card in cards if may_be_proposed(card.order)]
    for card in cards:
        card.stays = _why_it_stays(card)
    _add_order_choices(movable, facts, sheet.span)
    asked = {pk for o in facts.orders for pk in (o.session_id, o.proposed_session_id)}
    for half in halves:
        for slot in half.slots:
            if slot.state == "open" and slot.session.pk not in asked and half.date > today():
                slot.choices = _session_choices(slot, facts, sheet.span)


def _why_it_stays(card: Card) -> str:
    state = card.order.state
    if card.is_offer or state == Order.State.PROPOSED:
        return _("提议送出去了，等学校点头。")
    if state == Order.State.DISPUTED:
        return _("正在会商，先不动。")
    if state == Order.State.ACCEPTED and not card.order.day_has_come:
        return _("约好的不能直接挪：先和学校说好，取消了再约。")
    return ""


def _add_order_choices(cards: Sequence[Card], facts: UnitFacts, span: Span) -> None:
    if not cards:
        return
    orders = [card.order for card in cards]
    prefetch_related_objects(orders, "need__topics")
    sessions = list(
        Session.objects.upcoming()
        .filter(resource__in=facts.resources)
        .prefetch_related("resource__topics")
        .order_by("date", "half_day", "pk")
    )
    by_class: dict[int, set[tuple[date, int]]] = {}
    promised = Order.objects.filter(
        school_class__in={o.school_class_id for o in orders if o.school_class_id},
        date__gt=today(),
        state__in=Order.HOLDING,
    ).values_list("school_class_id", "date", "half_day")
    for school_class, day, half in promised:
        by_class.setdefault(school_class or 0, set()).add((day, half))
    asked = _asked(facts)
    for card in cards:
        order = card.order
        if order.joined_id is not None:
            card.stays = _("几个班一起来的，打开这一单，给整组换个半天。")
            continue
        topics = {topic.pk for topic in order.need.topics.all()}
        fitting = [
            session
            for session in sessions
            if topics & {topic.pk for topic in session.resource.topics.all()}
            and not facts.against(session.resource, session.date)
        ]
        found = ranked(order, fitting, by_class.get(order.school_class_id or 0, set()))
        # Moving into a half-day that others wait for would only move the clash.
        found.sort(key=lambda a: _is_crowded(a.session, order, asked))
        card.choices = _shown(order, found, span, asked)
        if not card.choices:
            card.stays = _("别的半天都没有坐得下他们的场次。")


def _asked(facts: UnitFacts) -> dict[int, int]:
    """Heads that wait for each of the unit's sessions ahead, or were offered it; one query."""
    heads: dict[int, int] = {}
    waiting = Order.objects.filter(
        session__resource__in=facts.resources, state__in=[Order.State.PLACED, Order.State.PROPOSED]
    )
    for session, proposed, headcount in waiting.values_list(
        "session", "proposed_session", "headcount"
    ):
        wanted = proposed or session
        heads[wanted] = heads.get(wanted, 0) + headcount
    return heads


def _is_crowded(session: Session, order: Order, asked: dict[int, int]) -> bool:
    heads = asked.get(session.pk, 0)
    if session.resource.is_exclusive:
        return heads > 0
    return heads > 0 and heads + order.headcount > session.seats_free


def _shown(
    order: Order, found: list[Alternative], span: Span, asked: dict[int, int]
) -> list[Choice]:
    """All within the days on the page, and the best of the others, in the order of days."""
    inside = [a for a in found if span.holds(a.session.date)]
    outside = [a for a in found if not span.holds(a.session.date)][:BEYOND]
    choices = [
        Choice(
            str(a.session.pk),
            a.session.date,
            a.session.half_day,
            _note(order, a, _is_crowded(a.session, order, asked)),
            a is found[0],
        )
        for a in [*inside, *outside]
    ]
    return sorted(choices, key=lambda c: (c.date, c.half_day, c.value))


def _note(order: Order, alternative: Alternative, is_crowded: bool) -> str:
    resource = alternative.session.resource
    fit = _("学校选过") if alternative.suits else _("学校没选过")
    if is_crowded:
        fit = _("别的学校也在等，会撞")
    return fit if resource.pk == order.session.resource_id else f"{fit}，{resource.title}"


def _session_choices(slot: Slot, facts: UnitFacts, span: Span) -> list[Choice]:
    session = slot.session
    resource = session.resource
    taken = {
        (s.date, s.half_day)
        for s in facts.sessions
        if s.resource_id == resource.pk and s.state == Session.State.OPEN
    }
    halves = [HalfDay.MORNING.value, HalfDay.AFTERNOON.value]
    if session.half_day == HalfDay.EVENING:
        halves.append(HalfDay.EVENING.value)
    choices, day = [], max(span.first, today() + timedelta(days=1))
    while day <= span.last:
        if not facts.against(resource, day) and not facts.is_shut(resource, day):
            choices += [
                Choice(f"{day.isoformat()}.{half}", day, half)
                for half in halves
                if (day, half) not in taken
            ]
        day += timedelta(days=1)
    return choices
