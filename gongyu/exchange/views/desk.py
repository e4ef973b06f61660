"""The district's desk."""

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from gongyu.accounts.requests import PersonRequest
from gongyu.core.access import access
from gongyu.exchange.models import Need
from gongyu.exchange.policies import can_run_matching
from gongyu.exchange.queries import desk
from gongyu.exchange.queries.coverage import coverage
from gongyu.exchange.queries.liaisons import without_liaison
from gongyu.exchange.queries.rates import rates_of_all
from gongyu.exchange.queries.towns import Towns
from gongyu.exchange.queries.unmet import unmet
from gongyu.exchange.queries.year_visits import YearVisits

from .doors import seat_of

A_PAGE = 30
CLASSES_SHOWN = 8
UNMET_SHOWN = 5


@access(can_run_matching)
@require_GET
def desk_page(request: PersonRequest) -> HttpResponse:
    town = seat_of(request)
    towns, visits = Towns(), YearVisits(town)
    classes = desk.practice_days(town, visits)
    year = desk.year_figures(town, visits)
    page = {
        "waiting": desk.waiting_today(town),
        "year": year,
        "classes": classes[:CLASSES_SHOWN],
        "behind": classes.behind,
        "known": len(classes),
        "coverage": coverage(town, towns, visits),
        "nameless": without_liaison(town).count(),
        "unmet": unmet(town, UNMET_SHOWN, towns),
        "rates": rates_of_all(town, year.solved),
        "town": town,
        "returned": Need.objects.of_town(town).returned().count(),
    }
    return render(request, "exchange/desk.html", page)


@access(can_run_matching)
@require_GET
def desk_orders(request: PersonRequest, kind: str) -> HttpResponse:
    """The orders behind a figure of the desk."""
    town = seat_of(request)
    orders = desk.desk_orders(kind, town)
    if orders is None:
        raise Http404
    label = next(entry.label for entry in desk.waiting_today(town) if entry.kind == kind)
    found = Paginator(orders, A_PAGE).get_page(request.GET.get("page"))
    return render(
        request, "exchange/desk_orders.html", {"label": label, "kind": kind, "page_obj": found}
    )


@access(can_run_matching)
@require_GET
def desk_classes(request: PersonRequest) -> HttpResponse:
    """Every class with its days of practice, fewest first."""
    found = Paginator(desk.practice_days(seat_of(request)), A_PAGE).get_page(
        request.GET.get("page")
    )
    return render(request, "exchange/desk_classes.html", {"page_obj": found})
