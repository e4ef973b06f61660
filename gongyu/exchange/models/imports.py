"""A census workbook on its way in: looked at first, taken over whole, undone where nobody minds."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from .resources import Resource


class CensusImport(models.Model):
    """One uploaded workbook. The file itself is kept only until it is taken over or given up."""

    class State(models.TextChoices):
        PREVIEW = "preview", _("还没导入")
        APPLIED = "applied", _("已导入")
        UNDONE = "undone", _("已撤销")

    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("上传时间"))
    file_name = models.CharField(_("文件名"), max_length=120)
    file = models.BinaryField(_("文件"), default=bytes)
    state = models.CharField(_("状态"), max_length=8, choices=State, default=State.PREVIEW)
    rows = models.PositiveIntegerField(_("行数"), default=0)
    faults = models.PositiveIntegerField(_("要改的地方"), default=0)
    unchanged = models.PositiveIntegerField(_("本来就有"), default=0)
    created = models.ManyToManyField(Resource, related_name="+", blank=True)

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name = _("摸底导入")
        verbose_name_plural = _("摸底导入")
        constraints = [
            models.CheckConstraint(
                condition=Q(state="preview") | Q(faults=0), name="import_applied_without_faults"
            )
        ]

    def __str__(self) -> str:
        return self.file_name

    def get_absolute_url(self) -> str:
        return reverse("exchange:census_import", args=[self.pk])
