"""Read the channels: lists, one article, activities by day, policies."""

from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from gongyu.core import timeline
from gongyu.core.access import access, everyone

from . import queries, wording
from .forms import ActivityFilter, ChannelFilter, PolicyFilter, ReasonForm
from .models import Article, Policy
from .policies import CHANNEL_OF_KIND, can_change, can_judge, can_take_down
from .services import fingerprint

PAGE = 20


def paged(request: HttpRequest, rows: QuerySet[Any], size: int = PAGE) -> Page[Any]:
    """The page that the address asks for, or the nearest that exists. ``Any``: of any table."""
    return Paginator(rows, size).get_page(request.GET.get("page"))


@access(everyone)
@require_GET
def channel(request: HttpRequest, channel: str) -> HttpResponse:
    kinds = [(k, Article.Kind(k).label) for k, c in CHANNEL_OF_KIND.items() if c == channel]
    has_towns = channel in {Article.Channel.SCHOOL, Article.Channel.COMMUNITY}
    form = ChannelFilter(
        request.GET,
        kinds=kinds if len(kinds) > 1 else [],
        towns=queries.towns() if has_towns else [],
    )
    chosen = form.chosen()
    context = {
        "channel": Article.Channel(channel),
        "heading": wording.CHANNELS[channel],
        "tile": wording.EMPTY_TILE[channel],
        "filter_form": form,
        "is_filtered": bool(chosen),
        "page_obj": paged(request, queries.in_channel(channel, **chosen)),
        "channels": Article.Channel,
    }
    return render(request, "publishing/channel.html", context)


@access(everyone)
@require_GET
def article(request: HttpRequest, pk: int) -> HttpResponse:
    return article_page(request, reachable_article(request, pk))


def reachable_article(request: HttpRequest, pk: int) -> Article:
    """The one door to an article. Everything public; the rest to those whose it is."""
    return get_object_or_404(
        Article.objects.visible_to(request.user).select_related(  # type: ignore[arg-type]  # or a visitor
            "organization__division__parent", "policy"
        ),
        pk=pk,
    )


def article_page(
    request: HttpRequest,
    article: Article,
    *,
    return_form: ReasonForm | None = None,
    withdraw_form: ReasonForm | None = None,
) -> HttpResponse:
    """An article with what this reader may do about it; a form comes back here with its errors."""
    user = request.user
    changes = can_change.test(user, article) if user.is_authenticated else False
    takes_down = can_take_down.test(user, article) if user.is_authenticated else False
    judges = article.state == Article.State.IN_REVIEW and can_judge.test(user, article)
    is_gone = article.state == Article.State.WITHDRAWN
    context = {
        "article": article,
        "also": queries.also_in(article) if article.is_public else [],
        "tone": wording.STATE_TONES[article.state],
        "can_edit": changes and not is_gone,
        "can_withdraw": takes_down and not is_gone,
        "must_say_why": takes_down and not changes,
        "can_judge": judges,
        "entries": timeline.entries_of(article) if changes or judges else None,
        "return_form": return_form or ReasonForm(auto_id="return_%s"),
        "withdraw_form": withdraw_form or ReasonForm(auto_id="withdraw_%s"),
        "seen": fingerprint(article),
    }
    return render(request, "publishing/article.html", context)


@access(everyone)
@require_GET
def activities(request: HttpRequest) -> HttpResponse:
    form = ActivityFilter(request.GET, kinds=[], towns=queries.towns())
    chosen = form.chosen()
    page_obj = paged(request, queries.upcoming_activities(**chosen), 30)
    context = {
        "filter_form": form,
        "is_filtered": bool(chosen),
        "page_obj": page_obj,
        "days": queries.by_day(page_obj),
    }
    return render(request, "publishing/activities.html", context)


@access(everyone)
@require_GET
def policies(request: HttpRequest) -> HttpResponse:
    form = PolicyFilter(request.GET, topics=queries.policy_topics())
    chosen = form.chosen()
    context = {
        "filter_form": form,
        "is_filtered": bool(chosen),
        "page_obj": paged(request, queries.policies(**chosen)),
    }
    return render(request, "publishing/policies.html", context)


@access(everyone)
@require_GET
def policy(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Policy, pk=pk)
    context = {"policy": found, "explainers": queries.explainers_of(found)[:PAGE]}
    return render(request, "publishing/policy.html", context)
