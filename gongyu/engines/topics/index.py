"""The index: built once from topics and phrases, then asked as often as people type."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from gongyu.engines.topics.bank import NO_TOPIC, Bank
from gongyu.engines.topics.errors import BankError, BankFault
from gongyu.engines.topics.features import Term, grams
from gongyu.engines.topics.model import Bag, Floats, Model, fit
from gongyu.engines.topics.text import split
from gongyu.engines.topics.types import Suggestion, Topic

RIDGE = 0.3
SHARPNESS = 8.0
UNSURE_BELOW = 0.15
NAMED_FROM = 0.02
GRAM_WEIGHTS = (0.5, 1.0, 1.0, 0.8)
UNSEEN_SHARE = 0.25


def _bag(terms: Iterable[Term]) -> Bag:
    bag: Bag = {}
    for term in terms:
        bag[term.name] = GRAM_WEIGHTS[term.last - term.first]
    return bag


@dataclass(frozen=True)
class TopicIndex:
    """Topics, and the model that finds them in plain words. Make one with :meth:`build`."""

    topics: tuple[Topic, ...]
    model: Model

    @classmethod
    def build(
        cls, topics: Iterable[Topic], phrases: Mapping[str, Sequence[str]] | Bank
    ) -> TopicIndex:
        """Train on the topics' names, synonyms and phrases. Pure and deterministic.

        Raises :class:`BankError` if ``phrases`` names a code that no topic has.
        """
        known = tuple(topics)
        bank = phrases if isinstance(phrases, Bank) else _as_bank(phrases)
        places = {topic.code: place for place, topic in enumerate(known)}
        strangers = [code for code in bank.phrases if code not in places]
        if strangers:
            raise BankError([BankFault(0, f"主题目录里没有代码 {code}") for code in strangers])
        texts: list[tuple[str, int]] = []
        for place, topic in enumerate(known):
            own = (topic.name, *topic.synonyms, *bank.phrases.get(topic.code, ()))
            texts.extend((text, place) for text in own)
        texts.extend((text, len(known)) for text in bank.off_topic)
        bags = [_bag(grams(split(text))) for text, _ in texts]
        labels = [label for _, label in texts]
        model = fit(bags, labels, len(known) + 1, ridge=RIDGE, unseen=UNSEEN_SHARE)
        return cls(known, model)

    def suggest(self, text: str, limit: int = 5) -> list[Suggestion]:
        """The topics that ``text`` may mean, best first, at most ``limit``; [] is 不确定."""
        units = split(text)
        terms = list(grams(units))
        rows, values = self.model.vector(_bag(terms), UNSEEN_SHARE)
        if not len(rows):
            return []
        linear = self.model.prior + values @ self.model.weights[rows]
        chances = _chances(linear)
        best = int(np.argmax(chances))
        if best == len(self.topics) or chances[best] < UNSURE_BELOW:
            return []
        order = np.argsort(-chances, kind="stable")
        found: list[Suggestion] = []
        for place in order[:limit]:
            if place == len(self.topics) or chances[place] < NAMED_FROM:
                continue
            found.append(Suggestion(self.topics[place].code, round(float(chances[place]), 4), ()))
        return found


def _chances(linear: Floats) -> Floats:
    raised = np.exp(SHARPNESS * (linear - linear.max()))
    return np.asarray(raised / raised.sum(), dtype=np.float64)


def _as_bank(phrases: Mapping[str, Sequence[str]]) -> Bank:
    return Bank(
        {code: tuple(own) for code, own in phrases.items() if code != NO_TOPIC},
        tuple(phrases.get(NO_TOPIC, ())),
    )
