"""订单: a unit's inbox with its month, a school's list, one order and what each side can do."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from gongyu.accounts.requests import PersonRequest
from gongyu.core.access import access
from gongyu.core.calendar import today
from gongyu.core.errors import DomainError
from gongyu.core.once import once
from gongyu.exchange import loop, queries, services
from gongyu.exchange.forms import (
    AmendForm,
    CancelForm,
    DeclineForm,
    ProposeForm,
    RateForm,
    SplitForm,
)
from gongyu.exchange.forms.answers import first_sentence
from gongyu.exchange.models import Order, Rating
from gongyu.exchange.models.needs import in_towns
from gongyu.exchange.policies import (
    can_answer_orders,
    can_answer_proposals,
    can_end_orders,
    can_read_orders,
    settles,
    speaks_for_school,
    speaks_for_unit,
)
from gongyu.exchange.queries.settlers import settlers_of
from gongyu.exchange.wording import say_count

from .aftermath import aftermath_of
from .doors import order_for, seat_of, side_of, unit_of

A_PAGE = 20
TABS: dict[str, tuple[Any, list[str]]] = {
    "waiting": (gettext_lazy("等回话"), [Order.State.PLACED]),
    "proposed": (gettext_lazy("在商量"), [Order.State.PROPOSED, Order.State.DISPUTED]),
    "arranged": (gettext_lazy("约好了"), [Order.State.ACCEPTED]),
    "done": (gettext_lazy("办完了"), [*Order.HAPPENED]),
    "over": (gettext_lazy("没成的"), [*Order.OVER]),
}


@access(can_read_orders)
@require_GET
def order_list(request: PersonRequest) -> HttpResponse:
    """The inbox of a unit, the orders of a school, all orders for the commission."""
    side = side_of(request)
    if side == "unit" and request.GET.get("tab", "waiting") == "waiting":
        return render(request, "exchange/inbox.html", _inbox(request, None))
    orders: QuerySet[Order] = Order.objects.visible_to(request.user).with_parties()
    if side == "unit":
        orders = orders.filter(session__resource__unit=unit_of(request))
    elif side == "school":
        orders = queries.orders_for_school(request.user)
    town = seat_of(request) if side == "commission" else None
    if town is not None:
        orders = orders.filter(in_towns("need__school", [town]))
    return render(
        request, "exchange/order_list.html", _list(request, orders, side) | {"town": town}
    )


def _list(request: PersonRequest, orders: QuerySet[Order], side: str) -> dict[str, Any]:
    to_rate = queries.waiting_to_be_rated(request.user)
    tab = request.GET.get("tab", "")
    if tab not in TABS:
        tab = "proposed" if side == "school" and _has(orders, "proposed") else "waiting"
    shown = orders.filter(state__in=TABS[tab][1])
    shown = shown.order_by("date", "half_day", "pk") if tab == "arranged" else shown
    page_obj = Paginator(shown, A_PAGE).get_page(request.GET.get("page"))
    return {
        "side": side,
        "tab": tab,
        "tabs": _tabs(orders, tab),
        "to_rate": list(to_rate[:5]) if side != "commission" else [],
        "page_obj": page_obj,
    }


def _has(orders: QuerySet[Order], tab: str) -> bool:
    return orders.filter(state__in=TABS[tab][1]).exists()


def _tabs(orders: QuerySet[Order], current: str) -> list[dict[str, Any]]:
    states = list(orders.order_by().values_list("state", flat=True))
    return [
        {
            "label": label,
            "url": f"?tab={key}",
            "current": key == current,
            "count": sum(state in wanted for state in states),
        }
        for key, (label, wanted) in TABS.items()
    ]


def _inbox(request: PersonRequest, order: Order | None) -> dict[str, Any]:
    """The unit's desk: what waits, the chosen order, the month round it."""
    unit = unit_of(request) if order is None else order.session.resource.unit
    inbox = queries.inbox_of(unit)
    is_own_page = order is not None
    chosen = order or next((w.order for w in inbox.clashing or inbox.waiting), None)
    day = _day(request, chosen)
    month = queries.month_of(
        unit,
        _month(request, day),
        clashing={w.order.pk for w in inbox.clashing},
        chosen=day,
    )
    own = Order.objects.filter(session__resource__unit=unit)
    page = {
        "unit": unit,
        "inbox": inbox,
        "heading": _heading(inbox),
        "month": month,
        "tabs": _tabs(own, "waiting" if not is_own_page else ""),
        "is_own_page": is_own_page,
        "side": "unit",
    }
    if chosen is not None:
        if not is_own_page:
            chosen = order_for(request, chosen.pk)
        page |= _one(request, chosen, "unit") | {"entry": inbox.entry(chosen)}
    return page


