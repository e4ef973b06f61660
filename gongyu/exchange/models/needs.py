"""What children need: 育人需求."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from gongyu.accounts.models import Role
from gongyu.accounts.queries import ASKING, organization_ids, roles_of, towns_of
from gongyu.core import grades
from gongyu.core.calendar import WEEKDAYS, HalfDay
from gongyu.families.models import SchoolClass
from gongyu.places.models import Division, Organization

from .resources import Topic

if TYPE_CHECKING:
    from gongyu.accounts.models import User


class Severity(models.IntegerChoices):
    """How much it matters; the engine weighs 1, 2 and 4 (matching.md)."""

    ORDINARY = 1, _("一般")
    IMPORTANT = 2, _("重要")
    URGENT = 3, _("紧急")


class Slots:
    """Half-days of a week as a bit mask: bit = weekday (Monday 0) × 3 + half-day. 21 bits."""

    ALL = (1 << 21) - 1

    @staticmethod
    def mask(pairs: set[tuple[int, int]] | list[tuple[int, int]]) -> int:
        return sum(1 << (weekday * 3 + half) for weekday, half in set(pairs))

    @staticmethod
    def pairs(mask: int) -> list[tuple[int, int]]:
        return [divmod(bit, 3) for bit in range(21) if mask >> bit & 1]

    @classmethod
    def say(cls, mask: int) -> str:
        """周三、周四下午; 工作日上下午; 任何时段."""
        if mask == cls.ALL:
            return str(_("任何时段"))
        by_halves: dict[tuple[int, ...], list[int]] = {}
        for weekday in range(7):
            halves = tuple(h for d, h in cls.pairs(mask) if d == weekday)
            if halves:
                by_halves.setdefault(halves, []).append(weekday)
        said = []
        for halves, weekdays in by_halves.items():
            if weekdays == [0, 1, 2, 3, 4]:
                days = "工作日"
            elif weekdays == [5, 6]:
                days = "周末"
            elif len(weekdays) > 2 and weekdays[-1] - weekdays[0] == len(weekdays) - 1:
                days = f"{WEEKDAYS[weekdays[0]]}到{WEEKDAYS[weekdays[-1]]}"
            else:
                days = "、".join(WEEKDAYS[d] for d in weekdays)
            if halves == (0, 1, 2):
                said.append(f"{days}全天")
            elif halves == (0, 1):
                said.append(f"{days}上下午")
            else:
                said.append(days + "、".join(str(HalfDay(h).label) for h in halves))
        return "，".join(said)


def in_towns(organization: str, towns: Iterable[Division]) -> Q:
    """Organisations (at the end of the given path) that stand in one of the towns."""
    keys = [town.pk for town in towns]
    return Q(**{f"{organization}__division__in": keys}) | Q(
        **{f"{organization}__division__parent__in": keys}
    )


def came_to_nothing() -> Q:
    """Orders that one of their sides ended.

    A plan that the district took back is no refusal: its orders were not answered.
    """
    return Q(state__in=["declined", "missed"]) | (Q(state="cancelled") & ~Q(ended_by="district"))


class NeedQuerySet(models.QuerySet["Need"]):
    def visible_to(self, user: User) -> NeedQuerySet:
        """A school sees its own, a unit what was ordered from it, a town's office what its schools
        filed, the commission all.
        """
        if not user.is_authenticated:
            return self.none()
        if Role.COMMISSION in roles_of(user):
            return self
        return self.filter(
            Q(school__in=organization_ids(user, *ASKING))
            | in_towns("school", towns_of(user))
            | Q(
                pk__in=Need.objects.filter(
                    orders__session__resource__unit__in=organization_ids(user, Role.UNIT)
                ).values("pk")
            )
        )

    def of_town(self, town: Division | None) -> NeedQuerySet:
        """Those of the schools in a town; of the whole district without one."""
        return self if town is None else self.filter(in_towns("school", [town]))

    def returned(self) -> NeedQuerySet:
        """In the pool again, because an order of theirs came to nothing."""
        orders = apps.get_model("exchange", "Order")._default_manager
        ended = orders.filter(came_to_nothing()).order_by().values("need")
        return self.filter(state=Need.State.POOLED, pk__in=ended)

    def waiting(self) -> NeedQuerySet:
        """The pool: needs that nobody has taken yet."""
        return self.filter(state=Need.State.POOLED)


def class_group(school_class_id: int) -> str:
    """The engine's name of a class: whoever shares it is never in two places at once."""
    return f"class-{school_class_id}"


