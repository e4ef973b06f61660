"""A validated problem: the records, and the same as arrays for the hot loops."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import numpy.typing as npt

from .errors import InvalidProblem
from .types import SEVERITY_WEIGHTS, Form, Need, Session
from .validation import faults_of

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

FIRST_LEVEL = 0.4
"""What a session on the same first-level topic counts of a topic's weight."""

HALVES = 1 << 24
"""More than date.max.toordinal() * 3 + 2: group * HALVES + half is one key for both."""


def first_level(code: str) -> str:
    """First-level topic of a code: "T0101" -> "T01" (taxonomy: T + two digits + two digits)."""
    return code[:3]


@dataclass(frozen=True, slots=True, eq=False)
class NeedArrays:
    """One entry a need. grades: bit grade + 2. slots: bit 3 * weekday + half-day.

    first, last: proleptic ordinals of the window. group, town: codes from 0.
    topics: (needs, topics) weights, each row sums to 1. wished: (need, unit) codes, sorted.
    """

    heads: Ints
    grades: Ints
    forms: Ints
    first: Ints
    last: Ints
    slots: Ints
    lon: Floats
    lat: Floats
    reach: Floats
    weight: Floats
    wanted: Ints
    group: Ints
    town: Ints
    topic_start: Ints
    topic_code: Ints
    topic_weight: Floats


@dataclass(frozen=True, slots=True, eq=False)
class SessionArrays:
    """One entry a session. slot: bit number 3 * weekday + half-day. half: ordinal * 3 + half-day.

    month: year * 12 + month - 1. limit: of its unit a month, -1 for none. Topics as CSR.
    """

    unit: Ints
    grades: Ints
    form: Ints
    day: Ints
    slot: Ints
    half: Ints
    month: Ints
    limit: Ints
    capacity: Ints
    exclusive: npt.NDArray[np.bool_]
    least: Ints
    lon: Floats
    lat: Floats
    radius: Floats
    fund: Ints
    subsidy: Ints
    topic_start: Ints
    topic_code: Ints


