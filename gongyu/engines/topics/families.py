"""Families of words that mean alike: 眯眼 and 看不清 tell the same story.

What the bank says of one member holds for the others, so few phrases speak for many. A member
written with a wrong character of the same sound (市力 for 视力) is recognised too, as long as one
of its characters is right.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from gongyu.engines.topics.text import BREAK, Units, plain

LONGEST_WORD = 10

# Southern speakers and quick typists mix these up; so do we.
_SAME_INITIAL = (("zh", "z"), ("ch", "c"), ("sh", "s"))


def blurred(syllable: str) -> str:
    """A toneless syllable with the sounds that are often mixed up made equal.

    >>> blurred("sheng"), blurred("jin"), blurred("jing")
    ('sen', 'jin', 'jin')
    """
    for clear, same in _SAME_INITIAL:
        if syllable.startswith(clear):
            syllable = same + syllable[len(clear) :]
    return syllable[:-1] if syllable.endswith("ng") else syllable


class Member(NamedTuple):
    """A word of one or more families found at the units ``first`` to ``last``.

    exact: False if it was recognised by its sound only.
    """

    families: tuple[str, ...]
    first: int
    last: int
    exact: bool


@dataclass(frozen=True)
class Families:
    """Which families each word belongs to. Make one with :meth:`build`.

    by_word and by_sound also hold every beginning of a word, with nothing, so that a search knows
    when to stop.
    """

    by_word: Mapping[str, tuple[str, ...]]
    by_sound: Mapping[str, tuple[str, ...]]
    sounds: Mapping[str, str]

    @classmethod
    def build(
        cls, families: Mapping[str, Sequence[str]], sounds: Mapping[str, str] | None = None
    ) -> Families:
        """families: name → words. sounds: character → toneless syllable (none: no homophones)."""
        by_word: dict[str, tuple[str, ...]] = {}
        for family, words in families.items():
            for word in words:
                known = by_word.get(plain(word), ())
                by_word[plain(word)] = known if family in known else (*known, family)
        heard = {char: f" {blurred(syllable)}" for char, syllable in (sounds or {}).items()}
        by_sound: dict[str, tuple[str, ...]] = {}
        for word in by_word:
            if len(word) >= 2 and all(char in heard for char in word):
                sound = "".join(heard[char] for char in word)
                by_sound[sound] = (*by_sound.get(sound, ()), word)
                for end in range(1, len(word)):
                    by_sound.setdefault("".join(heard[char] for char in word[:end]), ())
        for word in list(by_word):
            for end in range(1, len(word)):
                by_word.setdefault(word[:end], ())
        return cls(by_word, by_sound, heard)

    def members(self, units: Units) -> Iterator[Member]:
        """The longest word at every unit; by its sound only where no longer word is exact.

        A word inside another one is not said: 电竞选手 has no 竞选 in it.
        """
        spoken = -1
        for first, symbol in enumerate(units.units):
            if symbol == BREAK:
                continue
            exact = self._exact(units.units, first)
            if exact is None or exact.last == first:
                exact = self._heard(units.units, first) or exact
            if exact is not None and exact.last > spoken:
                spoken = exact.last if exact.exact else spoken
                yield exact

    def _exact(self, symbols: Sequence[str], first: int) -> Member | None:
        found: Member | None = None
        word = ""
        for last in range(first, len(symbols)):
            word += symbols[last]
            families = self.by_word.get(word)
            if families is None:
                break
            if families:
                found = Member(families, first, last, True)
        return found

    def _heard(self, symbols: Sequence[str], first: int) -> Member | None:
        found: Member | None = None
        sound = ""
        for last in range(first, len(symbols)):
            syllable = self.sounds.get(symbols[last])
            if syllable is None:
                break
            sound += syllable
            words = self.by_sound.get(sound)
            if words is None:
                break
            for meant in words:
                typed = symbols[first : last + 1]
                if any(a == b for a, b in zip(typed, meant, strict=True)):
                    found = Member(self.by_word[meant], first, last, False)
                    break
        return found
