"""What of a text the model sees: n-grams of units, and the families of its words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from gongyu.engines.topics.denial import clause_weights
from gongyu.engines.topics.families import Families
from gongyu.engines.topics.text import BREAK, Units

GRAM_WEIGHTS = (0.7, 1.0, 0.5)
"""How much an n-gram of one, two, three units counts."""

FAMILY_WEIGHT = 1.0
SINGLE_UNIT_FAMILY_WEIGHT = 0.6
HEARD_FAMILY_WEIGHT = 0.7
FAMILY_MARK = "#"
"""Begins the name of a family's term, so that it differs from every n-gram."""


class Term(NamedTuple):
    """One feature found in a text: its name, how much it counts, and the units it stands on."""

    name: str
    amount: float
    first: int
    last: int


def terms(units: Units, families: Families) -> Iterator[Term]:
    """Every n-gram within a clause and every family of a word, denied clauses turned down."""
    weights = clause_weights(units)
    symbols = units.units
    count = len(symbols)
    for first in range(count):
        name = ""
        weight = weights[first]
        for size, gram_weight in enumerate(GRAM_WEIGHTS):
            last = first + size
            if last >= count or symbols[last] == BREAK:
                break
            name += symbols[last]
            yield Term(name, gram_weight * weight, first, last)
    for member in families.members(units):
        amount = FAMILY_WEIGHT if member.last > member.first else SINGLE_UNIT_FAMILY_WEIGHT
        if not member.exact:
            amount = HEARD_FAMILY_WEIGHT
        amount *= weights[member.first]
        for family in member.families:
            yield Term(FAMILY_MARK + family, amount, member.first, member.last)
