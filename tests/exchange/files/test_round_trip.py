"""What is written in the formats' own words is read to the letter."""

from __future__ import annotations

import random
from datetime import date, timedelta
from pathlib import Path

from openpyxl import Workbook

from gongyu.core.grades import NAMES
from gongyu.engines.matching import Form, Need, Problem, Session
from gongyu.engines.topics import default_topics
from gongyu.exchange.files.reading import read_problem

from .tables import NEED_HEADER, SESSION_HEADER, Cell, sheet_of

CODES = [topic.code for topic in default_topics()]
FORMS = {Form.VISIT: "走出去", Form.HOST: "请进来", Form.ONLINE: "线上"}
SESSION_FORMS = {Form.VISIT: "到馆", Form.HOST: "上门", Form.ONLINE: "线上"}
HALVES = ("上午", "下午", "晚上")
SEVERITIES = ("", "一般", "重要", "紧急")


def some_need(draw: random.Random, number: int) -> Need:
    first = draw.randint(-2, 12)
    return Need(
        id=f"N{number}",
        topics={code: draw.choice((0.1, 0.25, 1.0)) for code in draw.sample(CODES, 2)},
        grades=frozenset(range(first, draw.randint(first, 12) + 1)),
        headcount=draw.randint(1, 900),
        forms=Form(draw.randint(1, 7)),
        date_from=(start := date(2026, 1, 1) + timedelta(days=draw.randint(0, 700))),
        date_to=start + timedelta(days=draw.randint(0, 90)),
        slots=frozenset((draw.randint(0, 6), draw.randint(0, 2)) for _ in range(4)),
        lon=round(draw.uniform(74, 135), 6),
        lat=round(draw.uniform(4, 53), 6),
        reach_km=round(draw.uniform(0, 90), 3),
        severity=draw.randint(1, 3),
        wanted=draw.randint(1, 5),
        group=f"群体{draw.randint(1, 20)}",
        town=f"镇{draw.randint(1, 6)}",
        wished_units=frozenset(f"单位{draw.randint(1, 9)}" for _ in range(draw.randint(0, 2))),
    )


def some_session(draw: random.Random, number: int) -> Session:
    capacity = draw.randint(0, 300)
    first = draw.randint(-2, 12)
    return Session(
        id=f"S{number}",
        unit=f"单位{draw.randint(1, 9)}",
        town=f"镇{draw.randint(1, 6)}",
        topics=frozenset(draw.sample(CODES, 3)),
        grades=frozenset(range(first, draw.randint(first, 12) + 1)),
        form=draw.choice(list(SESSION_FORMS)),
        date=date(2026, 1, 1) + timedelta(days=draw.randint(0, 700)),
        half_day=draw.randint(0, 2),
        capacity=capacity,
        exclusive=draw.random() < 0.5,
        min_group=draw.randint(0, capacity),
        lon=round(draw.uniform(74, 135), 6),
        lat=round(draw.uniform(4, 53), 6),
        radius_km=round(draw.uniform(0, 90), 3),
    )


def say_grades(values: frozenset[int]) -> str:
    return "、".join(NAMES[value] for value in sorted(values))


def row_of(need: Need) -> list[Cell]:
    return [
        need.id,
        "某校",
        need.town,
        need.group,
        "；".join(f"{code}:{weight}" for code, weight in need.topics.items()),
        say_grades(need.grades),
        need.headcount,
        "、".join(name for form, name in FORMS.items() if need.forms & form),
        need.date_from,
        need.date_to,
        "；".join(f"周{'一二三四五六日'[day]}{HALVES[half]}" for day, half in sorted(need.slots)),
        need.lon,
        need.lat,
        need.reach_km,
        SEVERITIES[need.severity],
        need.wanted,
        "；".join(sorted(need.wished_units)),
    ]


def session_row_of(session: Session, limits: dict[str, int]) -> list[Cell]:
    return [
        session.id,
        session.unit,
        session.town,
        "；".join(sorted(session.topics)),
        say_grades(session.grades),
        SESSION_FORMS[session.form],
        session.date,
        HALVES[session.half_day],
        session.capacity,
        "专场" if session.exclusive else "拼团",
        session.min_group,
        session.lon,
        session.lat,
        session.radius_km,
        limits.get(session.unit),
    ]


def test_any_problem_survives_being_written_and_read(tmp_path: Path) -> None:
    draw = random.Random(2026)
    needs = [some_need(draw, number) for number in range(200)]
    sessions = [some_session(draw, number) for number in range(200)]
    limits = {f"单位{number}": number for number in range(1, 6)}
    book = Workbook()
    book.remove(book.worksheets[0])
    sheet_of(book, "需求", NEED_HEADER, [row_of(need) for need in needs])
    rows = [session_row_of(session, limits) for session in sessions]
    sheet_of(book, "场次", SESSION_HEADER, rows)
    path = tmp_path / "both.xlsx"
    book.save(path)
    problem: Problem = read_problem(path, path).problem
    assert list(problem.needs) == needs
    assert list(problem.sessions) == sessions
    assert problem.unit_month_limits == limits
