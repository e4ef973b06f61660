"""What follows every step of an order: both timelines get an entry, the other side is told.

A step settles what was asked before it: an order that one colleague has answered no longer waits in
the inbox of another.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongyu.accounts.models import Membership, Role, User
from gongyu.accounts.queries import SPEAKING, people_of_town, people_with
from gongyu.core import timeline
from gongyu.core.calendar import say_half_day
from gongyu.exchange.models import Order, Rating
from gongyu.exchange.policies import speaks_for_unit
from gongyu.notices.services import settle, tell

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

UNIT, SCHOOL, OTHER_SIDE, BOTH, DISTRICT = "unit", "school", "other side", "both", "district"
NOBODY, OTHER_AND_DISTRICT = "nobody", "other side and district"


@dataclass(frozen=True, slots=True)
class _Telling:
    """Who is told, in which words, and whether they are to answer."""

    whom: str
    words: StrPromise
    asks: bool = False


_TELLINGS = {
    "order.place": _Telling(
        UNIT,
        gettext_lazy("%(school)s点了“%(what)s”，%(when)s，%(who)s %(heads)d 人，等您回话"),
        asks=True,
    ),
    "order.accept": _Telling(SCHOOL, gettext_lazy("%(unit)s接单了：%(when)s，“%(what)s”")),
    "order.propose": _Telling(
        SCHOOL, gettext_lazy("%(unit)s%(step)s，“%(what)s”，等您回话"), asks=True
    ),
    "order.agree": _Telling(UNIT, gettext_lazy("%(school)s%(step)s，定下了")),
    "order.part": _Telling(UNIT, gettext_lazy("%(school)s%(step)s")),
    "order.fewer": _Telling(UNIT, gettext_lazy("%(school)s，%(when)s，“%(what)s”：%(step)s")),
    "order.refuse": _Telling(UNIT, gettext_lazy("%(school)s：%(step)s，“%(what)s”")),
    "order.decline": _Telling(SCHOOL, gettext_lazy("%(unit)s%(step)s，“%(what)s”")),
    "order.cancel": _Telling(OTHER_SIDE, gettext_lazy("%(actor)s%(step)s，%(when)s，“%(what)s”")),
    "order.return": _Telling(BOTH, gettext_lazy("%(step)s，%(when)s，“%(what)s”")),
    "order.revoke": _Telling(BOTH, gettext_lazy("%(step)s，%(when)s，“%(what)s”")),
    "order.heads": _Telling(UNIT, gettext_lazy("%(school)s%(step)s，%(when)s，“%(what)s”")),
    "order.absent": _Telling(OTHER_SIDE, gettext_lazy("%(step)s，%(when)s，“%(what)s”")),
    "order.came": _Telling(OTHER_SIDE, gettext_lazy("%(actor)s%(step)s，%(when)s，“%(what)s”")),
    "order.object": _Telling(
        OTHER_AND_DISTRICT, gettext_lazy("%(step)s。%(school)s，%(when)s，“%(what)s”")
    ),
    "order.keep": _Telling(
        BOTH, gettext_lazy("%(step)s。%(when)s，“%(what)s”，等单位回话"), asks=True
    ),
    "order.rearrange": _Telling(BOTH, gettext_lazy("%(step)s。原来是 %(when)s，“%(what)s”")),
    "order.release": _Telling(BOTH, gettext_lazy("%(step)s。%(when)s，“%(what)s”")),
    "order.close": _Telling(BOTH, gettext_lazy("%(step)s。%(when)s，“%(what)s”")),
    "order.revisit": _Telling(
        DISTRICT, gettext_lazy("%(step)s。%(school)s，%(unit)s，%(when)s，“%(what)s”"), asks=True
    ),
    "order.revisited": _Telling(NOBODY, gettext_lazy("%(step)s")),
    "order.happen": _Telling(NOBODY, gettext_lazy("%(step)s")),
    "order.archive": _Telling(NOBODY, gettext_lazy("%(step)s")),
    "order.arrive": _Telling(OTHER_SIDE, gettext_lazy("%(step)s，%(when)s，“%(what)s”")),
    "order.recount": _Telling(
        OTHER_SIDE, gettext_lazy("%(actor)s把%(step)s，%(when)s，“%(what)s”")
    ),
    "visit.words": _Telling(OTHER_SIDE, gettext_lazy("%(actor)s%(step)s，%(when)s，“%(what)s”")),
    "order.amend": _Telling(NOBODY, gettext_lazy("%(step)s")),
    "order.rate": _Telling(OTHER_SIDE, gettext_lazy("%(step)s，%(when)s，“%(what)s”")),
}


def note_step(
    order: Order,
    verb: str,
    sentence: str,
    *,
    by: User | None,
    settles: bool = True,
    tells_unit: bool = True,
) -> None:
    """Write a step on the timelines of order and need, and tell whom it concerns.

    ``order`` comes with its need, session, resource, unit and school loaded. ``by`` is None where
    the platform itself acted. ``settles``: whether what was asked before has been answered by it.
    ``tells_unit`` is False where it hears of it with others (``note_group_step``).
    """
    timeline.record(order, verb, sentence, by=by)
    timeline.record(order.need, verb, sentence, by=by)
    if settles:
        settle(order)
    telling = _TELLINGS[verb]
    unit, school = order.session.resource.unit, order.need.school
    by_unit = by is not None and speaks_for_unit(by, order)
    facts = {
        "step": sentence,
        "what": order.session.resource.title,
        "when": say_half_day(order.date, order.half_day),
        "who": order.need.who_label,
        "heads": order.headcount,
        "unit": unit,
        "school": school,
        "actor": unit if by_unit else school,
    }
    told = str(telling.words) % facts
    if verb == "order.place" and order.joined_id is not None:
        return  # the unit is asked once for all of them (``ask_for_group``)
    groups = _whom(order, telling, by_unit=by_unit, tells_unit=tells_unit)
    for people, asks in groups:
        tell(people, order, verb, told, url=order.get_absolute_url(), asks=asks, but=by)


def note_group_step(orders: Sequence[Order], verb: str, sentence: str, *, by: User | None) -> None:
    """A step of all that came together: each school hears of its own, the unit once of them all."""
    first, alone = orders[0], len(orders) == 1
    for order in orders:
        note_step(order, verb, sentence, by=by, tells_unit=alone)
    if alone:
        return
    said = _("%(step)s：%(who)s等 %(n)d 个班一起的，%(when)s，“%(what)s”") % {
        "step": sentence,
        "who": f"{first.need.school}{first.need.who_label}",
        "n": len(orders),
        "when": say_half_day(first.date, first.half_day),
        "what": first.session.resource.title,
    }
    tell(_unit_people(first), first, verb, said, url=first.get_absolute_url(), but=by)


def ask_for_group(orders: Sequence[Order], *, by: User | None) -> None:
    """Orders that were placed together wait for the unit: one question for all of them.

    Asked anew when somebody backs out, as the question may have been about his order. ``orders``
    are those that wait, with need, session, resource and unit loaded.
    """
    for order in orders:
        settle(order)
    first = orders[0]
    said = _("%(who)s等 %(n)d 个班一起点了“%(what)s”，%(when)s，共 %(heads)d 人，等您回话")
    if len(orders) == 1:
        said = _("一起的退出了，%(who)s还在等您回话：“%(what)s”，%(when)s，%(heads)d 人")
    told = said % {
        "who": f"{first.need.school}{first.need.who_label}",
        "n": len(orders),
        "what": first.session.resource.title,
        "when": say_half_day(first.date, first.half_day),
        "heads": sum(order.headcount for order in orders),
    }
    url = first.get_absolute_url()
    tell(_unit_people(first), first, "order.place", told, url=url, asks=True, but=by)


def _whom(
    order: Order, telling: _Telling, *, by_unit: bool, tells_unit: bool
) -> list[tuple[list[User], bool]]:
    """The people to be told, each group with whether it is to act."""
    whom, asks = telling.whom, telling.asks
    other = {OTHER_SIDE, OTHER_AND_DISTRICT}
    groups: list[tuple[list[User], bool]] = []
    if tells_unit and (whom in {UNIT, BOTH} or (whom in other and not by_unit)):
        groups.append((_unit_people(order), asks))
    if whom in {SCHOOL, BOTH} or (whom in other and by_unit):
        groups.append((_school_people(order), asks and whom != BOTH))
    if whom in {DISTRICT, OTHER_AND_DISTRICT}:
        groups.append((settling_people(order), True))
    return groups


def remind(order: Order, sentence: str) -> None:
    """Ask once more whoever owes the order something; no step, so the timeline stays as it is."""
    match order.state:
        case Order.State.PLACED:
            people = _unit_people(order)
        case Order.State.DISPUTED | Order.State.REVISIT:
            people = settling_people(order)
        case Order.State.PROPOSED:
            people = _school_people(order)
        case _:
            rated = {rating.side for rating in order.ratings.all()}
            people = _unit_people(order) if Rating.Side.UNIT not in rated else []
            people += _school_people(order) if Rating.Side.SCHOOL not in rated else []
    tell(people, order, "order.remind", sentence, url=order.get_absolute_url(), asks=True)


def tell_school(order: Order, verb: str, sentence: str) -> None:
    """Tell the school something that is no step of the order, with nobody of it having acted."""
    tell(_school_people(order), order, verb, sentence, url=order.get_absolute_url())


def district_people() -> list[User]:
    """Who settles objections and calls back: active people of the commission; one query."""
    held = Membership.objects.current().filter(role=Role.COMMISSION)
    return list(User.objects.filter(pk__in=held.values("user"), is_active=True).order_by("pk"))


def settling_people(order: Order) -> list[User]:
    """The commission, and the office of the town in which the order's school stands."""
    town = order.need.school.town
    return district_people() if town is None else [*district_people(), *people_of_town(town)]


def _unit_people(order: Order) -> list[User]:
    return people_with(order.session.resource.unit, Role.UNIT)


def _school_people(order: Order) -> list[User]:
    return [order.need.filed_by, *people_with(order.need.school, *SPEAKING)]
