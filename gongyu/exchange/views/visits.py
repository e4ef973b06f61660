"""当天: one visit for its two parties, the class's list, the code at the door, a unit's day."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gongyu.accounts.models import Role
from gongyu.accounts.queries import organization_ids, roles_of
from gongyu.accounts.requests import PersonRequest
from gongyu.core.access import access
from gongyu.core.calendar import today
from gongyu.core.errors import DomainError, NotAllowed
from gongyu.core.once import once
from gongyu.exchange import arrival, queries, services
from gongyu.exchange.errors import HeadsInDoubt
from gongyu.exchange.forms.visits import ArriveForm, GroupForm, WordsForm
from gongyu.exchange.models import Order, Visit, VisitPhoto
from gongyu.exchange.models.visits import MOST_VISIT_PHOTOS, MOST_WORDS, Side
from gongyu.exchange.policies import (
    can_answer_orders,
    can_call_roll,
    can_file_need,
    can_look_back,
    can_take_part,
    counts_arrivals,
    goes_along,
    speaks_for_school,
    speaks_for_unit,
    teaches_class,
)
from gongyu.exchange.queries.visits import visit_or_none
from gongyu.families.services import record_name_reads

from .doors import SCHOOL, number, unit_of

A_PAGE = 20
MOST_AHEAD = 6


def visit_for(request: PersonRequest, pk: int) -> Order:
    """The one door: an arranged order of one's own school or unit."""
    return get_object_or_404(queries.visits_of_parties(request.user), pk=pk)


def _side(request: PersonRequest, order: Order) -> str:
    """The school's side if one is at the school, unless one works as the unit right now."""
    is_school = order.need.school_id in organization_ids(request.user, *SCHOOL)
    is_unit = speaks_for_unit(request.user, order)
    works_as_unit = request.workspace is not None and request.workspace.role == Role.UNIT
    return Side.UNIT if is_unit and (works_as_unit or not is_school) else Side.SCHOOL


def _page(request: PersonRequest, order: Order, **forms: Any) -> HttpResponse:
    """The page of the day; ``forms`` are those that came back with errors."""
    user, side = request.user, _side(request, order)
    sheet = queries.sheet_of(order, side, user)
    if sheet.contacts:
        services.record_contact_reads([order], side, by=user)
    visit = sheet.visit
    on_our_side = side == Side.UNIT or goes_along(user, order)
    is_on = order.date == today()
    arrived = visit is not None and visit.arrived_at is not None
    can_write = on_our_side and order.day_has_come
    can_write &= not (side == Side.UNIT and visit is not None and visit.words_side == Side.SCHOOL)
    page = {
        "order": order,
        "need": order.need,
        "resource": order.session.resource,
        "sheet": sheet,
        "visit": visit,
        "side": side,
        "is_on": is_on,
        "is_ahead": order.date > today(),
        "arrived": arrived,
        "can_tick": on_our_side and order.date >= today(),
        "can_describe": side == Side.SCHOOL and on_our_side and order.date >= today(),
        "can_arrive": on_our_side and is_on and not arrived,
        "can_recount": arrived and is_on and visit is not None and counts_arrivals(user, visit),
        "can_write": can_write,
        "can_add_photos": on_our_side and order.day_has_come,
        "can_clear": side == Side.SCHOOL and speaks_for_school(user, order.need),
        "can_roll": is_on and teaches_class(user, order),
        "on_our_side": on_our_side,
        "most": MOST_VISIT_PHOTOS,
        "most_words": MOST_WORDS,
        "consents": VisitPhoto.Consent.choices,
        "group_form": GroupForm(visit=visit),
        "arrive_form": ArriveForm(order=order, ticked=queries.ticked_on(order) if is_on else 0),
        "recount_form": ArriveForm(order=order),
        "words_form": WordsForm(visit=visit),
    } | forms
    if side == Side.UNIT and not arrived and order.date >= today():
        address = reverse("exchange:arrive", args=[arrival.token_for(order)])
        whole = request.build_absolute_uri(address)
        page |= {"code_address": whole, "code": arrival.code_for(whole)}
    return render(request, "exchange/visit.html", page)


