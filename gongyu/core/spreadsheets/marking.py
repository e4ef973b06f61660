"""A copy of a workbook in which every faulty cell is marked."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Sequence
from pathlib import Path
from zipfile import BadZipFile

from django.utils.translation import gettext as _
from openpyxl import Workbook as OpenWorkbook  # type: ignore[import-untyped]  # no types
from openpyxl import load_workbook
from openpyxl.cell.cell import MergedCell  # type: ignore[import-untyped]  # same
from openpyxl.comments import Comment  # type: ignore[import-untyped]  # same
from openpyxl.styles import PatternFill  # type: ignore[import-untyped]  # same
from openpyxl.worksheet.worksheet import Worksheet  # type: ignore[import-untyped]  # same

from .faults import CellFault
from .grid import Workbook
from .values import Broken, Value
from .writing import Sheet, cell_value, fill_sheet

MOST_STYLED_CELLS = 400_000
"""Cells up to which the copy keeps everything of the original; beyond, it holds the values."""

_FILL = "FFFFC7CE"
_LIST = "问题清单"


def mark_faults(workbook: Workbook, faults: Sequence[CellFault]) -> Path:
    """A copy beside the file, ``<name>.faults.xlsx``: faulty cells filled and with a comment.

    An added sheet lists all faults. A file that is there already is left alone and the copy
    takes the next free number. Raises OSError where the folder cannot be written to.
    """
    book = _as_it_was(workbook) or _values_only(workbook)
    _mark(book, faults)
    _add_list(book, faults)
    return _save(book, workbook.path)


def _as_it_was(workbook: Workbook) -> OpenWorkbook | None:
    """The original with its looks and formulas, where it can be opened so and is not too large."""
    cells = sum(len(row) for grid in workbook.grids for row in grid.rows)
    if workbook.kind != "xlsx" or cells > MOST_STYLED_CELLS:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about features that openpyxl leaves out
            return load_workbook(workbook.path)
    except (BadZipFile, ValueError, TypeError, KeyError, OSError, AttributeError):
        return None  # .xls, or written by a program that openpyxl does not understand


def _values_only(workbook: Workbook) -> OpenWorkbook:
    book = OpenWorkbook()
    book.remove(book.worksheets[0])
    for grid in workbook.grids:
        sheet = book.create_sheet(_sheet_name(grid.name))
        for number, row in enumerate(grid.rows, start=1):
            for column, value in enumerate(row, start=1):
                if value is not None:
                    cell = sheet.cell(number, column)
                    cell.value = cell_value(_plain(value))
                    if isinstance(value, str):
                        cell.data_type = "s"
    return book


def _plain(value: Value) -> Value:
    return value.shown if isinstance(value, Broken) else value


def _sheet_name(name: str) -> str:
    kept = "".join(char for char in name if char not in r"[]:*?/\\")
    return kept[:31] or "Sheet"


def _mark(book: OpenWorkbook, faults: Iterable[CellFault]) -> None:
    fill = PatternFill("solid", fgColor=_FILL)
    said: dict[tuple[str, int, int], list[str]] = {}
    for fault in faults:
        said.setdefault((_existing(book, fault.sheet), fault.row, fault.column), []).append(
            fault.sentence
        )
    for (name, row, column), sentences in said.items():
        sheet: Worksheet = book[name]
        cell = sheet.cell(row + 1, column + 1)
        if isinstance(cell, MergedCell):
            cell = sheet.cell(*_corner(sheet, row + 1, column + 1))
        cell.fill = fill
        text = "\n".join(sentences)
        if cell.comment:
            text = f"{text}\n\n{cell.comment.text}"
        comment = Comment(text[:2000], "gongyu")
        comment.width, comment.height = 320, 40 + 22 * (len(text) // 20 + len(sentences))
        cell.comment = comment


def _existing(book: OpenWorkbook, name: str) -> str:
    return name if name in book.sheetnames else _sheet_name(name)


def _corner(sheet: Worksheet, row: int, column: int) -> tuple[int, int]:
    for merged in sheet.merged_cells.ranges:
        if merged.min_row <= row <= merged.max_row and merged.min_col <= column <= merged.max_col:
            return merged.min_row, merged.min_col
    return row, column


def _add_list(book: OpenWorkbook, faults: Sequence[CellFault]) -> None:
    name = _LIST
    while name in book.sheetnames:
        name += "*" if len(name) > 25 else "2"
    rows = [[f.sheet, f.address, f.shown, f.sentence] for f in faults]
    sheet = Sheet(name, (_("工作表"), _("单元格"), _("写的是"), _("哪里不对，怎样写")), rows)
    fill_sheet(book.create_sheet(name), sheet)
    for number, fault in enumerate(faults, start=2):
        cell = book[name].cell(number, 2)
        target = _existing(book, fault.sheet).replace("'", "''")
        cell.hyperlink = f"#'{target}'!{fault.address}"
        cell.style = "Hyperlink"


def _save(book: OpenWorkbook, beside: Path) -> Path:
    """Under a name that nothing bears yet."""
    number = 1
    while True:
        mark = "faults" if number == 1 else f"faults-{number}"
        path = beside.with_name(f"{beside.stem}.{mark}.xlsx")
        try:
            file = path.open("xb")
        except FileExistsError:
            number += 1
            continue
        try:
            with file:
                book.save(file)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        return path
