"""Reading a row cell by cell: what cannot be read becomes a fault at its cell."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from django.utils.translation import gettext as _

from .faults import CellFault
from .grid import address
from .readers import Read, Unreadable
from .tables import Row, Table
from .values import Value, is_empty, shown

T = TypeVar("T")
Reader = Callable[[Value], Read[T]]


@dataclass(slots=True)
class RowReader:
    """Reads one row of a table; ``faults`` gathers those of all rows."""

    table: Table
    row: Row
    faults: list[CellFault] = field(default_factory=list)

    def has(self, key: str) -> bool:
        """Whether something stands in the row's cell."""
        return not is_empty(self.row.values.get(key))

    def value(self, key: str) -> Value:
        return self.row.values.get(key)

    def read(self, key: str, reader: Reader[T]) -> T | None:
        """The cell's meaning; None after a fault. An empty cell is a fault."""
        return self._read(key, reader, needed=True)

    def read_or(self, key: str, reader: Reader[T], default: T) -> T | None:
        """The cell's meaning, ``default`` where it is empty or the column is not there."""
        if not self.has(key):
            return default
        return self._read(key, reader, needed=False)

    def _read(self, key: str, reader: Reader[T], *, needed: bool) -> T | None:
        value = self.row.values.get(key)
        if is_empty(value):
            if needed and key in self.table.places:
                self.fault(key, _("这一格要填。"))
            return None
        place = self.table.places[key]
        grid = self.table.grid
        if key in self.table.counted and grid.merged_rows(self.row.number, place) > 1:
            self.fault(
                key,
                _("%(rows)d 行合并成了一格，看不出每行是多少。请拆开合并，逐行填写。")
                % {"rows": grid.merged_rows(self.row.number, place)},
            )
            return None
        try:
            read = reader(value)
        except Unreadable as wrong:
            self.fault(key, wrong.sentence)
            return None
        if read.note:
            self.note(read.note, key)
        return read.value

    def fault(self, key: str, sentence: str) -> None:
        """Something wrong at the row's cell (at the row's first cell if there is no column)."""
        place = self.table.places.get(key, 0)
        value = self.table.grid.value(self.row.number, place)
        self.faults.append(
            CellFault(self.table.grid.name, self.row.number, place, shown(value), sentence)
        )

    def note(self, sentence: str, key: str) -> None:
        """How the cell was read."""
        place = self.table.places.get(key, 0)
        self.table.notes.add(
            sentence, address(self.row.number, place), shown(self.row.values.get(key))
        )
