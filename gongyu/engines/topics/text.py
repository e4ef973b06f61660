"""From what people type to units: one Chinese character or one Latin word each.

Markup, spaces, emoji and letter forms differ from writer to writer and carry no topic, so they go
first; every unit keeps its place in the original, so that reasons quote the writer's own words.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from gongyu.engines.topics.traditional import SIMPLIFIED

READ_AT_MOST = 2_000
"""Characters of a text that are read; a need is one or two sentences, not a paper."""

BREAK = "\n"
"""The unit between two clauses; no feature reaches across it."""

_MARKUP = re.compile(
    r"<(script|style)\b[^>]*>.*?</\1\s*>|</?[a-zA-Z!][^<>]{0,300}>|&#?[a-zA-Z0-9]{1,10};",
    re.DOTALL | re.IGNORECASE,
)
# Where 儿 is a word of its own and not the Beijing suffix.
_CHILD_BEFORE = frozenset("幼婴女少孤托胎育产患病新混")
_CHILD_AFTER = frozenset("童科歌子女媳剧化保")


@dataclass(frozen=True, slots=True)
class Units:
    """The units of a text in order, and where each begins and ends in the original."""

    text: str
    units: list[str]
    starts: list[int]
    ends: list[int]

    def words(self, first: int, last: int) -> str:
        """The original words from unit ``first`` up to and including ``last``."""
        return self.text[self.starts[first] : self.ends[last]]


@lru_cache(maxsize=8192)
def _fold(char: str) -> str:
    """One character in its plain form: half-width, small, simplified; a space or a break."""
    if char.isspace():
        return " "
    folded = unicodedata.normalize("NFKC", char).casefold()
    folded = "".join(SIMPLIFIED.get(part, part) for part in folded)
    kept = "".join(part for part in folded if _is_han(part) or part.isalnum())
    if not kept:
        invisible = unicodedata.category(char) in {"Cf", "Mn", "Me"}
        return "" if invisible else BREAK
    return kept


def _is_han(char: str) -> bool:
    return "\u4e00" <= char <= "\u9fff" or "\u3400" <= char <= "\u4dbf"


def split(text: str) -> Units:
    """The units of ``text``; never raises, whatever the string."""
    read = text[:READ_AT_MOST]
    if "<" in read or "&" in read:
        read = _MARKUP.sub(lambda found: " " * len(found.group()), read)
    units: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    joins = False  # whether the next letter continues a Latin word
    for place, char in enumerate(read):
        folded = _fold(char)
        if folded == " ":
            joins = False
            continue
        if folded == BREAK:
            joins = False
            if units and units[-1] != BREAK:
                units.append(BREAK)
                starts.append(place)
                ends.append(place + 1)
            continue
        for part in folded:
            if _is_han(part):
                joins = False
            elif joins:
                units[-1] += part
                ends[-1] = place + 1
                continue
            else:
                joins = True
            units.append(part)
            starts.append(place)
            ends.append(place + 1)
    return _without_suffix(Units(text, units, starts, ends))


def _without_suffix(whole: Units) -> Units:
    """Drop the Beijing suffix 儿 (眼神儿 → 眼神), which some write and some do not."""
    units = whole.units
    if "儿" not in units:
        return whole
    keep = [
        index
        for index, unit in enumerate(units)
        if unit != "儿"
        or index == 0
        or units[index - 1] in _CHILD_BEFORE
        or units[index - 1] == BREAK
        or (index + 1 < len(units) and units[index + 1] in _CHILD_AFTER)
    ]
    return Units(
        whole.text,
        [units[index] for index in keep],
        [whole.starts[index] for index in keep],
        [whole.ends[index] for index in keep],
    )


def plain(text: str) -> str:
    """The text's units as one string without breaks: what makes two phrases the same."""
    return "".join(unit for unit in split(text).units if unit != BREAK)