class Need(models.Model):
    """育人需求: who, what, which grades, how many, when, how far, how urgent."""

    class State(models.TextChoices):
        POOLED = "pooled", _("在需求池")
        ORDERED = "ordered", _("等单位回话")
        ARRANGED = "arranged", _("已约定")
        DONE = "done", _("已办完")
        WITHDRAWN = "withdrawn", _("已撤回")
        CLOSED = "closed", _("不再办理")

    class CloseReason(models.TextChoices):
        NOT_HERE = "not_here", _("区里暂时没有这样的资源")
        REPEATED = "repeated", _("和别的需求重复")
        ELSEWHERE = "elsewhere", _("该走别的渠道办")
        AGREED = "agreed", _("商量后学校同意不办了")

    class FormWanted(models.TextChoices):
        ANY = "any", _("都可以")
        VISIT = "visit", _("走出去")
        HOST = "host", _("请进来")
        ONLINE = "online", _("线上")

    class Voice(models.TextChoices):
        OWN = "", _("老师或社区干事自己提的")
        COMMITTEE = "committee", _("家长委员会提出来的")

    # A school, or a community for the children who live there.
    school = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="needs")
    school_class = models.ForeignKey(
        SchoolClass, null=True, blank=True, on_delete=models.PROTECT, related_name="needs"
    )
    filed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="needs_filed"
    )
    voice = models.CharField(_("谁想办的"), max_length=10, choices=Voice, blank=True, default="")
    words = models.CharField(_("班里遇到什么了"), max_length=500)
    topics = models.ManyToManyField(Topic, through="NeedTopic", related_name="needs")
    first_grade = models.SmallIntegerField(_("最低年级"))
    last_grade = models.SmallIntegerField(_("最高年级"))
    headcount = models.PositiveIntegerField(_("人数"))
    form = models.CharField(_("形式"), max_length=8, choices=FormWanted, default=FormWanted.ANY)
    date_from = models.DateField(_("最早"))
    date_to = models.DateField(_("最晚"))
    slots = models.PositiveIntegerField(_("时段"), default=Slots.ALL)
    reach_km = models.FloatField(_("最远公里"))
    severity = models.PositiveSmallIntegerField(
        _("紧急程度"), choices=Severity, default=Severity.ORDINARY
    )
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.POOLED)
    filed_at = models.DateTimeField(_("提出时间"))
    # 受理 happens by itself at filing; 首接负责: whoever first takes it in hand stays responsible.
    desk = models.ForeignKey(
        Organization, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    first_handler = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    close_reason = models.CharField(
        _("不再办理的原因"), max_length=10, choices=CloseReason, blank=True
    )

    objects = NeedQuerySet.as_manager()

    class Meta:
        ordering = ["-filed_at", "-pk"]
        verbose_name = _("育人需求")
        verbose_name_plural = _("育人需求")
        indexes = [
            models.Index(fields=["state", "date_to"]),
            # What the desk counts of the pool, without reading the needs themselves.
            models.Index(fields=["state", "school", "severity", "filed_at"], name="need_pool"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(date_to__gte=F("date_from")), name="need_ends_after_start"
            ),
            models.CheckConstraint(
                condition=Q(headcount__gte=1, headcount__lte=2000), name="need_headcount_possible"
            ),
            models.CheckConstraint(
                condition=Q(
                    first_grade__gte=grades.FIRST,
                    first_grade__lte=F("last_grade"),
                    last_grade__lte=grades.LAST,
                ),
                name="need_grades_in_order",
            ),
            models.CheckConstraint(
                condition=Q(slots__gte=1, slots__lte=Slots.ALL), name="need_slots_some"
            ),
            models.CheckConstraint(
                condition=Q(reach_km__gte=0, reach_km__lte=200), name="need_reach_possible"
            ),
            models.CheckConstraint(
                condition=~Q(state="closed") | ~Q(close_reason=""), name="need_closed_has_reason"
            ),
        ]

    def __str__(self) -> str:
        return self.words[:30]

    def get_absolute_url(self) -> str:
        return reverse("exchange:need", args=[self.pk])

    @property
    def is_of_community(self) -> bool:
        return self.school.kind == Organization.Kind.COMMUNITY

    @property
    def asker(self) -> str:
        """学校 or 社区: what the side that asks is called."""
        return str(_("社区") if self.is_of_community else _("学校"))

    @property
    def grades_label(self) -> str:
        return grades.say_range(self.first_grade, self.last_grade)

    @property
    def slots_label(self) -> str:
        return Slots.say(self.slots)

    @property
    def who_label(self) -> str:
        """三（2）班 when it is one class, else the grades."""
        return str(self.school_class) if self.school_class else self.grades_label

    @property
    def group(self) -> str:
        """The pupils who cannot be in two places at once (the engine's ``group``)."""
        return class_group(self.school_class_id) if self.school_class_id else f"need-{self.pk}"


class NeedTopic(models.Model):
    """A topic of a need with its weight; the weights of a need add up to 1."""

    need = models.ForeignKey(Need, on_delete=models.CASCADE, related_name="need_topics")
    topic = models.ForeignKey(Topic, on_delete=models.PROTECT)
    weight = models.FloatField(_("权重"))

    class Meta:
        verbose_name = _("需求主题")
        verbose_name_plural = _("需求主题")
        constraints = [
            models.UniqueConstraint(fields=["need", "topic"], name="need_topic_once"),
            models.CheckConstraint(
                condition=Q(weight__gt=0, weight__lte=1), name="need_topic_weight_in_range"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.topic}·{self.weight:.2f}"
