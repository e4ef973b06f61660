"""How a run is told while it goes on."""

from __future__ import annotations

from gongyu.engines.matching import Phase, Progress
from gongyu.exchange.files import progress as bar_of


class Terminal:
    """Where progress is drawn."""

    def __init__(self, is_terminal: bool) -> None:
        self.is_terminal = is_terminal
        self.written = ""

    def isatty(self) -> bool:
        return self.is_terminal

    def write(self, text: str) -> int:
        self.written += text
        return len(text)

    def flush(self) -> None:
        pass


STEPS = [
    Progress(Phase.CANDIDATES, 0.0),
    Progress(Phase.CANDIDATES, 1.0, pairs=12_345),
    Progress(Phase.SEARCH, 0.0, 100.0, 110.0),
    Progress(Phase.SEARCH, 1.0, 109.0, 110.0),
    Progress(Phase.DONE, 1.0, 109.0, 110.0),
]


def test_a_terminal_shows_a_bar_and_a_falling_gap_on_one_line() -> None:
    terminal = Terminal(True)
    bar = bar_of.Bar(terminal)  # type: ignore[arg-type]
    for step in STEPS:
        bar.hear(step)
    bar.close()
    assert "\n" not in terminal.written
    assert "12,345 对" in terminal.written
    assert terminal.written.index("10.00%") < terminal.written.index("0.92%")
    assert "█" * bar_of.WIDTH in terminal.written
    assert terminal.written.endswith(" \r")


def test_what_a_large_run_takes_is_said_beforehand_and_stays() -> None:
    terminal = Terminal(True)
    bar = bar_of.Bar(terminal)  # type: ignore[arg-type]
    bar.hear(Progress(Phase.CANDIDATES, 1.0, pairs=9_000_000, memory_mb=1_234.5))
    bar.hear(Progress(Phase.BOUND, 0.0))
    assert "约占 1,234 MB 内存\n" in terminal.written


def test_elsewhere_progress_is_plain_lines() -> None:
    terminal = Terminal(False)
    bar = bar_of.Bar(terminal)  # type: ignore[arg-type]
    for step in STEPS:
        bar.hear(step)
    bar.close()
    assert terminal.written.splitlines() == [
        "找可行的配对",
        "找可行的配对  12,345 对",
        "找方案  离最好不到 10.00%",
        "算完了  离最好不到 0.92%",
    ]
