"""The index: built once from topics and phrases, then asked as often as people type."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from gongyu.engines.topics.bank import NO_TOPIC, Bank
from gongyu.engines.topics.chatter import Chatter
from gongyu.engines.topics.errors import BankError, BankFault
from gongyu.engines.topics.families import Families
from gongyu.engines.topics.features import Term, terms
from gongyu.engines.topics.model import Bag, Floats, Model, Vector, fit
from gongyu.engines.topics.reasons import reasons
from gongyu.engines.topics.sounds import SOUNDS
from gongyu.engines.topics.text import Units, split
from gongyu.engines.topics.types import Suggestion, Topic

RIDGE = 0.2
"""λ of the separators. Between 0.1 and 1 the folds' accuracy differs by less than 0.01."""

SHARPNESS = 25.0
"""Turns the separators' values into probabilities (softmax); least log-loss over the folds."""

OFF_TOPIC_WEIGHT = 0.5
"""How much the separator of off-topic sentences counts against the best topic. It has ten times
the examples of a topic and would otherwise speak too loudly."""

UNSURE_BELOW = 0.35
"""A best topic that stands out from off-topic sentences by less than this, with what the sentence
sounds like (a need +1, chatter -1) added, is not named: 不确定."""

LEAST_LOUDNESS = -0.32
"""However much a sentence sounds like a need, its topic must stand out by a little."""

NAMED_ANYHOW = 3
"""So many topics that the text speaks for at all are named, for a person to choose from."""

NAMED_FROM = 0.02
"""Further topics are named from this probability."""


@dataclass(frozen=True)
class TopicIndex:
    """Topics, and the model that finds them in plain words. Make one with :meth:`build`."""

    topics: tuple[Topic, ...]
    families: Families
    model: Model
    chatter: Chatter | None

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
        families = Families.build(bank.families, SOUNDS)
        texts: list[str] = []
        labels: list[int] = []
        for place, topic in enumerate(known):
            own = (topic.name, *topic.synonyms, *bank.phrases.get(topic.code, ()))
            texts.extend(own)
            labels.extend([place] * len(own))
        texts.extend(bank.off_topic)
        labels.extend([len(known)] * len(bank.off_topic))
        bags = [_bag(terms(split(text), families)) for text in texts]
        names = [name for topic in known for name in (topic.name, *topic.synonyms)]
        model = fit(bags, labels, len(known) + 1, ridge=RIDGE)
        return cls(known, families, model, Chatter.build(names, bank, families))

    def suggest(self, text: str, limit: int = 5) -> list[Suggestion]:
        """The topics that ``text`` may mean, best first, at most ``limit``; [] is 不确定.

        Reads the first 2,000 characters. Never raises, whatever the text.
        """
        units = split(text)
        found = list(terms(units, self.families))
        vector = self.model.vector(_bag(found))
        if not vector.rows or not self.topics:
            return []
        linear = self.model.linear(vector)
        linear[-1] *= np.float32(OFF_TOPIC_WEIGHT)
        loudness = self.chatter.loudness(units) if self.chatter else LEAST_LOUDNESS
        if linear[:-1].max() - linear[-1] < UNSURE_BELOW + max(loudness, LEAST_LOUDNESS):
            return []
        chances = _chances(linear)[:-1]
        order = np.argsort(-chances, kind="stable").tolist()
        named = [
            place
            for rank, place in enumerate(order)
            if chances[place] >= NAMED_FROM or (rank < NAMED_ANYHOW and linear[place] > 0.0)
        ]
        return [
            Suggestion(
                self.topics[place].code,
                max(round(float(chances[place]), 4), 0.0001),
                reasons(units, self._voices(units, found, vector, place)),
            )
            for place in named[: max(limit, 0)]
        ]

    def _voices(
        self, units: Units, found: Iterable[Term], vector: Vector, place: int
    ) -> list[float]:
        """How much each unit of the text speaks for the topic at ``place``."""
        spoken = vector.values * self.model.weights[vector.rows, place]
        shares = dict(zip(vector.names, spoken.tolist(), strict=True))
        voices = [0.0] * len(units.units)
        for term in found:
            share = shares.get(term.name)
            if share:
                each = share / (term.last - term.first + 1)
                for unit in range(term.first, term.last + 1):
                    voices[unit] += each
        return voices


def _bag(found: Iterable[Term]) -> Bag:
    """A term said twice counts once, as loudly as it was said."""
    bag: Bag = {}
    for term in found:
        if term.amount > bag.get(term.name, 0.0):
            bag[term.name] = term.amount
    return bag


def _chances(linear: Floats) -> Floats:
    raised = np.exp(np.float32(SHARPNESS) * (linear - linear.max()))
    return np.asarray(raised / raised.sum(), dtype=np.float32)


def _as_bank(phrases: Mapping[str, Sequence[str]]) -> Bank:
    return Bank(
        {code: tuple(own) for code, own in phrases.items() if code != NO_TOPIC},
        tuple(phrases.get(NO_TOPIC, ())),
    )
