"""A unit says once when it is open; the sessions follow, and nobody's order is lost by it."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from gongyu.accounts.models import Role, User
from gongyu.accounts.queries import organization_ids
from gongyu.core import timeline
from gongyu.core.calendar import say_day, today
from gongyu.core.errors import DomainError
from gongyu.exchange.errors import MoveNotAllowed, NotAllowed
from gongyu.exchange.models import (
    ExamSuspension,
    OpeningException,
    OpeningRule,
    Resource,
    RuledSession,
    Session,
)
from gongyu.exchange.policies import dispatches, may_receive_orders
from gongyu.exchange.queries.opening import OpeningPlan, opening_plan

from .moves import lock_sessions

FARTHEST = timedelta(days=400)


def _own(resource: Resource, by: User) -> Resource:
    """The resource locked, if the person works for its unit."""
    if resource.unit_id not in organization_ids(by, Role.UNIT):
        raise NotAllowed(_("您不在这家单位任职，不能替它定开放时间。"))
    return Resource.objects.select_for_update().get(pk=resource.pk)


@transaction.atomic
def add_opening_rule(resource: Resource, *, by: User, **fields: object) -> OpeningRule:
    """Add a rule; it changes no session until it is applied."""
    resource = _own(resource, by)
    rule = OpeningRule(resource=resource, **fields)
    same = OpeningRule.objects.filter(
        resource=resource, weekday=rule.weekday, half_day=rule.half_day, first_day=rule.first_day
    )
    if same.exists():
        raise DomainError(_("%(when)s从这一天起已经有一条规则了。") % {"when": rule})
    rule.save()
    timeline.record(resource, "opening.rule", _("定下开放规则：%(rule)s") % {"rule": rule}, by=by)
    return rule


@transaction.atomic
def remove_opening_rule(rule: OpeningRule, *, by: User) -> None:
    resource = _own(rule.resource, by)
    rule.delete()
    timeline.record(resource, "opening.rule", _("去掉开放规则：%(rule)s") % {"rule": rule}, by=by)


@transaction.atomic
def add_opening_exception(resource: Resource, *, by: User, **fields: object) -> OpeningException:
    """A day closed with a reason, or a half-day more; applied with the rules."""
    resource = _own(resource, by)
    exception = OpeningException(resource=resource, **fields)
    if exception.date <= today():
        raise DomainError(_("例外从明天起才有用，请换一天。"))
    same = OpeningException.objects.filter(
        resource=resource, kind=exception.kind, date=exception.date, half_day=exception.half_day
    )
    if same.exists():
        raise DomainError(_("这一天已经记过了。"))
    exception.save()
    timeline.record(resource, "opening.exception", _exception_words(exception), by=by)
    return exception


@transaction.atomic
def remove_opening_exception(exception: OpeningException, *, by: User) -> None:
    resource = _own(exception.resource, by)
    words = _("撤掉：%(what)s") % {"what": _exception_words(exception)}
    exception.delete()
    timeline.record(resource, "opening.exception", words, by=by)


def _exception_words(exception: OpeningException) -> str:
    day = f"{exception.date.month} 月 {exception.date.day} 日"
    if exception.half_day is None:
        return _("%(day)s不开：%(why)s") % {"day": day, "why": exception.reason}
    half = exception.get_half_day_display()
    return _("%(day)s%(half)s加开一场") % {"day": day, "half": half}


@transaction.atomic
def generate_sessions(resource: Resource, until: date, *, by: User) -> OpeningPlan:
    """Bring the sessions in line with the rules; twice changes nothing more.

    Sessions that somebody has asked for stay and are listed; those a person opened or took back by
    hand stay as that person left them. Returns the plan that was carried out.
    """
    resource = _own(resource, by)
    if not may_receive_orders(resource.unit):
        raise MoveNotAllowed(_("单位现在暂停接待，恢复之后再开场次。"))
    if not today() < until <= today() + FARTHEST:
        raise DomainError(_("请选明天到一年以内的一天。"))
    days = resource.sessions.filter(date__range=(today(), until))
    lock_sessions(days.values_list("pk", flat=True))
    plan = opening_plan(resource, until)
    again = [row.session for row in plan.opens if row.session is not None]
    Session.objects.filter(pk__in=[s.pk for s in again]).update(
        state=Session.State.OPEN, seats=resource.capacity
    )
    RuledSession.objects.filter(session__in=again).update(taken_back=False)
    opened = Session.objects.bulk_create(
        Session(
            resource=resource,
            date=row.date,
            half_day=row.half_day,
            starts=row.starts,
            seats=resource.capacity,
        )
        for row in plan.opens
        if row.session is None
    )
    RuledSession.objects.bulk_create(RuledSession(session=session) for session in opened)
    back = [row.session.pk for row in plan.goes_back if row.session is not None]
    Session.objects.filter(pk__in=back).update(state=Session.State.WITHDRAWN)
    RuledSession.objects.filter(session__in=back).update(taken_back=True)
    if plan.changes:
        words = _("按规则排到%(until)s：开 %(new)d 场，收回 %(back)d 场") % {
            "until": say_day(until),
            "new": len(plan.opens),
            "back": len(back),
        }
        timeline.record(resource, "opening.apply", words, by=by)
    return plan


@transaction.atomic
def add_suspension(*, by: User, **fields: object) -> ExamSuspension:
    """The district stops sessions for grades that sit an examination."""
    if not dispatches(by):
        raise NotAllowed(_("考试停办的日子由区教委定。"))
    suspension = ExamSuspension(**fields)
    if ExamSuspension.objects.filter(name=suspension.name, first_day=suspension.first_day).exists():
        raise DomainError(_("这场考试已经记过了。"))
    suspension.save()
    timeline.record(
        suspension, "suspension.add", _("定下考试停办：%(name)s") % {"name": suspension}, by=by
    )
    return suspension


@transaction.atomic
def remove_suspension(suspension: ExamSuspension, *, by: User) -> None:
    if not dispatches(by):
        raise NotAllowed(_("考试停办的日子由区教委定。"))
    words = _("取消考试停办：%(name)s") % {"name": suspension}
    timeline.record(suspension, "suspension.remove", words, by=by)
    suspension.delete()
