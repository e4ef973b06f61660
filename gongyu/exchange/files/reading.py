"""From two files to a problem of the engine, or to everything that is wrong with them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from django.utils.translation import gettext as _

from gongyu.core.spreadsheets import (
    CellFault,
    Column,
    Fault,
    Notes,
    Table,
    UnreadableFile,
    Workbook,
    find_table,
    mark_faults,
    open_workbook,
)
from gongyu.engines.matching import Problem, Session

from .columns import NEEDS, SESSIONS
from .needs import NeedRows, read_needs
from .records import Spellings
from .sessions import SessionRows, read_sessions


@dataclass(frozen=True, slots=True)
class Given:
    """What the two files say. labels: need → (school, group). notes: how cells were read."""

    problem: Problem
    labels: dict[str, tuple[str, str]]
    notes: tuple[str, ...]


@dataclass(slots=True)
class FaultyFile:
    """A file and what is wrong with it. workbook: None where it could not even be opened."""

    path: Path
    workbook: Workbook | None
    faults: list[CellFault | Fault]

    @property
    def cell_faults(self) -> list[CellFault]:
        return [fault for fault in self.faults if isinstance(fault, CellFault)]

    def mark(self) -> Path | None:
        """A copy beside the file with every faulty cell marked; None where no cell is at fault."""
        if self.workbook is None or not self.cell_faults:
            return None
        return mark_faults(self.workbook, self.cell_faults)


class InputFaults(Exception):
    """The files cannot be used; ``files`` says why, all at once."""

    def __init__(self, files: Sequence[FaultyFile]) -> None:
        super().__init__(f"{sum(len(file.faults) for file in files)} faults")
        self.files = tuple(files)


@dataclass(slots=True)
class _File:
    path: Path
    columns: tuple[Column, ...]
    workbook: Workbook | None = None
    table: Table | None = None
    notes: Notes = field(default_factory=Notes)
    faults: list[CellFault | Fault] = field(default_factory=list)

    def find(self) -> None:
        try:
            self.workbook = open_workbook(self.path)
        except UnreadableFile as wrong:
            self.faults.append(Fault(wrong.sentence))
            return
        self.table, self.faults = find_table(self.workbook, self.columns, self.notes)

    @property
    def as_faulty(self) -> FaultyFile:
        self.faults.sort(key=lambda f: (f.row, f.column) if isinstance(f, CellFault) else (-1, -1))
        return FaultyFile(self.path, self.workbook, self.faults)


def read_problem(needs_path: Path, sessions_path: Path) -> Given:
    """The problem that the two files state. Raises InputFaults with every fault of both."""
    needs, sessions = _File(needs_path, NEEDS), _File(sessions_path, SESSIONS)
    needs.find()
    sessions.find()
    _say_if_swapped(needs, sessions)
    names = Spellings()
    session_rows = read_sessions(sessions.table, names) if sessions.table else SessionRows()
    need_rows = read_needs(needs.table, names) if needs.table else NeedRows()
    needs.faults.extend(need_rows.faults)
    sessions.faults.extend(session_rows.faults)
    if needs.table and sessions.table:
        needs.faults.extend(need_rows.codes.settle(session_rows.codes))
        sessions.faults.extend(session_rows.codes.settle(need_rows.codes))
    faulty = [file.as_faulty for file in (needs, sessions) if file.faults]
    if faulty:
        raise InputFaults(faulty)
    _note_defaults(needs)
    _note_defaults(sessions)
    _note_unknown_units(needs, need_rows, session_rows.sessions)
    problem = Problem.build(
        need_rows.needs, session_rows.sessions, unit_month_limits=session_rows.limits
    )
    return Given(
        problem,
        need_rows.labels,
        tuple(
            f"{file.path.name}：{sentence}"
            for file in (needs, sessions)
            for sentence in file.notes.said()
        ),
    )


def _say_if_swapped(needs: _File, sessions: _File) -> None:
    """The two files in the wrong order make one sentence, not a hundred."""

    def fits(file: _File, columns: tuple[Column, ...]) -> bool:
        if not file.workbook:
            return False
        table, wrong = find_table(file.workbook, columns, Notes())
        return table is not None and not wrong

    def whole(file: _File) -> bool:
        return file.table is not None and not file.faults

    if whole(needs) or whole(sessions):
        return
    if fits(needs, SESSIONS) and fits(sessions, NEEDS):
        sentence = _("两份文件放反了：先写需求表，再写场次表。")
        needs.faults, needs.table = [Fault(sentence)], None
        sessions.faults, sessions.table = [Fault(sentence)], None


_DEFAULTS: dict[str, Callable[[], str]] = {
    "severity": lambda: _("没有“紧急程度”一栏，都按一般算"),
    "wanted": lambda: _("没有“场次”一栏，每个需求按一场算"),
    "group": lambda: _("没有“群体”一栏，每个需求自成一个群体"),
    "limit": lambda: _("没有“单位每月上限”一栏，单位不设上限"),
    "least": lambda: _("没有“最少人数”一栏，不设最少人数"),
}


def _note_defaults(file: _File) -> None:
    for column in file.columns:
        if file.table and column.key not in file.table.places and column.key in _DEFAULTS:
            file.notes.add(_DEFAULTS[column.key](), "")


def _note_unknown_units(needs: _File, rows: NeedRows, sessions: Sequence[Session]) -> None:
    units = {session.unit for session in sessions}
    for unit, (row, _need) in rows.wished.items():
        if unit not in units:
            needs.notes.add(
                _("指定的单位不在场次表里"), _("第 %(row)d 行") % {"row": row + 1}, unit
            )
