"""Every fault of the input, at once: nothing invalid gets past ``Problem.build``."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from math import isfinite

from .errors import Fault
from .types import GRADES, SEVERITY_WEIGHTS, Form, Need, Session

Pair = tuple[str, str]

_SLOTS = frozenset((weekday, half) for weekday in range(7) for half in range(3))


def faults_of(
    needs: tuple[Need, ...],
    sessions: tuple[Session, ...],
    unit_month_limits: Mapping[str, int],
    budgets: Mapping[str, int],
    fair_groups: Mapping[str, Collection[str]],
    busy: Mapping[str, Collection[tuple[date, int]]],
    confirmed: Iterable[Pair],
    pinned: Iterable[Pair],
    forbidden: Iterable[Pair],
) -> Iterator[Fault]:
    """Faults of the records one by one, and of what refers to them.

    Contradictions between pins are found later, where the feasible pairs are known.
    """
    yield from _duplicates("need", (need.id for need in needs))
    yield from _duplicates("session", (session.id for session in sessions))
    for need in needs:
        yield from _need(need)
    for session in sessions:
        yield from _session(session)
    for name, limits in (("unit", unit_month_limits), ("fund", budgets)):
        field = "unit_month_limits" if name == "unit" else "budgets"
        for key, limit in limits.items():
            if limit != limit or limit < 0 or limit != int(limit):
                yield Fault(name, key, field, f"not a whole number from 0: {limit}")
    need_ids = {need.id for need in needs}
    session_ids = {session.id for session in sessions}
    for group, members in fair_groups.items():
        for member in members:
            if member not in need_ids:
                yield Fault("fair_group", group, "fair_groups", f"no such need: {member}")
    for group, halves in busy.items():
        if not group:
            yield Fault("group", group, "busy", "empty")
        for day, half in halves:
            if half not in (0, 1, 2):
                yield Fault("group", group, "busy", f"{day}: not 0, 1 or 2: {half}")
    named = {"confirmed": set(confirmed), "pinned": set(pinned), "forbidden": set(forbidden)}
    for field, pairs in named.items():
        for need_id, session_id in sorted(pairs):
            label = f"{need_id} → {session_id}"
            if need_id not in need_ids:
                yield Fault("pair", label, field, f"no such need: {need_id}")
            if session_id not in session_ids:
                yield Fault("pair", label, field, f"no such session: {session_id}")
    for need_id, session_id in sorted(named["pinned"] & named["forbidden"]):
        yield Fault("pair", f"{need_id} → {session_id}", "pinned", "also forbidden")


def _duplicates(kind: str, ids: Iterable[str]) -> Iterator[Fault]:
    for record, times in Counter(ids).items():
        if times > 1:
            yield Fault(kind, record, "id", f"given {times} times")
        if not record:
            yield Fault(kind, record, "id", "empty")


def _whole(value: object, least: int) -> bool:
    """Whether a value is a whole number from ``least``; input may come from untyped sheets."""
    if isinstance(value, bool):
        return False
    try:
        number = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return False
    return isfinite(number) and number == int(number) and least <= number < 2**31


def _place(lon: float, lat: float) -> Iterator[tuple[str, str]]:
    if not (isfinite(lon) and -180 <= lon <= 180):
        yield "lon", f"not a longitude: {lon}"
    if not (isfinite(lat) and -90 <= lat <= 90):
        yield "lat", f"not a latitude: {lat}"


def _grades(grades: frozenset[int]) -> Iterator[tuple[str, str]]:
    if not grades:
        yield "grades", "empty"
    unknown = sorted(grade for grade in grades if grade not in GRADES)
    if unknown:
        yield "grades", f"not between -2 and 12: {unknown}"


def _need(need: Need) -> Iterator[Fault]:
    def found() -> Iterator[tuple[str, str]]:
        if not need.topics:
            yield "topics", "none"
        for code, weight in need.topics.items():
            if not isfinite(weight) or weight < 0:
                yield "topics", f"weight of {code} is {weight}"
        if need.topics and not sum(need.topics.values()) > 0:
            yield "topics", "the weights do not add up to anything"
        yield from _grades(need.grades)
        if not _whole(need.headcount, 1):
            yield "headcount", f"not a whole number from 1: {need.headcount}"
        if not 1 <= int(need.forms) <= int(Form.ANY):
            yield "forms", f"no form accepted: {need.forms!r}"
        if need.date_from > need.date_to:
            yield "date_to", f"{need.date_to} lies before {need.date_from}"
        if not need.slots:
            yield "slots", "none"
        elif not need.slots <= _SLOTS:
            yield "slots", f"not a weekday and half-day: {sorted(need.slots - _SLOTS)}"
        yield from _place(need.lon, need.lat)
        if not (isfinite(need.reach_km) and need.reach_km >= 0):
            yield "reach_km", f"not a distance: {need.reach_km}"
        if need.severity not in SEVERITY_WEIGHTS:
            yield "severity", f"not 1, 2 or 3: {need.severity}"
        if not _whole(need.wanted, 1):
            yield "wanted", f"not a whole number from 1: {need.wanted}"

    for field, detail in found():
        yield Fault("need", need.id, field, detail)


def _session(session: Session) -> Iterator[Fault]:
    def found() -> Iterator[tuple[str, str]]:
        if not session.unit:
            yield "unit", "empty"
        if not session.topics:
            yield "topics", "none"
        yield from _grades(session.grades)
        if session.form not in (Form.VISIT, Form.HOST, Form.ONLINE):
            yield "form", f"not exactly one form: {session.form!r}"
        if session.half_day not in (0, 1, 2):
            yield "half_day", f"not 0, 1 or 2: {session.half_day}"
        if not _whole(session.capacity, 0):
            yield "capacity", f"not a whole number from 0: {session.capacity}"
        if not _whole(session.min_group, 0):
            yield "min_group", f"not a whole number from 0: {session.min_group}"
        if session.form != Form.ONLINE:
            yield from _place(session.lon, session.lat)
        if session.form == Form.HOST and not (
            isfinite(session.radius_km) and session.radius_km >= 0
        ):
            yield "radius_km", f"not a distance: {session.radius_km}"
        if not _whole(session.subsidy, 0):
            yield "subsidy", f"not a whole number from 0: {session.subsidy}"

    for field, detail in found():
        yield Fault("session", session.id, field, detail)


def contradictions(
    needs: tuple[Need, ...],
    sessions: tuple[Session, ...],
    confirmed: frozenset[tuple[int, int]],
    pinned: frozenset[tuple[int, int]],
    feasible: Collection[tuple[int, int]],
    unit_month_limits: Mapping[str, int],
    budgets: Mapping[str, int],
) -> Iterator[Fault]:
    """Pins that cannot hold together with each other and with what is confirmed.

    Confirmed pairs are facts and never at fault: where they alone exceed a limit, the limit
    becomes what they use. A pin must be a feasible pair and keep every limit. Indices, not ids.
    """

    def label(n: int, s: int) -> str:
        return f"{needs[n].id} → {sessions[s].id}"

    fixed = sorted(confirmed | pinned)
    heads: dict[int, int] = defaultdict(int)
    takers: dict[int, int] = defaultdict(int)
    got: dict[int, int] = defaultdict(int)
    busy: dict[tuple[str, date, int], int] = defaultdict(int)
    opened: dict[tuple[str, int, int], set[int]] = defaultdict(set)
    spent: dict[str, set[int]] = defaultdict(set)
    for n, s in fixed:
        session = sessions[s]
        heads[s] += needs[n].headcount
        takers[s] += 1
        got[n] += 1
        busy[needs[n].group or f"\0{n}", session.date, session.half_day] += 1
        opened[session.unit, session.date.year, session.date.month].add(s)
        spent[session.fund].add(s)
    for n, s in sorted(pinned - confirmed):
        need, session = needs[n], sessions[s]
        month = opened[session.unit, session.date.year, session.date.month]
        cost = sum(sessions[other].subsidy for other in spent[session.fund])
        problems = (
            ((n, s) not in feasible, "the pair is not feasible"),
            (heads[s] > session.capacity, f"{heads[s]} heads for {session.capacity} seats"),
            (session.exclusive and takers[s] > 1, f"{takers[s]} needs in an exclusive session"),
            (got[n] > need.wanted, f"{got[n]} sessions fixed, {need.wanted} wanted"),
            (
                busy[need.group or f"\0{n}", session.date, session.half_day] > 1,
                "the group is elsewhere in this half-day",
            ),
            (
                session.unit in unit_month_limits and len(month) > unit_month_limits[session.unit],
                "over the unit's monthly limit",
            ),
            (
                bool(session.subsidy) and session.fund in budgets and cost > budgets[session.fund],
                "over the fund's budget",
            ),
        )
        for wrong, detail in problems:
            if wrong:
                yield Fault("pair", label(n, s), "pinned", detail)
