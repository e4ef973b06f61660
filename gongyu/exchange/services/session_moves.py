"""An empty session moves to another half-day: the old one is taken back, the new one opened.

Two rows, so that a plan or a page that still names the old half-day finds it withdrawn and never
sends a class on a day that nobody asked for; and the opening rules leave both as they are.
"""

from datetime import date, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from gongyu.accounts.models import Role, User
from gongyu.accounts.queries import organization_ids
from gongyu.core import timeline
from gongyu.core.calendar import HalfDay, say_half_day, today
from gongyu.core.errors import DomainError
from gongyu.exchange.errors import MoveNotAllowed, NotAllowed
from gongyu.exchange.models import Order, Resource, RuledSession, Session
from gongyu.exchange.models.orders import offered
from gongyu.exchange.policies import may_receive_orders
from gongyu.exchange.queries.opening import closed_because

from .moves import lock_session, lock_sessions
from .offers import STARTS

FARTHEST = timedelta(days=400)


@transaction.atomic
def move_session(session: Session, day: date, half_day: int, *, by: User) -> Session:
    """Returns the session that is open now; refused when anybody has it or asks for it."""
    resource_pk = Session.objects.values_list("resource", flat=True).get(pk=session.pk)
    Resource.objects.select_for_update().get(pk=resource_pk)
    there = Session.objects.filter(resource=resource_pk, date=day, half_day=half_day).first()
    lock_sessions([session.pk] + ([there.pk] if there else []))
    session = lock_session(session.pk)
    resource = session.resource
    if resource.unit_id not in organization_ids(by, Role.UNIT):
        raise NotAllowed(_("这一场是别的单位的。"))
    _check_it_may_leave(session)
    _check_half_day(session, day, half_day)
    if there is not None:
        there = lock_session(there.pk)
        if there.pk == session.pk:
            raise DomainError(_("这就是原来的半天，请另选一个。"))
        if there.state == Session.State.OPEN:
            raise MoveNotAllowed(_("%(when)s已经开着一场了，请换一个半天。") % {"when": there.when})
    Session.objects.filter(pk=session.pk).update(state=Session.State.WITHDRAWN)
    RuledSession.objects.filter(session=session).update(taken_back=False)
    starts = session.starts if half_day == session.half_day else STARTS[half_day]
    try:
        with transaction.atomic():
            opened, _new = Session.objects.update_or_create(
                resource=resource,
                date=day,
                half_day=half_day,
                defaults={"starts": starts, "seats": session.seats, "state": Session.State.OPEN},
            )
    except IntegrityError:
        raise MoveNotAllowed(_("那个半天刚刚被占了，请刷新看看再挪。")) from None
    RuledSession.objects.filter(session=opened).delete()
    words = _("把%(one)s这一场改到%(other)s") % {
        "one": session.when,
        "other": say_half_day(day, half_day),
    }
    timeline.record(resource, "session.move", words, by=by)
    opened.resource = resource
    return opened


def _check_it_may_leave(session: Session) -> None:
    if session.state != Session.State.OPEN or session.date <= today():
        raise MoveNotAllowed(_("这一场已经收回或者过了，挪不了。"))
    here = Q(session=session, state__in=Order.LIVE)
    orders = Order.objects.filter(here | offered(session))
    if orders.filter(state__in=Order.HOLDING).exists():
        raise MoveNotAllowed(_("这一场已经有学校定了，不能挪。先和学校商量。"))
    if orders.exists():
        raise MoveNotAllowed(
            _("有学校在等这一场，不能直接挪。把那一单提议改到别的半天，学校来定。")
        )


def _check_half_day(session: Session, day: date, half_day: int) -> None:
    if half_day not in HalfDay.values:
        raise DomainError(_("请选上午、下午或者晚上。"))
    if not today() < day <= today() + FARTHEST:
        raise DomainError(_("请选明天到一年以内的一天。"))
    if not may_receive_orders(session.resource.unit):
        raise MoveNotAllowed(_("单位现在暂停接待，恢复之后再挪场次。"))
    if why := closed_because(session.resource, day):
        raise MoveNotAllowed(
            _("%(when)s不开：%(why)s。请换一个半天。")
            % {"when": say_half_day(day, half_day), "why": why}
        )
