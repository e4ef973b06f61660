"""The census workbook as a file: the template that units fill in, what is given back marked."""

from __future__ import annotations

import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory

from django.utils.translation import gettext as _

from gongyu.core.errors import DomainError
from gongyu.core.spreadsheets import (
    CellFault,
    Fault,
    Notes,
    Sheet,
    UnreadableFile,
    find_table,
    mark_faults,
    open_workbook,
    write_workbook,
)
from gongyu.exchange.census_columns import COLUMNS, HINTS
from gongyu.exchange.census_rows import Reading, Rows
from gongyu.exchange.models import ResourceKind, Topic
from gongyu.exchange.models.resources import Form

MOST_BYTES = 5_000_000
MOST_UNPACKED = 100_000_000


def template() -> bytes:
    """A workbook to fill in: the columns, what belongs in each, the lists to choose from."""
    topics = Topic.objects.filter(parent__isnull=False).select_related("parent")
    sheets = [
        Sheet("摸底", [column.name for column in COLUMNS], []),
        Sheet(
            "怎么填",
            ["栏", "必填", "写什么", "也认的栏名"],
            [
                [c.name, "必填" if c.required else "", HINTS[c.key], "、".join(c.synonyms)]
                for c in COLUMNS
            ],
        ),
        Sheet("主题", ["代码", "主题", "大类"], [[t.code, t.name, str(t.parent)] for t in topics]),
        Sheet(
            "种类和形式",
            ["种类", "形式"],
            [
                [kind, form]
                for kind, form in zip(
                    [str(label) for label in ResourceKind.labels],
                    [str(label) for label in Form.labels] + [""] * len(ResourceKind.labels),
                    strict=False,
                )
            ],
        ),
    ]
    return as_bytes("census.xlsx", sheets)


def as_bytes(name: str, sheets: list[Sheet]) -> bytes:
    """A workbook as it is sent."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / name
        write_workbook(path, sheets)
        return path.read_bytes()


def check_upload(raw: bytes) -> None:
    """By content, never by name: an .xlsx of a sensible size without macros, or a sentence."""
    if not raw:
        raise DomainError(_("文件是空的，请重新选。"))
    if len(raw) > MOST_BYTES:
        raise DomainError(_("文件超过 5 MB，请拆成几份。"))
    if not raw.startswith(b"PK\x03\x04"):
        raise DomainError(_("这不是 .xlsx 表格。请用 Excel 或 WPS 打开，另存为 .xlsx 再传。"))
    with TemporaryDirectory() as folder:
        path = Path(folder) / "census.xlsx"
        path.write_bytes(raw)
        try:
            with zipfile.ZipFile(path) as archive:
                entries = archive.infolist()
        except zipfile.BadZipFile:
            raise DomainError(_("文件不完整，可能没传完。请重新保存一次再试。")) from None
    names = {entry.filename.lower() for entry in entries}
    if "xl/workbook.xml" not in names:
        raise DomainError(_("这不是 .xlsx 表格。请用 Excel 或 WPS 打开，另存为 .xlsx 再传。"))
    if any(name.endswith("vbaproject.bin") for name in names):
        raise DomainError(_("表格里有宏，不能收。请另存为不带宏的 .xlsx。"))
    if sum(entry.file_size for entry in entries) > MOST_UNPACKED:
        raise DomainError(_("表格解开后太大，请删去用不到的工作表。"))


def read_census(raw: bytes) -> Reading:
    """Every row and every fault at once; nothing is saved. Five queries."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "census.xlsx"
        path.write_bytes(raw)
        try:
            return _read(path)
        except UnreadableFile as wrong:
            return Reading(fatal=[wrong.sentence])


def marked_copy(raw: bytes, faults: list[CellFault]) -> bytes:
    """The workbook with every fault at its cell and a list of them."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "census.xlsx"
        path.write_bytes(raw)
        return mark_faults(open_workbook(path), faults).read_bytes()


def _read(path: Path) -> Reading:
    notes = Notes()
    table, wrong = find_table(open_workbook(path), COLUMNS, notes)
    reading = Reading()
    for fault in wrong:
        if isinstance(fault, Fault):
            reading.fatal.append(fault.sentence)
        else:
            reading.faults.append(fault)
    if table is not None and not wrong:
        Rows(table, reading).read()
    reading.notes = list(notes.said())
    return reading
