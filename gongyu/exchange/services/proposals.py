"""改期: a unit proposes another half-day of its own, the school agrees or cannot come.

What was placed together (一起办) is asked together; each school answers for itself.
"""

from django.db import transaction
from django.utils.translation import gettext as _

from gongyu.accounts.models import User
from gongyu.core.calendar import now, say_half_day
from gongyu.exchange.errors import MoveNotAllowed, NotAllowed, SessionDoesNotFit
from gongyu.exchange.models import GroupSplit, Need, Order, Party, Session
from gongyu.exchange.policies import speaks_for_school, speaks_for_unit

from .moves import (
    lock_classes,
    lock_order,
    lock_session,
    lock_sessions,
    lock_together,
    move_need,
    move_order,
)
from .orders import arrange, check_conditions, check_one_school, seat, take_seats
from .ranks import say_if_few, step_out
from .splits import place_second_half
from .steps import note_step


@transaction.atomic
def propose_session(order: Order, session: Session, *, by: User, words: str = "") -> Order:
    """The unit proposes another half-day of its own; the school answers.

    What was placed together is asked together, in one step; each school answers for itself.
    """
    group = lock_together(order, also=session.pk)
    session = lock_session(session.pk)
    order = next(mate for mate in group if mate.pk == order.pk)
    if not speaks_for_unit(by, order):
        raise NotAllowed(_("这一单是别的单位的。"))
    if session.resource.unit_id != order.session.resource.unit_id:
        raise SessionDoesNotFit(_("只能改到自己单位的场次。"))
    if session.pk == order.session_id:
        raise SessionDoesNotFit(_("这就是原来的半天，请另选一个。"))
    check_one_school(session, (mate.need for mate in group))
    heads = sum(mate.headcount for mate in group)
    said = _("提议改到 %(when)s") if len(group) == 1 else _("提议一起改到 %(when)s")
    for mate in group:
        check_conditions(mate.need, session, heads=heads)
        mate.proposed_session = session
        mate.words = words.strip()
        mate.answered_at = now()
        move_order(mate, Order.State.PROPOSED, verb="order.propose", who=Party.UNIT)
        sentence = said % {"when": say_half_day(session.date, session.half_day)}
        note_step(mate, "order.propose", sentence, by=by)
    return order


@transaction.atomic
def agree_to_proposal(order: Order, *, by: User) -> Order:
    """The school agrees to the proposed half-day: it is arranged."""
    proposed_id, class_id, second_id = Order.objects.values_list(
        "proposed_session_id", "school_class_id", "split__second_session_id"
    ).get(pk=order.pk)
    lock_sessions(pk for pk in (order.session_id, proposed_id, second_id) if pk is not None)
    lock_classes([class_id])
    order = lock_order(order)
    if not speaks_for_school(by, order.need):
        raise NotAllowed(_("只有提出的老师和学校管理员能回复。"))
    if order.state != Order.State.PROPOSED or order.proposed_session_id is None:
        raise MoveNotAllowed(
            _("这一单现在是“%(state)s”，没有要回复的提议。") % {"state": order.get_state_display()}
        )
    split = None if second_id is None else GroupSplit.objects.get(order=order)
    if split is not None:
        order.headcount = order.need.headcount = split.first_heads
        order.need.save(update_fields=["headcount"])
    seat(order, lock_session(order.proposed_session_id))
    order.save()
    take_seats([order], "order.agree", Party.SCHOOL)
    if split is None:
        arrange(order, "order.agree", _("同意改到 %(when)s"), by=by)
    else:
        said = _("同意分两批，第一批 %(n)d 人：%%(when)s") % {"n": order.headcount}
        arrange(order, "order.agree", said, by=by)
        place_second_half(order, split, by=by)
    return order


@transaction.atomic
def refuse_proposal(order: Order, *, by: User) -> Order:
    """The school cannot come then: the need goes back to the pool."""
    order = lock_order(order)
    if not speaks_for_school(by, order.need):
        raise NotAllowed(_("只有提出的老师和学校管理员能回复。"))
    if order.state != Order.State.PROPOSED:
        raise MoveNotAllowed(
            _("这一单现在是“%(state)s”，没有要回复的提议。") % {"state": order.get_state_display()}
        )
    mates = Order.objects.mates_of(order)
    order.proposed_session = None
    move_order(order, Order.State.CANCELLED, verb="order.refuse", who=Party.SCHOOL)
    move_need(order.need, Need.State.POOLED)
    step_out(order.need, by=by)
    note_step(order, "order.refuse", _("改的时间来不了，回到需求池"), by=by)
    say_if_few(mates)
    return order
