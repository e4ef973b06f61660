"""Write, edit, withdraw; review what parents hand in."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gongyu.accounts.models import Membership
from gongyu.accounts.queries import memberships_of
from gongyu.accounts.requests import PersonRequest
from gongyu.core.access import access
from gongyu.core.errors import NotAllowed
from gongyu.core.once import once
from gongyu.families.queries import grades_of_children

from . import queries, services, wording
from .errors import AlreadyHandled, ArticleRefused, ChangedMeanwhile
from .forms import FORM_OF_KIND, ArticleForm, ReasonForm
from .models import Article
from .policies import KINDS_OF_ROLE, can_change, can_review, can_write
from .views import article_page, paged, reachable_article

Kind, State = Article.Kind, Article.State


def _seat(request: PersonRequest) -> Membership:
    """In whose name this page writes: what its form says, else the present workspace.

    The form carries it, so that a switch of workspace in another tab does not change the sender.
    """
    mine = [m for m in memberships_of(request.user) if m.role in KINDS_OF_ROLE]
    wanted = request.POST.get("seat") or (request.workspace.key if request.workspace else "")
    return next((m for m in mine if m.key == wanted), mine[0])


def _bylines(request: PersonRequest, kind: str) -> list[str]:
    if kind != Kind.EXPERIENCE:
        return []
    return [_("%s家长") % grade for grade in grades_of_children(request.user)]


@access(can_write)
@require_http_methods(["GET", "POST"])
@once
def write(request: PersonRequest) -> HttpResponse:
    seat = _seat(request)
    kinds = KINDS_OF_ROLE[seat.role]
    wanted = request.POST.get("kind") or request.GET.get("kind")
    kind = next((k for k in kinds if k == wanted), kinds[0])
    form = FORM_OF_KIND[kind](request.POST or None, bylines=_bylines(request, kind))
    if request.method == "POST" and form.is_valid() and (made := _send(request, seat, kind, form)):
        return redirect(made)
    context = {
        "form": form,
        "seat": seat,
        "kind": kind,
        "heading": wording.WRITING[kind],
        "tabs": [
            {"label": k.label, "url": f"?kind={k}", "current": k == kind, "count": ""}
            for k in (kinds if len(kinds) > 1 else ())
        ],
    }
    return render(request, "publishing/write.html", context)


def _send(request: PersonRequest, seat: Membership, kind: str, form: ArticleForm) -> Article | None:
    """Publish or hand in; a refusal stands in the form, beside what was typed."""
    try:
        if seat.organization is None:
            article = services.submit_experience(
                by=request.user, byline=form.cleaned_data["byline"], **form.texts()
            )
            messages.success(request, _("交上去了。区教委看过就会发出来，结果写在这一页。"))
        else:
            article = services.publish_article(
                by=request.user,
                organization=seat.organization,
                kind=kind,
                **form.texts(),
                **form.details(),
            )
            messages.success(request, _("发布了，大家现在就能看到。"))
    except ArticleRefused as refusal:
        form.add_error(refusal.field, refusal.sentence)
        return None
    return article


@access(can_write)
@require_http_methods(["GET", "POST"])
@once
def edit(request: PersonRequest, pk: int) -> HttpResponse:
    article = reachable_article(request, pk)
    if not can_change.test(request.user, article):
        raise NotAllowed(_("这篇只有作者和本单位的管理员能改。"))
    if article.state == State.WITHDRAWN:
        messages.error(request, _("这篇已经撤下，不能再改。想说的可以另写一篇。"))
        return redirect(article)
    form = FORM_OF_KIND[article.kind](
        request.POST or None, article=article, bylines=_bylines(request, article.kind)
    )
    if request.method == "POST" and form.is_valid():
        try:
            article = services.edit_article(
                article,
                by=request.user,
                byline=form.cleaned_data.get("byline"),
                seen=form.cleaned_data["seen"] or None,
                **form.texts(),
                **form.details(),
            )
        except ArticleRefused as refusal:
            form.add_error(refusal.field, refusal.sentence)
        except ChangedMeanwhile:
            form.add_error(
                None, _("您打开以后，这篇又被改过。您写的都还在：再按一次“保存”，就以您的为准。")
            )
            article.refresh_from_db()
            form.has_seen(services.fingerprint(article))
        except AlreadyHandled as refusal:
            form.add_error(None, refusal.sentence)
        else:
            is_waiting = article.state == State.IN_REVIEW
            messages.success(request, _("改好了，等区教委再看。") if is_waiting else _("改好了。"))
            return redirect(article)
    context = {"form": form, "article": article, "heading": wording.WRITING[article.kind]}
    return render(request, "publishing/edit.html", context)


@access(can_write)
@require_GET
def mine(request: PersonRequest) -> HttpResponse:
    counts = queries.counts_by_state(request.user)
    wanted = request.GET.get("state", "")
    state = wanted if wanted in State.values else ""
    articles = queries.written_by_or_for(request.user)
    tabs = [{"label": _("全部"), "url": "?", "current": not state, "count": sum(counts.values())}]
    tabs += [
        {"label": s.label, "url": f"?state={s}", "current": s == state, "count": counts[s]}
        for s in State
        if counts.get(s)
    ]
    context = {
        "tabs": tabs,
        "state": state,
        "returned": counts.get(State.RETURNED, 0),
        "page_obj": paged(request, articles.filter(state=state) if state else articles),
    }
    return render(request, "publishing/mine.html", context)


@access(can_write)
@require_POST
def withdraw(request: PersonRequest, pk: int) -> HttpResponse:
    article = reachable_article(request, pk)
    form = ReasonForm(request.POST, auto_id="withdraw_%s")
    form.fields["reason"].required = False
    if not form.is_valid():
        return article_page(request, article, withdraw_form=form)
    try:
        services.withdraw_article(article, by=request.user, reason=form.cleaned_data["reason"])
    except ArticleRefused as refusal:
        form.add_error(refusal.field, refusal.sentence)
        return article_page(request, article, withdraw_form=form)
    messages.success(request, _("撤下了，别人看不到了。"))
    return redirect("publishing:mine" if article.author_id == request.user.pk else article)


@access(can_review)
@require_GET
def review(request: PersonRequest) -> HttpResponse:
    context = {"page_obj": paged(request, queries.waiting_for_review())}
    return render(request, "publishing/review.html", context)


@access(can_review)
@require_POST
def publish(request: PersonRequest, pk: int) -> HttpResponse:
    article = reachable_article(request, pk)
    services.approve_article(article, by=request.user, seen=request.POST.get("seen") or None)
    messages.success(request, _("发布了：%s") % article.title)
    return redirect("publishing:review")


@access(can_review)
@require_POST
def give_back(request: PersonRequest, pk: int) -> HttpResponse:
    article = reachable_article(request, pk)
    form = ReasonForm(request.POST, auto_id="return_%s")
    if not form.is_valid():
        return article_page(request, article, return_form=form)
    services.return_article(article, by=request.user, reason=form.cleaned_data["reason"])
    messages.success(request, _("退回了，作者会看到您写的原因。"))
    return redirect("publishing:review")
