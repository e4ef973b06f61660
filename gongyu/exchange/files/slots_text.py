"""Half-days as people write them: 周三下午；周五；周末；工作日；均可."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from django.utils.translation import gettext as _

from gongyu.core.spreadsheets import Broken, Read, Unreadable, Value, fold, shown

Slot = tuple[int, int]
Slots = frozenset[Slot]

_EVERY = frozenset((day, half) for day in range(7) for half in range(3))
_ANY = {
    "均可",
    "不限",
    "都可以",
    "都行",
    "皆可",
    "任意",
    "任何时段",
    "随时",
    "全部",
    "任意时间",
    "都可",
    "可协调",
}
_HALVES = {
    "上午": (0,),
    "早上": (0,),
    "早晨": (0,),
    "am": (0,),
    "pm": (1,),
    "下午": (1,),
    "午后": (1,),
    "晚上": (2,),
    "晚间": (2,),
    "夜间": (2,),
    "傍晚": (2,),
    "全天": (0, 1, 2),
    "整天": (0, 1, 2),
    "一天": (0, 1, 2),
    "白天": (0, 1),
    "上下午": (0, 1),
    "上午下午": (0, 1),
    "上午或下午": (0, 1),
}
_NAMED = {
    "周末": (5, 6),
    "双休日": (5, 6),
    "周六日": (5, 6),
    "工作日": (0, 1, 2, 3, 4),
    "平日": (0, 1, 2, 3, 4),
    "平时": (0, 1, 2, 3, 4),
    "每天": tuple(range(7)),
    "天天": tuple(range(7)),
    "全周": tuple(range(7)),
    "每日": tuple(range(7)),
}
_DAY = "一二三四五六日天1234567"
_PREFIX = "每?(?:周|星期|礼拜)"
_DAYS = (
    rf"(?P<named>{'|'.join(_NAMED)})"
    rf"|{_PREFIX}(?P<from>[{_DAY}])\s*(?:-|~|—|–|至|到)+\s*{_PREFIX}?(?P<to>[{_DAY}])(?![:\d点])"
    rf"|{_PREFIX}(?P<days>[一二三四五六日天]+|[1-7]+(?![\d:点]))"
)
_WORDS = "|".join(sorted(_HALVES, key=len, reverse=True))
_CLOCK = r"\d{1,2}(?::\d{2}|点半?|时)(?:\s*(?:-|~|—|–|至|到)+\s*\d{1,2}(?::\d{2}|点半?|时))?"
_ITEM = re.compile(rf"(?:{_DAYS})?\s*(?P<half>{_WORDS})?\s*(?P<clock>{_CLOCK})?")
_HOUR = re.compile(r"(\d{1,2})(?::(\d{2})|点半?|时)")
_DAY_AND_TIME = re.compile(rf"(?<=[周期拜][{_DAY}])\s+(?=[上下早晚全\d]|[apAP][mM])")
_BRACKETS = dict.fromkeys(map(ord, "()"))
_EXAMPLE = "周三下午；周五全天；周末"


def read_slots(value: Value) -> Read[Slots]:
    """The wanted half-days of a week. A day without a half-day means the whole of it."""
    return _slots(_text(value))


def read_half_day(value: Value) -> Read[int]:
    """The one half-day of a session: 上午, 下午, 晚上, or hours that lie within one."""
    if isinstance(value, time):
        return Read(_half_of(value.hour), _("钟点按半天读"))
    if isinstance(value, float) and 0 < value < 1:
        return Read(_half_of(int(value * 24 + 1e-6)), _("钟点按半天读"))
    return _half_day(_text(value))


def _text(value: Value) -> str:
    if isinstance(value, Broken):
        raise Unreadable(_("公式没有结果。请直接写时段。"))
    if isinstance(value, date | datetime | timedelta):
        raise Unreadable(_("这一格成了日期。请写 周三下午 这样的时段。"))
    return fold(shown(value) if not isinstance(value, str) else value)


@lru_cache(maxsize=4096)
def _half_day(text: str) -> Read[int]:
    bare = re.sub(r"\s", "", text).translate(_BRACKETS).lower()
    found = _ITEM.fullmatch(bare)
    halves, note = _halves(found) if found else ((), "")
    if len(halves) == 1:
        return Read(halves[0], note)
    raise Unreadable(_("一场只在一个半天。请写 上午、下午 或 晚上。"))


@lru_cache(maxsize=4096)
def _slots(text: str) -> Read[Slots]:
    bare = re.sub(r"\s*([-~—–至到;；、,，/])\s*", r"\1", _DAY_AND_TIME.sub("", text))
    bare = bare.translate(_BRACKETS).lower().strip(";；、,，。.")
    if bare in _ANY:
        return Read(_EVERY)
    found: set[Slot] = set()
    note = ""
    for clause in re.split(r"[;；。\n]", bare):
        items = [item for item in re.split(r"[、,，/\s和及或]+", clause) if item]
        if len(items) == 1 and items[0] in _ANY:
            return Read(_EVERY)
        read = [_item(item) for item in items]
        _refuse_open_half(items, read)
        said: tuple[int, ...] = ()
        for days, halves, own in read:
            note = note or own
            said = days or said or tuple(range(7))  # 周三上午、下午: both of 周三
            found |= {(day, half) for day in said for half in halves or (0, 1, 2)}
    if not found:
        raise Unreadable(_("这一格要填时段，如 %(example)s。") % {"example": _EXAMPLE})
    return Read(frozenset(found), note)


Item = tuple[tuple[int, ...], tuple[int, ...], str]


def _refuse_open_half(items: list[str], read: list[Item]) -> None:
    """周三、周五下午: whether 周三 is its afternoon too cannot be told."""
    for before, after, name in zip(read, read[1:], items, strict=False):
        if not before[1] and after[1] and len(after[1]) < 3:
            raise Unreadable(
                _("“%(day)s”是全天，还是也只要后面说的半天？请写成 %(example)s 这样，用分号隔开。")
                % {"day": name, "example": _EXAMPLE}
            )


def _item(text: str) -> Item:
    """Days and half-days of one item; none of those that it does not name."""
    found = _ITEM.fullmatch(text)
    if not found or not text:
        run = _runs(text)
        if run:
            return run
        raise Unreadable(
            _("认不出时段“%(text)s”。请写 %(example)s 这样，或写 均可。")
            % {"text": text[:20], "example": _EXAMPLE}
        )
    halves, note = _halves(found)
    return _days(found), halves, note


def _runs(text: str) -> Item | None:
    """周三周五, without anything between: days that share what follows the last."""
    days: tuple[int, ...] = ()
    while found := re.match(rf"{_PREFIX}([{_DAY}])(?={_PREFIX})", text):
        days += (_number(found[1]),)
        text = text[found.end() :]
    found = _ITEM.fullmatch(text)
    if not days or not found:
        return None
    halves, note = _halves(found)
    if halves:
        return None  # 周三周五下午
    return days + _days(found), halves, note


def _days(found: re.Match[str]) -> tuple[int, ...]:
    if found["named"]:
        return _NAMED[found["named"]]
    if found["from"]:
        first, last = _number(found["from"]), _number(found["to"])
        if first > last:
            raise Unreadable(_("星期的先后反了。请写 周一至周五 这样。"))
        return tuple(range(first, last + 1))
    if found["days"]:
        return tuple(_number(day) for day in found["days"])
    return ()


def _halves(found: re.Match[str]) -> tuple[tuple[int, ...], str]:
    halves = _HALVES[found["half"]] if found["half"] else ()
    if not found["clock"]:
        return halves, ""
    hours = [int(hour) for hour, _minute in _HOUR.findall(found["clock"])]
    if 1 in halves or 2 in halves:
        hours = [hour + 12 if hour < 12 and 0 not in halves else hour for hour in hours]
    if any(hour > 24 for hour in hours):
        raise Unreadable(_("没有这个钟点。请写 上午、下午 或 晚上。"))
    spans = {_half_of(hours[0]), _half_of(max(hours[-1] - 1, hours[0]))}
    if len(spans) > 1 or (halves and spans != set(halves)):
        raise Unreadable(_("这段钟点跨了半天。请写 上午、下午 或 晚上，一行一个半天。"))
    return tuple(spans), _("钟点按半天读")


def _half_of(hour: int) -> int:
    return 0 if hour < 12 else 1 if hour < 18 else 2


def _number(day: str) -> int:
    return (
        "1234567".index(day) if day.isdigit() else "一二三四五六日".index(day.replace("天", "日"))
    )
