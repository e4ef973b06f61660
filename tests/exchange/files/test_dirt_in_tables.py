"""Workbooks and text files as people send them: where the table stands, what is around it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from gongyu.core.spreadsheets import CellFault
from gongyu.exchange.files.reading import Given, InputFaults, read_problem

from .tables import (
    NEED_HEADER,
    NEEDS,
    SESSION_HEADER,
    SESSIONS,
    Cell,
    need_row,
    needs_text,
    save_needs,
    save_sessions,
    sheet_of,
)

Read = Callable[..., Given]
Faults = Callable[..., dict[str, str]]
IDS = ["N1", "N2", "N3"]


def ids(given: Given) -> list[str]:
    return [need.id for need in given.problem.needs]


def title_above(sheet: Worksheet) -> None:
    sheet.insert_rows(1, 3)
    sheet["A1"] = "大兴区 2026 年育人需求汇总表"
    sheet.merge_cells("A1:Q1")
    sheet["A2"] = "填报单位：某镇"


def columns_turned_round(sheet: Worksheet) -> None:
    rows = list(sheet.iter_rows(values_only=True))
    sheet.delete_rows(1, sheet.max_row)
    for row in rows:
        sheet.append(list(row)[::-1])


def other_names(sheet: Worksheet) -> None:
    for address, name in {
        "A1": "编 号",
        "B1": "学校名称",
        "C1": "所属镇街*",
        "D1": "班级",
        "F1": "学段",
        "G1": "人数（人）",
        "I1": "开始日期\n（必填）",
        "J1": "截止日期",
        "L1": "lng",
        "M1": "LAT",
        "N1": "最远距离(km)",
        "P1": "【几场】",
    }.items():
        sheet[address] = name


def columns_of_their_own(sheet: Worksheet) -> None:
    sheet.insert_cols(1, 2)
    sheet["A1"], sheet["B1"] = "序号", "备注"
    for row in (2, 3, 4):
        sheet.cell(row, 1).value, sheet.cell(row, 2).value = row - 1, "=1/0"
    sheet["T1"] = "联系电话"


def empty_rows_between(sheet: Worksheet) -> None:
    sheet.insert_rows(3, 2)
    sheet.insert_rows(2)


def totals_and_notes(sheet: Worksheet) -> None:
    sheet.append(["合计", None, None, None, None, None, 90])
    sheet.append(["注：人数以实际报到为准，如有变动请提前三天告知。"])
    sheet.append([None, "填表人：王老师", None, "联系电话：略"])


def header_again(sheet: Worksheet) -> None:
    sheet.insert_rows(3)
    for column, name in enumerate(NEED_HEADER, start=1):
        sheet.cell(3, column).value = name


def example_row(sheet: Worksheet) -> None:
    sheet.insert_rows(2)
    for column, value in enumerate(["示例", *need_row(9)[1:]], start=1):
        sheet.cell(2, column).value = value


def row_twice(sheet: Worksheet) -> None:
    sheet.append(need_row(2))


def hidden_row(sheet: Worksheet) -> None:
    sheet.row_dimensions[3].hidden = True


def school_merged(sheet: Worksheet) -> None:
    for column in "BCLM":
        sheet[f"{column}3"] = sheet[f"{column}4"] = None
        sheet.merge_cells(f"{column}2:{column}4")


def header_in_two_rows(sheet: Worksheet) -> None:
    sheet.insert_rows(1)
    for column in range(1, len(NEED_HEADER) + 1):
        letter = sheet.cell(1, column).column_letter
        if letter in "LM":
            continue
        sheet.cell(1, column).value = sheet.cell(2, column).value
        sheet.cell(2, column).value = None
        sheet.merge_cells(f"{letter}1:{letter}2")
    sheet["L1"] = "学校位置"
    sheet.merge_cells("L1:M1")


def another_sheet(sheet: Worksheet) -> None:
    other = sheet.parent.create_sheet("填表说明", 0)
    for line in ("怎样填", "一行一个需求", "不要改表头", "人数写数字"):
        other.append([line, "", "见左"])


def template_without_rows(sheet: Worksheet) -> None:
    sheet_of(sheet.parent, "空表", NEED_HEADER, [])


def hidden_copy(sheet: Worksheet) -> None:
    sheet_of(sheet.parent, "旧表", NEED_HEADER, [need_row(8)]).sheet_state = "hidden"


def styled_far_below(sheet: Worksheet) -> None:
    sheet["A9000"].number_format = "0.00"
    sheet["Z2"] = " "


def same_column_twice(sheet: Worksheet) -> None:
    sheet["R1"] = "人数"
    for row in (2, 3, 4):
        sheet.cell(row, 18).value = 30


def long_remark(sheet: Worksheet) -> None:
    sheet["R1"], sheet["R2"] = "备注", "长" * 32_000


def bare_total(sheet: Worksheet) -> None:
    sheet["G5"] = 90


def english_header(sheet: Worksheet) -> None:
    names = ["Need ID", "School", "Town", "Group", "Topics", "Grades", "Headcount", "Forms"]
    names += ["Start date", "End date", "Time slots", "Longitude", "Latitude", "Max km"]
    names += ["Severity", "Sessions wanted", "Wished unit"]
    for column, name in enumerate(names, start=1):
        sheet.cell(1, column).value = name


def leading_columns(sheet: Worksheet) -> None:
    sheet.insert_cols(1, 3)
    sheet.insert_rows(1, 2)


@pytest.mark.parametrize(
    ("spoil", "note"),
    [
        (title_above, ""),
        (columns_turned_round, ""),
        (other_names, ""),
        (columns_of_their_own, "有几栏像"),
        (empty_rows_between, ""),
        (totals_and_notes, "合计、备注一类的行跳过了"),
        (header_again, "重复的表头跳过了"),
        (example_row, "示例行跳过了"),
        (row_twice, "整行重复的只读了一次"),
        (hidden_row, "隐藏的行也读了"),
        (school_merged, ""),
        (header_in_two_rows, ""),
        (another_sheet, "只读了这张"),
        (template_without_rows, ""),
        (hidden_copy, ""),
        (styled_far_below, ""),
        (same_column_twice, "两栏同名"),
        (long_remark, ""),
        (leading_columns, ""),
        (bare_total, "合计、备注一类的行跳过了"),
        (english_header, ""),
    ],
)
def test_the_table_is_found_and_read(
    read: Read, spoil: Callable[[Worksheet], None], note: str
) -> None:
    given = read(spoil)
    assert ids(given) == IDS
    clean = read(None)
    assert given.problem.needs == clean.problem.needs
    assert given.labels == clean.labels
    if note:
        assert any(note in said for said in given.notes), given.notes


def without(*letters: str) -> Callable[[Worksheet], None]:
    def spoil(sheet: Worksheet) -> None:
        for letter in sorted(letters, reverse=True):
            sheet.delete_cols(sheet[f"{letter}1"].column)

    return spoil


def heads_merged(sheet: Worksheet) -> None:
    sheet["G3"] = sheet["G4"] = None
    sheet.merge_cells("G2:G4")


def two_that_fit(sheet: Worksheet) -> None:
    sheet_of(sheet.parent, "需求（改）", NEED_HEADER, NEEDS)


def column_twice(sheet: Worksheet) -> None:
    sheet["R1"] = "人数"
    sheet["R2"], sheet["R3"], sheet["R4"] = 31, 32, 33


def no_header(sheet: Worksheet) -> None:
    sheet.delete_rows(1)


def nothing(sheet: Worksheet) -> None:
    sheet.delete_rows(1, 10)


@pytest.mark.parametrize(
    ("spoil", "addresses", "sentence"),
    [
        (without("G"), ["Q1"], "缺少“人数”这一栏（也认：学生人数"),
        (without("A", "C", "F"), ["O1", "P1", "Q1"], "缺少“"),
        (heads_merged, ["G2", "G3", "G4"], "3 行合并成了一格"),
        (two_that_fit, [""], "“需求”“需求（改）”这几张工作表都像"),
        (column_twice, ["R1"], "有两栏（G1 和 R1），内容不一样"),
        (no_header, ["A1"], "找不到表头"),
        (nothing, [""], "表格是空的"),
    ],
)
def test_a_table_that_cannot_be_found_is_said_with_what_to_do(
    faults: Faults, spoil: Callable[[Worksheet], None], addresses: list[str], sentence: str
) -> None:
    found = faults(spoil)
    assert list(found) == addresses
    assert sentence in found[addresses[0]]


def test_columns_that_may_be_missing_have_defaults_that_are_said(read: Read) -> None:
    given = read(without("D", "O", "P", "Q"), without("K", "O"))
    need = given.problem.needs[0]
    assert (need.group, need.severity, need.wanted, need.wished_units) == ("", 1, 1, frozenset())
    assert given.problem.unit_month_limits == {}
    said = "\n".join(given.notes)
    for word in ("紧急程度", "场次”一栏", "群体", "每月上限", "最少人数"):
        assert word in said


def test_a_missing_column_does_not_hide_the_faults_of_the_others(faults: Faults) -> None:
    def spoil(sheet: Worksheet) -> None:
        sheet["K3"] = "周八"
        without("G")(sheet)

    assert set(faults(spoil)) == {"J3", "Q1"}


def test_tables_in_the_wrong_order_are_one_sentence(tmp_path: Path) -> None:
    needs, sessions = save_needs(tmp_path / "n.xlsx"), save_sessions(tmp_path / "s.xlsx")
    with pytest.raises(InputFaults) as raised:
        read_problem(sessions, needs)
    assert [fault.sentence for file in raised.value.files for fault in file.faults] == [
        "两份文件放反了：先写需求表，再写场次表。"
    ] * 2


def test_one_workbook_may_hold_both_tables(tmp_path: Path) -> None:
    def add_sessions(sheet: Worksheet) -> None:
        sheet_of(sheet.parent, "场次", SESSION_HEADER, SESSIONS)

    path = save_needs(tmp_path / "both.xlsx", add_sessions)
    given = read_problem(path, path)
    assert (len(given.problem.needs), len(given.problem.sessions)) == (3, 2)


# Text files


@pytest.mark.parametrize(
    "raw",
    [
        needs_text().encode(),
        needs_text().encode("utf-8-sig"),
        needs_text().encode("gbk"),
        needs_text().encode("gb18030"),
        b"\xff\xfe" + needs_text("\t").encode("utf-16-le"),
        b"\xfe\xff" + needs_text().encode("utf-16-be"),
        needs_text("\t").encode("utf-16-le"),
        needs_text(";").encode(),
        needs_text("\t").encode("gbk"),
        needs_text("|").encode(),
        needs_text().replace("\r\n", "\n").encode(),
        needs_text().replace("\r\n", "\r").encode(),
        ("sep=;\r\n" + needs_text(";")).encode(),
        ("\r\n\r\n需求汇总\r\n" + needs_text() + "\r\n\r\n").encode(),
        needs_text().replace("第一小学", '"第一\n小学"').encode(),
    ],
    ids=[
        "utf8",
        "bom",
        "gbk",
        "gb18030",
        "utf16",
        "utf16be",
        "utf16unmarked",
        "semicolon",
        "tab",
        "pipe",
        "lf",
        "cr",
        "sep",
        "title",
        "quoted",
    ],
)
def test_text_files_are_read_whatever_their_letters_and_separators(
    raw: bytes, tmp_path: Path
) -> None:
    path = tmp_path / "needs.csv"
    path.write_bytes(raw)
    given = read_problem(path, save_sessions(tmp_path / "sessions.xlsx"))
    assert ids(given) == IDS
    assert given.problem.needs[0].town == "黄村镇"
    assert given.problem.needs[0].date_to == date(2026, 12, 31)


def test_faults_of_a_text_file_stand_at_the_cells_that_excel_would_show(tmp_path: Path) -> None:
    rows: list[list[Cell]] = [list(row) for row in NEEDS]
    rows[0][1] = "第一\n小学"
    rows[1][6] = "约30"
    path = tmp_path / "需求.csv"
    path.write_text(needs_text(rows=rows), "utf-8", newline="")
    with pytest.raises(InputFaults) as raised:
        read_problem(path, save_sessions(tmp_path / "sessions.xlsx"))
    (file,) = raised.value.files
    (fault,) = file.cell_faults
    assert (fault.sheet, fault.address) == ("需求", "G3")
    copy = file.mark()
    assert copy == tmp_path / "需求.faults.xlsx"
    assert load_workbook(copy)["需求"]["G3"].comment


def unreadable(path: Path) -> str:
    with pytest.raises(InputFaults) as raised:
        read_problem(path, path)
    fault = raised.value.files[0].faults[0]
    assert not isinstance(fault, CellFault)
    return fault.sentence


@pytest.mark.parametrize(
    ("name", "raw", "sentence"),
    [
        ("needs.xlsx", b"", "文件是空的"),
        ("needs.xlsx", b"PK\x03\x04 cut off", "文件不完整"),
        ("needs.xls", b"\xd0\xcf\x11\xe0 nothing of it", "读不出表格"),
        ("needs.xls", b"<html><table><tr><td>1</td></tr></table></html>", "其实是网页"),
        ("needs.csv", b"%PDF-1.7 ...", "这不是表格"),
        ("needs.csv", b"\x00\x01\x02\x00" * 50, "这不是表格"),
        ("needs.csv", b"\x81\x20\xff\xff\xfe", "认不出文字的编码"),
        ("needs.csv", '需求编号,学校\nN1,"第一小学\n'.encode(), "引号不成对"),
    ],
)
def test_a_file_that_is_no_table_is_said_so(
    name: str, raw: bytes, sentence: str, tmp_path: Path
) -> None:
    path = tmp_path / name
    path.write_bytes(raw)
    assert sentence in unreadable(path)


def test_a_file_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    assert "找不到这个文件" in unreadable(tmp_path / "needs.xlsx")
    assert "是一个文件夹" in unreadable(tmp_path)


def test_workbooks_of_old_excel_are_read(tmp_path: Path) -> None:
    given = read_problem(
        Path(__file__).with_name("needs.xls"), save_sessions(tmp_path / "sessions.xlsx")
    )
    assert ids(given) == IDS
    assert {school for school, _group in given.labels.values()} == {"第一小学"}
    assert given.problem.needs[0].date_from == date(2026, 12, 1)
