"""What staff decided about a need before the engine decides the rest: this session, or never."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gongyu.accounts.models import Role
from gongyu.accounts.queries import roles_of, towns_of
from gongyu.places.models import Division, Organization

from .needs import Need, in_towns
from .resources import Session

if TYPE_CHECKING:
    from gongyu.accounts.models import User


class PlanRuleQuerySet(models.QuerySet["PlanRule"]):
    def visible_to(self, user: User) -> PlanRuleQuerySet:
        """The commission sees all, a town's office those about the needs of its schools."""
        if not user.is_authenticated:
            return self.none()
        if Role.COMMISSION in roles_of(user):
            return self
        return self.filter(in_towns("need__school", towns_of(user)))

    def of_town(self, town: Division | None) -> PlanRuleQuerySet:
        return self if town is None else self.filter(in_towns("need__school", [town]))

    def active(self) -> PlanRuleQuerySet:
        """Not undone; it counts as long as its need waits."""
        return self.filter(undone_at__isnull=True)

    def with_parties(self) -> PlanRuleQuerySet:
        return self.select_related(
            "need__school", "need__school_class", "session__resource__unit", "unit", "by"
        )


class PlanRule(models.Model):
    """指定: a pin (钉住) or a ban, by whom, when and why. Undone, it stays as a record."""

    class Kind(models.TextChoices):
        PIN = "pin", _("钉住这一对")
        NOT_SESSION = "not_session", _("不配这一场")
        NOT_UNIT = "not_unit", _("不配这家单位")

    kind = models.CharField(_("指定"), max_length=12, choices=Kind)
    need = models.ForeignKey(Need, on_delete=models.CASCADE, related_name="plan_rules")
    session = models.ForeignKey(
        Session, null=True, blank=True, on_delete=models.CASCADE, related_name="plan_rules"
    )
    unit = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")
    reason = models.CharField(_("为什么"), max_length=120)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("什么时候"))
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    undone_at = models.DateTimeField(_("撤掉的时间"), null=True, blank=True)

    objects = PlanRuleQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name = _("派单指定")
        verbose_name_plural = _("派单指定")
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="not_unit", session__isnull=True)
                | (~Q(kind="not_unit") & Q(session__isnull=False)),
                name="plan_rule_about_session_or_unit",
            ),
            models.CheckConstraint(
                condition=Q(undone_at__isnull=True, undone_by__isnull=True)
                | Q(undone_at__isnull=False, undone_by__isnull=False),
                name="plan_rule_undone_by_somebody",
            ),
            models.UniqueConstraint(
                fields=["need"],
                condition=Q(kind="pin", undone_at__isnull=True),
                name="one_pin_a_need",
            ),
            models.UniqueConstraint(
                fields=["need", "session"],
                condition=Q(kind="not_session", undone_at__isnull=True),
                name="session_banned_once_a_need",
            ),
            models.UniqueConstraint(
                fields=["need", "unit"],
                condition=Q(kind="not_unit", undone_at__isnull=True),
                name="unit_banned_once_a_need",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}：{self.need}"

    @property
    def target(self) -> str:
        """The unit, and the half-day where it is about one."""
        if self.session is None:
            return str(self.unit)
        return f"{self.unit}，{self.session.when}"
