"""What follows for the others when one of a group (一起办) backs out."""

from __future__ import annotations

from django.utils.translation import gettext as _

from gongyu.accounts.models import User
from gongyu.core import timeline
from gongyu.core.calendar import now
from gongyu.exchange.errors import SessionDoesNotFit
from gongyu.exchange.models import JoinedNeed, JoinedVisit, Need, Order
from gongyu.notices.services import settle

from .steps import note_step


def check_stands_alone(order: Order) -> None:
    """A unit moves or halves what came alone; of those that came together it takes all or none."""
    if Order.objects.mates_of(order).exists():
        raise SessionDoesNotFit(
            _("这是几个班一起来的，不能只动一个班。可以整组接或者整组婉拒，婉拒时写上哪天行。")
        )


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


def close_ranks(order: Order) -> None:
    """An order of a group is over; its session is locked. Those who remain hold the first place.

    The first place of an exclusive session is what keeps everybody else out (``Order.Meta``).
    """
    mates = Order.objects.mates_of(order)
    first = mates.held().order_by("group_place", "pk").first()
    if first is not None and first.group_place != 1:
        first.group_place = 1
        first.save(update_fields=["group_place"])
    left = mates.select_related("need__school", "session__resource__unit").order_by("pk").first()
    if left is not None and (few := too_few(left)):
        note_step(left, "order.fewer", few, by=None, settles=False)


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
