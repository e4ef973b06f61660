"""三率: how many orders were answered, how many needs solved, how many schools satisfied.

接诉即办 (《北京市接诉即办工作条例》, article 32) measures 响应率, 解决率 and 满意率. Here, since
the school year began and counted from records alone:

- 响应率: of the orders whose answer fell due, those that the unit answered (accepted, proposed,
  declined, objected) before they went back by themselves;
- 解决率: of the needs whose time is over, those that a visit answered and no call-back found
  unsolved; for a unit, of the visits that it owed, those that happened;
- 满意率: of the visits whose school rated or was asked, those with four stars or more, or solved.

A share of fewer than ``FEWEST`` is not shown. Units, towns and schools stand by name, not by rank.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Count, FilteredRelation, Q, QuerySet
from django.utils.translation import gettext as _

from gongyu.core.calendar import midnight, school_year_began, today
from gongyu.exchange.models import Need, Objection, Order, Rating, Revisit
from gongyu.exchange.models.needs import in_towns
from gongyu.exchange.models.orders import OrderQuerySet
from gongyu.places.models import Division, Organization

from .fewest import FEWEST

RESPONSE, SOLVED, SATISFIED = "response", "solved", "satisfied"
UNIT, TOWN, SCHOOL = "unit", "town", "school"
LIKED_FROM = 4  # stars


@dataclass(slots=True)
class Rate:
    met: int = 0
    total: int = 0

    @property
    def share(self) -> int | None:
        """Whole percent; None while there are too few to say."""
        return round(100 * self.met / self.total) if self.total >= FEWEST else None

    def add(self, met: int, total: int) -> None:
        self.met += met
        self.total += total


@dataclass(slots=True)
class Rates:
    """The three of one unit, town or school, or of them all (``key`` is empty then)."""

    key: str
    label: str
    response: Rate = field(default_factory=Rate)
    solved: Rate = field(default_factory=Rate)
    satisfied: Rate = field(default_factory=Rate)

    @property
    def three(self) -> list[tuple[str, str, Rate]]:
        return [
            (RESPONSE, _("响应率"), self.response),
            (SOLVED, _("解决率"), self.solved),
            (SATISFIED, _("满意率"), self.satisfied),
        ]


def rate_labels() -> dict[str, str]:
    return {RESPONSE: _("响应率"), SOLVED: _("解决率"), SATISFIED: _("满意率")}


def _orders(since: date, town: Division | None) -> OrderQuerySet:
    """Orders since the day; ``heard`` is the school's rating where there is one."""
    by_school = FilteredRelation("ratings", condition=Q(ratings__side=Rating.Side.SCHOOL))
    orders = Order.objects.of_town(town).filter(placed_at__gte=midnight(since))
    return orders.annotate(heard=by_school).order_by()


# Lists that a database makes once, as objections and unsolved call-backs are few.
_OBJECTED = Objection.objects.filter(side="unit").order_by().values("order")
_ANSWERED = Q(answered_at__isnull=False) | Q(pk__in=_OBJECTED)
_TOLD = Q(revisit__result__in=["solved", "fair", "unsolved"])
_HAPPENED = Q(state__in=Order.HAPPENED)
_OWED = (
    _HAPPENED
    | Q(state=Order.State.MISSED, absent="unit")
    | Q(state=Order.State.CANCELLED, ended_by="unit")
)
# Of the orders: what counts at all, and what of it is met (which no order is that does not count).
_OF_ORDERS: dict[str, tuple[Q, Q]] = {
    RESPONSE: (Q(decline_reason=Order.DeclineReason.NO_ANSWER) | _ANSWERED, _ANSWERED),
    SOLVED: (_OWED, _HAPPENED & ~Q(revisit__isnull=False, revisit__result="unsolved")),
    SATISFIED: (
        _HAPPENED & (_TOLD | Q(heard__isnull=False)),
        _HAPPENED
        & (Q(heard__stars__gte=LIKED_FROM) | Q(heard__isnull=True, revisit__result="solved")),
    ),
}


def _needs(since: date, town: Division | None) -> QuerySet[Need]:
    needs = Need.objects.filter(filed_at__gte=midnight(since))
    if town is not None:
        needs = needs.filter(in_towns("school", [town]))
    return needs.order_by()


def _over() -> Q:
    waits = [Need.State.POOLED, Need.State.ORDERED]
    return Q(state__in=[Need.State.DONE, Need.State.CLOSED]) | Q(
        state__in=waits, date_to__lt=today()
    )


