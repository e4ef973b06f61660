"""Classes, guardians and notes: what the services do and refuse."""

from datetime import timedelta

import pytest

from gongyu.accounts.models import Membership, Role, User
from gongyu.accounts.queries import roles_of
from gongyu.core import timeline
from gongyu.core.calendar import at, now
from gongyu.core.errors import MoveNotAllowed, NotAllowed
from gongyu.families import queries, services
from gongyu.families.errors import NoteRefused, NotYourChild, NotYourClass
from gongyu.families.models import (
    GrowthNote,
    Guardianship,
    ReadRecord,
    SchoolClass,
    Student,
    Teaching,
)
from tests.factories import (
    GrowthNoteFactory,
    GuardianshipFactory,
    SchoolClassFactory,
    SchoolFactory,
    StudentFactory,
    TeachingFactory,
    UserFactory,
    person,
)

pytestmark = pytest.mark.django_db

PRAISE = {"aspect": "virtue", "tone": "praise", "body": "把跳绳借给了忘带的同学。"}


@pytest.fixture
def teaching() -> Teaching:
    made: Teaching = TeachingFactory(is_head=True)
    return made


def pupils_in(school_class: SchoolClass, *names: str) -> list[Student]:
    return [StudentFactory(school_class=school_class, name=name) for name in names]


def write(teaching: Teaching, pupils: list[Student], **words: str) -> list[GrowthNote]:
    return services.write_note(
        teaching.school_class, pupils, by=teaching.teacher, **{**PRAISE, **words}
    )


# Classes and guardians


def test_a_class_is_opened_once() -> None:
    school = SchoolFactory()
    one = services.create_class(school, stage=1, entry_year=2024, number=2)
    assert services.create_class(school, stage=1, entry_year=2024, number=2) == one
    assert timeline.entries_of(one).count() == 1


def test_a_class_keeps_its_identity_as_its_grade_rises_and_leaves_after_its_stage() -> None:
    school = SchoolFactory()
    assert services.create_class(school, stage=1, entry_year=2024, number=2).name == "三年级（2）班"
    left = services.create_class(school, stage=1, entry_year=2019, number=1)
    assert left.has_left
    assert left.name == "2019 级（1）班"  # not 初二: primary school ends with the sixth grade


def test_teaching_makes_the_person_a_teacher_of_that_school() -> None:
    school_class, user = SchoolClassFactory(), UserFactory()
    teaching = services.add_teaching(school_class, user, "数学")
    assert services.add_teaching(school_class, user, "数学") == teaching
    assert Membership.objects.filter(
        user=user, role=Role.TEACHER, organization=school_class.school
    ).exists()


def test_a_guardian_becomes_a_parent_on_the_platform_once() -> None:
    student, user = StudentFactory(), UserFactory()
    services.add_guardian(student, user, Guardianship.Relation.FATHER)
    services.add_guardian(student, user, Guardianship.Relation.FATHER)
    assert Guardianship.objects.filter(student=student, guardian=user).count() == 1
    assert Role.PARENT in roles_of(user)


# Writing


def test_one_note_for_three_pupils_is_a_row_for_each_in_one_batch(teaching: Teaching) -> None:
    notes = write(teaching, pupils_in(teaching.school_class, "甲乙", "丙丁", "戊己"))
    assert len({note.student_id for note in notes}) == 3
    assert len({note.batch for note in notes}) == 1
    assert {note.author_label for note in notes} == {"班主任"}


def test_a_subject_teacher_of_the_class_may_write(teaching: Teaching) -> None:
    other = TeachingFactory(school_class=teaching.school_class, subject="数学")
    (note,) = write(other, pupils_in(teaching.school_class, "甲乙"))
    assert note.author_label == "数学老师"


def test_the_timeline_never_carries_the_words_of_a_note(teaching: Teaching) -> None:
    (note,) = write(teaching, pupils_in(teaching.school_class, "甲乙"))
    assert [e.sentence for e in timeline.entries_of(note)] == ["写了在校表现"]


def test_a_teacher_of_another_class_may_not_write(teaching: Teaching) -> None:
    stranger = TeachingFactory(school_class__school=teaching.school_class.school)
    pupils = pupils_in(teaching.school_class, "甲乙")
    with pytest.raises(NotYourClass):
        services.write_note(teaching.school_class, pupils, by=stranger.teacher, **PRAISE)


def test_a_school_administrator_who_does_not_teach_the_class_may_not_write(
    teaching: Teaching,
) -> None:
    admin = person(Role.SCHOOL_ADMIN, teaching.school_class.school)
    pupils = pupils_in(teaching.school_class, "甲乙")
    with pytest.raises(NotYourClass):
        services.write_note(teaching.school_class, pupils, by=admin, **PRAISE)


def test_a_pupil_of_another_class_is_refused(teaching: Teaching) -> None:
    with pytest.raises(NoteRefused) as refusal:
        write(teaching, [StudentFactory()])
    assert refusal.value.field == "students"


def test_a_note_for_nobody_is_refused(teaching: Teaching) -> None:
    with pytest.raises(NoteRefused, match="还没有选学生"):
        write(teaching, [])


@pytest.mark.parametrize("field", ["body", "home_suggestion"])
def test_marks_and_ranks_are_refused_where_they_stand(teaching: Teaching, field: str) -> None:
    with pytest.raises(NoteRefused, match="不记分数、不排名") as refusal:
        write(teaching, pupils_in(teaching.school_class, "甲乙"), **{field: "这次考了95分"})
    assert refusal.value.field == field
    assert not GrowthNote.objects.exists()


