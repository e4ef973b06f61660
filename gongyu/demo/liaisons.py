"""Liaisons and vice-principals of the demo district; a few houses have none yet, as it is.

People are made up, and so are their numbers: no telephone rings anywhere.
"""

from __future__ import annotations

from datetime import timedelta

from gongyu.accounts.models import Role
from gongyu.core.calendar import at
from gongyu.exchange.models import Liaison
from gongyu.exchange.services import name_liaison, note_deed
from gongyu.places.models import Organization

from . import names
from .district import District

# Kind, whose people do it (a part of the name), title, what was done.
_LENT = (
    ("law", "公安局", "民警", ("给五年级讲未成年人保护法", "和班主任过了欺凌怎么报告")),
    ("health", "卫生健康", "主治医师", ("给家长讲了怎么看视力筛查单", "查了一次教室的灯")),
    ("science", "科学技术协会", "高级工程师", ("帮科技小组选了课题",)),
    ("fire", "消防", "消防站站长", ("带全校走了一遍疏散路线",)),
)


def build(district: District) -> None:
    for number, school in enumerate(district.schools):
        if number % 6 != 4:
            _liaison(district, school, Role.SCHOOL_ADMIN, "德育主任", number)
    for number, unit in enumerate(district.units):
        if number % 8 != 6:
            _liaison(district, unit, Role.UNIT, "社会教育部主任", number)
    for number, school in enumerate(district.schools[:6]):
        for lent in _LENT[number % 2 :: 2] if number else _LENT:
            _vice(district, school, *lent)


def _liaison(district: District, house: Organization, role: Role, title: str, number: int) -> None:
    with at(district.at(-70, hour=10)):
        name_liaison(
            house,
            kind="liaison",
            name=names.adult(district.rng, woman=number % 2 == 0),
            title=title,
            phone=names.telephone(number + (200 if role == Role.UNIT else 0)),
            starts=district.day - timedelta(days=70),
            by=district.staff(house, role),
        )


def _vice(
    district: District,
    school: Organization,
    kind: str,
    part_of_name: str,
    title: str,
    deeds: tuple[str, ...],
) -> None:
    departments = Organization.objects.filter(kind=Organization.Kind.DEPARTMENT)
    body = departments.filter(name__contains=part_of_name).order_by("pk").first()
    held = Liaison.objects.filter(organization=school, kind=kind, ends__isnull=True)
    if body is None or held.exists():
        return
    head = district.staff(school, Role.SCHOOL_ADMIN)
    with at(district.at(-60, hour=9)):
        post = name_liaison(
            school,
            kind=kind,
            name=names.adult(district.rng, woman=kind in {"law", "health"}),
            title=title,
            phone=names.telephone(500 + school.pk % 400),
            starts=district.day - timedelta(days=60),
            from_body=body,
            by=head,
        )
    for number, what in enumerate(deeds):
        day = district.day - timedelta(days=40 - 15 * number)
        with at(district.at(-1, hour=16)):
            note_deed(post, day=day, what=what, by=head)
