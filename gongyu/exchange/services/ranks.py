"""What follows for the others when one of a group (一起办) backs out."""

from __future__ import annotations

from django.utils.translation import gettext as _

from gongyu.accounts.models import User
from gongyu.core import timeline
from gongyu.core.calendar import now
from gongyu.exchange.errors import SessionDoesNotFit
from gongyu.exchange.models import JoinedNeed, JoinedVisit, Need, Order
from gongyu.exchange.models.orders import OrderQuerySet
from gongyu.notices.services import settle

from .steps import ask_for_group, note_step


def check_stands_alone(order: Order) -> None:
    """A unit halves what came alone; those that came together it takes or moves as a whole."""
    if Order.objects.mates_of(order).exists():
        raise SessionDoesNotFit(_("这是几个班一起来的，不能只分一个班。可以给整组换个半天。"))


def too_few(order: Order) -> str:
    """What is left of a group where somebody backed out, if it is below an exclusive minimum.

    The unit decides: it may take them all the same. No query for an order that came alone.
    """
    resource = order.session.resource
    if order.joined_id is None or not resource.is_exclusive:
        return ""
    mates = Order.objects.mates_of(order).values_list("headcount", flat=True)
    heads = order.headcount + sum(mates)
    if heads >= resource.min_group:
        return ""
    return _("一起的有退出的，只剩 %(n)d 人，不到专场的 %(least)d 人，办不办您定") % {
        "n": heads,
        "least": resource.min_group,
    }


def close_ranks(mates: OrderQuerySet) -> None:
    """An order of a group is over; its session is locked. Those who remain hold the first place.

    The first place of an exclusive session is what keeps everybody else out (``Order.Meta``).
    ``mates``: those of the order, as long as it was one of them.
    """
    first = mates.held().order_by("group_place", "pk").first()
    if first is not None and first.group_place != 1:
        first.group_place = 1
        first.save(update_fields=["group_place"])
    say_if_few(mates)


def say_if_few(mates: OrderQuerySet) -> None:
    """Tell the unit once what is left of a group, and ask it again where it has not answered."""
    rest = list(mates.select_related("need__school", "session__resource__unit").order_by("pk"))
    if rest and (few := too_few(rest[0])):
        note_step(rest[0], "order.fewer", few, by=None, settles=False)
    waiting = [order for order in rest if order.state == Order.State.PLACED]
    if waiting:
        ask_for_group(waiting, by=None)


def step_out(need: Need, *, by: User | None) -> None:
    """A locked need leaves its group; where nobody is left to join, what was asked lapses."""
    member = JoinedNeed.objects.agreed().filter(need=need).select_related("joined").first()
    if member is None:
        return
    member.left_at = now()
    member.save(update_fields=["left_at"])
    timeline.record(need, "join.leave", _("退出一起办"), by=by)
    if not member.joined.members.waiting().exists():
        let_asks_lapse(member.joined)


def let_asks_lapse(joined: JoinedVisit) -> None:
    """Nobody is asked any longer to join this group."""
    for asked in joined.members.filter(agreed_at__isnull=True, left_at__isnull=True):
        asked.left_at = now()
        asked.save(update_fields=["left_at"])
        settle(asked)
