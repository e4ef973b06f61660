"""Grades as people write them: 三至五年级, 3-5年级, 小学高段, 初一, 幼儿园大班, 均可."""

from __future__ import annotations

import re
from datetime import date, datetime
from functools import lru_cache

from django.utils.translation import gettext as _

from gongyu.core.spreadsheets import Broken, Read, Unreadable, Value, fold, shown
from gongyu.core.spreadsheets.numerals import chinese_number

Grades = frozenset[int]

_STAGES = {
    "幼儿园": (-2, 0),
    "学前": (-2, 0),
    "幼儿": (-2, 0),
    "学龄前": (-2, 0),
    "小学": (1, 6),
    "小学阶段": (1, 6),
    "小学生": (1, 6),
    "初中": (7, 9),
    "初中生": (7, 9),
    "高中": (10, 12),
    "高中生": (10, 12),
    "中学": (7, 12),
    "中小学": (1, 12),
    "中小学生": (1, 12),
    "义务教育": (1, 9),
    "义务教育阶段": (1, 9),
    "低年级": (1, 2),
    "低段": (1, 2),
    "低学段": (1, 2),
    "中年级": (3, 4),
    "中段": (3, 4),
    "中学段": (3, 4),
    "高年级": (5, 6),
    "高段": (5, 6),
    "高学段": (5, 6),
    "中低年级": (1, 4),
    "中低段": (1, 4),
    "中高年级": (3, 6),
    "中高段": (3, 6),
    "小班": (-2, -2),
    "中班": (-1, -1),
    "大班": (0, 0),
}
_EVERY = {
    "不限",
    "均可",
    "全部",
    "所有",
    "所有年级",
    "各年级",
    "不限年级",
    "全学段",
    "都可以",
    "都行",
    "皆可",
}
_BASE = {"小": 0, "初": 6, "高": 9}
_RUN = re.compile(r"(.+?)\s*(?:-|~|—|–|至|到)+\s*(.+)")
_ONE = re.compile(
    r"(?:小学)?(?:(初中|高中|[小初高])?(?:第)?([一二三四五六七八九十]{1,3}|\d{1,2})(?:年级|年|级)?"
    r"(?:\(?[一二三四五六七八九十\d]{1,3}\)?班)?)"
)
_SEVERAL = re.compile(r"([初高])?([一二三四五六七八九]{2,})(?:年级)?")


def read_grades(value: Value) -> Read[Grades]:
    """The grades of a cell. Raises Unreadable with what to write instead."""
    if isinstance(value, Broken):
        raise Unreadable(_("公式没有结果。请直接写年级，如 三至五年级。"))
    if isinstance(value, date):
        day = value.date() if isinstance(value, datetime) else value
        if day.month < day.day <= 12:  # 3-5 typed into a spreadsheet becomes 5 March
            return Read(
                frozenset(range(day.month, day.day + 1)), _("“3-5”被表格改成了日期，按年级读")
            )
        raise Unreadable(_("这一格成了日期。请写 三至五年级 这样。"))
    return _grades(fold(shown(value) if not isinstance(value, str) else value))


@lru_cache(maxsize=4096)
def _grades(text: str) -> Read[Grades]:
    bare = re.sub(r"\s", "", text)
    if bare in _EVERY:
        return Read(frozenset(range(-2, 13)))
    found: set[int] = set()
    parts = [part for part in re.split(r"[;；、,，/及和与+]", bare) if part]
    stage = ""
    for part in parts:
        follows = stage in {"初", "高"} and len(part) == 1  # 初一、二
        own = _part(stage + part if follows else part)
        if own is None and stage:
            own = _part(stage + part)
        if own is None:
            raise Unreadable(
                _("认不出年级“%(text)s”。请写 三年级、三至五年级、初一、小学高段、大班 这样。")
                % {"text": part[:20]}
            )
        stage = next((s for s in ("初", "高", "幼儿园", "小学") if part.startswith(s)), stage)
        found |= own
    if not found:
        raise Unreadable(_("这一格要填年级，如 三至五年级。"))
    return Read(frozenset(found))


def _part(text: str) -> set[int] | None:
    """One grade, a stage, or a run of grades; None where it is none of them."""
    for key in (text, text.removeprefix("小学"), text.removeprefix("幼儿园")):
        if key in _STAGES:
            if key == text or text.startswith("小学") == (_STAGES[key][0] > 0):
                return _span(*_STAGES[key])
            return None
    if (one := _grade(text)) is not None:
        return {one}
    if found := _RUN.fullmatch(text):
        return _run(found[1], found[2])
    if found := _SEVERAL.fullmatch(text):
        base = _BASE[found[1]] if found[1] else 0
        numbers = [chinese_number(char) or 0 for char in found[2]]
        if base and max(numbers) > 3:
            return None
        return {base + number for number in numbers}
    return None


def _run(first: str, last: str) -> set[int] | None:
    stage = first[0] if first[:1] in {"初", "高"} else ""
    for prefix in ("幼儿园", "小学"):
        if first.startswith(prefix) and first != prefix and f"{prefix}{last}" in _STAGES:
            last = f"{prefix}{last}"
    begin = _part(first)
    if stage and not last.startswith(("初", "高")) and len(last) == 1:
        last = stage + last
    end = _part(last)
    if begin is None or end is None or min(begin) > max(end):
        return None
    return _span(min(begin), max(end))


def _grade(text: str) -> int | None:
    found = _ONE.fullmatch(text)
    if not found:
        return None
    stage, said = found[1], found[2]
    if not stage and not said.isdigit() and len(said) > 1 and "十" not in said:
        return None  # 三四年级 are two
    number = int(said) if said.isdigit() else chinese_number(said)
    if number is None or (not stage and text.endswith("级") and not text.endswith("年级")):
        return None  # 2023级 names the year of entry
    if stage:
        if not 1 <= number <= (6 if stage == "小" else 3):
            return None
        return _BASE[stage[0]] + number
    if text.startswith("小学") and number > 6:
        return None
    return number if 1 <= number <= 12 else None


def _span(first: int, last: int) -> set[int]:
    return set(range(first, last + 1))
