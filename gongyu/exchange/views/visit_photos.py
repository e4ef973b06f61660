"""Photographs of the day: sent by either side, shown once the school has said that they may be."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from gongyu.accounts.requests import PersonRequest
from gongyu.core.access import access
from gongyu.core.errors import DomainError
from gongyu.core.images import MOST_BYTES
from gongyu.core.once import once
from gongyu.core.pictures import NOT_KEPT, answer_picture
from gongyu.exchange import services
from gongyu.exchange.models import VisitPhoto
from gongyu.exchange.models.visits import MOST_VISIT_PHOTOS
from gongyu.exchange.policies import can_file_need, can_see_visit_photos, can_take_part

from .visits import visit_for


def _back(order_pk: int) -> HttpResponse:
    return redirect(reverse("exchange:visit", args=[order_pk]) + "#photos")


@access(can_take_part)
@require_POST
def photos_add(request: PersonRequest, pk: int) -> HttpResponse:
    """Up to six at once. Sent twice, they are the same ones, so no key is asked for."""
    order = visit_for(request, pk)
    files = request.FILES.getlist("photos")
    if not files:
        raise DomainError(_("请先选照片。"))
    if len(files) > MOST_VISIT_PHOTOS:
        raise DomainError(_("一次活动最多放 %(n)d 张照片，请挑一挑。") % {"n": MOST_VISIT_PHOTOS})
    sent = [(file.name or "", file.read(MOST_BYTES + 1)) for file in files]
    kept, refused = services.add_visit_photos(order, sent, by=request.user)
    if kept:
        messages.success(
            request, _("收到 %(n)d 张。学校确认以后，这个班的家长才看得到。") % {"n": len(kept)}
        )
    for sentence in refused:
        messages.error(request, sentence)
    return _back(order.pk)


def _photo(request: PersonRequest, key: uuid.UUID) -> VisitPhoto:
    photos = VisitPhoto.objects.visible_to(request.user).select_related("visit__order")
    return get_object_or_404(photos, key=key)


@access(can_file_need)
@require_POST
@once
def photo_clear(request: PersonRequest, key: uuid.UUID) -> HttpResponse:
    photo = _photo(request, key)
    services.clear_photo(photo, request.POST.get("consent", ""), by=request.user)
    messages.success(request, _("记下了，这个班的家长和单位现在看得到。"))
    return _back(photo.visit_id)


@access(can_take_part)
@require_POST
@once
def photo_remove(request: PersonRequest, key: uuid.UUID) -> HttpResponse:
    photo = _photo(request, key)
    services.remove_visit_photo(photo, by=request.user)
    messages.success(request, _("删掉了，文件也没有了。"))
    return _back(photo.visit_id)


@access(can_see_visit_photos)
@require_GET
def photo(request: PersonRequest, key: uuid.UUID) -> FileResponse:
    return answer_picture(request, _photo(request, key).file, keep=NOT_KEPT)


@access(can_see_visit_photos)
@require_GET
def photo_small(request: PersonRequest, key: uuid.UUID) -> FileResponse:
    return answer_picture(request, _photo(request, key).small, keep=NOT_KEPT)
