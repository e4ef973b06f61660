"""提需求: a teacher writes what happens, and sees at once who could come."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from gongyu.accounts.requests import PersonRequest
from gongyu.core.access import access
from gongyu.core.errors import DomainError
from gongyu.core.once import once
from gongyu.exchange import queries, services
from gongyu.exchange.forms import NeedForm, with_change
from gongyu.exchange.forms.facts import facts_of
from gongyu.exchange.models import Need, Session
from gongyu.exchange.policies import can_file_need
from gongyu.exchange.queries.nearby import draw_nearby
from gongyu.exchange.queries.repeat import filled_in_from

from .doors import number, school_of

SENDS = frozenset({"session", "pool", "queue"})  # the buttons that file
MOST_SUGGESTED_FROM = 2000  # characters of a text that are read for topics


@access(can_file_need)
@require_http_methods(["GET", "POST"])
@once
def need_new(request: PersonRequest) -> HttpResponse:
    """The form; posted with ``session`` it orders, with ``pool`` it files, with ``queue`` it stands
    in a line as well, else it only looks.
    """
    queries.warm_up()
    data = with_change(request.POST) if request.method == "POST" else None
    form = _form(request, data)
    is_sent = data is not None and not SENDS.isdisjoint(data)
    if data is not None and is_sent and form.is_valid():
        try:
            return _file(request, form, data)
        except DomainError as refusal:
            form.add_error(None, refusal.sentence)
    page = _page(request, form, data)
    page["is_sent"] = is_sent
    template = "need_body.html" if request.headers.get("HX-Request") else "need_new.html"
    return render(request, f"exchange/{template}", page)


def _file(request: PersonRequest, form: NeedForm, data: QueryDict) -> HttpResponse:
    school = form.school
    if "pool" in data or not ("session" in data or "queue" in data):
        need = services.file_need(school, by=request.user, **form.need_fields())
        messages.success(request, _("放进需求池了。下一次全区派单会一起配，有结果就告诉您。"))
        return redirect(need)
    sessions = Session.objects.visible_to(request.user).select_related("resource__unit")
    session = sessions.filter(pk=number(data.get("queue") or data.get("session"))).first()
    if session is None:
        raise DomainError(_("这一场刚刚不在了，请重新选一场。"))
    if "queue" in data:
        need = services.file_and_queue(school, session, by=request.user, **form.need_fields())
        messages.success(request, _("放进需求池，也排上队了。一有位子就替您点单。"))
        return redirect(need)
    order = services.file_and_order(school, session, by=request.user, **form.need_fields())
    unit = session.resource.unit
    messages.success(request, _("点单送到%(unit)s了，等它回话。") % {"unit": unit})
    return redirect(order.need)


@access(can_file_need)
@require_POST
def need_suggest(request: PersonRequest) -> HttpResponse:
    """The topics for the words so far; the fit panel asks again when they change."""
    choice = _choice(request.POST)
    response = render(request, "exchange/parts/topics.html", {"choice": choice})
    if [t.code for t in choice.ticked] != request.POST.getlist("topics"):
        response["HX-Trigger-After-Settle"] = "topics-changed"
    return response


@access(can_file_need)
@require_POST
def need_fit(request: PersonRequest) -> HttpResponse:
    """Who could come, for the form as it stands, with the lines that say what it holds."""
    form = _form(request, request.POST)
    return render(request, "exchange/parts/fit_answer.html", _answer(form) | {"form": form})


def _form(request: PersonRequest, data: QueryDict | None) -> NeedForm:
    initial: dict[str, Any] = {}
    school = school_of(request)
    if data is not None and (pk := number(data.get("like"))):
        like = Need.objects.visible_to(request.user).filter(school=school, pk=pk).first()
        if like is not None:
            own = {c.pk for c in NeedForm(school=school, user=request.user).classes}
            again = filled_in_from(like, own)
            return NeedForm(data, school=school, user=request.user, like=like, initial=again)
    if data is None and (words := request.GET.get("words", "")):
        initial["words"] = words
    return NeedForm(data, school=school, user=request.user, initial=initial)


def _choice(data: QueryDict) -> queries.TopicChoice:
    return queries.choose_topics(
        data.get("words", "")[:MOST_SUGGESTED_FROM],
        ticked=data.getlist("topics"),
        offered=data.getlist("offered"),
        ours=data.getlist("ours"),
    )


def _page(request: PersonRequest, form: NeedForm, data: QueryDict | None) -> dict[str, Any]:
    """Everything that the page shows; without JavaScript the answer stands on it as well."""
    if data is None:
        topics = request.GET.getlist("topic")[:5]
        choice = queries.choose_topics(str(form.initial.get("words", "")), ticked=topics)
        return {
            "form": form,
            "choice": choice,
            "facts": facts_of(form),
            "asks_at_once": bool(choice.ticked),
            "is_fresh": True,
        }
    choice = _choice(data)
    if "topics" not in data and choice.ticked:
        # Without JavaScript the first answer is the first time that topics are suggested at all.
        data = data.copy()
        data.setlist("topics", [topic.code for topic in choice.ticked])
        form = _form(request, data)
    return _answer(form) | {
        "form": form,
        "choice": choice,
        "asked_for_change": "change" in request.POST or "look" in request.POST,
    }


def _answer(form: NeedForm) -> dict[str, Any]:
    answer: dict[str, Any] = {}
    if form.says_enough:
        draft = form.draft()
        fit = queries.fit_for(draft)
        answer = {"fit": fit, "nearby": draw_nearby(draft.school, fit)}
    return answer | {"facts": facts_of(form), "can_change": True}
