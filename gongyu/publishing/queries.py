"""Reads of the four channels, the activities, the policies and a writer's own list."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from gongyu.accounts.models import User
from gongyu.accounts.queries import organization_ids
from gongyu.core.calendar import now, today
from gongyu.places.models import Division

from .models import Article, ArticleQuerySet, Policy
from .policies import EDITORS

BEIJING = ZoneInfo(settings.TIME_ZONE)
State = Article.State


def midnight(day: date) -> datetime:
    """The moment at which a day begins in Beijing."""
    return datetime.combine(day, time(), tzinfo=BEIJING)


def _with_place() -> ArticleQuerySet:
    return Article.objects.select_related("organization__division__parent")


def _in_town(articles: ArticleQuerySet, code: str) -> ArticleQuerySet:
    """Those whose organisation stands in a township, or in one of its communities."""
    return articles.filter(
        Q(organization__division__code=code) | Q(organization__division__parent__code=code)
    )


# Channels


def in_channel(channel: str, *, kind: str = "", town: str = "") -> QuerySet[Article]:
    """What is published in a channel, newest first."""
    articles = _with_place().published().filter(channel=channel)
    if kind:
        articles = articles.filter(kind=kind)
    if town:
        articles = _in_town(articles, town)
    return articles.order_by("-published_at", "-pk")


def latest(channel: str, n: int) -> list[Article]:
    """The ``n`` newest of a channel, with their organisations; one query.

    Of the community channel only activities that are not over: yesterday's is no news.
    """
    articles = in_channel(channel)
    if channel == Article.Channel.COMMUNITY:
        articles = articles.filter(_not_over(now()))
    return list(articles[:n])


def towns() -> list[tuple[str, str]]:
    """Code and name of every township, for a filter; one query."""
    rows = Division.objects.filter(level=Division.Level.TOWNSHIP).order_by("code")
    return list(rows.values_list("code", "short_name"))


def also_in(article: Article, n: int = 3) -> list[Article]:
    """Others that a reader of this article may want: upcoming ones for an activity; one query."""
    articles = in_channel(article.channel).exclude(pk=article.pk)
    if article.is_activity:
        articles = articles.filter(starts_at__gte=now()).order_by("starts_at", "pk")
    return list(articles[:n])


# Activities


@dataclass(frozen=True, slots=True)
class Day:
    """A day and what is on that day, in the order of beginning."""

    day: date
    activities: list[Article]


def _not_over(moment: datetime) -> Q:
    """Still going on or to come; one without an end counts until the end of its day."""
    return Q(ends_at__gt=moment) | Q(ends_at=None, starts_at__gte=midnight(today()))


def activities_between(start: date, end: date) -> list[Article]:
    """Published activities that begin on a day from ``start`` to ``end``, both included, in order
    of beginning, with their places; one query."""
    return list(
        _with_place()
        .published()
        .filter(
            kind=Article.Kind.ACTIVITY,
            starts_at__gte=midnight(start),
            starts_at__lt=midnight(end + timedelta(days=1)),
        )
        .order_by("starts_at", "pk")
    )


def weekend_of(day: date) -> tuple[date, date]:
    """The Saturday and Sunday of this week; on a Sunday, what is left of it."""
    saturday = day + timedelta(days=5 - day.weekday())
    return max(saturday, day), saturday + timedelta(days=1)


def week_of(day: date) -> tuple[date, date]:
    """From today to this week's Sunday."""
    return day, day + timedelta(days=6 - day.weekday())


def upcoming_activities(*, town: str = "", when: str = "") -> QuerySet[Article]:
    """Activities that are not over; ``when`` is ``week``, ``weekend`` or everything to come."""
    articles = _with_place().published().filter(_not_over(now()), kind=Article.Kind.ACTIVITY)
    spans = {"week": week_of, "weekend": weekend_of}
    if when in spans:
        start, end = spans[when](today())
        articles = articles.filter(
            starts_at__gte=midnight(start), starts_at__lt=midnight(end + timedelta(days=1))
        )
    if town:
        articles = _in_town(articles, town)
    return articles.order_by("starts_at", "pk")


def by_day(activities: Iterable[Article]) -> list[Day]:
    """Activities in order of beginning, grouped by their day in Beijing."""

    def day_of(activity: Article) -> date:
        assert activity.starts_at is not None  # noqa: S101  # a constraint of the table
        return timezone.localdate(activity.starts_at, BEIJING)

    return [Day(day, list(group)) for day, group in groupby(activities, key=day_of)]


# Policies


def policies(*, topic: str = "", words: str = "") -> QuerySet[Policy]:
    """The policies, with the number of published explainers of each."""
    found = Policy.objects.annotate(
        explained=Count("explainers", filter=Q(explainers__state=State.PUBLISHED), distinct=True)
    ).order_by("reference")
    if topic:
        found = found.filter(topics__contains=topic)
    if words:
        found = found.filter(
            Q(title__icontains=words) | Q(summary__icontains=words) | Q(issuer__icontains=words)
        )
    return found


def policy_topics() -> list[str]:
    """Every topic word of the policies, the frequent first; one query."""
    counts: dict[str, int] = {}
    for policy in Policy.objects.only("topics"):
        for word in policy.topic_words:
            counts[word] = counts.get(word, 0) + 1
    return sorted(counts, key=lambda word: (-counts[word], word))


def explainers_of(policy: Policy) -> QuerySet[Article]:
    return _with_place().published().filter(policy=policy)


# Writing and reviewing


def written_by_or_for(user: User) -> QuerySet[Article]:
    """A writer's own articles and those of the organisations that the person looks after."""
    own = organization_ids(user, *EDITORS)
    return (
        _with_place()
        .filter(Q(author=user) | Q(organization__in=own))
        .order_by("-created_at", "-pk")
    )


def counts_by_state(user: User) -> dict[str, int]:
    """How many of a writer's list stand in each state; one query."""
    rows = written_by_or_for(user).order_by().values_list("state").annotate(n=Count("pk"))
    return dict(rows)


def waiting_for_review() -> QuerySet[Article]:
    """Experiences that wait for the commission, the longest waiting first."""
    return (
        Article.objects.filter(state=State.IN_REVIEW)
        .select_related("author")
        .order_by("created_at", "pk")
    )
