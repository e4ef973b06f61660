"""A unit keeps its own entries; the district asks for them once a school year."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from gongyu.accounts.models import Membership, Role, User
from gongyu.accounts.queries import organization_ids
from gongyu.core import timeline
from gongyu.core.calendar import school_year_began, school_year_of, today
from gongyu.core.errors import DomainError
from gongyu.exchange.errors import MoveNotAllowed, NotAllowed
from gongyu.exchange.models import EntryInvitation, Resource, ResourceEntry, Topic
from gongyu.exchange.policies import dispatches
from gongyu.notices.services import settle, tell
from gongyu.places.models import Organization

from .offers import add_resource

BETWEEN_REMINDERS = timedelta(days=7)


@transaction.atomic
def save_entry(
    resource: Resource | None,
    *,
    unit: Organization,
    by: User,
    topics: Sequence[Topic],
    about: dict[str, object],
    entry: dict[str, object],
) -> Resource:
    """Write a resource and its entry; who has just written it has thereby confirmed it.

    ``about`` are fields of the resource, ``entry`` those of the entry. A resource of None is new.
    """
    if resource is None:
        resource = add_resource(unit, by=by, topics=topics, **about)
    else:
        if resource.unit_id not in organization_ids(by, Role.UNIT):
            raise NotAllowed(_("这一项是别的单位的。"))
        resource = Resource.objects.select_for_update().get(pk=resource.pk)
        for name, value in about.items():
            setattr(resource, name, value)
        resource.is_assumption = False  # the unit itself has said so now
        resource.save()
        resource.topics.set(topics)
        timeline.record(resource, "entry.edit", _("修改登记"), by=by)
    ResourceEntry.objects.update_or_create(
        resource=resource,
        defaults={**entry, "confirmed_on": today(), "confirmed_by": by},
    )
    _settle_if_done(resource.unit)
    return resource


@transaction.atomic
def confirm_entries(unit: Organization, *, by: User) -> int:
    """One tap: what stands there is still right. Returns how many entries it was said of."""
    if unit.pk not in organization_ids(by, Role.UNIT):
        raise NotAllowed(_("您不在这家单位任职，不能替它核对。"))
    resources = list(Resource.objects.select_for_update().filter(unit=unit))
    if not resources:
        raise MoveNotAllowed(_("还没有登记资源，先登记一项。"))
    entries = {e.resource_id: e for e in ResourceEntry.objects.filter(resource__in=resources)}
    if bare := [r.title for r in resources if r.pk not in entries]:
        raise MoveNotAllowed(
            _("“%(title)s”还没有填登记，补上它再一起核对。") % {"title": "”、“".join(bare[:3])}
        )
    ResourceEntry.objects.filter(resource__in=resources).update(
        confirmed_on=today(), confirmed_by=by
    )
    for resource in resources:
        timeline.record(resource, "entry.confirm", _("核对登记，没有变化"), by=by)
    _settle_if_done(unit)
    return len(resources)


def _settle_if_done(unit: Organization) -> None:
    """When every entry of the unit is confirmed, nobody is asked any longer."""
    since = school_year_began()
    if unit.resources.exclude(entry__confirmed_on__gte=since).exists():
        return
    for invitation in EntryInvitation.objects.filter(unit=unit):
        settle(invitation)


@transaction.atomic
def invite_units(*, by: User) -> int:
    """Ask each unit whose entries are not confirmed this school year, once; returns how many."""
    if not dispatches(by):
        raise NotAllowed(_("核对邀请由区教委发。"))
    year = school_year_of(today())
    units = (
        Organization.objects.resource_units()
        .filter(resources__in=_unconfirmed())
        .exclude(entry_invitations__school_year=year)
        .distinct()
        .order_by("pk")
    )
    invitations = [
        EntryInvitation.objects.create(unit=unit, school_year=year, asked_on=today(), asked_by=by)
        for unit in units
    ]
    for invitation in invitations:
        timeline.record(invitation, "entry.invite", _("邀请核对登记"), by=by)
    words = _("新学年了，请核对本单位的资源登记。没有变化，点一下就好。")
    _tell(invitations, "entry.invite", words)
    return len(invitations)


@transaction.atomic
def remind_units(*, by: User) -> int:
    """Remind units that were invited and have not answered; each at most once a week."""
    if not dispatches(by):
        raise NotAllowed(_("提醒由区教委发。"))
    late = today() - BETWEEN_REMINDERS
    invitations = list(
        EntryInvitation.objects.select_for_update()
        .filter(school_year=school_year_of(today()), unit__in=_unconfirmed().values("unit"))
        .filter(asked_on__lte=late)
        .exclude(reminded_on__gt=late)
        .order_by("pk")
    )
    if not invitations:
        raise DomainError(_("一周之内都邀请或者提醒过了，过几天再提醒。"))
    EntryInvitation.objects.filter(pk__in=[i.pk for i in invitations]).update(reminded_on=today())
    for invitation in invitations:
        settle(invitation)  # one sentence waits in the inbox, not two
        timeline.record(invitation, "entry.remind", _("提醒核对登记"), by=by)
    _tell(
        invitations, "entry.remind", _("资源登记还没有核对，请抽空看一眼。没有变化，点一下就好。")
    )
    return len(invitations)


def _unconfirmed() -> QuerySet[Resource]:
    return Resource.objects.exclude(entry__confirmed_on__gte=school_year_began())


def _tell(invitations: list[EntryInvitation], verb: str, words: str) -> None:
    staff: dict[int, list[User]] = {}
    held = Membership.objects.current().filter(
        role=Role.UNIT, organization__in=[i.unit_id for i in invitations], user__is_active=True
    )
    for membership in held.select_related("user").order_by("user"):
        staff.setdefault(membership.organization_id or 0, []).append(membership.user)
    for invitation in invitations:
        people = staff.get(invitation.unit_id, [])
        tell(people, invitation, verb, words, url=reverse("exchange:resources"), asks=True)
