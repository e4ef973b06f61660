"""The plan as a workbook: who goes where, who was left out and why, how good it is, how fair."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from django.utils.translation import gettext as _

from gongyu.core.spreadsheets import Sheet, Value, write_workbook
from gongyu.engines.matching import Certificate, Plan, Problem, Scarcity, Session, scarcity

from .reading import Given
from .sentences import say_unmet, say_ways_out
from .topics_text import topic_names

HALVES = ("上午", "下午", "晚上")
WEEKDAYS = "一二三四五六日"


def write_plan(path: Path, given: Given, plan: Plan) -> None:
    """All sheets. Raises OSError where the file cannot be written."""
    problem = given.problem
    write_workbook(
        path,
        [
            _matches(plan),
            _unmet(problem, plan),
            _proof(plan.certificate),
            _fairness(plan),
            _scarcity(scarcity(problem, plan)),
            _timetable(given, plan),
            _how_read(given.notes),
        ],
    )


def _matches(plan: Plan) -> Sheet:
    return Sheet(
        "方案",
        ("需求编号", "场次编号", "人数", "公里", "价值"),
        [(m.need, m.session, m.headcount, m.km, m.value) for m in plan.matches],
        ("", "", "0", "0.0", "0.00"),
    )


def _unmet(problem: Problem, plan: Plan) -> Sheet:
    return Sheet(
        "未满足",
        ("需求编号", "原因", "怎样才行"),
        [(u.need, say_unmet(u), say_ways_out(problem, u)) for u in plan.unmet],
    )


def _proof(certificate: Certificate) -> Sheet:
    """One line a figure, under the names that the engine gives them."""
    rows: list[tuple[Value, ...]] = [
        ("objective", certificate.objective, _("这份方案的总效益")),
        ("bound", certificate.bound, _("任何方案都超不过这个数")),
        ("gap", certificate.gap, _("最多还能再好多少（bound / objective − 1）")),
        ("settings", certificate.settings, _("怎样算的")),
        ("seed", certificate.seed, _("同样的种子得到同样的方案")),
        ("seconds", certificate.seconds, _("用时（秒）")),
        ("method", certificate.method, _("上界由什么证明")),
    ]
    if certificate.given_up is not None:
        rows.append(("given_up", certificate.given_up, _("为公平最多让出的效益（占上界）")))
    return Sheet("证明", ("项目", "值", "说明"), rows)


def _fairness(plan: Plan) -> Sheet:
    return Sheet(
        "公平",
        ("镇街", "需求", "已满足", "比例", "最多可能"),
        [(t.town, t.needs, t.served, t.share, t.most) for t in plan.towns],
        ("", "0", "0", "0.0%", "0.0%"),
    )


def _scarcity(rows: Sequence[Scarcity]) -> Sheet:
    names = topic_names()
    return Sheet(
        "稀缺",
        ("主题", "主题名称", "镇街", "多一场至少多得", "多一场最多多得", "需求", "还在等"),
        [
            (
                row.topic,
                names.get(row.topic, ""),
                row.town,
                row.at_least,
                row.at_most,
                row.needs,
                row.waiting,
            )
            for row in rows
        ],
        ("", "", "", "0.00", "0.00", "0", "0"),
    )


def _timetable(given: Given, plan: Plan) -> Sheet:
    """The plan by day, for whoever tells units and schools."""
    return Sheet(
        "安排表",
        ("日期", "星期", "时段", "单位", "主题", "学校", "群体", "人数", "需求编号", "场次编号"),
        sorted(_lines(given, plan), key=lambda line: tuple(str(cell) for cell in line)),
    )


def _lines(given: Given, plan: Plan) -> Iterator[tuple[Value, ...]]:
    problem = given.problem
    for match in plan.matches:
        session = problem.sessions[problem.session_index[match.session]]
        school, group = given.labels.get(match.need, ("", ""))
        yield (
            session.date,
            f"周{WEEKDAYS[session.date.weekday()]}",
            HALVES[session.half_day],
            session.unit,
            _topics(session),
            school,
            group,
            match.headcount,
            match.need,
            match.session,
        )


def _topics(session: Session) -> str:
    names = topic_names()
    return "、".join(names.get(code, code) for code in sorted(session.topics))


def _how_read(notes: Sequence[str]) -> Sheet:
    """What was not written plainly, and how it was read."""
    return Sheet("读法", ("读表时的说明",), [(note,) for note in notes])
