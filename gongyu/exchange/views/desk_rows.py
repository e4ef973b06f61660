"""The rows behind the desk's figures: what nobody has taken, and each part as a workbook."""

from __future__ import annotations

from collections.abc import Callable

from django.core.paginator import Paginator
from django.db.models import prefetch_related_objects
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from gongyu.accounts.requests import PersonRequest
from gongyu.core.access import access
from gongyu.core.calendar import HalfDay, midnight, school_year_began
from gongyu.core.spreadsheets import Value
from gongyu.exchange.models import Need, Order
from gongyu.exchange.policies import can_run_matching
from gongyu.exchange.queries import desk
from gongyu.exchange.queries.coverage import coverage
from gongyu.exchange.queries.liaisons import vice_principals, without_liaison
from gongyu.exchange.queries.unmet import scarce_now, unmet
from gongyu.places.models import Division

from .doors import seat_of
from .exports import workbook

A_PAGE = 30
Rows = tuple[str, list[str], list[list[Value]]]  # title, headers, rows


@access(can_run_matching)
@require_GET
def desk_unmet(request: PersonRequest) -> HttpResponse:
    """By topic and town; under what the last run proposes to build up."""
    town = seat_of(request)
    run, scarce = scarce_now(town)
    rows = unmet(town)
    page = {
        "page_obj": Paginator(rows, A_PAGE).get_page(request.GET.get("page")),
        "run": run,
        "scarce": scarce,
        "town": town,
    }
    return render(request, "exchange/desk_unmet.html", page)


@access(can_run_matching)
@require_GET
def desk_export(request: PersonRequest, kind: str) -> HttpResponse:
    """One part of the desk as a workbook, of the district or of one's town."""
    town = seat_of(request)
    if (orders := desk.desk_orders(kind, town)) is not None:
        label = next(entry.label for entry in desk.waiting_today(town) if entry.kind == kind)
        title, headers, rows = _orders(label, list(orders))
    elif kind in _PARTS:
        title, headers, rows = _PARTS[kind](town)
    else:
        raise Http404
    return workbook(title, headers, rows, f"desk-{kind}")


def _orders(title: str, orders: list[Order]) -> Rows:
    headers = [
        "单号",
        "状态",
        "日期",
        "时段",
        "学校",
        "班级或年级",
        "人数",
        "单位",
        "资源",
        "点单日期",
    ]
    return (
        title,
        headers,
        [
            [
                order.pk,
                str(order.get_state_display()),
                order.date,
                str(HalfDay(order.half_day).label),
                order.need.school.name,
                order.need.who_label,
                order.heads_came,
                order.session.resource.unit.name,
                order.session.resource.title,
                order.placed_at.date(),
            ]
            for order in orders
        ],
    )


def _needs(town: Division | None) -> Rows:
    needs = (
        Need.objects.of_town(town)
        .filter(filed_at__gte=midnight(school_year_began()))
        .exclude(state=Need.State.WITHDRAWN)
        .select_related("school", "school_class")
        .prefetch_related("topics")
    )
    headers = [
        "编号",
        "状态",
        "学校",
        "班级或年级",
        "人数",
        "主题",
        "紧急程度",
        "最早",
        "最晚",
        "提出日期",
    ]
    return (
        _("这个学年的需求"),
        headers,
        [
            [
                need.pk,
                str(need.get_state_display()),
                need.school.name,
                need.who_label,
                need.headcount,
                "、".join(topic.name for topic in need.topics.all()),
                str(need.get_severity_display()),
                need.date_from,
                need.date_to,
                need.filed_at.date(),
            ]
            for need in needs
        ],
    )


def _done(town: Division | None) -> Rows:
    orders = Order.objects.of_town(town).filter(
        date__gte=school_year_began(), state__in=Order.HOLDING
    )
    return _orders(_("这个学年约定和办完的"), list(orders.with_parties().order_by("date", "pk")))


def _classes(town: Division | None) -> Rows:
    rows = desk.practice_days(town)
    return (
        _("实践天数"),
        ["学校", "班级", "已有天数", "底线", "还差"],
        [[str(r.school_class.school), str(r.school_class), r.days, r.floor, r.lacks] for r in rows],
    )


def _towns(town: Division | None) -> Rows:
    rows = coverage(town).towns
    return (
        _("镇街布点"),
        ["镇街", "代码", "布点", "在用的学校", "约到过的学校", "还没约到过"],
        [[r.name, r.code, r.units, r.schools, r.served, r.gap] for r in rows],
    )


def _bare_schools(town: Division | None) -> Rows:
    schools = coverage(town).bare_schools
    prefetch_related_objects(schools, "division__parent")
    return (
        _("没约到过的学校"),
        ["学校", "镇街"],
        [[school.name, str(school.town or "")] for school in schools],
    )


def _unmet(town: Division | None) -> Rows:
    return (
        _("还没人接的"),
        ["主题", "镇街", "需求", "学校", "紧急的", "最早提出"],
        [
            [r.topic_name, r.town_name, r.needs, r.schools, r.urgent, r.since.date()]
            for r in unmet(town)
        ],
    )


def _nameless(town: Division | None) -> Rows:
    return (
        _("没有联络人的"),
        ["名称", "类别", "镇街"],
        [
            [each.name, str(each.get_kind_display()), str(each.town or "")]
            for each in without_liaison(town).select_related("division__parent")
        ],
    )


def _lent(town: Division | None) -> Rows:
    """Without telephones: a workbook goes from hand to hand."""
    return (
        _("副校长"),
        ["学校", "岗位", "姓名", "职务", "哪个部门派来", "从哪天", "这个学年做了几件"],
        [
            [
                post.organization.name,
                str(post.get_kind_display()),
                post.name,
                post.title,
                str(post.from_body or ""),
                post.starts,
                getattr(post, "done", 0),
            ]
            for post in vice_principals(town)
        ],
    )


_PARTS: dict[str, Callable[[Division | None], Rows]] = {
    "needs": _needs,
    "orders": _done,
    "classes": _classes,
    "towns": _towns,
    "schools": _bare_schools,
    "unmet": _unmet,
    "people": _nameless,
    "lent": _lent,
}
