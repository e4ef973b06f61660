"""一起办: similar needs of one neighbourhood order one visit, once each has agreed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _

from gongyu.accounts.queries import ASKING, organization_ids

from .needs import Need

if TYPE_CHECKING:
    from gongyu.accounts.models import User

MOST_TOGETHER = 4


class JoinedVisit(models.Model):
    """A group of two to four needs. Who belongs to it stands in ``JoinedNeed``."""

    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    opened_at = models.DateTimeField(_("何时起"))

    class Meta:
        verbose_name = _("一起办")
        verbose_name_plural = _("一起办")

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"


class JoinedNeedQuerySet(models.QuerySet["JoinedNeed"]):
    def visible_to(self, user: User) -> JoinedNeedQuerySet:
        """Whose need it is; what is asked of others is theirs to answer."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(need__school__in=organization_ids(user, *ASKING))

    def agreed(self) -> JoinedNeedQuerySet:
        """Those that said yes and have not left."""
        return self.filter(agreed_at__isnull=False, left_at__isnull=True)

    def waiting(self) -> JoinedNeedQuerySet:
        """Those that said yes and whose need is still in the pool."""
        return self.agreed().filter(need__state=Need.State.POOLED)

    def bound(self) -> JoinedNeedQuerySet:
        """Those that wait together with at least one other: no run takes them apart."""
        groups = (
            self.model._default_manager.filter(
                agreed_at__isnull=False, left_at__isnull=True, need__state=Need.State.POOLED
            )
            .order_by()
            .values("joined")
            .annotate(members=Count("pk"))
            .filter(members__gte=2)
        )
        return self.waiting().filter(joined__in=groups.values("joined"))


class JoinedNeed(models.Model):
    """One need in a group: asked, agreed (whoever asks has agreed), left."""

    joined = models.ForeignKey(JoinedVisit, on_delete=models.CASCADE, related_name="members")
    need = models.ForeignKey(Need, on_delete=models.CASCADE, related_name="joinings")
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    asked_at = models.DateTimeField(_("何时问的"))
    agreed_at = models.DateTimeField(_("何时同意"), null=True, blank=True)
    left_at = models.DateTimeField(_("何时退出"), null=True, blank=True)

    objects = JoinedNeedQuerySet.as_manager()

    class Meta:
        verbose_name = _("一起办的需求")
        verbose_name_plural = _("一起办的需求")
        constraints = [
            models.UniqueConstraint(
                fields=["need"],
                condition=Q(agreed_at__isnull=False, left_at__isnull=True),
                name="need_in_one_group",
            ),
            models.UniqueConstraint(
                fields=["joined", "need"],
                condition=Q(left_at__isnull=True),
                name="need_once_in_a_group",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.need}+{self.joined_id}"

    @property
    def with_whom(self) -> list[Need]:
        """The needs of the group that said yes and still wait."""
        return [
            member.need
            for member in self.joined.members.all()
            if member.pk != self.pk
            and member.agreed_at is not None
            and member.left_at is None
            and member.need.state == Need.State.POOLED
        ]


class GroupSplit(models.Model):
    """分两批: a unit takes a group on two half-days; the halves add up to the whole.

    The first half keeps the order and its need; on agreement the second gets a need and an order
    of its own. Which half-day the first has stands on the order.
    """

    order = models.OneToOneField("exchange.Order", on_delete=models.CASCADE, related_name="split")
    second_session = models.ForeignKey(
        "exchange.Session", on_delete=models.PROTECT, related_name="+"
    )
    second_order = models.OneToOneField(
        "exchange.Order",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="split_from",
    )
    whole = models.PositiveIntegerField(_("一共多少人"))
    first_heads = models.PositiveIntegerField(_("第一批人数"))
    second_heads = models.PositiveIntegerField(_("第二批人数"))
    agreed_at = models.DateTimeField(_("何时同意"), null=True, blank=True)

    class Meta:
        verbose_name = _("分两批")
        verbose_name_plural = _("分两批")
        constraints = [
            models.CheckConstraint(
                condition=Q(whole=models.F("first_heads") + models.F("second_heads")),
                name="split_adds_up",
            ),
            models.CheckConstraint(
                condition=Q(first_heads__gte=1, second_heads__gte=1), name="split_halves_some"
            ),
            models.CheckConstraint(
                condition=Q(agreed_at__isnull=True, second_order__isnull=True)
                | Q(agreed_at__isnull=False, second_order__isnull=False),
                name="split_agreed_has_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first_heads}+{self.second_heads}"
