"""Public pages of places: search, a division, an organisation, the map."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.templatetags.static import static
from django.utils.cache import patch_vary_headers
from django.views.decorators.cache import cache_control
from django.views.decorators.http import conditional_page, require_GET

from gongyu.core.access import access, everyone

from . import outline, queries
from .finding import find
from .forms import MapFilter
from .kinds import kind_label


@access(everyone)
@require_GET
def search(request: HttpRequest) -> HttpResponse:
    """Find a place or a unit; htmx gets the hits alone."""
    found = find(request.GET.get("q", ""), request.user)
    is_fragment = request.headers.get("HX-Request") and not request.headers.get("HX-Boosted")
    template = "places/_hits.html" if is_fragment else "places/search.html"
    response = render(request, template, {"found": found})
    patch_vary_headers(response, ["HX-Request"])
    return response


@access(everyone)
@require_GET
def division(request: HttpRequest, code: str) -> HttpResponse:
    place = get_object_or_404(queries.divisions(), code=code)
    page = queries.division_page(
        place,
        request.user,
        page=request.GET.get("page", "1"),
        organization_page=request.GET.get("units", "1"),
    )
    context = {"page": page, "division": place, "locator": queries.locator(place)}
    return render(request, "places/division.html", context)


@access(everyone)
@require_GET
def organization(request: HttpRequest, pk: int) -> HttpResponse:
    unit = queries.organizations(request.user).filter(pk=pk).first()
    if unit is None:
        if (now_at := queries.merged_into(pk)) is None:
            raise Http404
        return redirect("places:organization", now_at)
    context = {
        "organization": unit,
        "kind_label": kind_label(unit),
        "locator": queries.locator(unit),
    }
    return render(request, "places/organization.html", context)


@access(everyone)
@require_GET
def map_page(request: HttpRequest) -> HttpResponse:
    """The map, and beside it the list of everything that is on it or should be."""
    chosen = MapFilter(request.GET)
    units = queries.units_of(request.user, chosen.family, chosen.town_code)
    district = queries.district()
    path = outline.static_path(district.code) if district else ""
    context = {
        "filter_form": chosen,
        "is_filtered": bool(chosen.family or chosen.town_code),
        "page_obj": queries.units_page(units, request.GET.get("page", "1")),
        "drawing": queries.town_dots({}, width=360, linked=False),
        "boundary_url": static(path) if path else "",
        "tianditu_key": settings.TIANDITU_KEY,
    }
    return render(request, "places/map.html", context)


@access(everyone)
@require_GET
@cache_control(public=True, max_age=300)
@conditional_page
def points(request: HttpRequest) -> HttpResponse:
    """The map's points as JSON, for the same filter as the page."""
    chosen = MapFilter(request.GET)
    units = queries.units_of(request.user, chosen.family, chosen.town_code)
    return JsonResponse({"units": queries.map_points(units), "towns": queries.town_points()})
