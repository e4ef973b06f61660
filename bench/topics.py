"""Plain words to topics: how fast and how right, beside names and synonyms alone.

    python bench/topics.py [--folds 5]

The baseline is what a taxonomy gives for nothing: cosine of n-grams (one to three characters,
tf-idf) between the text and each topic's name and synonyms. Both answer the sentences that the
tests keep apart from the bank. The folds tell how the index answers phrases of its own bank that
it has not seen: each fifth in turn is left out of training. Seconds are CPU seconds.

Prints a table; the last line is JSON.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from gongyu.engines.topics import (
    Bank,
    Topic,
    TopicIndex,
    default_bank_text,
    default_topics,
    parse_bank,
)
from tests.engines.topics.readings import Labelled, labelled, off_topic

Answer = Callable[[str], Sequence[str]]
SETS = ("labelled", "reported", "indirect", "voices", "heldback")
OFF_TOPIC = ("offtopic", "offtopic_voices", "offtopic_heldback")


class NamesAlone:
    """Cosine of character n-grams with names and synonyms."""

    def __init__(self, topics: Sequence[Topic]) -> None:
        bags = [self._grams(" ".join((topic.name, *topic.synonyms))) for topic in topics]
        seen = Counter(gram for bag in bags for gram in bag)
        self.rarity = {g: math.log((1 + len(bags)) / (1 + n)) + 1 for g, n in seen.items()}
        self.codes = [topic.code for topic in topics]
        self.holders: dict[str, list[tuple[int, float]]] = {}
        for place, bag in enumerate(bags):
            for gram, value in self._unit(bag).items():
                self.holders.setdefault(gram, []).append((place, value))

    @staticmethod
    def _grams(text: str) -> Counter[str]:
        return Counter(text[i : i + n] for n in (1, 2, 3) for i in range(len(text) - n + 1))

    def _unit(self, bag: Counter[str]) -> dict[str, float]:
        weighted = {g: n * self.rarity[g] for g, n in bag.items() if g in self.rarity}
        length = math.sqrt(sum(value * value for value in weighted.values())) or 1.0
        return {gram: value / length for gram, value in weighted.items()}

    def answer(self, text: str) -> list[str]:
        scores = [0.0] * len(self.codes)
        for gram, value in self._unit(self._grams(text)).items():
            for place, weight in self.holders[gram]:
                scores[place] += value * weight
        order = sorted(range(len(scores)), key=lambda place: -scores[place])
        return [self.codes[place] for place in order[:3] if scores[place] > 0.0]


def accuracy(answer: Answer, sentences: Sequence[Labelled]) -> dict[str, float]:
    answers = [(answer(sentence.text), sentence.codes) for sentence in sentences]
    first = sum(bool(found) and found[0] in right for found, right in answers)
    three = sum(not right.isdisjoint(found[:3]) for found, right in answers)
    return {
        "first": round(first / len(answers), 4),
        "first_three": round(three / len(answers), 4),
        "unsure": round(sum(not found for found, _ in answers) / len(answers), 4),
    }


def per_second(answer: Answer, texts: Sequence[str]) -> float:
    for text in texts[:50]:
        answer(text)
    started = time.process_time()
    for _ in range(5):
        for text in texts:
            answer(text)
    return 5 * len(texts) / (time.process_time() - started)


def asking(index: TopicIndex) -> Answer:
    return lambda text: [suggestion.code for suggestion in index.suggest(text)]


def folds(topics: Sequence[Topic], bank: Bank, count: int) -> dict[str, float]:
    """Every ``count``-th phrase left out in turn, names and synonyms always there."""
    held: list[tuple[Sequence[str], str]] = []
    refused = 0
    for fold in range(count):
        kept = Bank(
            {
                code: tuple(p for i, p in enumerate(own) if i % count != fold)
                for code, own in bank.phrases.items()
            },
            tuple(p for i, p in enumerate(bank.off_topic) if i % count != fold),
            bank.families,
            bank.frames,
        )
        answer = asking(TopicIndex.build(topics, kept))
        held.extend(
            (answer(phrase), code)
            for code, own in bank.phrases.items()
            for phrase in own[fold::count]
        )
        refused += sum(not answer(phrase) for phrase in bank.off_topic[fold::count])
    return {
        "first": round(sum(f[:1] == [code] for f, code in held) / len(held), 4),
        "first_three": round(sum(code in f[:3] for f, code in held) / len(held), 4),
        "off_topic_refused": round(refused / len(bank.off_topic), 4),
    }


def measured(answer: Answer, texts: Sequence[str]) -> dict[str, object]:
    return {
        **{name: accuracy(answer, labelled(name)) for name in SETS},
        "off_topic_refused": {
            name: round(sum(not answer(text) for text in off_topic(name)) / len(off_topic(name)), 4)
            for name in OFF_TOPIC
        },
        "per_second": round(per_second(answer, texts)),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folds", type=int, default=5, help="0: leave the folds out")
    chosen = parser.parse_args()
    topics = default_topics()
    bank = parse_bank(default_bank_text(), codes=[topic.code for topic in topics])
    started = time.process_time()
    index = TopicIndex.build(topics, bank)
    built = time.process_time() - started
    texts = [sentence.text for sentence in labelled("labelled")]
    methods = {
        "names_alone": measured(NamesAlone(topics).answer, texts),
        "ours": measured(asking(index), texts),
    }
    print(f"{'':12}{'':12}{'first':>8}{'three':>8}{'unsure':>8}")
    for method, found in methods.items():
        for name in SETS:
            figures = found[name]
            assert isinstance(figures, dict)
            row = "".join(f"{figures[key]:8.3f}" for key in ("first", "first_three", "unsure"))
            print(f"{method:12}{name:12}{row}")
        print(f"{method:12}off-topic refused {found['off_topic_refused']}")
        print(f"{method:12}{found['per_second']} sentences a second")
    print(f"{len(bank)} phrases, index built in {built:.2f} s")
    result: dict[str, object] = {
        "phrases": len(bank),
        "build_seconds": round(built, 3),
        "methods": methods,
    }
    if chosen.folds > 1:
        result["folds"] = folds(topics, bank, chosen.folds)
        print(f"folds       {result['folds']}")
    print(json.dumps(result, ensure_ascii=False))


if __name__ == "__main__":
    main()
