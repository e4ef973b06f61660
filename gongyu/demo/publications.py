"""About 45 articles over the four channels, each published on its own day by those whose it is."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone

from gongyu.accounts.models import Role, User
from gongyu.accounts.queries import memberships_of
from gongyu.core.calendar import at
from gongyu.families.models import Guardianship
from gongyu.places.models import Organization
from gongyu.publishing import services
from gongyu.publishing.models import Article, Policy

from . import texts
from .district import District

_SPEAKS_FOR: dict[str, Role] = {
    Organization.Kind.SCHOOL: Role.SCHOOL_ADMIN,
    Organization.Kind.COMMISSION: Role.COMMISSION,
    Organization.Kind.DEPARTMENT: Role.DEPARTMENT,
    Organization.Kind.COMMUNITY: Role.COMMUNITY,
    Organization.Kind.STREET_OFFICE: Role.COMMUNITY,
    Organization.Kind.RESOURCE_UNIT: Role.UNIT,
}
_WEEKDAYS = {"friday": 4, "saturday": 5, "sunday": 6}


def build(district: District) -> None:
    """Publish everything, the oldest first; two experiences are left waiting for review."""
    for entry in _oldest_first("school"):
        _school(district, _organization(entry, Organization.Kind.SCHOOL), entry)
    policies = {policy.reference: policy for policy in Policy.objects.all()}
    for entry in _oldest_first("policy"):
        organization = _organization(
            entry, Organization.Kind.DEPARTMENT, Organization.Kind.COMMISSION
        )
        _publish(
            district,
            _speaker(district, organization),
            organization,
            entry,
            kind=Article.Kind.POLICY_EXPLAINER,
            policy=policies[entry["policy"]],
        )
    for entry in _oldest_first("community"):
        organization = _organization(
            entry, Organization.Kind.COMMUNITY, Organization.Kind.RESOURCE_UNIT
        )
        _activity(district, organization, entry)
    _experiences(district)


def _organization(entry: dict[str, Any], *kinds: Organization.Kind) -> Organization:
    """Whose article it is; some bodies are both a department and a resource unit."""
    return Organization.objects.get(name=entry["by"], kind__in=kinds)


def _oldest_first(channel: str) -> list[dict[str, Any]]:
    return sorted(texts.table(channel), key=lambda entry: -entry["ago"])


def _moment(district: District, entry: dict[str, Any]) -> datetime:
    """A working moment on the entry's day; early on the build day, so that it is already out."""
    return district.at(-entry["ago"], 7 + (len(entry["title"]) % 10 if entry["ago"] else 0), 20)


def _speaker(district: District, organization: Organization, role: Role | None = None) -> User:
    person = district.staff(organization, role or _SPEAKS_FOR[organization.kind])
    memberships_of(person)  # read on the build day, for some began on it; kept with the person
    return person


def _publish(
    district: District,
    by: User,
    organization: Organization,
    entry: dict[str, Any],
    *,
    kind: str,
    **details: Any,  # the details of services.Details, by kind
) -> None:
    with at(_moment(district, entry)):
        services.publish_article(
            by=by,
            organization=organization,
            kind=kind,
            title=entry["title"],
            body=entry["body"],
            huozi=entry.get("huozi", ""),
            **details,
        )


def _school(district: District, school: Organization, entry: dict[str, Any]) -> None:
    is_plan = entry["kind"] == Article.Kind.TEACHING_PLAN
    by = _speaker(district, school, Role.TEACHER if is_plan else Role.SCHOOL_ADMIN)
    first, last = entry.get("grades", (None, None))
    _publish(district, by, school, entry, kind=entry["kind"], first_grade=first, last_grade=last)


def _activity(district: District, organization: Organization, entry: dict[str, Any]) -> None:
    day = _day(district.day, entry["on"])
    _publish(
        district,
        _speaker(district, organization),
        organization,
        entry,
        kind=Article.Kind.ACTIVITY,
        starts_at=_on(day, entry["from"]),
        ends_at=_on(day, entry["to"]),
        place=entry["place"],
        audience=entry["for"],
    )


def _day(day: date, on: int | str) -> date:
    """So many days ahead, or the next such weekday, the build day included."""
    ahead = on if isinstance(on, int) else (_WEEKDAYS[on] - day.weekday()) % 7
    return day + timedelta(days=ahead)


def _on(day: date, clock: str) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.fromisoformat(clock)))


def _experiences(district: District) -> None:
    """Parents of the demo write; the commission reads all but the last two."""
    commission = Organization.objects.get(kind=Organization.Kind.COMMISSION)
    reviewer = _speaker(district, commission)
    entries = _oldest_first("family")
    parents = [
        g.guardian
        for g in Guardianship.objects.select_related("guardian").order_by("pk")[: 7 * len(entries)]
    ][::7]
    for parent, entry in zip(parents, entries, strict=True):
        memberships_of(parent)
        written = _moment(district, entry)
        with at(written):
            article = services.submit_experience(
                by=parent, title=entry["title"], body=entry["body"], byline=entry["byline"]
            )
        if not entry.get("review"):
            with at(written + timedelta(hours=3)):
                services.approve_article(article, by=reviewer)
