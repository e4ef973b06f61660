"""What comes between the promise and the visit: called off, more or fewer heads, nobody came."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from gongyu.accounts.models import User
from gongyu.core.calendar import say_day, say_half_day, school_days_until, today
from gongyu.core.errors import DomainError
from gongyu.exchange.errors import (
    MoveNotAllowed,
    NotAllowed,
    SessionDoesNotFit,
    SessionFull,
    TooEarlyToRate,
)
from gongyu.exchange.models import Need, Order, Party, Session
from gongyu.exchange.policies import speaks_for_school, speaks_for_unit

from .moves import (
    lock_order,
    lock_order_and_session,
    move_need,
    move_order,
    offer_after_commit,
)
from .orders import check_class_is_free, free_place
from .ranks import close_ranks, step_out
from .steps import note_step

MOST_PUPILS = 2000  # the database refuses more; a whole school fits
AGAIN_WITHIN = timedelta(days=28)  # what a need gets to be served in after nobody came


def is_short_notice(order: Order) -> bool:
    """Whether calling this visit off now would be 临时取消; 1 query."""
    if order.state != Order.State.ACCEPTED:
        return False
    return school_days_until(order.date) < settings.NOTICE_SCHOOL_DAYS


@transaction.atomic
def cancel_order(order: Order, *, by: User, words: str = "", reason: str = "") -> Order:
    """Either side calls it off before the day; seats are free again, the need is in the pool.

    Before the answer only the school does (a unit declines). At short notice a reason code is
    needed, and the record says 临时取消; nobody is stopped from calling off.
    """
    order = lock_order_and_session(order)
    mates = Order.objects.mates_of(order)
    side = _side_of(by, order, _("只有这一单的学校和单位能取消它。"))
    held = order.state in Order.HOLDING
    if held and order.date < today():
        raise MoveNotAllowed(_("这一天已经过了，不能再取消。可以评单。"))
    late = is_short_notice(order)
    if late and reason not in Order.CancelReason.values:
        raise DomainError(
            _("离活动不到 %(days)d 个上学日了，请选一个原因，对方马上会收到。")
            % {"days": settings.NOTICE_SCHOOL_DAYS}
        )
    order.words = words.strip()
    order.cancel_reason = reason
    order.is_late_cancel = late
    order.proposed_session = None
    move_order(
        order, Order.State.CANCELLED, verb="order.cancel", who=side, reason=reason, late=late
    )
    if held:
        _give_back_seats(order, order.headcount)
    move_need(order.need, Need.State.POOLED)
    if side == Party.SCHOOL:
        step_out(order.need, by=by)
    why = "，".join(
        [str(order.get_cancel_reason_display())] * bool(reason) + [order.words] * bool(order.words)
    )
    said = _("临时取消") if late else _("取消")
    note_step(order, "order.cancel", f"{said}：{why}" if why else said, by=by)
    close_ranks(mates)
    return order


def _side_of(by: User, order: Order, refusal: str) -> Party:
    if speaks_for_school(by, order.need):
        return Party.SCHOOL
    if speaks_for_unit(by, order):
        return Party.UNIT
    raise NotAllowed(refusal)


def _give_back_seats(order: Order, heads: int) -> None:
    Session.objects.filter(pk=order.session_id).update(seats_taken=F("seats_taken") - heads)


@transaction.atomic
def change_headcount(order: Order, headcount: int, *, by: User) -> Order:
    """The school brings more or fewer, until the day; seats are counted anew, the unit is told."""
    order = lock_order_and_session(order)
    if not speaks_for_school(by, order.need):
        raise NotAllowed(_("只有提出的老师和学校管理员能改人数。"))
    if order.state not in (Order.State.PLACED, Order.State.ACCEPTED) or order.date < today():
        raise MoveNotAllowed(
            _("这一单现在是“%(state)s”，人数不能再改了。") % {"state": order.get_state_display()}
        )
    if not 1 <= headcount <= MOST_PUPILS:
        raise DomainError(
            _("人数请写 1 到 %(most)d 之间的数。都来不了，就取消这一单。") % {"most": MOST_PUPILS}
        )
    before, held = order.headcount, order.state in Order.HOLDING
    if headcount == before:
        return order
    session, resource = order.session, order.session.resource
    room = session.seats - session.seats_taken + before if held else session.seats_free
    if headcount > before and headcount > room:
        raise SessionDoesNotFit(
            _("这一场连您原来的 %(before)d 人，一共只坐得下 %(room)d 人，改不到 %(n)d 人。")
            % {"before": before, "room": max(room, before if held else 0), "n": headcount}
        )
    mates = sum(Order.objects.mates_of(order).values_list("headcount", flat=True))
    if resource.is_exclusive and mates + headcount < resource.min_group and headcount < before:
        raise SessionDoesNotFit(
            _("这是专场，至少 %(least)d 人才开，改成 %(n)d 人就开不成了。可以和单位商量换一场。")
            % {"least": resource.min_group, "n": headcount}
        )
    if held:
        _give_back_seats(order, before - headcount)
    order.headcount = order.need.headcount = headcount
    order.save(update_fields=["headcount"])
    order.need.save(update_fields=["headcount"])
    said = _("人数从 %(before)d 改成 %(now)d") % {"before": before, "now": headcount}
    note_step(order, "order.heads", said, by=by, settles=False)
    offer_after_commit(order.session_id)
    return order


@transaction.atomic
def record_absence(order: Order, *, by: User, who: str, words: str) -> Order:
    """没来: one side says, from the day on, that the other or itself did not come, in a word.

    The visit did not happen: its seats no longer count as filled, and the need is in the pool again
    with four weeks to be served in. It is said of a school or a unit, never of a child.
    """
    order = lock_order_and_session(order)
    side = _side_of(by, order, _("只有这一单的学校和单位能记。"))
    if order.state != Order.State.ACCEPTED:
        raise MoveNotAllowed(
            _("这一单现在是“%(state)s”，不用记没来。") % {"state": order.get_state_display()}
        )
    if not order.day_has_come:
        raise TooEarlyToRate(say_half_day(order.date, order.half_day))
    if who not in (Party.SCHOOL, Party.UNIT):
        raise DomainError(_("请选一下是哪一方没来。"))
    if not words.strip():
        raise DomainError(_("请写一句怎么回事，对方会看到。"))
    need = order.need
    order.absent, order.words, order.last_day_before = who, words.strip(), need.date_to
    move_order(order, Order.State.MISSED, verb="order.absent", who=side)
    _give_back_seats(order, order.headcount)
    move_need(need, Need.State.POOLED)
    need.date_to = max(need.date_to, today() + AGAIN_WITHIN)
    need.save(update_fields=["date_to"])
    said = _("记下%(who)s没来：%(words)s。需求回到需求池，最晚办到 %(day)s") % {
        "who": Party(who).label,
        "words": order.words.rstrip("。"),
        "day": say_day(need.date_to),
    }
    note_step(order, "order.absent", said, by=by)
    close_ranks(Order.objects.mates_of(order))
    return order


@transaction.atomic
def take_absence_back(order: Order, *, by: User) -> Order:
    """撤回没来: the side that said so was wrong; the same day the visit is arranged as before."""
    order = lock_order_and_session(order)
    side, need = _side_of(by, order, _("只有这一单的学校和单位能撤回。")), order.need
    if order.state != Order.State.MISSED:
        raise MoveNotAllowed(
            _("这一单现在是“%(state)s”，没有要撤回的。") % {"state": order.get_state_display()}
        )
    if order.ended_by != side:
        raise NotAllowed(_("这是对方记的，要请对方撤回。给对方打个电话说一声。"))
    if not order.may_take_absence_back:
        raise MoveNotAllowed(_("记下的当天能撤回，现在已经记下了。"))
    if need.state != Need.State.POOLED:
        raise MoveNotAllowed(
            _("这条需求后来是“%(state)s”，不能再算这一次了。要撤回，先取消后来的那一单。")
            % {"state": need.get_state_display()}
        )
    check_class_is_free(order)
    session = order.session
    if session.seats - session.seats_taken < order.headcount:
        raise SessionFull(max(0, session.seats - session.seats_taken), order.headcount)
    if order.last_day_before is not None:
        need.date_to, order.last_day_before = order.last_day_before, None
        need.save(update_fields=["date_to"])
    order.absent, order.words, order.ended_by = "", "", ""
    order.group_place = free_place(order)
    move_order(order, Order.State.ACCEPTED, verb="order.came", who=side)
    _give_back_seats(order, -order.headcount)
    move_need(need, Need.State.ORDERED)
    move_need(need, Need.State.ARRANGED)
    note_step(order, "order.came", _("撤回没来：记错了，还算约好的"), by=by)
    return order


@transaction.atomic
def happened(order: Order) -> Order:
    """The platform takes a visit for done after the days in which nobody said otherwise."""
    order = lock_order(order)
    move_order(order, Order.State.DONE, verb="order.happen", who=Party.PLATFORM)
    move_need(order.need, Need.State.DONE)
    return order
