"""排队等位: a need waits for a place in a full session. And 有没有用, asked a term later."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gongyu.accounts.queries import ASKING, organization_ids

from .needs import Need
from .orders import Order
from .resources import Session

if TYPE_CHECKING:
    from gongyu.accounts.models import User


class QueueEntryQuerySet(models.QuerySet["QueueEntry"]):
    def visible_to(self, user: User) -> QueueEntryQuerySet:
        """Those of the schools that a person works at."""
        if not user.is_authenticated:
            return self.none()
        own = organization_ids(user, *ASKING)
        return self.filter(need__school__in=own)

    def waiting(self) -> QueueEntryQuerySet:
        """Those still in line, first come first."""
        return self.filter(order__isnull=True, left_at__isnull=True).order_by("at", "pk")


class QueueEntry(models.Model):
    """One need in the line for one session, until its turn (``order``) or until it leaves."""

    need = models.ForeignKey(Need, on_delete=models.CASCADE, related_name="queue_entries")
    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="queue_entries")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("何时排的"))
    order = models.OneToOneField(
        Order, null=True, blank=True, on_delete=models.SET_NULL, related_name="queue_entry"
    )
    left_at = models.DateTimeField(_("何时不排了"), null=True, blank=True)

    objects = QueueEntryQuerySet.as_manager()

    class Meta:
        ordering = ["at", "pk"]
        verbose_name = _("排队等位")
        verbose_name_plural = _("排队等位")
        indexes = [models.Index(fields=["session", "at"])]
        constraints = [
            models.UniqueConstraint(
                fields=["need", "session"],
                condition=Q(order__isnull=True, left_at__isnull=True),
                name="in_a_line_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.need}…{self.session}"


class Effect(models.Model):
    """有没有用: what the school says a term after a visit, in one tap and a few words."""

    class Answer(models.TextChoices):
        CLEAR = "clear", _("明显有用")
        SOME = "some", _("有一点用")
        NONE = "none", _("没看出来")

    order = models.OneToOneField(Order, on_delete=models.CASCADE, related_name="effect")
    answer = models.CharField(_("有没有用"), max_length=6, choices=Answer)
    words = models.CharField(_("几句话"), max_length=200, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("回答时间"))

    class Meta:
        verbose_name = _("成效")
        verbose_name_plural = _("成效")
        constraints = [
            models.CheckConstraint(
                condition=Q(answer__in=["clear", "some", "none"]), name="effect_answer_known"
            )
        ]

    def __str__(self) -> str:
        return str(self.get_answer_display())
