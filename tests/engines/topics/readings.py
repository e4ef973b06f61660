"""The labelled sentences of this folder, and how well an index answers them."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from gongyu.engines.topics import TopicIndex

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Labelled:
    text: str
    codes: frozenset[str]


def labelled(name: str) -> list[Labelled]:
    """Sentences with the codes that are right for them (``;`` between several)."""
    with (HERE / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return [
            Labelled(row["text"], frozenset(row["codes"].split(";")))
            for row in csv.DictReader(file)
        ]


def off_topic(name: str = "offtopic") -> list[str]:
    with (HERE / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return [row["text"] for row in csv.DictReader(file)]


def shares_right(index: TopicIndex, sentences: Iterable[Labelled]) -> tuple[float, float]:
    """Share of sentences with a right topic in first place, and among the first three."""
    first = three = count = 0
    for sentence in sentences:
        codes = [suggestion.code for suggestion in index.suggest(sentence.text, limit=3)]
        first += codes[:1] != [] and codes[0] in sentence.codes
        three += not sentence.codes.isdisjoint(codes)
        count += 1
    return first / count, three / count


def share_refused(index: TopicIndex, texts: Iterable[str]) -> float:
    answers = [index.suggest(text) for text in texts]
    return sum(not answer for answer in answers) / len(answers)
