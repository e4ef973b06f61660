"""What follows every step of an order: both timelines get an entry, the other side is told.

A step settles what was asked before it: an order that one colleague has answered no longer waits in
the inbox of another.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy

from gongyu.accounts.models import Role, User
from gongyu.accounts.queries import people_with
from gongyu.core import timeline
from gongyu.core.calendar import say_half_day
from gongyu.exchange.models import Order
from gongyu.exchange.policies import speaks_for_unit
from gongyu.notices.services import settle, tell

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

UNIT, SCHOOL, OTHER_SIDE, BOTH = "unit", "school", "other side", "both"


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
    "order.refuse": _Telling(UNIT, gettext_lazy("%(school)s：%(step)s，“%(what)s”")),
    "order.decline": _Telling(SCHOOL, gettext_lazy("%(unit)s%(step)s，“%(what)s”")),
    "order.cancel": _Telling(OTHER_SIDE, gettext_lazy("%(actor)s%(step)s，%(when)s，“%(what)s”")),
    "order.return": _Telling(BOTH, gettext_lazy("%(step)s，%(when)s，“%(what)s”")),
    "order.revoke": _Telling(BOTH, gettext_lazy("%(step)s，%(when)s，“%(what)s”")),
    "order.rate": _Telling(OTHER_SIDE, gettext_lazy("%(step)s，%(when)s，“%(what)s”")),
}


def note_step(order: Order, verb: str, sentence: str, *, by: User | None) -> None:
    """Write a step on the timelines of order and need, and tell whom it concerns.

    ``order`` comes with its need, session, resource, unit and school loaded. ``by`` is None where
    the platform itself acted.
    """
    timeline.record(order, verb, sentence, by=by)
    timeline.record(order.need, verb, sentence, by=by)
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
    people: list[User] = []
    if telling.whom in {UNIT, BOTH} or (telling.whom == OTHER_SIDE and not by_unit):
        people += _unit_people(order)
    if telling.whom in {SCHOOL, BOTH} or (telling.whom == OTHER_SIDE and by_unit):
        people += _school_people(order)
    tell(
        people,
        order,
        verb,
        str(telling.words) % facts,
        url=order.get_absolute_url(),
        asks=telling.asks,
        but=by,
    )


def remind(order: Order, sentence: str) -> None:
    """Ask once more whoever owes the order an answer; no step, so the timeline stays as it is."""
    waits_for_unit = order.state == Order.State.PLACED
    people = _unit_people(order) if waits_for_unit else _school_people(order)
    tell(people, order, "order.remind", sentence, url=order.get_absolute_url(), asks=True)


def _unit_people(order: Order) -> list[User]:
    return people_with(order.session.resource.unit, Role.UNIT)


def _school_people(order: Order) -> list[User]:
    return [order.need.filed_by, *people_with(order.need.school, Role.SCHOOL_ADMIN)]
