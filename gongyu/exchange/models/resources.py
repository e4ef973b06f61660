"""What the district has: topics, resources, and their dated sessions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from gongyu.accounts.models import Role
from gongyu.accounts.queries import organization_ids
from gongyu.core import grades
from gongyu.core.calendar import HalfDay, say_half_day, today
from gongyu.places.models import Organization

if TYPE_CHECKING:
    from gongyu.accounts.models import User


class Topic(models.Model):
    """育人主题: two levels, what children need (近视防控与眼健康 → 视力筛查与建档)."""

    code = models.CharField(_("代码"), max_length=8, unique=True)
    name = models.CharField(_("名称"), max_length=40)
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="children"
    )
    synonyms = models.CharField(_("同义词"), max_length=300, blank=True)
    audience = models.CharField(_("常见对象"), max_length=80, blank=True)
    huozi = models.CharField(_("活字"), max_length=1, blank=True)

    class Meta:
        ordering = ["code"]
        verbose_name = _("育人主题")
        verbose_name_plural = _("育人主题")

    def __str__(self) -> str:
        return self.name


USUAL_LEAD_DAYS = 3  # a unit that has said nothing else
MOST_LEAD_DAYS = 90


class Form(models.TextChoices):
    """How the two meet, as the unit offers it. A need asks for one of these or any."""

    VISIT = "visit", _("走出去")
    HOST = "host", _("请进来")
    ONLINE = "online", _("线上")


class StandingResources(models.Manager["Resource"]):
    """Those that stand; what was merged into another of its unit is reached by ``Resource.every``
    and through the rows that stayed with it.
    """

    def get_queryset(self) -> models.QuerySet[Resource]:
        return super().get_queryset().filter(merged_into__isnull=True)


class Resource(models.Model):
    """育人资源: what a unit offers, once or many times."""

    unit = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="resources")
    title = models.CharField(_("名称"), max_length=60)
    summary = models.CharField(_("说明"), max_length=300, blank=True)
    topics = models.ManyToManyField(Topic, related_name="resources", verbose_name=_("主题"))
    first_grade = models.SmallIntegerField(_("最低年级"))
    last_grade = models.SmallIntegerField(_("最高年级"))
    form = models.CharField(_("形式"), max_length=8, choices=Form)
    capacity = models.PositiveIntegerField(_("一次最多人数"))
    min_group = models.PositiveIntegerField(_("最少人数"), default=1)
    is_exclusive = models.BooleanField(_("专场"), default=False)
    radius_km = models.FloatField(_("上门半径（公里）"), default=0)
    minutes = models.PositiveSmallIntegerField(_("时长（分钟）"), default=120)
    lead_days = models.PositiveSmallIntegerField(_("提前几天约"), default=USUAL_LEAD_DAYS)
    price_fen = models.PositiveIntegerField(_("每人费用（分）"), default=0)
    is_assumption = models.BooleanField(_("演示假设"), default=False)
    merged_into = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = StandingResources()
    every = models.Manager["Resource"]()

    class Meta:
        ordering = ["unit", "title"]
        verbose_name = _("育人资源")
        verbose_name_plural = _("育人资源")
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "title"],
                condition=Q(merged_into__isnull=True),
                name="resource_once_a_unit",
            ),
            models.CheckConstraint(
                condition=Q(
                    first_grade__gte=grades.FIRST,
                    first_grade__lte=F("last_grade"),
                    last_grade__lte=grades.LAST,
                ),
                name="resource_grades_in_order",
            ),
            models.CheckConstraint(
                condition=Q(min_group__gte=1, min_group__lte=F("capacity")),
                name="resource_group_fits",
            ),
            models.CheckConstraint(
                condition=~Q(form="host") | Q(radius_km__gt=0), name="resource_host_has_radius"
            ),
            models.CheckConstraint(
                condition=Q(lead_days__lte=MOST_LEAD_DAYS), name="resource_lead_within_a_term"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def price_yuan(self) -> float:
        return self.price_fen / 100

    @property
    def grades_label(self) -> str:
        return grades.say_range(self.first_grade, self.last_grade)


class SessionQuerySet(models.QuerySet["Session"]):
    def upcoming(self) -> SessionQuerySet:
        return self.filter(date__gt=today(), state=Session.State.OPEN)

    def visible_to(self, user: User) -> SessionQuerySet:
        """Open sessions are public; a unit sees all of its own."""
        reach = Q(state=Session.State.OPEN)
        if user.is_authenticated:
            reach |= Q(resource__unit__in=organization_ids(user, Role.UNIT))
        return self.filter(reach)


class Session(models.Model):
    """场次: one dated half-day of a resource; ``seats_taken`` counts heads of accepted orders."""

    class State(models.TextChoices):
        OPEN = "open", _("开放")
        WITHDRAWN = "withdrawn", _("已取消")

    resource = models.ForeignKey(Resource, on_delete=models.PROTECT, related_name="sessions")
    date = models.DateField(_("日期"))
    half_day = models.PositiveSmallIntegerField(_("时段"), choices=HalfDay)
    starts = models.TimeField(_("开始"))
    seats = models.PositiveIntegerField(_("名额"))
    seats_taken = models.PositiveIntegerField(_("已占名额"), default=0)
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.OPEN)

    objects = SessionQuerySet.as_manager()

    class Meta:
        ordering = ["date", "half_day", "pk"]
        verbose_name = _("场次")
        verbose_name_plural = _("场次")
        indexes = [models.Index(fields=["date", "state"])]
        constraints = [
            models.UniqueConstraint(
                fields=["resource", "date", "half_day"], name="session_once_a_half_day"
            ),
            models.CheckConstraint(
                condition=Q(seats_taken__lte=F("seats")), name="session_never_oversold"
            ),
            models.CheckConstraint(
                condition=Q(half_day__gte=0, half_day__lte=2), name="session_half_day_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.resource}·{self.date}"

    def get_absolute_url(self) -> str:
        return reverse("places:organization", args=[self.resource.unit_id])

    @property
    def when(self) -> str:
        """12 月 2 日周三下午."""
        return say_half_day(self.date, self.half_day)

    @property
    def seats_free(self) -> int:
        """Heads that may still come; an exclusive session is free as a whole or not at all."""
        if self.resource.is_exclusive and self.seats_taken:
            return 0
        return self.seats - self.seats_taken

    @property
    def is_past(self) -> bool:
        return self.date < today()
