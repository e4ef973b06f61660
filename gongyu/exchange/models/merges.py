"""What stood there twice, a unit or a resource: what was made of the two, to be told or undone."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from gongyu.accounts.models import Role
from gongyu.accounts.queries import organization_ids, roles_of
from gongyu.core.calendar import now
from gongyu.places.models import Organization

from .resources import Resource

if TYPE_CHECKING:
    from gongyu.accounts.models import User

UNDO_WITHIN = timedelta(days=30)


class UnitMerge(models.Model):
    """``gone`` went into ``kept``. ``moved`` names every row that changed hands, ``fields`` what
    both rows said before; from the two everything can be put back.
    """

    kept = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="merges")
    gone = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="merged_away")
    at = models.DateTimeField(_("合并时间"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    # "app.Model.field" → keys of the rows that pointed at ``gone``
    moved: models.JSONField[Any, Any] = models.JSONField(_("挪了什么"), default=dict)
    # field → [kept before, gone before, kept after]
    fields: models.JSONField[Any, Any] = models.JSONField(_("改了什么"), default=dict)
    undone_at = models.DateTimeField(_("撤销时间"), null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name = _("单位合并")
        verbose_name_plural = _("单位合并")
        constraints = [
            models.UniqueConstraint(
                fields=["gone"], condition=Q(undone_at__isnull=True), name="merged_away_once"
            ),
            models.CheckConstraint(condition=~Q(kept=F("gone")), name="merge_of_two"),
        ]

    def __str__(self) -> str:
        return f"{self.gone} → {self.kept}"

    def get_absolute_url(self) -> str:
        return reverse("exchange:merge", args=[self.pk])

    @property
    def may_be_undone(self) -> bool:
        return self.undone_at is None and now() - self.at <= UNDO_WITHIN

    @property
    def number_moved(self) -> int:
        return sum(len(keys) for keys in self.moved.values())


class NotTheSame(models.Model):
    """Somebody looked: these two are two. ``first`` has the smaller key."""

    first = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")
    second = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("什么时候"))

    class Meta:
        verbose_name = _("不是同一家")
        verbose_name_plural = _("不是同一家")
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="not_the_same_once"),
            models.CheckConstraint(
                condition=Q(first__lt=F("second")), name="not_the_same_in_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first} ≠ {self.second}"


class ResourceMergeQuerySet(models.QuerySet["ResourceMerge"]):
    def visible_to(self, user: User) -> ResourceMergeQuerySet:
        """A unit's own, all of them to the commission."""
        if Role.COMMISSION in roles_of(user):
            return self
        return self.filter(kept__unit__in=organization_ids(user, Role.UNIT))


class ResourceMerge(models.Model):
    """``gone`` went into ``kept``, both of one unit.

    ``moved`` names every row that changed hands, ``shut`` the sessions that could not, because the
    other had one at that half-day, and were withdrawn.
    """

    kept = models.ForeignKey(Resource, on_delete=models.PROTECT, related_name="merges")
    gone = models.ForeignKey(Resource, on_delete=models.PROTECT, related_name="merged_away")
    at = models.DateTimeField(_("合并时间"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    moved: models.JSONField[Any, Any] = models.JSONField(_("挪了什么"), default=dict)
    entry_moved = models.BooleanField(_("登记也挪了"), default=False)
    shut: models.JSONField[Any, Any] = models.JSONField(_("收了哪些场次"), default=list)
    undone_at = models.DateTimeField(_("撤销时间"), null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = ResourceMergeQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name = _("资源合并")
        verbose_name_plural = _("资源合并")
        constraints = [
            models.UniqueConstraint(
                fields=["gone"],
                condition=Q(undone_at__isnull=True),
                name="resource_merged_away_once",
            ),
            models.CheckConstraint(condition=~Q(kept=F("gone")), name="resource_merge_of_two"),
        ]

    def __str__(self) -> str:
        return f"{self.gone} → {self.kept}"

    def get_absolute_url(self) -> str:
        return reverse("exchange:resource_merge", args=[self.pk])

    @property
    def may_be_undone(self) -> bool:
        return self.undone_at is None and now() - self.at <= UNDO_WITHIN

    @property
    def number_moved(self) -> int:
        return sum(len(keys) for keys in self.moved.values()) + self.entry_moved


class ResourcesApart(models.Model):
    """Somebody looked: two resources of one unit are two. ``first`` has the smaller key."""

    first = models.ForeignKey(Resource, on_delete=models.CASCADE, related_name="+")
    second = models.ForeignKey(Resource, on_delete=models.CASCADE, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("什么时候"))

    class Meta:
        verbose_name = _("不是同一项")
        verbose_name_plural = _("不是同一项")
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="resources_apart_once"),
            models.CheckConstraint(
                condition=Q(first__lt=F("second")), name="resources_apart_in_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first} ≠ {self.second}"
