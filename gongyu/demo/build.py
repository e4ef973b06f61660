"""Builds the demo district: the real Daxing with made-up people, alive on the day of the build."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from random import Random

from django.db import connection

from gongyu.accounts.models import Role, User
from gongyu.core.calendar import at, today
from gongyu.exchange.services import book_visits
from gongyu.notices.services import mark_all_read
from gongyu.places.models import Organization

from . import (
    census,
    geography,
    liaisons,
    needs,
    notes,
    occasions,
    offers,
    people,
    photos,
    policies,
    problems,
    proposal,
    publications,
    scarce,
    school_calendar,
    taxonomy,
    visit_photos,
    visits,
)
from .district import District

DEMO_TOWN = "110115003"  # 清源街道

Progress = Callable[[str], None]


def build_district(
    day: date | None = None, seed: int = 241, progress: Progress | None = None
) -> District:
    """Build everything on an empty, migrated database and return what was built.

    ``day`` is the day that the district lives on (today if not given); the same day and seed give
    the same district. ``progress`` is told each step as it begins.
    """

    def tell(step: str) -> None:
        _look_what_is_there()
        if progress:
            progress(step)

    district = District(day or today(), Random(seed))  # noqa: S311  # dice for made-up people
    with at(district.at(0)):
        tell("地方和单位")
        geography.build()
        school_calendar.build()
        taxonomy.build()
        policies.build()
        proposal.build()
        _offices(district)
        tell("学校、班级和家庭")
        people.build(district)
        tell("资源和场次")
        offers.build(district)
        tell("摸底和入库")
        census.build(district)
        photos.build(district)
        tell("需求和订单")
        needs.build(district)
        problems.build(district)
        tell("四个频道")
        publications.build(district)
        tell("在校表现")
        notes.build(district)
        _look_what_is_there()
        census.suspend_one(district)
        _town_office(district)
        liaisons.build(district)
        needs.build_more_of_today(district)
        visits.build(district)
        visit_photos.build(district)
        scarce.build(district)
        occasions.build(district)
        census.register_twice(district)
        book_visits()
        _read_old_notices(district)
        _look_what_is_there()
    return district


def _look_what_is_there() -> None:
    """PostgreSQL plans by the sizes that it saw last, and would take the new tables for empty."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


def _read_old_notices(district: District) -> None:
    """Nobody keeps the messages of last month unread."""
    with at(district.at(-7)):
        for person in User.objects.filter(notices__isnull=False).distinct():
            mark_all_read(person)


def _town_office(district: District) -> None:
    """The demo's clerk of a town: the one in which the demo teacher's school stands."""
    office = Organization.objects.get(
        kind=Organization.Kind.STREET_OFFICE, division__code=DEMO_TOWN
    )
    clerk = district.person("town", name="梁佩文")
    district.appoint(clerk, Role.COMMUNITY, office, title="社会事务办")


def _offices(district: District) -> None:
    """The demo roles of the offices: the commission, a department, a community."""
    commission = Organization.objects.get(kind=Organization.Kind.COMMISSION)
    district.appoint(
        district.person("commission"), Role.COMMISSION, commission, title="教联体办公室"
    )
    health = Organization.objects.get(kind=Organization.Kind.DEPARTMENT, name__contains="卫生健康")
    district.appoint(district.person("department"), Role.DEPARTMENT, health, title="健康科")
    community = Organization.objects.filter(
        kind=Organization.Kind.COMMUNITY, name__contains="清源", lon__isnull=False
    ).order_by("pk")[0]
    district.appoint(
        district.person("community", rings=True), Role.COMMUNITY, community, title="社区干事"
    )
