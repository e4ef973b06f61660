"""Why a topic: the text's own words that spoke for it."""

from __future__ import annotations

from collections.abc import Sequence

from gongyu.engines.topics.text import BREAK, Units

AT_MOST = 3
SHARE_OF_STRONGEST = 0.35
"""A unit belongs to a reason if it speaks at least this much of what the strongest unit does."""


def reasons(units: Units, voices: Sequence[float]) -> tuple[str, ...]:
    """The strongest runs of units as they stand in the text, strongest first, at most three.

    voices: how much each unit speaks for the topic; negative is against it.
    """
    loudest = max(voices, default=0.0)
    if loudest <= 0.0:
        return ()
    runs: list[tuple[float, int, int]] = []
    first = None
    for place in range(len(units.units) + 1):
        speaks = (
            place < len(units.units)
            and units.units[place] != BREAK
            and voices[place] >= SHARE_OF_STRONGEST * loudest
        )
        if speaks and first is None:
            first = place
        elif not speaks and first is not None:
            runs.append((sum(voices[first:place]), first, place - 1))
            first = None
    runs.sort(key=lambda run: (-run[0], run[1]))
    kept = [run for run in runs if run[2] > run[1]] or runs
    words = (units.words(first, last).strip() for _, first, last in kept[:AT_MOST])
    return tuple(dict.fromkeys(words))
