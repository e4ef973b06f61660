"""What rows of needs and of sessions have in common."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from gongyu.core.spreadsheets import (
    CellFault,
    Read,
    RowReader,
    Unreadable,
    Value,
    fold,
    read_text,
    shown,
)
from gongyu.core.spreadsheets.values import tidy

from .topics_text import Topics

PEOPLE = dict.fromkeys(
    ("人", "名", "位", "个", "名学生", "个学生", "人次", "个人", "名额", "个名额"), 1.0
)
ROAD = {
    "公里": 1.0,
    "km": 1.0,
    "千米": 1.0,
    "米": 0.001,
    "m": 0.001,
    "公里内": 1.0,
    "公里以内": 1.0,
    "km以内": 1.0,
}
MOST_HEADS = 100_000
_AT_MOST = re.compile(r"^(≤|<=|不超过|不多于|最多|最远|至多)\s*|\s*(以内|之内|以下|内)$")
_AT_LEAST = re.compile(r"^(≥|>=|不少于|不低于|至少|最少)\s*|\s*(起订|起|成团|以上|及以上)$")
_NONE = frozenset(("无", "不限", "没有", "不设", "无限制", "不限制", "没有限制"))


def at_most(value: Value) -> Value:
    """The number of an upper bound that is written as one: ≤10, 不超过10公里."""
    return _AT_MOST.sub("", fold(value)) if isinstance(value, str) else value


def at_least(value: Value) -> Value:
    """The number of a lower bound that is written as one: ≥10, 10人起."""
    return _AT_LEAST.sub("", fold(value)) if isinstance(value, str) else value


def says_none(value: Value) -> bool:
    """Whether the cell says that there is no such limit."""
    return isinstance(value, str) and fold(value) in _NONE


SEVERAL = 3
"""Rows, or codes, that are no slip of the pen."""


@dataclass(slots=True)
class Spellings:
    """Names are one where they differ in width or spaces only; people see the first spelling."""

    first: dict[str, str] = field(default_factory=dict)

    def read(self, value: Value) -> Read[str]:
        name = read_text(value).value
        written = tidy(value) if isinstance(value, str) else name
        return Read(
            self.first.setdefault(name, written.removeprefix("'") if name[:1] != "'" else written)
        )


@dataclass(slots=True)
class Identities:
    """Numbers met so far. A row repeated to the letter is read once; another one is a fault."""

    name: str
    seen: dict[str, int] = field(default_factory=dict)

    def is_repeated(self, reader: RowReader) -> bool:
        """Whether the row is one read before."""
        if not reader.has("id"):
            return False
        try:
            id_ = read_text(reader.value("id")).value
        except Unreadable:
            return False
        row = self.seen.setdefault(id_, reader.row.number)
        if row == reader.row.number:
            return False
        table = reader.table
        if all(
            shown(value) == shown(table.grid.value(row, table.places[key]))
            for key, value in reader.row.values.items()
        ):
            reader.note(_("整行重复的只读了一次"), "id")
            return True
        reader.fault(
            "id",
            _("%(name)s和第 %(row)d 行重复。请改成没用过的编号。")
            % {"name": self.name, "row": row + 1},
        )
        return False


@dataclass(slots=True)
class Codes:
    """Codes of topics met, and the cells of those that the taxonomy does not have."""

    met: set[str] = field(default_factory=set)
    strays: list[tuple[RowReader, str]] = field(default_factory=list)

    def meet(self, reader: RowReader, topics: Topics) -> None:
        self.met.update(topics.weights)
        self.strays.extend((reader, code) for code in sorted(topics.strays))

    def settle(self, other: Codes) -> Iterable[CellFault]:
        """Which codes are a district's own, and which are slips.

        Its own stand in both tables or in several rows. Where it evidently has a taxonomy of its
        own, a rare code is no slip either.
        """
        faults: list[CellFault] = []
        rows = Counter(code for _reader, code in self.strays)
        shared = {code for code in rows if code in other.met}
        for reader, code in self.strays:
            if code in shared or rows[code] >= SEVERAL or len(shared) >= SEVERAL:
                reader.note(_("主题目录里没有的代码，按原样用"), "topics")
                continue
            own = RowReader(reader.table, reader.row, faults)
            own.fault(
                "topics", _("主题目录里没有 %(code)s。请核对代码，或写主题名称。") % {"code": code}
            )
        return faults