@access(can_take_part)
@never_cache
@require_GET
def visit_page(request: PersonRequest, pk: int) -> HttpResponse:
    return _page(request, visit_for(request, pk))


@access(can_file_need)
@require_POST
@once
def visit_group(request: PersonRequest, pk: int) -> HttpResponse:
    order = visit_for(request, pk)
    form = GroupForm(request.POST)
    if form.is_valid():
        try:
            services.describe_group(order, by=request.user, **form.group())
        except NotAllowed:
            raise
        except DomainError as refusal:
            form.add_error(None, refusal.sentence)
        else:
            messages.success(request, _("填好了，单位看得到。"))
            return redirect("exchange:visit", order.pk)
    return _page(request, order, group_form=form)


@access(can_take_part)
@require_POST
@once
def safety_tick(request: PersonRequest, pk: int, line: str) -> HttpResponse:
    """Tick a line, or take the tick back."""
    order = visit_for(request, pk)
    if request.POST.get("undo"):
        services.untick_safety(order, line, by=request.user)
    else:
        services.tick_safety(order, line, by=request.user)
    return redirect(reverse("exchange:visit", args=[order.pk]) + "#safety")


@access(can_call_roll)
@never_cache
@require_http_methods(["GET", "POST"])
@once
def visit_roll(request: PersonRequest, pk: int) -> HttpResponse:
    """The names of the class, for its teachers on the day; every showing is recorded."""
    order = visit_for(request, pk)
    if not teaches_class(request.user, order):
        raise NotAllowed(_("名单只给这个班的任课老师看。"))
    if request.method == "POST":
        there = {number(pk) for pk in request.POST.getlist("there")}
        n = services.call_roll(order, there, by=request.user)
        messages.success(request, _("点好了，到了 %(n)d 人。") % {"n": n})
        return redirect("exchange:visit", order.pk)
    is_on = order.date == today()
    roll = queries.roll_of(order) if is_on else []
    record_name_reads([pupil for pupil, _there in roll], request.user)
    return render(
        request, "exchange/visit_roll.html", {"order": order, "roll": roll, "is_on": is_on}
    )


@access(can_take_part)
@require_POST
@once
def visit_arrive(request: PersonRequest, pk: int) -> HttpResponse:
    order = visit_for(request, pk)
    form = ArriveForm(request.POST)
    if form.is_valid():
        try:
            return _arrived(request, services.arrive(order, by=request.user, **form.cleaned_data))
        except HeadsInDoubt as doubt:
            form.ask_back(doubt.sentence)
    return _page(request, order, arrive_form=form)


@access(can_take_part)
@require_POST
@once
def visit_recount(request: PersonRequest, pk: int) -> HttpResponse:
    """Put the number that came right, on the same day."""
    order = visit_for(request, pk)
    form = ArriveForm(request.POST)
    if form.is_valid():
        try:
            visit = services.correct_arrival(order, by=request.user, **form.cleaned_data)
        except HeadsInDoubt as doubt:
            form.ask_back(doubt.sentence)
        else:
            said = _("改好了：到了 %(n)d 人，对方也会看到。") % {"n": visit.arrived_heads or 0}
            messages.success(request, said)
            return redirect("exchange:visit", order.pk)
    return _page(request, order, recount_form=form)


def _arrived(request: HttpRequest, visit: Visit) -> HttpResponse:
    messages.success(request, _("记下了：到了 %(n)d 人。") % {"n": visit.arrived_heads or 0})
    return redirect("exchange:visit", visit.pk)


