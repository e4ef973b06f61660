"""What is written opens well everywhere, and runs nothing."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest
from openpyxl import load_workbook

from gongyu.core.spreadsheets import Sheet, neutral, open_workbook, read_text, write_workbook


@pytest.mark.parametrize("text", ["=1+1", "+86", "-12", "@SUM(A1)", "\t=1", '=HYPERLINK("x")'])
def test_no_text_is_a_formula_and_reading_gives_it_back(text: str, tmp_path: Path) -> None:
    path = tmp_path / "plan.xlsx"
    write_workbook(path, [Sheet("方案", ("编号",), [(text,)])])
    cell = load_workbook(path)["方案"]["A2"]
    assert cell.data_type == "s"
    assert cell.value[0] == "'"
    assert read_text(open_workbook(path).grids[0].value(1, 0)).value == text.strip()


def test_what_is_no_formula_is_left_as_it_is() -> None:
    assert neutral("三年级-1班") == "三年级-1班"


def test_a_sheet_has_widths_a_frozen_header_a_filter_and_days_as_days(tmp_path: Path) -> None:
    path = tmp_path / "plan.xlsx"
    rows = [(date(2026, 12, 1), datetime(2026, 12, 1, 14, 0), 0.5, "长" * 100)]
    write_workbook(path, [Sheet("一", ("日", "时", "比例", "话"), rows, ("", "", "0.0%"))])
    sheet = load_workbook(path)["一"]
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:D2"
    assert [cell.value for cell in sheet[1]] == ["日", "时", "比例", "话"]
    assert sheet["A1"].font.bold
    assert sheet["A2"].value == datetime(2026, 12, 1)
    assert sheet["A2"].number_format == "yyyy-mm-dd"
    assert sheet["C2"].number_format == "0.0%"
    assert sheet.column_dimensions["A"].width == 12
    assert sheet.column_dimensions["D"].width == 60


def test_marks_that_no_workbook_can_hold_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / "plan.xlsx"
    rows = [("a\x00b\x0bc", "长" * 40_000, float("nan"), float("inf"))]
    write_workbook(path, [Sheet("一", ("a", "b", "c", "d"), rows)])
    values = [cell.value for cell in load_workbook(path)["一"][2]]
    assert values[0] == "abc"
    assert len(values[1]) == 32_767
    assert values[2:] == ["nan", "inf"]


def test_a_file_is_replaced_whole_or_left_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "plan.xlsx"
    write_workbook(path, [Sheet("一", ("a",), [("first",)])])
    before = path.read_bytes()

    def rows_that_break() -> object:
        yield ("second",)
        raise RuntimeError("in the middle")

    with pytest.raises(RuntimeError):
        write_workbook(path, [Sheet("一", ("a",), rows_that_break())])  # type: ignore[arg-type]
    assert path.read_bytes() == before
    assert [entry.name for entry in tmp_path.iterdir()] == ["plan.xlsx"]