@dataclass(frozen=True, slots=True, eq=False)
class Problem:
    """Build with :meth:`build`. Pairs are (need index, session index).

    busy_keys: ``busy`` as sorted group * HALVES + half, only for groups that some need has.
    """

    needs: tuple[Need, ...]
    sessions: tuple[Session, ...]
    unit_month_limits: Mapping[str, int]
    budgets: Mapping[str, int]
    fair_groups: Mapping[str, tuple[int, ...]]
    confirmed: frozenset[tuple[int, int]]
    pinned: frozenset[tuple[int, int]]
    forbidden: frozenset[tuple[int, int]]
    busy: Mapping[str, frozenset[tuple[date, int]]]
    closed_days: frozenset[date]
    need_index: Mapping[str, int]
    session_index: Mapping[str, int]
    topics: tuple[str, ...]
    units: tuple[str, ...]
    towns: tuple[str, ...]
    funds: tuple[str, ...]
    wished: frozenset[tuple[int, int]]
    need: NeedArrays = field(repr=False)
    session: SessionArrays = field(repr=False)
    busy_keys: Ints = field(repr=False)

    @classmethod
    def build(
        cls,
        needs: Iterable[Need],
        sessions: Iterable[Session],
        *,
        unit_month_limits: Mapping[str, int] | None = None,
        confirmed: Iterable[tuple[str, str]] = (),
        pinned: Iterable[tuple[str, str]] = (),
        forbidden: Iterable[tuple[str, str]] = (),
        budgets: Mapping[str, int] | None = None,
        fair_groups: Mapping[str, Collection[str]] | None = None,
        busy: Mapping[str, Collection[tuple[date, int]]] | None = None,
        closed_days: Collection[date] = (),
    ) -> Problem:
        """Check everything and lay it out.

        unit_month_limits: unit -> sessions it runs at most in a calendar month.
        confirmed: (need id, session id) that stay whatever else holds: they use seats, the
        group's half-day, the unit's month and one of the need's wishes; their session runs
        even below its minimum group; where they alone exceed a limit, they are kept and nothing
        is added. pinned: must be in the plan, must be feasible, else as confirmed.
        forbidden: never in the plan (a confirmed pair wins over a forbidden one).
        budgets: fund -> fen that its running sessions may cost.
        fair_groups: name -> ids of needs, e.g. of rural and of small schools; like a town
        in the fairness of a plan, but a need may stand in several.
        busy: group -> (day, half-day) pairs in which it is somewhere that the engine is not told
        of, such as what it has agreed upon outside this run: nothing is proposed to it then.
        Groups that no need names do no harm. closed_days: days that no way out may lead to, such
        as public holidays; sessions given on such a day are matched like any other.

        Raises InvalidProblem with every fault.
        """
        needs, sessions = tuple(needs), tuple(sessions)
        limits, budgets = dict(unit_month_limits or {}), dict(budgets or {})
        groups = dict(fair_groups or {})
        engaged = {group: frozenset(halves) for group, halves in (busy or {}).items()}
        confirmed, pinned, forbidden = set(confirmed), set(pinned), set(forbidden)
        faults = list(
            faults_of(
                needs, sessions, limits, budgets, groups, engaged, confirmed, pinned, forbidden
            )
        )
        if faults:
            raise InvalidProblem(faults)
        need_index = {need.id: i for i, need in enumerate(needs)}
        session_index = {session.id: i for i, session in enumerate(sessions)}

        def indices(pairs: Iterable[tuple[str, str]]) -> frozenset[tuple[int, int]]:
            return frozenset((need_index[n], session_index[s]) for n, s in pairs)

        topics = sorted(
            {code for need in needs for code in need.topics}
            | {code for session in sessions for code in session.topics}
        )
        units = sorted({session.unit for session in sessions})
        towns = sorted({need.town for need in needs})
        funds = sorted({session.fund for session in sessions if session.fund in budgets})
        unit_code = codes_of(units)
        laid = need_arrays(needs, codes_of(topics), codes_of(towns))
        return cls(
            needs=needs,
            sessions=sessions,
            unit_month_limits=limits,
            budgets=budgets,
            fair_groups={
                name: tuple(sorted({need_index[member] for member in members}))
                for name, members in groups.items()
            },
            confirmed=indices(confirmed),
            pinned=indices(pinned) - indices(confirmed),
            forbidden=indices(forbidden) - indices(confirmed),
            busy=engaged,
            closed_days=frozenset(closed_days),
            need_index=need_index,
            session_index=session_index,
            topics=tuple(topics),
            units=tuple(units),
            towns=tuple(towns),
            funds=tuple(funds),
            wished=frozenset(
                (i, unit_code[unit])
                for i, need in enumerate(needs)
                for unit in need.wished_units
                if unit in unit_code
            ),
            need=laid,
            session=session_arrays(sessions, codes_of(topics), unit_code, codes_of(funds), limits),
            busy_keys=busy_keys(needs, laid.group, engaged),
        )


def codes_of(names: Iterable[str]) -> dict[str, int]:
    """Codes from 0, in the order of the names."""
    return {name: code for code, name in enumerate(names)}


def busy_keys(
    needs: tuple[Need, ...], group: Ints, busy: Mapping[str, frozenset[tuple[date, int]]]
) -> Ints:
    """Half-days in which groups are elsewhere, as sorted group * HALVES + half."""
    if not busy:
        return np.empty(0, np.int64)
    codes = {need.group: code for need, code in zip(needs, group.tolist(), strict=True)}
    return np.sort(
        _ints(
            codes[name] * HALVES + day.toordinal() * 3 + half
            for name, halves in busy.items()
            if name in codes
            for day, half in halves
        )
    )


