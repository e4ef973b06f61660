"""What is done with a plan: rows behind its numbers, another setting beside it, pins and bans."""

from __future__ import annotations

import tempfile
from pathlib import Path

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gongyu.accounts.requests import PersonRequest
from gongyu.core.access import access
from gongyu.core.errors import DomainError
from gongyu.core.models import Job
from gongyu.core.once import once
from gongyu.core.spreadsheets import write_workbook
from gongyu.exchange import services
from gongyu.exchange.errors import MoveNotAllowed
from gongyu.exchange.forms import RuleForm, RunForm
from gongyu.exchange.models import MatchingRun, PlannedMatch, PlanRule
from gongyu.exchange.policies import can_run_matching
from gongyu.exchange.queries.compare import SHOWN, compare, others_to_compare
from gongyu.exchange.queries.run_rows import RowFilter, run_rows, run_workbook

from .doors import number, run_for, seat_of

A_PAGE = 30
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _finished(request: PersonRequest, pk: int) -> MatchingRun:
    run = run_for(request, pk)
    if run.job.state != Job.State.DONE:
        raise MoveNotAllowed(_("方案还没有算完，算完再看。"))
    return run


@access(can_run_matching)
@require_GET
def run_rows_page(request: PersonRequest, pk: int) -> HttpResponse:
    """The needs behind a number of the run's page."""
    run = _finished(request, pk)
    asked = RowFilter.of(request.GET.dict())
    rows = run_rows(run, asked)
    page = {
        "run": run,
        "label": asked.label(),
        "page_obj": Paginator(rows, A_PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "exchange/run_rows.html", page)


@access(can_run_matching)
@require_GET
def run_export(request: PersonRequest, pk: int) -> HttpResponse:
    """Plan, unmet and towns as a workbook without formulas."""
    run = _finished(request, pk)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "plan.xlsx"
        write_workbook(path, run_workbook(run))
        content = path.read_bytes()
    response = HttpResponse(content, content_type=XLSX)
    name = f"plan-{run.started_at:%Y%m%d}-{run.pk}.xlsx"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@access(can_run_matching)
@never_cache
@require_http_methods(["GET", "POST"])
@once
def run_compare(request: PersonRequest, pk: int) -> HttpResponse:
    """A plan and another one of the same pool; posted, it starts a run with another setting."""
    run = _finished(request, pk)
    form = RunForm(
        request.POST if request.method == "POST" else None,
        initial={"fairness": 0 if run.fairness > 50 else 100},
    )
    if request.method == "POST" and form.is_valid():
        other = services.start_run(
            by=request.user,
            fairness=form.cleaned_data["fairness"],
            town=run.town,
            kind=run.kind,
            beside=run,
        )
        return redirect(f"{reverse('exchange:run_compare', args=[run.pk])}?with={other.pk}")
    others = others_to_compare(run)
    page = {"run": run, "form": form, "others": others, "shown": SHOWN}
    chosen = number(request.GET.get("with")) or (others[0].pk if others else 0)
    if chosen:
        runs = MatchingRun.objects.visible_to(request.user).of_scope(run.town)
        other = get_object_or_404(runs.exclude(pk=run.pk).select_related("job", "town"), pk=chosen)
        page |= {"other": other, "job": other.job}
        if other.job.state == Job.State.DONE:
            page["comparison"] = found = compare(run, other)
            page["sides"] = [found.left, found.right]
    return render(request, "exchange/run_compare.html", page)


@access(can_run_matching)
@require_http_methods(["GET", "POST"])
@once
def match_rule(request: PersonRequest, pk: int, match: int) -> HttpResponse:
    """Pin a pair of the plan, or ban it, with a reason."""
    run = _finished(request, pk)
    matches = PlannedMatch.objects.filter(run=run).select_related(
        "need__school__division__parent", "need__school_class", "session__resource__unit"
    )
    found = get_object_or_404(matches, pk=match)
    form = RuleForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            rule = services.set_rule(
                form.cleaned_data["kind"],
                found.need,
                found.session,
                by=request.user,
                reason=form.cleaned_data["reason"],
            )
        except DomainError as refusal:
            form.add_error(None, refusal.sentence)
        else:
            said = _("记下了：%(what)s。按指定再运行一次，方案就会变。")
            messages.success(request, said % {"what": rule.get_kind_display()})
            return redirect(run)
    rules = PlanRule.objects.active().filter(need=found.need).with_parties()
    page = {"run": run, "match": found, "form": form, "rules": rules}
    return render(request, "exchange/match_rule.html", page)


@access(can_run_matching)
@require_GET
def rule_list(request: PersonRequest) -> HttpResponse:
    """What staff decided, by whom, when and why; undone ones stay below."""
    rules = PlanRule.objects.visible_to(request.user).of_town(seat_of(request)).with_parties()
    past = rules.filter(undone_at__isnull=False).select_related("undone_by")
    page = {
        "page_obj": Paginator(rules.active(), A_PAGE).get_page(request.GET.get("page")),
        "past": past.order_by("-undone_at")[:A_PAGE],
    }
    return render(request, "exchange/rule_list.html", page)


@access(can_run_matching)
@require_POST
@once
def rule_undo(request: PersonRequest, pk: int) -> HttpResponse:
    rule = get_object_or_404(PlanRule.objects.visible_to(request.user), pk=pk)
    services.undo_rule(rule, by=request.user)
    messages.success(request, _("撤掉了。再运行一次，方案就会变。"))
    return redirect("exchange:rules")
