"""联络人和副校长: kept by the school, the unit or the commission; shown in the right degree."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gongyu.accounts.models import User
from gongyu.accounts.requests import PersonRequest
from gongyu.core.access import access, everyone
from gongyu.core.errors import DomainError
from gongyu.core.once import once
from gongyu.exchange import services
from gongyu.exchange.forms.liaisons import DeedForm, LiaisonForm
from gongyu.exchange.models import Liaison
from gongyu.exchange.policies import can_keep_own_liaisons, can_run_matching, can_take_census
from gongyu.exchange.queries.liaisons import (
    history_of,
    phone_reads_of,
    posts_of,
    vice_principals,
    without_liaison,
)
from gongyu.places.models import Organization

from .doors import keeper_of, seat_of

A_PAGE = 30


@access(everyone)
@require_GET
def posts(request: HttpRequest, organization_pk: int) -> HttpResponse:
    """A fragment of an organisation's page: who to talk to, as far as the reader may know."""
    found = Organization.objects.visible_to(request.user)
    organization = get_object_or_404(found, pk=organization_pk)
    shown = posts_of(organization, request.user)
    if shown.phones and shown.current and isinstance(request.user, User):
        services.record_liaison_read(organization, by=request.user)
    page = {"organization": organization, "posts": shown}
    response = render(request, "exchange/parts/posts.html", page)
    patch_cache_control(response, private=True, no_store=True)
    return response


@access(can_keep_own_liaisons)
@require_http_methods(["GET", "POST"])
@once
def liaison_own(request: PersonRequest) -> HttpResponse:
    """The own school's or unit's people; posted, somebody new in a post."""
    return _page(request, keeper_of(request), "exchange:liaison_own")


@access(can_take_census)
@require_http_methods(["GET", "POST"])
@once
def liaison_of(request: PersonRequest, organization_pk: int) -> HttpResponse:
    """Any school's or unit's people, for the commission."""
    kinds = [Organization.Kind.SCHOOL, Organization.Kind.RESOURCE_UNIT]
    found = Organization.objects.filter(kind__in=kinds)
    organization = get_object_or_404(found, pk=organization_pk)
    return _page(request, organization, "exchange:liaison_of", organization.pk)


def _page(
    request: PersonRequest, organization: Organization, address: str, *args: int
) -> HttpResponse:
    data = request.POST if request.method == "POST" else None
    form = LiaisonForm(data, organization=organization)
    if data is not None and form.is_valid():
        try:
            services.name_liaison(organization, by=request.user, **form.cleaned_data)
        except DomainError as refusal:
            form.add_error(None, refusal.sentence)
        else:
            messages.success(request, _("定下了，一起办事的人现在就能看到。"))
            return redirect(address, *args)
    held = list(history_of(organization))
    page = {
        "organization": organization,
        "is_school": organization.kind == Organization.Kind.SCHOOL,
        "current": [post for post in held if post.is_current],
        "earlier": [post for post in held if not post.is_current],
        "phone_reads": phone_reads_of(organization),
        "form": form,
        "deed_form": DeedForm(label_suffix=""),
        "has_liaison": any(p.is_current and p.kind == Liaison.Kind.LIAISON for p in held),
    }
    return render(request, "exchange/liaisons.html", page)


def _back(request: PersonRequest, liaison: Liaison) -> HttpResponse:
    if can_take_census.test(request.user):
        return redirect("exchange:liaison_of", liaison.organization_id)
    return redirect("exchange:liaison_own")


def _kept(request: PersonRequest, pk: int) -> Liaison:
    kept = Liaison.objects.visible_to(request.user).select_related("organization")
    return get_object_or_404(kept, pk=pk)


@access(can_keep_own_liaisons | can_take_census)
@require_POST
@once
def liaison_end(request: PersonRequest, pk: int) -> HttpResponse:
    liaison = services.end_liaison(_kept(request, pk), by=request.user)
    messages.success(request, _("记下了，这个岗位现在空着。"))
    return _back(request, liaison)


@access(can_keep_own_liaisons | can_take_census)
@require_POST
@once
def deed_note(request: PersonRequest, pk: int) -> HttpResponse:
    """What a vice-principal did; a line that does not do comes back as a sentence."""
    liaison = _kept(request, pk)
    form = DeedForm(request.POST)
    if not form.is_valid():
        raise DomainError(str(next(iter(form.errors.values()))[0]))
    services.note_deed(liaison, by=request.user, **form.cleaned_data)
    messages.success(request, _("记上了。"))
    return _back(request, liaison)


@access(can_run_matching)
@require_GET
def desk_people(request: PersonRequest) -> HttpResponse:
    """Schools and units without a liaison, and the vice-principals of the district."""
    town = seat_of(request)
    page = {
        "missing": Paginator(without_liaison(town), A_PAGE).get_page(request.GET.get("page")),
        "lent": list(vice_principals(town)),
        "may_name": can_take_census.test(request.user),
    }
    return render(request, "exchange/desk_people.html", page)
