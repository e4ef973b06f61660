"""有没有用: what is to be asked, and what was answered, for a problem or for anything else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db.models import Count, Q, QuerySet

from gongyu.accounts.models import Role, User
from gongyu.accounts.queries import SPEAKING, organization_ids
from gongyu.core.calendar import today
from gongyu.exchange.models import Effect, Order, Problem

from .fewest import FEWEST

ASKED_FOR = timedelta(weeks=26)  # an older visit is no longer asked about


def effects_to_ask(user: User) -> QuerySet[Order]:
    """Visits of a term ago about which the person's school has not said whether they helped."""
    last = today() - timedelta(weeks=settings.EFFECT_AFTER_WEEKS)
    spoken_for = Q(need__school__in=organization_ids(user, *SPEAKING)) | Q(
        need__filed_by=user, need__school__in=organization_ids(user, Role.TEACHER)
    )
    return (
        Order.objects.filter(
            spoken_for,
            state__in=Order.HAPPENED,
            date__lte=last,
            date__gte=last - ASKED_FOR,
            effect__isnull=True,
        )
        .with_parties()
        .order_by("date", "pk")
    )


@dataclass(frozen=True, slots=True)
class EffectFigures:
    """How many answered, and how many of them said what. None below the least number."""

    answered: int
    clear: int | None
    some: int | None
    none: int | None

    @property
    def is_enough(self) -> bool:
        return self.answered >= FEWEST


def effect_of(effects: QuerySet[Effect]) -> EffectFigures:
    """The answers of a set of visits; one query, no school is named."""
    kinds = Effect.Answer
    row = effects.aggregate(
        answered=Count("pk"),
        clear=Count("pk", filter=Q(answer=kinds.CLEAR)),
        some=Count("pk", filter=Q(answer=kinds.SOME)),
        none=Count("pk", filter=Q(answer=kinds.NONE)),
    )
    if row["answered"] < FEWEST:
        return EffectFigures(row["answered"], None, None, None)
    return EffectFigures(**row)


def effect_of_problem(problem: Problem) -> EffectFigures:
    """What schools said of the visits that answered needs on a problem's topics; one query."""
    on_topic = Order.objects.filter(need__topics__parent__problems=problem).values("pk")
    return effect_of(Effect.objects.filter(order__in=on_topic))
