"""From a file to grids: .xlsx, .xls and text, told apart by what is in them and not by the name."""

from __future__ import annotations

import html
import re
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from xml.etree import ElementTree

from django.utils.translation import gettext as _
from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
    load_workbook,
)

from .extent import column_number, far_cell
from .faults import UnreadableFile
from .grid import Grid, Merge, Workbook
from .text_files import read_text_file
from .values import Broken, Value

MOST_BYTES = 200_000_000
MOST_UNPACKED = 2_000_000_000
MOST_CELLS = 20_000_000

_ROW = re.compile(rb"<(?:\w+:)?row\b([^>]*)>")
_NUMBER = re.compile(rb'\br="(\d+)"')
_HIDDEN = re.compile(rb'\bhidden="(?:1|true)"')
_ERROR = re.compile(
    rb'<(?:\w+:)?c\b(?=[^>]*\bt="e")[^>]*\br="([A-Z]+)(\d+)"[^>]*>'
    rb".{0,9000}?<(?:\w+:)?v>([^<]*)<",
    re.S,
)
# An empty result of type "str" is a result: =IF(A1="","",A1).
_FORMULA = re.compile(
    rb'<(?:\w+:)?c\b(?![^>]*\bt="str")[^>]*?\br="([A-Z]+)(\d+)"[^>]*>'
    rb"\s*<(?:\w+:)?f\b([^>]*/>|[^>]*>([^<]*)</(?:\w+:)?f>)"
    rb"\s*(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)


def open_workbook(path: Path) -> Workbook:
    """Every sheet of the file. Raises UnreadableFile with the sentence for whoever gave it."""
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            start = file.read(4096)
    except FileNotFoundError:
        raise UnreadableFile(path, _("找不到这个文件。")) from None
    except IsADirectoryError:
        raise UnreadableFile(path, _("这是一个文件夹，请写出表格文件的名字。")) from None
    except OSError as error:
        raise UnreadableFile(
            path, _("打不开：%(why)s。") % {"why": error.strerror or error}
        ) from None
    if not size:
        raise UnreadableFile(path, _("文件是空的。"))
    if size > MOST_BYTES:
        raise UnreadableFile(path, _("文件超过 200 MB，请拆开或另存为 CSV。"))
    if start.startswith(b"PK\x03\x04"):
        _refuse_swollen(path)
        _refuse_far_cells(path)
        return _opened(path, _Peculiar.of(path))
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        return _opened(path, {})
    if re.match(rb"\s*(\xef\xbb\xbf)?\s*<(html|table|!doctype|\?xml|meta|head|div)", start, re.I):
        raise UnreadableFile(
            path, _("这其实是网页，不是表格。请用 Excel 或 WPS 打开，另存为 .xlsx。")
        )
    if start.startswith((b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"{\\rtf")):
        raise UnreadableFile(path, _("这不是表格。请给 .xlsx、.xls 或 .csv 文件。"))
    return Workbook(path, "text", (read_text_file(path),))


def _refuse_swollen(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
    except (zipfile.BadZipFile, OSError):
        raise UnreadableFile(path, _("文件不完整，可能没传完。请重新保存一次再试。")) from None
    if unpacked > MOST_UNPACKED:
        raise UnreadableFile(path, _("解开后超过 2 GB，请删去用不到的工作表或另存为 CSV。"))


def _refuse_far_cells(path: Path) -> None:
    """calamine reserves the whole rectangle of a sheet, and ends the process where that fails."""
    try:
        with zipfile.ZipFile(path) as archive:
            far = far_cell(archive, MOST_CELLS)
    except (KeyError, NotImplementedError, RuntimeError, zipfile.BadZipFile, zlib.error, OSError):
        raise UnreadableFile(path, _("文件不完整，可能没传完。请重新保存一次再试。")) from None
    if far:
        raise UnreadableFile(
            path,
            _("有一张工作表到 %(cell)s 还有内容，太大了。请删去用不到的行列，或另存为 CSV。")
            % {"cell": far},
        )


def _opened(path: Path, peculiar: dict[str, _Peculiar]) -> Workbook:
    try:
        book = load_workbook(path)
        return Workbook(path, "xlsx", tuple(_grids(path, book, peculiar)))
    except PasswordError:
        raise UnreadableFile(path, _("文件有密码，请去掉密码再试。")) from None
    except (CalamineError, OSError, ValueError) as error:
        if _is_encrypted(path):
            raise UnreadableFile(path, _("文件有密码，请去掉密码再试。")) from None
        raise UnreadableFile(
            path,
            _("读不出表格（%(why)s）。请用 Excel 或 WPS 打开，另存为 .xlsx。")
            % {"why": str(error)[:80]},
        ) from None


def _is_encrypted(path: Path) -> bool:
    with path.open("rb") as file:
        start = file.read(65536)
    return start.startswith(b"\xd0\xcf\x11\xe0") and "EncryptedPackage".encode("utf-16-le") in start


def _grids(path: Path, book: CalamineWorkbook, peculiar: dict[str, _Peculiar]) -> Iterator[Grid]:
    for metadata in book.sheets_metadata:
        if metadata.typ != SheetTypeEnum.WorkSheet:
            continue
        sheet = book.get_sheet_by_name(metadata.name)
        odd = peculiar.get(metadata.name, _Peculiar())
        rows = _rows(path, sheet)
        for (row, column), value in odd.broken.items():
            if row < len(rows):
                rows[row].extend([None] * (column + 1 - len(rows[row])))
                rows[row][column] = value
        yield Grid(
            metadata.name,
            rows,
            metadata.visible == SheetVisibleEnum.Visible,
            odd.hidden,
            tuple(Merge(*a, *b) for a, b in sheet.merged_cell_ranges or ()),
        )


def _rows(path: Path, sheet: CalamineSheet) -> list[list[Value]]:
    """The values, with the blanks at the ends of rows and of the sheet left out."""
    start = sheet.start
    if start is None:
        return []
    height, width = (last + 1 for last in sheet.end or start)
    if height * width > MOST_CELLS:
        raise UnreadableFile(
            path,
            _("工作表“%(name)s”太大（%(rows)d 行 × %(columns)d 列），请删去空着的行列。")
            % {"name": sheet.name, "rows": height, "columns": width},
        )
    above, left = start
    rows: list[list[Value]] = [[] for _row in range(above)]
    filled = above
    for cells in sheet.iter_rows():
        values: list[Value] = [None] * left
        values.extend(_value(cell) for cell in cells)
        while values and values[-1] is None:
            values.pop()
        rows.append(values)
        if values:
            filled = len(rows)
    del rows[filled:]
    return rows


def _value(cell: str | float | bool | time | date | datetime | timedelta | int) -> Value:
    return None if cell == "" else cell


class _Peculiar:
    """What calamine does not tell of a sheet: hidden rows, formulas in error or without result."""

    def __init__(self) -> None:
        self.hidden: frozenset[int] = frozenset()
        self.broken: dict[tuple[int, int], Broken] = {}

    @classmethod
    def of(cls, path: Path) -> dict[str, _Peculiar]:
        """By the name of the sheet. A file that is built unlike all others is left as it is."""
        try:
            with zipfile.ZipFile(path) as archive:
                return {
                    name: cls._read(archive.read(part)) for name, part in _parts(archive).items()
                }
        except (KeyError, ElementTree.ParseError, zipfile.BadZipFile):
            return {}

    @classmethod
    def _read(cls, xml: bytes) -> _Peculiar:
        sheet = cls()
        if b"hidden=" in xml:
            sheet.hidden = frozenset(
                int(number[1]) - 1
                for found in _ROW.finditer(xml)
                if _HIDDEN.search(found[1]) and (number := _NUMBER.search(found[1]))
            )
        if b'"e"' in xml:
            for letters, row, error in _ERROR.findall(xml):
                sheet.broken[int(row) - 1, column_number(letters)] = Broken(error.decode("utf-8"))
        if b"<f" in xml or b":f" in xml:
            for letters, row, _whole, formula in _FORMULA.findall(xml):
                text = html.unescape(formula.decode("utf-8", "replace"))
                sheet.broken[int(row) - 1, column_number(letters)] = Broken(f"={text}")
        return sheet


def _parts(archive: zipfile.ZipFile) -> dict[str, str]:
    """Name of each sheet → its part of the package (ECMA-376-1, 12.3)."""
    relations = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))  # noqa: S314
    targets = {entry.get("Id"): entry.get("Target", "") for entry in relations}
    book = ElementTree.fromstring(archive.read("xl/workbook.xml"))  # noqa: S314
    parts = {}
    for sheet in book.iter():
        if sheet.tag.endswith("}sheet"):
            key = next((v for k, v in sheet.attrib.items() if k.endswith("}id")), None)
            target = targets.get(key, "")
            if "worksheets/" in target:
                whole = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
                parts[sheet.get("name", "")] = whole
    return parts
