"""What can be wrong with a phrase bank or a taxonomy, each fault at its line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class BankFault:
    """One fault of a data file: ``line`` counts from 1 (0: the file as a whole), ``message`` is
    the sentence a user reads."""

    line: int
    message: str

    def __str__(self) -> str:
        return f"第 {self.line} 行:{self.message}" if self.line else self.message


class TopicsError(Exception):
    """Base of every error of the topics engine."""


class BankError(TopicsError):
    """A data file is not usable. ``faults`` lists everything wrong with it, in line order."""

    def __init__(self, faults: Sequence[BankFault]) -> None:
        self.faults = tuple(sorted(faults, key=lambda fault: fault.line))
        super().__init__("\n".join(str(fault) for fault in self.faults))
