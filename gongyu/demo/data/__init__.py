"""The tables of the demo district; README.md beside them says where they come from."""

import csv
from functools import cache
from importlib.resources import files


def rows(table: str) -> list[dict[str, str]]:
    """The rows of ``<table>.csv``, as written: every value is text, empty means not found."""
    text = files(__name__).joinpath(f"{table}.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


@cache
def _sentences() -> dict[tuple[str, str], str]:
    return {(row["table"], row["word"]): row["sentence"] for row in rows("certainty")}


def say_certainty(table: str, word: str) -> str:
    """What a reader is told about a row of this certainty; KeyError if nobody wrote it yet."""
    return _sentences()[table, word]
