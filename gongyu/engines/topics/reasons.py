"""Why a topic: the text's own words that spoke for it."""

from __future__ import annotations

from collections.abc import Sequence

from gongyu.engines.topics.text import BREAK, Units

AT_MOST = 3

_NEVER_FIRST = frozenset("的了着们就也都还又再把被给让是说最个几些点里")
_NEVER_LAST = frozenset("的了就也都还又再把被给让是说想最很太不没这那几")
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
    trimmed = [_trimmed(units, first, last) for _, first, last in runs]
    kept = [run for run in trimmed if run is not None] or [run[1:] for run in runs]
    words = (
        units.words(*_widened(units, voices, first, last)).strip() for first, last in kept[:AT_MOST]
    )
    return tuple(dict.fromkeys(words))


def _trimmed(units: Units, first: int, last: int) -> tuple[int, int] | None:
    """The run without the particles that n-grams drag along; None if nothing else is in it."""
    while first <= last and units.units[first] in _NEVER_FIRST:
        first += 1
    while last >= first and units.units[last] in _NEVER_LAST:
        last -= 1
    return (first, last) if first <= last else None


def _widened(units: Units, voices: Sequence[float], first: int, last: int) -> tuple[int, int]:
    """A single character (骗) together with its louder neighbour (防骗), if one speaks too."""
    if first != last or len(units.units[first]) > 1:
        return first, last
    neighbours = [
        (voices[place], place)
        for place in (first - 1, first + 1)
        if 0 <= place < len(units.units) and units.units[place] != BREAK and voices[place] > 0.0
    ]
    if not neighbours:
        return first, last
    _, place = max(neighbours)
    return min(first, place), max(last, place)
