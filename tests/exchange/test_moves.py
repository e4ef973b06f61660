"""The table of moves: each allowed move is one, and everything else is refused."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from gongyu.exchange.errors import MoveNotAllowed
from gongyu.exchange.models import Need, Order, Party
from gongyu.exchange.models.moves import NEED_MOVES, NOTHING, ORDER_MOVES, WAITS, move_of
from gongyu.exchange.services.moves import move_need, move_order
from tests import factories as make

from .conftest import Scene

VERBS = sorted({move.verb for move in ORDER_MOVES if move.starts != (NOTHING,)})
ROOT = Path(__file__).parents[2]


def test_the_table_knows_every_state_and_no_other() -> None:
    states = set(Order.State.values)
    assert {move.to for move in ORDER_MOVES} == states
    assert {start for move in ORDER_MOVES for start in move.starts} <= states | {NOTHING}
    assert set(WAITS) <= states
    assert set(NEED_MOVES) == set(Need.State.values)


def test_a_verb_leads_from_a_state_to_one_state_only() -> None:
    seen = [(move.verb, start) for move in ORDER_MOVES for start in move.starts]
    assert len(seen) == len(set(seen))


def test_what_is_over_stays_over_except_for_a_wrong_absence() -> None:
    leads_out = {
        (move.verb, start)
        for move in ORDER_MOVES
        for start in {*Order.OVER, Order.State.ARCHIVED}.intersection(move.starts)
    }
    assert leads_out == {("order.came", Order.State.MISSED)}


@pytest.mark.parametrize("start", Order.State.values)
def test_every_move_outside_the_table_is_refused_and_changes_nothing(
    scene: Scene, start: str
) -> None:
    order = scene.order(start)
    for verb in VERBS:
        for to in Order.State.values:
            for who in Party:
                move = move_of(verb, start, to)
                if move is not None and who in move.who:
                    continue
                with pytest.raises(MoveNotAllowed):
                    move_order(order, Order.State(to), verb=verb, who=who, reason="other")
    order.refresh_from_db()
    assert order.state == start


def test_every_need_move_outside_the_table_is_refused(scene: Scene) -> None:
    for start in Need.State:
        need = scene.need(state=start, close_reason="agreed")
        for to in set(Need.State) - {start} - set(NEED_MOVES[start]):
            with pytest.raises(MoveNotAllowed):
                move_need(need, to)


@pytest.mark.django_db
@pytest.mark.parametrize("move", [m for m in ORDER_MOVES if m.reasons], ids=lambda m: m.verb)
def test_a_move_that_needs_a_code_is_refused_without_one(move: object) -> None:
    from gongyu.core.errors import DomainError
    from gongyu.exchange.models.moves import Move

    assert isinstance(move, Move)
    order = make.OrderFactory(state=move.starts[0])
    with pytest.raises(DomainError, match="请选一个原因"):
        move_order(order, Order.State(move.to), verb=move.verb, who=move.who[0], late=True)


def test_nobody_counts_what_happened_by_a_list_of_his_own() -> None:
    """States that were added later would be left out: ``Order.HAPPENED`` says it for all."""
    own = re.compile(r"State\.DONE,\s*(Order\.)?State\.RATED")
    found = [
        str(path.relative_to(ROOT))
        for path in (ROOT / "gongyu").rglob("*.py")
        if path.name != "moves.py" and own.search(path.read_text())
    ]
    assert found == ["gongyu/exchange/models/orders.py"]