_UNSOLVED = (
    Revisit.objects.filter(order__state__in=Order.HAPPENED, result=Revisit.Result.UNSOLVED)
    .order_by()
    .values("order__need")
)
_NEED_SOLVED = Q(state=Need.State.DONE) & ~Q(pk__in=_UNSOLVED)


def solved_counts() -> dict[str, Count]:
    """解决率 of needs: those whose time is over, and those of them that were solved."""
    return {
        SOLVED: Count("pk", filter=_over()),
        f"{SOLVED}_met": Count("pk", filter=_NEED_SOLVED),
    }


def rates_of_all(town: Division | None = None, solved: Rate | None = None) -> Rates:
    """The whole district, or one town; 2 queries, one where ``solved`` is counted already."""
    since = school_year_began()
    all_of_them = Rates("", str(town) if town else _("全区"))
    row = _orders(since, town).aggregate(**_counts(RESPONSE, SATISFIED))
    all_of_them.response.add(row["response_met"], row["response"])
    all_of_them.satisfied.add(row["satisfied_met"], row["satisfied"])
    if solved is None:
        needs = _needs(since, town).aggregate(**solved_counts())
        solved = Rate(needs["solved_met"], needs["solved"])
    all_of_them.solved = solved
    return all_of_them


def _counts(*rates: str) -> dict[str, Count]:
    counts = {}
    for rate in rates:
        total, met = _OF_ORDERS[rate]
        counts[rate] = Count("pk", filter=total)
        counts[f"{rate}_met"] = Count("pk", filter=met)
    return counts


def rates_by(by: str, town: Division | None = None) -> list[Rates]:
    """One row for each unit, town or school that has anything to count, by name; 3 queries."""
    since = school_year_began()
    side = "session__resource__unit" if by == UNIT else "need__school"
    kinds = (RESPONSE, SOLVED, SATISFIED) if by == UNIT else (RESPONSE, SATISFIED)
    counted = list(_orders(since, town).values(side).annotate(**_counts(*kinds)))
    needs: list[dict[str, Any]] = []
    if by != UNIT:
        grouped = _needs(since, town).values("school").annotate(**solved_counts())
        needs = [dict(row) for row in grouped]
    pks = {row[side] for row in counted} | {row["school"] for row in needs}
    bodies = {
        body.pk: body
        for body in Organization.objects.filter(pk__in=pks).select_related("division__parent")
    }
    rows: dict[str, Rates] = {}

    def row_of(pk: int) -> Rates:
        key, label = _name(bodies[pk], by)
        return rows.setdefault(key, Rates(key, label))

    for row in counted:
        found = row_of(row[side])
        for rate in kinds:
            getattr(found, rate).add(row[f"{rate}_met"], row[rate])
    for row in needs:
        row_of(row["school"]).solved.add(row["solved_met"], row["solved"])
    shown = [found for found in rows.values() if any(rate.total for _k, _l, rate in found.three)]
    return sorted(shown, key=lambda found: (found.label, found.key))


def _name(body: Organization, by: str) -> tuple[str, str]:
    if by != TOWN:
        return str(body.pk), str(body)
    town = body.town
    return (town.code, str(town)) if town else ("none", _("镇街没有查到"))


@dataclass(frozen=True, slots=True)
class Behind:
    """The rows of a number: orders, or needs where a school's or the district's are solved."""

    orders: QuerySet[Order] | None = None
    needs: QuerySet[Need] | None = None


def rows_behind(rate: str, by: str, key: str, *, met: bool, town: Division | None = None) -> Behind:
    """What a rate counts: all of it, or the part that is met. ``key`` is empty for them all."""
    since = school_year_began()
    if rate == SOLVED and by != UNIT:
        needs = _needs(since, town).filter(_over())
        needs = needs.filter(_NEED_SOLVED) if met else needs
        needs = needs.filter(_within("school", by, key))
        return Behind(needs=needs.select_related("school", "school_class").order_by("-filed_at"))
    total, part = _OF_ORDERS[rate]
    orders = _orders(since, town).filter(total)
    orders = orders.filter(part) if met else orders
    side = "session__resource__unit" if by == UNIT else "need__school"
    orders = orders.filter(_within(side, by, key))
    return Behind(orders=orders.with_parties().order_by("-placed_at", "-pk"))


def _within(side: str, by: str, key: str) -> Q:
    if not key:
        return Q()
    if by != TOWN:
        return Q(**{side: int(key)}) if key.isascii() and key.isdecimal() else Q(pk__in=[])
    towns = Division.objects.filter(code=key)
    return in_towns(side, towns) if towns.exists() else Q(**{f"{side}__division__isnull": True})
