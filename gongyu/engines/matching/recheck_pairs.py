"""The feasible pairs and their values, derived once more from the records.

Shares nothing with ``candidates``: sessions are taken together by the topics they cover and lie in
the order of their half-day of the week and date, so that each half-day that a need asks for is a
stretch of them; the other rules are read for what these stretches hold. Road kilometres come from
the chord between places on the sphere.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from .problem import Floats, Ints, Problem
from .types import Form, Need

_CELLS = 2_000_000
"""Cells looked at together: bounds the memory beside the pairs themselves."""

_SLACK = 1e-9


class Pairs(NamedTuple):
    """By need and session. fixed: confirmed or pinned, in every plan."""

    need: Ints
    session: Ints
    value: Floats
    fixed: npt.NDArray[np.bool_]


def feasible_pairs(problem: Problem) -> Pairs:
    """Every pair that a plan may hold, confirmed ones even where a rule is broken."""
    rules = _Rules(problem)
    size = max(len(problem.sessions), 1)
    facts = np.array(sorted(n * size + s for n, s in problem.confirmed), np.int64)
    pinned = np.array(sorted(n * size + s for n, s in problem.pinned), np.int64)
    never = np.array(sorted(n * size + s for n, s in problem.forbidden), np.int64)
    told = np.array([rules.fit_of(*divmod(fact, size)) for fact in facts.tolist()], np.float64)
    parts = [(facts, rules.value(facts // size, facts % size, told))]
    broken = np.concatenate([never, facts])
    for n, s, fit in rules.blocks():
        may = (rules.travel(n, s) <= 1.0 + _SLACK) & ~rules.elsewhere(n, s)
        if len(broken):
            may &= ~np.isin(n * size + s, broken)
        n, s, fit = n[may], s[may], fit[may]
        parts.append((n * size + s, rules.value(n, s, fit)))
    key = np.concatenate([part for part, _ in parts])
    value = np.concatenate([part for _, part in parts])
    order = np.argsort(key)
    key, value = key[order], value[order]
    fixed = np.isin(key, np.concatenate([facts, pinned]))
    return Pairs(key // size, key % size, value, fixed)


class _Rules:
    """The records as small arrays, and the rules between them."""

    def __init__(self, problem: Problem) -> None:
        needs, sessions = problem.needs, problem.sessions
        self.problem = problem
        self.grades = np.array([_bits(need.grades) for need in needs], np.int32)
        self.forms = np.array([int(need.forms) for need in needs], np.int8)
        self.heads = np.array([need.headcount for need in needs], np.int64)
        self.reach = np.array([need.reach_km for need in needs], np.float64)
        self.urgency = np.array([{1: 1.0, 2: 2.0, 3: 4.0}[need.severity] for need in needs])
        self.place = _on_sphere([(need.lon, need.lat) for need in needs])
        self.admits = np.array([_bits(session.grades) for session in sessions], np.int32)
        self.form = np.array([int(session.form) for session in sessions], np.int8)
        day = np.array([session.date.toordinal() for session in sessions], np.int64)
        half = np.array([session.half_day for session in sessions], np.int64)
        known, number = np.unique(day, return_inverse=True)
        self.days = len(known) + 1
        self.when = ((day + 6) % 7 * 3 + half) * self.days + number.reshape(-1)
        self._wishes(known)
        self.seats = np.array([session.capacity for session in sessions], np.int64)
        self.alone = np.array([s.min_group if s.exclusive else 0 for s in sessions], np.int64)
        self.radius = np.array([s.radius_km if s.form == Form.HOST else 0.0 for s in sessions])
        self.site = _on_sphere(
            [(0.0, 0.0) if s.form == Form.ONLINE else (s.lon, s.lat) for s in sessions]
        )
        names = {name: code for code, name in enumerate(sorted({s.unit for s in sessions}))}
        self.units = max(len(names), 1)
        self.unit = np.array([names[session.unit] for session in sessions], np.int64)
        self.wishes = np.array(
            sorted(
                n * self.units + names[unit]
                for n, need in enumerate(needs)
                for unit in need.wished_units
                if unit in names
            ),
            np.int64,
        )
        self.wishing = np.array([bool(need.wished_units) for need in needs], np.bool_)
        busy = [need.group in problem.busy for need in needs]
        self.busy = np.array(busy, np.bool_)

    def _wishes(self, known: Ints) -> None:
        """Each need's half-days of the week, and where its window begins and ends in ``when``."""
        needs = self.problem.needs
        asked = [[day * 3 + half for day, half in need.slots] for need in needs]
        self.slots_of = np.cumsum([0, *(len(row) for row in asked)])
        slot = np.array([slot for row in asked for slot in row], np.int64) * self.days
        owner = np.repeat(np.arange(len(needs)), np.diff(self.slots_of))
        first = np.array([need.date_from.toordinal() for need in needs], np.int64)
        last = np.array([need.date_to.toordinal() for need in needs], np.int64)
        self.earliest = slot + np.searchsorted(known, first)[owner]
        self.latest = slot + np.searchsorted(known, last, side="right")[owner]

    def blocks(self) -> Iterator[tuple[Ints, Ints, Floats]]:
        """Pairs that keep all rules but of travel, busy groups and forbidden; and their fit."""
        alike: dict[frozenset[str], list[int]] = defaultdict(list)
        for s in np.argsort(self.when, kind="stable").tolist():
            alike[self.problem.sessions[s].topics].append(s)
        codes = sorted({code for need in self.problem.needs for code in need.topics})
        many = len(self.problem.needs)
        step = max(1, 10 * _CELLS // max(len(codes), 1))
        for begin in range(0, many, step):
            some = self.problem.needs[begin : begin + step]
            weights = _weights(some, codes)
            for topics, members in alike.items():
                fit = _fits(weights, codes, topics)
                who = np.flatnonzero(fit >= 0.2 - _SLACK)
                rows = max(1, _CELLS // len(members))
                for low in range(0, len(who), rows):
                    part = who[low : low + rows]
                    yield self._kept(part + begin, np.array(members), fit[part])

    def _kept(self, n: Ints, s: Ints, fit: Floats) -> tuple[Ints, Ints, Floats]:
        """Of some needs and some sessions, these by slot and day."""
        place = np.searchsorted(self.when[s], np.arange(21 * self.days + 1))
        i, wish = _spread(self.slots_of[n], self.slots_of[n + 1])
        first, last = place[self.earliest[wish]], place[self.latest[wish]]
        at, j = _spread(first, np.maximum(first, last))
        i, s = i[at], s[j]
        keep = (self.grades[n][i] & ~self.admits[s] == 0) & (self.forms[n][i] & self.form[s] != 0)
        i, s = i[keep], s[keep]
        keep = (self.heads[n[i]] <= self.seats[s]) & (self.heads[n[i]] >= self.alone[s])
        i, s = i[keep], s[keep]
        return n[i], s, fit[i]

    def travel(self, n: Ints, s: Ints) -> Floats:
        """t of each pair."""
        chord = np.sqrt(sum((a[n] - b[s]) ** 2 for a, b in zip(self.place, self.site, strict=True)))
        km = 1.3 * 6371.0088 * 2.0 * np.arcsin(np.minimum(chord / 2.0, 1.0))
        km[self.form[s] == int(Form.ONLINE)] = 0.0
        allowed = np.where(self.form[s] == int(Form.HOST), self.radius[s], self.reach[n])
        far = np.full(len(km), np.inf)
        np.divide(km, allowed, out=far, where=allowed > 0.0)
        far[km == 0.0] = 0.0
        return far

    def elsewhere(self, n: Ints, s: Ints) -> npt.NDArray[np.bool_]:
        """Whether the group is busy in the session's half-day."""
        away = np.zeros(len(n), np.bool_)
        for i in np.flatnonzero(self.busy[n]).tolist():
            need, session = self.problem.needs[n[i]], self.problem.sessions[s[i]]
            away[i] = (session.date, session.half_day) in self.problem.busy[need.group]
        return away

    def value(self, n: Ints, s: Ints, fit: Floats) -> Floats:
        """b of each pair; t counts 1 at most."""
        travel = np.minimum(self.travel(n, s), 1.0)
        wish = np.ones(len(n))
        some = np.flatnonzero(self.wishing[n])
        key = n[some] * self.units + self.unit[s[some]]
        wish[
            some[
                np.searchsorted(self.wishes, key) < np.searchsorted(self.wishes, key, side="right")
            ]
        ] = 1.2
        value: Floats = self.heads[n] * self.urgency[n] * fit * wish * (1.0 - travel / 2.0)
        return value

    def fit_of(self, n: int, s: int) -> float:
        """f of one pair."""
        need, topics = self.problem.needs[n], self.problem.sessions[s].topics
        codes = sorted(need.topics)
        return float(_fits(_weights((need,), codes), codes, topics)[0])


def _bits(grades: frozenset[int]) -> int:
    return sum(1 << (grade + 2) for grade in grades)


def _on_sphere(places: list[tuple[float, float]]) -> tuple[Floats, Floats, Floats]:
    lon, lat = np.radians(np.array(places, np.float64).reshape(-1, 2)).T
    return np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)


def _spread(first: Ints, last: Ints) -> tuple[Ints, Ints]:
    """Every whole number of the stretches first to last - 1, and which stretch it is of."""
    lengths = last - first
    owner = np.repeat(np.arange(len(lengths)), lengths)
    begin = np.cumsum(lengths) - lengths
    return owner, np.arange(len(owner)) + (first - begin)[owner]


def _weights(needs: tuple[Need, ...], codes: list[str]) -> Floats:
    """(topics, needs), each column adds up to 1."""
    row = {code: i for i, code in enumerate(codes)}
    weights = np.zeros((len(codes), len(needs)))
    for n, need in enumerate(needs):
        total = sum(need.topics.values())
        for code, weight in need.topics.items():
            weights[row[code], n] = weight / total
    return weights


def _fits(weights: Floats, codes: list[str], topics: frozenset[str]) -> Floats:
    """f of every need with a session on the topics: a topic 1, its first level 0.4."""
    parents = {topic[:3] for topic in topics}
    fit = np.zeros(weights.shape[1])
    for row, code in enumerate(codes):
        if code in topics:
            fit += weights[row]
        elif code[:3] in parents:
            fit += 0.4 * weights[row]
    return fit
