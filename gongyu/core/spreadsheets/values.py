"""What a cell may hold, and how it is shown and compared."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache


@dataclass(frozen=True, slots=True)
class Broken:
    """A formula without a usable result: an error (#N/A), or none kept in the file."""

    shown: str


Value = str | int | float | bool | date | datetime | time | timedelta | Broken | None

_SHORT = 64
"""Letters up to which a text is worth remembering: tables repeat their words."""

_SPACES = re.compile(r"\s+")
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))


def fold(text: str) -> str:
    """One spelling of a text: half-width, single spaces, nothing invisible.

    >>> fold(" ３０　人，Ｔ０１０１ ")
    '30 人,T0101'
    """
    return _fold_short(text) if len(text) <= _SHORT else _fold(text)


def _fold(text: str) -> str:
    return _SPACES.sub(" ", unicodedata.normalize("NFKC", text).translate(_INVISIBLE)).strip()


_fold_short = lru_cache(maxsize=50_000)(_fold)


def tidy(text: str) -> str:
    """The text as written, without what nobody sees: one line, single spaces, nothing invisible."""
    return _SPACES.sub(" ", text.translate(_INVISIBLE)).strip()


def shown(value: Value) -> str:
    """A cell as a person sees it; a long text is cut."""
    if value is None:
        return ""
    if isinstance(value, Broken):
        return value.shown
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float) and value == value and abs(value) < 1e15 and value == int(value):
        return str(int(value))
    if isinstance(value, datetime) and value.time() == time(0):
        value = value.date()
    text = _SPACES.sub(" ", str(value)).strip()
    return text if len(text) <= 40 else f"{text[:39]}…"


def is_empty(value: Value) -> bool:
    """Whether there is nothing to read: no value, blanks, or a dash that stands for nothing."""
    if not isinstance(value, str):
        return value is None
    return not value[:1].isalnum() and not fold(value).strip("-—–/ ")
