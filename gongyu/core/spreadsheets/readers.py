"""Cells to meanings: read where the meaning is certain, with a note how; else Unreadable."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Generic, TypeVar

from django.utils.translation import gettext as _

from .numerals import chinese_number
from .values import Broken, Value, fold, is_empty, shown, tidy

T = TypeVar("T")

EPOCH = date(1899, 12, 30)
"""Day 0 of Excel's serial numbers (with its leap day of 1900 counted in)."""

CHINA_LON, CHINA_LAT = (73.0, 136.0), (3.0, 54.0)
"""Longitudes and latitudes of China; the two ranges have nothing in common."""


@dataclass(frozen=True, slots=True)
class Read(Generic[T]):
    """A meaning, and a note where it was not written plainly."""

    value: T
    note: str = ""


class Unreadable(ValueError):
    """``sentence``: what is wrong with the cell and what to write instead."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def refuse_broken(value: Value) -> None:
    """Formulas without a result cannot be read by anybody."""
    if not isinstance(value, Broken):
        return
    if value.shown.startswith("="):
        raise Unreadable(
            _("这一格是公式，文件里没有存下结果。请用 Excel 或 WPS 打开后保存一次，或直接写结果。")
        )
    raise Unreadable(_("公式出错了（%(error)s）。请直接写结果。") % {"error": value.shown})


_GUARD = re.compile(r"^' ?(?=[=+@-])")


def read_text(value: Value, *, longest: int = 200) -> Read[str]:
    """A name or number: one line, folded, without the apostrophe that guards text."""
    refuse_broken(value)
    text = shown(value) if not isinstance(value, str) else fold(value)
    text = _GUARD.sub("", text)
    if len(text) > longest:
        raise _too_long(text, longest)
    return Read(text)


def read_prose(value: Value, *, longest: int = 200) -> Read[str]:
    """Words for people: as written, marks and all, but on one line; else like ``read_text``."""
    if not isinstance(value, str):
        return read_text(value, longest=longest)
    text = tidy(_GUARD.sub("", tidy(value)))
    if len(text) > longest:
        raise _too_long(text, longest)
    return Read(text)


def _too_long(text: str, longest: int) -> Unreadable:
    return Unreadable(
        _("这一格有 %(count)d 个字，最多 %(most)d 个。") % {"count": len(text), "most": longest}
    )


# Numbers

_THOUSANDS = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?")
_PLAIN = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?", re.I)
_RANGE = re.compile(r"\d+(\.\d+)?\s*(-|~|—|–|至|到)\s*\d+")


def read_number(
    value: Value,
    *,
    least: float,
    most: float,
    whole: bool = False,
    units: Mapping[str, float] | None = None,
) -> Read[float]:
    """A number, with or without its unit. units: name → how many of the wanted unit it is.

    Thousands separators, full-width digits and Chinese numerals are read; ranges, guesses
    (约 30), percentages, dates and anything beyond ``least`` and ``most`` are not.
    """
    refuse_broken(value)
    number, note = _number(value, units or {})
    example = _example(least, most)
    if math.isnan(number) or math.isinf(number):
        raise Unreadable(_("不是数。请写一个数，如 %(example)s。") % {"example": example})
    if whole and abs(number - round(number)) > 1e-9:
        raise Unreadable(_("要整数，如 %(example)s。") % {"example": example})
    if number < least:
        raise Unreadable(_("太小了，至少是 %(least)s。") % {"least": shown(float(least))})
    if number > most:
        raise Unreadable(_("太大了，最多是 %(most)s。") % {"most": shown(float(most))})
    return Read(float(round(number)) if whole else number, note)


def _example(least: float, most: float) -> str:
    return shown(float(min(max(least, 30), most)))


def _number(value: Value, units: Mapping[str, float]) -> tuple[float, str]:
    wanted = next(iter(units), "")
    if isinstance(value, bool):
        raise Unreadable(_("这里要写数，不是“是”或“否”。"))
    if isinstance(value, int | float):
        return float(value), ""
    if isinstance(value, date):
        if (serial := _serial(value)) is not None:
            return float(serial), _("格子设成了日期格式，按数读")
        raise Unreadable(_("这一格成了日期。请把格式改成“常规”，再写一个数。"))
    if isinstance(value, time | timedelta):
        raise Unreadable(_("这一格成了时间。请把格式改成“常规”，再写一个数。"))
    text = fold(str(value)).lower()
    if text in {"nan", "inf", "-inf", "infinity", "none", "null"}:
        raise Unreadable(_("不是数。请写一个数，如 30。"))
    bare, factor, note = _without_unit(text, units)
    if bare.endswith("%"):
        raise Unreadable(_("这里要写数，不是百分比。"))
    if _THOUSANDS.fullmatch(bare):
        return float(bare.replace(",", "")) * factor, note
    if _PLAIN.fullmatch(bare):
        return float(bare) * factor, note
    said = chinese_number(bare)
    if said is not None:
        return said * factor, _("中文数字按数读")
    if _RANGE.search(text):
        raise Unreadable(_("这是一个范围。请写一个数，按最多的写。"))
    if re.search(r"\d.*[(].*\d", text):
        raise Unreadable(_("括号里还有数，看不出一共多少。请只写一个数。"))
    if re.match(r"(约|大约|大概|近|不到|超过|至少|左右|\d+\s*(左右|以上|以内|多|余|\+))", text):
        raise Unreadable(_("要一个确定的数。请写数字，按最多的写。"))
    if wanted and (found := re.search(r"[\d.]+\s*(\D+)$", text)):
        raise Unreadable(
            _("认不出“%(unit)s”。请写以“%(wanted)s”计的数，只写数字。")
            % {"unit": found[1].strip(), "wanted": wanted}
        )
    raise Unreadable(_("不是数。请只写数字，如 30。"))


def _serial(value: date) -> int | None:
    """The number under a day before 1910, which nobody writes about: 1900-01-30 is 30.

    Excel counts a 29 February 1900 that never was; what stands around it cannot be told apart.
    """
    if isinstance(value, datetime):
        if value.time() > time():
            return None
        value = value.date()
    if value.year >= 1910 or value == date(1900, 2, 28):
        return None
    return (value - EPOCH).days - (1 if value < date(1900, 2, 28) else 0)


def _without_unit(text: str, units: Mapping[str, float]) -> tuple[str, float, str]:
    for unit in sorted(units, key=len, reverse=True):
        if text.endswith(unit) and len(text) > len(unit):
            factor = units[unit]
            note = _("带单位的数按数读") if factor == 1.0 else _("换算成了要的单位")
            return text[: -len(unit)].strip(), factor, note
    return text, 1.0, ""


# Days

YearFor = Callable[[int, int], date | None]
"""Month and day → the only day that they can mean, None where several can."""

_YEAR_FIRST = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*[日号]?")
_COMPACT = re.compile(r"((?:19|20)\d{2})(\d{2})(\d{2})")
_YEAR_LAST = re.compile(r"(\d{1,2})\s*[-/.]\s*(\d{1,2})\s*[-/.]\s*(\d{4})")
_NO_YEAR = re.compile(r"(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*[日号]?")
_WRITTEN_OUT = re.compile(
    r"([〇零一二三四五六七八九]{4})年([一二三四五六七八九十]{1,3})月([一二三四五六七八九十]{1,3})[日号]?"
)
_CLOCK = re.compile(r"[t\s]\s*\d{1,2}:\d{2}(:\d{2})?(\.\d+)?z?$", re.I)
_WEEKDAY = re.compile(r"\s*\(?\s*(?:周|星期|礼拜)([一二三四五六日天])\s*\)?$")


def read_date(value: Value, *, year_for: YearFor | None = None) -> Read[date]:
    """A day: a date cell, a serial number, or text with the year first (or a day above 12).

    12月1日 without a year is read by ``year_for``, where it knows the only year that fits.
    """
    refuse_broken(value)
    if isinstance(value, datetime):
        return Read(_sane(value.date()))
    if isinstance(value, date):
        return Read(_sane(value))
    if isinstance(value, bool | time | timedelta):
        raise Unreadable(_("不是日期。请写成 2026-12-01 这样。"))
    if isinstance(value, float) and re.fullmatch(r"\d{1,2}\.[123]", shown(value)):
        # Whoever typed 12.10 into a cell of numbers sees 12.1 too.
        raise Unreadable(
            _("是 %(said)s，还是 %(said)s0？请写成 2026-12-01 这样。") % {"said": shown(value)}
        )
    text = fold(shown(value) if isinstance(value, int | float) else str(value))
    if found := _COMPACT.fullmatch(text):
        return Read(_day(*map(int, found.groups())), _("日期按 年月日 读"))
    if re.fullmatch(r"\d{5}(\.\d+)?", text):
        day = EPOCH + timedelta(days=int(float(text)))
        return Read(_sane(day), _("Excel 的日期序号按日期读"))
    return _date_in(text, year_for)


def _date_in(text: str, year_for: YearFor | None) -> Read[date]:
    weekday = _WEEKDAY.search(text)
    bare = _CLOCK.sub("", text[: weekday.start()] if weekday else text).strip().replace("。", ".")
    if found := _WRITTEN_OUT.fullmatch(bare):
        written = [chinese_number(part) or 0 for part in found.groups()]
        read = Read(_day(*written), _("中文数字按数读"))
    elif found := _YEAR_FIRST.fullmatch(bare):
        read = Read(_day(*map(int, found.groups())))
    elif found := _YEAR_LAST.fullmatch(bare):
        read = _year_last(*map(int, found.groups()))
    elif found := _NO_YEAR.fullmatch(bare):
        month, day_of_month = map(int, found.groups())
        _day(2024, month, day_of_month)  # a leap year: the day must exist in some year
        day = year_for(month, day_of_month) if year_for else None
        if day is None:
            raise Unreadable(_("没写年份，看不出是哪一年。请写成 2026-12-01 这样。"))
        read = Read(day, _("没写年份的日期，按表里日期的范围补了年份"))
    else:
        raise Unreadable(_("不是日期。请写成 2026-12-01 这样。"))
    if weekday and read.value.weekday() != "一二三四五六日".index(weekday[1].replace("天", "日")):
        raise Unreadable(
            _("%(day)s不是周%(said)s。请核对日期。")
            % {"day": read.value.isoformat(), "said": weekday[1]}
        )
    return read


def _year_last(first: int, second: int, year: int) -> Read[date]:
    if first > 12 or first == second:
        day = _day(year, second, first)
    elif second > 12:
        day = _day(year, first, second)
    else:
        raise Unreadable(
            _("是 %(one)d 月 %(two)d 日，还是 %(two)d 月 %(one)d 日？请写成 2026-12-01 这样。")
            % {"one": first, "two": second}
        )
    return Read(day, _("年份写在后面的日期，只有一种读法"))


def _day(year: int, month: int, day: int) -> date:
    try:
        return _sane(date(year, month, day))
    except ValueError as error:
        if isinstance(error, Unreadable):
            raise
        raise Unreadable(_("没有这一天。请核对，写成 2026-12-01 这样。")) from None


def _sane(day: date) -> date:
    if not 2000 <= day.year <= 2100:
        raise Unreadable(_("年份是 %(year)d，不对。请写成 2026-12-01 这样。") % {"year": day.year})
    return day


# Places

_SEXAGESIMAL = re.compile(
    r"(\d{1,3})\s*[°度]\s*(\d{1,2}(?:\.\d+)?)\s*['′分]\s*"
    r"(?:(\d{1,2}(?:\.\d+)?)\s*(?:\"|″|''|′′|秒)?)?"
)
_SIDES = re.compile(r"(东经|北纬|经度|纬度|[ENen]|:)")


class Misplaced(Unreadable):
    """Unreadable; ``of`` says whether the longitude (lon) or the latitude (lat) is at fault."""

    def __init__(self, of: str, sentence: str) -> None:
        super().__init__(sentence)
        self.of = of


def read_place(lon: Value, lat: Value) -> Read[tuple[float, float]]:
    """Longitude and latitude in degrees, in China; put right where they were swapped.

    Degrees with minutes and seconds are read, and both numbers in one cell with the other empty.
    """
    if is_empty(lat) or is_empty(lon):
        lon, lat = _both(lon if is_empty(lat) else lat) or (lon, lat)
    x, y = _degrees("lon", lon), _degrees("lat", lat)
    if _within(x, CHINA_LAT) and _within(y, CHINA_LON):
        return Read((y, x), _("经度和纬度写反了，换过来读"))
    if not _within(x, CHINA_LON):
        raise Misplaced("lon", _("经度应在 73 到 136 之间，大兴一带是 116.3 左右。"))
    if not _within(y, CHINA_LAT):
        raise Misplaced("lat", _("纬度应在 3 到 54 之间，大兴一带是 39.7 左右。"))
    return Read((x, y))


def _within(value: float, bounds: tuple[float, float]) -> bool:
    return bounds[0] <= value <= bounds[1]


def _both(value: Value) -> tuple[Value, Value] | None:
    parts = re.split(r"\s*[,;、 ]\s*", fold(shown(value)))
    return (parts[0], parts[1]) if len(parts) == 2 else None


def _degrees(of: str, value: Value) -> float:
    example = "116.341" if of == "lon" else "39.729"
    if is_empty(value):
        raise Misplaced(of, _("这一格要填，如 %(example)s。") % {"example": example})
    try:
        refuse_broken(value)
    except Unreadable as wrong:
        raise Misplaced(of, wrong.sentence) from None
    if isinstance(value, int | float) and not isinstance(value, bool):
        number = float(value)
    else:
        text = _SIDES.sub("", fold(str(value))).strip()
        if found := _SEXAGESIMAL.fullmatch(text):
            degrees, minutes, seconds = (float(part or 0) for part in found.groups())
            number = degrees + minutes / 60 + seconds / 3600
        else:
            try:
                number = float(text.rstrip("°度 "))
            except ValueError:
                number = math.nan
    if not math.isfinite(number):
        raise Misplaced(of, _("不是坐标。请写以度计的数，如 %(example)s。") % {"example": example})
    return number
