"""Topics in a cell: codes or names, several, each with a weight if it has one."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from functools import cache

from django.utils.translation import gettext as _

from gongyu.core.spreadsheets import Read, Unreadable, Value, fold, shown
from gongyu.core.spreadsheets.readers import refuse_broken
from gongyu.engines.topics import default_topics, load_default

_CODE = re.compile(r"T\d{4}")
_LIST = re.compile(r"[;；、,，\n]+")
_WEIGHT = re.compile(
    r"(.+?)\s*(?::|=|\*)\s*([^:]+)|(.+?)\s*\(\s*([\d.]+%?)\s*\)|(.+?)\s+([\d.]+%?)"
)
_CODE_AND_NAME = re.compile(r"(T\d{4})\s*[-:]?\s*\(?([\u4e00-\u9fff][^()]*)\)?")


@dataclass(frozen=True, slots=True)
class Topics:
    """weights: code → weight as written (1 where none is). strays: codes not in the taxonomy."""

    weights: dict[str, float]
    strays: frozenset[str] = field(default_factory=frozenset)


@cache
def _names() -> dict[str, set[str]]:
    """Names, synonyms and codes of the second level, folded → codes."""
    known: dict[str, set[str]] = {}
    for topic in default_topics():
        for name in (topic.code, topic.name):
            known.setdefault(_plain(name), set()).add(topic.code)
    own = set(known)
    for topic in default_topics():
        for name in topic.synonyms:
            if _plain(name) not in own:
                known.setdefault(_plain(name), set()).add(topic.code)
    return known


@cache
def topic_names() -> dict[str, str]:
    """Code → name."""
    return {topic.code: topic.name for topic in default_topics()}


@cache
def _first_level() -> dict[str, list[str]]:
    """First-level codes and names, folded → codes below."""
    found: dict[str, list[str]] = {}
    for topic in default_topics():
        for name in (topic.parent_code, topic.parent_name):
            found.setdefault(_plain(name), []).append(topic.code)
    return found


def _plain(text: str) -> str:
    return re.sub(r"[\s“”\"'《》]", "", fold(text)).lower()


def read_topics(value: Value) -> Read[Topics]:
    """The topics of a need. Weights are all given or none is; a percentage is a weight too."""
    refuse_broken(value)
    return _topics(fold(shown(value) if not isinstance(value, str) else value))


def read_plain_topics(value: Value) -> Read[Topics]:
    """The topics of a session, which have no weights."""
    read = read_topics(value)
    if any(weight != 1.0 for weight in read.value.weights.values()):
        return Read(
            Topics(dict.fromkeys(read.value.weights, 1.0), read.value.strays),
            _("场次的主题不分轻重，权重没有用"),
        )
    return read


@cache
def _topics(text: str) -> Read[Topics]:
    weights: dict[str, float] = {}
    strays: set[str] = set()
    weighted: list[bool] = []
    note = ""
    items = [text] if _plain(text) in _names() else [i.strip() for i in _LIST.split(text)]
    for item in filter(None, items):
        name, weight = _split(item)
        code, own = _code(name)
        note = note or own
        if code not in topic_names():
            strays.add(code)
        if code in weights:
            raise Unreadable(_("“%(name)s”写了两次。请只写一次。") % {"name": name[:20]})
        weights[code] = 1.0 if weight is None else weight
        weighted.append(weight is not None)
    if not weights:
        raise Unreadable(_("这一格要填主题，写代码（T0101）或名称。"))
    if any(weighted) and not all(weighted):
        raise Unreadable(
            _("有的主题写了权重，有的没写。请都写（如 T0101:0.7；T0301:0.3），或都不写。")
        )
    if sum(weights.values()) <= 0:
        raise Unreadable(_("权重加起来是 0。请写大于 0 的数。"))
    return Read(Topics(weights, frozenset(strays)), note)


def _split(item: str) -> tuple[str, float | None]:
    if _plain(item) in _names() or _CODE_AND_NAME.fullmatch(item.upper()):
        return item, None
    found = _WEIGHT.fullmatch(item)
    if not found:
        return item, None
    name, said = next((found[i], found[i + 1]) for i in (1, 3, 5) if found[i])
    try:
        weight = float(said.rstrip("%")) / (100 if said.endswith("%") else 1)
    except ValueError:
        weight = math.nan
    if not math.isfinite(weight) or weight < 0:
        raise Unreadable(
            _("权重“%(weight)s”不是大于 0 的数。请写成 T0101:0.7 这样。") % {"weight": said[:20]}
        )
    return name, weight


def _code(name: str) -> tuple[str, str]:
    """The code that a name means, and a note where it is a synonym."""
    folded = _plain(name)
    codes = _names().get(folded, set())
    if len(codes) == 1:
        code = next(iter(codes))
        known = folded in (code.lower(), _plain(topic_names()[code]))
        return code, "" if known else _("主题的别名按“%(name)s”读") % {"name": topic_names()[code]}
    if len(codes) > 1:
        raise Unreadable(
            _("“%(name)s”可能是 %(topics)s。请写代码。")
            % {"name": name[:20], "topics": _listed(sorted(codes))}
        )
    if found := _CODE_AND_NAME.fullmatch(name.upper()):
        code, own = found[1], _names().get(_plain(found[2]), set())
        official = _plain(topic_names().get(code, ""))
        if not (code in own or (not own and _plain(found[2]) in official)):
            raise Unreadable(
                _("代码 %(code)s 和名称“%(name)s”对不上。请只写一个。")
                % {"code": code, "name": found[2][:20]}
            )
        return code, ""
    upper = re.sub(r"\s", "", name.upper())
    if _CODE.fullmatch(upper):
        return upper, ""
    if below := _first_level().get(folded):
        raise Unreadable(
            _("“%(name)s”是大类，请写到小类：%(topics)s。")
            % {"name": name[:20], "topics": _listed(below)}
        )
    raise Unreadable(_not_known(name))


def _not_known(name: str) -> str:
    suggested = [found.code for found in load_default().suggest(name, 3) if found.score >= 0.2]
    if suggested:
        return _("主题目录里没有“%(name)s”。是不是 %(topics)s？请写代码或名称。") % {
            "name": name[:20],
            "topics": _listed(suggested),
        }
    return _("主题目录里没有“%(name)s”。请写代码（T0101）或目录里的名称。") % {"name": name[:20]}


def _listed(codes: list[str]) -> str:
    return "、".join(f"{code} {topic_names()[code]}" for code in codes)
