"""派单异议、会商、人数、没来、回访: posts from the order's page."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from gongyu.accounts.requests import PersonRequest
from gongyu.core.access import access
from gongyu.core.errors import DomainError
from gongyu.core.once import once
from gongyu.exchange import services
from gongyu.exchange.forms import AbsentForm, ConferForm, HeadcountForm, ObjectForm, RevisitForm
from gongyu.exchange.policies import (
    can_answer_proposals,
    can_confer,
    can_end_orders,
    can_file_need,
)
from gongyu.exchange.queries.settlers import settlers_of

from .doors import order_for
from .orders import again

MOST_EFFECT_WORDS = 200


@access(can_end_orders)
@require_POST
@once
def order_object(request: PersonRequest, pk: int) -> HttpResponse:
    order = order_for(request, pk)
    form = ObjectForm(request.POST)
    if not form.is_valid():
        return again(request, order, "object_form", form)
    order = services.object_to_order(order, by=request.user, **form.cleaned_data)
    said = _("异议送到了，%(who)s商定以后告诉您。")
    messages.success(request, said % {"who": settlers_of(order.need)})
    return redirect(order)


@access(can_confer)
@require_POST
@once
def order_confer(request: PersonRequest, pk: int) -> HttpResponse:
    order = order_for(request, pk)
    form = ConferForm(request.POST)
    if not form.is_valid():
        return again(request, order, "confer_form", form)
    try:
        goes_on = services.settle_objection(order, by=request.user, **form.cleaned_data)
    except DomainError as refusal:
        form.add_error(None, refusal.sentence)
        return again(request, order_for(request, pk), "confer_form", form)
    messages.success(request, _("会商记下了，两边都会看到。"))
    return redirect(goes_on)


@access(can_answer_proposals)
@require_POST
@once
def order_heads(request: PersonRequest, pk: int) -> HttpResponse:
    order = order_for(request, pk)
    form = HeadcountForm(request.POST)
    if not form.is_valid():
        return again(request, order, "heads_form", form)
    try:
        order = services.change_headcount(order, by=request.user, **form.cleaned_data)
    except DomainError as refusal:
        form.add_error("headcount", refusal.sentence)
        return again(request, order_for(request, pk), "heads_form", form)
    messages.success(request, _("改成 %(n)d 人了，单位会看到。") % {"n": order.headcount})
    return redirect(order)


@access(can_end_orders)
@require_POST
@once
def order_absent(request: PersonRequest, pk: int) -> HttpResponse:
    order = order_for(request, pk)
    form = AbsentForm(request.POST)
    if not form.is_valid():
        return again(request, order, "absent_form", form)
    order = services.record_absence(order, by=request.user, **form.cleaned_data)
    messages.success(request, _("记下了，对方会看到。需求回到需求池再找。"))
    return redirect(order)


@access(can_end_orders)
@require_POST
@once
def absent_undo(request: PersonRequest, pk: int) -> HttpResponse:
    order = services.take_absence_back(order_for(request, pk), by=request.user)
    messages.success(request, _("撤回了，这一次还算约好的。对方会看到。"))
    return redirect(order)


@access(can_confer)
@require_POST
@once
def order_revisit(request: PersonRequest, pk: int) -> HttpResponse:
    order = order_for(request, pk)
    form = RevisitForm(request.POST)
    if not form.is_valid():
        return again(request, order, "revisit_form", form)
    order = services.record_revisit(order, by=request.user, **form.cleaned_data)
    messages.success(request, _("回访记下了，这一单归档。"))
    return redirect(order)


@access(can_file_need)
@require_POST
@once
def order_effect(request: PersonRequest, pk: int) -> HttpResponse:
    """有没有用: one tap from the first page, a few words on the order's own page if wanted."""
    order = order_for(request, pk)
    words = request.POST.get("words", "")[:MOST_EFFECT_WORDS]
    services.answer_effect(
        order, by=request.user, answer=request.POST.get("answer", ""), words=words
    )
    messages.success(request, _("记下了，谢谢。"))
    return redirect("home:today" if "today" in request.POST else order)
