"""进校园白名单: one page that shows each side its part, and the moves on it."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from gongyu.accounts.requests import PersonRequest
from gongyu.core.access import access
from gongyu.core.calendar import school_year_of, today
from gongyu.core.errors import DomainError
from gongyu.core.once import once
from gongyu.exchange import services
from gongyu.exchange.forms.whitelist import CapForm, MatterForm, PushForm
from gongyu.exchange.models import WhitelistMatter
from gongyu.exchange.policies import (
    can_cancel_push,
    can_keep_whitelist,
    can_push,
    can_see_whitelist,
)
from gongyu.exchange.queries.whitelist import burdens, matters, plans_for, present_cap

A_PAGE = 20


@access(can_see_whitelist)
@require_http_methods(["GET", "POST"])
@once
def whitelist(request: PersonRequest) -> HttpResponse:
    """The list, the plans ahead, the schools' burden; posted, a matter, a plan or the cap."""
    do = request.POST.get("do", "") if request.method == "POST" else ""
    data = request.POST
    most = present_cap()
    keeps, pushes = can_keep_whitelist.test(request.user), can_push.test(request.user)
    matter_form = MatterForm(data if do == "matter" else None) if keeps else None
    cap_form = CapForm(data if do == "cap" else None, most=most) if keeps else None
    push_form = PushForm(data if do == "push" else None, user=request.user) if pushes else None
    form = {"matter": matter_form, "cap": cap_form, "push": push_form}.get(do)
    if form is not None and form.is_valid():
        try:
            said = _do(request, form)
        except DomainError as refusal:
            form.add_error(None, refusal.sentence)
        else:
            messages.success(request, said)
            return redirect("exchange:whitelist")
    listed = Paginator(matters(), A_PAGE).get_page(request.GET.get("page"))
    page = {
        "page_obj": listed,
        "plans": list(plans_for(request.user)[:50]),
        "burdens": burdens(request.user, most)[:50],
        "most": most,
        "keeps": keeps,
        "matter_form": matter_form,
        "cap_form": cap_form,
        "push_form": push_form,
        "may_cancel": can_cancel_push.test(request.user),
    }
    return render(request, "exchange/whitelist.html", page)


def _do(request: PersonRequest, form: MatterForm | CapForm | PushForm) -> str:
    data = form.cleaned_data
    if isinstance(form, MatterForm):
        services.list_matter(by=request.user, **data)
        return _("列上了，单位现在可以排。")
    if isinstance(form, CapForm):
        services.set_push_cap(school_year_of(today()), data["most"], by=request.user)
        return _("上限改好了，已经排的不受影响。")
    services.plan_push(data["matter"], data["school"], data["day"], by=request.user)
    return _("排上了，学校已经知道。")


@access(can_keep_whitelist)
@require_POST
def matter_unlist(request: PersonRequest, pk: int) -> HttpResponse:
    number = services.unlist_matter(get_object_or_404(WhitelistMatter, pk=pk), by=request.user)
    if number:
        messages.success(
            request, _("移出了，往后的 %(n)d 次都取消，学校已经知道。") % {"n": number}
        )
    else:
        messages.success(request, _("移出了。"))
    return redirect("exchange:whitelist")


@access(can_cancel_push)
@require_POST
def push_cancel(request: PersonRequest, pk: int) -> HttpResponse:
    services.cancel_push(get_object_or_404(plans_for(request.user), pk=pk), by=request.user)
    messages.success(request, _("取消了，对方已经知道。"))
    return redirect("exchange:whitelist")
