"""需求: the list and one need."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from gongyu.accounts.requests import PersonRequest
from gongyu.core.access import access
from gongyu.core.errors import DomainError
from gongyu.core.once import once
from gongyu.exchange import loop, queries, services
from gongyu.exchange.forms import NeedFilter
from gongyu.exchange.models import Need, QueueEntry, Session
from gongyu.exchange.models.moves import NEED_MOVES
from gongyu.exchange.policies import (
    can_file_need,
    can_read_a_need,
    can_read_needs,
    speaks_for_school,
)
from gongyu.exchange.queries.queues import lines_of
from gongyu.exchange.queries.repeat import done_a_year_ago
from gongyu.exchange.queries.settlers import settlers_of

from .doors import need_for, number, school_of, seat_of, side_of

A_PAGE = 20


@access(can_read_needs)
@require_GET
def need_list(request: PersonRequest) -> HttpResponse:
    """A school's own needs; for the commission the whole pool with its filters."""
    of_district = side_of(request) == "commission"
    town = seat_of(request) if of_district else None
    form = NeedFilter(request.GET, with_towns=of_district and town is None)
    chosen = form.chosen()
    is_filtered = any(chosen.values())
    if town is not None:
        chosen["town"] = town.code
    needs = queries.needs_matching(request.user, **chosen)
    return render(
        request,
        "exchange/need_list.html",
        {
            "page_obj": Paginator(needs, A_PAGE).get_page(request.GET.get("page")),
            "filter": form,
            "is_filtered": is_filtered,
            "of_district": of_district,
            "in_town": town,
            "pool": queries.pool_figures(town) if of_district else None,
            "a_year_ago": [] if of_district else done_a_year_ago(school_of(request)),
            "may_file": can_file_need.test(request.user),
        },
    )


@access(can_read_a_need)
@require_GET
def need_page(request: PersonRequest, pk: int) -> HttpResponse:
    need = need_for(request, pk)
    orders = list(need.orders.with_parties().order_by("-placed_at", "-pk"))
    is_ours = speaks_for_school(request.user, need)
    waits = need.state == Need.State.POOLED
    together = queries.together_of(need) if waits and is_ours else None
    settlers = settlers_of(need) if waits else ""
    return render(
        request,
        "exchange/need.html",
        {
            "need": need,
            "orders": orders,
            "due": loop.due_of_need(need, orders[0] if orders else None, settlers),
            "steps": loop.steps_of_need(need, orders[0] if orders else None),
            "entries": loop.timeline_of(need),
            "fit": queries.fit_for(together.draft()) if together else None,
            "together": together,
            "is_ours": is_ours,
            "can_withdraw": is_ours and Need.State.WITHDRAWN in NEED_MOVES[need.state],
            "lines": list(lines_of(need)) if waits else [],
            "unmet": queries.latest_reason(need) if waits else None,
        },
    )


@access(can_file_need)
@require_POST
@once
def order_place(request: PersonRequest, pk: int) -> HttpResponse:
    """点单 for a need that stands in the pool, or a place in the line for a full session."""
    need = need_for(request, pk)
    sessions = Session.objects.visible_to(request.user).select_related("resource__unit")
    wanted = request.POST.get("queue") or request.POST.get("session")
    session = sessions.filter(pk=number(wanted)).first()
    if session is None:
        raise DomainError(_("这一场刚刚不在了，请重新选一场。"))
    unit = session.resource.unit
    if "queue" in request.POST:
        services.join_queue(need, session, by=request.user)
        messages.success(request, _("排上了。%(unit)s一有位子就替您点单。") % {"unit": unit})
        return redirect(need)
    if need.state == Need.State.POOLED and queries.together_of(need).mates:
        orders = services.order_together(need, session, by=request.user)
        said = _("%(n)d 个班一起点的单送到%(unit)s了，等它回话。")
        messages.success(request, said % {"n": len(orders), "unit": unit})
        return redirect(need)
    services.place_order(need, session, by=request.user)
    messages.success(request, _("点单送到%(unit)s了，等它回话。") % {"unit": unit})
    return redirect(need)


@access(can_file_need)
@require_POST
@once
def need_withdraw(request: PersonRequest, pk: int) -> HttpResponse:
    need = get_object_or_404(Need.objects.visible_to(request.user), pk=pk)
    services.withdraw_need(need, by=request.user)
    messages.success(request, _("这条需求撤回了。"))
    return redirect(need)


@access(can_file_need)
@require_POST
@once
def queue_leave(request: PersonRequest, pk: int) -> HttpResponse:
    """不排了: one tap out of the line."""
    entries = QueueEntry.objects.visible_to(request.user).select_related("need")
    entry = services.leave_queue(get_object_or_404(entries, pk=pk), by=request.user)
    messages.success(request, _("不排了，后面的往前挪一位。"))
    return redirect(entry.need)
