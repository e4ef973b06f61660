"""A school's calendar: where its classes go and who comes, what is pushed in, what clashes."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from itertools import combinations

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from gongyu.accounts.models import User
from gongyu.core.calendar import today
from gongyu.exchange.models import Need, Order, PushPlan
from gongyu.exchange.models.needs import NeedQuerySet
from gongyu.families.models import Teaching
from gongyu.places.models import Organization

from .calendar import Card, Clash, Half, Mark, Season, Sheet, lay_out
from .span import Span

Place = tuple[date, int]


@dataclass(frozen=True, slots=True)
class SchoolFacts:
    """Everything that the records know of a school, or of a teacher's classes, in some days."""

    first: date
    last: date
    season: Season
    orders: list[Order]
    pushes: list[PushPlan]
    open_needs: list[Need]

    def places(self) -> dict[Place, list[Order]]:
        """Each order at its half-day, and where a unit proposed to move it, in those days."""
        found: dict[Place, list[Order]] = defaultdict(list)
        for order in self.orders:
            found[order.date, order.half_day].append(order)
            if order.state == Order.State.PROPOSED and order.proposed_session is not None:
                session = order.proposed_session
                found[session.date, session.half_day].append(order)
        return {place: mine for place, mine in found.items() if self.first <= place[0] <= self.last}


def needs_in_calendar(school: Organization, teacher: User | None) -> NeedQuerySet:
    """A school's needs; of a teacher, those that he filed and those of the classes he teaches."""
    needs = Need.objects.filter(school=school)
    if teacher is None:
        return needs
    classes = Teaching.objects.of(teacher).values("school_class")
    return needs.filter(Q(filed_by=teacher) | Q(school_class__in=classes))


def pushes_into(school: Organization, first: date) -> QuerySet[PushPlan]:
    """What the white list brings to a school from a day on."""
    plans = PushPlan.objects.filter(school=school, state=PushPlan.State.PLANNED, date__gte=first)
    return plans.select_related("matter__body").order_by("date", "pk")


def push_words(push: PushPlan) -> str:
    return _("%(what)s进校园，%(body)s") % {"body": push.matter.body, "what": push.matter}


def school_facts(
    school: Organization, first: date, last: date, teacher: User | None
) -> SchoolFacts:
    """What concerns a school; with a teacher, only the own needs and classes, no pushes.

    Five queries.
    """
    mine = needs_in_calendar(school, teacher)
    orders = (
        Order.objects.filter(need__in=mine, state__in=Order.LIVE)
        .filter(
            Q(date__range=(first, last))
            | Q(state=Order.State.PROPOSED, proposed_session__date__range=(first, last))
        )
        .with_parties()
        .order_by("placed_at", "pk")
    )
    needs = mine.waiting().filter(date_from__lte=last, date_to__gte=first)
    return SchoolFacts(
        first,
        last,
        Season.between(first, last),
        list(orders),
        list(pushes_into(school, first).filter(date__lte=last)) if teacher is None else [],
        list(needs.select_related("school_class").order_by("date_to", "pk")),
    )


def school_calendar(facts: SchoolFacts, span: Span, chosen: date | None) -> Sheet:
    """A school's week or month out of its facts; no query."""
    halves = []
    for (day, half), orders in facts.places().items():
        cards = [
            Card(order, is_offer=(order.date, order.half_day) != (day, half)) for order in orders
        ]
        halves.append(Half(day, half, alone=cards))
    marks = facts.season.marks(facts.first, facts.last)
    for push in facts.pushes:
        marks.setdefault(push.date, []).append(Mark("push", push_words(push)))
    return lay_out(span, chosen, halves, marks, school_clashes(facts))


def clashes_of_school(
    school: Organization, first: date, last: date, teacher: User | None = None
) -> list[Clash]:
    """What will not go together at a school between two days, from today on; five queries."""
    return school_clashes(school_facts(school, first, last, teacher))


def school_clashes(facts: SchoolFacts) -> list[Clash]:
    found = []
    for place, orders in facts.places().items():
        if place[0] >= today():
            found += _of_pupils(place, orders)
            found += _of_day(facts, place, orders)
    found += _of_pushes(facts)
    return sorted(found, key=lambda c: (c.date, -1 if c.half_day is None else c.half_day))


def _of_pupils(place: Place, orders: list[Order]) -> list[Clash]:
    """The same pupils asked for in two places: a class twice, or a class and its whole grade."""
    found = []
    for one, other in combinations(orders, 2):
        a, b = one.need, other.need
        if a.school_class_id and a.school_class_id == b.school_class_id:
            sentence = _("%(who)s这半天要去两处：%(a)s和%(b)s。")
        elif (a.school_class_id is None) != (b.school_class_id is None) and (
            a.first_grade <= b.last_grade and b.first_grade <= a.last_grade
        ):
            sentence = _("%(who)s和%(whole)s同一个半天都有安排，看看是不是同一批孩子。")
        else:
            continue
        by_class, whole = (a, b) if a.school_class_id else (b, a)
        said = {
            "who": by_class.who_label,
            "whole": whole.who_label,
            "a": one.session.resource.unit,
            "b": other.session.resource.unit,
        }
        # The one that can still be talked about leads the way out.
        open_one = one if one.state not in Order.HOLDING else other
        pks = frozenset({one.pk, other.pk})
        found.append(Clash(*place, sentence % said, open_one.get_absolute_url(), pks))
    return found


def _of_day(facts: SchoolFacts, place: Place, orders: list[Order]) -> list[Clash]:
    """Orders on a holiday, or in examinations of the grades that they are for."""
    day, found = place[0], []
    name = facts.season.holiday(day)
    for order in orders:
        need = order.need
        exam = next(
            (
                exam
                for exam in facts.season.exams_on(day)
                if exam.first_grade <= need.last_grade and need.first_grade <= exam.last_grade
            ),
            None,
        )
        if name:
            sentence = _("%(who)s约了%(unit)s，可是那天%(why)s放假。")
        elif exam is not None:
            sentence = _("%(who)s约了%(unit)s，可是那几天%(why)s，停办活动。")
        else:
            continue
        said = {
            "who": need.who_label,
            "unit": order.session.resource.unit,
            "why": name or str(exam),
        }
        pks = frozenset({order.pk})
        found.append(Clash(*place, sentence % said, order.get_absolute_url(), pks))
    return found


def _of_pushes(facts: SchoolFacts) -> list[Clash]:
    """Two bodies that come on one day, or one that comes on a holiday."""
    by_day: dict[date, list[PushPlan]] = defaultdict(list)
    for push in facts.pushes:
        if push.date >= today():
            by_day[push.date].append(push)
    found, url = [], reverse("exchange:whitelist")
    for day, pushes in by_day.items():
        names = "、".join(str(push.matter) for push in pushes)
        if len(pushes) > 1:
            sentence = _("一天有 %(n)d 件事进校园：%(names)s。") % {
                "n": len(pushes),
                "names": names,
            }
            found.append(Clash(day, None, sentence, url))
        if name := facts.season.holiday(day):
            sentence = _("%(names)s排在这天进校园，可是%(why)s放假。")
            found.append(Clash(day, None, sentence % {"names": names, "why": name}, url))
    return found