def test_another_pupil_of_the_class_may_not_be_named(teaching: Teaching) -> None:
    one, _other = pupils_in(teaching.school_class, "林知夏", "周沐宸")
    with pytest.raises(NoteRefused, match="周沐宸"):
        write(teaching, [one], body="和周沐宸一起擦了黑板。")


def test_in_a_note_for_several_no_recipient_may_be_named(teaching: Teaching) -> None:
    pupils = pupils_in(teaching.school_class, "林知夏", "周沐宸")
    with pytest.raises(NoteRefused, match="分别发给"):
        write(teaching, pupils, body="林知夏带着大家擦了黑板。")


# Withdrawing


def test_the_author_withdraws_and_only_once(teaching: Teaching) -> None:
    (note,) = write(teaching, pupils_in(teaching.school_class, "甲乙"))
    assert services.withdraw_note(note, by=teaching.teacher).withdrawn_at is not None
    with pytest.raises(MoveNotAllowed, match="已经撤回"):
        services.withdraw_note(note, by=teaching.teacher)


def test_a_colleague_may_not_withdraw(teaching: Teaching) -> None:
    (note,) = write(teaching, pupils_in(teaching.school_class, "甲乙"))
    colleague = TeachingFactory(school_class=teaching.school_class, subject="数学")
    with pytest.raises(NotAllowed, match="只有写这条的老师"):
        services.withdraw_note(note, by=colleague.teacher)


# Reading


def guardian_of(student: Student, relation: str = "mother") -> User:
    user: User = GuardianshipFactory(student=student, relation=relation).guardian
    return user


def test_a_read_names_the_reader_and_in_what_capacity(teaching: Teaching) -> None:
    (note,) = write(teaching, pupils_in(teaching.school_class, "甲乙"))
    mother = guardian_of(note.student)
    services.record_reads([note], mother)
    services.record_reads([note], teaching.teacher)
    assert set(ReadRecord.objects.values_list("reader_name", "capacity")) == {
        (mother.name, "妈妈"),
        (teaching.teacher.name, "班主任"),
    }


def test_a_teacher_who_is_also_the_parent_reads_as_the_parent(teaching: Teaching) -> None:
    (note,) = write(teaching, pupils_in(teaching.school_class, "甲乙"))
    GuardianshipFactory(student=note.student, guardian=teaching.teacher, relation="father")
    (record,) = services.record_reads([note], teaching.teacher)
    assert record.capacity == "爸爸"


def test_a_withdrawn_note_leaves_no_record(teaching: Teaching) -> None:
    (note,) = write(teaching, pupils_in(teaching.school_class, "甲乙"))
    note = services.withdraw_note(note, by=teaching.teacher)
    assert services.record_reads([note], guardian_of(note.student)) == []


def test_words_on_their_way_to_a_stranger_stop_the_page(teaching: Teaching) -> None:
    (note,) = write(teaching, pupils_in(teaching.school_class, "甲乙"))
    with pytest.raises(NotYourChild):
        services.record_reads([note], person(Role.COMMISSION))
    assert not ReadRecord.objects.exists()


def test_a_read_costs_as_many_statements_for_forty_notes_as_for_one(
    teaching: Teaching, django_assert_max_num_queries
) -> None:
    student = StudentFactory(school_class=teaching.school_class)
    notes = [GrowthNoteFactory(student=student, author=teaching.teacher) for _ in range(40)]
    mother = guardian_of(student)
    for some in (notes[:1], notes):
        with django_assert_max_num_queries(6):  # with the savepoint and the memberships
            services.record_reads(some, mother)


# Who reaches a child


def test_a_teacher_who_has_left_the_school_reaches_nobody(teaching: Teaching) -> None:
    StudentFactory(school_class=teaching.school_class)
    teacher = User.objects.get(pk=teaching.teacher_id)
    assert Student.objects.visible_to(teacher).count() == 1
    with at(now()):
        teacher.memberships.update(starts="2026-09-01", ends="2026-11-01")
    assert not Student.objects.visible_to(User.objects.get(pk=teacher.pk)).exists()


def test_a_system_administrator_reaches_no_child(teaching: Teaching) -> None:
    GrowthNoteFactory(student__school_class=teaching.school_class)
    root = UserFactory(is_superuser=True, is_staff=True)
    assert not Student.objects.visible_to(root).exists()
    assert not GrowthNote.objects.visible_to(root).exists()


def test_notes_are_not_in_the_system_administration() -> None:
    from django.contrib import admin

    registered = set(admin.site._registry)
    assert registered.isdisjoint({GrowthNote, ReadRecord, Student, Guardianship, Teaching})


def test_a_name_read_to_call_the_roll_is_in_the_record_of_who_has_read(
    teaching: Teaching,
) -> None:
    pupil = StudentFactory(school_class=teaching.school_class)
    services.record_name_reads([pupil], teaching.teacher)
    (reader,) = queries.as_readers(queries.reads_about(pupil), teaching.teacher)
    assert (reader.capacity, reader.sentence) == ("班主任", "点名看了名字 1 次")
    since = now() - timedelta(days=1)
    readers = queries.other_readers_since([pupil.pk], since, besides=UserFactory())
    assert readers[pupil.pk] == 1
    with pytest.raises(NotYourChild):
        services.record_name_reads([StudentFactory()], teaching.teacher)
