"""Carried-out visits go into the ledger by themselves; what changes afterwards is a line more."""

from __future__ import annotations

from django.db import transaction
from django.db.models import F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from gongyu.core.calendar import now, today
from gongyu.exchange.models import LedgerLine, Order
from gongyu.exchange.models.orders import came
from gongyu.exchange.queries.visits import visit_or_none


def book_visits() -> int:
    """Book whatever the ledger does not say yet; returns how many lines it wrote.

    Called by the worker, after which way so ever an order came to its end. Each order in a
    transaction of its own; with nothing new it writes nothing.
    """
    return sum(_book(order) for order in _unbooked().order_by("date", "pk"))


def _unbooked() -> QuerySet[Order]:
    """Orders that took place and whose heads are not those of the ledger, or that no longer did."""
    booked = (
        LedgerLine.objects.filter(order=OuterRef("pk"))
        .order_by()
        .values("order")
        .annotate(sum=Sum("heads"))
        .values("sum")
    )
    orders = Order.objects.annotate(booked=Coalesce(Subquery(booked), 0), came=came())
    happened = Q(state__in=Order.HAPPENED, date__lte=today())
    return orders.filter(happened & ~Q(booked=F("came")) | ~happened & ~Q(booked=0))


def book_again(order: Order) -> None:
    """The heads of a booked visit were put right: the difference is a line more, at once.

    It stands at the price of the first line. What is not booked yet is left to the worker, who
    then books the right number in one line.
    """
    if LedgerLine.objects.filter(order=order).exists():
        _book(order)


def _counted(order: Order) -> str:
    """On what the heads rest: the day told them (``Visit.arrived_heads``), or they were agreed."""
    visit = visit_or_none(order)
    told = visit is not None and visit.arrived_heads is not None
    return LedgerLine.Counted.ARRIVED if told else LedgerLine.Counted.AGREED


@transaction.atomic
def _book(order: Order) -> int:
    """Write the line that makes the ledger say what the order says."""
    order = (
        Order.objects.select_for_update(of=("self",))
        .select_related("need__school", "need__school_class", "session__resource__unit")
        .select_related("session__resource__entry", "visit")
        .get(pk=order.pk)
    )
    lines = list(LedgerLine.objects.filter(order=order).order_by("number"))
    happened = order.state in Order.HAPPENED and order.date <= today()
    heads = (order.heads_came if happened else 0) - sum(line.heads for line in lines)
    if not heads:
        return 0  # another worker was faster
    resource = order.session.resource
    entry = getattr(resource, "entry", None)
    price = lines[0].price_fen if lines else resource.price_fen
    why = ""
    if lines:
        why = (
            _("更正人数，改成 %(n)d 人") % {"n": order.heads_came}
            if happened
            else _("冲回：这一单现在是“%(state)s”") % {"state": order.get_state_display()}
        )
    LedgerLine.objects.create(
        order=order,
        number=len(lines) + 1,
        date=order.date,
        half_day=order.half_day,
        unit=resource.unit,
        school=order.need.school,
        what=resource.title,
        kind=entry.kind if entry else "",
        who=order.need.who_label[:60],
        heads=heads,
        counted=_counted(order),
        price_fen=price,
        amount_fen=heads * price,
        terms=lines[0].terms if lines else entry.subsidy_terms if entry else "",
        why=why,
        booked_at=now(),
    )
    return 1
