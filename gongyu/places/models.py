"""Divisions and organisations: where things are and who stands there.

Coordinates are WGS-84 degrees. Every point says how exact it is, because few are: a unit without
an address point stands at its community's or its town's point.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from gongyu.core import pinyin

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from gongyu.accounts.models import User


class Precision(models.TextChoices):
    EXACT = "exact", _("准确位置")
    COMMUNITY = "community", _("社区位置")
    TOWNSHIP = "township", _("镇街位置")
    DISTRICT = "district", _("区中心位置")
    NONE = "none", _("位置不详")


_WHERE_WORDS = {
    Precision.EXACT: _("位置来自公开坐标"),
    Precision.COMMUNITY: _("按社区位置显示，不是门牌位置"),
    Precision.TOWNSHIP: _("按镇街位置显示，不是实际地点"),
    Precision.DISTRICT: _("只知道在本区，具体位置没有查到"),
    Precision.NONE: _("没有查到位置"),
}


class Located(models.Model):
    """Something with a name to be found by and a point that knows its own precision."""

    lon = models.FloatField(_("经度"), null=True, blank=True)
    lat = models.FloatField(_("纬度"), null=True, blank=True)
    precision = models.CharField(
        _("位置精度"), max_length=10, choices=Precision, default=Precision.NONE
    )
    pinyin_initials = models.CharField(max_length=120, blank=True, editable=False, db_index=True)
    pinyin_full = models.CharField(max_length=300, blank=True, editable=False)

    class Meta:
        abstract = True

    @property
    def has_point(self) -> bool:
        return self.lon is not None and self.lat is not None

    @property
    def is_pinned(self) -> bool:
        """Whether a map may show it: what is only known to be in the district stands nowhere."""
        return self.precision in {Precision.EXACT, Precision.COMMUNITY, Precision.TOWNSHIP}

    @property
    def where_words(self) -> str:
        """How far the position may be trusted, as a reader is told."""
        return str(_WHERE_WORDS[Precision(self.precision)])

    def index_name(self, name: str) -> None:
        """Fill the pinyin columns from the name; called by the service that saves the row."""
        self.pinyin_initials = pinyin.initials(name)
        self.pinyin_full = pinyin.full(name)


def _point_constraints(prefix: str) -> list[models.BaseConstraint]:
    return [
        models.CheckConstraint(
            condition=Q(lon__isnull=True, lat__isnull=True, precision=Precision.NONE)
            | (
                Q(lon__gte=-180, lon__lte=180, lat__gte=-90, lat__lte=90)
                & ~Q(precision=Precision.NONE)
            ),
            name=f"{prefix}_point_has_precision",
        )
    ]


class Division(Located):
    """行政区划: a county, township or community with its statistical code (6, 9 or 12 digits)."""

    class Level(models.TextChoices):
        PROVINCE = "province", _("省级")
        COUNTY = "county", _("区县")
        TOWNSHIP = "township", _("镇街")
        COMMUNITY = "community", _("社区、村")

    code = models.CharField(_("代码"), max_length=12, unique=True)
    name = models.CharField(_("名称"), max_length=80)
    short_name = models.CharField(_("简称"), max_length=80)
    level = models.CharField(_("级别"), max_length=10, choices=Level)
    kind = models.CharField(_("类型"), max_length=30, blank=True)
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="children"
    )

    class Meta:
        ordering = ["code"]
        verbose_name = _("行政区划")
        verbose_name_plural = _("行政区划")
        indexes = [models.Index(fields=["level", "code"])]
        constraints = _point_constraints("division")

    def __str__(self) -> str:
        return self.short_name

    @property
    def township(self) -> Division | None:
        """The township that this division is, or lies in."""
        if self.level == self.Level.TOWNSHIP:
            return self
        return self.parent if self.level == self.Level.COMMUNITY else None


class OrganizationQuerySet(models.QuerySet["Organization"]):
    def visible_to(self, user: User | AnonymousUser) -> OrganizationQuerySet:
        """Organisations are public: their statutory columns may be read by anybody."""
        return self.filter(is_listed=True)

    def schools(self) -> OrganizationQuerySet:
        return self.filter(kind=Organization.Kind.SCHOOL)

    def resource_units(self) -> OrganizationQuerySet:
        return self.filter(kind=Organization.Kind.RESOURCE_UNIT)


class Organization(Located):
    """单位: a department, school, street office, community or resource unit."""

    class Kind(models.TextChoices):
        COMMISSION = "commission", _("区教委")
        DEPARTMENT = "department", _("部门")
        STREET_OFFICE = "street_office", _("镇街")
        COMMUNITY = "community", _("社区、村")
        SCHOOL = "school", _("学校")
        RESOURCE_UNIT = "resource_unit", _("资源单位")

    class Scope(models.TextChoices):
        DISTRICT = "district", _("区内")
        BDA = "bda", _("北京经济技术开发区")
        NEAR = "near", _("周边")
        CITY = "city", _("市级")

    name = models.CharField(_("名称"), max_length=120)
    short_name = models.CharField(_("简称"), max_length=60, blank=True)
    kind = models.CharField(_("类别"), max_length=16, choices=Kind)
    sub_kind = models.CharField(_("细类"), max_length=40, blank=True)
    scope = models.CharField(_("范围"), max_length=10, choices=Scope, default=Scope.DISTRICT)
    division = models.ForeignKey(
        Division, null=True, blank=True, on_delete=models.PROTECT, related_name="organizations"
    )
    address = models.CharField(_("地址"), max_length=200, blank=True)
    phone = models.CharField(_("电话"), max_length=60, blank=True)
    opening_hours = models.CharField(_("开放时间"), max_length=120, blank=True)
    about = models.TextField(_("介绍"), blank=True)
    duty = models.TextField(_("协同育人职责"), blank=True)
    first_grade = models.SmallIntegerField(_("最低年级"), null=True, blank=True)
    last_grade = models.SmallIntegerField(_("最高年级"), null=True, blank=True)
    reference = models.CharField(_("资料编号"), max_length=20, blank=True)
    source = models.CharField(_("资料来源"), max_length=300, blank=True)
    source_url = models.URLField(_("来源网址"), max_length=400, blank=True)
    certainty = models.CharField(_("资料可信度"), max_length=300, blank=True)
    is_listed = models.BooleanField(_("对外公开"), default=True)
    # The unit that this row turned out to be; its page leads there.
    merged_into = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="absorbed"
    )

    objects = OrganizationQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        verbose_name = _("单位")
        verbose_name_plural = _("单位")
        constraints = [
            *_point_constraints("organization"),
            models.UniqueConstraint(fields=["kind", "name"], name="organization_name_once_a_kind"),
            models.CheckConstraint(
                condition=Q(first_grade__isnull=True, last_grade__isnull=True)
                | Q(first_grade__lte=models.F("last_grade")),
                name="organization_grades_in_order",
            ),
        ]

    def __str__(self) -> str:
        return self.short_name or self.name

    def get_absolute_url(self) -> str:
        return reverse("places:organization", args=[self.pk])

    @property
    def town(self) -> Division | None:
        return self.division.township if self.division else None