def _grade_bits(grades: Iterable[int]) -> int:
    return sum(1 << (grade + 2) for grade in grades)


def _ints(values: Iterable[int]) -> Ints:
    return np.fromiter((int(value) for value in values), dtype=np.int64)


def _floats(values: Iterable[float]) -> Floats:
    return np.fromiter((float(value) for value in values), dtype=np.float64)


def _starts(lengths: Iterable[int]) -> Ints:
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(_ints(lengths), dtype=np.int64)])


def need_arrays(needs: tuple[Need, ...], topic: dict[str, int], town: dict[str, int]) -> NeedArrays:
    """The needs as arrays; groups are numbered among these needs."""
    group: dict[str, int] = {}
    for i, need in enumerate(needs):
        group.setdefault(need.group or f"\0{i}", len(group))
    weights = [
        sorted((topic[code], weight) for code, weight in need.topics.items() if weight > 0)
        for need in needs
    ]
    totals = [sum(weight for _, weight in row) for row in weights]
    return NeedArrays(
        heads=_ints(need.headcount for need in needs),
        grades=_ints(_grade_bits(need.grades) for need in needs),
        forms=_ints(int(need.forms) for need in needs),
        first=_ints(need.date_from.toordinal() for need in needs),
        last=_ints(need.date_to.toordinal() for need in needs),
        slots=_ints(sum(1 << (3 * day + half) for day, half in need.slots) for need in needs),
        lon=_floats(need.lon for need in needs),
        lat=_floats(need.lat for need in needs),
        reach=_floats(need.reach_km for need in needs),
        weight=_floats(SEVERITY_WEIGHTS[need.severity] for need in needs),
        wanted=_ints(need.wanted for need in needs),
        group=_ints(group[need.group or f"\0{i}"] for i, need in enumerate(needs)),
        town=_ints(town[need.town] for need in needs),
        topic_start=_starts(len(row) for row in weights),
        topic_code=_ints(code for row in weights for code, _ in row),
        topic_weight=_floats(
            weight / total for row, total in zip(weights, totals, strict=True) for _, weight in row
        ),
    )


def session_arrays(
    sessions: tuple[Session, ...],
    topic: dict[str, int],
    unit: dict[str, int],
    fund: dict[str, int],
    limits: Mapping[str, int],
) -> SessionArrays:
    """The sessions as arrays. unit, fund: codes; limits: of the units a month."""
    days = [session.date.toordinal() for session in sessions]
    placed = [session.form != Form.ONLINE for session in sessions]
    return SessionArrays(
        unit=_ints(unit[session.unit] for session in sessions),
        grades=_ints(_grade_bits(session.grades) for session in sessions),
        form=_ints(int(session.form) for session in sessions),
        day=_ints(days),
        slot=_ints(3 * session.date.weekday() + session.half_day for session in sessions),
        half=_ints(3 * day + s.half_day for day, s in zip(days, sessions, strict=True)),
        month=_ints(session.date.year * 12 + session.date.month - 1 for session in sessions),
        limit=_ints(limits.get(session.unit, -1) for session in sessions),
        capacity=_ints(session.capacity for session in sessions),
        exclusive=np.fromiter((session.exclusive for session in sessions), dtype=np.bool_),
        least=_ints(session.min_group for session in sessions),
        lon=_floats(s.lon if here else 0.0 for s, here in zip(sessions, placed, strict=True)),
        lat=_floats(s.lat if here else 0.0 for s, here in zip(sessions, placed, strict=True)),
        radius=_floats(s.radius_km if s.form == Form.HOST else 0.0 for s in sessions),
        fund=_ints(fund.get(session.fund, -1) for session in sessions),
        subsidy=_ints(session.subsidy for session in sessions),
        topic_start=_starts(len(session.topics) for session in sessions),
        topic_code=_ints(topic[code] for session in sessions for code in sorted(session.topics)),
    )
