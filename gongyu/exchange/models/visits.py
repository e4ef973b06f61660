"""当天: who comes, what is checked first, when they arrived, what was done, how it looked.

A visit belongs to one order and begins with the first thing that is written for its day. Numbers
stand in it, never a child's name; who of a class is there is kept until the day is over.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from gongyu.accounts.models import Role
from gongyu.accounts.queries import ASKING, SPEAKING, organization_ids
from gongyu.families.models import Student

from .orders import Order, Rating

if TYPE_CHECKING:
    from gongyu.accounts.models import User

MOST_VISIT_PHOTOS = 6
MOST_WORDS = 200
Side = Rating.Side


class Visit(models.Model):
    """The day of one order."""

    class How(models.TextChoices):
        CODE = "code", _("扫码")
        TAP = "tap", _("点一下")

    # What a unit must know to receive them, as numbers: which child it is, stays with the school.
    CARE = (
        ("allergic", _("过敏")),
        ("diet", _("忌口")),
        ("mobility", _("行动不便")),
        ("watch", _("需要多留意")),
    )

    order = models.OneToOneField(
        Order, on_delete=models.CASCADE, primary_key=True, related_name="visit"
    )
    escorts = models.CharField(_("带队老师"), max_length=80, blank=True)
    escort_phone = models.CharField(_("带队电话"), max_length=20, blank=True)
    allergic = models.PositiveSmallIntegerField(_("过敏"), default=0)
    diet = models.PositiveSmallIntegerField(_("忌口"), default=0)
    mobility = models.PositiveSmallIntegerField(_("行动不便"), default=0)
    watch = models.PositiveSmallIntegerField(_("需要多留意"), default=0)
    arrived_at = models.DateTimeField(_("到达时间"), null=True, blank=True)
    arrived_heads = models.PositiveIntegerField(_("到场人数"), null=True, blank=True)
    arrived_how = models.CharField(_("怎么记的"), max_length=4, choices=How, blank=True)
    arrived_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    words = models.CharField(_("做了什么"), max_length=MOST_WORDS, blank=True)
    words_side = models.CharField(_("谁写的"), max_length=8, choices=Side, blank=True)
    words_at = models.DateTimeField(_("写于"), null=True, blank=True)

    class Meta:
        verbose_name = _("当天")
        verbose_name_plural = _("当天")
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    arrived_at__isnull=True,
                    arrived_heads__isnull=True,
                    arrived_by__isnull=True,
                    arrived_how="",
                )
                | Q(arrived_at__isnull=False, arrived_heads__gte=1, arrived_by__isnull=False)
                & ~Q(arrived_how=""),
                name="visit_arrival_whole",
            ),
            models.CheckConstraint(
                condition=Q(words="", words_side="", words_at__isnull=True)
                | ~Q(words="") & ~Q(words_side="") & Q(words_at__isnull=False),
                name="visit_words_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return str(self.order)

    def get_absolute_url(self) -> str:
        return reverse("exchange:visit", args=[self.order_id])

    @property
    def care(self) -> list[tuple[str, int]]:
        """What to look after, with how many: 过敏 1."""
        counted = [(str(label), getattr(self, name)) for name, label in self.CARE]
        return [(label, number) for label, number in counted if number]


class SafetyTick(models.Model):
    """One line of the safety sheet, checked by somebody at some time."""

    visit = models.ForeignKey(Visit, on_delete=models.CASCADE, related_name="ticks")
    line = models.CharField(_("哪一项"), max_length=30)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("时间"))

    class Meta:
        ordering = ["at", "pk"]
        verbose_name = _("安全单勾选")
        verbose_name_plural = _("安全单勾选")
        constraints = [models.UniqueConstraint(fields=["visit", "line"], name="safety_line_once")]

    def __str__(self) -> str:
        return self.line


class RollMark(models.Model):
    """A pupil who is there, as the teacher ticked it; gone when the day is over."""

    visit = models.ForeignKey(Visit, on_delete=models.CASCADE, related_name="roll")
    student = models.ForeignKey(Student, on_delete=models.CASCADE, related_name="+")

    class Meta:
        verbose_name = _("点名")
        verbose_name_plural = _("点名")
        constraints = [models.UniqueConstraint(fields=["visit", "student"], name="roll_mark_once")]

    def __str__(self) -> str:
        return str(_("到了"))


class VisitPhotoQuerySet(models.QuerySet["VisitPhoto"]):
    def cleared(self) -> VisitPhotoQuerySet:
        return self.exclude(consent="")

    def visible_to(self, user: User) -> VisitPhotoQuerySet:
        """Cleared ones: both parties and the guardians of the class. The others: the organisation
        that sent them in, and who of the school has to look at them to say whether they may be
        shown (``policies.speaks_for_school``).
        """
        if not user.is_authenticated:
            return self.none()
        schools = organization_ids(user, *ASKING)
        is_cleared = ~Q(consent="")
        return self.filter(
            Q(visit__order__need__school__in=schools) & (is_cleared | Q(side=Side.SCHOOL))
            | Q(visit__order__need__school__in=organization_ids(user, *SPEAKING))
            | Q(visit__order__need__school__in=schools, visit__order__need__filed_by=user)
            | Q(visit__order__session__resource__unit__in=organization_ids(user, Role.UNIT))
            & (is_cleared | Q(side=Side.UNIT))
            | is_cleared
            & Q(
                visit__order__school_class__in=Student.objects.children_of(user).values(
                    "school_class"
                )
            )
        )


class VisitPhoto(models.Model):
    """A photograph of the day, small and bare; shown once the school has said that it may be."""

    class Consent(models.TextChoices):
        AGREED = "agreed", _("画面里的孩子都有家长同意")
        FACELESS = "faceless", _("没有孩子正脸")

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    visit = models.ForeignKey(Visit, on_delete=models.CASCADE, related_name="photos")
    side = models.CharField(_("谁传的"), max_length=8, choices=Side)
    digest = models.CharField(max_length=64, editable=False)  # sent twice, it is one photograph
    file = models.FileField(_("照片"), upload_to="visits/")
    small = models.FileField(_("小照片"), upload_to="visits/")
    width = models.PositiveSmallIntegerField(_("宽"))
    height = models.PositiveSmallIntegerField(_("高"))
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    added_at = models.DateTimeField(_("上传时间"))
    consent = models.CharField(_("能不能给人看"), max_length=8, choices=Consent, blank=True)
    consent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    consent_at = models.DateTimeField(_("确认时间"), null=True, blank=True)

    objects = VisitPhotoQuerySet.as_manager()

    class Meta:
        ordering = ["added_at", "pk"]
        verbose_name = _("活动照片")
        verbose_name_plural = _("活动照片")
        constraints = [
            models.UniqueConstraint(fields=["visit", "digest"], name="visit_photo_once"),
            models.CheckConstraint(
                condition=Q(consent="", consent_by__isnull=True, consent_at__isnull=True)
                | ~Q(consent="") & Q(consent_by__isnull=False, consent_at__isnull=False),
                name="visit_photo_consent_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return str(self.key)

    @property
    def url(self) -> str:
        return reverse("exchange:visit_photo", args=[self.key])

    @property
    def small_url(self) -> str:
        return reverse("exchange:visit_photo_small", args=[self.key])
