"""突出问题: what the district sees in its children, on what evidence, and what it does about it.

Needs carry no problem: a need belongs to a problem by the first level of its topics.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from gongyu.core.calendar import today
from gongyu.places.models import Organization

from .resources import Topic


class Problem(models.Model):
    """One line of the district's list, said as a sentence: 近视的孩子越来越多."""

    class State(models.TextChoices):
        WORKING = "working", _("在办")
        WATCHED = "watched", _("观察")
        EASED = "eased", _("缓解")

    MOVES: dict[str, set[str]] = {
        State.WORKING: {State.WATCHED, State.EASED},
        State.WATCHED: {State.WORKING, State.EASED},
        State.EASED: {State.WORKING, State.WATCHED},
    }

    title = models.CharField(_("一句话说问题"), max_length=40, unique=True)
    topics = models.ManyToManyField(Topic, related_name="problems", verbose_name=_("主题"))
    summary = models.CharField(_("说明"), max_length=300)
    lead = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="+", verbose_name=_("牵头")
    )
    supporting = models.ManyToManyField(
        Organization, blank=True, related_name="+", verbose_name=_("配合")
    )
    state = models.CharField(_("状态"), max_length=8, choices=State, default=State.WORKING)
    order = models.PositiveSmallIntegerField(_("次序"))

    class Meta:
        ordering = ["order", "pk"]
        verbose_name = _("突出问题")
        verbose_name_plural = _("突出问题")

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("exchange:problem", args=[self.pk])


class Evidence(models.Model):
    """依据: a figure, a report or a request, with its source and how far it is to be trusted."""

    class Kind(models.TextChoices):
        FIGURE = "figure", _("数据")
        REPORT = "report", _("文件和报告")
        REQUEST = "request", _("有人提出来")

    class Certainty(models.TextChoices):
        READ = "read", _("看过原文")
        RETOLD = "retold", _("看到的是转载或者报道，原文没有核对")
        UNCHECKED = "unchecked", _("还没有核对，先当作线索")

    problem = models.ForeignKey(Problem, on_delete=models.CASCADE, related_name="evidence")
    kind = models.CharField(_("哪一种"), max_length=8, choices=Kind)
    statement = models.CharField(_("说了什么"), max_length=200)
    source = models.CharField(_("出处"), max_length=120)
    source_url = models.URLField(_("网址"), max_length=300, blank=True)
    dated = models.DateField(_("日期"), null=True, blank=True)
    certainty = models.CharField(_("有多可靠"), max_length=10, choices=Certainty)

    class Meta:
        ordering = ["pk"]
        verbose_name = _("依据")
        verbose_name_plural = _("依据")
        constraints = [
            models.CheckConstraint(condition=~Q(source=""), name="evidence_has_a_source"),
            models.UniqueConstraint(fields=["problem", "statement"], name="evidence_once"),
        ]

    def __str__(self) -> str:
        return self.statement


class Measure(models.Model):
    """措施: what is done about a problem, by whom, by when."""

    problem = models.ForeignKey(Problem, on_delete=models.CASCADE, related_name="measures")
    what = models.CharField(_("做什么"), max_length=120)
    who = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="+", verbose_name=_("谁来做")
    )
    set_on = models.DateField(_("定下的日期"))
    due = models.DateField(_("什么时候做完"))
    done_on = models.DateField(_("做完的日期"), null=True, blank=True)

    class Meta:
        ordering = ["due", "pk"]
        verbose_name = _("措施")
        verbose_name_plural = _("措施")
        constraints = [
            models.UniqueConstraint(fields=["problem", "what"], name="measure_once"),
            models.CheckConstraint(condition=Q(due__gte=F("set_on")), name="measure_due_after_set"),
            models.CheckConstraint(
                condition=Q(done_on__isnull=True) | Q(done_on__gte=F("set_on")),
                name="measure_done_after_set",
            ),
        ]

    def __str__(self) -> str:
        return self.what

    @property
    def is_late(self) -> bool:
        return self.done_on is None and self.due < today()
