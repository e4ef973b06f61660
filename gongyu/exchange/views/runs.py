"""派单: runs of the matching engine over the pool, their plans, and sending them out."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gongyu.accounts.requests import PersonRequest
from gongyu.core.access import access
from gongyu.core.models import Job
from gongyu.core.once import once
from gongyu.exchange import queries, services
from gongyu.exchange.forms import RunForm
from gongyu.exchange.models import MatchingRun, Need, PlanRule
from gongyu.exchange.policies import can_run_matching
from gongyu.exchange.queries.plan import plan_of

from .doors import run_for, seat_of

A_PAGE = 30
PATIENCE = 20.0  # seconds in the queue after which a page says that nobody takes the run


@access(can_run_matching)
@require_http_methods(["GET", "POST"])
@once
def run_list(request: PersonRequest) -> HttpResponse:
    """The pool in figures and all runs; posted, it starts one."""
    town = seat_of(request)
    form = RunForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        fairness = form.cleaned_data["fairness"]
        return redirect(services.start_run(by=request.user, fairness=fairness, town=town))
    runs = MatchingRun.objects.visible_to(request.user).select_related("job", "by", "town")
    runs = runs.with_counts() if town is None else runs.of_scope(town).with_counts()
    working = runs.of_scope(town).filter(job__state__in=[Job.State.QUEUED, Job.State.RUNNING])
    return render(
        request,
        "exchange/run_list.html",
        {
            "form": form,
            "prices": queries.last_prices(town),
            "pool": queries.pool_figures(town),
            "page_obj": Paginator(runs, A_PAGE).get_page(request.GET.get("page")),
            "working": working.first(),
            "town": town,
            "returned": Need.objects.of_town(town).returned().count(),
            "rules": PlanRule.objects.active().of_town(town).count(),
        },
    )


@access(can_run_matching)
@never_cache
@require_GET
def run_page(request: PersonRequest, pk: int) -> HttpResponse:
    run = run_for(request, pk)
    page = _standing(run)
    if run.job.state == Job.State.DONE:
        plan = plan_of(run)
        matches = Paginator(plan.matches, A_PAGE).get_page(request.GET.get("page"))
        page |= {"plan": plan, "page_obj": matches, "balance": queries.balance_of(run)}
    return render(request, "exchange/run.html", page)


@access(can_run_matching)
@never_cache
@require_GET
def run_progress(request: PersonRequest, pk: int) -> HttpResponse:
    """The moving part of a run's page; when the run is over, the page comes again as a whole."""
    run = run_for(request, pk)
    page = _standing(run)
    response = render(request, "exchange/parts/progress.html", page)
    if run.job.is_over or page["interrupted"]:
        response["HX-Refresh"] = "true"
    return response


def _standing(run: MatchingRun) -> dict[str, Any]:
    return {
        "run": run,
        "job": run.job,
        "waits_long": _waits_long(run),
        "interrupted": services.is_interrupted(run),
    }


def _waits_long(run: MatchingRun) -> bool:
    queued = run.job.state == Job.State.QUEUED
    return queued and queries.seconds_since(run.job.created_at) > PATIENCE


@access(can_run_matching)
@require_POST
def run_cancel(request: PersonRequest, pk: int) -> HttpResponse:
    run = run_for(request, pk)
    services.cancel_run(run, by=request.user)
    messages.success(request, _("正在停下来。需求都还在池里。"))
    return redirect(run)


@access(can_run_matching)
@require_POST
@once
def run_again(request: PersonRequest, pk: int) -> HttpResponse:
    """The same settings on the pool as it is now."""
    return redirect(services.run_again(run_for(request, pk), by=request.user))


@access(can_run_matching)
@require_POST
@once
def run_returned(request: PersonRequest) -> HttpResponse:
    """A run over the needs that came back, and nothing else; what is arranged stays."""
    kind = MatchingRun.Kind.RETURNED
    return redirect(services.start_run(by=request.user, town=seat_of(request), kind=kind))


@access(can_run_matching)
@require_POST
@once
def run_dispatch(request: PersonRequest, pk: int) -> HttpResponse:
    run = run_for(request, pk)
    sent, left = services.dispatch_run(run, by=request.user)
    messages.success(request, _("派出 %(n)d 单，等单位接。") % {"n": sent})
    if left:
        messages.warning(request, _("%(n)d 条这段时间有了变化，没有派，还在需求池。") % {"n": left})
    return redirect(run)


@access(can_run_matching)
@require_POST
@once
def run_revoke(request: PersonRequest, pk: int) -> HttpResponse:
    run = run_for(request, pk)
    number = services.revoke_run(run, by=request.user)
    messages.success(request, _("收回了 %(n)d 单，需求都回到需求池了。") % {"n": number})
    return redirect(run)
