"""The census of the demo district: entries for most resources, rules, admissions, two invitations.

Kinds follow from what the unit really is; terms and dates are the demo's assumption, as the
resources themselves are. Some units are left as they often are: not filled in, not confirmed.
"""

from __future__ import annotations

from datetime import timedelta

from gongyu.accounts.models import Role
from gongyu.accounts.queries import memberships_of
from gongyu.core.calendar import at, school_year_of
from gongyu.exchange.models import (
    ExamSuspension,
    OpeningRule,
    Resource,
    ResourceEntry,
    ResourceKind,
)
from gongyu.exchange.services import (
    add_opening_rule,
    add_resource,
    admit_unit,
    apply_for_admission,
    invite_units,
    list_matter,
    plan_push,
    stop_unit,
)
from gongyu.places.models import Organization
from gongyu.places.services import index_names

from .district import District

_KINDS = {
    "hospital": ResourceKind.EXPERT,
    "legal": ResourceKind.EXPERT,
    "expert_pool": ResourceKind.EXPERT,
    "family_education": ResourceKind.EXPERT,
    "elders_pool": ResourceKind.VOLUNTEERS,
    "women_fed": ResourceKind.VOLUNTEERS,
    "youth_league": ResourceKind.VOLUNTEERS,
    "university": ResourceKind.COURSE,
    "programme": ResourceKind.COURSE,
    "science_assoc": ResourceKind.COURSE,
    "enterprise_visit": ResourceKind.ENTERPRISE,
    "enterprise_museum": ResourceKind.ENTERPRISE,
    "township_culture_centre": ResourceKind.SPACE,
    "culture_centre": ResourceKind.SPACE,
    "youth_centre": ResourceKind.SPACE,
    "library": ResourceKind.SPACE,
}
_CONTACTS = {
    ResourceKind.EXPERT: "健康教育科",
    ResourceKind.ENTERPRISE: "公共关系部",
    ResourceKind.COURSE: "科普办公室",
}


def build(district: District) -> None:
    """Entries, rules and admissions, made by each unit's own staff and the commission's."""
    commission = district.person("commission")
    ExamSuspension.objects.create(
        name="期末考试",
        first_day=district.day + timedelta(weeks=7),
        last_day=district.day + timedelta(weeks=7, days=3),
        first_grade=1,
        last_grade=9,
    )
    for number, unit in enumerate(district.units):
        staff = district.staff(unit, Role.UNIT)
        for resource in Resource.objects.filter(unit=unit):
            _entry(district, unit, resource, number)
        if number % 7 == 5:
            continue  # has not applied yet
        with at(district.at(-60, hour=10)):
            admission = apply_for_admission(unit, by=staff)
        if number % 7 == 3:
            continue  # waits for its check
        with at(district.at(-40, hour=11)):
            admit_unit(
                admission,
                by=commission,
                site_is_safe=True,
                safety_is_checked=True,
                insured_until=district.day + timedelta(days=200 + number),
                staff_checked_on=district.day - timedelta(days=90),
                price="reduced" if number % 3 == 0 else "free",
                price_words="凭学生卡半价" if number % 3 == 0 else "",
            )
    _rule(district)
    _white_list(district)
    with at(district.at(-3, hour=9)):
        invite_units(by=commission)


def _white_list(district: District) -> None:
    """Two matters on the list; the documents are the demo's assumption and say so."""
    commission = district.person("commission")
    year = school_year_of(district.day)
    officer = district.person("department")
    health = next(m.organization for m in memberships_of(officer) if m.organization)
    for title in ("儿童口腔健康检查", "急救知识讲座"):
        matter = list_matter(
            title, health, school_year=year, document="演示用，不是真实文件", by=commission
        )
        for number, school in enumerate(district.schools[:3]):
            day = district.day + timedelta(days=35 + 7 * number)
            if school_year_of(day) == year and day.weekday() < 5:
                plan_push(matter, school, day, by=officer)


def register_twice(district: District) -> None:
    """As lists grow together: a unit and a resource that stand there a second time."""
    unit = district.units[0]
    first = Resource.objects.filter(unit=unit).order_by("pk")[0]
    with at(district.at(-2, hour=15)):
        add_resource(
            unit,
            by=district.staff(unit, Role.UNIT),
            topics=list(first.topics.all()),
            title=f"{first.title}（亲子）"[:60],
            summary=first.summary,
            first_grade=first.first_grade,
            last_grade=first.last_grade,
            form=first.form,
            capacity=first.capacity,
            minutes=first.minutes,
            radius_km=first.radius_km,
            is_assumption=True,
        )
    known = district.units[1]
    twin = Organization.objects.create(
        kind=Organization.Kind.RESOURCE_UNIT,
        name=f"{known.short_name or known.name}（又登记了一次）",
        sub_kind=known.sub_kind,
        division=known.division,
        address=known.address,
        about="演示用：同一家登记了两次，用来试查重和合并。",
    )
    index_names(twin)
    twin.save()


def suspend_one(district: District) -> None:
    """After the past weeks have been lived through: one unit is stopped by a rule."""
    unit = district.units[-1]
    admission = getattr(unit, "admission", None)
    if admission is not None and admission.state == "admitted":
        stop_unit(
            admission,
            to="suspended",
            reason="insurance",
            words="责任险上周到期，续上就恢复。",
            by=district.person("commission"),
        )


def _entry(district: District, unit: Organization, resource: Resource, number: int) -> None:
    if number % 9 == 4:
        return  # as it often is: registered, never filled in
    kind = _KINDS.get(unit.sub_kind, ResourceKind.PLACE)
    confirmed = number % 4 != 0
    ResourceEntry.objects.create(
        resource=resource,
        kind=kind,
        opening_hours=unit.opening_hours,
        subsidy_terms="学生免费" if number % 3 else "凭学生卡半价",
        insured_until=district.day + timedelta(days=200 + number),
        fire_checked_on=district.day - timedelta(days=60 + number),
        has_emergency_plan=True,
        staff_checked_until=district.day + timedelta(days=270),
        contact_role=_CONTACTS.get(kind, "社会教育部"),
        contact_hours="工作日 9 点到 17 点",
        confirmed_on=district.day - timedelta(days=number % 50) if confirmed else None,
        confirmed_by=district.staff(unit, Role.UNIT) if confirmed else None,
    )


def _rule(district: District) -> None:
    """The demo unit has one rule that it has not laid out yet: its preview has something to say."""
    unit = district.units[0]
    resource = Resource.objects.filter(unit=unit).order_by("pk").first()
    if resource is not None:
        add_opening_rule(
            resource,
            by=district.staff(unit, Role.UNIT),
            weekday=5,
            half_day=0,
            starts="09:30",
            first_day=district.day + timedelta(days=1),
            last_day=district.day + timedelta(weeks=8),
            every_weeks=2,
            mode=OpeningRule.Mode.TERM,
        )
