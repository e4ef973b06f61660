"""People and what they are in which organisation."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from gongyu.core.calendar import today
from gongyu.places.models import Organization


class User(AbstractUser):
    """One person, one account, many memberships. Signs in by phone or name with a password."""

    first_name = None  # type: ignore[assignment]  # Chinese names are one field
    last_name = None  # type: ignore[assignment]
    name = models.CharField(_("姓名"), max_length=40)
    phone = models.CharField(_("手机号"), max_length=16, unique=True, null=True, blank=True)

    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = _("账号")
        verbose_name_plural = _("账号")
        constraints = [
            models.CheckConstraint(
                condition=Q(phone__isnull=True) | ~Q(phone=""), name="user_phone_null_not_empty"
            )
        ]

    def __str__(self) -> str:
        return self.name or self.username

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name


class Role(models.TextChoices):
    PARENT = "parent", _("家长")
    TEACHER = "teacher", _("教师")
    SCHOOL_ADMIN = "school_admin", _("学校管理员")
    COMMISSION = "commission", _("区教委")
    DEPARTMENT = "department", _("部门")
    COMMUNITY = "community", _("街道社区")
    UNIT = "unit", _("资源单位")


class MembershipQuerySet(models.QuerySet["Membership"]):
    def current(self) -> MembershipQuerySet:
        """Memberships that hold today."""
        day = today()
        return self.filter(starts__lte=day).filter(Q(ends__isnull=True) | Q(ends__gte=day))


class Membership(models.Model):
    """任职: a person's role in an organisation, from–to. A parent needs no organisation."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    organization = models.ForeignKey(
        Organization, null=True, blank=True, on_delete=models.CASCADE, related_name="memberships"
    )
    role = models.CharField(_("身份"), max_length=16, choices=Role)
    title = models.CharField(_("职务"), max_length=60, blank=True)
    starts = models.DateField(_("开始"))
    ends = models.DateField(_("结束"), null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name = _("任职")
        verbose_name_plural = _("任职")
        constraints = [
            models.CheckConstraint(
                condition=Q(role=Role.PARENT, organization__isnull=True)
                | (~Q(role=Role.PARENT) & Q(organization__isnull=False)),
                name="membership_parent_alone_has_no_organization",
            ),
            models.CheckConstraint(
                condition=Q(ends__isnull=True) | Q(ends__gte=F("starts")),
                name="membership_ends_after_start",
            ),
            models.UniqueConstraint(
                fields=["user", "organization", "role"], name="membership_once_an_organization"
            ),
            models.UniqueConstraint(
                fields=["user"], condition=Q(role=Role.PARENT), name="parent_once_a_person"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.label}·{self.role_label}"

    @property
    def key(self) -> str:
        """What a workspace switch sends."""
        return str(self.pk)

    @property
    def label(self) -> str:
        return str(self.organization) if self.organization else "我的家庭"

    @property
    def role_label(self) -> str:
        return self.title or str(Role(self.role).label)
