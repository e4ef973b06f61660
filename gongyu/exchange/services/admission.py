"""The district lets a unit in, reviews it once a year, suspends or delists it by a rule."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from gongyu.accounts.models import Role, User
from gongyu.accounts.queries import organization_ids, people_with
from gongyu.core import timeline
from gongyu.core.calendar import now, today
from gongyu.core.errors import DomainError
from gongyu.exchange.errors import MoveNotAllowed, NotAllowed
from gongyu.exchange.models import Order, PausedSession, Session, UnitAdmission
from gongyu.exchange.policies import dispatches
from gongyu.notices.services import settle, tell
from gongyu.places.models import Organization

from .moves import lock_sessions

A_YEAR = timedelta(days=365)
CHECKS = ("site_is_safe", "safety_is_checked", "insured_until", "staff_checked_on", "price")


def _move(admission: UnitAdmission, to: str) -> UnitAdmission:
    locked = UnitAdmission.objects.select_for_update().get(pk=admission.pk)
    if to not in UnitAdmission.MOVES[locked.state]:
        raise MoveNotAllowed(
            _("这家单位现在是“%(state)s”，不能这样改。看看最新的情况再定。")
            % {"state": locked.get_state_display()}
        )
    locked.state = UnitAdmission.State(to)
    return locked


@transaction.atomic
def apply_for_admission(unit: Organization, *, by: User) -> UnitAdmission:
    """A unit asks to be admitted; the district will look."""
    if unit.pk not in organization_ids(by, Role.UNIT):
        raise NotAllowed(_("您不在这家单位任职，不能替它申请。"))
    Organization.objects.select_for_update().get(pk=unit.pk)
    earlier = UnitAdmission.objects.filter(unit=unit).first()
    if earlier is None:
        admission = UnitAdmission.objects.create(unit=unit, applied_at=now())
    else:
        admission = _move(earlier, UnitAdmission.State.APPLIED)
        admission.reason = admission.words = ""
        admission.applied_at = now()
        admission.save()
    timeline.record(admission, "admission.apply", _("申请入库"), by=by)
    commission = Organization.objects.filter(kind=Organization.Kind.COMMISSION).first()
    if commission is not None:
        tell(
            people_with(commission, Role.COMMISSION),
            admission,
            "admission.apply",
            _("%(unit)s申请入库，等您核查") % {"unit": unit},
            url=admission.get_absolute_url(),
            asks=True,
        )
    return admission


@transaction.atomic
def admit_unit(
    admission: UnitAdmission, *, by: User, review_on: date | None = None, **checks: object
) -> UnitAdmission:
    """Admit, or admit again after the yearly review or a pause; every check must hold today."""
    _commission_only(by)
    admission = _move(admission, UnitAdmission.State.ADMITTED)
    for name, value in checks.items():
        setattr(admission, name, value)
    _require_checks(admission)
    admission.reason = ""
    admission.review_on = review_on or today() + A_YEAR
    if not today() < admission.review_on <= today() + A_YEAR:
        raise DomainError(_("年审日期请定在一年以内。"))
    _decide(admission, by)
    paused = Session.objects.filter(paused__admission=admission, date__gt=today())
    lock_sessions(paused.values_list("pk", flat=True))
    paused.filter(state=Session.State.WITHDRAWN).update(state=Session.State.OPEN)
    PausedSession.objects.filter(admission=admission).delete()
    _say(admission, "admission.admit", _("核查通过，已入库"), by=by)
    return admission


def _require_checks(admission: UnitAdmission) -> None:
    wrong = []
    if not admission.site_is_safe:
        wrong.append(_("场地没有核查"))
    if not admission.safety_is_checked:
        wrong.append(_("消防和应急预案没有核查"))
    if admission.insured_until is None or admission.insured_until < today():
        wrong.append(_("责任险没有或者过期了"))
    checked = admission.staff_checked_on
    if checked is None or not today() - A_YEAR <= checked <= today():
        wrong.append(_("人员审查要在最近一年里"))
    if admission.price not in {UnitAdmission.Price.FREE, UnitAdmission.Price.REDUCED}:
        wrong.append(_("要有免费或者具体的优惠"))
    elif admission.price == UnitAdmission.Price.REDUCED and not admission.price_words:
        wrong.append(_("写清楚优惠多少"))
    if wrong:
        raise DomainError(_("还不能入库：%(why)s。") % {"why": "；".join(wrong)})


@transaction.atomic
def stop_unit(
    admission: UnitAdmission, *, to: str, reason: str, words: str, by: User
) -> tuple[UnitAdmission, int]:
    """Suspend or delist by a rule: sessions nobody asked for are taken back, new orders refused.

    What a school has asked for already stays and is talked over with that school; the number of
    such sessions is returned.
    """
    _commission_only(by)
    if reason not in UnitAdmission.Reason.values:
        raise DomainError(_("请选是按哪一条规则。"))
    if to not in UnitAdmission.STOPPED:
        raise DomainError(_("请选暂停还是移出。"))
    admission = _move(admission, to)
    admission.reason, admission.words = UnitAdmission.Reason(reason), words
    _decide(admission, by)
    ahead = Session.objects.filter(
        resource__unit=admission.unit_id, date__gt=today(), state=Session.State.OPEN
    )
    lock_sessions(ahead.values_list("pk", flat=True))
    live = Order.objects.filter(state__in=Order.LIVE)
    asked = set(live.filter(session__in=ahead).values_list("session", flat=True))
    asked |= set(live.filter(proposed_session__in=ahead).values_list("proposed_session", flat=True))
    halves = live.filter(split__second_session__in=ahead, split__agreed_at__isnull=True)
    asked |= set(halves.values_list("split__second_session", flat=True))
    free = list(ahead.exclude(pk__in=asked).values_list("pk", flat=True))
    Session.objects.filter(pk__in=free).update(state=Session.State.WITHDRAWN)
    PausedSession.objects.bulk_create(
        [PausedSession(session_id=pk, admission=admission) for pk in free], ignore_conflicts=True
    )
    said = _("%(state)s：%(why)s") % {
        "state": admission.get_state_display(),
        "why": admission.get_reason_display(),
    }
    _say(admission, "admission.stop", said, by=by)
    return admission, len(asked)


def _commission_only(by: User) -> None:
    if not dispatches(by):
        raise NotAllowed(_("入库由区教委核查。"))


def _decide(admission: UnitAdmission, by: User) -> None:
    admission.decided_at, admission.decided_by = now(), by
    admission.save()


def _say(admission: UnitAdmission, verb: str, words: str, *, by: User) -> None:
    settle(admission)
    timeline.record(admission, verb, words, by=by)
    told = f"{words}。{admission.words}" if admission.words else words
    people = people_with(admission.unit, Role.UNIT)
    tell(people, admission, verb, told, url=reverse("exchange:resources"), but=by)
