"""A run over the pool: started by a person, solved by the worker, dispatched by a person."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from gongyu.accounts.models import User
from gongyu.core import jobs, timeline
from gongyu.core.calendar import now
from gongyu.core.errors import DomainError
from gongyu.core.models import Job
from gongyu.engines import matching
from gongyu.exchange import planning, wording
from gongyu.exchange.errors import MoveNotAllowed, NotAllowed
from gongyu.exchange.models import (
    MatchingRun,
    Need,
    Order,
    PlannedMatch,
    Session,
    Topic,
    UnmetNeed,
)
from gongyu.exchange.models.runs import DEFAULT_FAIRNESS
from gongyu.exchange.policies import dispatches

from .moves import lock_needs, lock_order, lock_sessions, move_need, move_order
from .orders import place_order
from .steps import note_step

SILENT = timedelta(minutes=1)  # without a report for so long, a worker counts as gone
PHASES = {
    matching.Phase.CANDIDATES: (0, 20, "找出每一种可能"),
    matching.Phase.BOUND: (20, 50, "算出最好能有多好"),
    matching.Phase.SEARCH: (50, 80, "挑最好的方案"),
    matching.Phase.EXACT: (50, 80, "挑最好的方案"),
    matching.Phase.EXPLAIN: (80, 88, "写明没配上的原因"),
    matching.Phase.DONE: (88, 88, "写明没配上的原因"),
}
CURVE_FROM, CURVE_TO = 88, 98  # what the price of fairness takes of the progress bar
MOST_SCARCE = 60


@transaction.atomic
def start_run(*, by: User, fairness: int = DEFAULT_FAIRNESS) -> MatchingRun:
    """Start a run over the whole pool; the worker solves it. One at a time.

    ``fairness`` in percent: 0 maximises the benefit alone, 100 lifts the worst town first.
    """
    from gongyu.exchange.tasks import solve_run  # the task calls services of this module

    if not dispatches(by):
        raise NotAllowed(_("只有区教委能统一派单。"))
    busy = [Job.State.QUEUED, Job.State.RUNNING]
    if MatchingRun.objects.select_for_update().filter(job__state__in=busy).exists():
        raise MoveNotAllowed(_("已经有一次匹配在算了，等它算完再开始。"))
    if not Need.objects.waiting().exists():
        raise DomainError(_("需求池现在是空的，没有要匹配的需求。"))
    run = MatchingRun.objects.create(
        job=jobs.open_job(_("全区统一匹配"), by=by),
        by=by,
        started_at=now(),
        fairness=fairness,
    )
    timeline.record(run, "run.start", _("开始匹配"), by=by)
    solve_run.enqueue(run.pk)  # a row of this transaction: both are there, or neither
    return run


@transaction.atomic
def cancel_run(run: MatchingRun, *, by: User) -> None:
    """Stop a run: at once while no worker has it or its worker went silent, else at its next step.

    Nothing is kept of it, and the needs stay in the pool.
    """
    if not dispatches(by):
        raise NotAllowed(_("只有区教委能统一派单。"))
    job = Job.objects.select_for_update().get(pk=run.job_id)
    if job.is_over:
        raise MoveNotAllowed(_("这次匹配已经结束了，不用取消。"))
    jobs.request_cancel(job)
    if job.state == Job.State.QUEUED or now() - job.beat_at > SILENT:
        jobs.cancelled(job.pk)
    timeline.record(run, "run.cancel", _("取消匹配"), by=by)


def solve(run_id: int, *, seed: int = 0) -> None:
    """Solve a run and keep its plan; called by the worker, outside any transaction.

    The plan is re-checked by the engine's verifier before anybody sees it. A run that was
    cancelled keeps nothing.
    """
    run = MatchingRun.objects.select_related("job").get(pk=run_id)
    if run.job.is_over:
        return
    needs = list(
        Need.objects.waiting()
        .select_related("school__division__parent")
        .prefetch_related("topics")
        .order_by("pk")
    )
    sessions = planning.open_sessions()
    problem = planning.pool_problem(needs, sessions)
    go_on = True

    def progress(step: matching.Progress) -> None:
        nonlocal go_on
        start, end, phase = PHASES[step.phase]
        done = round(start + (end - start) * step.share)
        go_on = jobs.report(run.job_id, phase=phase, done=done, total=100)

    options = matching.Options(fairness=run.fairness / 100, seed=seed)
    try:
        plan = matching.match(problem, options, progress=progress, cancelled=lambda: not go_on)
    except matching.Cancelled:
        jobs.cancelled(run.job_id)
        return
    if not go_on:  # the engine hands over the best plan so far; who cancelled wants none
        jobs.cancelled(run.job_id)
        return
    faults = matching.verify(problem, plan)
    if faults:
        jobs.fail(
            run.job_id, _("方案没有通过复核（%(rule)s），没有采用。") % {"rule": faults[0].rule}
        )
        return
    curve = _price_of_fairness(run, problem, options)
    if not jobs.report(run.job_id, phase="存下方案", done=CURVE_TO, total=100):
        jobs.cancelled(run.job_id)
        return
    run.curve = [
        {
            "fairness": round(100 * point.fairness),
            "given_up": point.given_up,
            "served": point.served,
            "town": point.worst_town,
            "share": point.worst_share,
        }
        for point in curve
    ]
    run.scarcity = [
        {
            "topic": s.topic,
            "town": s.town,
            "needs": s.needs,
            "waiting": s.waiting,
            "worth": s.at_least,
        }
        for s in matching.scarcity(problem, plan)[:MOST_SCARCE]
        if s.at_least > 0
    ]
    _keep(run, plan, needs, sessions)


def _price_of_fairness(
    run: MatchingRun, problem: matching.Problem, options: matching.Options
) -> tuple[matching.PriceOfFairness, ...]:
    """What each level of fairness would cost on this pool; stops early when cancelled."""
    go_on = True
    solved = 0

    def progress(step: matching.Progress) -> None:
        nonlocal go_on, solved
        solved = min(solved + 1, 100)
        done = round(CURVE_FROM + (CURVE_TO - CURVE_FROM) * solved / 101)
        go_on = jobs.report(run.job_id, phase="算公平的价钱", done=done, total=100)

    return matching.price_of_fairness(
        problem, options, progress=progress, cancelled=lambda: not go_on
    )


@transaction.atomic
def _keep(
    run: MatchingRun, plan: matching.Plan, needs: list[Need], sessions: list[Session]
) -> None:
    """Store a verified plan, all of it; nothing of a run that was cancelled at the last moment."""
    job = Job.objects.select_for_update().get(pk=run.job_id)
    if job.is_over or job.cancel_requested:
        jobs.cancelled(job.pk)
        return
    certificate = plan.certificate
    run.needs, run.sessions, run.pairs = len(needs), len(sessions), plan.pairs
    run.objective, run.bound = certificate.objective, certificate.bound
    run.goal, run.goal_bound = certificate.fair_objective, certificate.fair_bound
    run.given_up = certificate.given_up
    run.seconds = certificate.seconds
    run.towns = [
        {"code": t.town, "needs": t.needs, "served": t.served, "share": t.share, "most": t.most}
        for t in plan.towns
    ]
    run.save()
    PlannedMatch.objects.bulk_create(
        PlannedMatch(
            run=run, need_id=int(m.need), session_id=int(m.session), km=m.km, value=m.value
        )
        for m in plan.matches
    )
    units = {str(s.resource.unit_id): str(s.resource.unit) for s in sessions}
    topics = dict(Topic.objects.values_list("code", "name"))
    UnmetNeed.objects.bulk_create(
        UnmetNeed(
            run=run,
            need_id=int(u.need),
            reason=u.reason.value,
            sentence=wording.say_reason(u.reason),
            ways_out=[wording.say_way_out(w, units, topics) for w in u.ways_out],
        )
        for u in plan.unmet
    )
    jobs.finish(run.job_id)


@transaction.atomic
def dispatch_run(run: MatchingRun, *, by: User) -> tuple[int, int]:
    """Turn a plan into orders (派单); returns how many were sent and how many had to be left.

    What changed since the run (a need taken, a session full) is left out with its reason and
    stays in the pool; nothing that is arranged is touched.
    """
    if not dispatches(by):
        raise NotAllowed(_("只有区教委能统一派单。"))
    run = MatchingRun.objects.select_for_update().select_related("job").get(pk=run.pk)
    if run.dispatched_at is not None:
        raise MoveNotAllowed(_("这个方案已经派出去了。"))
    if run.job.state != Job.State.DONE:
        raise MoveNotAllowed(_("方案还没有算完，算完再派。"))
    lock_sessions(run.matches.values_list("session_id", flat=True))
    lock_needs(run.matches.values_list("need_id", flat=True))
    sent = left = 0
    for match in run.matches.select_related("need", "session").order_by("pk"):
        if _dispatch(match, by=by):
            sent += 1
        else:
            left += 1
    run.dispatched_at, run.dispatched_by = now(), by
    run.save(update_fields=["dispatched_at", "dispatched_by"])
    timeline.record(run, "run.dispatch", _("派出 %(sent)d 单") % {"sent": sent}, by=by)
    return sent, left


@transaction.atomic
def revoke_run(run: MatchingRun, *, by: User) -> int:
    """Take a dispatched plan back while no unit has accepted any of it; returns how many orders.

    Its needs are in the pool again, both sides are told, and the plan may be dispatched anew. What
    a unit has declined meanwhile is in the pool already and stays as it is.
    """
    if not dispatches(by):
        raise NotAllowed(_("只有区教委能收回派单。"))
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
        _take_back(order, by=by)
        taken_back += 1
    run.matches.update(order=None, skipped="")
    run.dispatched_at = run.dispatched_by = None
    run.save(update_fields=["dispatched_at", "dispatched_by"])
    timeline.record(run, "run.revoke", _("收回 %(n)d 单") % {"n": taken_back}, by=by)
    return taken_back


def _take_back(order: Order, *, by: User) -> None:
    order = lock_order(order)
    order.proposed_session = None
    move_order(order, Order.State.CANCELLED)
    move_need(order.need, Need.State.POOLED)
    note_step(order, "order.revoke", _("区里收回了这次派单，需求回到需求池"), by=by)


def _dispatch(match: PlannedMatch, *, by: User) -> bool:
    try:
        with transaction.atomic():
            match.order = place_order(match.need, match.session, by=by, origin=Order.Origin.RUN)
    except DomainError as refusal:
        match.skipped = refusal.sentence[:200]
    match.save(update_fields=["order", "skipped"])
    return match.order is not None
