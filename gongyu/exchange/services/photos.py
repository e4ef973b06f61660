"""A unit shows what its resource looks like."""

from __future__ import annotations

import uuid
from functools import partial

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext as _

from gongyu.accounts.models import Role, User
from gongyu.accounts.queries import organization_ids
from gongyu.core import timeline
from gongyu.core.calendar import now
from gongyu.core.errors import DomainError
from gongyu.core.images import read_picture
from gongyu.exchange.errors import NotAllowed
from gongyu.exchange.models import Resource, ResourcePhoto
from gongyu.exchange.models.photos import MOST_PHOTOS


@transaction.atomic
def add_photo(resource: Resource, raw: bytes, *, alt: str, by: User) -> ResourcePhoto:
    """Keep a photograph behind the others; what arrives is never stored, only what is made of it.

    Raises DomainError if it is no picture, too large or too small, without words, or one too many.
    """
    _own(resource, by)
    Resource.objects.select_for_update(of=("self",)).get(pk=resource.pk)
    if not alt.strip():
        raise DomainError(_("请写一句照片里是什么，看不见图的人靠它。"))
    places = list(resource.photos.values_list("place", flat=True))
    if len(places) >= MOST_PHOTOS:
        raise DomainError(_("一项资源最多放 %(n)d 张照片，先去掉一张再加。") % {"n": MOST_PHOTOS})
    whole, small = read_picture(raw)
    photo = ResourcePhoto(
        key=uuid.uuid4(),
        resource=resource,
        alt=alt.strip(),
        width=whole.width,
        height=whole.height,
        place=max(places, default=0) + 1,
        added_by=by,
        added_at=now(),
    )
    photo.file.save(f"{photo.key.hex}.jpg", ContentFile(whole.content), save=False)
    photo.small.save(f"{photo.key.hex}-small.jpg", ContentFile(small.content), save=False)
    photo.save()
    timeline.record(resource, "photo.add", _("加了一张照片：%(alt)s") % {"alt": photo.alt}, by=by)
    return photo


@transaction.atomic
def move_photo_up(photo: ResourcePhoto, *, by: User) -> None:
    """Show it one place earlier; the first one is what schools see first."""
    _own(photo.resource, by)
    Resource.objects.select_for_update(of=("self",)).get(pk=photo.resource_id)
    row = list(photo.resource.photos.order_by("place", "pk"))
    here = row.index(photo)
    if here:
        row[here - 1], row[here] = row[here], row[here - 1]
        for place, each in enumerate(row, start=1):
            each.place = place
        ResourcePhoto.objects.bulk_update(row, ["place"])
        timeline.record(photo.resource, "photo.move", _("照片换了次序"), by=by)


@transaction.atomic
def remove_photo(photo: ResourcePhoto, *, by: User) -> None:
    """Take it away, its files with it once that is certain."""
    _own(photo.resource, by)
    storage, names = photo.file.storage, [photo.file.name, photo.small.name]
    timeline.record(
        photo.resource, "photo.remove", _("去掉一张照片：%(alt)s") % {"alt": photo.alt}, by=by
    )
    photo.delete()
    for name in filter(None, names):
        transaction.on_commit(partial(storage.delete, name))


def _own(resource: Resource, by: User) -> None:
    if resource.unit_id not in organization_ids(by, Role.UNIT):
        raise NotAllowed(_("这一项是别的单位的。"))
