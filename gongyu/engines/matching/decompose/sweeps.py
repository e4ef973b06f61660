"""One plan for the whole, mended cell by cell, each sweep with other cells.

In a cell, needs and sessions that both lie in it may be matched anew; pairs that cross its border
stay as they are until a sweep whose cells hold both sides. So the plan is feasible at any time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from time import perf_counter

import numpy as np

from gongyu.engines.matching import approximate
from gongyu.engines.matching.board import lay_out
from gongyu.engines.matching.fairness import Equity, served_of
from gongyu.engines.matching.instance import Bools, Instance, benefit
from gongyu.engines.matching.lagrange import no_prices
from gongyu.engines.matching.problem import Floats, Ints

from .areas import Cells
from .crew import Crew
from .restrict import Restricted, restricted


@dataclass(frozen=True, slots=True, eq=False)
class Guide:
    """What the prices say of each pair. share: how often chosen; bid; cost: of forcing it."""

    share: Floats
    bid: Floats
    cost: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Cell:
    """A cell's own problem. start: pairs of it that are chosen and may move."""

    part: Restricted
    start: Ints
    equity: Equity | None


Stops = Callable[[], bool]


def build(instance: Instance, guide: Guide, fair: Equity | None, start: Ints, seed: int) -> Ints:
    """A first plan: pairs in the order of how often their sessions chose them, where they fit."""
    chosen, _ = _search(instance, guide, fair, start, seed, (), None)
    return chosen


def sweep(
    instance: Instance,
    guide: Guide,
    chosen: Ints,
    cells: Cells,
    fair: Equity | None,
    crew: Crew,
    *,
    seed: int,
    spells: tuple[float, ...],
    left: Callable[[], float | None],
    stops: Stops,
    hear: Callable[[float, float], None],
) -> Ints:
    """The plan with every cell mended. hear(share, benefit gained so far). Cells that are not
    begun when ``stops`` answers yes stay as they are.
    """
    now = np.zeros(len(instance), np.bool_)
    now[chosen] = True
    drawn: list[Cell] = []

    def jobs() -> Iterator[tuple[object, ...]]:
        for number, cell in enumerate(cut(instance, now.copy(), cells, fair)):
            if stops():
                return
            drawn.append(cell)
            rows = cell.part.rows
            mine = Guide(guide.share[rows], guide.bid[rows], guide.cost[rows])
            chance = seed * 1_000_003 + number
            yield cell.part.instance, mine, cell.equity, cell.start, chance, spells, left()

    gained = 0.0
    after = now.copy()
    for number, (kept, before, reached) in enumerate(crew.spread(_mend, jobs())):
        rows = drawn[number].part.rows
        if kept is not None:
            after[rows] = False
            after[rows[kept]] = True
            gained += reached - before
        hear((number + 1) / cells.count, gained)
    return np.flatnonzero(after)


def _mend(
    instance: Instance,
    guide: Guide,
    equity: Equity | None,
    start: Ints,
    seed: int,
    spells: tuple[float, ...],
    seconds: float | None,
) -> tuple[Ints | None, float, float]:
    """A cell's pairs after the search, None without a better plan; goal before and after."""
    before = _goal(instance, equity, np.concatenate([start, np.flatnonzero(instance.fixed)]))
    kept, _ = _search(instance, guide, equity, start, seed, spells, seconds)
    after = _goal(instance, equity, kept)
    return (kept, before, after) if after > before else (None, before, before)


def _goal(instance: Instance, equity: Equity | None, chosen: Ints) -> float:
    reward = equity.reward(served_of(instance, chosen)) if equity else 0.0
    return benefit(instance, chosen) + reward


def _search(
    instance: Instance,
    guide: Guide,
    equity: Equity | None,
    start: Ints,
    seed: int,
    spells: tuple[float, ...],
    seconds: float | None,
) -> tuple[Ints, float]:
    begin = perf_counter()

    def hear(share: float, objective: float | None, bound: float) -> bool:
        return seconds is not None and perf_counter() - begin > seconds

    board = lay_out(instance, equity)
    dual = approximate.Dual(board, no_prices(board), np.inf, guide.share, guide.bid, guide.cost)
    return approximate.build_and_mend(instance, dual, hear, seed=seed, start=start, spells=spells)


