"""What of a text the model sees: n-grams of units, and the families of words they belong to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from gongyu.engines.topics.text import BREAK, Units, split

LONGEST_GRAM = 4


@dataclass(frozen=True, slots=True)
class Term:
    """One feature found in a text: its name, and the units ``first`` to ``last`` it stands on."""

    name: str
    first: int
    last: int


def grams(units: Units) -> Iterator[Term]:
    """Every n-gram of one to four units within a clause."""
    symbols = units.units
    count = len(symbols)
    for first in range(count):
        name = ""
        for last in range(first, min(first + LONGEST_GRAM, count)):
            if symbols[last] == BREAK:
                break
            name += symbols[last]
            yield Term(name, first, last)
