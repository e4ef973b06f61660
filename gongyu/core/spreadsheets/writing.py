"""Writing workbooks that open well: widths, a frozen header, dates as dates, no hidden formulas."""

from __future__ import annotations

import os
import re
import tempfile
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain, islice, zip_longest
from pathlib import Path

from openpyxl import Workbook  # type: ignore[import-untyped]  # it comes without types
from openpyxl.cell import Cell, WriteOnlyCell  # type: ignore[import-untyped]  # same
from openpyxl.styles import Alignment, Font, PatternFill  # type: ignore[import-untyped]  # same
from openpyxl.utils import get_column_letter  # type: ignore[import-untyped]  # same
from openpyxl.worksheet.worksheet import Worksheet  # type: ignore[import-untyped]  # same

from .values import Broken, Value

LONGEST_CELL = 32_767
MOST_ROWS = 1_048_576

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|[\ud800-\udfff]")
_NARROWEST, _WIDEST = 8, 60
_MEASURED = 200


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet to write: its header and its rows. formats: column → number format of Excel."""

    name: str
    headers: Sequence[str]
    rows: Iterable[Sequence[Value]]
    formats: Sequence[str] = ()


def neutral(text: str) -> str:
    """The text so that no program takes it for a formula, whatever it is saved as later.

    OWASP, 'CSV Injection': an apostrophe before = + - @, tab and carriage return. The readers of
    this package take it off again.

    >>> neutral("=HYPERLINK()"), neutral("三年级")
    ("'=HYPERLINK()", '三年级')
    """
    return f"'{text}" if text.startswith(_FORMULA) else text


def cell_value(value: Value) -> Value:
    """What is written: a text neutralised, cut to what a cell may hold, without control marks."""
    if isinstance(value, Broken):
        value = value.shown
    if isinstance(value, str):
        return neutral(_FORBIDDEN.sub("", value))[:LONGEST_CELL]
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        return str(value)
    return value


def fill_sheet(worksheet: Worksheet, sheet: Sheet) -> None:
    """Header, rows, widths, frozen header and filter; also of a workbook that is only written."""
    rows = iter(sheet.rows)
    first = list(islice(rows, _MEASURED))
    letters = [get_column_letter(column) for column in range(1, len(sheet.headers) + 1)]
    for column, letter in enumerate(letters):
        texts = [sheet.headers[column], *(_said(row[column]) for row in first)]
        width = max(map(_columns, texts)) + 2
        worksheet.column_dimensions[letter].width = min(max(width, _NARROWEST), _WIDEST)
    worksheet.freeze_panes = "A2"
    worksheet.append([_header_cell(worksheet, header) for header in sheet.headers])
    count = 1
    for row in chain(first, rows):
        count += 1
        worksheet.append(
            [
                _cell(worksheet, value, form)
                for value, form in zip_longest(row, sheet.formats[: len(row)], fillvalue="")
            ]
        )
    if count > 1:
        worksheet.auto_filter.ref = f"A1:{letters[-1]}{count}"


def _header_cell(worksheet: Worksheet, text: str) -> Cell:
    cell = WriteOnlyCell(worksheet, cell_value(text))
    cell.font = Font(bold=True)
    cell.fill = PatternFill("solid", fgColor="FFE7F0E9")
    cell.alignment = Alignment(vertical="center")
    return cell


def _cell(worksheet: Worksheet, value: Value, form: str) -> Cell | Value:
    if isinstance(value, date):
        form = "yyyy-mm-dd hh:mm" if isinstance(value, datetime) else "yyyy-mm-dd"
    if not form or value is None:
        return cell_value(value)
    cell = WriteOnlyCell(worksheet, cell_value(value))
    cell.number_format = form
    return cell


def _said(value: Value) -> str:
    if isinstance(value, float):
        return f"{value:.2f}"
    return "" if value is None else str(value)


def _columns(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def write_workbook(path: Path, sheets: Iterable[Sheet]) -> None:
    """Write the file whole or not at all. Raises OSError where it cannot be written."""
    # First of all, so that a folder that cannot be written to leaves no sheet half written.
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.stem}.", suffix=".xlsx")
    try:
        with os.fdopen(handle, "wb") as file:
            book = Workbook(write_only=True)
            for sheet in sheets:
                fill_sheet(book.create_sheet(sheet.name), sheet)
            book.save(file)
        os.chmod(name, 0o666 & ~_umask())
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
