"""日历: a week or a month of a unit or a school, and moving what may still be moved."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from gongyu.accounts.models import Membership, Role
from gongyu.accounts.queries import organization_ids
from gongyu.accounts.requests import PersonRequest
from gongyu.core.access import access
from gongyu.core.errors import DomainError
from gongyu.core.once import once
from gongyu.exchange import services
from gongyu.exchange.forms import ProposeForm
from gongyu.exchange.forms.answers import first_sentence
from gongyu.exchange.models import Session
from gongyu.exchange.policies import can_answer_orders, has_calendar
from gongyu.exchange.queries.calendar import Sheet, address
from gongyu.exchange.queries.calendar_moves import add_moves
from gongyu.exchange.queries.calendar_school import school_calendar, school_facts
from gongyu.exchange.queries.calendar_unit import unit_calendar, unit_facts
from gongyu.exchange.queries.span import Span
from gongyu.exchange.wording import say_count

from .doors import calendar_desk, order_for

SHOWN = 4


@access(has_calendar)
@require_GET
def calendars(request: PersonRequest) -> HttpResponse:
    """The week that the address names, or the month with one day of it chosen."""
    span, day = _place(request.GET)
    desk = calendar_desk(request)
    side = "unit" if desk.role == Role.UNIT else "school"
    page = _unit(desk, span, day) if side == "unit" else _school(request, desk, span, day)
    return render(request, "exchange/calendars.html", page | _frame(span, day, side))


def _place(data: QueryDict) -> tuple[Span, date | None]:
    span = Span.asked(data.get("week", ""), data.get("month", ""))
    return span, span.day_in_it(data.get("day", ""))


def _unit(desk: Membership, span: Span, day: date | None) -> dict[str, Any]:
    if desk.organization is None:
        raise Http404
    facts = unit_facts(desk.organization, span.first, span.last)
    sheet = unit_calendar(facts, span, day)
    add_moves(sheet, facts)
    return {"sheet": sheet, "organization": desk.organization, "heading": _unit_heading(sheet)}


def _school(
    request: PersonRequest, desk: Membership, span: Span, day: date | None
) -> dict[str, Any]:
    if desk.organization is None:
        raise Http404
    teacher = request.user if desk.role == Role.TEACHER else None
    facts = school_facts(desk.organization, span.first, span.last, teacher)
    sheet = school_calendar(facts, span, day)
    return {
        "sheet": sheet,
        "organization": desk.organization,
        "heading": _school_heading(sheet),
        "open_needs": facts.open_needs,
        "teacher": teacher,
    }


def _frame(span: Span, day: date | None, side: str) -> dict[str, Any]:
    """The way from here: before, after, now, and the other kind of sheet."""
    ahead = day or (span.now.first if span.holds_today else span.first)
    here = span.now if span.holds_today else span
    week = Span.of_week(day) if day else (here if span.is_week else Span.of_week(ahead))
    return {
        "side": side,
        "span": span,
        "before": f"?{address(span.before)}",
        "after": f"?{address(span.after)}",
        "now": f"?{address(span.now)}",
        "here": address(span, day),
        "tabs": [
            {
                "label": _("周"),
                "url": f"?{address(span if span.is_week else week)}",
                "current": span.is_week,
            },
            {
                "label": _("月"),
                "url": f"?{address(Span.of_month(span.first) if span.is_week else span)}",
                "current": not span.is_week,
            },
        ],
        "shown": f":{SHOWN}",
        "rest": f"{SHOWN}:",
    }


def _this(sheet: Sheet) -> str:
    span = sheet.span
    for other, week, month in (
        (span.now, _("这一周"), _("这个月")),
        (span.now.after, _("下一周"), _("下个月")),
        (span.now.before, _("上一周"), _("上个月")),
    ):
        if span == other:
            return week if span.is_week else month
    return _("那一周") if span.is_week else _("那个月")


def _unit_heading(sheet: Sheet) -> str:
    said = {"when": _this(sheet), "n": say_count(sheet.waiting), "p": say_count(sheet.promised)}
    if sheet.waiting and sheet.promised:
        return _("%(when)s定了%(p)s次，还有%(n)s单等您回话") % said
    if sheet.waiting:
        return _("%(when)s有%(n)s单等您回话") % said
    if sheet.promised:
        return _("%(when)s定了%(p)s次") % said
    return _("%(when)s还没有人约") % said


def _school_heading(sheet: Sheet) -> str:
    waiting = sheet.waiting + sheet.offered
    said = {"when": _this(sheet), "n": say_count(waiting), "p": say_count(sheet.promised)}
    if waiting and sheet.promised:
        return _("%(when)s定了%(p)s次，还有%(n)s单没定") % said
    if waiting:
        return _("%(when)s有%(n)s单没定") % said
    if sheet.promised:
        return _("%(when)s定了%(p)s次") % said
    return _("%(when)s还没有安排") % said


@access(can_answer_orders)
@require_POST
@once
def calendar_propose(request: PersonRequest, pk: int) -> HttpResponse:
    """A card was moved: the school is asked whether that half-day will do."""
    order = order_for(request, pk)
    form = ProposeForm(request.POST, unit=order.session.resource.unit)
    if not form.is_valid():
        raise DomainError(first_sentence(form))
    session = form.cleaned_data["session"]
    services.propose_session(order, session, by=request.user)
    said = {"school": order.need.school, "when": session.when}
    messages.success(request, _("提议送到%(school)s了：改到 %(when)s，它点一下同意就定。") % said)
    return _back(request)


@access(can_answer_orders)
@require_POST
@once
def session_move(request: PersonRequest, pk: int) -> HttpResponse:
    """An empty session was moved to another half-day."""
    mine = Session.objects.filter(resource__unit__in=organization_ids(request.user, Role.UNIT))
    session = get_object_or_404(mine.select_related("resource"), pk=pk)
    day, half_day = _half_day(request.POST.get("to", ""))
    moved = services.move_session(session, day, half_day, by=request.user)
    said = {"one": session.when, "other": moved.when}
    messages.success(request, _("挪好了：%(one)s那一场改在 %(other)s，学校现在能约。") % said)
    return _back(request)


def _half_day(text: str) -> tuple[date, int]:
    """``2026-12-03.1`` of a form."""
    day, _dot, half_day = text.partition(".")
    if not (half_day.isascii() and half_day.isdecimal() and len(half_day) == 1):
        raise DomainError(_("请选一个半天。"))
    try:
        return date.fromisoformat(day), int(half_day)
    except ValueError:
        raise DomainError(_("请选一个半天。")) from None


def _back(request: PersonRequest) -> HttpResponseRedirect:
    """The place that was left, read anew, so that no address of others can be slipped in."""
    span, day = _place(QueryDict(request.POST.get("here", "")))
    return HttpResponseRedirect(f"{reverse('exchange:calendars')}?{address(span, day)}")
