"""The phrase bank: a CSV of two columns that a district can extend, and the checks that guard it.

A row is one of

- ``T0101,看黑板老眯着眼``: a phrase of a topic;
- ``-,发票怎么开``: a sentence of no topic, from which the index learns to say 不确定;
- ``-,＿几点关门``: a frame of no topic, whatever topical word stands in its slot;
- ``~近视,近视;小眼镜;四眼``: a family of words that mean alike (see ``families.py``).

A line starting with ``#`` is a remark.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from gongyu.engines.topics.errors import BankError, BankFault
from gongyu.engines.topics.families import LONGEST_WORD
from gongyu.engines.topics.text import plain

NO_TOPIC = "-"
"""The code of sentences that belong to no topic."""

SLOT = "＿"
"""Where a topical word stands in a frame of no topic."""

FAMILY = "~"
"""Begins the first column of a family of words."""

AT_LEAST = 15
SHORTEST, LONGEST = 2, 60
_CODE = re.compile(r"T\d{4}")


@dataclass(frozen=True)
class Bank:
    """Checked phrases: topic code → phrases in file order; those of no topic; families; frames."""

    phrases: Mapping[str, tuple[str, ...]]
    off_topic: tuple[str, ...] = ()
    families: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    frames: tuple[str, ...] = ()

    def __len__(self) -> int:
        return sum(len(of_topic) for of_topic in self.phrases.values())

    def joined(self, more: Bank) -> Bank:
        """This bank and ``more`` (a district's own) as one; what both hold counts once."""
        return Bank(
            _joined(self.phrases, more.phrases),
            tuple(dict.fromkeys((*self.off_topic, *more.off_topic))),
            _joined(self.families, more.families),
            tuple(dict.fromkeys((*self.frames, *more.frames))),
        )


def _joined(
    ours: Mapping[str, tuple[str, ...]], theirs: Mapping[str, tuple[str, ...]]
) -> dict[str, tuple[str, ...]]:
    return {
        name: tuple(dict.fromkeys((*ours.get(name, ()), *theirs.get(name, ()))))
        for name in dict.fromkeys((*ours, *theirs))
    }


@dataclass
class _Reading:
    """What has been read so far, and what was wrong with it."""

    codes: Collection[str] | None
    phrases: dict[str, list[str]] = field(default_factory=dict)
    off_topic: list[str] = field(default_factory=list)
    families: dict[str, tuple[str, ...]] = field(default_factory=dict)
    frames: list[str] = field(default_factory=list)
    seen: dict[str, tuple[int, str]] = field(default_factory=dict)
    faults: list[BankFault] = field(default_factory=list)

    def fault(self, line: int, message: str) -> None:
        self.faults.append(BankFault(line, message))

    def take_row(self, line: int, cells: Sequence[str]) -> None:
        if len(cells) != 2 or not cells[0] or not cells[1]:
            self.fault(line, "应为两栏:主题代码,说法(说法里的半角逗号请改成全角,或给整句加引号)")
        elif cells[0].startswith(FAMILY):
            self.take_family(line, cells[0].removeprefix(FAMILY), cells[1].split(";"))
        else:
            self.take_phrase(line, cells[0], cells[1])

    def take_phrase(self, line: int, code: str, phrase: str) -> None:
        if code != NO_TOPIC:
            if not _CODE.fullmatch(code):
                self.fault(line, f"主题代码“{code}”写法不对,应如 T0101,不属于任何主题的写 -")
            elif self.codes is not None and code not in self.codes:
                self.fault(line, f"主题目录里没有代码 {code}")
        key = SLOT.join(plain(part) for part in phrase.split(SLOT))
        if SLOT in key and code != NO_TOPIC:
            self.fault(line, f"空格 {SLOT} 只能写在不属于任何主题的说法里")
        if len(key) < SHORTEST:
            self.fault(line, f"“{phrase}”太短,至少 {SHORTEST} 个字")
            return
        if len(phrase) > LONGEST:
            self.fault(line, f"这一句有 {len(phrase)} 个字,最多 {LONGEST} 个")
        if key in self.seen:
            first, owner = self.seen[key]
            where = "同一主题" if owner == code else f"另一主题 {owner}"
            self.fault(line, f"“{phrase}”与第 {first} 行重复({where})")
            return
        self.seen[key] = (line, code)
        if SLOT in key:
            self.frames.append(phrase)
        elif code == NO_TOPIC:
            self.off_topic.append(phrase)
        else:
            self.phrases.setdefault(code, []).append(phrase)

    def take_family(self, line: int, name: str, words: Sequence[str]) -> None:
        if not name or name in self.families:
            self.fault(line, f"词族“{name}”没有名字或已经写过")
        keys = [plain(word) for word in words]
        for word, key in zip(words, keys, strict=True):
            if not 1 <= len(key) <= LONGEST_WORD:
                self.fault(line, f"词族“{name}”里的“{word}”应为 1 至 {LONGEST_WORD} 个字")
        if len(set(keys)) < max(2, len(keys)):
            self.fault(line, f"词族“{name}”至少要两个词,且不能重复")
        self.families[name] = tuple(words)


def parse_bank(
    text: str, *, codes: Collection[str] | None = None, at_least: int = AT_LEAST
) -> Bank:
    """Read the data file's text (CSV with the header ``code,phrase``; tabs also separate).

    ``codes`` are the taxonomy's codes: with them, an unknown code is a fault and so is a topic
    with fewer than ``at_least`` phrases; without them only the topics that appear are counted.
    For a district's additions pass ``at_least=0`` and join them to the default bank with
    :meth:`Bank.joined`.

    Raises :class:`BankError` with every fault at its line: unknown or malformed code, missing
    column, phrase too short or too long, phrase repeated (within a topic or across topics), too
    few phrases, a family named twice or with a word twice.

    >>> parse_bank("code,phrase\\nT0101,看黑板老眯着眼\\n", at_least=1).phrases
    {'T0101': ('看黑板老眯着眼',)}
    """
    reading = _Reading(codes)
    at_header = True
    for line, raw in enumerate(text.removeprefix("\ufeff").split("\n"), start=1):
        if not raw.strip() or raw.lstrip().startswith("#"):
            continue
        cells = [cell.strip() for cell in _cells(raw)]
        if not (at_header and [cell.lower() for cell in cells] == ["code", "phrase"]):
            reading.take_row(line, cells)
        at_header = False
    for code in sorted(codes if codes is not None else reading.phrases):
        count = len(reading.phrases.get(code, ()))
        if count < at_least:
            reading.fault(0, f"主题 {code} 只有 {count} 句,至少要 {at_least} 句")
    if reading.faults:
        raise BankError(reading.faults)
    phrases = {code: tuple(of_topic) for code, of_topic in reading.phrases.items()}
    return Bank(phrases, tuple(reading.off_topic), reading.families, tuple(reading.frames))


def _cells(raw: str) -> list[str]:
    if "\t" in raw:
        return raw.split("\t")
    try:
        return next(csv.reader([raw]), [])
    except csv.Error:  # a stray control character, or a field of more than 128 kB
        return []
