"""Text files of rows: which letters, which separator, which quotes."""

from __future__ import annotations

import codecs
import csv
import io
import unicodedata
from collections import Counter
from pathlib import Path

from django.utils.translation import gettext as _

from .faults import UnreadableFile
from .grid import Grid
from .values import Value

SEPARATORS = (",", "\t", ";", "，", "|")
LONGEST_CELL = 1_000_000
_NO_TEXT = frozenset(("Cn", "Co", "Cs"))
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def decode(path: Path) -> str:
    """The file's text: by its byte-order mark, else UTF-8, else GB 18030 (which includes GBK)."""
    raw = path.read_bytes()
    for mark, name in _MARKS:
        if raw.startswith(mark):
            return _decoded(path, raw[len(mark) :], name)
    unmarked = _unmarked_utf16(raw)
    if unmarked:
        return unmarked
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        text = _decoded(path, raw, "gb18030")
    if "\0" in text:
        raise UnreadableFile(path, _("这不是表格。请给 .xlsx、.xls 或 .csv 文件。"))
    return text


def _unmarked_utf16(raw: bytes) -> str:
    """The text where it is UTF-16 without its mark: digits and breaks have a zero beside them."""
    if b"\0" not in raw[:4096]:
        return ""
    for name in ("utf-16-le", "utf-16-be"):
        try:
            text = raw.decode(name)
        except UnicodeDecodeError:
            continue
        if "\n" in text and not any(unicodedata.category(char) in _NO_TEXT for char in text[:4096]):
            return text
    return ""


def _decoded(path: Path, raw: bytes, name: str) -> str:
    try:
        return raw.decode(name)
    except UnicodeDecodeError:
        raise UnreadableFile(path, _("认不出文字的编码。请另存为 .xlsx，或“CSV UTF-8”。")) from None


def read_text_file(path: Path) -> Grid:
    """The rows, as Excel would number them (a line break within quotes starts no row)."""
    text = decode(path)
    first, _rest, after = text.partition("\n")
    told = first.strip().lower()
    if told.startswith("sep=") and len(told) == 5:  # Excel's own remark on the separator
        separator, text = told[-1], "\n" + after
    else:
        separator = _separator(text)
    limit = csv.field_size_limit(LONGEST_CELL)
    rows: list[list[Value]] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        for cells in reader:
            rows.append([cell if cell.strip() else None for cell in cells])
    except csv.Error as error:
        raise UnreadableFile(
            path,
            _("第 %(line)d 行读不下去（引号不成对，或一格太长）。请补上引号，或另存为 .xlsx。")
            % {"line": reader.line_num},
        ) from error
    finally:
        csv.field_size_limit(limit)
    while rows and not any(rows[-1]):
        rows.pop()
    return Grid(path.stem, rows)


def _separator(text: str) -> str:
    """The one that splits most of the first lines into the same, largest number of cells."""
    lines = [line for line in text[:100_000].splitlines()[:40] if line.strip()]
    best, most = ",", 0
    for separator in SEPARATORS:
        try:
            widths = Counter(
                len(cells) for cells in csv.reader(lines, delimiter=separator) if len(cells) > 1
            )
        except csv.Error:
            continue
        if widths:
            width, times = max(widths.items(), key=lambda entry: (entry[1], entry[0]))
            if (width - 1) * times > most:
                best, most = separator, (width - 1) * times
    return best
