"""Changes to classes, pupils and guardians, and to what is written about a child."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from gongyu.accounts.models import Role, User
from gongyu.accounts.services import add_membership
from gongyu.core import timeline
from gongyu.core.calendar import now
from gongyu.core.errors import MoveNotAllowed, NotAllowed
from gongyu.places.models import Organization

from . import wording
from .errors import NoteRefused, NotYourChild, NotYourClass
from .models import (
    GrowthNote,
    Guardianship,
    ReadRecord,
    SchoolClass,
    Student,
    Teaching,
)
from .policies import can_withdraw_note, can_write_notes_on

# Classes, pupils, guardians


@transaction.atomic
def create_class(
    school: Organization, *, stage: int, entry_year: int, number: int, by: User | None = None
) -> SchoolClass:
    """Open a class; asked again, the same one."""
    school_class, made = SchoolClass.objects.get_or_create(
        school=school, stage=stage, entry_year=entry_year, number=number
    )
    if made:
        timeline.record(school_class, "class.create", _("建班"), by=by)
    return school_class


@transaction.atomic
def add_teaching(
    school_class: SchoolClass,
    teacher: User,
    subject: str,
    *,
    is_head: bool = False,
    by: User | None = None,
) -> Teaching:
    """Let a teacher teach a class; the membership as teacher of the school is ensured."""
    add_membership(teacher, Role.TEACHER, school_class.school, by=by)
    teaching, made = Teaching.objects.get_or_create(
        school_class=school_class, teacher=teacher, subject=subject, defaults={"is_head": is_head}
    )
    if made:
        sentence = _("%(teacher)s开始任课：%(subject)s") % {
            "teacher": teacher.name,
            "subject": subject,
        }
        timeline.record(school_class, "class.teaching", sentence, by=by)
    return teaching


@transaction.atomic
def enrol_student(school_class: SchoolClass, name: str, *, by: User | None = None) -> Student:
    """Put a new pupil into a class."""
    student = Student.objects.create(school_class=school_class, name=name)
    timeline.record(student, "student.enrol", _("入班：%s") % school_class.name, by=by)
    return student


@transaction.atomic
def add_guardian(
    student: Student, user: User, relation: str, *, by: User | None = None
) -> Guardianship:
    """Make somebody the guardian of a child, and a parent on the platform if not one yet."""
    add_membership(user, Role.PARENT, by=by)
    guardianship, made = Guardianship.objects.get_or_create(
        student=student, guardian=user, defaults={"relation": relation}
    )
    if made:
        sentence = _("登记监护人：%s") % guardianship.get_relation_display()
        timeline.record(student, "student.guardian", sentence, by=by)
    return guardianship


# Notes


@transaction.atomic
def write_note(
    school_class: SchoolClass,
    students: Sequence[Student],
    *,
    by: User,
    aspect: str,
    tone: str,
    body: str,
    home_suggestion: str = "",
) -> list[GrowthNote]:
    """Write the same few words to one or several pupils of a class: a row for each, one batch.

    Raises NotYourClass, or NoteRefused when nobody is chosen, when a pupil is of another class, or
    when the words carry a mark, a rank or the name of a child whose guardians will not read them.
    """
    if not can_write_notes_on.test(by, school_class):
        raise NotYourClass
    if not students:
        raise NoteRefused(_("还没有选学生。"), field="students")
    if any(student.school_class_id != school_class.pk for student in students):
        raise NoteRefused(_("选的学生里有人已经不在这个班，请重新选。"), field="students")
    _check_words(school_class, students, body=body, home_suggestion=home_suggestion)
    teaching = Teaching.objects.of(by).filter(school_class=school_class).order_by("-is_head")[0]
    batch, written_at = uuid.uuid4(), now()
    notes = GrowthNote.objects.bulk_create(
        GrowthNote(
            student=student,
            author=by,
            author_label=teaching.label,
            aspect=aspect,
            tone=tone,
            body=body,
            home_suggestion=home_suggestion,
            batch=batch,
            written_at=written_at,
        )
        for student in students
    )
    for note in notes:
        # What happened, never what was written: a timeline is read by more people than a note.
        timeline.record(note, "note.write", _("写了在校表现"), by=by, as_=teaching.label)
    return notes


def _check_words(
    school_class: SchoolClass, students: Sequence[Student], *, body: str, home_suggestion: str
) -> None:
    about = {student.name for student in students}
    classmates = set(school_class.students.values_list("name", flat=True))
    for field, text in (("body", body), ("home_suggestion", home_suggestion)):
        if words := wording.mark_or_rank_in(text):
            raise NoteRefused(
                _("“%s”像是分数或名次。平台不记分数、不排名，请换成孩子做了什么、怎么做的。")
                % words,
                field=field,
            )
        name = wording.other_child_in(text, about=about, classmates=classmates)
        if name and name in about:
            raise NoteRefused(
                _("这条会分别发给几个孩子的家长，请不要写“%s”的名字，可以写“你”或“孩子”。") % name,
                field=field,
            )
        if name:
            raise NoteRefused(
                _("里面写到了“%s”。这条只给所选孩子的家长看，请换成“同学”，不写别的孩子的名字。")
                % name,
                field=field,
            )


@transaction.atomic
def withdraw_note(note: GrowthNote, *, by: User) -> GrowthNote:
    """Take a note back: its guardians see that it was withdrawn, and no longer its words."""
    note = GrowthNote.objects.select_for_update().get(pk=note.pk)
    if not can_withdraw_note.test(by, note):
        raise NotAllowed(_("只有写这条的老师能撤回。"))
    if note.withdrawn_at is not None:
        raise MoveNotAllowed(_("这条已经撤回过了，家长看不到内容了。"))
    note.withdrawn_at = max(now(), note.written_at)
    note.save(update_fields=["withdrawn_at"])
    timeline.record(note, "note.withdraw", _("撤回了这条"), by=by, as_=note.author_label)
    return note


@transaction.atomic
def record_reads(notes: Iterable[GrowthNote], reader: User) -> list[ReadRecord]:
    """Write down that the words of ``notes`` were shown to ``reader``, now.

    Called in the request that shows them, before it answers: no record, no page. A withdrawn note
    shows no words and leaves no record. Three statements, however many notes. ``notes`` carry their
    ``student``.
    """
    shown = [note for note in notes if note.withdrawn_at is None]
    if not shown:
        return []
    as_guardian = {
        g.student_id: str(g.get_relation_display())
        for g in Guardianship.objects.filter(
            guardian=reader, student__in={note.student_id for note in shown}
        )
    }
    as_teacher = {
        t.school_class_id: t.label for t in Teaching.objects.of(reader).order_by("is_head")
    }

    def capacity_for(note: GrowthNote) -> str:
        capacity = as_guardian.get(note.student_id) or as_teacher.get(note.student.school_class_id)
        if capacity is None:
            raise NotYourChild  # a page was about to show words that are not for this reader
        return capacity

    at = now()
    return ReadRecord.objects.bulk_create(
        ReadRecord(
            note=note,
            reader=reader,
            reader_name=reader.name,
            capacity=capacity_for(note),
            at=at,
        )
        for note in shown
    )


@transaction.atomic
def record_name_reads(students: Iterable[Student], teacher: User) -> list[ReadRecord]:
    """Write down that the names of these pupils were shown to their teacher, to call the roll.

    Called in the request that shows them, before it answers. Raises NotYourChild for a pupil whom
    the reader does not teach. Two statements.
    """
    as_teacher = {
        t.school_class_id: t.label for t in Teaching.objects.of(teacher).order_by("is_head")
    }
    at = now()
    records = []
    for student in students:
        if student.school_class_id not in as_teacher:
            raise NotYourChild
        records.append(
            ReadRecord(
                student=student,
                reader=teacher,
                reader_name=teacher.name,
                capacity=as_teacher[student.school_class_id],
                at=at,
            )
        )
    return ReadRecord.objects.bulk_create(records)
