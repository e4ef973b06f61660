"""派单异议 and 会商, and the 回访 after a visit."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .orders import Order, Party


class Objection(models.Model):
    """派单异议: a side says why a dispatched order cannot stand; 会商 says what becomes of it.

    Until it is settled, ``outcome`` is empty. ``agreed_with`` names who took part.
    """

    class Reason(models.TextChoices):
        NOT_OURS = "not_ours", _("不是我们的内容")
        GRADES = "grades", _("年级或人数对不上")
        TIME = "time", _("那半天不行")
        FAR = "far", _("路太远")
        REPEATED = "repeated", _("已经安排过了")
        OTHER = "other", _("别的原因")

    class Outcome(models.TextChoices):
        KEEP = "keep", _("按原来的派")
        OTHER_SESSION = "other", _("改派另一场")
        POOL = "pool", _("退回需求池")
        CLOSED = "closed", _("不再办理")
        LAPSED = "lapsed", _("没等到会商")

        @classmethod
        def offered(cls) -> list[tuple[str, str]]:
            """What a conference chooses from; the last one is the platform's own."""
            return [(o.value, str(o.label)) for o in cls if o is not cls.LAPSED]

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="objections")
    side = models.CharField(_("哪一方"), max_length=8, choices=Party)
    reason = models.CharField(_("原因"), max_length=10, choices=Reason)
    words = models.CharField(_("说明"), max_length=300, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("提出时间"))
    outcome = models.CharField(_("会商结果"), max_length=8, choices=Outcome, blank=True)
    agreed = models.CharField(_("商定了什么"), max_length=300, blank=True)
    agreed_with = models.CharField(_("谁参加了会商"), max_length=120, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    settled_at = models.DateTimeField(_("会商时间"), null=True, blank=True)
    next_order = models.ForeignKey(
        Order, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name = _("派单异议")
        verbose_name_plural = _("派单异议")
        constraints = [
            models.UniqueConstraint(
                fields=["order"], condition=Q(outcome=""), name="one_open_objection_an_order"
            ),
            models.CheckConstraint(
                condition=Q(outcome="", settled_at__isnull=True)
                | ~Q(outcome="") & Q(settled_at__isnull=False),
                name="objection_settled_with_outcome",
            ),
            models.CheckConstraint(
                condition=Q(outcome__in=["", "lapsed"])
                | Q(settled_by__isnull=False) & ~Q(agreed=""),
                name="conference_says_what_and_who",
            ),
            models.CheckConstraint(
                condition=Q(side__in=["school", "unit"]), name="objection_of_a_side"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_side_display()}·{self.get_reason_display()}"


class Revisit(models.Model):
    """回访: the district asks after a visit that was rated low, not rated, or drawn as a sample."""

    class Why(models.TextChoices):
        LOW = "low", _("评得低")
        MISSING = "missing", _("学校没有评")
        SAMPLE = "sample", _("抽到回访")

    class Result(models.TextChoices):
        SOLVED = "solved", _("办成了，学校满意")
        FAIR = "fair", _("办成了，学校不满意")
        UNSOLVED = "unsolved", _("没有办成")
        UNREACHED = "unreached", _("没有联系上")

    order = models.OneToOneField(Order, on_delete=models.CASCADE, related_name="revisit")
    why = models.CharField(_("为什么回访"), max_length=8, choices=Why)
    opened_at = models.DateTimeField(_("何时起"))
    result = models.CharField(_("结果"), max_length=10, choices=Result, blank=True)
    words = models.CharField(_("学校怎么说"), max_length=300, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    closed_at = models.DateTimeField(_("回访时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("回访")
        verbose_name_plural = _("回访")
        constraints = [
            models.CheckConstraint(
                condition=Q(result="", closed_at__isnull=True)
                | ~Q(result="") & Q(closed_at__isnull=False),
                name="revisit_closed_with_result",
            ),
            models.CheckConstraint(
                condition=Q(result__in=["", "unreached"]) | Q(by__isnull=False),
                name="revisit_result_of_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_why_display()}·{self.get_result_display()}"
