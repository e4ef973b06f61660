"""The copy in which every faulty cell is marked."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import load_workbook

from gongyu.exchange.files.reading import InputFaults, read_problem

from .tables import save_needs, save_sessions
from .test_dirt_in_tables import IDS, heads_merged, ids


def test_the_copy_marks_every_faulty_cell_and_leaves_the_original_alone(tmp_path: Path) -> None:
    path = save_needs(tmp_path / "needs.xlsx", {"G3": "约30", "K4": "周八", "B2": "=A2"})
    before = path.read_bytes()
    sessions = save_sessions(tmp_path / "sessions.xlsx")
    with pytest.raises(InputFaults) as raised:
        read_problem(path, sessions)
    (file,) = raised.value.files
    copy = file.mark()
    assert copy == tmp_path / "needs.faults.xlsx"
    assert path.read_bytes() == before
    book = load_workbook(copy)
    sheet = book["需求"]
    marked = {cell.coordinate for row in sheet for cell in row if cell.comment}
    assert marked == {"B2", "G3", "K4"}
    assert "要一个确定的数" in sheet["G3"].comment.text
    assert sheet["G3"].fill.fgColor.rgb == "FFFFC7CE"
    assert sheet["G4"].fill.fill_type is None
    assert sheet["B2"].value == "=A2"
    listed = list(book["问题清单"].iter_rows(min_row=2, values_only=True))
    assert [line[1] for line in listed] == ["B2", "G3", "K4"]


def test_a_copy_of_the_users_is_never_written_over(tmp_path: Path) -> None:
    theirs = tmp_path / "needs.faults.xlsx"
    theirs.write_text("mine")
    path = save_needs(tmp_path / "needs.xlsx", {"G3": "约30"})
    with pytest.raises(InputFaults) as raised:
        read_problem(path, save_sessions(tmp_path / "sessions.xlsx"))
    assert raised.value.files[0].mark() == tmp_path / "needs.faults-2.xlsx"
    assert theirs.read_text() == "mine"


def test_the_marked_copy_with_its_faults_mended_is_read(tmp_path: Path) -> None:
    path = save_needs(tmp_path / "needs.xlsx", {"G3": "约30"})
    sessions = save_sessions(tmp_path / "sessions.xlsx")
    with pytest.raises(InputFaults) as raised:
        read_problem(path, sessions)
    copy = raised.value.files[0].mark()
    assert copy
    book = load_workbook(copy)
    book["需求"]["G3"] = 30
    book.save(copy)
    assert ids(read_problem(copy, sessions)) == IDS


def test_merged_faulty_cells_are_marked_at_their_corner(tmp_path: Path) -> None:
    path = save_needs(tmp_path / "needs.xlsx", heads_merged)
    with pytest.raises(InputFaults) as raised:
        read_problem(path, save_sessions(tmp_path / "sessions.xlsx"))
    copy = raised.value.files[0].mark()
    assert copy
    assert load_workbook(copy)["需求"]["G2"].comment


def test_faults_of_an_old_workbook_are_marked_in_a_new_one(tmp_path: Path) -> None:
    path = tmp_path / "old.xls"
    path.write_bytes(Path(__file__).with_name("needs.xls").read_bytes())
    with pytest.raises(InputFaults) as raised:
        read_problem(path, save_sessions(tmp_path / "sessions.xlsx", {"D2": "没有的主题", "I2": 0}))
    assert [file.path.name for file in raised.value.files] == ["sessions.xlsx"]
    with pytest.raises(InputFaults) as raised:
        read_problem(save_needs(tmp_path / "needs.xlsx"), path)
    copy = raised.value.files[0].mark()
    assert copy == tmp_path / "old.faults.xlsx"
    assert load_workbook(copy)["需求"]["B3"].value == "第一小学"
