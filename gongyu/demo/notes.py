"""About 60 notes on pupils over the last three weeks, and who has read them since."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import cycle

from gongyu.accounts.models import User
from gongyu.accounts.queries import memberships_of
from gongyu.core.calendar import at
from gongyu.families.models import GrowthNote, SchoolClass, Student
from gongyu.families.services import record_reads, write_note

from . import texts
from .district import District

# How many times teachers write in each class with a full roster; the demo's own classes more often.
BATCHES = (9, 8, 3, 3, 3, 3, 3, 3, 3, 3)
_DEMO_PARENT = "demo-parent"


def build(district: District) -> None:
    """Write through the services, the oldest first; then let guardians and teachers read."""
    entries = cycle(texts.table("notes"))
    for school_class, batches in zip(district.rosters, BATCHES, strict=False):
        teachers = _teachers(school_class)
        pupils = list(school_class.students.order_by("pk"))
        own = _children_of_demo_parent(district, school_class)
        for place, moment in enumerate(_school_moments(district, batches)):
            entry = next(entries)
            chosen = _choose(district, pupils, own if place % 2 == 0 else [])
            with at(moment):
                notes = write_note(
                    school_class,
                    chosen,
                    by=teachers[place % len(teachers)],
                    aspect=entry["aspect"],
                    tone=entry["tone"],
                    body=entry["body"],
                    home_suggestion=entry.get("suggestion", ""),
                )
            _read(district, notes, teachers, moment)


def _teachers(school_class: SchoolClass) -> list[User]:
    teachings = school_class.teachings.select_related("teacher").order_by("-is_head", "pk")
    teachers = [teaching.teacher for teaching in teachings]
    for teacher in teachers:
        memberships_of(teacher)  # read on the build day, on which they begin; kept with the person
    return teachers


def _children_of_demo_parent(district: District, school_class: SchoolClass) -> list[Student]:
    parent = district.people.get(_DEMO_PARENT)
    return list(school_class.students.children_of(parent)) if parent else []


def _school_moments(district: District, number: int) -> Iterator[datetime]:
    """``number`` afternoons of school days up to yesterday, the oldest first."""
    afternoons: list[datetime] = []
    ago = 1
    while len(afternoons) < number:
        moment = district.at(-ago, district.rng.randint(14, 17), district.rng.randint(0, 59))
        if moment.weekday() < 5:
            afternoons.append(moment)
        ago += district.rng.randint(1, 3)
    return reversed(afternoons)


def _choose(district: District, pupils: Sequence[Student], own: Sequence[Student]) -> list[Student]:
    """Mostly one pupil, now and then two or three; ``own`` are always among them."""
    extra = district.rng.choice((0, 0, 0, 1, 2)) + (0 if own else 1)
    others = [pupil for pupil in pupils if pupil not in own]
    return [*own, *district.rng.sample(others, min(extra, len(others)))]


def _read(
    district: District, notes: list[GrowthNote], teachers: Sequence[User], written: datetime
) -> None:
    """Two guardians in three read in the evening; some teacher, often, the next morning."""
    for note in notes:
        if district.rng.random() < 0.67:
            for guardianship in note.student.guardianships.select_related("guardian"):
                with at(written + timedelta(hours=district.rng.randint(2, 5))):
                    record_reads([note], guardianship.guardian)
    if district.rng.random() < 0.6:
        with at(min(written + timedelta(hours=16), district.at(0, 7))):
            record_reads(notes, district.rng.choice(teachers))
