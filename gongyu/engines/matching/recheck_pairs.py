"""The feasible pairs and their values, derived once more from the records.

Shares nothing with ``candidates``: sessions are taken together by the topics they cover, the rules
of forms and grades are read for all needs that these topics fit, the others for what remains. Road
kilometres come from the chord between places on the sphere.
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
    parts = [(np.empty(0, np.int64), np.empty(0))]
    for n, s, fit in rules.blocks():
        may = (rules.travel(n, s) <= 1.0 + _SLACK) & ~rules.elsewhere(n, s)
        parts.append((n[may] * size + s[may], fit[may]))
    key = np.concatenate([part for part, _ in parts])
    fit = np.concatenate([part for _, part in parts])
    may = ~np.isin(key, np.concatenate([never, facts]))
    told = [rules.fit_of(*divmod(fact, size)) for fact in facts.tolist()]
    key, fit = np.concatenate([key[may], facts]), np.concatenate([fit[may], told])
    order = np.argsort(key, kind="stable")
    key, fit = key[order], fit[order]
    n, s = key // size, key % size
    fixed = np.isin(key, np.concatenate([facts, pinned]))
    return Pairs(n, s, rules.value(n, s, fit), fixed)


class _Rules:
    """The records as small arrays, and the rules between them."""

    def __init__(self, problem: Problem) -> None:
        needs, sessions = problem.needs, problem.sessions
        self.problem = problem
        self.grades = np.array([_bits(need.grades) for need in needs], np.int32)
        self.forms = np.array([int(need.forms) for need in needs], np.int8)
        self.first = np.array([need.date_from.toordinal() for need in needs], np.int64)
        self.last = np.array([need.date_to.toordinal() for need in needs], np.int64)
        self.slots = np.array(
            [sum(1 << (day * 3 + half) for day, half in need.slots) for need in needs], np.int32
        )
        self.heads = np.array([need.headcount for need in needs], np.int64)
        self.reach = np.array([need.reach_km for need in needs], np.float64)
        self.urgency = np.array([{1: 1.0, 2: 2.0, 3: 4.0}[need.severity] for need in needs])
        self.places = _on_sphere([(need.lon, need.lat) for need in needs])
        self.admits = np.array([_bits(session.grades) for session in sessions], np.int32)
        self.form = np.array([int(session.form) for session in sessions], np.int8)
        self.day = np.array([session.date.toordinal() for session in sessions], np.int64)
        self.half = np.array([session.half_day for session in sessions], np.int64)
        self.slot = (self.day + 6) % 7 * 3 + self.half
        self.seats = np.array([session.capacity for session in sessions], np.int64)
        self.alone = np.array([s.min_group if s.exclusive else 0 for s in sessions], np.int64)
        self.radius = np.array([s.radius_km if s.form == Form.HOST else 0.0 for s in sessions])
        self.sites = _on_sphere(
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
        busy = [need.group in problem.busy for need in needs]
        self.busy = np.array(busy, np.bool_)

    def blocks(self) -> Iterator[tuple[Ints, Ints, Floats]]:
        """Pairs that keep all rules but of travel, busy groups and forbidden; and their fit."""
        alike: dict[frozenset[str], list[int]] = defaultdict(list)
        for s, session in enumerate(self.problem.sessions):
            alike[session.topics].append(s)
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
        may = self.grades[n][:, None] & ~self.admits[s] == 0
        may &= self.forms[n][:, None] & self.form[s] != 0
        i, j = np.nonzero(may)
        n, s, fit = n[i], s[j], fit[i]
        keep = (self.first[n] <= self.day[s]) & (self.day[s] <= self.last[n])
        keep &= self.slots[n] >> self.slot[s] & 1 == 1
        keep &= (self.heads[n] <= self.seats[s]) & (self.heads[n] >= self.alone[s])
        return n[keep], s[keep], fit[keep]

    def travel(self, n: Ints, s: Ints) -> Floats:
        """t of each pair."""
        chord = np.sqrt(((self.places[n] - self.sites[s]) ** 2).sum(axis=1))
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
        wish = np.where(np.isin(n * self.units + self.unit[s], self.wishes), 1.2, 1.0)
        value: Floats = self.heads[n] * self.urgency[n] * fit * wish * (1.0 - travel / 2.0)
        return value

    def fit_of(self, n: int, s: int) -> float:
        """f of one pair."""
        need, topics = self.problem.needs[n], self.problem.sessions[s].topics
        codes = sorted(need.topics)
        return float(_fits(_weights((need,), codes), codes, topics)[0])


def _bits(grades: frozenset[int]) -> int:
    return sum(1 << (grade + 2) for grade in grades)


def _on_sphere(places: list[tuple[float, float]]) -> Floats:
    lon, lat = np.radians(np.array(places, np.float64).reshape(-1, 2)).T
    points: Floats = np.stack(
        [np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], axis=1
    )
    return points


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
