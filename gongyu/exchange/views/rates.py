"""三率: by unit, town and school, each number opening to what it counts."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from gongyu.accounts.requests import PersonRequest
from gongyu.core.access import access
from gongyu.exchange.policies import can_run_matching
from gongyu.exchange.queries import rates
from gongyu.exchange.queries.fewest import FEWEST

from .doors import seat_of

A_PAGE = 30


def _kinds() -> dict[str, str]:
    return {rates.UNIT: _("单位"), rates.TOWN: _("镇街"), rates.SCHOOL: _("学校")}


@access(can_run_matching)
@require_GET
def rates_page(request: PersonRequest) -> HttpResponse:
    town = seat_of(request)
    by = request.GET.get("by", rates.UNIT)
    by = by if by in _kinds() else rates.UNIT
    tabs = [
        {"label": label, "url": f"?by={kind}", "current": kind == by}
        for kind, label in _kinds().items()
    ]
    rows = Paginator(rates.rates_by(by, town), A_PAGE).get_page(request.GET.get("page"))
    page = {
        "by": by,
        "tabs": tabs,
        "whole": rates.rates_of_all(town),
        "page_obj": rows,
        "fewest": FEWEST,
    }
    return render(request, "exchange/rates.html", page)


@access(can_run_matching)
@require_GET
def rate_rows(request: PersonRequest, rate: str) -> HttpResponse:
    """The orders or needs that one of the rates counts."""
    labels = rates.rate_labels()
    by = request.GET.get("by", rates.TOWN)
    if rate not in labels or by not in _kinds():
        raise Http404
    met = "met" in request.GET
    behind = rates.rows_behind(rate, by, request.GET.get("key", ""), met=met, town=seat_of(request))
    rows = behind.orders if behind.orders is not None else behind.needs
    found = Paginator(rows or [], A_PAGE).get_page(request.GET.get("page"))
    page = {
        "label": labels[rate],
        "met": met,
        "page_obj": found,
        "of_needs": behind.needs is not None,
    }
    return render(request, "exchange/rate_rows.html", page)
