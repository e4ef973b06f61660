"""Two small clean tables, and the ways in which people spoil them."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

Cell = str | int | float | bool | date | None
Edit = Callable[[Worksheet], None]

# Columns:       A         B      C      D      E      F      G      H
NEED_HEADER = ["需求编号", "学校", "镇街", "群体", "主题", "年级", "人数", "形式"]
# Columns:        I          J         K      L      M      N          O         P      Q
NEED_HEADER += [
    "开始日期",
    "结束日期",
    "时段",
    "经度",
    "纬度",
    "最远公里",
    "紧急程度",
    "场次",
    "指定单位",
]
# Columns:           A         B      C      D      E      F      G      H      I      J
SESSION_HEADER = [
    "场次编号",
    "单位",
    "镇街",
    "主题",
    "年级",
    "形式",
    "日期",
    "时段",
    "容量",
    "方式",
]
# Columns:           K         L      M      N              O
SESSION_HEADER += ["最少人数", "经度", "纬度", "上门半径公里", "单位每月上限"]

WINDOW = (date(2026, 12, 1), date(2026, 12, 31))


def need_row(number: int) -> list[Cell]:
    return [
        f"N{number}",
        "第一小学",
        "黄村镇",
        f"三年级{number}班",
        "T0101",
        "三年级",
        30,
        "走出去",
        *WINDOW,
        "周三下午",
        116.341,
        39.729,
        10,
        "一般",
        1,
        None,
    ]


def session_row(number: int) -> list[Cell]:
    return [
        f"S{number}",
        "区医院",
        "兴丰街道",
        "T0101",
        "小学",
        "到馆",
        date(2026, 12, 2) if number == 1 else date(2026, 12, 9),
        "下午",
        60,
        "拼团",
        10,
        116.35,
        39.73,
        None,
        4,
    ]


NEEDS = [need_row(number) for number in (1, 2, 3)]
SESSIONS = [session_row(number) for number in (1, 2)]


def sheet_of(
    book: Workbook, title: str, header: Sequence[Cell], rows: Sequence[Sequence[Cell]]
) -> Worksheet:
    sheet = book.create_sheet(title)
    sheet.append(list(header))
    for row in rows:
        sheet.append(list(row))
    return sheet


def save_needs(path: Path, edit: Edit | Mapping[str, Cell] | None = None) -> Path:
    return _save(path, "需求", NEED_HEADER, NEEDS, edit)


def save_sessions(path: Path, edit: Edit | Mapping[str, Cell] | None = None) -> Path:
    return _save(path, "场次", SESSION_HEADER, SESSIONS, edit)


def _save(
    path: Path,
    title: str,
    header: Sequence[Cell],
    rows: Sequence[Sequence[Cell]],
    edit: Edit | Mapping[str, Cell] | None,
) -> Path:
    book = Workbook()
    book.remove(book.worksheets[0])
    sheet = sheet_of(book, title, header, rows)
    if isinstance(edit, Mapping):
        for address, value in edit.items():
            sheet[address].number_format = "General"
            sheet[address].value = value
            if isinstance(value, str) and not value.startswith("="):
                sheet[address].data_type = "s"
    elif edit:
        edit(sheet)
    book.save(path)
    return path


def needs_text(separator: str = ",", rows: Sequence[Sequence[Cell]] = NEEDS) -> str:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=separator)
    writer.writerow(NEED_HEADER)
    writer.writerows(["" if cell is None else cell for cell in row] for row in rows)
    return text.getvalue()
