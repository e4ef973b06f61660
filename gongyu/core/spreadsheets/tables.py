"""Finding the table: which sheet, which row is its header, which column is which."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from .faults import CellFault, Fault, Notes
from .grid import Grid, Workbook, address
from .values import Broken, Value, fold, is_empty, shown

HEADER_WITHIN = 50
"""Rows from the first filled one in which a header is looked for: titles may stand above it."""

_ASIDE = re.compile(r"[(\[【<].*?[)\]】>]|[\s*:_\-./\\\"'、]|必填|选填")
_REMARK = re.compile(
    r"(合计|总计|小计|共计|总数|累计|注意|备注|说明|附注|填表|制表|填报|审核|联系|电话|日期|盖章|"
    r"负责人|total|sum|note)|注\s*[:1-9]|[※*#]",
    re.I,
)
_EXAMPLE = re.compile(r"(示例|样例|例如|举例|范例)|例\s*[:)]|\(例\)")


@dataclass(frozen=True, slots=True)
class Column:
    """name: as the format calls it. synonyms: other headers that mean it, the likeliest first.

    required: the table cannot do without. counted: a number that belongs to its row alone, so
    that merging several rows leaves it open what each one has.
    """

    key: str
    name: str
    synonyms: tuple[str, ...] = ()
    required: bool = True
    counted: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """number: of the sheet, from 0. values: by the key of the column."""

    number: int
    values: Mapping[str, Value]


@dataclass(slots=True)
class Table:
    """The table that was found. header: its row, from 0. places: key → column, from 0."""

    grid: Grid
    columns: Sequence[Column]
    header: int
    places: dict[str, int]
    notes: Notes = field(default_factory=Notes)
    names: dict[str, frozenset[str]] = field(init=False, repr=False)
    counted: frozenset[str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self.names = {column.key: frozenset(_names(column)) for column in self.columns}
        self.counted = frozenset(column.key for column in self.columns if column.counted)

    def rows(self) -> Iterator[Row]:
        """The rows that hold something: without blank ones, totals, remarks, repeated headers."""
        grid, least = self.grid, min(2, len(self.places))
        hidden: list[int] = []
        for number in range(self.header + 1, len(grid.rows)):
            cells = grid.rows[number]
            if not any(not is_empty(cell) for cell in cells):
                continue
            values = {key: grid.value(number, place) for key, place in self.places.items()}
            why = self._is_no_record(number, values, least)
            if why:
                first = next(cell for cell in cells if not is_empty(cell))
                self.notes.add(why, _("第 %(row)d 行") % {"row": number + 1}, shown(first))
                continue
            if number in grid.hidden_rows:
                hidden.append(number + 1)
            yield Row(number, values)
        for number in hidden:
            self.notes.add(_("隐藏的行也读了"), _("第 %(row)d 行") % {"row": number})

    def _repeats_header(self, values: Mapping[str, Value]) -> bool:
        first = next((v for v in values.values() if isinstance(v, str)), None)
        if first is None or all(plain(first) not in names for names in self.names.values()):
            return False
        hits = sum(isinstance(v, str) and plain(v) in self.names[k] for k, v in values.items())
        return hits >= max(2, len(values) // 2)

    def _is_no_record(self, number: int, values: Mapping[str, Value], least: int) -> str:
        cells = self.grid.rows[number]
        if self._repeats_header(values):
            return _("重复的表头跳过了")
        filled = [cell for cell in cells if not is_empty(cell)]
        first = filled[0]
        own = sum(
            not is_empty(cells[place]) for place in self.places.values() if place < len(cells)
        )
        if isinstance(first, str):
            text = fold(first)
            if _REMARK.match(text) and own <= max(least, len(self.places) // 2):
                return _("合计、备注一类的行跳过了")
            if _EXAMPLE.match(text):
                return _("示例行跳过了")
            if len(filled) == 1 and (len(text) > 12 or own == 0):
                return _("合计、备注一类的行跳过了")
        if own and self._is_bare_total(number, values):
            return _("合计、备注一类的行跳过了")
        return _("没有内容的行跳过了") if own == 0 else ""

    def _is_bare_total(self, number: int, values: Mapping[str, Value]) -> bool:
        """Nothing but numbers that rows have of their own, one of them the sum of those above."""
        said = {key for key, value in values.items() if not is_empty(value)}
        if not said <= self.counted:
            return False
        return any(_sums_up(self.grid, self.header, number, self.places[key]) for key in said)


def plain(header: str) -> str:
    """A header without what does not matter: units in brackets, stars, spaces, case.

    >>> plain(" 人 数（人）* ")
    '人数'
    """
    return _ASIDE.sub("", fold(header)).lower()


def _names(column: Column) -> tuple[str, ...]:
    return tuple(plain(name) for name in (column.name, *column.synonyms))


@dataclass(slots=True)
class _Match:
    grid: Grid
    header: int
    places: dict[str, int]
    doubled: list[tuple[Column, int, int]]
    passed_over: list[tuple[Column, int, int]]

    def missing(self, columns: Sequence[Column]) -> list[Column]:
        return [c for c in columns if c.required and c.key not in self.places]

    @property
    def has_rows(self) -> bool:
        return any(
            any(not is_empty(cell) for cell in row) for row in self.grid.rows[self.header + 1 :]
        )


def find_table(
    workbook: Workbook, columns: Sequence[Column], notes: Notes
) -> tuple[Table | None, list[CellFault | Fault]]:
    """The one table of the workbook that the columns fit, or what is wrong with it.

    A sheet fits when its header names at least half of the required columns. Of several the one
    that names all of them is taken; two that do are a fault.
    """
    fits = [match for grid in workbook.grids if (match := _header(grid, columns))]
    required = [column for column in columns if column.required]
    fits = [m for m in fits if len(m.places) >= 3 or len(m.places) == len(columns)]
    fits = [m for m in fits if 2 * len(m.missing(columns)) <= len(required)]
    for narrower in (
        [m for m in fits if m.grid.visible],
        [m for m in fits if m.has_rows],
    ):
        fits = [m for m in fits if any(m is n for n in narrower)] or fits
    whole = [m for m in fits if not m.missing(columns)]
    if len(whole) > 1:
        names = "”“".join(m.grid.name for m in whole)
        return None, [
            Fault(_("“%(names)s”这几张工作表都像。请只留一张，别的删掉或另存。") % {"names": names})
        ]
    fits = whole or fits
    if not fits:
        return None, [_no_table(workbook, columns)]
    match = min(fits, key=lambda m: len(m.missing(columns)))
    if not match.grid.visible:
        notes.add(_("读的是隐藏的工作表"), match.grid.name)
    elif len(workbook.grids) > 1:
        others = [grid for grid in workbook.grids if grid is not match.grid]
        if any(len(grid.rows) > 2 and grid.width > 2 for grid in others):  # more than a remark
            notes.add(_("别的工作表没有读，只读了这张"), match.grid.name)
    table = Table(match.grid, columns, match.header, match.places, notes)
    return table, _faults_of(match, columns, notes)


def _no_table(workbook: Workbook, columns: Sequence[Column]) -> CellFault | Fault:
    names = "、".join(column.name for column in columns if column.required)
    filled = [grid for grid in workbook.grids if grid.rows]
    if not filled:
        return Fault(_("表格是空的。第一行写上这些栏名：%(names)s。") % {"names": names})
    grid = filled[0]
    return CellFault(
        grid.name,
        0,
        0,
        shown(grid.value(0, 0)),
        _("找不到表头。请有一行写着这些栏名：%(names)s。") % {"names": names},
    )


def _header(grid: Grid, columns: Sequence[Column]) -> _Match | None:
    """The row that names most columns, among the first filled ones."""
    best: _Match | None = None
    seen = 0
    for number, row in enumerate(grid.rows):
        if not any(not is_empty(cell) for cell in row):
            continue
        seen += 1
        if seen > HEADER_WITHIN:
            break
        match = _matched(grid, number, columns)
        if match.places and (best is None or len(match.places) > len(best.places)):
            best = match
    return best


def _matched(grid: Grid, number: int, columns: Sequence[Column]) -> _Match:
    found: dict[str, list[int]] = {}
    for place in range(len(grid.rows[number])):
        value = grid.value(number, place)
        if isinstance(value, str) and (name := plain(value)):
            found.setdefault(name, []).append(place)
    # A column merged over two header rows shows its name in both.
    for place in range(grid.width):
        if grid.is_below_merge(number, place):
            value = grid.value(number, place)
            if isinstance(value, str) and place not in found.get(plain(value), []):
                found.setdefault(plain(value), []).append(place)
    match = _Match(grid, number, {}, [], [])
    own = {plain(column.name) for column in columns}
    for column in columns:
        named = [
            (name, place)
            for rank, name in enumerate(_names(column))
            for place in found.get(name, [])
            if rank == 0 or name not in own  # another column's own name is that column's
        ]
        if not named:
            continue
        first, place = named[0]
        match.places[column.key] = place
        for name, other in named[1:]:
            (match.doubled if name == first else match.passed_over).append((column, place, other))
    return match


def _faults_of(match: _Match, columns: Sequence[Column], notes: Notes) -> list[CellFault | Fault]:
    grid, header = match.grid, match.header
    faults: list[CellFault | Fault] = []
    free = max(len(grid.rows[header]), grid.width)
    for offset, column in enumerate(match.missing(columns)):
        also = "、".join(column.synonyms[:5])
        known = _("（也认：%(names)s）") % {"names": also} if also else ""
        faults.append(
            CellFault(
                grid.name,
                header,
                free + offset,
                "",
                _("缺少“%(name)s”这一栏%(known)s。请在表头补上，每行填好。")
                % {"name": column.name, "known": known},
            )
        )
    for column, place, other in match.doubled:
        if _same(grid, header, place, other):
            notes.add(_("两栏同名，内容也一样，读了前一栏"), address(header, other), column.name)
            continue
        faults.append(
            CellFault(
                grid.name,
                header,
                other,
                shown(grid.value(header, other)),
                _("“%(name)s”有两栏（%(one)s 和 %(two)s），内容不一样。请只留一栏。")
                % {
                    "name": column.name,
                    "one": address(header, place),
                    "two": address(header, other),
                },
            )
        )
    used = set(match.places.values())
    for column, place, other in match.passed_over:
        if other not in used:
            notes.add(
                _("“%(name)s”有几栏像，读了“%(chosen)s”")
                % {"name": column.name, "chosen": shown(grid.value(header, place))},
                address(header, other),
                shown(grid.value(header, other)),
            )
    return faults


def _sums_up(grid: Grid, header: int, number: int, place: int) -> bool:
    total = grid.value(number, place)
    above = [grid.value(row, place) for row in range(header + 1, number)]
    if not isinstance(total, int | float) or isinstance(total, bool) or not above:
        return False
    numbers = [cell for cell in above if isinstance(cell, int | float)]
    return len(numbers) > 1 and sum(numbers) == total


def _same(grid: Grid, header: int, one: int, two: int) -> bool:
    return all(
        _text(grid.value(row, one)) == _text(grid.value(row, two))
        for row in range(header + 1, len(grid.rows))
    )


def _text(value: Value) -> str:
    return value.shown if isinstance(value, Broken) else fold(shown(value))
