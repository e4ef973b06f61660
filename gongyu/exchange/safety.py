"""安全单: which lines a visit has, by the form of its resource, and whose they are."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FILE = Path(__file__).parent / "data" / "safety.toml"
BEFORE, DAY = "before", "day"


@dataclass(frozen=True, slots=True)
class Line:
    """One thing to check: whose it is (``school`` or ``unit``) and when it is due."""

    code: str
    forms: tuple[str, ...]
    side: str
    when: str
    words: str


@cache
def all_lines() -> tuple[Line, ...]:
    rows = tomllib.loads(_FILE.read_text(encoding="utf-8"))["line"]
    return tuple(
        Line(row["code"], tuple(row["forms"]), row["side"], row["when"], row["words"])
        for row in rows
    )


def lines_for(form: str, *, side: str = "", when: str = "") -> list[Line]:
    """The lines of a form, those of one side or one time if named, in the order of the sheet."""
    return [
        line
        for line in all_lines()
        if form in line.forms and side in ("", line.side) and when in ("", line.when)
    ]
