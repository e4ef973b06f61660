"""Who stands in which line, and at which place."""

from __future__ import annotations

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import Coalesce

from gongyu.exchange.models import Need, QueueEntry


def lines_of(need: Need) -> QuerySet[QueueEntry]:
    """The lines in which a need stands, each with its ``position`` from 1 on; one query."""
    return (
        QueueEntry.objects.waiting()
        .filter(need=need)
        .select_related("session__resource__unit")
        .annotate(position=_position())
    )


def _position() -> CombinedExpression:
    """One more than those who joined the same line before."""
    before = (
        QueueEntry.objects.filter(
            session=OuterRef("session"), order__isnull=True, left_at__isnull=True
        )
        .filter(Q(at__lt=OuterRef("at")) | Q(at=OuterRef("at"), pk__lt=OuterRef("pk")))
        .order_by()
        .values("session")
        .annotate(n=Count("pk"))
        .values("n")
    )
    return Coalesce(Subquery(before), 0) + 1
