"""The one place where needs and orders change their state.

Rows are locked in one order everywhere: sessions, then orders, then needs, each by their ids. So
two people may wait for one another's turn, but never for each other.
"""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from gongyu.exchange.errors import MoveNotAllowed
from gongyu.exchange.models import Need, Order, Session


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
    """The order as it is now with its session, order and need locked until the transaction ends."""
    (session_id,) = Order.objects.values_list("session_id").get(pk=order.pk)
    lock_sessions([session_id])
    locked = lock_order(order)
    if locked.session_id != session_id:
        raise MoveNotAllowed(_("这一单刚刚改了时间。看看最新的情况再定。"))
    return locked


def lock_order(order: Order) -> Order:
    """The order as it is now, locked until the transaction ends, with its need locked too."""
    locked = Order.objects.select_for_update().get(pk=order.pk)
    locked.need = Need.objects.select_for_update().select_related("school").get(pk=locked.need_id)
    locked.session = _with_resource(locked.session_id)
    return locked


def lock_session(session_id: int) -> Session:
    """The session as it is now, locked until the transaction ends."""
    Session.objects.select_for_update().get(pk=session_id)
    return _with_resource(session_id)


def _with_resource(session_id: int) -> Session:
    return Session.objects.select_related("resource__unit").get(pk=session_id)


def move_need(need: Need, to: Need.State) -> None:
    """Move a locked need, or refuse with a sentence if the page was stale."""
    if need.state != to:
        if to not in Need.MOVES[need.state]:
            raise MoveNotAllowed(
                _("这条需求现在是“%(state)s”，这一步做不了了。看看最新的情况再定。")
                % {"state": need.get_state_display()}
            )
        need.state = to
        need.save(update_fields=["state"])


def move_order(order: Order, to: Order.State) -> None:
    """Move a locked order, or refuse with a sentence if somebody was faster."""
    if to not in Order.MOVES[order.state]:
        raise MoveNotAllowed(
            _("这一单现在是“%(state)s”，这一步做不了了。看看最新的情况再定。")
            % {"state": order.get_state_display()}
        )
    order.state = to
    order.save()
