"""全面摸底: what a unit says of each thing it offers, and when it can be had.

The entry stands beside the resource because the two change at different times and by different
hands: matching reads the resource, people read the entry. A resource without an entry is shown as
not filled in, never as something it was not said to be.
"""

from __future__ import annotations

from datetime import date, timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from gongyu.core import grades
from gongyu.core.calendar import WEEKDAYS, HalfDay, school_year_of, today

from .resources import Resource, Session

ALL_MONTHS = (1 << 12) - 1
ALL_WEEKDAYS = (1 << 7) - 1


def bits(numbers: list[int]) -> int:
    """Numbers from 0 on as a mask."""
    return sum(1 << n for n in set(numbers))


def numbers(mask: int) -> list[int]:
    return [n for n in range(mask.bit_length()) if mask >> n & 1]


class ResourceKind(models.TextChoices):
    """The kinds that the census counts."""

    PLACE = "place", _("场所")
    COURSE = "course", _("课程")
    EXPERT = "expert", _("专家")
    VOLUNTEERS = "volunteers", _("志愿队伍")
    ENTERPRISE = "enterprise", _("企业基地")
    SPACE = "space", _("活动空间")
    FUND = "fund", _("经费")
    DIGITAL = "digital", _("数字资源")


class ResourceEntry(models.Model):
    """摸底登记: kind, seasons, terms, safety, contact, evidence; confirmed once a school year."""

    resource = models.OneToOneField(
        Resource, on_delete=models.CASCADE, primary_key=True, related_name="entry"
    )
    kind = models.CharField(_("种类"), max_length=10, choices=ResourceKind)
    months = models.PositiveSmallIntegerField(_("开放的月份"), default=ALL_MONTHS)
    closed_weekdays = models.PositiveSmallIntegerField(_("每周闭馆日"), default=0)
    opening_hours = models.CharField(_("开放时间"), max_length=120, blank=True)
    subsidy_terms = models.CharField(_("减免与补贴"), max_length=200, blank=True)
    insured_until = models.DateField(_("责任险到期"), null=True, blank=True)
    fire_checked_on = models.DateField(_("最近一次消防检查"), null=True, blank=True)
    has_emergency_plan = models.BooleanField(_("有应急预案"), default=False)
    staff_checked_until = models.DateField(_("人员审查有效期到"), null=True, blank=True)
    accessibility = models.CharField(_("无障碍"), max_length=200, blank=True)
    transport = models.CharField(_("怎么来"), max_length=200, blank=True)
    contact_role = models.CharField(_("联系岗位"), max_length=60, blank=True)
    contact_hours = models.CharField(_("联系时间"), max_length=60, blank=True)
    evidence = models.CharField(_("命名与依据"), max_length=200, blank=True)
    confirmed_on = models.DateField(_("核对日期"), null=True, blank=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = _("摸底登记")
        verbose_name_plural = _("摸底登记")
        constraints = [
            models.CheckConstraint(
                condition=Q(months__gte=1, months__lte=ALL_MONTHS), name="entry_opens_some_month"
            ),
            models.CheckConstraint(
                condition=Q(closed_weekdays__gte=0, closed_weekdays__lt=ALL_WEEKDAYS),
                name="entry_opens_some_weekday",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_on__isnull=True, confirmed_by__isnull=True)
                | Q(confirmed_on__isnull=False, confirmed_by__isnull=False),
                name="entry_confirmed_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return str(self.resource)

    def opens_on(self, day: date) -> bool:
        """Whether season and weekday let it open."""
        return bool(self.months >> (day.month - 1) & 1) and not (
            self.closed_weekdays >> day.weekday() & 1
        )

    @property
    def months_label(self) -> str:
        if self.months == ALL_MONTHS:
            return str(_("全年"))
        return "、".join(f"{n + 1}" for n in numbers(self.months)) + str(_(" 月"))

    @property
    def closed_label(self) -> str:
        return "、".join(WEEKDAYS[n] for n in numbers(self.closed_weekdays))

    @property
    def is_confirmed(self) -> bool:
        """Confirmed in the present school year."""
        return self.confirmed_on is not None and school_year_of(
            self.confirmed_on
        ) == school_year_of(today())


class EntryInvitation(models.Model):
    """The district asks a unit to confirm its entries, once a school year."""

    unit = models.ForeignKey(
        "places.Organization", on_delete=models.CASCADE, related_name="entry_invitations"
    )
    school_year = models.PositiveSmallIntegerField(_("学年"))
    asked_on = models.DateField(_("邀请日期"))
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    reminded_on = models.DateField(_("最近一次提醒"), null=True, blank=True)

    class Meta:
        ordering = ["-school_year", "unit"]
        verbose_name = _("核对邀请")
        verbose_name_plural = _("核对邀请")
        constraints = [
            models.UniqueConstraint(fields=["unit", "school_year"], name="invited_once_a_year")
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.school_year}"


class OpeningRule(models.Model):
    """开放规则: the same half-day every so many weeks, between two days."""

    class Mode(models.TextChoices):
        ANY = "any", _("全年")
        TERM = "term", _("只在学期里")
        HOLIDAY = "holiday", _("只在寒暑假")

    resource = models.ForeignKey(Resource, on_delete=models.CASCADE, related_name="opening_rules")
    weekday = models.PositiveSmallIntegerField(_("周几"), choices=list(enumerate(WEEKDAYS)))
    half_day = models.PositiveSmallIntegerField(_("哪半天"), choices=HalfDay)
    starts = models.TimeField(_("几点开始"))
    first_day = models.DateField(_("从哪天起"))
    last_day = models.DateField(_("到哪天止"))
    every_weeks = models.PositiveSmallIntegerField(_("隔几周一次"), default=1)
    mode = models.CharField(_("什么时候有效"), max_length=8, choices=Mode, default=Mode.TERM)

    class Meta:
        ordering = ["weekday", "half_day", "first_day"]
        verbose_name = _("开放规则")
        verbose_name_plural = _("开放规则")
        constraints = [
            models.UniqueConstraint(
                fields=["resource", "weekday", "half_day", "first_day"], name="opening_rule_once"
            ),
            models.CheckConstraint(
                condition=Q(weekday__lte=6, half_day__lte=2), name="opening_rule_day_known"
            ),
            models.CheckConstraint(
                condition=Q(last_day__gte=F("first_day")), name="opening_rule_days_in_order"
            ),
            models.CheckConstraint(
                condition=Q(every_weeks__gte=1, every_weeks__lte=8), name="opening_rule_recurs"
            ),
        ]

    def __str__(self) -> str:
        return f"{WEEKDAYS[self.weekday]}{self.get_half_day_display()}"

    def days(self, first: date, last: date) -> list[date]:
        """The rule's days between two days; weeks count from the rule's own first one."""
        start = self.first_day + timedelta(days=(self.weekday - self.first_day.weekday()) % 7)
        step = timedelta(weeks=self.every_weeks)
        if start < first:
            start += step * -(-(first - start).days // step.days)
        end, found = min(last, self.last_day), []
        while start <= end:
            found.append(start)
            start += step
        return found


class OpeningException(models.Model):
    """例外: a day closed with a reason, or one half-day more."""

    class Kind(models.TextChoices):
        CLOSED = "closed", _("这天不开")
        EXTRA = "extra", _("加开一场")

    resource = models.ForeignKey(
        Resource, on_delete=models.CASCADE, related_name="opening_exceptions"
    )
    kind = models.CharField(_("类别"), max_length=8, choices=Kind)
    date = models.DateField(_("哪天"))
    half_day = models.PositiveSmallIntegerField(_("哪半天"), choices=HalfDay, null=True, blank=True)
    reason = models.CharField(_("原因"), max_length=60, blank=True)

    class Meta:
        ordering = ["date", "half_day"]
        verbose_name = _("开放例外")
        verbose_name_plural = _("开放例外")
        constraints = [
            models.UniqueConstraint(
                fields=["resource", "date"], condition=Q(kind="closed"), name="closed_once_a_day"
            ),
            models.UniqueConstraint(
                fields=["resource", "date", "half_day"],
                condition=Q(kind="extra"),
                name="extra_once_a_half_day",
            ),
            models.CheckConstraint(
                condition=Q(kind="closed", half_day__isnull=True) & ~Q(reason="")
                | Q(kind="extra", half_day__isnull=False, half_day__lte=2),
                name="exception_says_why_or_when",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.date} {self.get_kind_display()}"


class ExamSuspension(models.Model):
    """考试期间停办: between these days nothing is opened for those grades."""

    name = models.CharField(_("什么考试"), max_length=40)
    first_day = models.DateField(_("从哪天"))
    last_day = models.DateField(_("到哪天"))
    first_grade = models.SmallIntegerField(_("最低年级"))
    last_grade = models.SmallIntegerField(_("最高年级"))

    class Meta:
        ordering = ["first_day", "pk"]
        verbose_name = _("考试停办")
        verbose_name_plural = _("考试停办")
        constraints = [
            models.UniqueConstraint(fields=["name", "first_day"], name="suspension_once"),
            models.CheckConstraint(
                condition=Q(last_day__gte=F("first_day")), name="suspension_days_in_order"
            ),
            models.CheckConstraint(
                condition=Q(
                    first_grade__gte=grades.FIRST,
                    first_grade__lte=F("last_grade"),
                    last_grade__lte=grades.LAST,
                ),
                name="suspension_grades_in_order",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def grades_label(self) -> str:
        return grades.say_range(self.first_grade, self.last_grade)

    def covers(self, resource: Resource, day: date) -> bool:
        """A resource stops when all its grades sit the examination; others may still come."""
        return (
            self.first_day <= day <= self.last_day
            and self.first_grade <= resource.first_grade
            and resource.last_grade <= self.last_grade
        )


class RuledSession(models.Model):
    """Marks a session that the opening rules made: only those do the rules take back."""

    session = models.OneToOneField(
        Session, on_delete=models.CASCADE, primary_key=True, related_name="ruled"
    )
    taken_back = models.BooleanField(_("按规则收回"), default=False)

    class Meta:
        verbose_name = _("按规则开的场次")
        verbose_name_plural = _("按规则开的场次")

    def __str__(self) -> str:
        return str(self.session)
