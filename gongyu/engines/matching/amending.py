"""A problem after changes, laid out anew only where it changed.

Most of a rematch would otherwise go into checking and laying out records that are as they were.
What cannot be patched (a town whose last need is gone, any fault) is built anew.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

import numpy as np

from .problem import (
    Ints,
    NeedArrays,
    Problem,
    SessionArrays,
    busy_keys,
    codes_of,
    need_arrays,
    session_arrays,
)
from .types import Need, Session
from .validation import faults_of

Record = TypeVar("Record", Need, Session)
Pairs = frozenset[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Changes:
    """What happened since the plan. Ids; records for what is new or altered.

    declined: pairs that were refused and must not be proposed again. confirmed: pairs agreed
    upon. seats: new capacity of sessions. altered needs and sessions replace those of their id.
    """

    withdrawn: frozenset[str] = frozenset()
    cancelled: frozenset[str] = frozenset()
    needs: tuple[Need, ...] = ()
    sessions: tuple[Session, ...] = ()
    declined: frozenset[tuple[str, str]] = frozenset()
    confirmed: frozenset[tuple[str, str]] = frozenset()
    seats: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Moved:
    """Where records went. place: new index of each old one, -1 where it is gone.

    fresh: new indices of those that are new or altered. old, new: indices of all others.
    """

    place: Ints
    fresh: Ints
    old: Ints
    new: Ints


@dataclass(frozen=True, slots=True, eq=False)
class Amended:
    """The problem after the changes, and where its needs and sessions were before."""

    problem: Problem
    needs: Moved
    sessions: Moved


def amended(problem: Problem, changes: Changes) -> Amended:
    """The problem after the changes. Raises InvalidProblem where they do not make sense."""
    offers = {session.id: session for session in changes.sessions}
    for s, seats in changes.seats.items():
        if s not in offers and s in problem.session_index and s not in changes.cancelled:
            offers[s] = problem.sessions[problem.session_index[s]]
        if s in offers:
            offers[s] = replace(offers[s], capacity=seats)
    needs, of_needs = _merged(
        problem.needs, changes.withdrawn, {need.id: need for need in changes.needs}
    )
    sessions, of_sessions = _merged(problem.sessions, changes.cancelled, offers)
    after = _patched(problem, changes, needs, sessions, of_needs, of_sessions)
    if after is None:
        after = _built(problem, changes, needs, sessions, of_needs, of_sessions)
    return Amended(after, of_needs, of_sessions)


def _merged(
    records: tuple[Record, ...], gone: Collection[str], new: dict[str, Record]
) -> tuple[tuple[Record, ...], Moved]:
    """The old records in their order, altered ones in place, new ones at the end."""
    merged: list[Record] = []
    where: list[int] = []
    fresh: list[int] = []
    for record in records:
        if record.id in gone:
            where.append(-1)
            continue
        where.append(len(merged))
        if record.id in new:
            fresh.append(len(merged))
            record = new.pop(record.id)
        merged.append(record)
    fresh += range(len(merged), len(merged) + len(new))
    merged += new.values()
    place = np.array(where, np.int64)
    old = np.flatnonzero((place >= 0) & ~np.isin(place, fresh))
    return tuple(merged), Moved(place, np.array(fresh, np.int64), old, place[old])


def _built(
    problem: Problem,
    changes: Changes,
    needs: tuple[Need, ...],
    sessions: tuple[Session, ...],
    of_needs: Moved,
    of_sessions: Moved,
) -> Problem:
    """From the start, with every check."""
    need_ids, session_ids = {n.id for n in needs}, {s.id for s in sessions}

    def ids(pairs: Pairs) -> set[tuple[str, str]]:
        moved = _moved(pairs, of_needs, of_sessions)
        return {(needs[n].id, sessions[s].id) for n, s in moved}

    return Problem.build(
        needs,
        sessions,
        unit_month_limits=problem.unit_month_limits,
        budgets=problem.budgets,
        confirmed=(ids(problem.confirmed) | changes.confirmed) - changes.declined,
        pinned=ids(problem.pinned) - changes.declined,
        forbidden=ids(problem.forbidden)
        | {(n, s) for n, s in changes.declined if n in need_ids and s in session_ids},
        busy=problem.busy,
        closed_days=problem.closed_days,
        fair_groups={
            name: {needs[n].id for n in of_needs.place[list(row)] if n >= 0}
            for name, row in problem.fair_groups.items()
        },
    )


def _moved(pairs: Pairs, of_needs: Moved, of_sessions: Moved) -> Pairs:
    """Old pairs of records that are still there, altered or not."""
    new = ((int(of_needs.place[n]), int(of_sessions.place[s])) for n, s in pairs)
    return frozenset((n, s) for n, s in new if n >= 0 and s >= 0)


def _patched(
    problem: Problem,
    changes: Changes,
    needs: tuple[Need, ...],
    sessions: tuple[Session, ...],
    of_needs: Moved,
    of_sessions: Moved,
) -> Problem | None:
    """Old arrays with the fresh records put in; None where only building anew will do."""
    new_needs = tuple(needs[n] for n in of_needs.fresh.tolist())
    new_sessions = tuple(sessions[s] for s in of_sessions.fresh.tolist())
    if any(faults_of(new_needs, new_sessions, {}, {}, {}, {}, (), (), ())):
        return None
    towns = _known(problem.towns, (need.town for need in new_needs))
    units = _known(problem.units, (session.unit for session in new_sessions))
    records = (*new_needs, *new_sessions)
    topics = _known(problem.topics, (code for record in records for code in record.topics))
    funds = _known(problem.funds, {s.fund for s in new_sessions} & problem.budgets.keys())
    need_index = {need.id: n for n, need in enumerate(needs)}
    session_index = {session.id: s for s, session in enumerate(sessions)}
    if not all(n in need_index and s in session_index for n, s in changes.confirmed):
        return None
    laid = _with_needs(problem, new_needs, of_needs, topics, towns)
    if np.bincount(laid.town, minlength=len(towns)).min(initial=1) == 0:
        return None

    def moved(pairs: Pairs) -> Pairs:
        return _moved(pairs, of_needs, of_sessions)

    def indices(pairs: Iterable[tuple[str, str]]) -> Pairs:
        return frozenset(
            (need_index[n], session_index[s])
            for n, s in pairs
            if n in need_index and s in session_index
        )

    declined = indices(changes.declined)
    confirmed = (moved(problem.confirmed) | indices(changes.confirmed)) - declined
    # Who wished for a unit that was unknown until now is an altered need in this respect.
    strange = len(units) > len(problem.units)
    altered = set(range(len(needs)) if strange else of_needs.fresh.tolist())
    return replace(
        problem,
        needs=needs,
        sessions=sessions,
        fair_groups={
            name: tuple(int(n) for n in of_needs.place[list(row)] if n >= 0)
            for name, row in problem.fair_groups.items()
        },
        confirmed=confirmed,
        pinned=moved(problem.pinned) - declined - confirmed,
        forbidden=(moved(problem.forbidden) | declined) - confirmed,
        need_index=need_index,
        session_index=session_index,
        topics=tuple(topics),
        units=tuple(units),
        towns=tuple(towns),
        funds=tuple(funds),
        wished=frozenset(
            (n, unit)
            for n, unit in ((int(of_needs.place[n]), unit) for n, unit in problem.wished)
            if n >= 0 and n not in altered
        )
        | {(n, units[unit]) for n in altered for unit in needs[n].wished_units if unit in units},
        need=laid,
        session=_with_sessions(problem, new_sessions, of_sessions, topics, units, funds),
        busy_keys=busy_keys(needs, laid.group, problem.busy),
    )


def _known(names: tuple[str, ...], more: Iterable[str]) -> dict[str, int]:
    """Codes of the names as they were, new ones behind them."""
    return codes_of(dict.fromkeys((*names, *sorted(more))))


def _with_needs(
    problem: Problem,
    new: tuple[Need, ...],
    moved: Moved,
    topics: dict[str, int],
    towns: dict[str, int],
) -> NeedArrays:
    old, some = problem.need, need_arrays(new, topics, towns)
    named = {
        need.group: code
        for need, code in zip(problem.needs, old.group.tolist(), strict=True)
        if need.group
    }
    free = int(old.group.max(initial=-1)) + 1
    group = np.array(
        [named.setdefault(need.group or f"\0{i}", free + len(named)) for i, need in enumerate(new)],
        np.int64,
    )
    arrays = _put_in(old, replace(some, group=group), moved)
    start, entries = _rows(old.topic_start, some.topic_start, moved)
    return replace(
        old,
        **arrays,
        topic_start=start,
        topic_code=np.concatenate([old.topic_code, some.topic_code])[entries],
        topic_weight=np.concatenate([old.topic_weight, some.topic_weight])[entries],
    )


def _with_sessions(
    problem: Problem,
    new: tuple[Session, ...],
    moved: Moved,
    topics: dict[str, int],
    units: dict[str, int],
    funds: dict[str, int],
) -> SessionArrays:
    old = problem.session
    some = session_arrays(new, topics, units, funds, problem.unit_month_limits)
    arrays = _put_in(old, some, moved)
    start, entries = _rows(old.topic_start, some.topic_start, moved)
    return replace(
        old,
        **arrays,
        topic_start=start,
        topic_code=np.concatenate([old.topic_code, some.topic_code])[entries],
    )


def _put_in(
    old: NeedArrays | SessionArrays, some: NeedArrays | SessionArrays, moved: Moved
) -> dict[str, Any]:
    """All arrays of one entry a record, by name."""
    size = len(moved.new) + len(moved.fresh)
    arrays: dict[str, Any] = {}  # Any: arrays of several types, each in the field of its name
    for name in type(old).__slots__:
        if name.startswith("topic_"):
            continue
        before = getattr(old, name)
        after = np.empty(size, before.dtype)
        after[moved.new] = before[moved.old]
        after[moved.fresh] = getattr(some, name)
        arrays[name] = after
    return arrays


def _rows(old: Ints, some: Ints, moved: Moved) -> tuple[Ints, Ints]:
    """Start of each record's topics, and where its entries lie in the old and new ones together."""
    size = len(moved.new) + len(moved.fresh)
    length, begin = np.empty(size, np.int64), np.empty(size, np.int64)
    length[moved.new], length[moved.fresh] = np.diff(old)[moved.old], np.diff(some)
    begin[moved.new], begin[moved.fresh] = old[moved.old], old[-1] + some[:-1]
    start = np.concatenate([np.zeros(1, np.int64), np.cumsum(length)])
    entries = np.repeat(begin - start[:-1], length) + np.arange(int(start[-1]))
    return start, entries
