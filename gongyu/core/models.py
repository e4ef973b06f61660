"""Tables that every room stands on: the timeline, long work, calendars, forms already sent."""

import uuid

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class TimelineEntry(models.Model):
    """What happened to an object, in words that both sides may read. Written, never changed."""

    content_type = models.ForeignKey(ContentType, on_delete=models.CASCADE)
    object_id = models.PositiveBigIntegerField()
    target = GenericForeignKey()
    at = models.DateTimeField(_("时间"))
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    actor_label = models.CharField(_("谁"), max_length=120)
    verb = models.CharField(_("动作"), max_length=60)
    sentence = models.CharField(_("说明"), max_length=500)

    class Meta:
        ordering = ["at", "pk"]
        indexes = [models.Index(fields=["content_type", "object_id", "at"])]
        verbose_name = _("经过")
        verbose_name_plural = _("经过")

    def __str__(self) -> str:
        return self.sentence


class Job(models.Model):
    """Long work that a person started and may watch: its phase, its progress, its end."""

    class State(models.TextChoices):
        QUEUED = "queued", _("排队中")
        RUNNING = "running", _("进行中")
        DONE = "done", _("已完成")
        FAILED = "failed", _("没有完成")
        CANCELLED = "cancelled", _("已取消")

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    title = models.CharField(max_length=120)
    state = models.CharField(max_length=12, choices=State, default=State.QUEUED)
    phase = models.CharField(max_length=120, blank=True)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=100)
    failure = models.CharField(max_length=300, blank=True)
    cancel_requested = models.BooleanField(default=False)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    beat_at = models.DateTimeField(auto_now=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("后台任务")
        verbose_name_plural = _("后台任务")
        constraints = [
            models.CheckConstraint(condition=Q(done__lte=F("total")), name="job_done_within_total")
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_over(self) -> bool:
        return self.state in {self.State.DONE, self.State.FAILED, self.State.CANCELLED}


class SentForm(models.Model):
    """A form that has been handled, by the key it carried: sent twice, it counts once."""

    key = models.UUIDField(primary_key=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE)
    answer_url = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("已提交的表单")
        verbose_name_plural = _("已提交的表单")

    def __str__(self) -> str:
        return str(self.key)


class Chore(models.Model):
    """When a recurring piece of work was last taken up (see ``chores``)."""

    name = models.CharField(max_length=80, unique=True)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("例行工作")
        verbose_name_plural = _("例行工作")

    def __str__(self) -> str:
        return self.name


class SchoolTerm(models.Model):
    """A term or holiday of the school calendar, as the city's commission announced it."""

    class Period(models.TextChoices):
        TERM = "term", _("学期")
        WINTER = "winter_holiday", _("寒假")
        SUMMER = "summer_holiday", _("暑假")
        SPRING = "spring_break", _("春假")
        AUTUMN = "autumn_break", _("秋假")

    school_year = models.CharField(_("学年"), max_length=9)
    semester = models.PositiveSmallIntegerField(_("学期"))
    school_kind = models.CharField(_("适用"), max_length=20)
    period = models.CharField(_("类别"), max_length=20, choices=Period)
    start = models.DateField(_("开始"))
    end = models.DateField(_("结束"), null=True, blank=True)
    is_confirmed = models.BooleanField(_("已核对"), default=False)
    source = models.CharField(_("来源"), max_length=300, blank=True)

    class Meta:
        ordering = ["start"]
        verbose_name = _("校历")
        verbose_name_plural = _("校历")
        constraints = [
            models.UniqueConstraint(
                fields=["school_year", "semester", "school_kind", "period"], name="term_once"
            ),
            models.CheckConstraint(
                condition=Q(end__isnull=True) | Q(end__gte=F("start")), name="term_end_after_start"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.school_year} {self.get_period_display()}"


class Holiday(models.Model):
    """A statutory holiday or a make-up workday. Years not announced yet have no rows."""

    class Kind(models.TextChoices):
        HOLIDAY = "holiday", _("放假")
        MAKEUP_WORKDAY = "makeup_workday", _("调休上班")

    date = models.DateField(_("日期"), unique=True)
    kind = models.CharField(_("类别"), max_length=16, choices=Kind)
    name = models.CharField(_("名称"), max_length=40)

    class Meta:
        ordering = ["date"]
        verbose_name = _("节假日")
        verbose_name_plural = _("节假日")

    def __str__(self) -> str:
        return f"{self.date} {self.name}"
