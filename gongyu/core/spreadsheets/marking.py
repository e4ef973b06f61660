"""A copy of a workbook in which every faulty cell is marked."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import BinaryIO
from zipfile import BadZipFile

from django.utils.translation import gettext as _
from openpyxl import Workbook as OpenWorkbook  # type: ignore[import-untyped]  # no types
from openpyxl import load_workbook
from openpyxl.cell import Cell, MergedCell, WriteOnlyCell  # type: ignore[import-untyped]  # same
from openpyxl.comments import Comment  # type: ignore[import-untyped]  # same
from openpyxl.styles import PatternFill  # type: ignore[import-untyped]  # same
from openpyxl.worksheet.worksheet import Worksheet  # type: ignore[import-untyped]  # same

from .faults import CellFault
from .grid import Workbook
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
    path, file = _free(workbook.path)
    try:
        with file:
            book = _as_it_was(workbook)
            if book is not None:
                _mark(book, faults)
            else:
                book = _values_only(workbook, faults)
            _add_list(book, faults)
            book.save(file)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return path


def _as_it_was(workbook: Workbook) -> OpenWorkbook | None:
    """The original with its looks and formulas, where it can be opened so and is not too large."""
    cells = sum(len(row) for grid in workbook.grids for row in grid.rows)
    if workbook.kind != "xlsx" or cells > MOST_STYLED_CELLS:
        return None
    try:
        with workbook.path.open("rb") as file, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about features that openpyxl leaves out
            return load_workbook(file)  # by its content, whatever its name
    except (BadZipFile, ValueError, TypeError, KeyError, OSError, AttributeError):
        return None  # .xls, or written by a program that openpyxl does not understand


def _values_only(workbook: Workbook, faults: Iterable[CellFault]) -> OpenWorkbook:
    """The values alone, written row by row: a large table is never whole in memory."""
    book = OpenWorkbook(write_only=True)
    for grid in workbook.grids:
        sheet = book.create_sheet(_sheet_name(grid.name))
        said = _by_cell(fault for fault in faults if fault.sheet == grid.name)
        width = {row: 0 for row, _column in said}
        for row, column in said:
            width[row] = max(width[row], column + 1)
        for number in range(max(len(grid.rows), *(row + 1 for row in width), 0)):
            values = grid.rows[number] if number < len(grid.rows) else []
            cells = [cell_value(value) for value in values]
            if number in width:
                cells += [None] * (width[number] - len(cells))
                cells = [
                    _marked(WriteOnlyCell(sheet, value), said[number, column])
                    if (number, column) in said
                    else value
                    for column, value in enumerate(cells)
                ]
            sheet.append(cells)
    return book


def _sheet_name(name: str) -> str:
    kept = "".join(char for char in name if char not in r"[]:*?/\\")
    return kept[:31] or "Sheet"


def _by_cell(faults: Iterable[CellFault]) -> dict[tuple[int, int], list[str]]:
    said: dict[tuple[int, int], list[str]] = {}
    for fault in faults:
        said.setdefault((fault.row, fault.column), []).append(fault.sentence)
    return said


def _mark(book: OpenWorkbook, faults: Sequence[CellFault]) -> None:
    for name in {fault.sheet for fault in faults}:
        sheet: Worksheet = book[name]
        for (row, column), said in _by_cell(f for f in faults if f.sheet == name).items():
            cell = sheet.cell(row + 1, column + 1)
            if isinstance(cell, MergedCell):
                cell = sheet.cell(*_corner(sheet, row + 1, column + 1))
            _marked(cell, said)


def _marked(cell: Cell, sentences: Sequence[str]) -> Cell:
    """The cell filled, with the sentences as its comment before what stood there."""
    cell.fill = PatternFill("solid", fgColor=_FILL)
    text = "\n".join(sentences)
    if cell.comment:
        text = f"{text}\n\n{cell.comment.text}"
    comment = Comment(text[:2000], "gongyu")
    comment.width, comment.height = 320, 40 + 22 * (len(text) // 20 + len(sentences))
    cell.comment = comment
    return cell


def _corner(sheet: Worksheet, row: int, column: int) -> tuple[int, int]:
    for merged in sheet.merged_cells.ranges:
        if merged.min_row <= row <= merged.max_row and merged.min_col <= column <= merged.max_col:
            return merged.min_row, merged.min_col
    return row, column


def _add_list(book: OpenWorkbook, faults: Sequence[CellFault]) -> None:
    """All faults on a sheet of their own."""
    name = _LIST
    while name in book.sheetnames:
        name += "2"
    rows = [(f.sheet, f.address, f.shown, f.sentence) for f in faults]
    header = (_("工作表"), _("单元格"), _("写的是"), _("哪里不对，怎样写"))
    fill_sheet(book.create_sheet(name), Sheet(name, header, rows))


def _free(beside: Path) -> tuple[Path, BinaryIO]:
    """A new file under a name that nothing bears yet, before anything is made for it."""
    number = 1
    while True:
        mark = "faults" if number == 1 else f"faults-{number}"
        path = beside.with_name(f"{beside.stem}.{mark}.xlsx")
        try:
            return path, path.open("xb")
        except FileExistsError:
            number += 1