@access(can_file_need)
@never_cache
@require_http_methods(["GET", "POST"])
@once
def arrive(request: PersonRequest, token: str) -> HttpResponse:
    """Where the code at the door leads: one press for any of the school's staff, on the day."""
    read = arrival.read_token(token)
    if read is None:
        raise Http404
    schools = organization_ids(request.user, *SCHOOL)
    orders = queries.visits_of_parties(request.user).filter(need__school__in=schools)
    order = get_object_or_404(orders, pk=read[0])
    is_valid = arrival.opens(token, order) and order.date == today()
    form = ArriveForm(request.POST or None, order=order, ticked=queries.ticked_on(order))
    if request.method == "POST" and form.is_valid():
        if not is_valid:
            raise DomainError(
                _("这个码是别的日子的。这一单在 %(when)s，当天请单位再出示一次。")
                % {"when": order.when}
            )
        try:
            visit = services.arrive(order, by=request.user, token=token, **form.cleaned_data)
        except HeadsInDoubt as doubt:
            form.ask_back(doubt.sentence)
        else:
            return _arrived(request, visit)
    page = {"order": order, "visit": visit_or_none(order), "form": form, "is_valid": is_valid}
    return render(request, "exchange/visit_arrive.html", page)


@access(can_take_part)
@require_POST
@once
def visit_words(request: PersonRequest, pk: int) -> HttpResponse:
    order = visit_for(request, pk)
    form = WordsForm(request.POST)
    if form.is_valid():
        try:
            services.tell_what_was_done(order, form.cleaned_data["words"], by=request.user)
        except NotAllowed:
            raise
        except DomainError as refusal:
            form.add_error("words", refusal.sentence)
        else:
            messages.success(request, _("写好了，对方和这个班的家长都看得到。"))
            return redirect("exchange:visit", order.pk)
    return _page(request, order, words_form=form)


@access(can_answer_orders)
@never_cache
@require_GET
def unit_day(request: PersonRequest) -> HttpResponse:
    """一天的接待单: who comes to the unit on one day, to be read on a phone or printed."""
    unit = unit_of(request)
    try:
        day = date.fromisoformat(request.GET.get("date", ""))
    except ValueError:
        day = today()
    halves = queries.day_of_unit(unit, day)
    before, after = queries.days_with_groups(unit, day)
    rung = [
        row.order for half in halves for row in half.rows if row.visit and row.visit.escort_phone
    ]
    services.record_contact_reads(rung, Side.UNIT, by=request.user)
    page = {
        "unit": unit,
        "day": day,
        "halves": halves,
        "before": before,
        "after": after,
        "heads": sum(half.heads for half in halves),
        "groups": sum(len(half.rows) for half in halves),
        "is_on": day == today(),
    }
    return render(request, "exchange/visit_day.html", page)


@access(can_look_back)
@never_cache
@require_GET
def visit_list(request: PersonRequest) -> HttpResponse:
    """去过哪儿: of the classes of one's children, of one's school, or who came to one's unit."""
    side = _desk_side(request)
    orders = {
        "parent": queries.class_visits,
        Side.SCHOOL: queries.school_visits,
        Side.UNIT: queries.unit_visits,
    }[side](request.user)
    page_obj = Paginator(orders, A_PAGE).get_page(request.GET.get("page"))
    ahead = queries.class_visits_ahead(request.user)[:MOST_AHEAD] if side == "parent" else []
    page = {"side": side, "page_obj": page_obj, "ahead": ahead}
    return render(request, "exchange/visit_list.html", page)


def _desk_side(request: PersonRequest) -> str:
    """As whom one looks back: as one works right now, else as whatever one is."""
    sides = {
        Role.PARENT: "parent",
        Role.TEACHER: Side.SCHOOL,
        Role.SCHOOL_ADMIN: Side.SCHOOL,
        Role.COMMUNITY: Side.SCHOOL,
        Role.UNIT: Side.UNIT,
    }
    now_as = request.workspace.role if request.workspace else ""
    held = [now_as, *sorted(roles_of(request.user))]
    return next((str(side) for role, side in sides.items() if role == now_as), None) or next(
        str(side) for role, side in sides.items() if role in held
    )
