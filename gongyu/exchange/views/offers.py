"""资源与场次: a unit's own, and what everybody may see of them."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gongyu.accounts.models import Role
from gongyu.accounts.queries import organization_ids
from gongyu.accounts.requests import PersonRequest
from gongyu.core.access import access, everyone
from gongyu.core.once import once
from gongyu.exchange import queries, services
from gongyu.exchange.forms import SessionsForm
from gongyu.exchange.models import Session
from gongyu.exchange.policies import can_answer_orders, can_file_need, can_see_terms
from gongyu.exchange.queries.census import standing_of
from gongyu.exchange.queries.duplicate_resources import pairs_among
from gongyu.exchange.queries.ledger import unit_record
from gongyu.places.models import Organization
from gongyu.places.queries import merged_into

from .doors import unit_of

SHOWN = 6


@access(can_answer_orders)
@require_http_methods(["GET", "POST"])
@once
def resource_list(request: PersonRequest) -> HttpResponse:
    """What the unit offers and when; posted, it opens half-days."""
    unit = unit_of(request)
    form = SessionsForm(request.POST if request.method == "POST" else None, unit=unit)
    if request.method == "POST" and form.is_valid():
        resource = form.cleaned_data["resource"]
        opened = services.add_sessions(resource, form.asked(), by=request.user)
        if opened:
            messages.success(request, _("开了 %(n)d 场，学校现在就能约。") % {"n": len(opened)})
        else:
            messages.info(request, _("这些半天本来就开着，没有变。"))
        return redirect("exchange:resources")
    resources = queries.offers_of(unit)
    standing = standing_of(unit, resources)
    page = {
        "unit": unit,
        "resources": resources,
        "form": form,
        "standing": standing,
        "pairs": pairs_among(resources),
    }
    return render(request, "exchange/resource_list.html", page)


@access(can_answer_orders)
@require_POST
@once
def session_withdraw(request: PersonRequest, pk: int) -> HttpResponse:
    mine = Session.objects.filter(
        resource__unit__in=organization_ids(request.user, Role.UNIT)
    ).select_related("resource")
    lost = services.withdraw_session(get_object_or_404(mine, pk=pk), by=request.user)
    if lost:
        messages.success(
            request, _("这一场收回了，在等的 %(n)d 单回到需求池，学校会看到。") % {"n": len(lost)}
        )
    else:
        messages.success(request, _("这一场收回了。"))
    return redirect("exchange:resources")


@access(everyone)
@require_GET
def offer_list(request: HttpRequest, organization_pk: int) -> HttpResponse:
    """What a unit offers, for anybody: a fragment of its page, or a page of its own."""
    units = Organization.objects.visible_to(request.user).resource_units()
    unit = units.select_related("division__parent").filter(pk=organization_pk).first()
    if unit is None:
        if (now_at := merged_into(organization_pk)) is None:
            raise Http404
        return redirect("exchange:offers", now_at)
    page = {
        "unit": unit,
        "resources": queries.offers_of(unit),
        "record": unit_record(unit),
        "shown": f":{SHOWN}",
        "may_file": can_file_need.test(request.user),
        "sees_terms": can_see_terms.test(request.user),
    }
    template = "parts/offers.html" if request.headers.get("HX-Request") else "offers.html"
    return render(request, f"exchange/{template}", page)
