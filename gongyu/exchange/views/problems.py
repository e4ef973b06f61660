"""突出问题: the district's list, one problem, and what the commission writes there."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gongyu.accounts.requests import PersonRequest
from gongyu.core import timeline
from gongyu.core.access import access, everyone
from gongyu.core.errors import DomainError
from gongyu.core.once import once
from gongyu.exchange import services
from gongyu.exchange.forms.problems import EvidenceForm, MeasureForm, ProblemForm
from gongyu.exchange.models import Evidence, Measure, Problem
from gongyu.exchange.policies import can_file_need, can_keep_problems
from gongyu.exchange.queries.effects import effect_of_problem
from gongyu.exchange.queries.fewest import FEWEST
from gongyu.exchange.queries.problems import problems, topics_to_ask, visits_of_problem


@access(everyone)
@require_GET
def problem_list(request: HttpRequest) -> HttpResponse:
    keeps = can_keep_problems.test(request.user)
    page = {"problems": list(problems()), "keeps": keeps, "shell": _shell(request)}
    return render(request, "exchange/problem_list.html", page)


def _shell(request: HttpRequest) -> str:
    """Whoever is signed in reads the list at the own desk, everybody else as a visitor."""
    return "app.html" if request.user.is_authenticated else "site.html"


@access(everyone)
@require_GET
def problem_page(request: HttpRequest, pk: int) -> HttpResponse:
    keeps = can_keep_problems.test(request.user)
    forms = (EvidenceForm(), MeasureForm()) if keeps else (None, None)
    return _page(request, pk, *forms)


def _page(
    request: HttpRequest, pk: int, evidence: EvidenceForm | None, measure: MeasureForm | None
) -> HttpResponse:
    problem = get_object_or_404(problems(), pk=pk)
    keeps = can_keep_problems.test(request.user)
    topics = list(problem.topics.all())
    page = {
        "problem": problem,
        "evidence": list(problem.evidence.all()),
        "measures": list(problem.measures.select_related("who")),
        "supporting": list(problem.supporting.all()),
        "to_ask": topics_to_ask(problem) if can_file_need.test(request.user) else [],
        "came_of_it": visits_of_problem(problem),
        "effect": effect_of_problem(problem),
        "fewest": FEWEST,
        "keeps": keeps,
        "only_topic": topics[0].code if len(topics) == 1 else "",
        "shell": _shell(request),
        "moves": [s for s in Problem.State if s in Problem.MOVES[problem.state]],
        "evidence_form": evidence,
        "measure_form": measure,
        "entries": [
            {"when": e.at, "title": e.sentence, "text": e.actor_label}
            for e in reversed(timeline.entries_of(problem))
        ]
        if keeps
        else [],
    }
    return render(request, "exchange/problem.html", page)


@access(can_keep_problems)
@require_http_methods(["GET", "POST"])
@once
def problem_new(request: PersonRequest) -> HttpResponse:
    form = ProblemForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            problem = services.record_problem(by=request.user, **form.cleaned_data)
        except DomainError as refusal:
            form.add_error(None, refusal.sentence)
        else:
            messages.success(request, _("列上了。接着可以补依据和措施。"))
            return redirect(problem)
    return render(request, "exchange/problem_new.html", {"form": form, "draft": "new"})


@access(can_keep_problems)
@require_http_methods(["GET", "POST"])
@once
def problem_edit(request: PersonRequest, pk: int) -> HttpResponse:
    problem = get_object_or_404(Problem, pk=pk)
    form = ProblemForm(request.POST if request.method == "POST" else None, problem=problem)
    if request.method == "POST" and form.is_valid():
        try:
            services.edit_problem(problem, by=request.user, **form.cleaned_data)
        except DomainError as refusal:
            form.add_error(None, refusal.sentence)
        else:
            messages.success(request, _("改好了，原来的样子在经过里。"))
            return redirect(problem)
    page = {"form": form, "problem": problem, "draft": str(problem.pk)}
    return render(request, "exchange/problem_new.html", page)


@access(can_keep_problems)
@require_http_methods(["GET", "POST"])
@once
def evidence_edit(request: PersonRequest, pk: int) -> HttpResponse:
    evidence = get_object_or_404(Evidence.objects.select_related("problem"), pk=pk)
    said = ("kind", "statement", "source", "source_url", "dated", "certainty")
    initial = {name: getattr(evidence, name) for name in said}
    form = EvidenceForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            services.edit_evidence(evidence, by=request.user, **form.cleaned_data)
        except DomainError as refusal:
            form.add_error(None, refusal.sentence)
        else:
            messages.success(request, _("改好了，原来的样子在经过里。"))
            return redirect(evidence.problem)
    page = {"form": form, "problem": evidence.problem, "evidence": evidence}
    page["draft"] = f"evidence-{evidence.pk}"
    return render(request, "exchange/problem_new.html", page)


@access(can_keep_problems)
@require_POST
@once
def evidence_add(request: PersonRequest, pk: int) -> HttpResponse:
    problem = get_object_or_404(Problem, pk=pk)
    form = EvidenceForm(request.POST)
    if form.is_valid():
        try:
            services.add_evidence(problem, by=request.user, **form.cleaned_data)
        except DomainError as refusal:
            form.add_error(None, refusal.sentence)
        else:
            messages.success(request, _("依据记上了。"))
            return redirect(problem)
    return _page(request, pk, form, MeasureForm())


@access(can_keep_problems)
@require_POST
@once
def measure_add(request: PersonRequest, pk: int) -> HttpResponse:
    problem = get_object_or_404(Problem, pk=pk)
    form = MeasureForm(request.POST)
    if form.is_valid():
        try:
            services.add_measure(problem, by=request.user, **form.cleaned_data)
        except DomainError as refusal:
            form.add_error(None, refusal.sentence)
        else:
            messages.success(request, _("措施记上了。"))
            return redirect(problem)
    return _page(request, pk, EvidenceForm(), form)


@access(can_keep_problems)
@require_POST
@once
def measure_close(request: PersonRequest, pk: int) -> HttpResponse:
    measure = get_object_or_404(Measure.objects.select_related("problem"), pk=pk)
    services.close_measure(measure, by=request.user)
    messages.success(request, _("这条措施做完了。"))
    return redirect(measure.problem)


@access(can_keep_problems)
@require_POST
@once
def problem_move(request: PersonRequest, pk: int) -> HttpResponse:
    problem = get_object_or_404(Problem, pk=pk)
    services.move_problem(problem, request.POST.get("to", ""), by=request.user)
    messages.success(request, _("状态改好了。"))
    return redirect(problem)
