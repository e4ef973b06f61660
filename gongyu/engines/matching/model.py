"""The full model as a mixed-integer programme, solved by HiGHS.

Columns: x[pair, rank] (a need's first, second, third session count 1, 0.6, 0.36), y[session]
where it matters whether a session runs, and with fairness u[town, quarter] for the served needs
that are rewarded.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import highspy
import numpy as np
from scipy import sparse

from .fairness import Equity
from .instance import Instance, discount
from .problem import Floats, Ints


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """max cost x, lower <= matrix x <= upper, 0 <= x <= top; all but the u integer.

    pair: (pair columns,), the pair of each; those columns come first, rank in ``rank``.
    """

    cost: Floats
    top: Floats
    whole: Ints
    matrix: sparse.csr_array
    lower: Floats
    upper: Floats
    pair: Ints
    rank: Ints


class _Rows:
    """Collects the rows of a model in coordinate form."""

    def __init__(self) -> None:
        self.count = 0
        self.parts: list[tuple[Ints, Ints, Floats]] = []
        self.lower: list[Floats] = []
        self.upper: list[Floats] = []

    def add(
        self, row: Ints, column: Ints, entry: Floats | float, lower: Floats, upper: Floats | Ints
    ) -> None:
        """Add len(lower) rows; ``row`` counts from 0 within them."""
        self.parts.append((row + self.count, column, np.broadcast_to(entry, row.shape)))
        self.lower.append(lower)
        self.upper.append(np.asarray(upper, np.float64))
        self.count += len(lower)


def build(instance: Instance, equity: Equity | None = None) -> Model:
    """The model of an instance, with the utilities of the towns where fairness asks for them."""
    pair, rank = _rank_columns(instance)
    first_y = len(pair)
    switched = _switched(instance)
    y_of = np.full(len(instance.seats), -1, np.int64)
    y_of[switched] = first_y + np.arange(len(switched))
    first_u = first_y + len(switched)
    pieces = equity.pieces.size if equity else 0
    cost = np.zeros(first_u + pieces)
    top = np.ones(first_u + pieces)
    ranks = int(rank.max(initial=0)) + 1
    cost[:first_y] = instance.value[pair] * discount(ranks)[rank]
    if equity:
        cost[first_u:] = np.broadcast_to(equity.slopes, equity.pieces.shape).reshape(-1)
        top[first_u:] = equity.pieces.reshape(-1)
    rows = _Rows()
    _need_rows(rows, instance, pair, rank)
    _session_rows(rows, instance, pair, y_of)
    _limit_rows(rows, instance, switched, first_y)
    if equity:
        _equity_rows(rows, instance, equity, pair, rank, first_u)
    parts = rows.parts or [(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0))]
    matrix = sparse.csr_array(
        (
            np.concatenate([part[2] for part in parts]),
            (
                np.concatenate([part[0] for part in parts]),
                np.concatenate([part[1] for part in parts]),
            ),
        ),
        shape=(rows.count, len(cost)),
    )
    whole = np.ones(len(cost), np.int64)
    whole[first_u:] = 0
    lower = np.concatenate(rows.lower) if rows.lower else np.empty(0)
    upper = np.concatenate(rows.upper) if rows.upper else np.empty(0)
    return Model(cost, top, whole, matrix, lower, upper, pair, rank)


def _rank_columns(instance: Instance) -> tuple[Ints, Ints]:
    """A column for each pair and each rank it may take."""
    ranks = np.minimum(instance.wanted, np.diff(instance.start))[instance.need]
    pair = np.repeat(np.arange(len(instance)), ranks)
    begin = np.cumsum(ranks) - ranks
    return pair, np.arange(len(pair)) - begin[pair]


def _switched(instance: Instance) -> Ints:
    """Sessions whose running is a decision: a minimum, a monthly limit or a budget asks."""
    used = np.zeros(len(instance.seats), np.bool_)
    used[instance.session] = True
    smallest = np.full(len(instance.seats), np.iinfo(np.int64).max)
    np.minimum.at(smallest, instance.session, instance.heads[instance.need])
    asks = (instance.least > smallest) | (instance.month >= 0) | (instance.fund >= 0)
    return np.flatnonzero(used & asks & ~instance.running)


def _need_rows(rows: _Rows, instance: Instance, pair: Ints, rank: Ints) -> None:
    """One session a rank; a pair once; a group in one place; fixed pairs chosen."""
    columns = np.arange(len(pair))
    ranks = int(rank.max(initial=0)) + 1
    keys, row = np.unique(instance.need[pair] * ranks + rank, return_inverse=True)
    rows.add(row.reshape(-1), columns, 1.0, np.full(len(keys), -np.inf), np.ones(len(keys)))
    # A half-day row with a limit of one also keeps a pair from taking two ranks. It is needed
    # where two pairs share the half-day or the need has several ranks.
    together = np.bincount(instance.half, minlength=len(instance.half_limit))
    several = np.minimum(instance.wanted, np.diff(instance.start))[instance.need] > 1
    asks = together > 1
    asks[instance.half[several]] = True
    halves = np.flatnonzero(asks)
    at = np.full(len(asks), -1, np.int64)
    at[halves] = np.arange(len(halves))
    row = at[instance.half[pair]]
    keep = row >= 0
    rows.add(
        row[keep],
        columns[keep],
        1.0,
        np.full(len(halves), -np.inf),
        instance.half_limit[halves].astype(np.float64),
    )
    double = np.flatnonzero(instance.half_limit[instance.half] > 1)
    if len(double):
        at = np.full(len(instance), -1, np.int64)
        at[double] = np.arange(len(double))
        row = at[pair]
        keep = row >= 0
        rows.add(row[keep], columns[keep], 1.0, np.full(len(double), -np.inf), np.ones(len(double)))
    fixed = np.flatnonzero(instance.fixed)
    at = np.full(len(instance), -1, np.int64)
    at[fixed] = np.arange(len(fixed))
    row = at[pair]
    keep = row >= 0
    rows.add(row[keep], columns[keep], 1.0, np.ones(len(fixed)), np.ones(len(fixed)))


def _session_rows(rows: _Rows, instance: Instance, pair: Ints, y_of: Ints) -> None:
    """Seats, takers, minimum group: heads in [least, seats] * y, takers <= limit * y."""
    session = instance.session[pair]
    columns = np.arange(len(pair))
    heads = instance.heads[instance.need[pair]].astype(np.float64)
    exclusive = instance.takers < 2**31
    many = len(instance.seats)
    used = np.zeros(many, np.bool_)
    used[session] = True
    for chosen, entry, limit in (
        (used, heads, instance.seats),
        (used & exclusive, np.ones(len(pair)), instance.takers),
    ):
        sessions = np.flatnonzero(chosen)
        at = np.full(many, -1, np.int64)
        at[sessions] = np.arange(len(sessions))
        row = at[session]
        keep = row >= 0
        on = y_of[sessions] >= 0
        rows.add(
            np.concatenate([row[keep], np.flatnonzero(on)]),
            np.concatenate([columns[keep], y_of[sessions][on]]),
            np.concatenate([entry[keep], -limit[sessions][on].astype(np.float64)]),
            np.full(len(sessions), -np.inf),
            np.where(on, 0.0, limit[sessions]).astype(np.float64),
        )
    sessions = np.flatnonzero(used & (y_of >= 0) & (instance.least > 0))
    at = np.full(many, -1, np.int64)
    at[sessions] = np.arange(len(sessions))
    row = at[session]
    keep = row >= 0
    rows.add(
        np.concatenate([row[keep], np.arange(len(sessions))]),
        np.concatenate([columns[keep], y_of[sessions]]),
        np.concatenate([heads[keep], -instance.least[sessions].astype(np.float64)]),
        np.zeros(len(sessions)),
        np.full(len(sessions), np.inf),
    )


def _limit_rows(rows: _Rows, instance: Instance, switched: Ints, first_y: int) -> None:
    """Sessions a unit runs in a month; fen a fund pays. Running ones are counted beforehand."""
    y = first_y + np.arange(len(switched))
    on = np.flatnonzero(instance.running)
    unit_entry = np.ones(len(instance.seats))
    for code, entry, limit in (
        (instance.month, unit_entry, instance.month_limit),
        (instance.fund, instance.subsidy.astype(np.float64), instance.fund_limit),
    ):
        kept = on[code[on] >= 0]
        before = np.bincount(code[kept], weights=entry[kept], minlength=len(limit))
        keep = code[switched] >= 0
        rows.add(
            code[switched][keep],
            y[keep],
            entry[switched][keep],
            np.full(len(limit), -np.inf),
            limit - before,
        )


def _equity_rows(
    rows: _Rows, instance: Instance, equity: Equity, pair: Ints, rank: Ints, first_u: int
) -> None:
    """Sum of u[g] <= number of served needs of g: of those that have a first session."""
    first = np.flatnonzero(rank == 0)
    order = first[np.argsort(instance.need[pair[first]], kind="stable")]
    begin = np.searchsorted(instance.need[pair[order]], np.arange(len(instance.heads) + 1))
    row, column = [], []
    for group in range(len(equity.names)):
        for member in equity.member[equity.start[group] : equity.start[group + 1]]:
            columns = order[begin[member] : begin[member + 1]]
            row.append(np.full(len(columns), group))
            column.append(columns)
    groups, quarters = equity.pieces.shape
    pieces = np.arange(groups * quarters)
    rows.add(
        np.concatenate([pieces // quarters, *row]),
        np.concatenate([first_u + pieces, *column]),
        np.concatenate([np.ones(len(pieces)), *(np.full(len(part), -1.0) for part in row)]),
        np.full(groups, -np.inf),
        np.zeros(groups),
    )


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """chosen: pairs, None where no plan was found. bound: of what the model maximises."""

    chosen: Ints | None
    bound: float
    stopped: bool


def solve(
    model: Model,
    *,
    gap: float,
    seed: int,
    time_limit: float | None = None,
    start: Ints | None = None,
    tell: Callable[[float, float], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Outcome:
    """Run HiGHS on one thread. tell(objective, bound) hears of progress now and then."""
    if not len(model.cost):
        return Outcome(np.empty(0, np.int64), 0.0, False)
    solver = highspy.Highs()  # type: ignore[no-untyped-call]
    for name, setting in (
        ("output_flag", False),
        ("threads", 1),
        ("random_seed", seed % 2**31),
        ("mip_rel_gap", gap),
        ("mip_abs_gap", 1e-9),
    ):
        solver.setOptionValue(name, setting)
    if time_limit is not None:
        solver.setOptionValue("time_limit", max(time_limit, 0.01))
    solver.passModel(highs_model(model))

    def hear(kind: Any, message: str, out: Any, put: Any, data: Any) -> None:
        # Typed Any: HiGHS hands over structures of its own that differ from call to call.
        interrupts = highspy.cb.HighsCallbackType.kCallbackMipImprovingSolution
        if kind == interrupts:
            return
        if cancelled and cancelled():
            put.user_interrupt = True
        if tell and kind == highspy.cb.HighsCallbackType.kCallbackMipInterrupt:
            tell(out.mip_primal_bound, out.mip_dual_bound)

    if tell or cancelled:
        solver.setCallback(hear, None)
        solver.startCallback(highspy.cb.HighsCallbackType.kCallbackMipInterrupt)
        solver.startCallback(highspy.cb.HighsCallbackType.kCallbackSimplexInterrupt)
    if start is not None:
        solver.setSolution(len(start), start.astype(np.int32), np.ones(len(start)))
    solver.run()
    status = solver.getModelStatus()
    info = solver.getInfo()
    if status == highspy.HighsModelStatus.kInfeasible:
        return Outcome(None, -np.inf, False)
    stopped = status != highspy.HighsModelStatus.kOptimal
    if info.primal_solution_status != 2:
        return Outcome(None, float(info.mip_dual_bound), stopped)
    x = np.asarray(solver.getSolution().col_value[: len(model.pair)])
    return Outcome(np.unique(model.pair[x > 0.5]), float(info.mip_dual_bound), stopped)


def highs_model(model: Model) -> highspy.HighsLp:
    """The model as HiGHS takes it, whole numbers marked."""
    lp = highspy.HighsLp()
    lp.num_col_ = len(model.cost)
    lp.num_row_ = len(model.lower)
    lp.sense_ = highspy.ObjSense.kMaximize
    lp.col_cost_ = model.cost
    lp.col_lower_ = np.zeros(len(model.cost))
    lp.col_upper_ = model.top
    lp.row_lower_ = model.lower
    lp.row_upper_ = model.upper
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_ = model.matrix.indptr.astype(np.int32)
    lp.a_matrix_.index_ = model.matrix.indices.astype(np.int32)
    lp.a_matrix_.value_ = model.matrix.data
    lp.integrality_ = [
        highspy.HighsVarType.kInteger if whole else highspy.HighsVarType.kContinuous
        for whole in model.whole.tolist()
    ]
    return lp
