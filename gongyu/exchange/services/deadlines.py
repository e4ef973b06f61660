"""Steps that nobody takes: a reminder first, then the platform goes on by itself.

A school must not wait for ever. What waits for whom and for how long stands in ``models.moves``.
Whoever owes an answer is reminded after ``REMIND_AFTER_DAYS``; when the days are over, or the day
itself has come, the order ends and the need is in the pool again, with nobody to blame. After the
visit the sides are reminded once to rate; then the order is filed away, or the district asks.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from gongyu.core.calendar import now, say_half_day, today
from gongyu.exchange.errors import MoveNotAllowed
from gongyu.exchange.models import Need, Order, Party, Rating
from gongyu.exchange.models.moves import WAITS

from .conferences import let_objection_lapse
from .endings import happened
from .moves import lock_order, lock_together, move_need, move_order
from .ranks import say_if_few
from .ratings import LOW, close_rated, give_up_revisit
from .steps import note_group_step, note_step, remind

_S = Order.State


def mind_deadlines() -> int:
    """Go on with what is overdue, remind of what soon will be; returns how many orders it touched.

    Called by the worker; each order in a transaction of its own, so that one never holds up all.
    What came together (一起办) goes back together.
    """
    unanswered = Order.objects.filter(_unanswered()).order_by("pk")
    touched = sum(_return_if_still(order) for order in unanswered)
    for due, act in _DUTIES:
        for order in Order.objects.filter(due()).order_by("pk"):
            touched += _if_still(order, due, act)
    return touched


@transaction.atomic
def _if_still(order: Order, due: Callable[[], Q], act: Callable[[Order], object]) -> int:
    """Act on an order unless somebody acted on it in this very moment."""
    order = lock_order(order)
    if not Order.objects.filter(due(), pk=order.pk).exists():
        return 0
    try:
        with transaction.atomic():
            act(order)
    except MoveNotAllowed:
        return 0
    return 1


def _waited(state: str, days: int) -> Q:
    return Q(state=state, since__lte=now() - timedelta(days=days))


def _out_of_time(state: str) -> Q:
    return _waited(state, WAITS[state].days)


def _unanswered() -> Q:
    day = today()
    return (
        _out_of_time(_S.PLACED)
        | _out_of_time(_S.PROPOSED)
        | Q(
            state=_S.PLACED,
            origin=Order.Origin.QUEUE,
            since__lte=now() - timedelta(hours=settings.QUEUE_HOURS),
        )
        | Q(state=_S.PLACED, date__lte=day)
        | Q(state=_S.PROPOSED, proposed_session__date__lte=day)
    )


@transaction.atomic
def _return_if_still(order: Order) -> int:
    """Give back what nobody answered, a group in one step; returns how many orders."""
    try:
        group = lock_together(order)
        if not Order.objects.filter(_unanswered(), pk=order.pk).exists():
            return 0
        with transaction.atomic():
            _return(group)
    except MoveNotAllowed:
        return 0
    return len(group)


def _return(group: list[Order]) -> None:
    """Those that waited together are in the pool again; the unit is told once."""
    by_unit = group[0].state == _S.PLACED
    rest = Order.objects.mates_of(group[0])
    for order in group:
        order.proposed_session = None
        order.words = ""
        if by_unit:
            order.decline_reason = Order.DeclineReason.NO_ANSWER
        to = _S.DECLINED if by_unit else _S.CANCELLED
        move_order(order, to, verb="order.return", who=Party.PLATFORM)
        move_need(order.need, Need.State.POOLED)
    sentence = (
        _("单位没来得及回话，需求自动回到需求池")
        if by_unit
        else _("改期没有回话，需求自动回到需求池")
    )
    note_group_step(group, "order.return", sentence, by=None)
    if not by_unit:  # who of the group has agreed already is arranged and goes on
        say_if_few(rest)


def _not_conferred() -> Q:
    return _out_of_time(_S.DISPUTED) | Q(state=_S.DISPUTED, date__lte=today())


def _rated_by_the_school() -> QuerySet[Rating]:
    return Rating.objects.filter(side=Rating.Side.SCHOOL)


def _visit_before(days: int) -> Q:
    return Q(date__lte=today() - timedelta(days=days))


def _never_rated() -> Q:
    return Q(state=_S.ACCEPTED) & _visit_before(settings.RATE_WITHIN_DAYS)


def _take_for_done(order: Order) -> None:
    order = happened(order)
    sentence = _("过了 %(days)d 天没有人说没办成，按办成记") % {"days": settings.RATE_WITHIN_DAYS}
    note_step(order, "order.happen", sentence, by=None)


def _to_be_closed() -> Q:
    low = _rated_by_the_school().filter(stars__lte=LOW)
    return (
        Q(state=_S.RATED)
        | Q(state=_S.DONE) & _visit_before(settings.RATE_WITHIN_DAYS)
        | Q(state=_S.DONE, pk__in=low.values("order"))
    )


def _not_called_back() -> Q:
    return _out_of_time(_S.REVISIT)


def _to_remind() -> Q:
    days = settings.REMIND_AFTER_DAYS
    asked = _waited(_S.PLACED, days) | _waited(_S.PROPOSED, days) | _waited(_S.DISPUTED, days)
    unrated = Q(state__in=[_S.ACCEPTED, _S.DONE]) & _visit_before(days)
    half_time = settings.REVISIT_WITHIN_DAYS // 2
    return Q(reminded_at__isnull=True) & (asked | unrated | _waited(_S.REVISIT, half_time))


def _remind(order: Order) -> None:
    order.reminded_at = now()
    order.save(update_fields=["reminded_at"])
    earlier = Order.objects.mates_of(order).filter(state=_S.PLACED, pk__lt=order.pk)
    if order.state == _S.PLACED and earlier.exists():
        return  # the unit is reminded once of those that came together
    session = order.proposed_session or order.session
    when = say_half_day(session.date, session.half_day)
    match order.state:
        case _S.DISPUTED:
            said = _("还等会商：%(when)s的派单异议。再过几天没商定，会自动回到需求池。")
        case _S.REVISIT:
            said = _("还等回访：%(when)s那一次。再过几天没问，会自动归档。")
        case _S.ACCEPTED | _S.DONE:
            said = _("%(when)s那一次，点一颗星就评好。不评也没关系，过些天会归档。")
        case _:
            said = _("还等您回话：%(when)s。再过几天没回，会自动回到需求池。")
    remind(order, said % {"when": when})


_DUTIES: tuple[tuple[Callable[[], Q], Callable[[Order], object]], ...] = (
    (_not_conferred, let_objection_lapse),
    (_never_rated, _take_for_done),
    (_to_be_closed, close_rated),
    (_not_called_back, give_up_revisit),
    (_to_remind, _remind),
)
