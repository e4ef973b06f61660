"""Chatter or a need: 托管班的招牌谁家做的 holds a topical word and still asks for nothing.

What tells the two apart is not the topical word but the sentence around it. So every topical word
becomes a slot, 眼镜打几折 and 足球打几折 become one frame, and a separator of two kinds learns
frames: from names and phrases of topics, and from sentences and frames of no topic.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from gongyu.engines.topics.bank import SLOT, Bank
from gongyu.engines.topics.families import Families
from gongyu.engines.topics.features import FAMILY_MARK, FAMILY_WEIGHT, GRAM_WEIGHTS
from gongyu.engines.topics.model import Bag, Model, fit
from gongyu.engines.topics.text import BREAK, Units, split

RIDGE = 1.0
BALANCE = 3
"""The bank holds about three phrases of a topic for each of none; each of those counts thrice."""

SLOT_WEIGHT = 0.3
LENGTH_WEIGHT = 0.3
LENGTHS = (5, 8, 11, 15, 20)
"""Who needs something tells a little more; a call of three words is rarely a need."""

TOPICAL_SHARE = 0.5
"""A family is topical if this share of the phrases that hold it belongs to three topics."""

_EDGE = "^"
_IN_A_SLOT = "ㄉ"
"""Stands for a topical word among units: a letter that nobody types."""


@dataclass(frozen=True)
class Chatter:
    """How much a text sounds like chatter. Make one with :meth:`build`.

    topical: the words that become slots. general: families that belong to frames (孩子, 询价买卖).
    """

    topical: Families
    general: frozenset[str]
    families: Families
    model: Model

    @classmethod
    def build(cls, names: Iterable[str], bank: Bank, families: Families) -> Chatter | None:
        """names: what topics are called. families: those of ``bank``. None: nothing to learn."""
        called = tuple(names)
        topical = _topical(bank, families)
        words = {name: bank.families[name] for name in sorted(topical)}
        slots = Families.build({**words, SLOT: called})
        general = frozenset(bank.families) - topical
        needs = (*called, *(phrase for own in bank.phrases.values() for phrase in own))
        talk = (*bank.off_topic, *bank.frames)
        if not talk:
            return None
        bags = [_bag(split(_with_slot(text)), slots, general, families) for text in needs + talk]
        bags += bags[len(needs) :] * (BALANCE - 1)
        labels = [0] * len(needs) + [1] * (len(bags) - len(needs))
        return cls(slots, general, families, fit(bags, labels, 2, ridge=RIDGE, doubt=0.0))

    def loudness(self, units: Units) -> float:
        """About -1 (a need) to 1 (chatter)."""
        vector = self.model.vector(_bag(units, self.topical, self.general, self.families))
        if not vector.rows:
            return 0.0
        need, talk = self.model.linear(vector).tolist()
        return float(talk - need)


def _with_slot(text: str) -> str:
    return text.replace(SLOT, f" {_IN_A_SLOT} ")


def _topical(bank: Bank, families: Families) -> frozenset[str]:
    """The families whose words are about a topic; the others are how people talk."""
    where: dict[str, Counter[str]] = {}
    for code, phrases in bank.phrases.items():
        for phrase in phrases:
            for family in _named(phrase, families):
                where.setdefault(family, Counter())[code] += 1
    talk = Counter(family for text in bank.off_topic for family in _named(text, families))
    return frozenset(
        family
        for family, codes in where.items()
        if sum(count for _, count in codes.most_common(3)) >= TOPICAL_SHARE * codes.total()
        and talk[family] < codes.total()
    )


def _named(text: str, families: Families) -> set[str]:
    return {family for member in families.members(split(text)) for family in member.families}


def _bag(units: Units, topical: Families, general: frozenset[str], families: Families) -> Bag:
    symbols = [_EDGE, *_frame(units, topical), _EDGE]
    bag: Bag = {}
    for first in range(len(symbols)):
        name = ""
        for last, weight in zip(range(first, len(symbols)), GRAM_WEIGHTS, strict=False):
            if symbols[last] == BREAK:
                break
            name += symbols[last]
            bag[name] = SLOT_WEIGHT if name == _IN_A_SLOT else weight
    bag.pop(_EDGE, None)
    for member in families.members(units):
        if member.exact:
            for family in member.families:
                if family in general:
                    bag[FAMILY_MARK + family] = FAMILY_WEIGHT
    length = len(symbols) - 2
    for limit in LENGTHS:
        bag[f"{FAMILY_MARK}{limit}{'<' if length > limit else '>='}"] = LENGTH_WEIGHT
    return bag


def _frame(units: Units, topical: Families) -> Iterator[str]:
    """The units with every topical word of two units or more as one slot."""
    slot_until = -1
    members = {member.first: member.last for member in topical.members(units) if member.exact}
    for place, symbol in enumerate(units.units):
        last = members.get(place, place)
        if last > place:
            if place > slot_until + 1 or slot_until < 0:
                yield _IN_A_SLOT
            slot_until = max(slot_until, last)
        elif place > slot_until:
            yield symbol
