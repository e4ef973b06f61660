"""Orders that nobody answers: a reminder first, then back to the pool by themselves.

A school must not wait for ever. After ``REMIND_AFTER`` days the side that owes the answer is
reminded; after ``RETURN_AFTER`` days, or when the day itself has come, the order ends and the need
is in the pool again, with nobody to blame.
"""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from gongyu.core.calendar import now, say_half_day, today
from gongyu.exchange.errors import MoveNotAllowed
from gongyu.exchange.models import Need, Order

from .moves import lock_order, move_need, move_order
from .steps import note_step, remind


def mind_deadlines() -> int:
    """Return what is overdue and remind of what soon will be; returns how many orders it touched.

    Called by the worker; each order in a transaction of its own, so that one never holds up all.
    """
    touched = 0
    for order in Order.objects.filter(_overdue()).order_by("pk"):
        touched += _return(order)
    for order in Order.objects.filter(_to_remind()).order_by("pk"):
        touched += _remind(order)
    return touched


def _waiting_since(days: int) -> Q:
    """Orders whose present question is at least so many days old."""
    then = now() - timedelta(days=days)
    return Q(state=Order.State.PLACED, placed_at__lte=then) | Q(
        state=Order.State.PROPOSED, answered_at__lte=then
    )


def _overdue() -> Q:
    day = today()
    return (
        _waiting_since(settings.RETURN_AFTER_DAYS)
        | Q(state=Order.State.PLACED, date__lte=day)
        | Q(state=Order.State.PROPOSED, proposed_session__date__lte=day)
    )


def _to_remind() -> Q:
    return Q(reminded_at__isnull=True) & _waiting_since(settings.REMIND_AFTER_DAYS)


@transaction.atomic
def _return(order: Order) -> int:
    order = lock_order(order)
    if not Order.objects.filter(_overdue(), pk=order.pk).exists():
        return 0  # answered in this very moment
    by_unit = order.state == Order.State.PLACED
    order.proposed_session = None
    order.words = ""
    if by_unit:
        order.decline_reason = Order.DeclineReason.NO_ANSWER
    try:
        move_order(order, Order.State.DECLINED if by_unit else Order.State.CANCELLED)
        move_need(order.need, Need.State.POOLED)
    except MoveNotAllowed:
        return 0
    sentence = (
        _("单位没来得及回话，需求自动回到需求池")
        if by_unit
        else _("改期没有回话，需求自动回到需求池")
    )
    note_step(order, "order.return", sentence, by=None)
    return 1


@transaction.atomic
def _remind(order: Order) -> int:
    order = lock_order(order)
    if not Order.objects.filter(_to_remind(), pk=order.pk).exists():
        return 0
    order.reminded_at = now()
    order.save(update_fields=["reminded_at"])
    session = order.proposed_session or order.session
    when = say_half_day(session.date, session.half_day)
    remind(order, _("还等您回话：%(when)s。再过几天没回，会自动回到需求池。") % {"when": when})
    return 1
