"""Schools with classes, teachers, pupils and their guardians. All people are made up."""

from __future__ import annotations

from gongyu.accounts.models import Role, User
from gongyu.core.calendar import school_year_of
from gongyu.families.models import Guardianship, SchoolClass, Student
from gongyu.families.services import add_guardian, add_teaching, create_class, enrol_student
from gongyu.places.models import Organization

from . import names
from .district import District

# Real schools, spread over the towns. The first two are where the demo teachers work.
SCHOOLS = [
    "北京印刷学院附属小学",
    "庞各庄镇第一中心小学",
    "北京市大兴区第七小学",
    "枣园小学",
    "北京市大兴区滨河小学",
    "北京小学翡翠城分校",
    "北京市大兴区第五小学",
    "北京市大兴区魏善庄镇第一中心小学",
    "北京市大兴区榆垡镇第二中心小学",
    "北京市大兴区安定镇中心小学",
    "青云店镇第一中心小学（低年级部）",
    "北京亦庄实验小学",
    "北京市大兴区亦庄镇第一中心小学",
    "北京教育科学研究院旧宫实验小学",
    "北京第二实验小学大兴实验学校",
    "北京市大兴区黄村镇第二中心小学",
    "天堂河小学",
    "北京市大兴区狼垡中学",
    "北京市大兴区庞各庄中学",
    "北京市大兴区采育中学",
]
WITH_ROSTERS = 10
ROSTER_SIZE = (29, 33)
_SUBJECTS = ("语文", "数学", "英语", "科学", "体育")


def build(district: District) -> None:
    """Schools in the order of ``SCHOOLS``, three classes each, one full roster in ten of them."""
    found = {school.name: school for school in Organization.objects.schools()}
    district.schools = [found[name] for name in SCHOOLS]
    year = school_year_of(district.day)
    for index, school in enumerate(district.schools):
        username = "school" if index == 0 else f"school-{index + 1}"
        admin = district.person(username, rings=True)
        district.appoint(admin, Role.SCHOOL_ADMIN, school, title="德育主任")
        for offset, number in ((2, 2), (3, 1), (4, 1)):
            _open_class(district, school, index, entry_year=year - offset, number=number)
    _families(district)


def _open_class(
    district: District, school: Organization, index: int, *, entry_year: int, number: int
) -> None:
    stage = SchoolClass.Stage.PRIMARY
    if school.first_grade == SchoolClass.Stage.JUNIOR:
        stage, entry_year = SchoolClass.Stage.JUNIOR, entry_year + 2
    school_class = create_class(school, stage=stage, entry_year=entry_year, number=number)
    is_first = number == 2
    head = _head_teacher(district, index, is_first, school_class)
    subject = _SUBJECTS[index % 2]
    district.appoint(head, Role.TEACHER, school)
    add_teaching(school_class, head, subject, is_head=True)
    other = district.appoint(district.person(f"subject-{school.pk}"), Role.TEACHER, school)
    if not is_first:
        add_teaching(school_class, other, _SUBJECTS[2 + index % 3])
    district.classes.append(school_class)
    if is_first and index < WITH_ROSTERS:
        district.rosters.append(school_class)


def _head_teacher(
    district: District, index: int, is_first: bool, school_class: SchoolClass
) -> User:
    if is_first and index < len(_DEMO_TEACHERS):
        return district.person(_DEMO_TEACHERS[index], rings=True)
    return district.person(f"head-{school_class.pk}", rings=True)


_DEMO_TEACHERS = ("teacher", "teacher-2")


def _families(district: District) -> None:
    """About 300 families: most with one guardian on the platform, a fifth with two."""
    family = 0
    for school_class in district.rosters:
        for _seat in range(district.rng.randint(*ROSTER_SIZE)):
            family += 1
            _family(district, school_class, family)
    _demo_parent(district)


def _family(district: District, school_class: SchoolClass, number: int) -> None:
    rng = district.rng
    surname = rng.choice(names.SURNAMES)
    student = enrol_student(school_class, names.child(rng, surname))
    is_mother = rng.random() < 0.7
    first = district.person(f"family-{number}", name=names.adult(rng, woman=is_mother))
    relation = Guardianship.Relation.MOTHER if is_mother else Guardianship.Relation.FATHER
    add_guardian(student, first, relation)
    if rng.random() < 0.2:
        second = district.person(f"family-{number}-2", name=names.adult(rng, woman=False))
        add_guardian(student, second, Guardianship.Relation.GRANDPARENT)


def _demo_parent(district: District) -> None:
    """The demo parent: two children in two schools, and herself a teacher in a third."""
    mother = district.person("parent", name="周婷")
    for school_class, child in zip(district.rosters[:2], ("林知夏", "林小满"), strict=True):
        add_guardian(enrol_student(school_class, child), mother, Guardianship.Relation.MOTHER)
    district.appoint(mother, Role.TEACHER, district.classes[8].school)
    add_teaching(district.classes[8], mother, "音乐")
    other = district.person("parent-2", name="许建国")
    neighbour = Student.objects.filter(school_class=district.rosters[0]).order_by("pk")[0]
    add_guardian(neighbour, other, Guardianship.Relation.FATHER)
    # Parents of classes that are out on the day itself.
    for number, school_class in enumerate(district.rosters[2:4], start=3):
        pupil = school_class.students.order_by("pk")[0]
        name = ("韩立新", "宋晓梅")[number - 3]
        further = district.person(f"parent-{number}", name=name)
        add_guardian(pupil, further, Guardianship.Relation.OTHER)
