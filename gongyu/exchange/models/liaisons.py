"""联络人和四个副校长: who stands for a school or a unit, from when to when.

A post changes hands by a row more; what was written under an earlier name stays under it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from gongyu.accounts.models import Role
from gongyu.accounts.queries import organization_ids, roles_of
from gongyu.core.calendar import today
from gongyu.places.models import Organization

if TYPE_CHECKING:
    from gongyu.accounts.models import User


class LiaisonQuerySet(models.QuerySet["Liaison"]):
    def visible_to(self, user: User) -> LiaisonQuerySet:
        """Those that a person keeps: of the own school or unit; the commission keeps all."""
        if not user.is_authenticated:
            return self.none()
        if Role.COMMISSION in roles_of(user):
            return self
        return self.filter(organization__in=organization_ids(user, Role.SCHOOL_ADMIN, Role.UNIT))

    def current(self) -> LiaisonQuerySet:
        """Those in post today."""
        day = today()
        return self.filter(starts__lte=day).filter(Q(ends__isnull=True) | Q(ends__gte=day))


class Liaison(models.Model):
    """One person in one post. Names are for people who sign in, the telephone for partners."""

    class Kind(models.TextChoices):
        LIAISON = "liaison", _("联络人")
        LAW = "law", _("法治副校长")
        HEALTH = "health", _("健康副校长")
        SCIENCE = "science", _("科技副校长")
        FIRE = "fire", _("消防副校长")

    VICE_PRINCIPALS = (Kind.LAW, Kind.HEALTH, Kind.SCIENCE, Kind.FIRE)

    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="liaisons"
    )
    kind = models.CharField(_("哪一种"), max_length=8, choices=Kind, default=Kind.LIAISON)
    name = models.CharField(_("姓名"), max_length=40)
    title = models.CharField(_("职务"), max_length=60)
    phone = models.CharField(_("电话"), max_length=40)
    # A vice-principal is lent by a body of the district: 公检法、医院、科协、消防 …
    from_body = models.ForeignKey(
        Organization,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="lent",
        verbose_name=_("哪个单位派来"),
    )
    starts = models.DateField(_("从哪天"))
    ends = models.DateField(_("到哪天"), null=True, blank=True)
    named_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    objects = LiaisonQuerySet.as_manager()

    class Meta:
        ordering = ["organization", "kind", "-starts", "-pk"]
        verbose_name = _("联络人")
        verbose_name_plural = _("联络人")
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "kind"],
                condition=Q(ends__isnull=True),
                name="one_open_post_a_kind",
            ),
            models.CheckConstraint(
                condition=Q(ends__isnull=True) | Q(ends__gte=F("starts")),
                name="post_ends_after_start",
            ),
            models.CheckConstraint(
                condition=Q(kind="liaison", from_body__isnull=True)
                | ~Q(kind="liaison") & Q(from_body__isnull=False),
                name="vice_principal_is_lent",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.name}"

    @property
    def is_current(self) -> bool:
        return self.starts <= today() and (self.ends is None or self.ends >= today())

    @property
    def is_vice_principal(self) -> bool:
        return self.kind in self.VICE_PRINCIPALS


class Deed(models.Model):
    """做了什么: what a vice-principal did at the school, in a line."""

    liaison = models.ForeignKey(Liaison, on_delete=models.PROTECT, related_name="deeds")
    date = models.DateField(_("哪天"))
    what = models.CharField(_("做了什么"), max_length=120)
    noted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["-date", "-pk"]
        verbose_name = _("副校长的工作")
        verbose_name_plural = _("副校长的工作")
        constraints = [
            models.UniqueConstraint(fields=["liaison", "date", "what"], name="deed_once")
        ]

    def __str__(self) -> str:
        return self.what
