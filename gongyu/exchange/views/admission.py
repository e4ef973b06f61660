"""入库: a unit applies; the commission admits, reviews, suspends, delists. And examinations."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gongyu.accounts.requests import PersonRequest
from gongyu.core import timeline
from gongyu.core.access import access
from gongyu.core.errors import DomainError
from gongyu.core.once import once
from gongyu.exchange import services
from gongyu.exchange.forms.admission import AdmitForm, StopForm
from gongyu.exchange.forms.opening import SuspensionForm
from gongyu.exchange.models import ExamSuspension, UnitAdmission
from gongyu.exchange.policies import can_keep_entries, can_take_census
from gongyu.exchange.queries.admission import admission_counts, admissions, sessions_ahead

from .doors import unit_of

A_PAGE = 30
_ALL = "all"


@access(can_keep_entries)
@require_POST
@once
def admission_apply(request: PersonRequest) -> HttpResponse:
    services.apply_for_admission(unit_of(request), by=request.user)
    messages.success(request, _("申请送到区教委了，核查的结果会告诉您。"))
    return redirect("exchange:resources")


@access(can_take_census)
@require_GET
def admission_list(request: PersonRequest) -> HttpResponse:
    counts = admission_counts()
    labels = [*UnitAdmission.State.choices, ("due", _("该年审了"))]
    waiting = next((key for key in (UnitAdmission.State.APPLIED, "due") if counts[key]), _ALL)
    state = request.GET.get("state", waiting)  # what waits for the commission comes first
    here = reverse("exchange:admissions")
    tabs = [
        {
            "label": label,
            "url": f"{here}?state={key}",
            "current": key == state,
            "count": counts[key],
        }
        for key, label in labels
    ]
    all_tab = {
        "label": _("全部"),
        "url": f"{here}?state={_ALL}",
        "current": state == _ALL,
        "count": None,
    }
    page = {
        "tabs": [all_tab, *tabs],
        "counts": counts,
        "page_obj": Paginator(admissions(state), A_PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "exchange/admission_list.html", page)


@access(can_take_census)
@require_http_methods(["GET", "POST"])
@once
def admission_page(request: PersonRequest, pk: int) -> HttpResponse:
    """What was checked and decided; posted, it admits (``do=admit``) or stops (``do=stop``)."""
    found = UnitAdmission.objects.select_related("unit__division__parent", "decided_by")
    admission = get_object_or_404(found, pk=pk)
    do = request.POST.get("do", "") if request.method == "POST" else ""
    admit = AdmitForm(request.POST if do == "admit" else None, admission=admission)
    stop = StopForm(request.POST if do == "stop" else None)
    form = stop if do == "stop" else admit
    if do and form.is_valid():
        try:
            said = _decide(request, admission, form)
        except DomainError as refusal:
            form.add_error(None, refusal.sentence)
        else:
            messages.success(request, said)
            return redirect("exchange:admission", pk)
    moves = UnitAdmission.MOVES[admission.state]
    page = {
        "admission": admission,
        "admit_form": admit if UnitAdmission.State.ADMITTED in moves else None,
        "stop_form": stop if moves & set(UnitAdmission.STOPPED) else None,
        "ahead": sessions_ahead(admission),
        "entries": [
            {"when": e.at, "title": e.sentence, "text": e.actor_label}
            for e in reversed(timeline.entries_of(admission))
        ],
    }
    return render(request, "exchange/admission.html", page)


def _decide(request: PersonRequest, admission: UnitAdmission, form: AdmitForm | StopForm) -> str:
    if isinstance(form, AdmitForm):
        services.admit_unit(admission, by=request.user, **form.cleaned_data)
        return _("入库了，暂停时收回的场次也开回来了。")
    _admission, asked = services.stop_unit(admission, by=request.user, **form.cleaned_data)
    if asked:
        return _("办好了。还有 %(n)d 场有学校约着，请和学校商量。") % {"n": asked}
    return _("办好了，没有约着的场次都收回了。")


@access(can_take_census)
@require_http_methods(["GET", "POST"])
@once
def suspension_list(request: PersonRequest) -> HttpResponse:
    """Days on which examinations stop sessions; posted, one more."""
    form = SuspensionForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            services.add_suspension(by=request.user, **form.cleaned_data)
        except DomainError as refusal:
            form.add_error(None, refusal.sentence)
        else:
            messages.success(request, _("记下了，单位排场次时会避开这几天。"))
            return redirect("exchange:suspensions")
    page = {"form": form, "suspensions": list(ExamSuspension.objects.order_by("-first_day", "pk"))}
    return render(request, "exchange/suspension_list.html", page)


@access(can_take_census)
@require_POST
def suspension_remove(request: PersonRequest, pk: int) -> HttpResponse:
    services.remove_suspension(get_object_or_404(ExamSuspension, pk=pk), by=request.user)
    messages.success(request, _("取消了，单位下次排场次时就能开了。"))
    return redirect("exchange:suspensions")
