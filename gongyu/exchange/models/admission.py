"""入库: whether the district lets a unit receive schools, on which checks and until when."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from gongyu.core.calendar import today
from gongyu.places.models import Organization

from .resources import Session


class UnitAdmission(models.Model):
    """A unit's way into the district's library of resources, and out of it."""

    class State(models.TextChoices):
        APPLIED = "applied", _("申请")
        ADMITTED = "admitted", _("已入库")
        SUSPENDED = "suspended", _("暂停")
        DELISTED = "delisted", _("移出")

    MOVES: dict[str, set[str]] = {
        State.APPLIED: {State.ADMITTED, State.DELISTED},
        State.ADMITTED: {State.ADMITTED, State.SUSPENDED, State.DELISTED},
        State.SUSPENDED: {State.ADMITTED, State.DELISTED},
        State.DELISTED: {State.APPLIED},
    }
    STOPPED = (State.SUSPENDED, State.DELISTED)

    class Reason(models.TextChoices):
        """The rules by which a unit is suspended or delisted."""

        SITE = "site", _("场地不符合安全要求")
        SAFETY = "safety", _("安全检查过期或没有应急预案")
        INSURANCE = "insurance", _("责任险过期")
        STAFF = "staff", _("人员审查过期或没有通过")
        STANDARD = "standard", _("降低标准或把活动转给别人")
        MEDDLING = "meddling", _("干预学校、家庭的预约和评价")
        OWN_WISH = "own_wish", _("单位自己提出")

    class Price(models.TextChoices):
        FREE = "free", _("学生免费")
        REDUCED = "reduced", _("学生有明确优惠")
        FULL = "full", _("没有优惠")

    unit = models.OneToOneField(Organization, on_delete=models.PROTECT, related_name="admission")
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.APPLIED)
    site_is_safe = models.BooleanField(_("场地固定、安全"), default=False)
    safety_is_checked = models.BooleanField(_("消防检查和应急预案齐备"), default=False)
    insured_until = models.DateField(_("责任险到期"), null=True, blank=True)
    staff_checked_on = models.DateField(_("人员审查日期"), null=True, blank=True)
    price = models.CharField(_("对学生的价格"), max_length=8, choices=Price, blank=True)
    price_words = models.CharField(_("具体优惠"), max_length=120, blank=True)
    reason = models.CharField(_("按哪条规则"), max_length=10, choices=Reason, blank=True)
    words = models.CharField(_("说明"), max_length=300, blank=True)
    applied_at = models.DateTimeField(_("申请时间"))
    decided_at = models.DateTimeField(_("决定时间"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    review_on = models.DateField(_("下次年审"), null=True, blank=True)

    class Meta:
        ordering = ["unit__name"]
        verbose_name = _("入库")
        verbose_name_plural = _("入库")
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="admitted")
                | Q(
                    site_is_safe=True,
                    safety_is_checked=True,
                    insured_until__isnull=False,
                    staff_checked_on__isnull=False,
                    price__in=["free", "reduced"],
                    review_on__isnull=False,
                    decided_by__isnull=False,
                ),
                name="admitted_units_are_checked",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["suspended", "delisted"]) | ~Q(reason=""),
                name="stopped_units_know_the_rule",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.get_state_display()}"

    def get_absolute_url(self) -> str:
        return reverse("exchange:admission", args=[self.pk])

    @property
    def review_is_due(self) -> bool:
        return (
            self.state == self.State.ADMITTED
            and self.review_on is not None
            and self.review_on <= today()
        )


class PausedSession(models.Model):
    """A session taken back because its unit was stopped; opened again when the unit is."""

    session = models.OneToOneField(
        Session, on_delete=models.CASCADE, primary_key=True, related_name="paused"
    )
    admission = models.ForeignKey(
        UnitAdmission, on_delete=models.CASCADE, related_name="paused_sessions"
    )

    class Meta:
        verbose_name = _("暂停的场次")
        verbose_name_plural = _("暂停的场次")

    def __str__(self) -> str:
        return str(self.session)
