"""From 点单 to 约定: an order is placed, accepted, moved, declined.

Seats are taken when the unit accepts, not when the school asks: until then a unit may hold more
requests than seats and chooses. The session's row is locked before its seats are counted, and the
database refuses what a lock could miss: more heads than seats, two groups in an exclusive session,
one class in two places.
"""

from collections.abc import Iterable

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from gongyu.accounts.models import User
from gongyu.core.calendar import now, say_half_day, today
from gongyu.core.errors import DomainError
from gongyu.exchange.errors import (
    ClassIsBusy,
    MoveNotAllowed,
    NotAllowed,
    SessionDoesNotFit,
    SessionFull,
    SessionGone,
)
from gongyu.exchange.models import (
    JoinedNeed,
    JoinedVisit,
    Need,
    Order,
    Party,
    Session,
)
from gongyu.exchange.policies import may_receive_orders, speaks_for_school, speaks_for_unit
from gongyu.exchange.queries import road_km_between
from gongyu.places.models import Organization

from .moves import (
    lock_classes,
    lock_session,
    lock_sessions,
    lock_together,
    move_need,
    move_order,
    take_in_hand,
)
from .ranks import too_few
from .steps import note_step


@transaction.atomic
def place_order(
    need: Need,
    session: Session,
    *,
    by: User,
    origin: str = Order.Origin.DIRECT,
    waives_notice: bool = False,
) -> Order:
    """Ask a unit for a session (点单); the unit answers.

    The unit's own conditions must hold (grades, seats, minimum of an exclusive session, how far it
    comes, how many days ahead it is asked); the school's own wishes (half-days, distance) it may
    overrule by choosing. ``waives_notice``: both sides agreed in a conference to meet sooner.
    """
    session = lock_session(session.pk)
    need = Need.objects.select_for_update(of=("self",)).select_related("school").get(pk=need.pk)
    if origin == Order.Origin.DIRECT and not speaks_for_school(by, need):
        raise NotAllowed(_("只有提出的老师和学校管理员能为这条需求点单。"))
    if need.state != Need.State.POOLED:
        raise MoveNotAllowed(
            _("这条需求现在是“%(state)s”，不用再点了。") % {"state": need.get_state_display()}
        )
    if JoinedNeed.objects.bound().filter(need=need).exists():
        raise MoveNotAllowed(
            _("这条需求和别的班说好一起办，不单独点单。想自己办，先在需求页面退出一起办。")
        )
    check_conditions(need, session, notice=not waives_notice)
    check_promises(session, need.headcount)
    return write_order(need, session, by=by, origin=origin)


def write_order(
    need: Need, session: Session, *, by: User, origin: str, joined: JoinedVisit | None = None
) -> Order:
    """The order itself, once everything has been checked; session and need are locked."""
    order = Order(
        need=need,
        headcount=need.headcount,
        km=road_km_between(need.school, session.resource.unit),
        origin=origin,
        joined=joined,
        placed_by=by,
        placed_at=now(),
    )
    seat(order, session)
    check_class_is_free(order)
    order.save()
    move_need(need, Need.State.ORDERED)
    if origin == Order.Origin.RUN:
        take_in_hand(need, by=by)
    unit, when = session.resource.unit, say_half_day(session.date, session.half_day)
    said = (
        _("排队排到了，向%(unit)s点单：%(when)s")
        if origin == Order.Origin.QUEUE
        else _("派给%(unit)s：%(when)s")
        if origin == Order.Origin.RUN
        else _("向%(unit)s点单：%(when)s")
        if joined is None
        else _("一起向%(unit)s点单：%(when)s")
    )
    sentence = said % {"unit": unit, "when": when}
    note_step(order, "order.place", sentence, by=by)
    return order


def seats_promised(session: Session, *, but: Order | None = None) -> int:
    """Seats that stay free for those who stood in line and whose order waits for the unit.

    In an exclusive session one such order promises the whole.
    """
    waiting = Order.objects.filter(
        session=session, origin=Order.Origin.QUEUE, state=Order.State.PLACED
    )
    if but is not None:
        waiting = waiting.exclude(pk=but.pk)
    heads = sum(waiting.values_list("headcount", flat=True))
    return session.seats if heads and session.resource.is_exclusive else heads


