"""The samples and the pages about them say what the engine says."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from gongyu import cli

from .commands import ROOT, SAMPLES, Said, match_of, rows


def test_the_samples_are_what_their_script_builds(tmp_path: Path) -> None:
    script = SAMPLES / "build.py"
    space: dict[str, Any] = {"__file__": str(script), "__name__": "build"}
    exec(compile(script.read_text("utf-8"), str(script), "exec"), space)
    space["build"](tmp_path)
    for name in ("needs", "sessions"):
        built, kept = tmp_path / f"{name}.csv", SAMPLES / f"{name}.csv"
        assert built.read_bytes() == kept.read_bytes()
        books = [load_workbook(folder / f"{name}.xlsx") for folder in (tmp_path, SAMPLES)]
        values = [[list(sheet.values) for sheet in book] for book in books]
        assert values[0] == values[1]


@pytest.fixture
def manual() -> Callable[[str], str]:
    def read(name: str) -> str:
        return (ROOT / "docs" / "engine" / name).read_text("utf-8")

    return read


def test_the_worked_example_says_what_the_engine_says(
    manual: Callable[[str], str], tmp_path: Path, capsys: Said
) -> None:
    """Figures of the page stand in its line of JSON; those in its sentences are the same."""
    page = manual("worked-example.md")
    said = json.loads(re.findall(r"^\{.*\}$", page, re.M)[0])
    line = match_of(tmp_path, capsys, SAMPLES / "needs.xlsx", SAMPLES / "sessions.xlsx")
    for key in ("needs", "served", "pairs", "reasons", "worst_town"):
        assert said[key] == line[key], key
    for key in ("objective", "bound"):
        assert said[key] == pytest.approx(line[key], rel=1e-4), key
    for town, needs, served, _share, most in rows(tmp_path / "plan.xlsx", "公平")[1:]:
        assert f"| {town} | {needs} | {served} | {round(most * needs)} |" in page
    for need, session, heads, km, value in rows(tmp_path / "plan.xlsx", "方案")[1:4]:
        assert f"| {need} | {session} | {heads} | {km:.1f} | {value:.2f} |" in page
    assert date(2026, 12, 1).isoformat() in page


def test_the_page_of_the_formats_names_every_column(manual: Callable[[str], str]) -> None:
    from gongyu.exchange.files.columns import NEEDS as NEED_COLUMNS
    from gongyu.exchange.files.columns import SESSIONS as SESSION_COLUMNS

    page = manual("files.md")
    for column in (*NEED_COLUMNS, *SESSION_COLUMNS):
        assert f"| {column.name} |" in page
        for synonym in column.synonyms[:5]:
            assert synonym in page, (column.name, synonym)


def test_the_dirt_of_the_worked_example_is_said_as_it_says(
    manual: Callable[[str], str], tmp_path: Path, capsys: Said
) -> None:
    book = load_workbook(SAMPLES / "needs.xlsx")
    book["需求"]["G5"], book["需求"]["K9"] = "约40人", "周三、周五下午"
    needs = tmp_path / "needs.xlsx"
    book.save(needs)
    words = ["match", str(needs), str(SAMPLES / "sessions.xlsx"), "-o", str(tmp_path / "p.xlsx")]
    assert cli.main(words) == 2
    said = capsys.readouterr().err.replace(f"{tmp_path}/", "")
    page = manual("worked-example.md")
    for line in said.splitlines():
        assert line.strip() in page
