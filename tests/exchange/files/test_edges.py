"""Input at the edge: a right answer, whatever it is."""

from __future__ import annotations

from pathlib import Path

from openpyxl import load_workbook

from .commands import Said, match_of, rows
from .tables import NEEDS, Cell, needs_text, save_needs, save_sessions


def test_no_needs_is_an_empty_plan(tmp_path: Path, capsys: Said) -> None:
    needs = save_needs(tmp_path / "needs.xlsx", lambda sheet: sheet.delete_rows(2, 3))
    line = match_of(tmp_path, capsys, needs, save_sessions(tmp_path / "sessions.xlsx"))
    assert (line["needs"], line["served"], line["worst_town"], line["gap"]) == (0, 0, None, 0)


def test_no_sessions_serves_nobody_and_says_why(tmp_path: Path, capsys: Said) -> None:
    sessions = save_sessions(tmp_path / "sessions.xlsx", lambda sheet: sheet.delete_rows(2, 2))
    line = match_of(tmp_path, capsys, save_needs(tmp_path / "needs.xlsx"), sessions)
    assert (line["served"], line["worst_town"]) == (0, 0)
    assert line["reasons"] == {"no_resource_on_topic": 3}
    assert rows(tmp_path / "plan.xlsx", "未满足")[1][:2] == ("N1", "区里还没有单位做这件事")


def test_sessions_without_seats_take_nobody(tmp_path: Path, capsys: Said) -> None:
    sessions = save_sessions(tmp_path / "sessions.xlsx", {"I2": 0, "I3": 0, "K2": 0, "K3": 0})
    line = match_of(tmp_path, capsys, save_needs(tmp_path / "needs.xlsx"), sessions)
    assert (line["served"], line["pairs"]) == (0, 0)
    assert line["reasons"] == {"too_big_a_group": 3}


def test_a_need_that_wants_more_than_there_is_gets_what_there_is(
    tmp_path: Path, capsys: Said
) -> None:
    needs = save_needs(tmp_path / "needs.xlsx", {"P2": 9})
    sessions = save_sessions(tmp_path / "sessions.xlsx", {"I2": 200, "I3": 200})
    line = match_of(tmp_path, capsys, needs, sessions)
    assert line["served"] == 3
    unmet = rows(tmp_path / "plan.xlsx", "未满足")[1]
    assert unmet[0] == "N1"
    assert unmet[1].startswith("要 9 场，排上 2 场：")


def test_ten_thousand_identical_needs_are_matched(tmp_path: Path, capsys: Said) -> None:
    every: list[list[Cell]] = []
    for number in range(10_000):
        row = list(NEEDS[0])
        row[0], row[3] = f"N{number}", None
        every.append(row)
    needs = tmp_path / "needs.csv"
    needs.write_text(needs_text(rows=every), "utf-8")
    sessions = save_sessions(tmp_path / "sessions.xlsx")
    line = match_of(tmp_path, capsys, needs, sessions, "--time-limit", "5")
    assert (line["needs"], line["served"]) == (10_000, 4)
    assert sum(line["reasons"].values()) == 9_996


def test_texts_that_look_like_formulas_come_out_as_texts(tmp_path: Path, capsys: Said) -> None:
    needs = save_needs(tmp_path / "needs.xlsx", {"A2": "'=cmd|'/c calc'!A1", "C2": "+镇"})
    match_of(tmp_path, capsys, needs, save_sessions(tmp_path / "sessions.xlsx"))
    book = load_workbook(tmp_path / "plan.xlsx")
    for sheet in book:
        for row in sheet:
            for cell in row:
                assert cell.data_type != "f"
                assert not str(cell.value or "").startswith(("=", "+", "@"))