def check_promises(session: Session, heads: int) -> None:
    """Nobody overtakes those who stood in line."""
    promised = seats_promised(session)
    if promised and session.seats_free - promised < heads:
        raise SessionFull(max(0, session.seats_free - promised), heads)


def check_conditions(
    need: Need,
    session: Session,
    *,
    notice: bool = False,
    seats: bool = True,
    heads: int | None = None,
) -> None:
    """What the unit asks of everybody; ``notice`` and ``seats``: whether these count as well.

    ``heads``: how many come where it is not the need alone: a part of it, or several together.
    """
    resource = session.resource
    heads = need.headcount if heads is None else heads
    if session.state != Session.State.OPEN or session.date <= today():
        raise SessionGone
    if not may_receive_orders(resource.unit):
        raise SessionDoesNotFit(_("这家单位现在暂停接待，请换一家。"))
    if not resource.first_grade <= need.first_grade <= need.last_grade <= resource.last_grade:
        raise SessionDoesNotFit(
            _("这项资源面向%(grades)s，和您的年级对不上。") % {"grades": resource.grades_label}
        )
    if seats and session.seats_free < heads:
        raise SessionFull(session.seats_free, heads)
    if notice:
        _check_notice(session)
    if resource.is_exclusive and heads < resource.min_group:
        raise SessionDoesNotFit(
            _("这是专场，至少 %(least)d 人才开。可以和别的班一起来。")
            % {"least": resource.min_group}
        )
    km = road_km_between(need.school, resource.unit)
    if resource.form == "host" and km is not None and km > resource.radius_km:
        raise SessionDoesNotFit(
            _("单位最远到 %(radius).0f 公里，学校在 %(km).0f 公里外。")
            % {"radius": resource.radius_km, "km": km}
        )


def check_one_school(session: Session, needs: Iterable[Need]) -> None:
    """A unit that comes to a school comes to one school."""
    if session.resource.form == "host" and len({need.school_id for need in needs}) > 1:
        raise SessionDoesNotFit(_("单位上门一次只到一所学校。几所学校一起，请选走出去或者线上的。"))


def _check_notice(session: Session) -> None:
    """A school asks as many days ahead as the unit needs; a unit itself may propose any day."""
    days = session.resource.lead_days
    if (session.date - today()).days < days:
        raise SessionDoesNotFit(
            _("这家单位要提前 %(days)d 天约，这一场来不及了。请换一个晚一点的半天。")
            % {"days": days}
        )


def seat(order: Order, session: Session) -> None:
    """Point the order at a session, with the copies that the database checks."""
    order.session = session
    order.school_class_id = order.need.school_class_id
    order.date, order.half_day = session.date, session.half_day
    order.is_exclusive = session.resource.is_exclusive


def check_class_is_free(order: Order) -> None:
    if order.school_class_id is None:
        return
    clash = Order.objects.filter(
        school_class_id=order.school_class_id,
        date=order.date,
        half_day=order.half_day,
        state__in=Order.HOLDING,
    ).exclude(pk=order.pk)
    if clash.exists():
        raise ClassIsBusy(order.need.who_label, say_half_day(order.date, order.half_day))


@transaction.atomic
def accept_order(order: Order, *, by: User) -> Order:
    """The unit takes the order (接单): the seats are taken now, or the answer says why not.

    What was placed together is taken together, all or none.
    """
    group = lock_together(order)
    order = next(mate for mate in group if mate.pk == order.pk)
    if not speaks_for_unit(by, order):
        raise NotAllowed(_("这一单是别的单位的。"))
    if order.state != Order.State.PLACED:
        raise MoveNotAllowed(
            _("这一单现在是“%(state)s”，不用再接了。") % {"state": order.get_state_display()}
        )
    take_seats(group, "order.accept", Party.UNIT)
    for mate in group:
        arrange(mate, "order.accept", _("接单：%(when)s"), by=by)
    return order


