"""``gongyu topics suggest``: plain words in, one line of JSON a text out."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path

from gongyu.core.spreadsheets import UnreadableFile, Value, fold, open_workbook, shown
from gongyu.core.spreadsheets.text_files import decode
from gongyu.engines.topics import load_default

HEADERS = {"text", "texts", "文字", "文本", "原话", "需求", "需求描述", "描述", "内容", "说明"}
"""First cells that name a column of texts and are no text themselves."""


def run(texts: Iterable[str], file: Path | None) -> int:
    """Print the suggestions; the answer is the exit status."""
    every = list(texts)
    if file is not None:
        try:
            every.extend(texts_of(file))
        except UnreadableFile as wrong:
            print(f"gongyu topics: {wrong}", file=sys.stderr)
            return 2
    index = load_default()
    for text in every:
        found = [asdict(suggestion) for suggestion in index.suggest(text)]
        print(json.dumps({"text": text, "topics": found}, ensure_ascii=False))
    return 0


def texts_of(path: Path) -> Iterator[str]:
    """A text a line; of a table with a header, the column that is named as texts."""
    workbook = open_workbook(path)
    rows = [[_whole(cell) for cell in row] for row in workbook.grids[0].rows]
    first = next((row for row in rows if any(row)), [])
    place = next((p for p, cell in enumerate(first) if fold(cell).lower() in HEADERS), None)
    if place is not None and (len(first) > 1 or workbook.kind != "text"):
        for row in rows:
            if row is not first and len(row) > place and row[place]:
                yield row[place]
    elif workbook.kind == "text":
        lines = [line.strip() for line in decode(path).splitlines() if line.strip()]
        for text in lines[0 if place is None else 1 :]:
            quoted = len(text) > 1 and text[0] == text[-1] == '"'
            yield text[1:-1].replace('""', '"') if quoted else text
    else:
        yield from (" ".join(filter(None, row)) for row in rows if any(row))


def _whole(cell: Value) -> str:
    return cell.strip() if isinstance(cell, str) else shown(cell)
