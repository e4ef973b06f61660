"""Lists and figures of the exchange."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Avg, Count, Prefetch, Q, QuerySet
from django.utils.timezone import localtime

from gongyu.accounts.models import Role, User
from gongyu.accounts.queries import ASKING, SPEAKING, organization_ids
from gongyu.core.calendar import now, today
from gongyu.exchange.models import Need, Order, Rating, Resource, Session
from gongyu.places.models import Organization


def needs_by_state(user: User, state: str = "") -> QuerySet[Need]:
    """The needs a person may see, newest first, with what a row shows."""
    needs = Need.objects.visible_to(user).select_related("school", "school_class", "filed_by")
    if state in Need.State.values:
        needs = needs.filter(state=state)
    return needs.prefetch_related("topics")


def orders_for_unit(user: User) -> QuerySet[Order]:
    """Orders to the units a person works for."""
    units = organization_ids(user, Role.UNIT)
    return Order.objects.filter(session__resource__unit__in=units).with_parties()


def orders_for_school(user: User) -> QuerySet[Order]:
    """Orders of the schools that a person works at."""
    schools = organization_ids(user, *ASKING)
    return Order.objects.filter(need__school__in=schools).with_parties()


def offers_of(unit: Organization) -> list[Resource]:
    """What a unit offers, its topics and the sessions ahead (``coming``, each with the number of
    orders ``asking`` for it); 4 queries.
    """
    asking = Count("orders", filter=Q(orders__state=Order.State.PLACED))
    coming = Session.objects.upcoming().select_related("resource").annotate(asking=asking)
    coming = coming.order_by("date", "half_day")
    return list(
        unit.resources.select_related("entry").prefetch_related(
            "topics", "photos", Prefetch("sessions", queryset=coming, to_attr="coming")
        )
    )


def spoken_for_by(user: User) -> Q:
    """Orders for which the person speaks on the school's side (``policies.speaks_for_school``)."""
    return Q(need__school__in=organization_ids(user, *SPEAKING)) | Q(
        need__filed_by=user, need__school__in=organization_ids(user, Role.TEACHER)
    )


def waiting_for_unit(user: User) -> QuerySet[Order]:
    """What a unit owes an answer to, oldest first."""
    return orders_for_unit(user).filter(state=Order.State.PLACED).order_by("placed_at", "pk")


def waiting_for_school(user: User) -> QuerySet[Order]:
    """Proposals that a school owes an answer to."""
    return (
        Order.objects.filter(spoken_for_by(user), state=Order.State.PROPOSED)
        .with_parties()
        .order_by("answered_at", "pk")
    )


def waiting_to_be_rated(user: User) -> QuerySet[Order]:
    """Visits that have begun (``Order.has_begun``) and that the person's side has not rated."""
    begun = Q(date__lt=today()) | Q(state=Order.State.DONE)
    begun |= Q(visit__arrived_at__isnull=False) | Q(session__starts__lte=localtime(now()).time())
    units = organization_ids(user, Role.UNIT)
    rated = Rating.objects.all()
    return (
        Order.objects.filter(state__in=[Order.State.ACCEPTED, Order.State.DONE], date__lte=today())
        .filter(begun)
        .filter(
            spoken_for_by(user) & ~Q(pk__in=rated.filter(side=Rating.Side.SCHOOL).values("order"))
            | Q(session__resource__unit__in=units)
            & ~Q(pk__in=rated.filter(side=Rating.Side.UNIT).values("order"))
        )
        .with_parties()
        .order_by("date", "half_day", "pk")
    )


@dataclass(frozen=True, slots=True)
class PublicFigures:
    """What the front page says about the exchange, all counted from records."""

    schools_asking: int
    needs: int
    arranged: int
    done: int
    waiting: int
    ratings: int
    stars: float | None


def public_figures() -> PublicFigures:
    """Counts over all needs that were not withdrawn; 2 queries."""
    asked = Need.objects.exclude(state=Need.State.WITHDRAWN)
    counts = asked.aggregate(
        schools=Count("school", distinct=True),
        needs=Count("pk"),
        arranged=Count("pk", filter=Q(state__in=[Need.State.ARRANGED, Need.State.DONE])),
        done=Count("pk", filter=Q(state=Need.State.DONE)),
        waiting=Count("pk", filter=Q(state__in=[Need.State.POOLED, Need.State.ORDERED])),
    )
    ratings = Rating.objects.aggregate(number=Count("pk"), stars=Avg("stars"))
    return PublicFigures(
        counts["schools"],
        counts["needs"],
        counts["arranged"],
        counts["done"],
        counts["waiting"],
        ratings["number"],
        ratings["stars"],
    )
