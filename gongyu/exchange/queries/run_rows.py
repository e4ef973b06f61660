"""The rows behind each number of a run's page, and its workbook."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext as _

from gongyu.core.calendar import HalfDay
from gongyu.core.spreadsheets import Sheet
from gongyu.core.spreadsheets.values import Value
from gongyu.exchange.models import MatchingRun, Need, PlannedMatch, Topic, UnmetNeed
from gongyu.places.models import Division

from .plan import town_rows

SERVED, UNMET = "served", "unmet"


@dataclass(frozen=True, slots=True)
class RowFilter:
    """What of a run is asked for; an unknown value asks for nothing less."""

    outcome: str = ""
    town: str = ""
    topic: str = ""

    @classmethod
    def of(cls, asked: Mapping[str, str]) -> RowFilter:
        outcome = asked.get("outcome", "")
        return cls(
            outcome if outcome in {SERVED, UNMET} else "",
            asked.get("town", "")[:12],
            asked.get("topic", "")[:8],
        )

    def label(self) -> str:
        """What the rows are, as their heading says it; at most 2 queries."""
        town = Division.objects.filter(code=self.town).first() if self.town else None
        topic = Topic.objects.filter(code=self.topic).first() if self.topic else None
        what = {SERVED: _("配上的"), UNMET: _("没配上的")}.get(self.outcome, _("这次要配的"))
        return "，".join(str(part) for part in (town, topic, what) if part)


@dataclass(frozen=True, slots=True)
class RunRow:
    """A need of the run: given a session, or a reason."""

    need: Need
    match: PlannedMatch | None
    unmet: UnmetNeed | None


def run_rows(run: MatchingRun, asked: RowFilter) -> list[RunRow]:
    """Served ones first; 4 queries."""
    rows: list[RunRow] = []
    matches = run.matches.select_related(
        "need__school__division__parent", "need__school_class", "session__resource__unit", "order"
    ).prefetch_related("need__topics")
    unmet = run.unmet.select_related(
        "need__school__division__parent", "need__school_class"
    ).prefetch_related("need__topics")
    wanted = _needs(asked)
    if asked.outcome != UNMET:
        rows += [RunRow(match.need, match, None) for match in matches.filter(wanted)]
    if asked.outcome != SERVED:
        rows += [RunRow(one.need, None, one) for one in unmet.filter(wanted)]
    return rows


def _needs(asked: RowFilter) -> Q:
    wanted = Q()
    if asked.town:
        wanted &= Q(need__school__division__code=asked.town) | Q(
            need__school__division__parent__code=asked.town
        )
    if asked.topic:
        own = Need.objects.filter(topics__code=asked.topic)
        wanted &= Q(need__in=own.values("pk"))
    return wanted


def run_workbook(run: MatchingRun) -> list[Sheet]:
    """Three sheets: the plan, the unmet with their reasons, the towns. The writer neutralises."""
    return [
        Sheet(
            "配上的",
            ["学校", "镇街", "班级", "人数", "主题", "单位", "资源", "日期", "时段", "公里"],
            _served(run),
        ),
        Sheet(
            "没配上的", ["学校", "镇街", "班级", "人数", "主题", "原因", "怎样才行"], _unmet(run)
        ),
        Sheet("各镇街", ["镇街", "需求", "配上", "最多能配上"], _towns(run)),
    ]


def _who(need: Need) -> list[Value]:
    topics = "、".join(topic.name for topic in need.topics.all())
    town = str(need.school.town or "")
    return [need.school.name, town, need.who_label, need.headcount, topics]


def _served(run: MatchingRun) -> Iterator[list[Value]]:
    for row in run_rows(run, RowFilter(outcome=SERVED)):
        if row.match is None:
            continue
        session = row.match.session
        yield [
            *_who(row.need),
            session.resource.unit.name,
            session.resource.title,
            session.date,
            str(HalfDay(session.half_day).label),
            round(row.match.km, 1),
        ]


def _unmet(run: MatchingRun) -> Iterator[list[Value]]:
    for row in run_rows(run, RowFilter(outcome=UNMET)):
        if row.unmet is not None:
            yield [*_who(row.need), row.unmet.sentence, "；".join(row.unmet.ways_out)]


def _towns(run: MatchingRun) -> Iterator[list[Value]]:
    for town in town_rows(run):
        yield [town.name, town.needs, town.served, town.most]
