"""Reads of this room. A page that shows the words of notes also calls ``services.record_reads``."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Count, F, Max, Prefetch, Q, QuerySet, Window
from django.db.models.functions import Coalesce, RowNumber, TruncDate
from django.utils.translation import gettext as _

from gongyu.accounts.models import User
from gongyu.core import grades
from gongyu.core.calendar import now

from .errors import NotYourChild, NotYourClass
from .models import GrowthNote, Guardianship, ReadRecord, SchoolClass, Student, Teaching

BEIJING = ZoneInfo(settings.TIME_ZONE)

# Doors: one child, one note, one class, or the refusal that says nothing


def child_for(user: User, pk: int) -> Student:
    """The child, if the user is its guardian or its teacher; one query.

    Raises NotYourChild in the same words whether the child is another's or does not exist.
    """
    child = (
        Student.objects.visible_to(user)
        .select_related("school_class__school")
        .filter(pk=pk)
        .first()
    )
    if child is None:
        raise NotYourChild
    return child


def note_for(user: User, pk: int) -> GrowthNote:
    """The note, if its child is within reach; one query. Raises NotYourChild."""
    note = (
        GrowthNote.objects.visible_to(user)
        .select_related("student__school_class__school", "author")
        .filter(pk=pk)
        .first()
    )
    if note is None:
        raise NotYourChild
    return note


def class_for(teacher: User, pk: int) -> SchoolClass:
    """The class, if the user teaches it; one query. Raises NotYourClass."""
    taught = Teaching.objects.of(teacher).filter(school_class=pk).values("school_class")
    found = SchoolClass.objects.select_related("school").filter(pk__in=taught).first()
    if found is None:
        raise NotYourClass
    return found


# A teacher's classes


@dataclass(slots=True)
class ClassOfTeacher:
    """A class, what the teacher is there, and its pupils (each with ``last_noted``)."""

    school_class: SchoolClass
    labels: list[str]
    is_head: bool
    pupils: list[Student] = field(default_factory=list)


def classes_of(teacher: User) -> list[ClassOfTeacher]:
    """The classes that somebody teaches today, own class first, with their pupils; two queries.

    Each pupil carries ``last_noted``: when this teacher last wrote about it, or None.
    """
    pupils = Student.objects.annotate(
        last_noted=Max(
            "notes__written_at",
            filter=Q(notes__author=teacher, notes__withdrawn_at__isnull=True),
        )
    ).order_by("pk")
    classes: dict[int, ClassOfTeacher] = {}
    teachings = (
        Teaching.objects.of(teacher)
        .select_related("school_class__school")
        .prefetch_related(Prefetch("school_class__students", queryset=pupils))
        .order_by("-is_head", "school_class__stage", "-school_class__entry_year", "pk")
    )
    for teaching in teachings:
        school_class = teaching.school_class
        if school_class.has_left:
            continue
        entry = classes.setdefault(school_class.pk, ClassOfTeacher(school_class, [], False))
        entry.labels.append(teaching.label)
        entry.is_head |= teaching.is_head
        entry.pupils = list(school_class.students.all())
    return list(classes.values())


def pupils_of(school_class: SchoolClass) -> QuerySet[Student]:
    return school_class.students.order_by("pk")


def usual_aspect_of(teacher: User) -> str | None:
    """The aspect that the teacher wrote about last, as the form's first choice; one query."""
    return (
        GrowthNote.objects.filter(author=teacher)
        .order_by("-written_at", "-pk")
        .values_list("aspect", flat=True)
        .first()
    )


# A guardian's children


@dataclass(slots=True)
class ChildWithNotes:
    """A child of the reader, with its latest notes and how many people read about it lately."""

    child: Student
    relation: str
    notes: list[GrowthNote]
    readers_this_week: int


