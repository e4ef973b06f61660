"""A unit offers a resource and opens dated sessions of it."""

from collections.abc import Iterable, Sequence
from datetime import date, time

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from gongyu.accounts.models import Role, User
from gongyu.accounts.queries import organization_ids
from gongyu.core import timeline
from gongyu.core.calendar import say_half_day
from gongyu.exchange.errors import MoveNotAllowed, NotAllowed
from gongyu.exchange.models import Order, Resource, Session, Topic
from gongyu.exchange.models.orders import offered
from gongyu.places.models import Organization

from .moves import lock_session, offer_after_commit
from .orders import decline_order

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
    """Open sessions on (date, half-day) pairs; returns those that were not open before.

    A half-day that was withdrawn is opened again; one that is open stays as it is.
    """
    if resource.unit_id not in organization_ids(by, Role.UNIT):
        raise NotAllowed(_("您不在这家单位任职，不能替它开场次。"))
    Resource.objects.select_for_update().get(pk=resource.pk)
    wanted = dict.fromkeys(half_days)
    known = {
        (s.date, s.half_day): s
        for s in resource.sessions.filter(date__in={day for day, _half in wanted})
    }
    again = [s for s in known.values() if s.state == Session.State.WITHDRAWN]
    again = [s for s in again if (s.date, s.half_day) in wanted]
    for session in again:
        session.state = Session.State.OPEN
    Session.objects.bulk_update(again, ["state"])
    opened = Session.objects.bulk_create(
        Session(
            resource=resource,
            date=day,
            half_day=half,
            starts=STARTS[half],
            seats=resource.capacity,
        )
        for day, half in wanted
        if (day, half) not in known
    )
    if new := [*again, *opened]:
        timeline.record(
            resource, "session.open", _("开放 %(count)d 场") % {"count": len(new)}, by=by
        )
    return [*again, *opened]


@transaction.atomic
def withdraw_session(session: Session, *, by: User) -> list[Order]:
    """Take back a session that nobody has been promised; returns the orders that lost it.

    Whoever asked for it and waits is told why, and the need goes back to the pool. Raises
    MoveNotAllowed when somebody's seats are taken already: that is talked over and cancelled first.
    """
    session = lock_session(session.pk)
    if session.resource.unit_id not in organization_ids(by, Role.UNIT):
        raise NotAllowed(_("这一场是别的单位的。"))
    if session.state != Session.State.OPEN:
        raise MoveNotAllowed(_("这一场已经收回了。"))
    if session.orders.filter(state__in=Order.HOLDING).exists():
        raise MoveNotAllowed(_("这一场已经有学校定了。先和学校商量，取消了那一单再收回。"))
    asking = Order.objects.filter(
        Q(session=session, state=Order.State.PLACED)
        | Q(session=session, state=Order.State.PROPOSED)
        | offered(session)
    )
    lost = list(asking.order_by("pk"))
    for order in lost:
        if asking.filter(pk=order.pk).exists():  # what came together was declined with the first
            decline_order(
                order,
                by=by,
                reason=Order.DeclineReason.CLOSED,
                words=_("这一场取消了，需求已经回到需求池。"),
            )
    Session.objects.filter(pk=session.pk).update(state=Session.State.WITHDRAWN)
    offer_after_commit(session.pk)
    when = say_half_day(session.date, session.half_day)
    timeline.record(
        session.resource, "session.withdraw", _("收回%(when)s这一场") % {"when": when}, by=by
    )
    return lost
