"""A run in a few lines: for a person on one screen, for a program as one line of JSON."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _

from gongyu.engines.matching import Plan, Problem, Scarcity, TownShare, scarcity

from .sentences import say_reason
from .topics_text import topic_names

MOST_REASONS, MOST_SCARCE, MOST_NOTES = 6, 3, 6


def served_count(problem: Problem, plan: Plan) -> int:
    """Needs with at least one session."""
    return len({match.need for match in plan.matches})


def reasons(plan: Plan) -> dict[str, int]:
    """Reason class → needs without any session, the commonest first."""
    counted = Counter(unmet.reason.value for unmet in plan.unmet if not unmet.got)
    return dict(sorted(counted.items(), key=lambda entry: (-entry[1], entry[0])))


def worst_town(plan: Plan) -> TownShare | None:
    """The town with the least share of its needs served."""
    return min(plan.towns, key=lambda town: (town.share, town.town), default=None)


def as_json(problem: Problem, plan: Plan) -> str:
    """The one line of ``--json``."""
    certificate, worst = plan.certificate, worst_town(plan)
    line = {
        "objective": certificate.objective,
        "bound": certificate.bound,
        "gap": certificate.gap if math.isfinite(certificate.gap) else None,
        "needs": len(problem.needs),
        "served": served_count(problem, plan),
        "worst_town": worst.share if worst else None,
        "pairs": plan.pairs,
        "seconds": round(certificate.seconds, 3),
        "reasons": reasons(plan),
    }
    return json.dumps(line, ensure_ascii=False, allow_nan=False)


def as_text(problem: Problem, plan: Plan, notes: Sequence[str]) -> str:
    """Served, bound, worst town, why not, what to build up next, how odd cells were read."""
    return "\n".join(_lines(problem, plan, notes))


def _lines(problem: Problem, plan: Plan, notes: Sequence[str]) -> Iterator[str]:
    needs, served = len(problem.needs), served_count(problem, plan)
    if not needs:
        yield _("需求表里没有需求。")
    else:
        yield _("%(needs)d 个需求，%(sessions)d 场：排上 %(served)d 个（%(share)s）。") % {
            "needs": needs,
            "sessions": len(problem.sessions),
            "served": served,
            "share": f"{served / needs:.0%}",
        }
    certificate = plan.certificate
    yield _("总效益 %(objective)s，任何方案都超不过 %(bound)s（还能再好的不到 %(gap)s）。") % {
        "objective": f"{certificate.objective:,.1f}",
        "bound": f"{certificate.bound:,.1f}",
        "gap": f"{max(certificate.gap, 1e-4):.2%}",
    }
    if certificate.given_up is not None and certificate.given_up >= 5e-5:
        yield _("为各镇街均衡，最多让出了 %(share)s 的效益。") % {
            "share": f"{certificate.given_up:.2%}"
        }
    yield from _towns(plan)
    yield from _why_not(plan)
    yield from _build_up(scarcity(problem, plan))
    if notes:
        yield _("读表时")
        yield from (f"  {note}" for note in notes[:MOST_NOTES])
        if len(notes) > MOST_NOTES:
            yield _("  还有 %(count)d 条，见“读法”") % {"count": len(notes) - MOST_NOTES}


def _towns(plan: Plan) -> Iterator[str]:
    """The worst of the towns that something can be done for; those that nothing is there for."""
    open_ = [town for town in plan.towns if town.most > 0]
    if open_:
        worst = min(open_, key=lambda town: (town.share, town.town))
        yield _(
            "排上最少的镇街：%(town)s，%(needs)d 个里排上 %(served)d 个，最多 %(most)d 个。"
        ) % {
            "town": worst.town,
            "needs": worst.needs,
            "served": worst.served,
            "most": round(worst.most * worst.needs),
        }
    nothing = [town.town for town in plan.towns if not town.most]
    if nothing:
        more = _(" 等 %(count)d 个镇街") % {"count": len(nothing)} if len(nothing) > 3 else ""
        yield _("一场也配不上的镇街：%(towns)s%(more)s。") % {
            "towns": "、".join(nothing[:3]),
            "more": more,
        }


def _why_not(plan: Plan) -> Iterator[str]:
    counted = Counter(unmet.reason for unmet in plan.unmet if not unmet.got)
    if counted:
        yield _("没排上的")
        for reason, count in counted.most_common(MOST_REASONS):
            yield f"  {count:>6}  {say_reason(reason)}"
    partly = sum(1 for unmet in plan.unmet if unmet.got)
    if partly:
        yield _("另有 %(count)d 个只排上一部分场次。") % {"count": partly}


def _build_up(rows: Sequence[Scarcity]) -> Iterator[str]:
    wanted = [row for row in rows if row.waiting and row.at_least > 0][:MOST_SCARCE]
    if wanted:
        yield _("最该添的场次")
        names = topic_names()
        for row in wanted:
            yield _("  %(topic)s，%(town)s：%(waiting)d 个需求在等，添一场至少多得 %(gain)s") % {
                "topic": names.get(row.topic, row.topic),
                "town": row.town,
                "waiting": row.waiting,
                "gain": f"{row.at_least:,.0f}",
            }
