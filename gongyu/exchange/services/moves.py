"""The one place where needs and orders change their state.

Rows are locked in one order everywhere: sessions, then the classes that are promised, then orders,
then needs, each by their ids. So two people may wait for one another's turn, but never for each
other.
"""

from collections.abc import Iterable
from functools import partial

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from gongyu.accounts.models import User
from gongyu.core.calendar import now
from gongyu.core.errors import DomainError
from gongyu.exchange.errors import MoveNotAllowed
from gongyu.exchange.models import Need, Objection, Order, Party, QueueEntry, Session
from gongyu.exchange.models.moves import CONFERRED, NEED_MOVES, move_of
from gongyu.families.models import SchoolClass


def lock_sessions(session_ids: Iterable[int]) -> None:
    """Lock many sessions until the transaction ends, before any of their orders."""
    wanted = Session.objects.filter(pk__in=set(session_ids)).order_by("pk")
    list(wanted.select_for_update().values_list("pk"))


def lock_needs(need_ids: Iterable[int]) -> None:
    """Lock many needs until the transaction ends, after their sessions and orders."""
    list(Need.objects.filter(pk__in=set(need_ids)).order_by("pk").select_for_update().values("pk"))


def lock_pooled_needs(need_ids: Iterable[int]) -> set[int]:
    """Lock those that are still in the pool, after their sessions; returns which they are.

    Only what waits is locked: the needs of orders under way are locked with their orders.
    """
    wanted = Need.objects.waiting().filter(pk__in=set(need_ids)).order_by("pk")
    return set(wanted.select_for_update().values_list("pk", flat=True))


def lock_order_and_session(order: Order) -> Order:
    """The order as it is now with its session, class, order and need locked until the end."""
    session_id, class_id = Order.objects.values_list("session_id", "school_class_id").get(
        pk=order.pk
    )
    lock_sessions([session_id])
    lock_classes([class_id])
    locked = lock_order(order)
    if locked.session_id != session_id:
        raise MoveNotAllowed(_("这一单刚刚改了时间。看看最新的情况再定。"))
    return locked


def lock_order(order: Order) -> Order:
    """The order as it is now, locked until the transaction ends, with its need locked too."""
    locked = Order.objects.select_for_update().get(pk=order.pk)
    locked.need = (
        Need.objects.select_for_update(of=("self",)).select_related("school").get(pk=locked.need_id)
    )
    locked.session = _with_resource(locked.session_id)
    return locked


def lock_together(order: Order, *, also: int | None = None) -> list[Order]:
    """The order as it is now and those that wait with it (一起办), all locked; ordered by id.

    They wait for the unit, or all for their schools' answer to one proposal. What stands elsewhere
    is left out, except the order itself. ``also``: a session that is locked with the order's own.
    """
    session_id, joined_id = Order.objects.values_list("session_id", "joined_id").get(pk=order.pk)
    lock_sessions([session_id] if also is None else [session_id, also])
    group, alike = Q(pk=order.pk), (Order.State.PLACED, Order.State.PROPOSED)
    if joined_id is not None:
        group |= Q(joined=joined_id, session=session_id, state__in=alike)
    found = list(Order.objects.filter(group).order_by("pk"))
    lock_classes(mate.school_class_id for mate in found)
    locked = [lock_order(mate) for mate in found]
    itself = next(mate for mate in locked if mate.pk == order.pk)
    if itself.session_id != session_id:
        raise MoveNotAllowed(_("这一单刚刚改了时间。看看最新的情况再定。"))
    if itself.state not in alike:
        return [itself]
    stand = (itself.state, itself.proposed_session_id)
    return [mate for mate in locked if (mate.state, mate.proposed_session_id) == stand]


def lock_session(session_id: int) -> Session:
    """The session as it is now, locked until the transaction ends."""
    Session.objects.select_for_update().get(pk=session_id)
    return _with_resource(session_id)


def _with_resource(session_id: int) -> Session:
    return Session.objects.select_related("resource__unit").get(pk=session_id)


def lock_classes(class_ids: Iterable[int | None]) -> None:
    """Lock the classes that are about to be promised somewhere, after the sessions.

    Two units that take orders of the same classes in opposite order would else wait for each other
    at the constraint that a class is in one place. New orders of the classes are not held up.
    """
    wanted = SchoolClass.objects.filter(pk__in={pk for pk in class_ids if pk}).order_by("pk")
    list(wanted.select_for_update(no_key=True).values_list("pk"))


def move_need(need: Need, to: Need.State) -> None:
    """Move a locked need, or refuse with a sentence if the page was stale."""
    if need.state != to:
        if to not in NEED_MOVES[need.state]:
            raise MoveNotAllowed(
                _("这条需求现在是“%(state)s”，这一步做不了了。看看最新的情况再定。")
                % {"state": need.get_state_display()}
            )
        need.state = to
        need.save(update_fields=["state"])
        if to not in (Need.State.POOLED, Need.State.ORDERED):
            QueueEntry.objects.waiting().filter(need=need).update(left_at=now())


def move_order(
    order: Order, to: Order.State, *, verb: str, who: Party, reason: str = "", late: bool = False
) -> None:
    """Move a locked order along the table (``models.moves``), or refuse with a sentence.

    Refused when somebody was faster, when this party may not, or when a code is missing; the clock
    of the new state starts now.
    """
    move = move_of(verb, order.state, to)
    if move is None or who not in move.who:
        raise MoveNotAllowed(
            _("这一单现在是“%(state)s”，这一步做不了了。看看最新的情况再定。")
            % {"state": order.get_state_display()}
        )
    is_asked = move.reasons is not None and (late or not move.only_late or bool(reason))
    if is_asked and move.reasons is not None and reason not in move.reasons.values:
        raise DomainError(_("请选一个原因，对方好知道怎么调整。"))
    if order.state == Order.State.DISPUTED and verb not in CONFERRED:
        lapsed = Objection.Outcome.LAPSED
        order.objections.filter(outcome="").update(outcome=lapsed, settled_at=now())
    order.state = to
    order.since = now()
    order.reminded_at = None
    if to in (Order.State.CANCELLED, Order.State.DECLINED, Order.State.MISSED):
        order.ended_by = who
    order.save()
    if to not in Order.HOLDING:
        offer_after_commit(order.session_id)


def offer_after_commit(session_id: int) -> None:
    """Offer the seats that this transaction may make free to those in line, once it stands."""
    transaction.on_commit(partial(_offer, session_id), robust=True)


def _offer(session_id: int) -> None:
    from .queues import offer_places  # which moves orders through this module

    offer_places(session_id)


def take_in_hand(need: Need, *, by: User) -> None:
    """首接负责: who of the district takes a locked need in hand first, answers for it."""
    if need.first_handler_id is None:
        need.first_handler = by
        need.save(update_fields=["first_handler"])