def _heading(inbox: queries.Inbox) -> str:
    schools = len({w.order.need.school_id for w in inbox.waiting})
    if not schools:
        return _("没有等您回话的订单")
    return _("%(n)s个学校等您回话") % {"n": say_count(schools)}


def _day(request: HttpRequest, chosen: Order | None) -> date | None:
    try:
        return date.fromisoformat(request.GET.get("day", ""))
    except ValueError:
        return chosen.date if chosen is not None else None


def _month(request: HttpRequest, day: date | None) -> date:
    try:
        year, month = request.GET.get("month", "").split("-")
        wanted = date(int(year), int(month), 1)
    except ValueError:
        return day or today()
    return wanted if 2000 < wanted.year < 2100 else today()


@access(can_read_orders)
@require_GET
def order_page(request: PersonRequest, pk: int) -> HttpResponse:
    order = order_for(request, pk)
    ours = speaks_for_unit(request.user, order)
    theirs = speaks_for_school(request.user, order.need)
    if ours and (side_of(request) == "unit" or not theirs):
        return render(request, "exchange/inbox.html", _inbox(request, order))
    side = "school" if theirs else "district" if settles(request.user, order.need) else "reader"
    return render(request, "exchange/order.html", _one(request, order, side))


def _amending(ratings: list[Rating], mine: str | None) -> dict[str, Any]:
    """The form that puts one's own rating of today right, where there is one."""
    own = next((r for r in ratings if r.side == mine and r.may_change), None)
    if own is None:
        return {}
    return {
        "may_amend": own.side,
        "amend_form": AmendForm(given=own),
    }


def _one(request: PersonRequest, order: Order, side: str) -> dict[str, Any]:
    """One order with what this side can do about it."""
    state, unit = order.state, order.session.resource.unit
    ratings = list(order.ratings.all())
    mine = {"unit": Rating.Side.UNIT, "school": Rating.Side.SCHOOL}.get(side)
    held = state in Order.HOLDING
    placed = state == Order.State.PLACED
    mates = list(Order.objects.mates_of(order).with_parties().order_by("pk"))
    ways, halves = _ways(order, mates) if side == "unit" and placed else ([], [])
    may_rate = bool(mine) and held and order.has_begun and mine not in {r.side for r in ratings}
    settling = state in (Order.State.DISPUTED, Order.State.REVISIT)
    settlers = settlers_of(order.need) if settling else ""
    return {
        "order": order,
        "need": order.need,
        "side": side,
        "settlers": settlers,
        "steps": loop.steps_of_order(order),
        "due": loop.due_of(order, {r.side for r in ratings}, settlers),
        "entries": loop.timeline_of(order),
        "ratings": ratings,
        "topics": list(order.need.topics.all()),
        "can_accept": side == "unit" and placed,
        "can_propose": side == "unit" and placed,
        "can_decline": side == "unit" and state in (Order.State.PLACED, Order.State.PROPOSED),
        "can_agree": side == "school" and state == Order.State.PROPOSED,
        "can_cancel": _may_cancel(order, side),
        "can_rate": may_rate,
        "mates": mates,
        "group_heads": order.headcount + sum(mate.headcount for mate in mates),
        "few": services.too_few(order) if side == "unit" and state in Order.LIVE else "",
        "alternatives": ways,
        "halves": halves,
        "split_form": SplitForm(unit=unit),
        "propose_form": ProposeForm(unit=unit),
        "decline_form": DeclineForm(),
        "is_late": (is_late := services.is_short_notice(order) if side in _SIDES else False),
        "cancel_form": CancelForm(late=is_late),
        "rate_form": RateForm(),
        "contacts": _contacts(request, order, side),
        **_amending(ratings, mine),
    } | aftermath_of(order, side)


def _ways(
    order: Order, mates: list[Order]
) -> tuple[list[queries.Alternative], list[queries.Halves]]:
    """Other half-days; those who came together are moved together, never halved."""
    return (queries.ways_for_group([order, *mates]), []) if mates else queries.ways_for(order)


def _contacts(request: PersonRequest, order: Order, side: str) -> list[queries.Contact]:
    """Whom to ring, once both have agreed; that it was shown is on record."""
    contacts = queries.contacts_for(order, request.user) if side in _SIDES else []
    if contacts:
        services.record_contact_reads([order], side, by=request.user)
    return contacts


_SIDES = ("school", "unit")


def _may_cancel(order: Order, side: str) -> bool:
    """Either side until the day is over; before the answer the school alone (a unit declines)."""
    if order.state == Order.State.ACCEPTED:
        return side in _SIDES and order.date >= today()
    return side == "school" and order.state in Order.ASKED


