"""Pins and bans of staff, each with its reason; contradictions are refused when they are made.

What contradicts a pin only later (the session is full now, the class has something else) is found
by the engine, and the run says which pin it was.
"""

from __future__ import annotations

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from gongyu.accounts.models import User
from gongyu.core import timeline
from gongyu.core.calendar import now, today
from gongyu.core.errors import DomainError
from gongyu.exchange.errors import MoveNotAllowed
from gongyu.exchange.models import Need, PlanRule, Session

from .moves import lock_session
from .runs import check_oversees


@transaction.atomic
def set_rule(kind: str, need: Need, session: Session, *, by: User, reason: str) -> PlanRule:
    """Pin a need to a session, or ban the session or its unit for the need; asked again, the same.

    Raises MoveNotAllowed when the need does not wait any more, DomainError when the rule
    contradicts another one; the sentence names that other one.
    """
    check_oversees(by, need.school.town)
    if not reason.strip():
        raise DomainError(_("写一句为什么，以后别人看得懂。"))
    session = lock_session(session.pk)
    need = Need.objects.select_for_update().select_related("school").get(pk=need.pk)
    if need.state != Need.State.POOLED:
        raise MoveNotAllowed(
            _("这条需求现在是“%(state)s”，不用再指定了。") % {"state": need.get_state_display()}
        )
    others = PlanRule.objects.active().filter(need=need).with_parties()
    if kind == PlanRule.Kind.PIN:
        same = others.filter(kind=kind, session=session).first()
        if same is not None:
            return same
        _check_pin(need, session, list(others))
    else:
        same = others.filter(kind=kind, **_about(kind, session)).first()
        if same is not None:
            return same
        _check_ban(session, kind, others.filter(kind=PlanRule.Kind.PIN).first())
    rule = PlanRule.objects.create(
        kind=kind,
        need=need,
        session=None if kind == PlanRule.Kind.NOT_UNIT else session,
        unit=session.resource.unit,
        reason=reason.strip()[:120],
        by=by,
        at=now(),
    )
    timeline.record(rule, "rule.set", rule.get_kind_display(), by=by)
    return rule


def _about(kind: str, session: Session) -> dict[str, object]:
    if kind == PlanRule.Kind.NOT_UNIT:
        return {"unit": session.resource.unit}
    return {"session": session}


def _check_ban(session: Session, kind: str, pin: PlanRule | None) -> None:
    if pin is None or pin.session is None:
        return
    same_unit = kind == PlanRule.Kind.NOT_UNIT and pin.unit_id == session.resource.unit_id
    if same_unit or pin.session_id == session.pk:
        raise DomainError(
            _("%(by)s把这条钉在%(target)s了（%(reason)s）。先撤掉那一条，再说不配。")
            % {"by": pin.by, "target": pin.target, "reason": pin.reason}
        )


def _check_pin(need: Need, session: Session, others: list[PlanRule]) -> None:
    """Whatever stands against the pin already, in the order in which a person would look."""
    unit = session.resource.unit
    for other in others:
        facts = {"by": other.by, "target": other.target, "reason": other.reason}
        if other.kind == PlanRule.Kind.PIN:
            raise DomainError(
                _("%(by)s已经把这条钉在%(target)s了（%(reason)s）。先撤掉那一条。") % facts
            )
        if other.session_id == session.pk or (
            other.kind == PlanRule.Kind.NOT_UNIT and other.unit_id == unit.pk
        ):
            raise DomainError(
                _("%(by)s说过这条不配%(target)s（%(reason)s）。先撤掉那一条，再钉住。") % facts
            )
    if session.state != Session.State.OPEN or session.date <= today():
        raise DomainError(_("这一场已经取消或者过期了，钉不住。再运行一次，换一场钉。"))
    pins = PlanRule.objects.active().filter(kind=PlanRule.Kind.PIN, need__state=Need.State.POOLED)
    here = list(pins.filter(session=session).select_related("need__school"))
    if session.resource.is_exclusive and here:
        raise DomainError(_("这是专场，已经钉给%(school)s了。") % {"school": here[0].need.school})
    heads = sum(pin.need.headcount for pin in here)
    if heads + need.headcount > session.seats_free:
        raise DomainError(
            _("这一场剩 %(free)d 个名额，钉住的已经有 %(heads)d 人，再加 %(more)d 人坐不下。")
            % {"free": session.seats_free, "heads": heads, "more": need.headcount}
        )
    if need.school_class_id is not None:
        elsewhere = pins.filter(
            Q(need__school_class=need.school_class_id),
            session__date=session.date,
            session__half_day=session.half_day,
        )
        if elsewhere.exists():
            raise DomainError(
                _("%(who)s这半天已经钉在别处了，一个班不能同时去两个地方。")
                % {"who": need.who_label}
            )


@transaction.atomic
def undo_rule(rule: PlanRule, *, by: User) -> PlanRule:
    """Take a rule back; it stays as a record."""
    rule = PlanRule.objects.select_for_update().get(pk=rule.pk)
    check_oversees(by, rule.need.school.town)
    if rule.undone_at is not None:
        raise MoveNotAllowed(_("这条指定已经撤掉了。"))
    rule.undone_at, rule.undone_by = now(), by
    rule.save(update_fields=["undone_at", "undone_by"])
    timeline.record(rule, "rule.undo", _("撤掉指定"), by=by)
    return rule
