"""What each party may do about an order beside the answers: its part of the order's page."""

from __future__ import annotations

from typing import Any

from gongyu.core.calendar import today
from gongyu.exchange import queries
from gongyu.exchange.forms import AbsentForm, ConferForm, HeadcountForm, ObjectForm, RevisitForm
from gongyu.exchange.models import Effect, Order, Revisit
from gongyu.exchange.planning import Draft


def aftermath_of(order: Order, side: str) -> dict[str, Any]:
    """Objection, conference, headcount, absence and call-back, each with its form.

    What this order cannot have had is not asked for; the page of an ordinary one costs no query.
    """
    state = order.state
    of_side = side in ("school", "unit")
    may_object = of_side and state == Order.State.PLACED and order.origin == Order.Origin.RUN
    may_confer = side == "district" and state == Order.State.DISPUTED
    happened = state in Order.HAPPENED
    dispatched = order.origin == Order.Origin.RUN
    revisited = state in (Order.State.REVISIT, Order.State.ARCHIVED)
    may_change = state in (Order.State.PLACED, Order.State.ACCEPTED) and order.date >= today()
    return {
        "can_object": may_object,
        "can_confer": may_confer,
        "can_change_heads": side == "school" and may_change,
        "can_record_absence": of_side and state == Order.State.ACCEPTED and order.day_has_come,
        "can_take_absence_back": order.may_take_absence_back and order.ended_by == side,
        "can_revisit": side == "district" and state == Order.State.REVISIT,
        "effect": Effect.objects.filter(order=order).first() if happened else None,
        "objections": list(order.objections.select_related("by", "settled_by"))
        if dispatched
        else [],
        "revisit": Revisit.objects.filter(order=order).select_related("by").first()
        if revisited
        else None,
        "other_sessions": _other_sessions(order) if may_confer else [],
        "object_form": ObjectForm(),
        "confer_form": ConferForm(),
        "heads_form": HeadcountForm(),
        "absent_form": AbsentForm(),
        "revisit_form": RevisitForm(),
    }


MOST_ELSEWHERE = 4


def _other_sessions(order: Order) -> list[queries.Alternative]:
    """Where a conference may send the group: other half-days of the unit, then other units."""
    unit = order.session.resource.unit_id
    elsewhere = [
        queries.Alternative(offer.best, str(offer.unit), suits=False)
        for offer in queries.fit_for(Draft.of(order.need)).offers
        if offer.unit.pk != unit
    ]
    return [*queries.alternatives_for(order), *elsewhere[:MOST_ELSEWHERE]]
