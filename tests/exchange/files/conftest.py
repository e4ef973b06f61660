"""Reading the two tables, one of them spoilt."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from gongyu.core.spreadsheets import CellFault
from gongyu.exchange.files.reading import Given, InputFaults, read_problem

from .tables import Cell, Edit, save_needs, save_sessions

Spoilt = Edit | Mapping[str, Cell] | None


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., Given]:
    """Both tables, with what was done to each."""

    def read(needs: Spoilt = None, sessions: Spoilt = None) -> Given:
        return read_problem(
            save_needs(tmp_path / "needs.xlsx", needs),
            save_sessions(tmp_path / "sessions.xlsx", sessions),
        )

    return read


@pytest.fixture
def faults(read: Callable[..., Given]) -> Callable[..., dict[str, str]]:
    """Address → sentence of every fault of both tables."""

    def faults(needs: Spoilt = None, sessions: Spoilt = None) -> dict[str, str]:
        with pytest.raises(InputFaults) as raised:
            read(needs, sessions)
        return {
            fault.address if isinstance(fault, CellFault) else "": fault.sentence
            for file in raised.value.files
            for fault in file.faults
        }

    return faults
