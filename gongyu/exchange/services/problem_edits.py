"""What stands on the list is put right; the timeline keeps what stood there before."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from gongyu.accounts.models import User
from gongyu.core import timeline
from gongyu.core.errors import DomainError
from gongyu.exchange.models import Evidence, Problem, Topic
from gongyu.places.models import Organization

from .problems import check_evidence, commission_only, no_school, tell_bodies


@transaction.atomic
def edit_problem(
    problem: Problem,
    *,
    title: str,
    topics: Iterable[Topic],
    summary: str,
    lead: Organization,
    supporting: Iterable[Organization] = (),
    by: User,
) -> Problem:
    """Change a problem; bodies that are new to it are told."""
    commission_only(by)
    topics, supporting = list(topics), [body for body in supporting if body != lead]
    problem = Problem.objects.select_for_update(of=("self",)).get(pk=problem.pk)
    if not topics or any(topic.parent_id for topic in topics):
        raise DomainError(_("请选一级主题，下面的需求会自己归过来。"))
    if Problem.objects.filter(title=title).exclude(pk=problem.pk).exists():
        raise DomainError(_("清单上已经有这个问题了，请打开它补充依据和措施。"))
    for body in (lead, *supporting):
        no_school(body)
    before = _said(problem)
    known = {problem.lead, *problem.supporting.all()}
    problem.title, problem.summary, problem.lead = title, summary, lead
    problem.save(update_fields=["title", "summary", "lead"])
    problem.topics.set(topics)
    problem.supporting.set(supporting)
    after = _said(problem)
    for label, old in before.items():
        if old != after[label]:
            words = _("%(what)s从“%(old)s”改成“%(new)s”") % {
                "what": label,
                "old": old,
                "new": after[label],
            }
            timeline.record(problem, "problem.edit", words[:500], by=by)
    new = [body for body in (lead, *supporting) if body not in known]
    tell_bodies(
        new, problem, "problem.edit", _("“%(title)s”这个问题请你们一起办") % {"title": title}
    )
    return problem


def _said(problem: Problem) -> dict[str, str]:
    return {
        _("标题"): problem.title,
        _("说明"): problem.summary[:150],
        _("主题"): "、".join(topic.name for topic in problem.topics.order_by("code")),
        _("牵头"): str(problem.lead),
        _("配合"): "、".join(str(body) for body in problem.supporting.order_by("pk"))[:150],
    }


@transaction.atomic
def edit_evidence(
    evidence: Evidence,
    *,
    kind: str,
    statement: str,
    source: str,
    certainty: str,
    source_url: str = "",
    dated: date | None = None,
    by: User,
) -> Evidence:
    """Put a piece of evidence right, or say that it was read in the original by now."""
    commission_only(by)
    evidence = Evidence.objects.select_for_update(of=("self",)).get(pk=evidence.pk)
    others = Evidence.objects.filter(problem=evidence.problem_id).exclude(pk=evidence.pk)
    check_evidence(others, statement, source, dated)
    before = f"{evidence.statement}（{evidence.source}，{evidence.get_certainty_display()}）"
    evidence.kind, evidence.statement, evidence.source = kind, statement, source
    evidence.source_url, evidence.dated, evidence.certainty = source_url, dated, certainty
    evidence.save()
    words = _("改了一条依据，原来是：%(old)s") % {"old": before}
    timeline.record(evidence.problem, "problem.evidence", words[:500], by=by)
    return evidence
