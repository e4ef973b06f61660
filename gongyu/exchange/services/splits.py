"""分两批: a unit that cannot take a whole group takes it on two half-days of its own.

It proposes, the school agrees in one tap. The first half keeps order and need; the second gets a
need of the same class and an order of its own, both with a timeline, in the same transaction. What
is declined, refused or left unanswered is one need with its whole headcount, as before.
"""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from gongyu.accounts.models import User
from gongyu.core import timeline
from gongyu.core.calendar import now, say_half_day
from gongyu.core.errors import DomainError
from gongyu.exchange.errors import MoveNotAllowed, NotAllowed, SessionDoesNotFit
from gongyu.exchange.models import GroupSplit, Need, NeedTopic, Order, Party, Session
from gongyu.exchange.policies import speaks_for_unit
from gongyu.exchange.queries.alternatives import share_out

from .moves import lock_order, lock_session, lock_sessions, move_need, move_order
from .orders import arrange, check_class_is_free, check_conditions, seat, take_seats
from .ranks import check_stands_alone
from .steps import note_step


@transaction.atomic
def propose_split(
    order: Order, first: Session, second: Session, *, by: User, words: str = ""
) -> Order:
    """The unit offers two half-days for one group; how many come when follows from the seats."""
    lock_sessions([first.pk, second.pk])
    order = lock_order(order)
    if not speaks_for_unit(by, order):
        raise NotAllowed(_("这一单是别的单位的。"))
    if order.state != Order.State.PLACED:
        raise MoveNotAllowed(
            _("这一单现在是“%(state)s”，不能再分批了。") % {"state": order.get_state_display()}
        )
    check_stands_alone(order)
    halves = sorted(
        (lock_session(pk) for pk in (first.pk, second.pk)), key=lambda s: (s.date, s.half_day)
    )
    if any(s.resource.unit_id != order.session.resource.unit_id for s in halves):
        raise SessionDoesNotFit(_("只能分到自己单位的场次。"))
    if (halves[0].date, halves[0].half_day) == (halves[1].date, halves[1].half_day):
        raise SessionDoesNotFit(_("两批要在两个不同的半天，请另选一个。"))
    heads = share_out(order.headcount, halves[0].seats_free, halves[1].seats_free)
    if heads is None:
        raise SessionDoesNotFit(
            _("这两个半天一共坐得下 %(room)d 人，%(n)d 人还是坐不下。请另选两个。")
            % {"room": sum(s.seats_free for s in halves), "n": order.headcount}
            if order.headcount > 1
            else _("只有 1 个人，不用分批。")
        )
    for half, part in zip(halves, heads, strict=True):
        check_conditions(order.need, half, heads=part)
        _check_free(order, half)
    GroupSplit.objects.create(
        order=order,
        second_session=halves[1],
        whole=order.headcount,
        first_heads=heads[0],
        second_heads=heads[1],
    )
    order.proposed_session = halves[0]
    order.words = words.strip()
    order.answered_at = now()
    move_order(order, Order.State.PROPOSED, verb="order.propose", who=Party.UNIT)
    said = _("提议分两批：%(a)s %(n)d 人，%(b)s %(m)d 人") % {
        "a": say_half_day(halves[0].date, halves[0].half_day),
        "n": heads[0],
        "b": say_half_day(halves[1].date, halves[1].half_day),
        "m": heads[1],
    }
    note_step(order, "order.propose", said, by=by)
    return order


def _check_free(order: Order, half: Session) -> None:
    """The class is nowhere else on that half-day."""
    there = Order(pk=order.pk, need=order.need, school_class_id=order.school_class_id)
    there.date, there.half_day = half.date, half.half_day
    check_class_is_free(there)


def place_second_half(order: Order, split: GroupSplit, *, by: User) -> Order:
    """The second half as a need and an arranged order of its own; everything is locked."""
    if order.headcount + split.second_heads != split.whole:
        raise DomainError(_("两批的人数加起来不对，请单位重新分一次。"))
    need = _second_need(order.need, split.second_heads, by=by)
    session = lock_session(split.second_session_id)
    second = Order(
        need=need,
        headcount=need.headcount,
        km=order.km,
        origin=order.origin,
        state="",
        placed_by=order.placed_by,
        placed_at=now(),
    )
    seat(second, session)
    move_need(need, Need.State.ORDERED)
    take_seats([second], "order.part", Party.SCHOOL)
    said = _("同意分两批，第二批 %(n)d 人：%%(when)s") % {"n": second.headcount}
    arrange(second, "order.part", said, by=by)
    split.second_order = second
    split.agreed_at = now()
    split.save(update_fields=["second_order", "agreed_at"])
    return second


def _second_need(need: Need, heads: int, *, by: User) -> Need:
    topics = list(need.need_topics.values("topic_id", "weight"))
    second = Need.objects.get(pk=need.pk)
    second.pk, second._state.adding = None, True
    second.state = Need.State.POOLED
    second.headcount = heads
    second.save()
    NeedTopic.objects.bulk_create(NeedTopic(need=second, **topic) for topic in topics)
    whole = need.headcount + heads
    timeline.record(second, "need.part", _("从 %(n)d 人里分出的第二批") % {"n": whole}, by=by)
    return Need.objects.select_related("school", "school_class", "filed_by").get(pk=second.pk)
