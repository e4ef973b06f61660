"""The district's list of prominent problems: what is written on it, by the commission only."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils.translation import gettext as _

from gongyu.accounts.models import Role, User
from gongyu.accounts.queries import people_with
from gongyu.core import timeline
from gongyu.core.calendar import say_day, today
from gongyu.core.errors import DomainError
from gongyu.exchange.errors import MoveNotAllowed, NotAllowed
from gongyu.exchange.models import Evidence, Measure, Problem, Topic
from gongyu.exchange.policies import dispatches
from gongyu.notices.services import tell
from gongyu.places.models import Organization


@transaction.atomic
def record_problem(
    title: str,
    *,
    topics: Iterable[Topic],
    summary: str,
    lead: Organization,
    supporting: Iterable[Organization] = (),
    by: User,
) -> Problem:
    """Put a problem at the end of the list; its needs follow from its topics."""
    commission_only(by)
    topics, supporting = list(topics), list(supporting)
    if not topics or any(topic.parent_id for topic in topics):
        raise DomainError(_("请选一级主题，下面的需求会自己归过来。"))
    if Problem.objects.filter(title=title).exists():
        raise DomainError(_("清单上已经有这个问题了，请打开它补充依据和措施。"))
    for body in (lead, *supporting):
        no_school(body)
    last = Problem.objects.aggregate(last=Max("order"))["last"] or 0
    problem = Problem.objects.create(title=title, summary=summary, lead=lead, order=last + 1)
    problem.topics.set(topics)
    problem.supporting.set(body for body in supporting if body != lead)
    words = _("列入清单，%(lead)s牵头") % {"lead": lead}
    timeline.record(problem, "problem.record", words, by=by)
    asked = _("“%(title)s”列进了突出问题清单，请你们%(part)s")
    tell_bodies([lead], problem, "problem.record", asked % {"title": title, "part": _("牵头")})
    others = [body for body in supporting if body != lead]
    tell_bodies(others, problem, "problem.record", asked % {"title": title, "part": _("配合")})
    return problem


@transaction.atomic
def move_problem(problem: Problem, to: str, *, by: User) -> Problem:
    """Say how the problem stands now: 在办, 观察 or 缓解."""
    commission_only(by)
    problem = Problem.objects.select_for_update(of=("self",)).get(pk=problem.pk)
    if to not in Problem.MOVES[problem.state]:
        raise MoveNotAllowed(
            _("这个问题现在是“%(state)s”，请刷新看看再改。")
            % {"state": problem.get_state_display()}
        )
    before, problem.state = problem.get_state_display(), to
    problem.save(update_fields=["state"])
    words = _("从“%(before)s”改成“%(after)s”") % {
        "before": before,
        "after": problem.get_state_display(),
    }
    timeline.record(problem, "problem.move", words, by=by)
    return problem


def check_evidence(
    others: QuerySet[Evidence], statement: str, source: str, dated: date | None
) -> None:
    """Refuse what has no source, is dated ahead, or stands among the problem's others already."""
    if not source.strip():
        raise DomainError(_("没有出处的不能当依据，请写从哪里来的。"))
    if dated is not None and dated > today():
        raise DomainError(_("依据的日期在今天以后，请核对一下。"))
    if others.filter(statement=statement).exists():
        raise DomainError(_("这一条依据已经记过了。"))


@transaction.atomic
def add_evidence(
    problem: Problem,
    *,
    kind: str,
    statement: str,
    source: str,
    certainty: str,
    source_url: str = "",
    dated: date | None = None,
    by: User,
) -> Evidence:
    """Add what speaks for the problem; nothing without a source, nothing from the future."""
    commission_only(by)
    problem = Problem.objects.select_for_update(of=("self",)).get(pk=problem.pk)
    check_evidence(problem.evidence.all(), statement, source, dated)
    evidence = Evidence.objects.create(
        problem=problem,
        kind=kind,
        statement=statement,
        source=source,
        source_url=source_url,
        dated=dated,
        certainty=certainty,
    )
    timeline.record(problem, "problem.evidence", _("补了依据：%(s)s") % {"s": statement}, by=by)
    return evidence


@transaction.atomic
def add_measure(problem: Problem, *, what: str, who: Organization, due: date, by: User) -> Measure:
    """Write down what is to be done, by whom and by when."""
    commission_only(by)
    problem = Problem.objects.select_for_update(of=("self",)).get(pk=problem.pk)
    no_school(who)
    if due < today():
        raise DomainError(_("做完的日期已经过去了，请定在今天以后。"))
    if problem.measures.filter(what=what).exists():
        raise DomainError(_("这一条措施已经记过了。"))
    measure = Measure.objects.create(problem=problem, what=what, who=who, set_on=today(), due=due)
    words = _("定下措施：%(what)s，%(who)s在 %(day)s前做完") % {
        "what": what,
        "who": who,
        "day": say_day(due),
    }
    timeline.record(problem, "problem.measure", words, by=by)
    told = _("“%(title)s”定下一条措施，请在 %(day)s前做完：%(what)s") % {
        "title": problem.title,
        "day": say_day(due),
        "what": what,
    }
    tell_bodies([who, problem.lead], problem, "problem.measure", told)
    return measure


@transaction.atomic
def close_measure(measure: Measure, *, by: User) -> Measure:
    """It is done, today."""
    commission_only(by)
    measure = Measure.objects.select_for_update(of=("self",)).get(pk=measure.pk)
    if measure.done_on is not None:
        raise MoveNotAllowed(
            _("这条措施在 %(day)s已经做完了。") % {"day": say_day(measure.done_on)}
        )
    measure.done_on = today()
    measure.save(update_fields=["done_on"])
    words = _("做完了：%(what)s") % {"what": measure.what}
    timeline.record(measure.problem, "problem.close", words, by=by)
    return measure


def tell_bodies(bodies: Iterable[Organization], problem: Problem, verb: str, sentence: str) -> None:
    """Whoever works for the bodies reads it in the inbox; the commission wrote it itself."""
    roles = (Role.DEPARTMENT, Role.COMMUNITY)
    for body in dict.fromkeys(bodies):
        people = people_with(body, *roles)
        tell(people, problem, verb, sentence, url=problem.get_absolute_url())


def no_school(body: Organization) -> None:
    if body.kind == Organization.Kind.SCHOOL:
        raise DomainError(_("这份清单谁都能看，不点出学校。请选部门、镇街或者区教委。"))


def commission_only(by: User) -> None:
    if not dispatches(by):
        raise NotAllowed(_("突出问题清单由区教委来写。"))
