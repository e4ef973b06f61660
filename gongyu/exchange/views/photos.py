"""照片: a unit keeps its own; everybody who sees the unit sees them, on our own pages only."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gongyu.accounts.models import Role
from gongyu.accounts.queries import organization_ids
from gongyu.accounts.requests import PersonRequest
from gongyu.core.access import access, everyone
from gongyu.core.errors import DomainError
from gongyu.core.images import MOST_BYTES
from gongyu.core.once import once
from gongyu.core.pictures import FOR_AN_HOUR, answer_picture
from gongyu.exchange import services
from gongyu.exchange.forms.photos import PhotoForm
from gongyu.exchange.models import Resource, ResourcePhoto
from gongyu.exchange.models.photos import MOST_PHOTOS
from gongyu.exchange.policies import can_keep_entries


@access(can_keep_entries)
@require_http_methods(["GET", "POST"])
@once
def photo_list(request: PersonRequest, pk: int) -> HttpResponse:
    """The photographs of a resource; posted, one more."""
    mine = Resource.objects.filter(unit__in=organization_ids(request.user, Role.UNIT))
    resource = get_object_or_404(mine.select_related("unit"), pk=pk)
    is_sent = request.method == "POST"
    form = PhotoForm(request.POST if is_sent else None, request.FILES if is_sent else None)
    if is_sent and form.is_valid():
        raw = form.cleaned_data["file"].read(MOST_BYTES + 1)
        try:
            services.add_photo(resource, raw, alt=form.cleaned_data["alt"], by=request.user)
        except DomainError as refusal:
            form.add_error("file", refusal.sentence)
        else:
            messages.success(request, _("照片放上了，学校现在就能看到。"))
            return redirect("exchange:photos", resource.pk)
    page = {
        "resource": resource,
        "photos": list(resource.photos.all()),
        "most": MOST_PHOTOS,
        "form": form,
    }
    return render(request, "exchange/photos.html", page)


def _own(request: PersonRequest, pk: int) -> ResourcePhoto:
    mine = ResourcePhoto.objects.filter(
        resource__unit__in=organization_ids(request.user, Role.UNIT)
    )
    return get_object_or_404(mine.select_related("resource"), pk=pk)


@access(can_keep_entries)
@require_POST
@once
def photo_up(request: PersonRequest, pk: int) -> HttpResponse:
    photo = _own(request, pk)
    services.move_photo_up(photo, by=request.user)
    return redirect("exchange:photos", photo.resource_id)


@access(can_keep_entries)
@require_POST
@once
def photo_remove(request: PersonRequest, pk: int) -> HttpResponse:
    photo = _own(request, pk)
    services.remove_photo(photo, by=request.user)
    messages.success(request, _("照片去掉了。"))
    return redirect("exchange:photos", photo.resource_id)


@access(everyone)
@require_GET
def photo(request: HttpRequest, key: uuid.UUID) -> FileResponse:
    return _served(request, key, "file")


@access(everyone)
@require_GET
def photo_small(request: HttpRequest, key: uuid.UUID) -> FileResponse:
    return _served(request, key, "small")


def _served(request: HttpRequest, key: uuid.UUID, field: str) -> FileResponse:
    found = get_object_or_404(ResourcePhoto.objects.visible_to(request.user), key=key)
    return answer_picture(request, getattr(found, field), keep=FOR_AN_HOUR)
