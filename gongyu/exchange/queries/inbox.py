"""What a unit is asked, and which of it can be taken together."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
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
    """An order that waits for an answer; ``clash`` says what is in its way, empty if nothing."""

    order: Order
    clash: str
    room: Room | None


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
    for order in orders:
        from_line = order.origin == Order.Origin.QUEUE
        kept = 0 if from_line else promised_to_line[order.session_id]
        entry = _look(order, inside[order.session_id], busy, kept)
        if not entry.clash:
            if from_line:
                promised_to_line[order.session_id] -= order.headcount
            inside[order.session_id].append((str(order.need.school), order.headcount))
            if order.school_class_id:
                busy.add((order.school_class_id, order.date, order.half_day))
        waiting.append(entry)
    return Inbox(waiting)


def _look(
    order: Order, inside: list[tuple[str, int]], busy: set[tuple[int, date, int]], kept: int
) -> Waiting:
    """``kept``: heads for whom seats stay free, as they stood in line."""
    session, resource = order.session, order.session.resource
    if session.state != Session.State.OPEN or session.date <= today():
        return Waiting(order, _("这一场过期了，请另提一个半天或婉拒"), None)
    names = tuple(dict.fromkeys(name for name, _heads in inside))
    taken = sum(heads for _name, heads in inside)
    room = Room(session.seats, taken, order.headcount, names)
    if resource.is_exclusive and taken:
        return Waiting(order, _("这是专场，%(who)s已经排在前面") % {"who": _who(names)}, room)
    if kept and not room.over and (resource.is_exclusive or order.headcount > room.free - kept):
        return Waiting(
            order, _("名额先留给排队的 %(n)d 人，他们的单子也在等您") % {"n": kept}, room
        )
    if room.over:
        if not names:
            return Waiting(order, _("这一场只有 %(n)d 个名额") % {"n": session.seats}, room)
        said = {"who": _who(names), "over": room.over}
        return Waiting(order, _("和%(who)s同一个半天，超 %(over)d 人") % said, room)
    if order.school_class_id and (order.school_class_id, order.date, order.half_day) in busy:
        return Waiting(order, _("这个班那半天已经约了别处"), room)
    return Waiting(order, "", room if names else None)


def _who(names: tuple[str, ...]) -> str:
    if len(names) == 1:
        return names[0]
    return _("%(first)s等 %(n)d 所学校") % {"first": names[0], "n": len(names)}
