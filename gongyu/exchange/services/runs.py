"""A run over the pool: started by a person, solved by the worker, dispatched by a person."""

from __future__ import annotations

from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongyu.accounts.models import User
from gongyu.core import jobs, timeline
from gongyu.core.calendar import now
from gongyu.core.errors import DomainError
from gongyu.core.models import Job
from gongyu.engines import matching
from gongyu.exchange import planning, wording
from gongyu.exchange.errors import MoveNotAllowed, NotAllowed
from gongyu.exchange.models import (
    JoinedNeed,
    MatchingRun,
    Need,
    PlannedMatch,
    PlanRule,
    Session,
    Topic,
    UnmetNeed,
)
from gongyu.exchange.models.needs import NeedQuerySet
from gongyu.exchange.models.runs import DEFAULT_FAIRNESS
from gongyu.exchange.policies import oversees
from gongyu.places.models import Division

SILENT = timedelta(minutes=1)  # without a report for so long, a worker counts as gone
ALREADY_ON = gettext_lazy("已经有一次匹配在算了，等它算完再开始。")
INTERRUPTED = gettext_lazy("算到一半，后台断了。没有派出任何一单，需求都还在池里，可以再运行一次。")
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
def start_run(
    *,
    by: User,
    fairness: int = DEFAULT_FAIRNESS,
    town: Division | None = None,
    kind: str = MatchingRun.Kind.POOL,
    beside: MatchingRun | None = None,
) -> MatchingRun:
    """Start a run over the pool of a town or the whole district; the worker solves it.

    One at a time for each town and one for the district: whoever dispatches first gets a need,
    the other plan leaves it out. ``fairness`` in percent: 0 maximises the benefit alone, 100 lifts
    the worst town first. ``kind`` takes the whole pool or only what came back to it; ``beside`` is
    the run whose plan this one is to be compared with.
    """
    from gongyu.exchange.tasks import solve_run  # the task calls services of this module

    check_oversees(by, town)
    close_interrupted()
    # Read before the look: whoever commits after it has taken this number.
    earlier = MatchingRun.objects.of_scope(town).aggregate(last=Max("number", default=0))
    busy = [Job.State.QUEUED, Job.State.RUNNING]
    if MatchingRun.objects.select_for_update().filter(town=town, job__state__in=busy).exists():
        raise MoveNotAllowed(str(ALREADY_ON))
    if not _needs_of(kind, town).exists():
        raise DomainError(
            _("现在没有退回来还在等的需求。")
            if kind == MatchingRun.Kind.RETURNED
            else _("需求池现在是空的，没有要匹配的需求。")
        )
    try:
        with transaction.atomic():
            run = MatchingRun.objects.create(
                job=jobs.open_job(_("%(whose)s统一匹配") % {"whose": town or _("全区")}, by=by),
                by=by,
                town=town,
                number=earlier["last"] + 1,
                started_at=now(),
                fairness=fairness,
                kind=kind,
                beside=beside,
            )
    except IntegrityError as clash:
        raise MoveNotAllowed(str(ALREADY_ON)) from clash
    timeline.record(run, "run.start", _("开始匹配"), by=by)
    # A row of this transaction: both are there, or neither.
    run.task_id = str(solve_run.enqueue(run.pk).id)
    run.save(update_fields=["task_id"])
    return run


def run_again(run: MatchingRun, *, by: User) -> MatchingRun:
    """The same once more, on the pool as it is now and with what was decided since."""
    return start_run(by=by, fairness=run.fairness, town=run.town, kind=run.kind, beside=run.beside)


def _needs_of(kind: str, town: Division | None) -> NeedQuerySet:
    needs = Need.objects.waiting().of_town(town)
    # what people joined is ordered by them, in one step
    needs = needs.exclude(pk__in=JoinedNeed.objects.bound().values("need"))
    return needs.returned() if kind == MatchingRun.Kind.RETURNED else needs