@access(can_answer_orders)
@require_POST
@once
def order_accept(request: PersonRequest, pk: int) -> HttpResponse:
    order = services.accept_order(order_for(request, pk), by=request.user)
    messages.success(request, _("接下了：%(when)s，%(n)d 人。") % _about(order))
    return redirect(order)


@access(can_answer_orders)
@require_POST
@once
def order_accept_all(request: PersonRequest) -> HttpResponse:
    accepted, left = services.accept_all(unit_of(request), by=request.user)
    if accepted:
        pupils = sum(order.headcount for order in accepted)
        messages.success(
            request, _("接下了 %(n)d 单，共 %(p)d 个孩子。") % {"n": len(accepted), "p": pupils}
        )
    if left:
        messages.warning(request, _("还有 %(n)d 单撞了，留给您看。") % {"n": len(left)})
    if not accepted and not left:
        messages.info(request, _("没有等您回话的订单了。"))
    return redirect("exchange:orders")


@access(can_answer_orders)
@require_POST
@once
def order_propose(request: PersonRequest, pk: int) -> HttpResponse:
    order = order_for(request, pk)
    form = ProposeForm(request.POST, unit=order.session.resource.unit)
    if not form.is_valid():
        return again(request, order, "propose_form", form)
    session, words = form.cleaned_data["session"], form.cleaned_data["words"]
    order = services.propose_session(order, session, by=request.user, words=words)
    if Order.objects.mates_of(order).exists():
        messages.success(request, _("提议送到各学校了，各自点一下同意就定了。"))
    else:
        messages.success(request, _("提议送到学校了，它点一下同意就定了。"))
    return redirect(order)


@access(can_answer_orders)
@require_POST
@once
def order_decline(request: PersonRequest, pk: int) -> HttpResponse:
    order = order_for(request, pk)
    form = DeclineForm(request.POST)
    if not form.is_valid():
        return again(request, order, "decline_form", form)
    services.decline_order(order, by=request.user, **form.cleaned_data)
    messages.success(request, _("婉拒了，需求回到需求池另找单位。"))
    return redirect("exchange:orders")


@access(can_answer_proposals)
@require_POST
@once
def order_agree(request: PersonRequest, pk: int) -> HttpResponse:
    order = services.agree_to_proposal(order_for(request, pk), by=request.user)
    messages.success(request, _("定了：%(when)s，%(n)d 人。") % _about(order))
    return redirect(order)


@access(can_answer_proposals)
@require_POST
@once
def order_refuse(request: PersonRequest, pk: int) -> HttpResponse:
    order = services.refuse_proposal(order_for(request, pk), by=request.user)
    messages.success(request, _("告诉单位来不了了，需求回到需求池。"))
    return redirect(order.need)


@access(can_end_orders)
@require_POST
@once
def order_cancel(request: PersonRequest, pk: int) -> HttpResponse:
    order = order_for(request, pk)
    form = CancelForm(request.POST, late=services.is_short_notice(order))
    if not form.is_valid():
        return again(request, order, "cancel_form", form)
    order = services.cancel_order(order, by=request.user, **form.cleaned_data)
    messages.success(request, _("取消了，对方会看到。需求回到需求池。"))
    return redirect(order)


@access(can_end_orders)
@require_POST
@once
def order_rate(request: PersonRequest, pk: int) -> HttpResponse:
    order = order_for(request, pk)
    form = RateForm(request.POST)
    if not form.is_valid():
        return again(request, order, "rate_form", form)
    services.rate_order(order, by=request.user, **form.cleaned_data)
    messages.success(request, _("评好了，谢谢。"))
    match request.POST.get("from"):
        case "list":
            return redirect("exchange:orders")
        case "today":
            return redirect("home:today")
    return redirect(order)


@access(can_end_orders)
@require_POST
@once
def order_amend(request: PersonRequest, pk: int) -> HttpResponse:
    order = order_for(request, pk)
    form = AmendForm(request.POST)
    if not form.is_valid():
        return again(request, order, "amend_form", form)
    services.amend_rating(order, by=request.user, **form.cleaned_data)
    messages.success(request, _("改好了。"))
    return redirect(order)


def _about(order: Order) -> dict[str, Any]:
    return {"when": order.when, "n": order.headcount}


def again(request: PersonRequest, order: Order, name: str, form: Any) -> HttpResponse:
    """The order's page with the form as it was typed and what is wrong with it.

    Who may not speak on this order gets the service's refusal another way: no form to send.
    """
    ours = speaks_for_unit(request.user, order)
    theirs = speaks_for_school(request.user, order.need)
    if not ours and not theirs and not settles(request.user, order.need):
        raise DomainError(first_sentence(form))
    side = "school" if theirs else "district"
    page = _inbox(request, order) if ours else _one(request, order, side)
    template = "inbox.html" if ours else "order.html"
    return render(request, f"exchange/{template}", page | {name: form, "failed": name})
