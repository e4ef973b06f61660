"""The white list as each side sees it: the commission, a body, a school."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from gongyu.accounts.models import Role, User
from gongyu.accounts.queries import organization_ids, roles_of
from gongyu.core.calendar import school_year_began, school_year_of, today
from gongyu.exchange.models import Order, PushCap, PushPlan, WhitelistMatter
from gongyu.exchange.models.whitelist import USUAL_CAP

BODIES = (Role.DEPARTMENT, Role.COMMUNITY, Role.UNIT)


@dataclass(frozen=True, slots=True)
class Burden:
    """What came to a school by itself this year, and what it ordered: counted, never mixed."""

    name: str
    pushed: int
    ordered: int
    most: int

    @property
    def left(self) -> int:
        return max(0, self.most - self.pushed)


def matters() -> QuerySet[WhitelistMatter]:
    """This school year's and next one's, with how many visits are planned; one query."""
    planned = Count("plans", filter=Q(plans__state=PushPlan.State.PLANNED))
    return (
        WhitelistMatter.objects.filter(is_listed=True, school_year__gte=school_year_of(today()))
        .select_related("body")
        .annotate(planned=planned)
        .order_by("school_year", "title", "pk")
    )


def plans_for(user: User) -> QuerySet[PushPlan]:
    """Plans ahead: the commission sees all, a body its own, a school those that come to it."""
    plans = PushPlan.objects.filter(state=PushPlan.State.PLANNED, date__gte=today())
    if Role.COMMISSION not in roles_of(user):
        plans = plans.filter(
            Q(matter__body__in=organization_ids(user, *BODIES))
            | Q(school__in=organization_ids(user, Role.SCHOOL_ADMIN))
        )
    return plans.select_related("matter__body", "school").order_by("date", "pk")


def present_cap() -> int:
    cap = PushCap.objects.filter(school_year=school_year_of(today())).first()
    return USUAL_CAP if cap is None else cap.most


def burdens(user: User, most: int) -> list[Burden]:
    """By school: pushed in and ordered this school year; two queries."""
    pushed = PushPlan.objects.filter(
        state=PushPlan.State.PLANNED, school_year=school_year_of(today())
    )
    ordered = Order.objects.filter(
        date__gte=school_year_began(), state__in=Order.LIVE, origin=Order.Origin.DIRECT
    )
    if Role.COMMISSION not in roles_of(user):
        own = organization_ids(user, Role.SCHOOL_ADMIN)
        pushed, ordered = pushed.filter(school__in=own), ordered.filter(need__school__in=own)
    names: dict[int, str] = {}
    counts: dict[int, list[int]] = {}
    for pk, name, number in (
        pushed.order_by().values_list("school", "school__name").annotate(n=Count("pk"))
    ):
        names[pk], counts.setdefault(pk, [0, 0])[0] = name, number
    for pk, name, number in (
        ordered.order_by().values_list("need__school", "need__school__name").annotate(n=Count("pk"))
    ):
        names[pk], counts.setdefault(pk, [0, 0])[1] = name, number
    found = [
        Burden(names[pk], pushed_in, own_orders, most)
        for pk, (pushed_in, own_orders) in counts.items()
    ]
    return sorted(found, key=lambda b: (-b.pushed, -b.ordered, b.name))
