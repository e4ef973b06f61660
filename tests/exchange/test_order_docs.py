"""docs/exchange/orders.md says what the table says, line by line."""

from __future__ import annotations

from pathlib import Path

from gongyu.exchange.models import Order
from gongyu.exchange.models.moves import ORDER_MOVES, WAITS

PAGE = (Path(__file__).parents[2] / "docs" / "exchange" / "orders.md").read_text()


def _state(value: str) -> str:
    return str(Order.State(value).label) if value else "（还没有）"


def _row(*cells: str) -> str:
    return "| " + " | ".join(cells) + " |"


def test_the_page_lists_every_move_and_no_other() -> None:
    rows = [
        _row(
            f"`{move.verb}`",
            str(move.label),
            "、".join(_state(start) for start in move.starts),
            _state(move.to),
            "、".join(str(who.label) for who in move.who),
            (move.reasons.__qualname__ if move.reasons else "")
            + (" (at short notice)" if move.only_late else ""),
        )
        for move in ORDER_MOVES
    ]
    assert [line for line in PAGE.splitlines() if line.startswith("| `order.")] == rows


def test_the_page_lists_every_deadline() -> None:
    for state, wait in WAITS.items():
        parties = "、".join(str(party.label) for party in wait.who)
        what, then = str(wait.what), str(wait.then)
        assert _row(_state(state), parties, what, f"`GONGYU_{wait.setting}`", then) in PAGE
