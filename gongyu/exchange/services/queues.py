"""排队等位: who stands first in line for a full session is ordered for when seats become free.

The order is an ordinary one, placed in the school's name; the unit has ``QUEUE_HOURS`` to answer,
and as many seats stay free for it meanwhile (``orders.seats_promised``). If the unit does not take
it, the next in line gets its turn. Seats that become free are offered right after the commit, in a
transaction of its own, because the rows are locked from the session on; should the process die in
between, the worker offers them within the hour.
"""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from gongyu.accounts.models import User
from gongyu.core import timeline
from gongyu.core.calendar import now, say_half_day, today
from gongyu.core.errors import DomainError
from gongyu.exchange.errors import MoveNotAllowed, NotAllowed
from gongyu.exchange.models import Need, Order, QueueEntry, Session
from gongyu.exchange.policies import speaks_for_school

from .moves import lock_needs, lock_session
from .orders import check_conditions, place_order, seats_promised
from .steps import tell_school


@transaction.atomic
def join_queue(need: Need, session: Session, *, by: User) -> QueueEntry:
    """Stand in line for a session that is full, first come first served.

    Everything but the seats must fit; the need stays in the pool and may find another place first.
    """
    session = lock_session(session.pk)
    need = Need.objects.select_for_update(of=("self",)).select_related("school").get(pk=need.pk)
    if not speaks_for_school(by, need):
        raise NotAllowed(_("只有提出的老师和学校管理员能为这条需求排队。"))
    if need.state != Need.State.POOLED:
        raise MoveNotAllowed(
            _("这条需求现在是“%(state)s”，不用再排队了。") % {"state": need.get_state_display()}
        )
    check_conditions(need, session, notice=True, seats=False)
    if need.headcount > session.seats:
        raise DomainError(
            _("这一场一共 %(seats)d 个名额，%(heads)d 人排到了也坐不下。请换一场，或者分两批来。")
            % {"seats": session.seats, "heads": need.headcount}
        )
    if session.seats_free - seats_promised(session) >= need.headcount:
        raise DomainError(_("这一场现在有位子，直接点单就行，不用排队。"))
    entry, is_new = QueueEntry.objects.waiting().get_or_create(
        need=need, session=session, defaults={"by": by, "at": now()}
    )
    if is_new:
        said = _("排队等位：%(unit)s，%(when)s") % _about(session)
        timeline.record(need, "queue.join", said, by=by)
    return entry


@transaction.atomic
def leave_queue(entry: QueueEntry, *, by: User) -> QueueEntry:
    """Leave the line; those behind move up."""
    entry = _locked(entry)
    if not speaks_for_school(by, entry.need):
        raise NotAllowed(_("只有提出的老师和学校管理员能退出排队。"))
    if entry.order_id is not None:
        raise MoveNotAllowed(_("已经排到了，单子送到单位了。不要的话，取消那一单就行。"))
    if entry.left_at is None:
        _let_go(entry)
        said = _("不排了：%(unit)s，%(when)s") % _about(entry.session)
        timeline.record(entry.need, "queue.leave", said, by=by)
    return entry


def _locked(entry: QueueEntry) -> QueueEntry:
    lock_session(entry.session_id)
    return (
        QueueEntry.objects.select_for_update(of=("self",))
        .select_related("need__school", "session__resource__unit")
        .get(pk=entry.pk)
    )


def _about(session: Session) -> dict[str, object]:
    return {
        "unit": session.resource.unit,
        "when": say_half_day(session.date, session.half_day),
    }


def _let_go(entry: QueueEntry) -> None:
    entry.left_at = now()
    entry.save(update_fields=["left_at"])


def offer_all_places() -> int:
    """Every line whose session may have room; returns how many orders came of it."""
    lines = QueueEntry.objects.waiting().order_by("session").values_list("session", flat=True)
    return sum(len(offer_places(session_id)) for session_id in lines.distinct())


@transaction.atomic
def offer_places(session_id: int) -> list[Order]:
    """Order for those in line, first come first, as long as somebody still fits.

    The needs of the whole line are locked by their ids before the first is looked at: two lines
    with the same needs in opposite order would else wait for each other, and who comes later could
    pass while somebody else is being looked at.
    """
    line = QueueEntry.objects.waiting().filter(session=session_id)
    if not line.exists():
        return []
    session = lock_session(session_id)
    lock_needs(line.values_list("need_id", flat=True))
    placed: list[Order] = []
    for entry in line.select_related("need", "by"):
        if session.state != Session.State.OPEN or session.date <= today():
            _end(entry, session)
        elif entry.need.state == Need.State.POOLED and (order := _try(entry, session)):
            placed.append(order)
    return placed


def _try(entry: QueueEntry, session: Session) -> Order | None:
    """The order for an entry, or None while it does not fit; it keeps its place then."""
    try:
        with transaction.atomic():
            order = place_order(entry.need, session, by=entry.by, origin=Order.Origin.QUEUE)
            entry.order = order
            entry.save(update_fields=["order"])
    except DomainError:
        return None
    tell_school(
        order,
        "queue.turn",
        _("排到了：%(unit)s，%(when)s。单子已经送到单位，不想要了可以取消") % _about(session),
    )
    return order


def _end(entry: QueueEntry, session: Session) -> None:
    """The session is gone: nobody waits for it any longer."""
    _let_go(entry)
    said = _("没排到：%(unit)s，%(when)s这一场没有了") % _about(session)
    timeline.record(entry.need, "queue.end", said, by=None)
