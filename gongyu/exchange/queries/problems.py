"""Problems with what became of their needs; anybody reads them, no school is ever named."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Avg, Count, FloatField, OuterRef, Q, QuerySet, Subquery, Sum

from gongyu.core.calendar import today
from gongyu.exchange.models import Need, Order, Problem, Rating, Topic
from gongyu.exchange.models.orders import came

from .fewest import FEWEST

_STATES = Need.State
_NEEDS = "topics__children__needs"


def problems() -> QuerySet[Problem]:
    """The list in its order, each with ``asked``, ``arranged``, ``done``, ``waiting`` and ``stars``
    (None below ``FEWEST`` ratings); 2 queries.

    A need counts once for a problem, however many of its topics it has; withdrawn ones do not.
    """
    ratings = (
        Rating.objects.filter(
            side=Rating.Side.SCHOOL,
            order__need__in=Need.objects.filter(
                topics__parent__problems=OuterRef(OuterRef("pk"))
            ).values("pk"),
        )
        .order_by()
        .values("side")
    )
    enough = ratings.annotate(n=Count("pk"), mean=Avg("stars")).filter(n__gte=FEWEST)
    return (
        Problem.objects.select_related("lead")
        .prefetch_related("topics")
        .annotate(
            asked=_count(*(s for s in _STATES if s != _STATES.WITHDRAWN)),
            arranged=_count(_STATES.ARRANGED, _STATES.DONE),
            done=_count(_STATES.DONE),
            waiting=_count(_STATES.POOLED, _STATES.ORDERED),
            stars=Subquery(enough.values("mean"), output_field=FloatField()),
        )
        .order_by("order", "pk")  # a grouped query drops the order of the model
    )


def _count(*states: str) -> Count:
    return Count(_NEEDS, distinct=True, filter=Q(**{f"{_NEEDS}__state__in": states}))


def topics_to_ask(problem: Problem) -> list[Topic]:
    """The second-level topics that a school may choose for a need on this problem."""
    return list(Topic.objects.filter(parent__problems=problem).order_by("code"))


@dataclass(frozen=True, slots=True)
class ProblemVisits:
    """What took place on the topics of a problem, in all years."""

    visits: int
    pupils: int


def visits_of_problem(problem: Problem) -> ProblemVisits:
    """Visits that happened, each once however many of its topics are the problem's; one query."""
    on_topic = Order.objects.filter(need__topics__parent__problems=problem).values("pk")
    counted = Order.objects.filter(
        pk__in=on_topic, state__in=Order.HAPPENED, date__lte=today()
    ).aggregate(visits=Count("pk"), pupils=Sum(came()))
    return ProblemVisits(counted["visits"], counted["pupils"] or 0)
