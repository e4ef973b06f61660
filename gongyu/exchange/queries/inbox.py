"""What a unit is asked, and which of it can be taken together."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date

from django.utils.translation import gettext as _

from gongyu.core.calendar import today
from gongyu.exchange.models import Order, Session
from gongyu.places.models import Organization


@dataclass(frozen=True, slots=True)
class Room:
    """Seats of a session as one order meets them: taken before it, still free, too many."""

    seats: int
    taken: int
    wanted: int
    others: tuple[str, ...]

    @property
    def free(self) -> int:
        return max(0, self.seats - self.taken)

    @property
    def over(self) -> int:
        return max(0, self.wanted - self.free)

    @property
    def whole(self) -> int:
        """What the bar measures: everybody who wants in, or the seats if they are more."""
        return max(self.seats, self.taken + self.wanted)


@dataclass(frozen=True, slots=True)
class Waiting:
    """An order that waits for an answer; ``clash`` says what is in its way, empty if nothing.

    ``decides``: nothing clashes, but a group fell below the minimum; the unit may take it.
    ``mates``: the orders that came with it (一起办); they are taken and declined together.
    """

    order: Order
    clash: str
    room: Room | None
    decides: bool = False
    mates: tuple[Order, ...] = ()

    @property
    def heads(self) -> int:
        return self.order.headcount + sum(mate.headcount for mate in self.mates)


@dataclass(frozen=True, slots=True)
class Inbox:
    """All waiting orders of a unit, oldest first: those that fit together, and the others."""

    waiting: list[Waiting]

    @property
    def fitting(self) -> list[Waiting]:
        return [w for w in self.waiting if not w.clash]

    @property
    def clashing(self) -> list[Waiting]:
        return [w for w in self.waiting if w.clash]

    @property
    def pupils(self) -> int:
        return sum(w.order.headcount for w in self.fitting)

    def entry(self, order: Order) -> Waiting | None:
        return next((w for w in self.waiting if w.order.pk == order.pk), None)


def inbox_of(unit: Organization) -> Inbox:
    """What ``accept_all`` would find: the same rules in the same order; 3 queries."""
    orders = list(
        Order.objects.filter(session__resource__unit=unit, state=Order.State.PLACED)
        .with_parties()
        .order_by("placed_at", "pk")
    )
    inside: dict[int, list[tuple[str, int]]] = defaultdict(list)
    held = Order.objects.filter(
        session__in={o.session_id for o in orders}, state__in=Order.HOLDING
    ).select_related("need__school")
    for order in held:
        inside[order.session_id].append((str(order.need.school), order.headcount))
    promised = Order.objects.filter(
        school_class__in={o.school_class_id for o in orders if o.school_class_id},
        date__in={o.date for o in orders},
        state__in=Order.HOLDING,
    ).values_list("school_class_id", "date", "half_day")
    busy = {(pk, day, half) for pk, day, half in promised if pk}
    waiting = []
    promised_to_line: dict[int, int] = defaultdict(int)
    for order in orders:
        if order.origin == Order.Origin.QUEUE:
            promised_to_line[order.session_id] += order.headcount
    looked: dict[int, Waiting] = {}
    for order in orders:
        group = [order]
        if order.joined_id is not None:
            group = [o for o in orders if (o.joined_id, o.session_id) == _group_of(order)]
        mates = tuple(mate for mate in group if mate.pk != order.pk)
        if first := next((looked[mate.pk] for mate in mates if mate.pk in looked), None):
            waiting.append(replace(first, order=order, mates=mates))
            continue
        from_line = order.origin == Order.Origin.QUEUE
        kept = 0 if from_line else promised_to_line[order.session_id]
        entry = replace(_look(group, inside[order.session_id], busy, kept), order=order)
        entry = replace(entry, mates=mates)
        looked[order.pk] = entry
        if not entry.clash:
            if from_line:
                promised_to_line[order.session_id] -= order.headcount
            for mate in group:
                inside[mate.session_id].append((str(mate.need.school), mate.headcount))
                if mate.school_class_id:
                    busy.add((mate.school_class_id, mate.date, mate.half_day))
        waiting.append(entry)
    return Inbox(waiting)


def _group_of(order: Order) -> tuple[int | None, int]:
    return order.joined_id, order.session_id


def _look(
    group: list[Order], inside: list[tuple[str, int]], busy: set[tuple[int, date, int]], kept: int
) -> Waiting:
    """``group``: one order, or those that came together. ``kept``: heads for whom seats stay free,
    as they stood in line.
    """
    order, heads = group[0], sum(mate.headcount for mate in group)
    session, resource = order.session, order.session.resource
    if session.state != Session.State.OPEN or session.date <= today():
        return Waiting(order, _("这一场过期了，请另提一个半天或婉拒"), None)
    names = tuple(dict.fromkeys(name for name, _heads in inside))
    taken = sum(heads for _name, heads in inside)
    room = Room(session.seats, taken, heads, names)
    if resource.is_exclusive and taken:
        return Waiting(order, _("这是专场，%(who)s已经排在前面") % {"who": _who(names)}, room)
    if kept and not room.over and (resource.is_exclusive or heads > room.free - kept):
        return Waiting(
            order, _("名额先留给排队的 %(n)d 人，他们的单子也在等您") % {"n": kept}, room
        )
    if room.over:
        if not names:
            return Waiting(order, _("这一场只有 %(n)d 个名额") % {"n": session.seats}, room)
        said = {"who": _who(names), "over": room.over}
        return Waiting(order, _("和%(who)s同一个半天，超 %(over)d 人") % said, room)
    if any((mate.school_class_id, mate.date, mate.half_day) in busy for mate in group):
        return Waiting(order, _("这个班那半天已经约了别处"), room)
    if order.joined_id and resource.is_exclusive and heads < resource.min_group:
        said = {"n": heads, "least": resource.min_group}
        few = _("一起的有退出的，只剩 %(n)d 人，不到专场的 %(least)d 人，办不办您定") % said
        return Waiting(order, few, room, decides=True)
    return Waiting(order, "", room if names else None)


def _who(names: tuple[str, ...]) -> str:
    if len(names) == 1:
        return names[0]
    return _("%(first)s等 %(n)d 所学校") % {"first": names[0], "n": len(names)}
