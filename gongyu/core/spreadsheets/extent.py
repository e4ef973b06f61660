"""How far a workbook's sheets reach, told before anything is reserved for them."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator

from .grid import address

# A cell that holds something; one that is only formatted closes itself.
_FILLED = re.compile(rb'<(?:\w+:)?c\b[^>]*?\br="([A-Z]{1,3})(\d{1,7})"(?:[^>/]|/(?!>))*>')
_ODS_ROW = re.compile(rb"<table:table-row\b([^>]*)>(.*?)</table:table-row>", re.S)
_ODS_CELL = re.compile(rb"<table:(?:covered-)?table-cell\b([^>]*)>")
_ODS_ROWS = re.compile(rb'number-rows-repeated="(\d+)"')
_ODS_COLUMNS = re.compile(rb'number-columns-repeated="(\d+)"')


def far_cell(archive: zipfile.ZipFile, most: int) -> str:
    """The last cell of a sheet whose filled rectangle has more than ``most`` cells; else empty."""
    for name in archive.namelist():
        if re.fullmatch(r"xl/worksheets/[^/]+\.xml", name):
            filled = _of_xlsx(archive.read(name))
        elif name == "content.xml":
            filled = _of_ods(archive.read(name))
        else:
            continue
        rows, columns = filled
        if rows * columns > most:
            return address(rows - 1, columns - 1)
    return ""


def _of_xlsx(xml: bytes) -> tuple[int, int]:
    letters: set[bytes] = set()
    last = 0
    for column, row in _FILLED.findall(xml):
        letters.add(column)
        last = max(last, int(row))
    return last, max(map(column_number, letters), default=-1) + 1


def _of_ods(xml: bytes) -> tuple[int, int]:
    """Of all sheets together, which is never less than of one."""
    rows = last = columns = 0
    for attributes, cells in _ODS_ROW.findall(xml):
        times = _ODS_ROWS.search(attributes)
        rows += int(times[1]) if times else 1
        width = max(_filled_ends(cells), default=0)
        if width:
            last, columns = rows, max(columns, width)
    return last, columns


def _filled_ends(cells: bytes) -> Iterator[int]:
    end = 0
    for attributes in _ODS_CELL.findall(cells):
        times = _ODS_COLUMNS.search(attributes)
        end += int(times[1]) if times else 1
        if b"value-type" in attributes:
            yield end


def column_number(letters: bytes) -> int:
    """The column that letters name, from 0."""
    column = 0
    for letter in letters:
        column = column * 26 + letter - ord("A") + 1
    return column - 1
