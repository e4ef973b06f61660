"""派单: a plan becomes orders in one step, and may be taken back while nobody has accepted any.

Rows are locked in the order of ``moves``: sessions by id, then needs by id. Two plans that are
dispatched at once wait for each other at the first need that both have; whoever is second finds it
taken and leaves it out with a sentence.
"""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from gongyu.accounts.models import User
from gongyu.core import timeline
from gongyu.core.calendar import now
from gongyu.core.errors import DomainError
from gongyu.core.models import Job
from gongyu.exchange.errors import MoveNotAllowed
from gongyu.exchange.models import MatchingRun, Need, Order, Party, PlannedMatch

from .moves import (
    lock_needs,
    lock_order,
    lock_pooled_needs,
    lock_sessions,
    move_need,
    move_order,
)
from .orders import place_order
from .runs import check_oversees
from .steps import note_step


@transaction.atomic
def dispatch_run(run: MatchingRun, *, by: User) -> tuple[int, int]:
    """Turn a plan into orders (派单); returns how many were sent and how many had to be left.

    What changed since the run (a need taken, a session full) is left out with its reason and
    stays in the pool; nothing that is arranged is touched. All of it happens, or nothing.
    """
    check_oversees(by, run.town)
    run = MatchingRun.objects.select_for_update().get(pk=run.pk)
    if run.dispatched_at is not None:
        raise MoveNotAllowed(_("这个方案已经派出去了。"))
    if run.job.state != Job.State.DONE:
        raise MoveNotAllowed(_("方案还没有算完，算完再派。"))
    lock_sessions(run.matches.values_list("session_id", flat=True))
    free = lock_pooled_needs(run.matches.values_list("need_id", flat=True))
    sent = left = 0
    for match in run.matches.select_related("need", "session").order_by("pk"):
        if _dispatch(match, by=by, is_free=match.need_id in free):
            sent += 1
        else:
            left += 1
    run.dispatched_at, run.dispatched_by = now(), by
    run.save(update_fields=["dispatched_at", "dispatched_by"])
    timeline.record(run, "run.dispatch", _("派出 %(sent)d 单") % {"sent": sent}, by=by)
    return sent, left


def _dispatch(match: PlannedMatch, *, by: User, is_free: bool) -> bool:
    if not is_free:
        match.skipped = _why_taken(match.need)[:200]
    else:
        try:
            with transaction.atomic():
                match.order = place_order(match.need, match.session, by=by, origin=Order.Origin.RUN)
        except DomainError as refusal:
            match.skipped = refusal.sentence[:200]
    match.save(update_fields=["order", "skipped"])
    return match.order is not None


def _why_taken(need: Need) -> str:
    """Who was faster with a need that is not in the pool any more."""
    need = Need.objects.get(pk=need.pk)
    order = (
        Order.objects.filter(need=need)
        .live()
        .select_related("session__resource__unit", "planned_match__run__town")
        .first()
    )
    if order is None:
        return _("这条需求现在是“%(state)s”，没有再派。") % {"state": need.get_state_display()}
    facts = {"unit": order.session.resource.unit, "when": order.when}
    if order.origin == Order.Origin.DIRECT:
        return _("学校自己点了单：%(unit)s，%(when)s。") % facts
    planned: PlannedMatch | None = getattr(order, "planned_match", None)
    if planned is None:
        return _("这条已经有了着落：%(unit)s，%(when)s。") % facts
    facts["whose"] = planned.run.scope_label
    return _("%(whose)s的方案先派了这条：%(unit)s，%(when)s。") % facts


@transaction.atomic
def revoke_run(run: MatchingRun, *, by: User) -> int:
    """Take a dispatched plan back while no unit has accepted any of it; returns how many orders.

    Its needs are in the pool again, both sides are told, and the plan may be dispatched anew. What
    a unit has declined meanwhile is in the pool already and stays as it is.
    """
    check_oversees(by, run.town)
    run = MatchingRun.objects.select_for_update().get(pk=run.pk)
    if run.dispatched_at is None:
        raise MoveNotAllowed(_("这个方案还没有派出去，不用收回。"))
    sent = Order.objects.filter(planned_match__run=run)
    lock_sessions(sent.values_list("session_id", flat=True))
    needs = sent.order_by("pk").select_for_update(of=("self",)).values_list("need_id", flat=True)
    lock_needs(list(needs))
    held = sent.filter(state__in=Order.HOLDING).count()
    if held:
        raise MoveNotAllowed(
            _("已经有 %(n)d 单接下了，不能整批收回。没接的可以由学校一单一单取消。") % {"n": held}
        )
    taken_back = 0
    for order in sent.filter(state__in=Order.LIVE).order_by("pk"):
        _take_back(order, str(run.town or _("区里")), by=by)
        taken_back += 1
    run.matches.update(order=None, skipped="")
    run.dispatched_at = run.dispatched_by = None
    run.save(update_fields=["dispatched_at", "dispatched_by"])
    timeline.record(run, "run.revoke", _("收回 %(n)d 单") % {"n": taken_back}, by=by)
    return taken_back


def _take_back(order: Order, whose: str, *, by: User) -> None:
    order = lock_order(order)
    order.proposed_session = None
    move_order(order, Order.State.CANCELLED, verb="order.revoke", who=Party.DISTRICT)
    move_need(order.need, Need.State.POOLED)
    said = _("%(whose)s收回了这次派单，需求回到需求池") % {"whose": whose}
    note_step(order, "order.revoke", said, by=by)
