"""The four channels 学校、政策、家长、社区, and the policies that explainers explain."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gongyu.accounts.models import Role
from gongyu.accounts.queries import organization_ids, roles_of
from gongyu.core import grades
from gongyu.core.calendar import now, today
from gongyu.places.models import Organization

if TYPE_CHECKING:
    from gongyu.accounts.models import User


class Policy(models.Model):
    """A policy document. A number that was not re-checked is kept, but never shown."""

    reference = models.CharField(_("资料编号"), max_length=10, unique=True)
    title = models.CharField(_("标题"), max_length=200)
    issuer = models.CharField(_("发布机关"), max_length=120)
    number = models.CharField(_("文号"), max_length=60, blank=True)
    number_is_checked = models.BooleanField(_("文号已核对"), default=False)
    dated = models.CharField(_("日期"), max_length=40, blank=True)
    date_is_checked = models.BooleanField(_("日期已核对"), default=False)
    summary = models.TextField(_("要点"))
    topics = models.CharField(_("主题词"), max_length=200, blank=True)
    site = models.CharField(_("官网"), max_length=120, blank=True)
    source_url = models.URLField(_("来源网址"), max_length=400, blank=True)
    certainty = models.CharField(_("可信度"), max_length=200, blank=True)

    class Meta:
        ordering = ["reference"]
        verbose_name = _("政策文件")
        verbose_name_plural = _("政策文件")

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("publishing:policy", args=[self.pk])

    @property
    def shown_number(self) -> str:
        """The document number, only where it was checked against a source."""
        return self.number if self.number_is_checked else ""

    @property
    def shown_date(self) -> str:
        """The date, only where it was checked against a source."""
        return self.dated if self.date_is_checked else ""

    @property
    def topic_words(self) -> list[str]:
        return [word.strip() for word in self.topics.split(";") if word.strip()]


class ArticleQuerySet(models.QuerySet["Article"]):
    def published(self) -> ArticleQuerySet:
        return self.filter(state=Article.State.PUBLISHED, published_at__lte=now())

    def visible_to(self, user: User) -> ArticleQuerySet:
        """Everybody reads what is published; an author and the own organisation also the rest;
        the commission also what waits for its review."""
        public = Q(state=Article.State.PUBLISHED, published_at__lte=now())
        if not user.is_authenticated:
            return self.filter(public)
        mine = Q(author=user)
        own = organization_ids(
            user, Role.SCHOOL_ADMIN, Role.COMMISSION, Role.DEPARTMENT, Role.COMMUNITY, Role.UNIT
        )
        reach = public | mine | Q(organization__in=own)
        if Role.COMMISSION in roles_of(user):
            reach |= Q(state__in=[Article.State.IN_REVIEW, Article.State.RETURNED])
        return self.filter(reach)


class Article(models.Model):
    """Something published in a channel."""

    class Channel(models.TextChoices):
        SCHOOL = "school", _("学校")
        POLICY = "policy", _("政策")
        FAMILY = "family", _("家长")
        COMMUNITY = "community", _("社区")

    class Kind(models.TextChoices):
        TEACHING_PLAN = "teaching_plan", _("教学计划")
        SCHOOL_NEWS = "school_news", _("学校通知")
        POLICY_EXPLAINER = "policy_explainer", _("政策解读")
        EXPERIENCE = "experience", _("家长经验")
        ACTIVITY = "activity", _("活动")

    class State(models.TextChoices):
        IN_REVIEW = "in_review", _("等待审核")
        RETURNED = "returned", _("退回修改")
        PUBLISHED = "published", _("已发布")
        WITHDRAWN = "withdrawn", _("已撤下")

    channel = models.CharField(_("频道"), max_length=10, choices=Channel)
    kind = models.CharField(_("类别"), max_length=20, choices=Kind)
    title = models.CharField(_("标题"), max_length=60)
    summary = models.CharField(_("一句话"), max_length=120, blank=True)
    body = models.TextField(_("正文"))
    huozi = models.CharField(_("活字"), max_length=1, blank=True)
    organization = models.ForeignKey(
        Organization, null=True, blank=True, on_delete=models.PROTECT, related_name="articles"
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="articles"
    )
    byline = models.CharField(_("署名"), max_length=60)
    policy = models.ForeignKey(
        Policy, null=True, blank=True, on_delete=models.SET_NULL, related_name="explainers"
    )
    first_grade = models.SmallIntegerField(_("最低年级"), null=True, blank=True)
    last_grade = models.SmallIntegerField(_("最高年级"), null=True, blank=True)
    starts_at = models.DateTimeField(_("开始时间"), null=True, blank=True)
    ends_at = models.DateTimeField(_("结束时间"), null=True, blank=True)
    place = models.CharField(_("地点"), max_length=80, blank=True)
    audience = models.CharField(_("谁能来"), max_length=60, blank=True)
    state = models.CharField(_("状态"), max_length=10, choices=State)
    return_reason = models.CharField(_("退回原因"), max_length=200, blank=True)
    created_at = models.DateTimeField(_("写于"))
    published_at = models.DateTimeField(_("发布时间"), null=True, blank=True)

    objects = ArticleQuerySet.as_manager()

    # From → to. Only a parent's experience is reviewed; the others speak for their organisation.
    # A published experience that its author rewrites is read again before it shows.
    MOVES = {
        State.IN_REVIEW: {State.PUBLISHED, State.RETURNED, State.WITHDRAWN},
        State.RETURNED: {State.IN_REVIEW, State.WITHDRAWN},
        State.PUBLISHED: {State.IN_REVIEW, State.WITHDRAWN},
        State.WITHDRAWN: set(),
    }

    class Meta:
        ordering = ["-published_at", "-pk"]
        verbose_name = _("文章")
        verbose_name_plural = _("文章")
        indexes = [
            models.Index(fields=["channel", "state", "-published_at"]),
            models.Index(fields=["state", "starts_at"]),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="published") | Q(published_at__isnull=False),
                name="article_published_has_time",
            ),
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gt=F("starts_at")),
                name="article_ends_after_start",
            ),
            models.CheckConstraint(
                condition=~Q(kind="activity") | Q(starts_at__isnull=False),
                name="article_activity_has_start",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("publishing:article", args=[self.pk])

    @property
    def published_on(self) -> date | None:
        """The day in Beijing on which it was published."""
        return timezone.localdate(self.published_at) if self.published_at else None

    @property
    def created_on(self) -> date:
        return timezone.localdate(self.created_at)

    @property
    def starts_on(self) -> date | None:
        return timezone.localdate(self.starts_at) if self.starts_at else None

    @property
    def is_over(self) -> bool:
        """An activity that has ended; without an end, when its day has passed."""
        if self.ends_at is not None:
            return self.ends_at <= now()
        return self.starts_on is not None and self.starts_on < today()

    @property
    def grades_label(self) -> str:
        if self.first_grade is None or self.last_grade is None:
            return ""
        return grades.say_range(self.first_grade, self.last_grade)

    @property
    def is_public(self) -> bool:
        return self.state == self.State.PUBLISHED

    @property
    def is_activity(self) -> bool:
        return self.kind == self.Kind.ACTIVITY
