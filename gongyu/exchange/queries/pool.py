"""The pool of needs: figures, a search, and why the last run left a need out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, Q, QuerySet, Sum

from gongyu.accounts.models import User
from gongyu.core.calendar import today
from gongyu.exchange.models import Need, Session, UnmetNeed
from gongyu.places.models import Division

from .lists import needs_by_state


@dataclass(frozen=True, slots=True)
class PoolFigures:
    """What stands in the pool today."""

    needs: int
    schools: int
    pupils: int
    urgent: int
    ending: int
    sessions: int


def pool_figures(town: Division | None = None) -> PoolFigures:
    """Of the district or of a town's schools, counted from the records; 2 queries.

    ``ending``: last day within a week.
    """
    soon = today() + timedelta(days=7)
    row = (
        Need.objects.waiting()
        .of_town(town)
        .aggregate(
            needs=Count("pk"),
            schools=Count("school", distinct=True),
            pupils=Sum("headcount"),
            urgent=Count("pk", filter=Q(severity=3)),
            ending=Count("pk", filter=Q(date_to__lte=soon)),
        )
    )
    return PoolFigures(
        row["needs"],
        row["schools"],
        row["pupils"] or 0,
        row["urgent"],
        row["ending"],
        Session.objects.upcoming().count(),
    )


def needs_matching(
    user: User, *, state: str = "", topic: str = "", town: str = "", words: str = ""
) -> QuerySet[Need]:
    """The needs that a person may see, narrowed by the filters of the list."""
    needs = needs_by_state(user, state)
    if topic:
        # One topic or a whole first level (T01 stands for T0101, T0102 …).
        needs = needs.filter(
            pk__in=Need.objects.filter(topics__code__startswith=topic).values("pk")
        )
    if town:
        needs = needs.filter(
            Q(school__division__code=town) | Q(school__division__parent__code=town)
        )
    for word in words.split():
        needs = needs.filter(
            Q(words__icontains=word)
            | Q(school__name__icontains=word)
            | Q(school__short_name__icontains=word)
            | Q(pk__in=Need.objects.filter(topics__name__icontains=word).values("pk"))
        )
    return needs


def latest_reason(need: Need) -> UnmetNeed | None:
    """Why the last run that met this need could not serve it."""
    return (
        UnmetNeed.objects.filter(need=need)
        .select_related("run")
        .order_by("-run__started_at")
        .first()
    )
