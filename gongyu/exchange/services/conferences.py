"""派单异议 and 会商: a dispatched order that cannot stand is talked over, never passed on."""

from django.db import transaction
from django.utils.translation import gettext as _

from gongyu.accounts.models import User
from gongyu.core import timeline
from gongyu.core.calendar import now, say_half_day, today
from gongyu.core.errors import DomainError
from gongyu.exchange.errors import MoveNotAllowed, NotAllowed, SessionGone
from gongyu.exchange.models import Need, Objection, Order, Party, Session
from gongyu.exchange.policies import settles, speaks_for_school, speaks_for_unit
from gongyu.exchange.queries.settlers import settler, settlers_of

from .moves import lock_order, lock_sessions, move_need, move_order, take_in_hand
from .orders import place_order
from .steps import note_step


@transaction.atomic
def object_to_order(order: Order, *, by: User, reason: str, words: str = "") -> Order:
    """A side of a dispatched order objects (派单异议); the district settles it in a conference."""
    order = lock_order(order)
    if speaks_for_school(by, order.need):
        side = Party.SCHOOL
    elif speaks_for_unit(by, order):
        side = Party.UNIT
    else:
        raise NotAllowed(_("只有这一单的学校和单位能提异议。"))
    if order.origin != Order.Origin.RUN:
        raise MoveNotAllowed(_("这一单是学校自己点的，不用提异议：单位可以婉拒，学校可以取消。"))
    move_order(order, Order.State.DISPUTED, verb="order.object", who=side, reason=reason)
    objection = Objection.objects.create(
        order=order, side=side, reason=reason, words=words.strip(), by=by, at=now()
    )
    said = _("%(side)s提出派单异议：%(why)s，等%(who)s会商") % {
        "who": settlers_of(order.need),
        "side": order.side_label(side),
        "why": objection.get_reason_display(),
    }
    note_step(order, "order.object", said, by=by)
    return order


_VERBS: dict[str, str] = {
    Objection.Outcome.KEEP: "order.keep",
    Objection.Outcome.OTHER_SESSION: "order.rearrange",
    Objection.Outcome.POOL: "order.release",
    Objection.Outcome.CLOSED: "order.close",
}


@transaction.atomic
def settle_objection(
    order: Order,
    *,
    by: User,
    outcome: str,
    agreed: str,
    agreed_with: str = "",
    session: Session | None = None,
    reason: str = "",
) -> Order:
    """Record a conference (会商): what was agreed, by whom, and put the order back on its track.

    ``session`` is where an order goes that is rearranged; ``reason`` (``Need.CloseReason``) why a
    need is no longer pursued. Returns the order that goes on: the new one if there is one.
    """
    if not settles(by, order.need):
        raise NotAllowed(_("会商由区教委或者学校所在的镇街来办。"))
    if outcome not in _VERBS:
        raise DomainError(_("请选一下会商的结果。"))
    if not agreed.strip():
        raise DomainError(_("请写一句商定了什么，两边都会看到。"))
    if outcome == Objection.Outcome.OTHER_SESSION:
        if session is None:
            raise DomainError(_("改派到哪一场，请选一下。"))
        lock_sessions([order.session_id, session.pk])
    order = lock_order(order)
    verb = _VERBS[outcome]
    kept = outcome == Objection.Outcome.KEEP
    if kept and (order.session.state != Session.State.OPEN or order.date <= today()):
        raise SessionGone
    if outcome == Objection.Outcome.OTHER_SESSION and session and session.pk == order.session_id:
        raise DomainError(_("这就是原来那一场。要照旧，请选“按原来的派”。"))
    move_order(
        order,
        Order.State.PLACED if kept else Order.State.CANCELLED,
        verb=verb,
        who=Party.DISTRICT,
        reason=reason,
    )
    take_in_hand(order.need, by=by)
    objection = order.objections.get(outcome="")
    objection.outcome, objection.agreed = outcome, agreed.strip()
    objection.agreed_with = agreed_with.strip()
    objection.settled_by, objection.settled_at = by, now()
    said = _("%(who)s会商：%(outcome)s。%(agreed)s") % {
        "who": settler(by, order.need),
        "outcome": Objection.Outcome(outcome).label,
        "agreed": objection.agreed,
    }
    note_step(order, verb, said, by=by)
    goes_on = order
    if outcome == Objection.Outcome.CLOSED:
        order.need.close_reason = reason
        order.need.save(update_fields=["close_reason"])
        move_need(order.need, Need.State.CLOSED)
        closed = _("不再办理：%(why)s") % {"why": order.need.get_close_reason_display()}
        timeline.record(order.need, "need.close", closed, by=by)
    elif not kept:
        move_need(order.need, Need.State.POOLED)
    if outcome == Objection.Outcome.OTHER_SESSION and session is not None:
        goes_on = place_order(
            order.need, session, by=by, origin=Order.Origin.RUN, waives_notice=True
        )
        objection.next_order = goes_on
    objection.save()
    return goes_on


@transaction.atomic
def let_objection_lapse(order: Order) -> Order:
    """The district did not settle it in time: the need is in the pool again."""
    order = lock_order(order)
    move_order(order, Order.State.CANCELLED, verb="order.return", who=Party.PLATFORM)
    move_need(order.need, Need.State.POOLED)
    when = say_half_day(order.date, order.half_day)
    said = _("%(when)s的异议没来得及会商，需求自动回到需求池") % {"when": when}
    note_step(order, "order.return", said, by=None)
    return order
