"""社会事务进校园白名单: what a body may push into schools, and how often.

A school's own order is free of all this; it is counted beside it, never against it.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gongyu.places.models import Organization

USUAL_CAP = 6


class WhitelistMatter(models.Model):
    """A matter on the list of a school year: what, by whom, on which document."""

    title = models.CharField(_("事项"), max_length=60)
    body = models.ForeignKey(
        Organization,
        on_delete=models.PROTECT,
        related_name="whitelist_matters",
        verbose_name=_("哪个单位"),
    )
    school_year = models.PositiveSmallIntegerField(_("学年"))
    document = models.CharField(_("依据文件"), max_length=120)
    listed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    is_listed = models.BooleanField(_("在名单上"), default=True)

    class Meta:
        ordering = ["-school_year", "title", "pk"]
        verbose_name = _("白名单事项")
        verbose_name_plural = _("白名单事项")
        constraints = [
            models.UniqueConstraint(
                fields=["title", "body", "school_year"], name="matter_listed_once_a_year"
            ),
            models.CheckConstraint(condition=~Q(document=""), name="matter_has_document"),
        ]

    def __str__(self) -> str:
        return self.title


class PushCap(models.Model):
    """How many matters a school year may bring to one school; the district may change it."""

    school_year = models.PositiveSmallIntegerField(_("学年"), unique=True)
    most = models.PositiveSmallIntegerField(_("每校每学年最多几件"), default=USUAL_CAP)

    class Meta:
        ordering = ["-school_year"]
        verbose_name = _("进校园上限")
        verbose_name_plural = _("进校园上限")
        constraints = [models.CheckConstraint(condition=Q(most__lte=20), name="push_cap_is_a_cap")]

    def __str__(self) -> str:
        return f"{self.school_year}：{self.most}"


class PushPlan(models.Model):
    """A body plans to bring a listed matter into a school on a day."""

    class State(models.TextChoices):
        PLANNED = "planned", _("已排")
        CANCELLED = "cancelled", _("已取消")

    matter = models.ForeignKey(WhitelistMatter, on_delete=models.PROTECT, related_name="plans")
    school = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="push_plans")
    school_year = models.PositiveSmallIntegerField(_("学年"))
    date = models.DateField(_("哪天"))
    planned_on = models.DateField(_("哪天排的"))
    planned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    slot = models.PositiveSmallIntegerField(_("本学年第几件"))
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.PLANNED)

    class Meta:
        ordering = ["date", "pk"]
        verbose_name = _("进校园计划")
        verbose_name_plural = _("进校园计划")
        constraints = [
            models.UniqueConstraint(
                fields=["matter", "school"],
                condition=Q(state="planned"),
                name="matter_once_a_year_and_school",
            ),
            # Each planned matter of a school holds a numbered place, so that two bodies cannot
            # take the last one at the same moment.
            models.UniqueConstraint(
                fields=["school", "school_year", "slot"],
                condition=Q(state="planned"),
                name="push_slot_taken_once",
            ),
            models.CheckConstraint(condition=Q(slot__gte=1, slot__lte=20), name="push_slot_in_cap"),
            models.CheckConstraint(
                condition=Q(date__gt=models.F("planned_on")), name="push_planned_ahead"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.matter} → {self.school}"
