"""Classes, who teaches them, pupils and their guardians."""

from __future__ import annotations

import factory
from factory.django import DjangoModelFactory

from gongyu.accounts.models import Role
from gongyu.core.calendar import now, school_year_of, today
from gongyu.families.models import GrowthNote, Guardianship, SchoolClass, Student, Teaching

from .people import person
from .places import SchoolFactory


class SchoolClassFactory(DjangoModelFactory):
    """A class of ``grade`` (1–12, third by default) in the present school year."""

    class Meta:
        model = SchoolClass

    class Params:
        grade = 3

    school = factory.SubFactory(SchoolFactory)
    stage = factory.LazyAttribute(lambda o: max(s for s in (1, 7, 10) if s <= o.grade))
    entry_year = factory.LazyAttribute(lambda o: school_year_of(today()) - (o.grade - o.stage))
    number = factory.Sequence(lambda n: n % 30_000 + 1)


class TeachingFactory(DjangoModelFactory):
    """Its teacher is a teacher of the class's school unless said otherwise."""

    class Meta:
        model = Teaching

    school_class = factory.SubFactory(SchoolClassFactory)
    teacher = factory.LazyAttribute(lambda o: person(Role.TEACHER, o.school_class.school))
    subject = "语文"
    is_head = False


class StudentFactory(DjangoModelFactory):
    class Meta:
        model = Student

    name = factory.Sequence(lambda n: f"孩子{n}")
    school_class = factory.SubFactory(SchoolClassFactory)


class GuardianshipFactory(DjangoModelFactory):
    class Meta:
        model = Guardianship

    student = factory.SubFactory(StudentFactory)
    guardian = factory.LazyFunction(lambda: person(Role.PARENT))
    relation = Guardianship.Relation.MOTHER


class GrowthNoteFactory(DjangoModelFactory):
    """Its author is a new head teacher of the child's class unless said otherwise."""

    class Meta:
        model = GrowthNote

    student = factory.SubFactory(StudentFactory)
    author = factory.LazyAttribute(
        lambda o: TeachingFactory(school_class=o.student.school_class).teacher
    )
    author_label = "语文老师"
    aspect = GrowthNote.Aspect.VIRTUE
    tone = GrowthNote.Tone.PRAISE
    body = "今天主动帮同学收拾了书包。"
    written_at = factory.LazyFunction(now)
