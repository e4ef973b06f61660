"""What can be wrong with the input of the matching engine."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """record: id of the need, session or pair ("need → session"). field: attribute at fault.

    detail: what was found, as text for a log; the product words its own sentence.
    """

    kind: str
    record: str
    field: str
    detail: str

    def __str__(self) -> str:
        return f"{self.kind} {self.record}: {self.field}: {self.detail}"


class InvalidProblem(ValueError):
    """The input cannot be used. ``faults`` lists every fault found, not only the first."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults: tuple[Fault, ...] = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))


class Cancelled(Exception):
    """The caller's ``cancelled`` answered yes before there was any plan to return."""


class EngineFault(RuntimeError):
    """A plan failed its own verification: a defect of the engine, never of the input."""
