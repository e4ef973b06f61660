"""A sheet as a grid of values, with the names that people give its cells."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from .values import Value


def address(row: int, column: int) -> str:
    """The name of a cell, counting from 0.

    >>> address(6, 2), address(0, 27)
    ('C7', 'AB1')
    """
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return f"{letters}{row + 1}"


@dataclass(frozen=True, slots=True)
class Merge:
    """A merged range; first and last are both inside it."""

    first_row: int
    first_column: int
    last_row: int
    last_column: int


@dataclass(slots=True)
class Grid:
    """rows: from the first of the sheet, each as long as it is filled. Rows and columns from 0."""

    name: str
    rows: list[list[Value]]
    visible: bool = True
    hidden_rows: frozenset[int] = frozenset()
    merges: tuple[Merge, ...] = ()
    _tops: dict[tuple[int, int], int] = field(default_factory=dict, repr=False)
    _sizes: dict[tuple[int, int], int] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        for merge in self.merges:
            top = (merge.first_row, merge.first_column)
            self._sizes[top] = merge.last_row - merge.first_row + 1
            for row in range(merge.first_row + 1, min(merge.last_row + 1, len(self.rows))):
                self._tops[row, merge.first_column] = merge.first_row

    def value(self, row: int, column: int) -> Value:
        """What the cell shows: in a range merged downwards, what stands at its top."""
        top = self._tops.get((row, column), row) if self._tops else row
        cells = self.rows[top] if top < len(self.rows) else []
        return cells[column] if column < len(cells) else None

    def is_below_merge(self, row: int, column: int) -> bool:
        """Whether the cell shares the value of one above."""
        return (row, column) in self._tops

    def merged_rows(self, row: int, column: int) -> int:
        """How many rows share the cell's value."""
        top = self._tops.get((row, column), row)
        return self._sizes.get((top, column), 1)

    @property
    def width(self) -> int:
        """Columns of the widest row."""
        return max((len(row) for row in self.rows), default=0)


@dataclass(frozen=True, slots=True)
class Workbook:
    """kind: xlsx (anything calamine opens) or text."""

    path: Path
    kind: str
    grids: tuple[Grid, ...]
