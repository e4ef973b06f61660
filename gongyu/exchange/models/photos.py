"""照片: what a resource looks like, as its unit shows it."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from gongyu.accounts.models import Role
from gongyu.accounts.queries import organization_ids, roles_of

from .resources import Resource

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from gongyu.accounts.models import User

MOST_PHOTOS = 6


class PhotoQuerySet(models.QuerySet["ResourcePhoto"]):
    def visible_to(self, user: User | AnonymousUser) -> PhotoQuerySet:
        """Whoever sees the unit sees its photographs; its own people and the commission always."""
        seen = Q(resource__unit__is_listed=True)
        if user.is_authenticated:
            if Role.COMMISSION in roles_of(user):
                return self
            seen |= Q(resource__unit__in=organization_ids(user, Role.UNIT))
        return self.filter(seen)


class ResourcePhoto(models.Model):
    """One photograph, already made small and stripped of where and when it was taken."""

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    resource = models.ForeignKey(Resource, on_delete=models.CASCADE, related_name="photos")
    alt = models.CharField(_("照片里是什么"), max_length=80)
    file = models.FileField(_("照片"), upload_to="resources/")
    small = models.FileField(_("小照片"), upload_to="resources/")
    width = models.PositiveSmallIntegerField(_("宽"))
    height = models.PositiveSmallIntegerField(_("高"))
    place = models.PositiveSmallIntegerField(_("次序"))
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    added_at = models.DateTimeField(_("上传时间"))

    objects = PhotoQuerySet.as_manager()

    class Meta:
        ordering = ["place", "pk"]
        verbose_name = _("资源照片")
        verbose_name_plural = _("资源照片")
        constraints = [
            models.CheckConstraint(condition=~Q(alt=""), name="photo_says_what_it_shows"),
        ]

    def __str__(self) -> str:
        return self.alt

    @property
    def url(self) -> str:
        return reverse("exchange:photo", args=[self.key])

    @property
    def small_url(self) -> str:
        return reverse("exchange:photo_small", args=[self.key])
