"""Classes, pupils, their guardians, and what a teacher writes about a child's time at school.

A child's data is read by its guardians and its teachers only. There is no field for marks or ranks
anywhere in this room, and none is to be added.
"""

from __future__ import annotations

import uuid
from datetime import date
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gongyu.accounts.models import Role
from gongyu.accounts.queries import organization_ids
from gongyu.core import grades
from gongyu.core.calendar import school_year_of, today
from gongyu.places.models import Organization

if TYPE_CHECKING:
    from gongyu.accounts.models import User


class SchoolClassQuerySet(models.QuerySet["SchoolClass"]):
    def still_here(self) -> SchoolClassQuerySet:
        """Those that have not finished their stage: what ``has_left`` says of one class."""
        year = school_year_of(today())
        still = Q()
        for stage, last in LAST_GRADE_OF_STAGE.items():
            still |= Q(stage=stage, entry_year__gte=stage + year - last)
        return self.filter(still)


class SchoolClass(models.Model):
    """A class, named by its year of entry so that it keeps its identity as its grade rises."""

    class Stage(models.IntegerChoices):
        """A stage by the grade that it begins with."""

        PRIMARY = 1, _("小学")
        JUNIOR = 7, _("初中")
        SENIOR = 10, _("高中")

    school = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="classes")
    stage = models.PositiveSmallIntegerField(_("学段"), choices=Stage)
    entry_year = models.PositiveSmallIntegerField(_("入学年份"))
    number = models.PositiveSmallIntegerField(_("班号"))

    objects = SchoolClassQuerySet.as_manager()

    class Meta:
        ordering = ["school", "stage", "-entry_year", "number"]
        verbose_name = _("班级")
        verbose_name_plural = _("班级")
        constraints = [
            models.UniqueConstraint(
                fields=["school", "stage", "entry_year", "number"], name="class_once"
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def grade(self) -> int:
        """The grade in the present school year (1–12)."""
        return self.stage + school_year_of(today()) - self.entry_year

    @property
    def has_left(self) -> bool:
        """Whether the class has finished its stage."""
        return self.grade > LAST_GRADE_OF_STAGE[self.stage]

    @property
    def name(self) -> str:
        """三年级（2）班."""
        if self.has_left:
            return f"{self.entry_year} 级（{self.number}）班"
        return f"{grades.NAMES.get(self.grade, _('待入学'))}（{self.number}）班"


LAST_GRADE_OF_STAGE: dict[int, int] = {
    SchoolClass.Stage.PRIMARY: 6,
    SchoolClass.Stage.JUNIOR: 9,
    SchoolClass.Stage.SENIOR: 12,
}


class TeachingQuerySet(models.QuerySet["Teaching"]):
    def of(self, user: User) -> TeachingQuerySet:
        """What the user teaches today; whoever has left the school teaches nothing there."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(
            teacher=user, school_class__school__in=organization_ids(user, Role.TEACHER)
        )


class Teaching(models.Model):
    """Who teaches a class what; the head teacher is marked."""

    school_class = models.ForeignKey(
        SchoolClass, on_delete=models.CASCADE, related_name="teachings"
    )
    teacher = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="teachings"
    )
    subject = models.CharField(_("学科"), max_length=20)
    is_head = models.BooleanField(_("班主任"), default=False)

    objects = TeachingQuerySet.as_manager()

    class Meta:
        verbose_name = _("任课")
        verbose_name_plural = _("任课")
        constraints = [
            models.UniqueConstraint(
                fields=["school_class", "teacher", "subject"], name="teaching_once"
            ),
            models.UniqueConstraint(
                fields=["school_class"], condition=Q(is_head=True), name="one_head_teacher_a_class"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.school_class}·{self.label}"

    @property
    def label(self) -> str:
        return str(_("班主任")) if self.is_head else f"{self.subject}老师"


class StudentQuerySet(models.QuerySet["Student"]):
    def visible_to(self, user: User) -> StudentQuerySet:
        """The user's own children and the pupils of the classes that the user teaches."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(
            Q(pk__in=Guardianship.objects.filter(guardian=user).values("student"))
            | Q(school_class__in=Teaching.objects.of(user).values("school_class"))
        )

    def taught_by(self, user: User) -> StudentQuerySet:
        return self.filter(school_class__in=Teaching.objects.of(user).values("school_class"))

    def children_of(self, user: User) -> StudentQuerySet:
        return self.filter(pk__in=Guardianship.objects.filter(guardian=user).values("student"))


class Student(models.Model):
    """A child at school."""

    name = models.CharField(_("姓名"), max_length=40)
    school_class = models.ForeignKey(SchoolClass, on_delete=models.PROTECT, related_name="students")

    objects = StudentQuerySet.as_manager()

    class Meta:
        ordering = ["school_class", "pk"]
        verbose_name = _("学生")
        verbose_name_plural = _("学生")

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("families:child", args=[self.pk])


class Guardianship(models.Model):
    """监护关系: who may act for a child."""

    class Relation(models.TextChoices):
        MOTHER = "mother", _("妈妈")
        FATHER = "father", _("爸爸")
        GRANDPARENT = "grandparent", _("祖辈")
        OTHER = "other", _("其他监护人")

    student = models.ForeignKey(Student, on_delete=models.CASCADE, related_name="guardianships")
    guardian = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="guardianships"
    )
    relation = models.CharField(_("关系"), max_length=12, choices=Relation)

    class Meta:
        verbose_name = _("监护关系")
        verbose_name_plural = _("监护关系")
        constraints = [
            models.UniqueConstraint(fields=["student", "guardian"], name="guardianship_once")
        ]

    def __str__(self) -> str:
        return str(self.get_relation_display())


