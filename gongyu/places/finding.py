"""Finding a division or an organisation by what people type: 枣园, zaoyuan, zy, or a code."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Case, IntegerField, Q, Value, When
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongyu.core import pinyin

from .kinds import kind_label
from .models import Division, Organization

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from gongyu.accounts.models import User

LIMIT = 20
LONGEST = 40
_LATIN = re.compile(r"[a-z' ]+")
_EXACT, _PREFIX, _WORD, _WITHIN = range(4)


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a name; ``is_hit`` is what was typed."""

    text: str
    is_hit: bool = False


@dataclass(frozen=True, slots=True)
class Hit:
    name: tuple[Part, ...]
    meta: str
    url: str
    icon: str


@dataclass(frozen=True, slots=True)
class Group:
    label: str
    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found: at most ``LIMIT`` hits, ``has_more`` if there were others."""

    query: str
    groups: tuple[Group, ...] = ()
    has_more: bool = False

    @property
    def count(self) -> int:
        return sum(len(group.hits) for group in self.groups)


def find(text: str, user: User | AnonymousUser) -> Found:
    """Divisions and organisations whose name or pinyin has ``text``; two queries.

    A community's committee is found through its community: both carry one name.
    """
    # PostgreSQL takes no NUL in a text, and nobody types one.
    query = " ".join(text.replace("\x00", " ").split())[:LONGEST]
    typed = query.lower()
    latin = typed.replace("'", "").replace(" ", "") if _LATIN.fullmatch(typed) else ""
    if not query or (not latin and not query.strip("-'")):
        return Found(query)
    rank, reach = _rank(latin or query, bool(latin))
    by_code = Q(code__startswith=query) if query.isdigit() else Q()
    divisions = (
        Division.objects.filter(reach | by_code if by_code else reach)
        .annotate(rank=rank)
        .select_related("parent")
        .order_by("rank", "code")[: LIMIT + 1]
    )
    organizations = (
        Organization.objects.visible_to(user)
        .exclude(kind=Organization.Kind.COMMUNITY)
        .filter(reach)
        .annotate(rank=rank)
        .select_related("division__parent")
        .order_by("rank", "name")[: LIMIT + 1]
    )
    rows: list[Division | Organization] = [*divisions, *organizations]
    # Annotated above; sorting is stable, so that within a rank the order of the queries stays.
    rows.sort(key=lambda row: row.rank)  # type: ignore[union-attr]
    return Found(query, _groups(rows[:LIMIT], latin or query, bool(latin)), len(rows) > LIMIT)


def _rank(typed: str, is_latin: bool) -> tuple[Case, Q]:
    """How near a row comes to what was typed, and which rows come near at all.

    The pinyin columns hold several forms of a name, parted by spaces (see ``services``).
    """
    if not is_latin:
        exact = Q(name__iexact=typed) | Q(short_name__iexact=typed)
        prefix = Q(name__istartswith=typed) | Q(short_name__istartswith=typed)
        word = prefix
        within = Q(name__icontains=typed) | Q(short_name__icontains=typed)
    else:
        exact, prefix, word = Q(), Q(), Q()
        within = Q(name__icontains=typed) | Q(short_name__icontains=typed)
        for column in ("pinyin_initials", "pinyin_full"):
            exact |= Q(**{column: typed}) | Q(**{f"{column}__startswith": f"{typed} "})
            prefix |= Q(**{f"{column}__startswith": typed})
            word |= Q(**{f"{column}__contains": f" {typed}"})
            within |= Q(**{f"{column}__contains": typed})
    rank = Case(
        When(exact, then=Value(_EXACT)),
        When(prefix, then=Value(_PREFIX)),
        When(word, then=Value(_WORD)),
        default=Value(_WITHIN),
        output_field=IntegerField(),
    )
    return rank, within


def _groups(rows: list[Division | Organization], typed: str, is_latin: bool) -> tuple[Group, ...]:
    """Rows by what they are, groups in the order of their best row."""
    grouped: dict[str, list[Hit]] = {}
    for row in rows:
        if isinstance(row, Division):
            label: object = _("镇街、社区和村")
            icon = "map-pin"
            place = row.parent.short_name if row.parent else ""
            what = row.get_level_display()
            url = reverse("places:division", args=[row.code])
        else:
            label, icon = _GROUPS.get(Organization.Kind(row.kind), (_("部门与镇街"), "landmark"))
            place = row.division.short_name if row.division else ""
            what = kind_label(row)
            url = row.get_absolute_url()
        hit = Hit(
            name=highlight(row.name, typed, is_latin=is_latin),
            meta=f"{what} · {place}" if place else str(what),
            url=url,
            icon=icon,
        )
        grouped.setdefault(str(label), []).append(hit)
    return tuple(Group(label, tuple(hits)) for label, hits in grouped.items())


_GROUPS = {
    Organization.Kind.SCHOOL: (gettext_lazy("学校"), "school"),
    Organization.Kind.RESOURCE_UNIT: (gettext_lazy("资源单位"), "package-open"),
}


def highlight(name: str, typed: str, *, is_latin: bool) -> tuple[Part, ...]:
    """The name with the characters marked that match, also where pinyin was typed."""
    start, end = _span(name, typed, is_latin)
    pieces = ((name[:start], False), (name[start:end], True), (name[end:], False))
    return tuple(Part(text, is_hit) for text, is_hit in pieces if text)


def _span(name: str, typed: str, is_latin: bool) -> tuple[int, int]:
    at = name.lower().find(typed.lower())
    if at >= 0:
        return at, at + len(typed)
    if not is_latin:
        return 0, 0
    letters = [pinyin.initials(character) for character in name]
    at = "".join(letter[:1] or " " for letter in letters).find(typed)
    if at >= 0:
        return at, at + len(typed)
    syllables = [pinyin.full(character) for character in name]
    for start in range(len(name)):
        said = ""
        for end in range(start, len(name)):
            said += syllables[end]
            if said.startswith(typed):
                return start, end + 1
            if not typed.startswith(said):
                break
    return 0, 0
