"""What is wrong with a spreadsheet, each fault at its cell; and how odd cells were read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from django.utils.translation import gettext as _

from .grid import address


class UnreadableFile(Exception):
    """The file as a whole cannot be read; ``sentence`` says why and what to do."""

    def __init__(self, path: Path, sentence: str) -> None:
        super().__init__(f"{path.name}：{sentence}")
        self.path = path
        self.sentence = sentence


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, without a place."""

    sentence: str

    def __str__(self) -> str:
        return self.sentence


@dataclass(frozen=True, slots=True)
class CellFault:
    """What is wrong with one cell (row and column from 0), and what to write instead."""

    sheet: str
    row: int
    column: int
    shown: str
    sentence: str

    @property
    def address(self) -> str:
        """As people name the cell: G7."""
        return address(self.row, self.column)

    def __str__(self) -> str:
        quoted = f"“{self.shown}”" if self.shown else _("空着")
        return f"{self.sheet} {self.address} {quoted}：{self.sentence}"


@dataclass(slots=True)
class Notes:
    """How cells were read that were not written plainly: sentence → an example and its cells."""

    cells: dict[str, list[tuple[str, str]]] = field(default_factory=dict)

    def add(self, sentence: str, where: str, what: str = "") -> None:
        self.cells.setdefault(sentence, []).append((where, what))

    def said(self) -> Iterator[str]:
        """One sentence a kind, with where it was met."""
        for sentence, places in self.cells.items():
            where, what = places[0]
            example = f"{where}“{what}”" if what else where
            more = _(" 等 %(count)d 处") % {"count": len(places)} if len(places) > 1 else ""
            yield f"{sentence}（{example}{more}）" if example else sentence