def take_seats(orders: list[Order], verb: str, who: Party) -> None:
    """Take the seats of the orders' session; the session's row is locked from here on."""
    first, heads = orders[0], sum(order.headcount for order in orders)
    session = lock_session(first.session_id)
    if session.state != Session.State.OPEN or session.date <= today():
        raise SessionGone
    free = _free_for(first, session)
    if first.origin != Order.Origin.QUEUE:
        free -= seats_promised(session, but=first)
    if free < heads:
        raise SessionFull(max(0, free), heads)
    for order in orders:
        check_class_is_free(order)
        order.group_place = free_place(order)
        try:
            with transaction.atomic():
                Session.objects.filter(pk=session.pk).update(
                    seats_taken=F("seats_taken") + order.headcount
                )
                move_order(order, Order.State.ACCEPTED, verb=verb, who=who)
        except IntegrityError as clash:
            raise _meaning_of(clash, order) from clash


def _free_for(order: Order, session: Session) -> int:
    """Seats for an order; where its own group holds an exclusive session, the rest of it."""
    held = Order.objects.filter(session=session, state__in=Order.HOLDING)
    if order.joined_id is None or not held.exists() or held.exclude(joined=order.joined).exists():
        return session.seats_free
    return session.seats - session.seats_taken


def free_place(order: Order) -> int:
    """The first place of an exclusive session that nobody else of the group holds."""
    held = set(Order.objects.mates_of(order).held().values_list("group_place", flat=True))
    return next(place for place in range(1, len(held) + 2) if place not in held)


def _meaning_of(clash: IntegrityError, order: Order) -> DomainError:
    """What a constraint says that spoke last: two transactions met between check and write."""
    if "class" in str(clash):  # the constraint by name, or by its column on SQLite
        return ClassIsBusy(order.need.who_label, say_half_day(order.date, order.half_day))
    return SessionFull(0, order.headcount)


def arrange(order: Order, verb: str, sentence: str, *, by: User) -> None:
    order.answered_at = now()
    order.proposed_session = None
    order.save(update_fields=["answered_at", "proposed_session"])
    move_need(order.need, Need.State.ARRANGED)
    said = sentence % {"when": say_half_day(order.date, order.half_day)}
    note_step(order, verb, said, by=by)


@transaction.atomic
def accept_all(unit: Organization, *, by: User) -> tuple[list[Order], list[tuple[Order, str]]]:
    """Accept every waiting order of a unit that does not clash, oldest first.

    Returns the accepted ones, and the others each with the sentence that says what is in the way.
    """
    accepted: list[Order] = []
    left: list[tuple[Order, str]] = []
    waiting = Order.objects.filter(
        session__resource__unit=unit, state=Order.State.PLACED
    ).with_parties()
    lock_sessions(waiting.values_list("session_id", flat=True))
    lock_classes(waiting.values_list("school_class_id", flat=True))
    for order in waiting.order_by("placed_at", "pk"):
        if order.joined_id is not None:
            if any(order.pk == other.pk for other in accepted):
                continue  # came with an earlier one
            if few := too_few(order):
                left.append((order, few))
                continue
        try:
            with transaction.atomic():
                first = accept_order(order, by=by)
                accepted += [first, *Order.objects.mates_of(first).held().with_parties()]
        except (SessionFull, SessionGone, ClassIsBusy, MoveNotAllowed) as refusal:
            left.append((order, refusal.sentence))
    return accepted, left


@transaction.atomic
def decline_order(order: Order, *, by: User, reason: str, words: str = "") -> Order:
    """The unit cannot take it (婉拒), with a reason; the need goes back to the pool, unharmed."""
    group = lock_together(order)
    order = next(mate for mate in group if mate.pk == order.pk)
    if not speaks_for_unit(by, order):
        raise NotAllowed(_("这一单是别的单位的。"))
    if reason not in dict(Order.DeclineReason.offered()):
        raise DomainError(_("请选一个原因，学校好知道怎么调整。"))
    said = Order.DeclineReason(reason).label
    for mate in group:  # what was placed together is declined together
        mate.decline_reason = reason
        mate.words = words.strip()
        mate.answered_at = now()
        mate.proposed_session = None
        move_order(mate, Order.State.DECLINED, verb="order.decline", who=Party.UNIT, reason=reason)
        move_need(mate.need, Need.State.POOLED)
        note_step(mate, "order.decline", _("婉拒：%(why)s，回到需求池") % {"why": said}, by=by)
    return order
