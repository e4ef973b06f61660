"""台账: what was carried out, line by line, as subsidies will read it.

Lines are written and never changed. What turns out otherwise is a line more with the difference,
so that whatever was paid on an earlier sum can still be followed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from gongyu.accounts.models import Role
from gongyu.accounts.queries import ASKING, organization_ids, roles_of, towns_of
from gongyu.core.calendar import HalfDay, say_half_day

from .needs import in_towns
from .orders import Order

if TYPE_CHECKING:
    from gongyu.accounts.models import User


class LedgerQuerySet(models.QuerySet["LedgerLine"]):
    def visible_to(self, user: User) -> LedgerQuerySet:
        """A unit its own, a school its own, a town those of its schools, the commission all."""
        if not user.is_authenticated:
            return self.none()
        if Role.COMMISSION in roles_of(user):
            return self
        return self.filter(
            Q(school__in=organization_ids(user, *ASKING))
            | in_towns("school", towns_of(user))
            | Q(unit__in=organization_ids(user, Role.UNIT))
        )


class LedgerLine(models.Model):
    """One carried-out visit, or a correction of one; money in fen, as it was when booked."""

    class Counted(models.TextChoices):
        ARRIVED = "arrived", _("到场")
        AGREED = "agreed", _("约定")

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="ledger_lines")
    number = models.PositiveSmallIntegerField(_("第几笔"))
    date = models.DateField(_("哪天"))
    half_day = models.PositiveSmallIntegerField(_("时段"), choices=HalfDay)
    unit = models.ForeignKey(
        "places.Organization", on_delete=models.PROTECT, related_name="ledger_as_unit"
    )
    school = models.ForeignKey(
        "places.Organization", on_delete=models.PROTECT, related_name="ledger_as_school"
    )
    what = models.CharField(_("资源"), max_length=60)
    kind = models.CharField(_("种类"), max_length=10, blank=True)
    who = models.CharField(_("班级或年级"), max_length=60)
    heads = models.IntegerField(_("人数"))
    # Who came, where the day told it; else who was to come.
    counted = models.CharField(_("人数依据"), max_length=8, choices=Counted)
    price_fen = models.PositiveIntegerField(_("每人费用（分）"))
    amount_fen = models.IntegerField(_("金额（分）"))
    terms = models.CharField(_("减免与补贴"), max_length=200, blank=True)
    why = models.CharField(_("说明"), max_length=120, blank=True)
    booked_at = models.DateTimeField(_("记账时间"))

    objects = LedgerQuerySet.as_manager()

    class Meta:
        ordering = ["-date", "-half_day", "-pk"]
        verbose_name = _("台账")
        verbose_name_plural = _("台账")
        indexes = [models.Index(fields=["date"])]
        constraints = [
            models.UniqueConstraint(fields=["order", "number"], name="ledger_line_once"),
            models.CheckConstraint(
                condition=Q(amount_fen=F("heads") * F("price_fen")), name="ledger_sum_is_right"
            ),
            models.CheckConstraint(
                condition=Q(number=1, heads__gt=0) | Q(number__gt=1) & ~Q(why=""),
                name="ledger_correction_says_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.date} {self.what}"

    @property
    def is_correction(self) -> bool:
        return self.number > 1

    @property
    def when(self) -> str:
        return say_half_day(self.date, self.half_day)

    @property
    def price_yuan(self) -> float:
        return self.price_fen / 100

    @property
    def amount_yuan(self) -> float:
        return self.amount_fen / 100
