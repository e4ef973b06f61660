"""From files to grids."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from openpyxl import Workbook
from openpyxl.styles import PatternFill

from gongyu.core.spreadsheets import (
    Broken,
    CellFault,
    Column,
    Notes,
    UnreadableFile,
    address,
    find_table,
    fold,
    mark_faults,
    marking,
    open_workbook,
    opening,
)
from gongyu.core.spreadsheets.extent import far_cell


def test_cells_are_named_as_people_name_them() -> None:
    assert [address(0, 0), address(6, 25), address(6, 26), address(99, 701)] == [
        "A1",
        "Z7",
        "AA7",
        "ZZ100",
    ]


def test_folding_is_idempotent() -> None:
    for text in ("　３０ 人，", "Ｔ０１０１\u200b", "℃ ㎞ ﹣", "a\n b", "'=1"):
        assert fold(fold(text)) == fold(text)


def test_a_workbook_is_told_by_what_is_in_it_and_not_by_its_name(tmp_path: Path) -> None:
    book = Workbook()
    book.active.append(["编号", 1])
    book.save(tmp_path / "real.xlsx")
    disguised = (tmp_path / "real.xlsx").rename(tmp_path / "needs.csv")
    assert open_workbook(disguised).kind == "xlsx"
    plain = tmp_path / "needs.xlsx"
    plain.write_text("编号,1\n", "utf-8")
    assert open_workbook(plain).kind == "text"


def test_formulas_give_what_the_file_keeps_of_them(tmp_path: Path) -> None:
    book = Workbook()
    book.active.append(["=1+1", 2, "x"])
    path = tmp_path / "a.xlsx"
    book.save(path)
    assert open_workbook(path).grids[0].rows == [[Broken("=1+1"), 2.0, "x"]]
    computed = tmp_path / "b.xlsx"
    errors = tmp_path / "c.xlsx"
    _rewrite(path, computed, b"<f>1+1</f><v />", b"<f>1+1</f><v>2</v>")
    assert open_workbook(computed).grids[0].rows == [[2.0, 2.0, "x"]]
    wrong = b'<c r="A1" t="e"><f>1/0</f><v>#DIV/0!</v>'
    _rewrite(path, errors, b'<c r="A1"><f>1+1</f><v />', wrong)
    assert open_workbook(errors).grids[0].rows == [[Broken("#DIV/0!"), 2.0, "x"]]


def _rewrite(source: Path, target: Path, old: bytes, new: bytes) -> None:
    with zipfile.ZipFile(source) as before, zipfile.ZipFile(target, "w") as after:
        for entry in before.infolist():
            raw = before.read(entry)
            if entry.filename.endswith("sheet1.xml"):
                assert old in raw
                raw = raw.replace(old, new)
            after.writestr(entry, raw)


def test_what_unpacks_to_too_much_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = Workbook()
    book.active.append(["编号"])
    path = tmp_path / "a.xlsx"
    book.save(path)
    monkeypatch.setattr(opening, "MOST_UNPACKED", 1_000)
    with pytest.raises(UnreadableFile, match="解开后超过"):
        open_workbook(path)


def test_a_sheet_with_too_many_cells_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = Workbook()
    book.active["Z1000"] = 1
    book.active["A1"] = 1
    path = tmp_path / "a.xlsx"
    book.save(path)
    monkeypatch.setattr(opening, "MOST_CELLS", 10_000)
    with pytest.raises(UnreadableFile, match="到 Z1000 还有内容，太大了"):
        open_workbook(path)


def test_a_stray_cell_at_the_far_end_is_refused_before_room_is_made_for_it(tmp_path: Path) -> None:
    book = Workbook()
    book.active["A1"] = "编号"
    book.active["XFD1048576"] = " "
    path = tmp_path / "a.xlsx"
    book.save(path)
    with pytest.raises(UnreadableFile, match="到 XFD1048576 还有内容"):
        open_workbook(path)


def test_cells_that_are_only_coloured_are_not_content(tmp_path: Path) -> None:
    book = Workbook()
    book.active["A1"] = "编号"
    book.active["XFD1048576"].fill = PatternFill("solid", fgColor="FFFFFF00")
    path = tmp_path / "a.xlsx"
    book.save(path)
    assert open_workbook(path).grids[0].rows == [["编号"]]


@pytest.mark.parametrize(("far", "refused"), [("value-type", True), ("style-name", False)])
def test_a_stray_cell_of_an_open_document_is_refused_too(
    far: str, refused: bool, tmp_path: Path
) -> None:
    cell = '<table:table-cell office:value-type="string"><text:p>编号</text:p></table:table-cell>'
    content = (
        "<office:document-content>"
        f"<table:table><table:table-row>{cell}</table:table-row>"
        '<table:table-row table:number-rows-repeated="1048570"><table:table-cell/>'
        "</table:table-row><table:table-row>"
        f'<table:table-cell table:number-columns-repeated="16000"/><table:table-cell x:{far}="s"/>'
        "</table:table-row></table:table></office:document-content>"
    )
    path = tmp_path / "a.ods"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("content.xml", content)
    with zipfile.ZipFile(path) as archive:
        assert bool(far_cell(archive, opening.MOST_CELLS)) is refused


def test_a_table_with_one_column_is_found() -> None:
    columns = [Column("text", "文字", ("内容",))]
    table, wrong = find_table(_book([["名单"], ["内 容"], ["a"], [None], ["b"]]), columns, Notes())
    assert not wrong
    assert table
    assert [row.values["text"] for row in table.rows()] == ["a", "b"]


def _book(rows: list[list[object]]) -> opening.Workbook:
    from gongyu.core.spreadsheets import Grid

    return opening.Workbook(Path("a.csv"), "text", (Grid("a", rows),))  # type: ignore[arg-type]


def test_a_large_workbook_is_marked_without_holding_its_looks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from openpyxl import load_workbook

    book = Workbook()
    for row in range(50):
        book.active.append([row, "=1+1", "-x"])
    path = tmp_path / "a.xlsx"
    book.save(path)
    monkeypatch.setattr(marking, "MOST_STYLED_CELLS", 10)
    faults = [CellFault("Sheet", 3, 0, "3", "不对"), CellFault("Sheet", 60, 5, "", "缺")]
    marked = load_workbook(mark_faults(open_workbook(path), faults))
    sheet = marked["Sheet"]
    assert sheet["A4"].comment.text == "不对"
    assert sheet["F61"].comment.text == "缺"
    assert sheet["A5"].comment is None
    assert (sheet["A5"].value, sheet["B5"].value, sheet["C5"].value) == (4, "'=1+1", "'-x")
    assert [cell.value for cell in marked["问题清单"][2]] == ["Sheet", "A4", "3", "不对"]
