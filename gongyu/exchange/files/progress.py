"""How a run goes on, told on stderr: one line redrawn on a terminal, a line a phase elsewhere."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from time import monotonic
from typing import TextIO

from django.utils.translation import gettext as _

from gongyu.engines.matching import Phase, Progress

WIDTH = 24
LARGE = 200.0
"""Megabytes from which it is said beforehand what a run will take."""

REDRAW, REPEAT = 0.1, 10.0
"""Seconds between two drawings of a phase, on a terminal and elsewhere."""


def phase_name(phase: Phase) -> str:
    """What the engine is doing."""
    return {
        Phase.CANDIDATES: _("找可行的配对"),
        Phase.BOUND: _("算上界"),
        Phase.SEARCH: _("找方案"),
        Phase.EXACT: _("精算"),
        Phase.EXPLAIN: _("写原因"),
        Phase.DONE: _("算完了"),
    }[phase]


@dataclass(slots=True)
class Bar:
    """Hears the engine's progress. ``close`` leaves the terminal on a fresh line."""

    stream: TextIO
    phase: Phase | None = None
    drawn: float = 0.0
    width: int = 0

    def hear(self, progress: Progress) -> None:
        begins = progress.phase != self.phase
        self.phase = progress.phase
        if not self.stream.isatty():
            told = progress.phase == Phase.CANDIDATES and progress.share >= 1.0
            if begins or told or monotonic() - self.drawn > REPEAT:
                self.drawn = monotonic()
                print(self._line(progress, bar=False), file=self.stream, flush=True)
            return
        if begins or progress.share >= 1.0 or monotonic() - self.drawn > REDRAW:
            self.drawn = monotonic()
            self._draw(self._line(progress, bar=True))
            if progress.memory_mb and progress.memory_mb >= LARGE:
                self.stream.write("\n")  # stays to be read
                self.width = 0

    def close(self) -> None:
        if self.width:
            self._draw("")
            self.stream.write("\r")
            self.stream.flush()
            self.width = 0

    def _draw(self, line: str) -> None:
        columns = _columns(line)
        self.stream.write("\r" + line + " " * max(0, self.width - columns))
        self.stream.flush()
        self.width = columns

    def _line(self, progress: Progress, *, bar: bool) -> str:
        parts = [phase_name(progress.phase)]
        if bar:
            parts[0] += " " * max(0, 12 - _columns(parts[0]))
            full = round(min(max(progress.share, 0.0), 1.0) * WIDTH)
            parts.append("█" * full + "░" * (WIDTH - full))
        if progress.pairs is not None:
            parts.append(_("%(pairs)s 对") % {"pairs": f"{progress.pairs:,}"})
        if progress.memory_mb and progress.memory_mb >= LARGE:
            parts.append(_("约占 %(mb)s MB 内存") % {"mb": f"{progress.memory_mb:,.0f}"})
        gap = gap_of(progress)
        if gap is not None and gap < 1.0:  # more says nothing to anybody
            parts.append(_("离最好不到 %(gap)s") % {"gap": f"{gap:.2%}"})
        return "  ".join(parts)


def gap_of(progress: Progress) -> float | None:
    """The gap as the engine tells it, or from objective and bound."""
    if progress.gap is not None:
        return progress.gap
    if progress.objective and progress.bound and progress.bound < 1e17:
        return max(0.0, progress.bound / progress.objective - 1.0)
    return None


def _columns(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)
