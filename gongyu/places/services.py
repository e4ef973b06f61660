"""Bringing divisions and organisations in, many at a time.

An import is not a change of state that two sides watch, so it writes no timeline. Both services may
run again with the same rows: a division is known by its code, an organisation by kind and name.
"""

import re
from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext as _

from .errors import UnknownParent
from .models import Division, Organization

_COMMON = ["lon", "lat", "precision", "pinyin_initials", "pinyin_full"]
_DIVISION_FIELDS = ["name", "short_name", "level", "kind", "parent", *_COMMON]
_ORGANIZATION_FIELDS = [
    *("short_name", "sub_kind", "scope", "division", "address", "phone", "opening_hours"),
    *("about", "duty", "first_grade", "last_grade", "reference"),
    *("source", "source_url", "certainty", "is_listed"),
    *_COMMON,
]
_LEVELS = [choice.value for choice in Division.Level]
# Said by nobody who looks for a school or an office of the district.
_SILENT_PREFIXES = ("北京市大兴区", "北京市", "大兴区")
_NOT_SPOKEN = re.compile(r"\W+")


def parent_code(code: str) -> str:
    """The code one level up: 12 digits → 9 → 6 → the province's 6; empty for a province."""
    if len(code) == 12:
        return code[:9]
    if len(code) == 9:
        return code[:6]
    return "" if code.endswith("0000") else f"{code[:2]}0000"


@transaction.atomic
def save_divisions(divisions: Iterable[Division]) -> int:
    """Save divisions, each under the division that its code names; returns how many.

    Raises UnknownParent if a parent is neither among them nor saved before.
    """
    rows = list(divisions)
    known = dict(Division.objects.values_list("code", "pk"))
    for level in _LEVELS:
        of_level = [row for row in rows if row.level == level]
        for row in of_level:
            if parent := parent_code(row.code):
                if parent not in known:
                    raise UnknownParent(_("%s 的上一级区划不在资料里。") % row.name)
                row.parent_id = known[parent]
            index_names(row)
        Division.objects.bulk_create(
            of_level,
            update_conflicts=True,
            unique_fields=["code"],
            update_fields=_DIVISION_FIELDS,
        )
        known = dict(Division.objects.values_list("code", "pk"))
    return len(rows)


@transaction.atomic
def save_organizations(organizations: Iterable[Organization]) -> int:
    """Save organisations with their pinyin; returns how many."""
    rows = list(organizations)
    for row in rows:
        index_names(row)
    Organization.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["kind", "name"],
        update_fields=_ORGANIZATION_FIELDS,
    )
    return len(rows)


def index_names(row: Division | Organization) -> None:
    """Fill the pinyin columns from all the ways in which people say its name."""
    row.index_name(_spoken(row.short_name, row.name))


def _spoken(*names: str) -> str:
    """The ways in which people say a name, one word each, the shortest form first."""
    forms: list[str] = []
    for name in names:
        bare = name
        for prefix in _SILENT_PREFIXES:
            bare = bare.removeprefix(prefix) or bare
        forms += [bare, name]
    return " ".join(dict.fromkeys(_NOT_SPOKEN.sub("", form) for form in forms if form))
