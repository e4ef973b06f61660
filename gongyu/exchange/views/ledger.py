"""台账: carried-out visits for whoever has a part in them, and as a workbook."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from gongyu.accounts.requests import PersonRequest
from gongyu.core.access import access
from gongyu.core.calendar import HalfDay, school_year_of, today
from gongyu.core.spreadsheets import Value
from gongyu.exchange.models import ResourceKind
from gongyu.exchange.policies import can_read_orders
from gongyu.exchange.queries.ledger import lines_for, school_record, unit_record, years_of

from .doors import number, school_of, side_of, unit_of
from .exports import workbook

A_PAGE = 30


def _year(request: PersonRequest) -> int:
    asked = number(request.GET.get("year", ""))
    return asked if 2000 < asked < 2100 else school_year_of(today())


@access(can_read_orders)
@require_GET
def ledger(request: PersonRequest) -> HttpResponse:
    """The lines of one school year, newest first, under what they come to."""
    year, side, here = _year(request), side_of(request), reverse("exchange:ledger")
    lines = lines_for(request.user, year)
    tabs = [
        {
            "label": _("%(a)d—%(b)d 学年") % {"a": each, "b": each + 1},
            "url": f"{here}?year={each}",
            "current": each == year,
            "count": None,
        }
        for each in years_of(request.user)
    ]
    record = None
    if side == "unit":
        record = unit_record(unit_of(request))
    elif side == "school":
        record = school_record(school_of(request))
    page = {
        "side": side,
        "year": year,
        "tabs": tabs,
        "record": record,
        "page_obj": Paginator(lines, A_PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "exchange/ledger.html", page)


@access(can_read_orders)
@require_GET
def ledger_export(request: PersonRequest) -> HttpResponse:
    year = _year(request)
    kinds = dict(ResourceKind.choices)
    headers = ["日期", "时段", "单位", "学校", "资源", "种类", "班级或年级", "人数"]
    headers += [
        "每人费用（元）",
        "金额（元）",
        "减免与补贴",
        "单号",
        "第几笔",
        "说明",
        "记账日期",
        "人数依据",
    ]
    rows: list[list[Value]] = [
        [
            line.date,
            str(HalfDay(line.half_day).label),
            line.unit.name,
            line.school.name,
            line.what,
            str(kinds.get(line.kind, "")),
            line.who,
            line.heads,
            line.price_yuan,
            line.amount_yuan,
            line.terms,
            line.order_id,
            line.number,
            line.why,
            line.booked_at.date(),
            str(line.get_counted_display()),
        ]
        for line in lines_for(request.user, year)
    ]
    return workbook("台账", headers, rows, f"ledger-{year}")