def close_interrupted() -> int:
    """End the runs whose worker is gone (killed, or its machine), so that they can start again.

    The worker that only was slow finds its run closed and keeps nothing of it.
    """
    closed = 0
    under_way = MatchingRun.objects.filter(job__state__in=[Job.State.QUEUED, Job.State.RUNNING])
    for run in under_way.select_related("job"):
        if is_interrupted(run):
            closed += jobs.interrupted(run.job_id, str(INTERRUPTED), silent=SILENT)
    return closed


def is_interrupted(run: MatchingRun) -> bool:
    """Taken up by a worker that has not been heard of since; a queued one just waits."""
    if run.job.is_over or now() - run.job.beat_at <= SILENT:
        return False
    return run.job.state == Job.State.RUNNING or jobs.is_taken(run.task_id)


def check_oversees(person: User, town: Division | None) -> None:
    if not oversees(person, town):
        raise NotAllowed(
            _("只有%(town)s和区教委能派这里的单。") % {"town": town}
            if town
            else _("只有区教委能统一派单。")
        )


@transaction.atomic
def cancel_run(run: MatchingRun, *, by: User) -> None:
    """Stop a run: at once while no worker has it or its worker went silent, else at its next step.

    Nothing is kept of it, and the needs stay in the pool.
    """
    check_oversees(by, run.town)
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
    run = MatchingRun.objects.select_related("job", "town").get(pk=run_id)
    if run.job.is_over:
        return
    needs = list(
        _needs_of(run.kind, run.town)
        .select_related("school__division__parent")
        .prefetch_related("topics")
        .order_by("pk")
    )
    sessions = planning.open_sessions()
    rules = list(PlanRule.objects.active().filter(need__in=needs).with_parties())
    lost = _lost_pin(rules, sessions)
    if lost is not None:
        jobs.fail(run.job_id, lost)
        return
    go_on = True

    def progress(step: matching.Progress) -> None:
        nonlocal go_on
        start, end, phase = PHASES[step.phase]
        done = round(start + (end - start) * step.share)
        go_on = jobs.report(run.job_id, phase=phase, done=done, total=100)

    options = matching.Options(fairness=run.fairness / 100, seed=seed)
    try:
        problem = planning.pool_problem(needs, sessions, rules)
        plan = matching.match(problem, options, progress=progress, cancelled=lambda: not go_on)
    except matching.Cancelled:
        jobs.cancelled(run.job_id)
        return
    except matching.InvalidProblem as broken:
        sentence = _broken_pin(rules, broken)
        if sentence is None:
            raise
        jobs.fail(run.job_id, sentence)
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


_LIFT = gettext_lazy("先在“指定”里撤掉这一条，再运行一次。")


def _lost_pin(rules: list[PlanRule], sessions: list[Session]) -> str | None:
    """The first pin whose session is not there any more."""
    offered = {session.pk for session in sessions}
    for rule in rules:
        if rule.kind == PlanRule.Kind.PIN and rule.session_id not in offered:
            return _("钉住的“%(who)s去%(target)s”对不上了：这一场取消或者过期了。%(lift)s") % {
                "who": rule.need.school,
                "target": rule.target,
                "lift": _LIFT,
            }
    return None


def _broken_pin(rules: list[PlanRule], broken: matching.InvalidProblem) -> str | None:
    """Which pin cannot hold, and why; None where the engine complains of something else."""
    pins = {f"{r.need_id} → {r.session_id}": r for r in rules if r.kind == PlanRule.Kind.PIN}
    for fault in broken.faults:
        rule = pins.get(fault.record)
        if rule is not None and fault.field == "pinned":
            return _("钉住的“%(who)s去%(target)s”对不上了：%(why)s%(lift)s") % {
                "who": rule.need.school,
                "target": rule.target,
                "why": wording.say_pin_fault(fault.detail),
                "lift": _LIFT,
            }
    return None


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
