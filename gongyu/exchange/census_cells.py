"""What stands in the cells of a census workbook: kinds, grades, months, weekdays, prices, prose."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from django.utils.translation import gettext as _

from gongyu.core import grades
from gongyu.core.calendar import WEEKDAYS, today
from gongyu.core.spreadsheets import (
    Read,
    Unreadable,
    Value,
    fold,
    read_date,
    read_number,
    read_prose,
    read_text,
)
from gongyu.exchange.models.census import ALL_MONTHS, ALL_WEEKDAYS, bits

_SEASONS = {"春": (2, 3, 4), "夏": (5, 6, 7), "秋": (8, 9, 10), "冬": (11, 0, 1)}
_ALL_YEAR = {"全年", "全年开放", "四季", "常年", "不限"}
_NEVER = {"无", "没有", "不闭馆", "不休", "不休息", "全年无休", "无休"}
_MARKS = re.compile(r"[、,;/ |和及]+")
_TELEPHONE = re.compile(r"\d[\d -]{6,}\d")
_YES, _NO = (
    {"是", "有", "√", "✓", "y", "yes", "true", "1"},
    {"否", "无", "没有", "×", "n", "no", "false", "0"},
)


def read_label(value: Value, choices: Sequence[tuple[str, object]]) -> Read[str]:
    text = read_text(value).value
    for key, label in choices:
        if text in {str(label), key}:
            return Read(key)
    labels = "、".join(str(label) for _key, label in choices)
    raise Unreadable(_("请写这几个里的一个：%(labels)s。") % {"labels": labels})


def read_grade(value: Value) -> Read[int]:
    text = read_text(value).value
    for number, name in grades.NAMES.items():
        if text == name:
            return Read(number)
    for prefix, above in (("高", 9), ("初", 6), ("小学", 0)):
        rest = text.removeprefix(prefix).removesuffix("年级")
        if text.startswith(prefix) and rest in list("一二三四五六"):
            return Read(above + "一二三四五六".index(rest) + 1)
    try:
        return Read(int(read_number(value, least=-2, most=12, whole=True, units={"年级": 1}).value))
    except Unreadable:
        raise Unreadable(_("请写年级，比如：三年级、初一，或者 1 到 12。")) from None


def read_price(value: Value) -> Read[float]:
    if isinstance(value, str) and fold(value) in {"免费", "无", "不收费"}:
        return Read(0.0)
    return read_number(value, least=0, most=2000, units={"元": 1, "元/人": 1})


def read_day(value: Value) -> Read[date | None]:
    found = read_date(value)
    return Read(found.value, found.note)


def read_past_day(value: Value) -> Read[date | None]:
    """A day on which something was done: not one to come."""
    found = read_day(value)
    if found.value is not None and found.value > today():
        raise Unreadable(_("这一天还没到。请写最近一次的日期。"))
    return found


def read_post(value: Value) -> Read[str]:
    """Who to ask for, as a post: the census is open to all, a person's telephone is not."""
    found = read_prose(value, longest=60)
    if _TELEPHONE.search(fold(found.value)):
        raise Unreadable(_("这一栏写岗位，不写电话。电话写在单位资料里。"))
    return found


def read_yes(value: Value) -> Read[bool]:
    text = read_text(value).value.lower()
    if text in _YES:
        return Read(True)
    if text in _NO:
        return Read(False)
    raise Unreadable(_("请写“是”或“否”。"))


def read_months(value: Value) -> Read[int]:
    """Months as a mask: 全年, 春、秋, 3 月至 11 月, 11—2 月 (over the new year), 4、5、9."""
    if isinstance(value, date):
        raise Unreadable(_("这一格成了日期。请把格式改成“文本”，写成“3 月至 11 月”这样。"))
    text = read_text(value, longest=60).value
    if text in _ALL_YEAR:
        return Read(ALL_MONTHS)
    found: list[int] = []
    for part in _parts(text):
        bare = re.sub("两季|季节|季|次年|月", "", part)
        if bare and set(bare) <= set(_SEASONS):
            found += [month for season in bare for month in _SEASONS[season]]
            continue
        first, _mark, last = bare.partition("-")
        ends = [first, last or first]
        if not all(end.isdigit() and 1 <= int(end) <= 12 for end in ends):
            raise Unreadable(_("请写月份，比如：3 月至 11 月；4、5、9 月；春、秋；全年。"))
        month, until = int(ends[0]) - 1, int(ends[1]) - 1
        found.append(month)
        while month != until:
            month = (month + 1) % 12
            found.append(month)
    return Read(bits(found))


def read_closed(value: Value) -> Read[int]:
    """Weekdays on which a place is shut, as a mask: 周一、周二, 周一至周三, 双休日, 无."""
    text = read_text(value, longest=60).value
    if text in _NEVER:
        return Read(0)
    found: list[int] = []
    for part in _parts(re.sub("每|闭馆|休息|不开放?", "", text)):
        if part in {"双休日", "周末", "双休"}:
            found += [5, 6]
            continue
        days = [_weekday(end) for end in part.split("-")]
        if not part or len(days) > 2 or days[0] > days[-1]:
            raise _no_weekday()
        found += range(days[0], days[-1] + 1)
    mask = bits(found)
    if mask == ALL_WEEKDAYS:
        raise Unreadable(_("一周七天都闭馆，学校就来不了了。"))
    return Read(mask)


def _parts(text: str) -> list[str]:
    """The members of an enumeration, ranges written with one mark."""
    text = re.sub(r"\s*(?:至|到|~|—+|–)\s*", "-", text)
    text = re.sub(r"\s+(?=月)|(?<=-)\s+|\s+(?=-)", "", text)
    return [part for part in _MARKS.split(text) if part] or [""]


def _weekday(text: str) -> int:
    name = text.replace("星期", "周").replace("礼拜", "周").replace("周天", "周日")
    if name not in WEEKDAYS:
        raise _no_weekday()
    return WEEKDAYS.index(name)


def _no_weekday() -> Unreadable:
    return Unreadable(_("请写周几，比如：周一；周一、周二；不闭馆写“无”。"))