def children_with_latest_notes(user: User, *, notes_each: int = 3) -> list[ChildWithNotes]:
    """The user's own children with the latest notes of each; three queries.

    The words of the notes are for showing: whoever shows them records the read, e.g.
    ``record_reads([n for c in children for n in c.notes], user)``.
    """
    guardianships = list(
        Guardianship.objects.filter(guardian=user)
        .select_related("student__school_class__school")
        .order_by("student")
    )
    ids = [g.student_id for g in guardianships]
    latest: dict[int, list[GrowthNote]] = defaultdict(list)
    if ids:
        numbered = GrowthNote.objects.filter(student__in=ids).annotate(
            place=Window(RowNumber(), partition_by=F("student"), order_by=["-written_at", "-pk"])
        )
        for note in (
            numbered.filter(place__lte=notes_each)
            .select_related("student__school_class")
            .order_by("-written_at", "-pk")
        ):
            latest[note.student_id].append(note)
    readers = other_readers_since(ids, now() - timedelta(days=7), besides=user)
    return [
        ChildWithNotes(
            g.student, str(g.get_relation_display()), latest[g.student_id], readers[g.student_id]
        )
        for g in guardianships
    ]


def other_readers_since(ids: list[int], since: datetime, *, besides: User) -> dict[int, int]:
    """How many other people read about each child since a moment; one query."""
    counts: dict[int, int] = defaultdict(int)
    if ids:
        rows = (
            ReadRecord.objects.filter(Q(note__student__in=ids) | Q(student__in=ids), at__gte=since)
            .exclude(reader=besides)
            .annotate(child=Coalesce("student", "note__student"))
            .values_list("child")
            .annotate(people=Count("reader", distinct=True))
            .order_by()
        )
        counts.update(rows)
    return counts


def notes_about(child: Student, *, aspect: str = "") -> QuerySet[GrowthNote]:
    """Everything written about a child, newest first, the withdrawn too (shown without words)."""
    notes = GrowthNote.objects.filter(student=child).select_related("student__school_class")
    return notes.filter(aspect=aspect) if aspect else notes


def relation_to(child: Student, user: User) -> str | None:
    """妈妈, 爸爸 …, or None for somebody who is not a guardian; one query."""
    found = Guardianship.objects.filter(student=child, guardian=user).first()
    return str(found.get_relation_display()) if found else None


def grades_of_children(user: User) -> list[str]:
    """三年级, 初一 …: the grades of a parent's children, for a nameless by-line; one query."""
    children = Student.objects.children_of(user).select_related("school_class")
    numbers = sorted({child.school_class.grade for child in children})
    return [grades.NAMES[number] for number in numbers if number in grades.NAMES]


# Who has read


@dataclass(frozen=True, slots=True)
class ReaderOfDay:
    """One reader on one day: as what, how many notes, how many times, when last.

    ``names``: how many times only the name was read, to call the roll.
    """

    name: str
    capacity: str
    day: date
    notes: int
    times: int
    names: int
    last_at: datetime
    is_me: bool

    @property
    def sentence(self) -> str:
        read = _("看了 %d 条") % self.notes
        if self.times != self.notes:
            read = _("看了 %(notes)d 条，共 %(times)d 次") % {
                "notes": self.notes,
                "times": self.times,
            }
        if not self.names:
            return read
        called = _("点名看了名字 %d 次") % self.names
        return f"{read}，{called}" if self.notes else called


def reads_about(child: Student) -> QuerySet[ReadRecord, Any]:
    """谁看过, a row for each reader and day, newest first; to be paginated, then ``as_readers``.

    The rows are dictionaries of ``values()``, hence ``Any``.
    """
    return (
        ReadRecord.objects.filter(Q(note__student=child) | Q(student=child))
        .annotate(day=TruncDate("at", tzinfo=BEIJING))
        .values("day", "reader", "reader_name", "capacity")
        .annotate(
            notes=Count("note", distinct=True),
            times=Count("note"),
            names=Count("student"),
            last_at=Max("at"),
        )
        .order_by("-last_at", "reader")
    )


def as_readers(rows: Iterable[Any], user: User) -> list[ReaderOfDay]:
    return [
        ReaderOfDay(
            name=row["reader_name"],
            capacity=row["capacity"],
            day=row["day"],
            notes=row["notes"],
            times=row["times"],
            names=row["names"],
            last_at=row["last_at"],
            is_me=row["reader"] == user.pk,
        )
        for row in rows
    ]
