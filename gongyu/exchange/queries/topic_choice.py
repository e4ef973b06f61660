"""Which topics stand in the form while a teacher types: suggested, ticked, taken out."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from gongyu.exchange.models import Topic

from .suggest import TopicSuggestion, suggest_topics, topics_by_group

TICKED = 2


@dataclass(frozen=True, slots=True)
class Chip:
    """A topic under the text, ticked or not, with the words that led to it.

    ``is_heard``: the text led here. ``is_ours``: we ticked it, so we may also take it back when the
    words change.
    """

    topic: Topic
    because: tuple[str, ...]
    ticked: bool
    is_ours: bool
    is_heard: bool = True


@dataclass(frozen=True, slots=True)
class TopicChoice:
    """The chips, and all other topics by first level for the picker."""

    chips: list[Chip]
    others: list[tuple[Topic, list[Topic]]]
    understood: bool

    @property
    def ticked(self) -> list[Topic]:
        return [chip.topic for chip in self.chips if chip.ticked]


def choose_topics(
    words: str,
    *,
    ticked: Collection[str] = (),
    offered: Collection[str] = (),
    ours: Collection[str] = (),
) -> TopicChoice:
    """What to show for ``words`` after what the teacher did; codes in, 2 queries.

    The best suggestion is ticked for her, and the second if it is likely too. What she took out
    (offered, not ticked) stays out; what she ticked stays, whatever the words say now; what we
    ticked goes when the words that led there are gone.
    """
    suggested = suggest_topics(words) if words.strip() else []
    groups = topics_by_group()
    by_code = {topic.code: topic for _first, below in groups for topic in below}
    codes = {s.topic.code for s in suggested}
    kept = [c for c in dict.fromkeys(ticked) if c in by_code and (c not in ours or c in codes)]
    refused = set(offered) - set(ticked)
    chips: list[Chip] = []
    room = TICKED - len([c for c in kept if c in codes])
    by_hand = [c for c in kept if c not in codes]
    for suggestion in suggested:
        code = suggestion.topic.code
        if code in kept:
            chips.append(_chip(suggestion, ticked=True, is_ours=code in ours))
        elif suggestion.is_likely and code not in refused and room > 0 and not by_hand:
            room -= 1
            chips.append(_chip(suggestion, ticked=True, is_ours=True))
        else:
            chips.append(_chip(suggestion, ticked=False, is_ours=False))
    chips += [Chip(by_code[code], (), True, False, is_heard=False) for code in by_hand]
    shown = {chip.topic.code for chip in chips}
    others = [
        (first, left)
        for first, below in groups
        if (left := [topic for topic in below if topic.code not in shown])
    ]
    return TopicChoice(chips, others, bool(suggested))


def _chip(suggestion: TopicSuggestion, *, ticked: bool, is_ours: bool) -> Chip:
    return Chip(suggestion.topic, suggestion.because, ticked, is_ours)
