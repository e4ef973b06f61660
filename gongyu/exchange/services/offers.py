"""A unit offers a resource and opens dated sessions of it."""

from collections.abc import Iterable, Sequence
from datetime import date, time

from django.db import transaction
from django.utils.translation import gettext as _

from gongyu.accounts.models import Role, User
from gongyu.accounts.queries import organization_ids
from gongyu.core import timeline
from gongyu.exchange.errors import NotAllowed
from gongyu.exchange.models import Resource, Session, Topic
from gongyu.places.models import Organization

STARTS = (time(9, 0), time(14, 0), time(18, 30))


@transaction.atomic
def add_resource(
    unit: Organization, *, by: User, topics: Sequence[Topic], **fields: object
) -> Resource:
    """Add something that a unit offers; ``fields`` are those of the model."""
    if unit.pk not in organization_ids(by, Role.UNIT):
        raise NotAllowed(_("您不在这家单位任职，不能替它登记资源。"))
    resource = Resource.objects.create(unit=unit, **fields)
    resource.topics.set(topics)
    timeline.record(resource, "resource.add", _("登记资源"), by=by)
    return resource


@transaction.atomic
def add_sessions(
    resource: Resource, half_days: Iterable[tuple[date, int]], *, by: User
) -> list[Session]:
    """Open sessions on (date, half-day) pairs; a half-day that is open already stays as it is."""
    if resource.unit_id not in organization_ids(by, Role.UNIT):
        raise NotAllowed(_("您不在这家单位任职，不能替它开场次。"))
    opened = Session.objects.bulk_create(
        [
            Session(
                resource=resource,
                date=day,
                half_day=half,
                starts=STARTS[half],
                seats=resource.capacity,
            )
            for day, half in half_days
        ],
        ignore_conflicts=True,
    )
    timeline.record(
        resource, "session.open", _("开放 %(count)d 场") % {"count": len(opened)}, by=by
    )
    return opened
