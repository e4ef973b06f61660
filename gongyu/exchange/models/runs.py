"""A run of the matching engine over the pool, its plan, and why some needs got nothing."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from gongyu.accounts.models import Role
from gongyu.accounts.queries import roles_of, towns_of
from gongyu.core.models import Job
from gongyu.places.models import Division

from .needs import Need
from .orders import Order
from .resources import Session

if TYPE_CHECKING:
    from gongyu.accounts.models import User

DEFAULT_FAIRNESS = 50


class MatchingRunQuerySet(models.QuerySet["MatchingRun"]):
    def visible_to(self, user: User) -> MatchingRunQuerySet:
        """The commission sees all runs, a town's office those of its own town."""
        if not user.is_authenticated:
            return self.none()
        if Role.COMMISSION in roles_of(user):
            return self
        return self.filter(town__in=[town.pk for town in towns_of(user)])

    def of_scope(self, town: Division | None) -> MatchingRunQuerySet:
        """The runs of a town; without one those of the whole district."""
        return self.filter(town=town)

    def with_counts(self) -> MatchingRunQuerySet:
        """Each run with ``served``, the needs that its plan serves."""
        runs = self.annotate(served=models.Count("matches", distinct=True))
        return runs.order_by("-started_at", "-pk")


class MatchingRun(models.Model):
    """派单方案: the settings, the certificate and the result of one run."""

    class Kind(models.TextChoices):
        POOL = "pool", _("整个需求池")
        RETURNED = "returned", _("退回来的需求")

    job = models.OneToOneField(Job, on_delete=models.CASCADE, related_name="matching_run")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField(_("开始"))
    # The town whose schools' needs were matched; none: the whole district's.
    town = models.ForeignKey(
        Division, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    # Which of its scope this is, counted from 1: two that start at once want the same number.
    number = models.PositiveIntegerField(_("第几次"), editable=False)
    kind = models.CharField(_("配哪些"), max_length=10, choices=Kind, default=Kind.POOL)
    # The run whose plan this one was started to be held against.
    beside = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="variants"
    )
    task_id = models.CharField(max_length=64, blank=True, editable=False)
    needs = models.PositiveIntegerField(_("需求"), default=0)
    sessions = models.PositiveIntegerField(_("场次"), default=0)
    pairs = models.PositiveIntegerField(_("可行组合"), default=0)
    objective = models.FloatField(_("方案价值"), null=True, blank=True)
    bound = models.FloatField(_("上界"), null=True, blank=True)
    seconds = models.FloatField(_("用时"), null=True, blank=True)
    towns = models.JSONField(_("各镇街"), default=list)
    # Fairness in percent (0: the benefit alone, 100: the worst town first). With it the engine
    # maximises a goal of its own; ``given_up`` is the share of the best benefit that it may cost.
    fairness = models.PositiveSmallIntegerField(_("公平"), default=DEFAULT_FAIRNESS)
    goal = models.FloatField(_("目标值"), null=True, blank=True)
    goal_bound = models.FloatField(_("目标上界"), null=True, blank=True)
    given_up = models.FloatField(_("为公平让出"), null=True, blank=True)
    curve = models.JSONField(_("公平的价钱"), default=list)
    scarcity = models.JSONField(_("稀缺"), default=list)
    dispatched_at = models.DateTimeField(_("派单时间"), null=True, blank=True)
    dispatched_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = MatchingRunQuerySet.as_manager()

    class Meta:
        ordering = ["-started_at", "-pk"]
        verbose_name = _("匹配运行")
        verbose_name_plural = _("匹配运行")
        constraints = [
            models.UniqueConstraint(
                fields=["number"], condition=Q(town__isnull=True), name="run_of_district_once"
            ),
            models.UniqueConstraint(
                fields=["town", "number"], condition=Q(town__isnull=False), name="run_of_town_once"
            ),
            models.CheckConstraint(
                condition=Q(dispatched_at__isnull=True) | Q(objective__isnull=False),
                name="run_dispatched_only_with_plan",
            ),
            models.CheckConstraint(condition=Q(fairness__lte=100), name="run_fairness_in_percent"),
        ]

    def __str__(self) -> str:
        return f"{self.started_at:%Y-%m-%d %H:%M}"

    def get_absolute_url(self) -> str:
        return reverse("exchange:run", args=[self.pk])

    @property
    def scope_label(self) -> str:
        """Whose plan it is: 全区, or the town's name."""
        return str(self.town) if self.town else str(_("全区"))

    @property
    def gap(self) -> float | None:
        """How far the plan can be from the best one for what was asked (0.001 = 0.1 %)."""
        goal, bound = self.goal, self.goal_bound
        if goal is None or bound is None:
            goal, bound = self.objective, self.bound
        if not bound or goal is None:
            return None
        return max(0.0, (bound - goal) / bound)

    @property
    def gap_percent(self) -> str:
        """The gap in percent, rounded up, so that it never promises more than was proven."""
        return f"{ceil(1e4 * (self.gap or 0.0)) / 100:.2f}"

    @property
    def given_up_percent(self) -> str:
        """What fairness may cost of the best benefit, in percent, rounded up."""
        return f"{ceil(1e4 * max(0.0, self.given_up or 0.0)) / 100:.2f}"


class PlannedMatch(models.Model):
    """One need given one session by a run; becomes an order when the plan is dispatched."""

    run = models.ForeignKey(MatchingRun, on_delete=models.CASCADE, related_name="matches")
    need = models.ForeignKey(Need, on_delete=models.CASCADE, related_name="+")
    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="+")
    km = models.FloatField(_("公里"))
    value = models.FloatField(_("价值"))
    order = models.OneToOneField(
        Order, null=True, blank=True, on_delete=models.SET_NULL, related_name="planned_match"
    )
    skipped = models.CharField(_("没有派出的原因"), max_length=200, blank=True)

    class Meta:
        ordering = ["session__date", "session__half_day", "pk"]
        verbose_name = _("方案条目")
        verbose_name_plural = _("方案条目")
        constraints = [
            models.UniqueConstraint(fields=["run", "need", "session"], name="planned_match_once")
        ]

    def __str__(self) -> str:
        return f"{self.need}→{self.session}"


class UnmetNeed(models.Model):
    """A need that a run could not serve: one reason, and ways out that would each work."""

    run = models.ForeignKey(MatchingRun, on_delete=models.CASCADE, related_name="unmet")
    need = models.ForeignKey(Need, on_delete=models.CASCADE, related_name="+")
    reason = models.CharField(_("原因"), max_length=40)
    sentence = models.CharField(_("说明"), max_length=300)
    ways_out = models.JSONField(_("怎样才行"), default=list)

    class Meta:
        ordering = ["reason", "pk"]
        verbose_name = _("未满足的需求")
        verbose_name_plural = _("未满足的需求")
        constraints = [
            models.UniqueConstraint(fields=["run", "need"], name="unmet_need_once_a_run")
        ]

    def __str__(self) -> str:
        return self.sentence
