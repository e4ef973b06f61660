"""Rows of the needs' table → needs of the engine."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from django.utils.translation import gettext as _

from gongyu.core.spreadsheets import (
    CellFault,
    Read,
    RowReader,
    Table,
    Unreadable,
    Value,
    read_date,
    read_number,
    read_text,
)
from gongyu.engines.matching import Form, Need

from .choices import read_forms, read_severity
from .grades_text import read_grades
from .known_years import KnownDays, split_range
from .places import read_row_place
from .records import MOST_HEADS, PEOPLE, ROAD, Codes, Identities, Spellings, at_most
from .slots_text import read_slots
from .topics_text import read_topics

_CLASS_NAME = re.compile(
    r"(小学|初中|高中)?[初高小]?[一二三四五六七八九\d]{0,2}(年级|年)?\(?[一二三四五六七八九十\d]{0,3}\)?班?"
    r"|(大|中|小)班\(?[一二三四五六七八九十\d]{0,2}\)?班?|全校|全体.{0,4}"
)
MOST_WANTED = 1_000
_UNITS = re.compile(r"[;；、,，\n]+")


@dataclass(slots=True)
class NeedRows:
    """needs: those that could be read. labels: id → (school, group). cells: of topic codes."""

    needs: list[Need] = field(default_factory=list)
    labels: dict[str, tuple[str, str]] = field(default_factory=dict)
    faults: list[CellFault] = field(default_factory=list)
    codes: Codes = field(default_factory=Codes)
    wished: dict[str, tuple[int, str]] = field(default_factory=dict)


def read_needs(table: Table, names: Spellings) -> NeedRows:
    """Every row. What is wrong stands in ``faults``, each at its cell."""
    result = NeedRows()
    known = KnownDays.of(table, ("date_from", "date_to"))
    identities = Identities(_("需求编号"))
    for row in table.rows():
        reader = RowReader(table, row, result.faults)
        if identities.is_repeated(reader):
            continue
        need = _need(reader, known, names, result)
        if need:
            result.needs.append(need)
    return result


def _need(reader: RowReader, known: KnownDays, names: Spellings, result: NeedRows) -> Need | None:
    before = len(result.faults)
    id_ = reader.read("id", names.read)
    school = reader.read_or("school", names.read, "") or ""
    group = reader.read_or("group", names.read, "") or ""
    town = reader.read("town", names.read)
    topics = reader.read("topics", read_topics)
    grades = reader.read("grades", read_grades)
    heads = reader.read("headcount", _heads)
    forms = reader.read("forms", read_forms)
    first, last = _window(reader, known)
    slots = reader.read("slots", read_slots)
    place = read_row_place(reader, needed=forms is None or forms != Form.ONLINE)
    reach = _reach(reader, forms)
    severity = reader.read_or("severity", read_severity, 1)
    wanted = reader.read_or("wanted", _wanted, 1.0)
    nobody: tuple[str, ...] = ()
    wished = reader.read_or("wished", lambda value: _units(value, names), nobody)
    if topics:
        result.codes.meet(reader, topics)
    if len(result.faults) > before or not (
        id_
        and town
        and topics
        and grades
        and heads
        and forms
        and first
        and last
        and slots
        and place
        and severity
        and wanted
        and reach is not None
        and wished is not None
    ):
        return None
    result.labels[id_] = (school, group)
    for unit in wished:
        result.wished.setdefault(unit, (reader.row.number, id_))
    return Need(
        id=id_,
        topics=topics.weights,
        grades=grades,
        headcount=int(heads),
        forms=forms,
        date_from=first,
        date_to=last,
        slots=slots,
        lon=place[0],
        lat=place[1],
        reach_km=reach,
        severity=severity,
        wanted=int(wanted),
        group=_group(school, group),
        town=town,
        wished_units=frozenset(wished),
    )


def _group(school: str, group: str) -> str:
    """The name of a class belongs to its school: 三（1）班 of two schools are two groups."""
    if group and school and _CLASS_NAME.fullmatch(re.sub(r"\s", "", group)):
        return f"{school} {group}"
    return group


def _heads(value: Value) -> Read[float]:
    return read_number(value, least=1, most=MOST_HEADS, whole=True, units=PEOPLE)


def _wanted(value: Value) -> Read[float]:
    units = dict.fromkeys(("场", "次", "场次", "节", "课时"), 1.0)
    return read_number(value, least=1, most=MOST_WANTED, whole=True, units=units)


def _units(value: Value, names: Spellings) -> Read[tuple[str, ...]]:
    text = value if isinstance(value, str) else read_text(value).value
    units = tuple(names.read(name).value for name in _UNITS.split(text) if name.strip())
    return Read(() if units in (("无",), ("不限",), ("没有",)) else units)


def _window(reader: RowReader, known: KnownDays) -> tuple[date | None, date | None]:
    """First and last day; a range in the first cell serves for both where the last is empty."""
    if reader.has("date_from") and not reader.has("date_to"):
        parts = split_range(reader.value("date_from"))
        if parts:
            return _range(reader, parts, known)
    first = reader.read("date_from", lambda value: read_date(value, year_for=known.only))
    last = reader.read("date_to", lambda value: read_date(value, year_for=known.only_after(first)))
    if first and last and last < first:
        reader.fault(
            "date_to", _("早于开始日期 %(day)s。请核对两个日期。") % {"day": first.isoformat()}
        )
        return None, None
    return first, last


def _range(
    reader: RowReader, parts: tuple[str, str], known: KnownDays
) -> tuple[date | None, date | None]:
    try:
        first = read_date(parts[0], year_for=known.only).value
        last = read_date(parts[1], year_for=known.only_after(first)).value
    except Unreadable as wrong:
        reader.fault("date_from", wrong.sentence)
        return None, None
    if last < first:
        reader.fault("date_from", _("后一个日期早于前一个。请核对。"))
        return None, None
    reader.note(_("一格里的起止日期分开读"), "date_from")
    return first, last


def _reach(reader: RowReader, forms: Form | None) -> float | None:
    """Kilometres by road; not asked of a group that does not go out."""

    def reach(value: Value) -> Read[float]:
        return read_number(at_most(value), least=0, most=500, units=ROAD)

    goes_out = forms is None or bool(forms & Form.VISIT)
    if goes_out and "reach" in reader.table.places:
        return reader.read("reach", reach)
    read: Callable[[Value], Read[float]] = reach
    return reader.read_or("reach", read, 0.0)
