"""Clauses that name a problem only to set it aside: 不是近视的问题,是不爱运动.

Most negations are the topic itself (不想上学, 跑不动) and stay untouched; only a clause that the
writer denies, praises or gives up for the next one speaks more softly.
"""

from __future__ import annotations

import re

from gongyu.engines.topics.text import BREAK, Units

DENIED = 0.25
GIVEN_UP = 0.6

_IS_WELL = re.compile(
    r"(没问题|没毛病|没的说|没得说|不成问题|很正常|都正常|挺好|挺不错|不错|都好|不用愁|不愁|不担心|不挑)"
    r"[的了啊呀吧]?$"
)
_IS_NOT = re.compile(r"^(?!.{0,3}是不是).{0,4}(不是|并非)(?!.*就是)")
_BUT_IS = re.compile(r"^(而是|就是|只是|是|主要是|关键是|其实)")
_BUT = re.compile(r"^(但|可是|可就|就是|只是|不过|然而|偏偏)")


def clause_weights(units: Units) -> list[float]:
    """How loudly each unit speaks, 0..1, by the clause it stands in."""
    weights = [1.0] * len(units.units)
    clauses = _clauses(units)
    for place, (first, last, words) in enumerate(clauses):
        follows = clauses[place + 1][2] if place + 1 < len(clauses) else ""
        weight = _weight(words, follows)
        if weight != 1.0:
            weights[first:last] = [weight] * (last - first)
    return weights


def _weight(words: str, follows: str) -> float:
    if _IS_WELL.search(words) and follows:
        return DENIED
    if _IS_NOT.search(words) and _BUT_IS.search(follows):
        return DENIED
    if _BUT.search(follows):
        return GIVEN_UP
    return 1.0


def _clauses(units: Units) -> list[tuple[int, int, str]]:
    found: list[tuple[int, int, str]] = []
    first = 0
    for place, unit in enumerate([*units.units, BREAK]):
        if unit != BREAK:
            continue
        if place > first:
            found.append((first, place, "".join(units.units[first:place])))
        first = place + 1
    return found
