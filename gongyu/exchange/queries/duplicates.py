"""Units that may be one and the same, each pair with why; a person decides."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import combinations
from math import cos, hypot, radians

from django.utils.translation import gettext as _

from gongyu.core.spreadsheets import fold
from gongyu.exchange.models import NotTheSame
from gongyu.places.models import Organization, Precision

NEAR_KM = 0.15
ALIKE = 0.5  # share of common pairs of characters from which two names at one place are alike
_KM_A_DEGREE = 111.32
_SILENT = re.compile("北京市|大兴区|北京|大兴|有限责任公司|有限公司|股份|集团|（.*?）|\\(.*?\\)")
_OF_MANY = re.compile("博物馆|展览馆|纪念馆|文化中心|活动中心|综合|公园|基地|学院|医院")
_NOT_SAID = re.compile(r"\W+")
_MOST_IN_A_BLOCK = 40  # a switchboard's number or a town hall's address says nothing


@dataclass(slots=True)
class Pair:
    """Two units and what speaks for their being one; ``score`` orders the list."""

    first: Organization
    second: Organization
    why: list[str] = field(default_factory=list)
    score: int = 0


def bare_name(name: str) -> str:
    """What is left of a name without the district, the legal form and marks.

    >>> bare_name("北京市大兴区图书馆（总馆）") == bare_name("大兴图书馆")
    True
    """
    left = _NOT_SAID.sub("", _SILENT.sub("", fold(name)))
    return left or _NOT_SAID.sub("", fold(name))


def candidates() -> list[Pair]:
    """Most likely first; two queries, and time in proportion to the units."""
    units = list(
        Organization.objects.resource_units()
        .filter(merged_into__isnull=True, is_listed=True)
        .select_related("division__parent")
        .order_by("pk")
    )
    settled = set(NotTheSame.objects.values_list("first", "second"))
    pairs: dict[tuple[int, int], Pair] = {}

    def say(block: Iterable[Organization], why: str, score: int, *, alike: float = 0) -> None:
        members = sorted(set(block), key=lambda unit: unit.pk)
        if len(members) > _MOST_IN_A_BLOCK:
            return
        for first, second in combinations(members, 2):
            key = (first.pk, second.pk)
            if key not in settled and (not alike or _alike(first, second) >= alike):
                pair = pairs.setdefault(key, Pair(first, second))
                pair.why.append(why)
                pair.score += score

    for block in _blocks(units, _names):
        say(block, _("去掉地名和括号，名字一样"), 3)
    for block in _blocks(units, lambda u: [re.sub(r"\D", "", u.phone)[-8:]] if u.phone else []):
        say(block, _("电话一样"), 2)
    for block in _blocks(units, lambda u: [bare_name(u.address)] if len(u.address) > 5 else []):
        say(block, _("地址一样"), 2, alike=ALIKE / 2)
    for pair_near in _near(units):
        say(pair_near, _("在同一个地方，名字也像"), 1, alike=ALIKE)
    return sorted(pairs.values(), key=lambda p: (-p.score, p.first.pk, p.second.pk))


def _names(unit: Organization) -> set[str]:
    return {bare_name(name) for name in (unit.name, unit.short_name) if name}


def _blocks(
    units: list[Organization], keys_of: Callable[[Organization], Iterable[str]]
) -> list[list[Organization]]:
    found: dict[str, list[Organization]] = defaultdict(list)
    for unit in units:
        for key in keys_of(unit):
            if len(key) > 1:
                found[key].append(unit)
    return [block for block in found.values() if len(block) > 1]


def _alike(first: Organization, second: Organization) -> float:
    """Share of the pairs of neighbouring characters that two names have in common."""
    one, other = (
        {name[i : i + 2] for i in range(len(name) - 1)}
        for name in (_own_name(first), _own_name(second))
    )
    return len(one & other) / min(len(one), len(other)) if one and other else 0.0


def _own_name(unit: Organization) -> str:
    """The part that tells a museum from the museum next door."""
    bare = bare_name(unit.name)
    own = _OF_MANY.sub("", bare)
    return own if len(own) > 1 else bare


def _near(units: list[Organization]) -> list[tuple[Organization, Organization]]:
    """Pairs with exact points within ``NEAR_KM``, by a grid of that width."""
    cells: dict[tuple[int, int], list[tuple[float, float, Organization]]] = defaultdict(list)
    for unit in units:
        if unit.precision == Precision.EXACT and unit.lon is not None and unit.lat is not None:
            x = unit.lon * _KM_A_DEGREE * cos(radians(unit.lat))
            y = unit.lat * _KM_A_DEGREE
            cells[int(x // NEAR_KM), int(y // NEAR_KM)].append((x, y, unit))
    found = []
    for (column, row), here in cells.items():
        around = [
            spot
            for dx in (-1, 0, 1)
            for dy in (-1, 0, 1)
            for spot in cells.get((column + dx, row + dy), [])
        ]
        for x, y, unit in here:
            found += [
                (unit, other)
                for ox, oy, other in around
                if unit.pk < other.pk and hypot(x - ox, y - oy) <= NEAR_KM
            ]
    return found
