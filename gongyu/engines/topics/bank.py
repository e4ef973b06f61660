"""The phrase bank: a CSV of ``code,phrase`` that a district can extend, and the checks that guard it.

A line starting with ``#`` is a remark. The code ``-`` marks a sentence that belongs to no topic:
from these the index learns when to say 不确定.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from gongyu.engines.topics.errors import BankError, BankFault
from gongyu.engines.topics.text import plain

NO_TOPIC = "-"
"""The code of sentences that belong to no topic."""

AT_LEAST = 15
SHORTEST, LONGEST = 2, 60
_CODE = re.compile(r"T\d{4}")


@dataclass(frozen=True)
class Bank:
    """Checked phrases: topic code → phrases in file order, and the sentences of no topic."""

    phrases: Mapping[str, tuple[str, ...]]
    off_topic: tuple[str, ...] = ()

    def __len__(self) -> int:
        return sum(len(of_topic) for of_topic in self.phrases.values())

    def with_phrases(self, more: Bank) -> Bank:
        """This bank and ``more`` (a district's own) as one; repeated phrases count once."""
        merged = {
            code: tuple(dict.fromkeys((*self.phrases.get(code, ()), *more.phrases.get(code, ()))))
            for code in dict.fromkeys((*self.phrases, *more.phrases))
        }
        return Bank(merged, tuple(dict.fromkeys((*self.off_topic, *more.off_topic))))


@dataclass
class _Reading:
    """What has been read so far, and what was wrong with it."""

    codes: Collection[str] | None
    phrases: dict[str, list[str]] = field(default_factory=dict)
    off_topic: list[str] = field(default_factory=list)
    seen: dict[str, tuple[int, str]] = field(default_factory=dict)
    faults: list[BankFault] = field(default_factory=list)

    def fault(self, line: int, message: str) -> None:
        self.faults.append(BankFault(line, message))

    def take(self, line: int, code: str, phrase: str) -> None:
        known = code == NO_TOPIC or bool(_CODE.fullmatch(code))
        if not known:
            self.fault(line, f"主题代码“{code}”写法不对,应如 T0101,不属于任何主题的句子写 -")
        elif code != NO_TOPIC and self.codes is not None and code not in self.codes:
            self.fault(line, f"主题目录里没有代码 {code}")
        key = plain(phrase)
        if len(key) < SHORTEST:
            self.fault(line, f"“{phrase}”太短,至少 {SHORTEST} 个字")
        elif len(phrase) > LONGEST:
            self.fault(line, f"这一句有 {len(phrase)} 个字,最多 {LONGEST} 个")
        if key and key in self.seen:
            first, owner = self.seen[key]
            where = "同一主题" if owner == code else f"另一主题 {owner}"
            self.fault(line, f"“{phrase}”与第 {first} 行重复({where})")
            return
        self.seen[key] = (line, code)
        if code == NO_TOPIC:
            self.off_topic.append(phrase)
        else:
            self.phrases.setdefault(code, []).append(phrase)


def parse_bank(
    text: str, *, codes: Collection[str] | None = None, at_least: int = AT_LEAST
) -> Bank:
    """Read the data file's text (CSV with the header ``code,phrase``; tabs also separate).

    ``codes`` are the taxonomy's codes: with them, an unknown code is a fault and so is a topic
    with fewer than ``at_least`` phrases; without them only the topics that appear are counted.
    For a district's additions to the default bank pass ``at_least=1`` and join the two with
    :meth:`Bank.with_phrases`.

    Raises :class:`BankError` with every fault at its line: unknown or malformed code, missing
    column, phrase too short or too long, phrase repeated (within a topic or across topics), too
    few phrases.

    >>> parse_bank("code,phrase\\nT0101,看黑板老眯着眼\\n", at_least=1).phrases
    {'T0101': ('看黑板老眯着眼',)}
    """
    reading = _Reading(codes)
    header_passed = False
    for line, raw in enumerate(text.lstrip("\ufeff").splitlines(), start=1):
        if not raw.strip() or raw.lstrip().startswith("#"):
            continue
        cells = [cell.strip() for cell in _cells(raw)]
        if not header_passed:
            header_passed = True
            if [cell.lower() for cell in cells[:2]] == ["code", "phrase"]:
                continue
        if len(cells) != 2 or not cells[0] or not cells[1]:
            reading.fault(line, "应为两栏:主题代码,说法(说法里的半角逗号请改成全角,或给整句加引号)")
            continue
        reading.take(line, cells[0], cells[1])
    for code in sorted(codes if codes is not None else reading.phrases):
        count = len(reading.phrases.get(code, ()))
        if count < at_least and (codes is not None or count):
            reading.fault(0, f"主题 {code} 只有 {count} 句,至少要 {at_least} 句")
    if reading.faults:
        raise BankError(reading.faults)
    phrases = {code: tuple(of_topic) for code, of_topic in reading.phrases.items()}
    return Bank(phrases, tuple(reading.off_topic))


def _cells(raw: str) -> list[str]:
    if "\t" in raw:
        return raw.split("\t")
    return next(csv.reader([raw]))