class GrowthNoteQuerySet(models.QuerySet["GrowthNote"]):
    def visible_to(self, user: User) -> GrowthNoteQuerySet:
        """Notes on children whom the user may read about."""
        return self.filter(student__in=Student.objects.visible_to(user))


class GrowthNote(models.Model):
    """在校表现: a few words on one child. A note for several pupils is a row for each of them."""

    class Aspect(models.TextChoices):
        """The five sides of growth of the national evaluation guide."""

        VIRTUE = "virtue", _("品德")
        STUDY = "study", _("学业")
        HEALTH = "health", _("身心")
        ART = "art", _("审美")
        LABOUR = "labour", _("劳动")

    class Tone(models.TextChoices):
        PRAISE = "praise", _("表扬")
        CONCERN = "concern", _("提醒")

    student = models.ForeignKey(Student, on_delete=models.CASCADE, related_name="notes")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="notes_written"
    )
    author_label = models.CharField(max_length=60)
    aspect = models.CharField(_("方面"), max_length=8, choices=Aspect)
    tone = models.CharField(_("性质"), max_length=8, choices=Tone)
    body = models.CharField(_("内容"), max_length=500)
    home_suggestion = models.CharField(_("给家里的建议"), max_length=300, blank=True)
    batch = models.UUIDField(default=uuid.uuid4, editable=False)
    written_at = models.DateTimeField(_("写于"))
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = GrowthNoteQuerySet.as_manager()

    class Meta:
        ordering = ["-written_at", "-pk"]
        verbose_name = _("在校表现")
        verbose_name_plural = _("在校表现")
        indexes = [models.Index(fields=["student", "-written_at"])]
        constraints = [
            models.UniqueConstraint(fields=["batch", "student"], name="note_once_a_child"),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True) | Q(withdrawn_at__gte=F("written_at")),
                name="note_withdrawn_after_written",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_aspect_display()}·{self.get_tone_display()}"

    def get_absolute_url(self) -> str:
        return reverse("families:note", args=[self.pk])

    @property
    def written_on(self) -> date:
        """The day in Beijing on which it was written."""
        return timezone.localdate(self.written_at)

    @property
    def is_praise(self) -> bool:
        return self.tone == self.Tone.PRAISE


class ReadRecord(models.Model):
    """谁看过: a row for each time somebody was shown a note, or a child's name on a roll.

    Written, never changed. It is about a note, or about the child whose name stood there.
    """

    note = models.ForeignKey(
        GrowthNote, null=True, blank=True, on_delete=models.CASCADE, related_name="reads"
    )
    student = models.ForeignKey(
        Student, null=True, blank=True, on_delete=models.CASCADE, related_name="name_reads"
    )
    reader = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    reader_name = models.CharField(max_length=40)
    capacity = models.CharField(_("身份"), max_length=60)
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name = _("阅读记录")
        verbose_name_plural = _("阅读记录")
        indexes = [models.Index(fields=["note", "-at"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(note__isnull=False, student__isnull=True)
                | Q(note__isnull=True, student__isnull=False),
                name="read_of_a_note_or_a_name",
            )
        ]

    def __str__(self) -> str:
        return f"{self.reader_name}（{self.capacity}）"
