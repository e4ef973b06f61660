"""到了: who came on the day, by a press or the code of the door, and put right the same day."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Sum
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from gongyu.accounts.models import User
from gongyu.accounts.queries import ASKING, organization_ids
from gongyu.core.calendar import now, today
from gongyu.core.errors import DomainError
from gongyu.exchange import arrival
from gongyu.exchange.errors import HeadsInDoubt, MoveNotAllowed, NotAllowed
from gongyu.exchange.models import Need, Order, Party, Visit
from gongyu.exchange.models.orders import came
from gongyu.exchange.models.visits import Side
from gongyu.exchange.policies import counts_arrivals, goes_along, speaks_for_unit

from .ledger import book_again
from .moves import lock_order, move_need, move_order
from .steps import note_step

MOST_HEADS = 2000


def side_of(by: User, order: Order) -> Side:
    if goes_along(by, order):
        return Side.SCHOOL
    if speaks_for_unit(by, order):
        return Side.UNIT
    raise NotAllowed(_("只有这一单的老师、学校管理员和单位能填。"))


def visit_of(order: Order) -> Visit:
    """The day of a locked order, begun now if nothing was written yet."""
    if order.state not in Order.HOLDING:
        raise MoveNotAllowed(
            _("这一单现在是“%(state)s”，没有约成，当天的事不用填。")
            % {"state": order.get_state_display()}
        )
    visit, _made = Visit.objects.get_or_create(order=order)
    visit.order = order
    return visit


@transaction.atomic
def arrive(order: Order, *, by: User, heads: int, token: str = "", sure: bool = False) -> Visit:
    """They are there: the order is carried out. Only on its day; pressed twice, it counts once.

    With the code of the door any member of the school's staff may say so. ``sure``: the person was
    asked about an unlikely number and stands by it.
    """
    order = lock_order(order)
    is_at_school = order.need.school_id in organization_ids(by, *ASKING)
    by_code = bool(token) and arrival.opens(token, order) and is_at_school
    side = Side.SCHOOL if by_code else side_of(by, order)
    visit = visit_of(order)
    if visit.arrived_at is not None:
        return visit
    if order.date > today():
        raise MoveNotAllowed(_("还没到日子：%(when)s，到了当天再点。") % {"when": order.when})
    if order.date < today():
        raise MoveNotAllowed(
            _("%(when)s已经过了，到达只能当天记。办成了的话，直接评单就行。") % {"when": order.when}
        )
    _check_heads(order, heads, sure=sure)
    visit.arrived_at, visit.arrived_heads, visit.arrived_by = now(), heads, by
    visit.arrived_how = Visit.How.CODE if by_code else Visit.How.TAP
    visit.save()
    happen(order, side)
    said = _("到了 %(n)d 人，%(time)s") % {
        "n": heads,
        "time": f"{localtime(visit.arrived_at):%H:%M}",
    }
    note_step(order, "order.arrive", said, by=by)
    return visit


@transaction.atomic
def correct_arrival(order: Order, *, by: User, heads: int, sure: bool = False) -> Visit:
    """The number that came was mistyped: either side puts it right on the same day.

    Who corrects it answers for it from then on; the time of the arrival stays. Where the ledger has
    booked the visit already, it gets a line more with the difference.
    """
    order = lock_order(order)
    visit = visit_of(order)
    if not counts_arrivals(by, visit):
        raise NotAllowed(_("只有这一单的老师、学校管理员和单位能改到场人数。"))
    if visit.arrived_heads is None:
        raise MoveNotAllowed(_("这一单还没有记到达，先点“到了”。"))
    if order.date != today():
        raise MoveNotAllowed(
            _("到场人数只能当天改。%(when)s已经过了，按记下的 %(n)d 人算。")
            % {"when": order.when, "n": visit.arrived_heads}
        )
    _check_heads(order, heads, sure=sure)
    before = visit.arrived_heads
    if heads == before:
        return visit
    visit.arrived_heads, visit.arrived_by, visit.arrived_how = heads, by, Visit.How.TAP
    visit.save()
    said = _("到场人数从 %(before)d 改成 %(now)d") % {"before": before, "now": heads}
    note_step(order, "order.recount", said, by=by, settles=False)
    book_again(order)
    return visit


def _check_heads(order: Order, heads: int, *, sure: bool) -> None:
    """More than were agreed may come; a number that looks mistyped is asked back once."""
    if not 1 <= heads <= MOST_HEADS:
        raise DomainError(_("请填到了多少人，从 1 到 %(n)d。") % {"n": MOST_HEADS})
    if sure or heads <= order.headcount:
        return
    if heads >= 2 * order.headcount:
        raise HeadsInDoubt(
            _("约的是 %(agreed)d 人，您填的是 %(n)d 人。") % {"agreed": order.headcount, "n": heads}
        )
    seats = order.session.seats
    there = Order.objects.held().filter(session=order.session_id).exclude(pk=order.pk)
    others: int = there.aggregate(heads=Sum(came(), default=0))["heads"]
    if heads + others > seats:
        raise HeadsInDoubt(
            _("这一场一共坐 %(seats)d 人，别的班占了 %(others)d 人，您填的是 %(n)d 人。")
            % {"seats": seats, "others": others, "n": heads}
            if others
            else _("这一场一共坐 %(seats)d 人，您填的是 %(n)d 人。") % {"seats": seats, "n": heads}
        )


def happen(order: Order, side: Side) -> None:
    """实施: the one place where the day moves its order."""
    if order.state == Order.State.ACCEPTED:
        move_order(order, Order.State.DONE, verb="order.happen", who=Party(side))
        move_need(order.need, Need.State.DONE)