def cut(instance: Instance, now: Bools, cells: Cells, fair: Equity | None) -> Iterator[Cell]:
    """The cells of an instance with a plan; a cell of -1 is nobody's to move."""
    of_need, of_session = cells.of_need[instance.need], cells.of_session[instance.session]
    inside = np.where(of_need == of_session, of_need, -1)
    crossing = np.flatnonzero(now & (of_need != of_session))
    order = np.argsort(inside, kind="stable")
    border = np.searchsorted(inside[order], np.arange(cells.count + 1))
    must = _held_for_minimum(instance, now, crossing)
    budgets = _budgets(instance, now, cells)
    for cell in range(cells.count):
        mine = order[border[cell] : border[cell + 1]]
        over = crossing[(of_need[crossing] == cell) | (of_session[crossing] == cell)]
        rows = np.sort(np.concatenate([mine, over]))
        held = np.zeros(len(rows), np.bool_)
        held[np.searchsorted(rows, over)] = True
        held |= must[rows]
        foreign = cells.of_session != cell
        part = restricted(instance, rows, held, foreign, budgets[cell])
        start = np.flatnonzero(now[rows] & ~part.instance.fixed)
        equity = _equity(fair, part, cells.of_need, cell) if fair else None
        yield Cell(part, start, equity)


def _held_for_minimum(instance: Instance, now: Bools, crossing: Ints) -> Bools:
    """Chosen pairs that stay so that their session keeps its minimum beside a crossing pair.

    The search takes a session with a fixed pair for one that runs anyway.
    """
    must = np.zeros(len(instance), np.bool_)
    heads = instance.heads[instance.need]
    many = len(instance.seats)
    crossed = np.bincount(instance.session[crossing], heads[crossing], many)
    lacking = (crossed > 0) & (crossed < instance.least) & ~instance.running
    rows = np.flatnonzero(now & lacking[instance.session])
    if not len(rows):
        return must
    over = np.zeros(len(instance), np.bool_)
    over[crossing] = True
    rows = rows[~over[rows]]
    rows = rows[np.lexsort((-instance.value[rows], instance.session[rows]))]
    for row in rows.tolist():
        s = int(instance.session[row])
        if crossed[s] < instance.least[s]:
            must[row] = True
            crossed[s] += heads[row]
    return must


def _budgets(instance: Instance, now: Bools, cells: Cells) -> Ints:
    """(cells, funds): what each cell may spend; together no more than there is."""
    funds = len(instance.fund_limit)
    spent = np.zeros((cells.count + 1, funds), np.int64)
    runs = instance.running.copy()
    runs[instance.session[now]] = True
    paid = np.flatnonzero(runs & (instance.fund >= 0))
    where = np.where(cells.of_session[paid] < 0, cells.count, cells.of_session[paid])
    np.add.at(spent, (where, instance.fund[paid]), instance.subsidy[paid])
    left = np.maximum(0, instance.fund_limit - spent.sum(axis=0))
    mine = spent[: cells.count]
    weight = mine + 1
    shared: Ints = mine + left * weight // np.maximum(1, weight.sum(axis=0))
    return shared


def _equity(fair: Equity, part: Restricted, cell_of_need: Ints, cell: int) -> Equity:
    """The towns' targets for a cell: as much of each as the cell has of its needs."""
    place = np.full(len(cell_of_need), -1, np.int64)
    place[part.needs] = np.arange(len(part.needs))
    home = cell_of_need[fair.member] == cell
    owner = np.repeat(np.arange(len(fair.names)), np.diff(fair.start))
    many = len(fair.names)
    share = np.bincount(owner[home], minlength=many) / np.maximum(1, np.diff(fair.start))
    local = place[fair.member]
    kept = home & (local >= 0)
    counts = np.bincount(owner[kept], minlength=many)
    pieces = np.floor(fair.pieces * share[:, None] + 0.5).astype(np.int64)
    return Equity(
        names=fair.names,
        start=np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)]),
        member=local[kept],
        asked=pieces.sum(axis=1).astype(np.float64),
        pieces=pieces,
        slopes=fair.slopes,
    )
