"""The engine's plain data: topics in, suggestions out."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Topic:
    """A second-level topic of the taxonomy.

    ``code`` as T0101, ``parent_code`` as T01; ``synonyms`` are other names for the same thing.
    """

    code: str
    name: str
    parent_code: str
    parent_name: str
    synonyms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A topic that a text may mean.

    ``score`` is the estimated probability (0..1) that this is the text's topic; ``because`` holds
    the words of the text, as written there, that spoke for it, strongest first.
    """

    code: str
    score: float
    because: tuple[str, ...]
