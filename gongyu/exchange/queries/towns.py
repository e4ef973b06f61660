"""Towns as keys: rows are grouped by division, and told their town here.

A database groups by a number much faster than by a code that it must first look up.
"""

from __future__ import annotations

from dataclasses import dataclass

from gongyu.places.models import Division

from .census_board import NONE


@dataclass(frozen=True, slots=True)
class Township:
    code: str
    name: str
    kind: str


class Towns:
    """The townships of the district, by key; one query."""

    def __init__(self) -> None:
        rows = Division.objects.filter(level=Division.Level.TOWNSHIP).order_by()
        found = rows.values_list("pk", "code", "short_name", "kind")
        self.by_key = {pk: Township(code, name, kind) for pk, code, name, kind in found}

    def code_of(self, division: int | None, parent: int | None) -> str:
        """The code of the town that a division is, or lies in; ``NONE`` where neither is one."""
        town = self.by_key.get(division or 0) or self.by_key.get(parent or 0)
        return town.code if town else NONE

    @property
    def names(self) -> dict[str, str]:
        """The names by code."""
        return {town.code: town.name for town in self.by_key.values()}
