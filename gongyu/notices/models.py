"""The inbox: what was said to whom about what, and whether it has been read.

One table. Other ways of reaching people (SMS, WeCom, e-mail) will read the same rows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from gongyu.accounts.models import User


class NoticeQuerySet(models.QuerySet["Notice"]):
    def visible_to(self, user: User) -> NoticeQuerySet:
        """One's own, nobody else's."""
        return self.filter(to=user) if user.is_authenticated else self.none()

    def unread(self) -> NoticeQuerySet:
        return self.filter(read_at__isnull=True)


class Notice(models.Model):
    """One sentence to one person. ``asks``: the person is to do something about it."""

    to = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notices"
    )
    verb = models.CharField(_("事由"), max_length=60)
    sentence = models.CharField(_("内容"), max_length=300)
    url = models.CharField(_("去哪里办"), max_length=300)
    asks = models.BooleanField(_("要办"), default=False)
    content_type = models.ForeignKey(ContentType, on_delete=models.CASCADE)
    object_id = models.PositiveBigIntegerField()
    about = GenericForeignKey()
    at = models.DateTimeField(_("时间"))
    read_at = models.DateTimeField(_("读于"), null=True, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name = _("消息")
        verbose_name_plural = _("消息")
        indexes = [
            models.Index(fields=["to", "read_at", "-at"]),
            models.Index(fields=["content_type", "object_id"]),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(read_at__isnull=True) | Q(read_at__gte=F("at")),
                name="notice_read_after_sent",
            )
        ]

    def __str__(self) -> str:
        return self.sentence
