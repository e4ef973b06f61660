"""Calendars that a phone subscribes to, each at a private address."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from gongyu.places.models import Organization

if TYPE_CHECKING:
    from gongyu.accounts.models import User


class CalendarFeedQuerySet(models.QuerySet["CalendarFeed"]):
    def visible_to(self, user: User) -> CalendarFeedQuerySet:
        """One's own; the address of somebody else's is a secret."""
        return self.filter(user=user) if user.is_authenticated else self.none()


class CalendarFeed(models.Model):
    """日历订阅: who knows the address reads the arranged visits; a new address ends the old one."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="calendar_feeds"
    )
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")
    token = models.CharField(_("私密地址"), max_length=64, unique=True, editable=False)
    renewed_at = models.DateTimeField(_("地址生成于"))

    objects = CalendarFeedQuerySet.as_manager()

    class Meta:
        verbose_name = _("日历订阅")
        verbose_name_plural = _("日历订阅")
        constraints = [
            models.UniqueConstraint(fields=["user", "organization"], name="calendar_feed_once")
        ]

    def __str__(self) -> str:
        return f"{self.organization}"

    def get_absolute_url(self) -> str:
        return reverse("exchange:calendar", args=[self.token])
