"""Running the commands within the test, and reading what they wrote."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from gongyu import cli

ROOT = Path(__file__).resolve().parents[3]
SAMPLES = ROOT / "docs" / "samples"
Said = pytest.CaptureFixture[str]


def last_line(said: str) -> dict[str, Any]:
    line: dict[str, Any] = json.loads(said.splitlines()[-1])
    return line


def rows(path: Path, sheet: str) -> list[tuple[Any, ...]]:
    return list(load_workbook(path)[sheet].iter_rows(values_only=True))


def match_of(
    tmp_path: Path, capsys: Said, needs: Path, sessions: Path, *more: str
) -> dict[str, Any]:
    words = ["match", str(needs), str(sessions), "-o", str(tmp_path / "plan.xlsx"), "--json"]
    assert cli.main([*words, *more]) == 0
    return last_line(capsys.readouterr().out)
