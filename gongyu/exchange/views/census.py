"""摸底: a unit keeps and confirms its entries, and says when it is open."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from gongyu.accounts.models import Role
from gongyu.accounts.queries import organization_ids
from gongyu.accounts.requests import PersonRequest
from gongyu.core.access import access
from gongyu.core.calendar import say_day
from gongyu.core.errors import DomainError
from gongyu.core.once import once
from gongyu.exchange import services
from gongyu.exchange.forms.entry import CHIPS, EntryForm
from gongyu.exchange.forms.opening import ExceptionForm, RuleForm, UntilForm
from gongyu.exchange.models import OpeningException, OpeningRule, Resource
from gongyu.exchange.policies import can_keep_entries
from gongyu.exchange.queries.opening import exceptions_ahead, opening_plan, rules_of

from .doors import unit_of


def _own_resource(request: PersonRequest, pk: int) -> Resource:
    mine = Resource.objects.filter(unit__in=organization_ids(request.user, Role.UNIT))
    return get_object_or_404(mine.select_related("unit", "entry"), pk=pk)


@access(can_keep_entries)
@require_http_methods(["GET", "POST"])
@once
def resource_new(request: PersonRequest) -> HttpResponse:
    form = EntryForm(request.POST if request.method == "POST" else None, unit=unit_of(request))
    return _entry_page(request, form)


@access(can_keep_entries)
@require_http_methods(["GET", "POST"])
@once
def resource_edit(request: PersonRequest, pk: int) -> HttpResponse:
    resource = _own_resource(request, pk)
    data = request.POST if request.method == "POST" else None
    return _entry_page(request, EntryForm(data, unit=resource.unit, resource=resource))


def _entry_page(request: PersonRequest, form: EntryForm) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        try:
            saved = services.save_entry(
                form.resource,
                unit=form.unit,
                by=request.user,
                topics=form.cleaned_data["topics"],
                about=form.about(),
                entry=form.entry(),
            )
        except DomainError as refusal:
            form.add_error(None, refusal.sentence)
        else:
            messages.success(request, _("记下了，也算核对过了。接着定开放时间。"))
            return redirect("exchange:opening", saved.pk)
    page = {"form": form, "resource": form.resource, "unit": form.unit, "chips": CHIPS}
    return render(request, "exchange/entry.html", page)


@access(can_keep_entries)
@require_POST
@once
def entries_confirm(request: PersonRequest) -> HttpResponse:
    """One tap: nothing has changed."""
    number = services.confirm_entries(unit_of(request), by=request.user)
    messages.success(request, _("核对过了，%(n)d 项都记作今年有效。") % {"n": number})
    return redirect("exchange:resources")


@access(can_keep_entries)
@require_http_methods(["GET", "POST"])
@once
def opening(request: PersonRequest, pk: int) -> HttpResponse:
    """Rules and exceptions of a resource, and what they come to; posted, one more of either."""
    resource = _own_resource(request, pk)
    asked = request.POST.get("add", "") if request.method == "POST" else ""
    rule_form = RuleForm(request.POST if asked == "rule" else None)
    exception_form = ExceptionForm(request.POST if asked == "exception" else None)
    form = exception_form if asked == "exception" else rule_form
    if asked and form.is_valid():
        try:
            if asked == "rule":
                services.add_opening_rule(resource, by=request.user, **form.cleaned_data)
            else:
                services.add_opening_exception(resource, by=request.user, **form.cleaned_data)
        except DomainError as refusal:
            form.add_error(None, refusal.sentence)
        else:
            messages.success(request, _("记下了。下面是排出来的样子，看好了再开。"))
            return redirect("exchange:opening", resource.pk)
    until = UntilForm(request.GET).chosen()
    page = {
        "resource": resource,
        "rules": rules_of(resource),
        "exceptions": exceptions_ahead(resource),
        "plan": opening_plan(resource, until),
        "until": until,
        "rule_form": rule_form,
        "exception_form": exception_form,
        "until_form": UntilForm(_with(request, until)),
    }
    return render(request, "exchange/opening.html", page)


def _with(request: PersonRequest, until: object) -> QueryDict:
    data = request.GET.copy()
    data["until"] = str(until)
    return data


@access(can_keep_entries)
@require_POST
@once
def opening_apply(request: PersonRequest, pk: int) -> HttpResponse:
    resource = _own_resource(request, pk)
    until = UntilForm(request.POST).chosen()
    plan = services.generate_sessions(resource, until, by=request.user)
    if plan.changes:
        said = _("排到%(day)s：开了 %(n)d 场，收回 %(back)d 场。") % {
            "day": say_day(until),
            "n": len(plan.opens),
            "back": len(plan.goes_back),
        }
        messages.success(request, said)
    else:
        messages.info(request, _("和规则一样，没有要变的。"))
    return redirect(f"{reverse('exchange:opening', args=[resource.pk])}?until={until}")


@access(can_keep_entries)
@require_POST
def rule_remove(request: PersonRequest, pk: int) -> HttpResponse:
    mine = OpeningRule.objects.filter(
        resource__unit__in=organization_ids(request.user, Role.UNIT)
    ).select_related("resource")
    rule = get_object_or_404(mine, pk=pk)
    services.remove_opening_rule(rule, by=request.user)
    messages.success(request, _("这条规则去掉了，场次还没动，看好了再排。"))
    return redirect("exchange:opening", rule.resource_id)


@access(can_keep_entries)
@require_POST
def exception_remove(request: PersonRequest, pk: int) -> HttpResponse:
    mine = OpeningException.objects.filter(
        resource__unit__in=organization_ids(request.user, Role.UNIT)
    ).select_related("resource")
    exception = get_object_or_404(mine, pk=pk)
    services.remove_opening_exception(exception, by=request.user)
    messages.success(request, _("这条例外去掉了，场次还没动，看好了再排。"))
    return redirect("exchange:opening", exception.resource_id)
