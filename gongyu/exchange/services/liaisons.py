"""A school, a unit or the commission says who is the one to talk to, and who comes after."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from gongyu.accounts.models import User
from gongyu.core import timeline
from gongyu.core.calendar import say_day, today
from gongyu.core.errors import DomainError
from gongyu.exchange.errors import MoveNotAllowed, NotAllowed
from gongyu.exchange.models import Deed, Liaison
from gongyu.exchange.policies import keeps_liaisons
from gongyu.places.models import Organization

_SCHOOL, _UNIT = Organization.Kind.SCHOOL, Organization.Kind.RESOURCE_UNIT


@transaction.atomic
def name_liaison(
    organization: Organization,
    *,
    kind: str,
    name: str,
    title: str,
    phone: str,
    starts: date,
    from_body: Organization | None = None,
    by: User,
) -> Liaison:
    """Put a person into a post; whoever holds it hands over the day before.

    Raises DomainError if the post is none of this organisation's, a vice-principal comes from
    nowhere, or the change would stand before the last one.
    """
    if not keeps_liaisons(by, organization):
        raise NotAllowed(_("联络人由本校、本单位或者区教委来定。"))
    if organization.kind not in {_SCHOOL, _UNIT}:
        raise DomainError(_("学校和资源单位才有联络人。"))
    Organization.objects.select_for_update(of=("self",)).get(pk=organization.pk)
    is_lent = kind in Liaison.VICE_PRINCIPALS
    if is_lent and organization.kind != _SCHOOL:
        raise DomainError(_("副校长是学校的，单位只定联络人。"))
    if is_lent and (from_body is None or from_body.kind in {_SCHOOL, _UNIT}):
        raise DomainError(_("请选副校长是哪个部门派来的。"))
    if starts > today() + timedelta(days=365):
        raise DomainError(_("请定在一年以内。"))
    before = Liaison.objects.filter(organization=organization, kind=kind, ends__isnull=True)
    for earlier in before.select_for_update():
        if starts <= earlier.starts:
            raise DomainError(
                _("%(name)s是%(day)s接的，新的人要在这之后。")
                % {"name": earlier.name, "day": say_day(earlier.starts)}
            )
        _end(earlier, starts - timedelta(days=1))
    liaison = Liaison.objects.create(
        organization=organization,
        kind=kind,
        name=name.strip(),
        title=title.strip(),
        phone=phone.strip(),
        from_body=from_body if is_lent else None,
        starts=starts,
        named_by=by,
    )
    words = _("%(kind)s定为%(name)s，从%(day)s起") % {
        "kind": liaison.get_kind_display(),
        "name": liaison.name,
        "day": say_day(starts),
    }
    timeline.record(liaison, "liaison.name", words, by=by)
    return liaison


@transaction.atomic
def end_liaison(liaison: Liaison, *, by: User) -> Liaison:
    """The person leaves the post today and nobody follows yet."""
    if not keeps_liaisons(by, liaison.organization):
        raise NotAllowed(_("联络人由本校、本单位或者区教委来定。"))
    liaison = Liaison.objects.select_for_update(of=("self",)).get(pk=liaison.pk)
    if liaison.ends is not None:
        raise MoveNotAllowed(_("这个人已经不在这个岗位上了。"))
    _end(liaison, max(today(), liaison.starts))
    timeline.record(liaison, "liaison.end", _("不再担任"), by=by)
    return liaison


def _end(liaison: Liaison, day: date) -> None:
    liaison.ends = day
    liaison.save(update_fields=["ends"])


@transaction.atomic
def note_deed(liaison: Liaison, *, day: date, what: str, by: User) -> Deed:
    """Note what a vice-principal did, while in post and not ahead of time."""
    if not keeps_liaisons(by, liaison.organization):
        raise NotAllowed(_("由学校或者区教委来记。"))
    if not liaison.is_vice_principal:
        raise DomainError(_("只给副校长记做了什么。"))
    if day > today():
        raise DomainError(_("还没到这一天，做完再记。"))
    if day < liaison.starts or (liaison.ends is not None and day > liaison.ends):
        raise DomainError(_("这一天不在任期里，请核对一下。"))
    if Deed.objects.filter(liaison=liaison, date=day, what=what.strip()).exists():
        raise DomainError(_("这一条已经记过了。"))
    deed = Deed.objects.create(liaison=liaison, date=day, what=what.strip(), noted_by=by)
    timeline.record(liaison, "liaison.deed", _("记了一件事：%(what)s") % {"what": what}, by=by)
    return deed
