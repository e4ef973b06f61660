"""谁看过电话: that the telephones of an order were shown, to whom and when."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from .orders import Order, Rating


class ContactRead(models.Model):
    """A row for each time somebody was shown whom to ring. Written, never changed."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="contact_reads")
    side = models.CharField(_("哪一方"), max_length=8, choices=Rating.Side)
    reader = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    reader_name = models.CharField(_("谁看的"), max_length=40)
    at = models.DateTimeField(_("时间"))

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name = _("电话阅读记录")
        verbose_name_plural = _("电话阅读记录")

    def __str__(self) -> str:
        return f"{self.order_id}·{self.reader_name}"
