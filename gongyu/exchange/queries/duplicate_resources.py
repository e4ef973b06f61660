"""Resources of one unit that may be one and the same, each pair with why; a person decides."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations

from django.utils.translation import gettext as _

from gongyu.core.spreadsheets import fold
from gongyu.exchange.models import Order, Resource, ResourcesApart, Session

NEAR = 0.75  # share of common pairs of characters from which two titles are near
_SILENT = re.compile("（.*?）|\\(.*?\\)|课程|活动|项目|参观|体验|研学")
_MARKS = re.compile(r"\W+")


@dataclass(frozen=True, slots=True)
class ResourcePair:
    first: Resource
    second: Resource
    why: str


def bare_title(title: str) -> str:
    """What is left of a title without marks and the words that many share.

    >>> bare_title("活字印刷体验（亲子）") == bare_title("活字 印刷")
    True
    """
    left = _MARKS.sub("", _SILENT.sub("", fold(title)))
    return left or _MARKS.sub("", fold(title))


def resource_candidates() -> list[ResourcePair]:
    """Pairs of all units, the same titles first; three queries."""
    found = Resource.objects.filter(unit__merged_into__isnull=True).select_related("unit")
    return pairs_among(found.prefetch_related("topics").order_by("pk"))


def pairs_among(resources: Iterable[Resource]) -> list[ResourcePair]:
    """Pairs among resources whose topics are loaded, each within its unit; one query."""
    by_unit: dict[int, list[Resource]] = defaultdict(list)
    for resource in sorted(resources, key=lambda each: each.pk):
        by_unit[resource.unit_id].append(resource)
    settled = set(ResourcesApart.objects.values_list("first", "second"))
    same, near = [], []
    for members in by_unit.values():
        for first, second in combinations(members, 2):
            if (first.pk, second.pk) in settled or not _share_a_topic(first, second):
                continue
            if bare_title(first.title) == bare_title(second.title):
                same.append(ResourcePair(first, second, _("名称一样，主题也一样")))
            elif _nearness(first.title, second.title) >= NEAR:
                near.append(ResourcePair(first, second, _("名称很像，主题一样")))
    return same + near


def _share_a_topic(first: Resource, second: Resource) -> bool:
    mine = {topic.pk for topic in first.topics.all()}
    return any(topic.pk in mine for topic in second.topics.all())


def _nearness(one: str, other: str) -> float:
    pairs = [
        {title[i : i + 2] for i in range(len(title) - 1)}
        for title in (bare_title(one), bare_title(other))
    ]
    smaller = min(len(pairs[0]), len(pairs[1]))
    return len(pairs[0] & pairs[1]) / smaller if smaller > 1 else 0.0


def resource_counts(resource: Resource) -> dict[str, int]:
    """How much hangs on a resource: for whoever decides which of two stays."""
    return {
        "sessions": Session.objects.filter(resource=resource).count(),
        "orders": Order.objects.filter(session__resource=resource).count(),
        "photos": resource.photos.count(),
    }
