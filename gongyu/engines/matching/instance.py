"""The combinatorial problem behind a matching problem: only numbers, ready for the solvers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .candidates import Candidates
from .errors import InvalidProblem
from .measures import measure
from .problem import HALVES, Floats, Ints, Problem
from .types import RANK_DISCOUNT
from .validation import contradictions

Bools = npt.NDArray[np.bool_]

_SPARSE = 12
"""Groups' half-days for each pair up to which they are counted off rather than sorted."""


@dataclass(frozen=True, slots=True, eq=False)
class Instance:
    """Pairs by need, with what limits them.

    need, session, half, value, km, fixed: one entry a pair; ``half`` codes its group's half-day.
    fixed pairs (confirmed or pinned) are in every plan. start: pairs of need n are
    start[n]:start[n + 1].
    heads, wanted, town: one entry a need. seats, takers, least, month, fund, subsidy, running:
    one entry a session: seats and needs it may take, heads below which it does not run (0 where
    something is fixed in it), code of its unit's month (-1 without limit), fund (-1 without), fen,
    whether it runs anyway. half_limit, month_limit, fund_limit: by code; what is fixed
    always fits. half_key: group and half-day of each code, see ``group_and_half``.
    """

    start: Ints
    need: Ints
    session: Ints
    half: Ints
    value: Floats
    km: Floats
    fixed: Bools
    heads: Ints
    wanted: Ints
    town: Ints
    seats: Ints
    takers: Ints
    least: Ints
    month: Ints
    fund: Ints
    subsidy: Ints
    running: Bools
    half_limit: Ints
    half_key: Ints
    month_limit: Ints
    fund_limit: Ints

    def __len__(self) -> int:
        return len(self.need)


def assemble(problem: Problem, candidates: Candidates) -> Instance:
    """Candidates and fixed pairs as an instance.

    Raises InvalidProblem where pins contradict the rules or each other.
    """
    check_pins(problem, candidates)
    n, s, value, km, fixed = _with_confirmed(problem, candidates)
    need, session = problem.need, problem.session
    keys, half = _half_days(need.group[n], session.half[s])
    many = len(problem.session.day)
    limited = session.limit >= 0
    unit_month = session.unit * 1_000_000 + session.month
    month_keys, at = np.unique(unit_month[limited], return_inverse=True)
    month = np.full(many, -1, np.int64)
    month[limited] = at
    month_limit = np.zeros(len(month_keys), np.int64)
    month_limit[at] = session.limit[limited]
    running = np.zeros(many, np.bool_)
    running[s[fixed]] = True
    funded = (session.fund >= 0) & (session.subsidy > 0)
    fund = np.where(funded, session.fund, -1)
    fund_limit = np.array([problem.budgets[name] for name in problem.funds], np.int64)
    spent = np.bincount(
        fund[running & funded],
        weights=session.subsidy[running & funded].astype(np.float64),
        minlength=len(fund_limit),
    ).astype(np.int64)
    used = np.bincount(s[fixed], weights=need.heads[n[fixed]], minlength=many).astype(np.int64)
    taken = np.bincount(s[fixed], minlength=many)
    got = np.bincount(n[fixed], minlength=len(problem.need.heads))
    return Instance(
        start=np.searchsorted(n, np.arange(len(problem.need.heads) + 1)),
        need=n,
        session=s,
        half=half,
        value=value,
        km=km,
        fixed=fixed,
        heads=need.heads,
        wanted=np.maximum(need.wanted, got),
        town=need.town,
        seats=np.maximum(session.capacity, used),
        takers=np.maximum(np.where(session.exclusive, 1, np.int64(2**31)), taken),
        least=np.where(running | session.exclusive, 0, session.least),
        month=month,
        fund=fund,
        subsidy=session.subsidy,
        running=running,
        half_limit=np.maximum(1, np.bincount(half[fixed], minlength=len(keys))),
        half_key=keys,
        month_limit=np.maximum(
            month_limit, np.bincount(month[running & limited], minlength=len(month_keys))
        ),
        fund_limit=np.maximum(fund_limit, spent),
    )


def _half_days(group: Ints, half: Ints) -> tuple[Ints, Ints]:
    """Keys of the groups' half-days that occur, sorted, and the place of each pair's among them."""
    if not len(group):
        return np.empty(0, np.int64), np.empty(0, np.int64)
    low = int(half.min())
    span = int(half.max()) - low + 1
    cells = (int(group.max()) + 1) * span
    if cells > _SPARSE * len(group):
        keys, at = np.unique(group * HALVES + half, return_inverse=True)
        return keys, at.reshape(-1).astype(np.int64)
    cell = group * span + (half - low)
    occurs = np.zeros(cells, np.bool_)
    occurs[cell] = True
    place = np.cumsum(occurs, dtype=np.int32)
    keys = np.flatnonzero(occurs)
    return keys // span * HALVES + keys % span + low, place[cell].astype(np.int64) - 1


def check_pins(problem: Problem, candidates: Candidates) -> None:
    if not problem.pinned:
        return
    size = len(problem.session.day)
    asked = np.array([n * size + s for n, s in problem.pinned], dtype=np.int64)
    held = asked[np.isin(asked, candidates.need * size + candidates.session)]
    faults = list(
        contradictions(
            problem.needs,
            problem.sessions,
            problem.confirmed,
            problem.pinned,
            {(int(key) // size, int(key) % size) for key in held},
            problem.unit_month_limits,
            problem.budgets,
        )
    )
    if faults:
        raise InvalidProblem(faults)


def _with_confirmed(
    problem: Problem, candidates: Candidates
) -> tuple[Ints, Ints, Floats, Floats, Bools]:
    """Pairs by need and session; confirmed pairs join even where they are no longer feasible."""
    if not problem.confirmed and not problem.pinned:
        free = np.zeros(len(candidates), np.bool_)
        return candidates.need, candidates.session, candidates.value, candidates.km, free
    size = max(len(problem.session.day), 1)
    keys = candidates.need * size + candidates.session
    confirmed = np.array([n * size + s for n, s in problem.confirmed], dtype=np.int64)
    pinned = np.array([n * size + s for n, s in problem.pinned], dtype=np.int64)
    extra = np.sort(confirmed[~np.isin(confirmed, keys)])
    n, s = extra // size, extra % size
    measures = measure(problem, n, s)
    everything = np.concatenate([keys, extra])
    order = np.argsort(everything, kind="stable")
    everything = everything[order]
    return (
        everything // size,
        everything % size,
        np.concatenate([candidates.value, measures.value])[order],
        np.concatenate([candidates.km, measures.km])[order],
        np.isin(everything, np.concatenate([confirmed, pinned])),
    )


def group_and_half(key: int) -> tuple[int, int]:
    """Group code, and half-day as proleptic ordinal * 3 + half-day, of a half-day's key."""
    return divmod(key, HALVES)


def discount(ranks: int) -> Floats:
    """Weights of a need's sessions sorted by value: 1, 0.6, 0.36, ..."""
    weights: Floats = RANK_DISCOUNT ** np.arange(ranks, dtype=np.float64)
    return weights


def benefit(instance: Instance, chosen: Ints) -> float:
    """B of a choice of pairs: each need's values from the best down, discounted."""
    if not len(chosen):
        return 0.0
    value, need = instance.value[chosen], instance.need[chosen]
    order = np.lexsort((-value, need))
    value, need = value[order], need[order]
    first = np.concatenate([[True], need[1:] != need[:-1]])
    begin = np.flatnonzero(first)
    rank = np.arange(len(need)) - begin[np.cumsum(first) - 1]
    return float(np.sum(value * RANK_DISCOUNT**rank))
