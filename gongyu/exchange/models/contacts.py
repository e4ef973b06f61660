"""谁看过电话: that telephones were shown, of which order or organisation, to whom and when."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gongyu.places.models import Organization

from .orders import Order, Rating


class ContactRead(models.Model):
    """A row for each time somebody was shown whom to ring. Written, never changed.

    Either of an order, to one of its sides, or of an organisation's named people (``Liaison``).
    """

    order = models.ForeignKey(
        Order, null=True, blank=True, on_delete=models.CASCADE, related_name="contact_reads"
    )
    side = models.CharField(_("哪一方"), max_length=8, choices=Rating.Side, blank=True)
    organization = models.ForeignKey(
        Organization, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    reader = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    reader_name = models.CharField(_("谁看的"), max_length=40)
    at = models.DateTimeField(_("时间"))

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name = _("电话阅读记录")
        verbose_name_plural = _("电话阅读记录")
        constraints = [
            models.CheckConstraint(
                condition=Q(order__isnull=False, organization__isnull=True) & ~Q(side="")
                | Q(order__isnull=True, organization__isnull=False, side=""),
                name="contact_read_of_order_or_organization",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order_id or self.organization_id}·{self.reader_name}"
