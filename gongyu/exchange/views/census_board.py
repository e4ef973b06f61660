"""摸底 for the commission: four views, the records behind each number, who still has to confirm."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from gongyu.accounts.requests import PersonRequest
from gongyu.core.access import access
from gongyu.core.once import once
from gongyu.exchange import services
from gongyu.exchange.forms.census import RecordFilter
from gongyu.exchange.policies import can_take_census
from gongyu.exchange.queries.census_board import census, records

A_PAGE = 30


@access(can_take_census)
@require_GET
def census_page(request: PersonRequest) -> HttpResponse:
    return render(request, "exchange/census.html", {"census": census()})


@access(can_take_census)
@require_GET
def census_records(request: PersonRequest) -> HttpResponse:
    form = RecordFilter(request.GET)
    found = Paginator(records(form.chosen()), A_PAGE).get_page(request.GET.get("page"))
    return render(request, "exchange/census_records.html", {"form": form, "page_obj": found})


@access(can_take_census)
@require_POST
@once
def census_invite(request: PersonRequest) -> HttpResponse:
    number = services.invite_units(by=request.user)
    if number:
        messages.success(request, _("邀请了 %(n)d 家单位，没有变化的点一下就好。") % {"n": number})
    else:
        messages.info(request, _("该邀请的都邀请过了。"))
    return redirect("exchange:census")


@access(can_take_census)
@require_POST
@once
def census_remind(request: PersonRequest) -> HttpResponse:
    number = services.remind_units(by=request.user)
    messages.success(request, _("提醒了 %(n)d 家单位。") % {"n": number})
    return redirect("exchange:census")
