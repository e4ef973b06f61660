"""The candidates are exactly the feasible pairs: compared with the rules read one by one."""

from __future__ import annotations

from datetime import date
from math import asin, cos, radians, sin, sqrt
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gongyu.engines.matching import Form, Need, Problem, Session, find_candidates
from gongyu.engines.matching import candidates as searching

from .instances import need, random_problem, session


def road(n: Need, s: Session) -> float:
    chord = (
        sin(radians(s.lat - n.lat) / 2) ** 2
        + cos(radians(n.lat)) * cos(radians(s.lat)) * sin(radians(s.lon - n.lon) / 2) ** 2
    )
    return 1.3 * 2 * 6371.0088 * asin(sqrt(chord))


def value_if_feasible(n: Need, s: Session) -> float | None:
    total = sum(n.topics.values())
    fit = 0.0
    for code, weight in n.topics.items():
        if code in s.topics:
            fit += weight / total
        elif any(code[:3] == other[:3] for other in s.topics):
            fit += 0.4 * weight / total
    travel = 0.0
    if s.form != Form.ONLINE and road(n, s) > 0:
        allowed = n.reach_km if s.form == Form.VISIT else s.radius_km
        travel = road(n, s) / allowed if allowed else 99.0
    feasible = (
        fit >= 0.2 - 1e-9
        and travel <= 1
        and n.grades <= s.grades
        and bool(n.forms & s.form)
        and n.date_from <= s.date <= n.date_to
        and (s.date.weekday(), s.half_day) in n.slots
        and n.headcount <= s.capacity
        and not (s.exclusive and n.headcount < s.min_group)
    )
    if not feasible:
        return None
    wish = 1.2 if s.unit in n.wished_units else 1.0
    return n.headcount * {1: 1, 2: 2, 3: 4}[n.severity] * fit * wish * (1 - travel / 2)


@settings(max_examples=300, deadline=None)
@given(
    seed=st.integers(0, 2**32),
    needs=st.integers(0, 12),
    sessions=st.integers(0, 12),
    many=st.booleans(),
)
def test_candidates_are_exactly_the_feasible_pairs(
    seed: int, needs: int, sessions: int, many: bool
) -> None:
    problem = random_problem(seed, needs, sessions, fixed=True, many_slots=many)
    expected = {
        (i, j): value
        for i, n in enumerate(problem.needs)
        for j, s in enumerate(problem.sessions)
        if (i, j) not in problem.forbidden
        if (value := value_if_feasible(n, s)) is not None
    }
    found = find_candidates(problem)
    pairs = list(zip(found.need.tolist(), found.session.tolist(), strict=True))
    assert pairs == sorted(expected)
    assert found.value.tolist() == pytest.approx([expected[pair] for pair in pairs])
    for n in range(needs):
        assert set(found.need[found.start[n] : found.start[n + 1]]) <= {n}


@pytest.mark.parametrize("seed", range(40))
def test_the_compiled_search_finds_the_same_pairs(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    problem = random_problem(seed, 40, 50, days=20, fixed=True, many_slots=seed % 2 == 0)
    plain = find_candidates(problem)
    monkeypatch.setattr(searching, "SMALL", -1)
    compiled = find_candidates(problem)
    assert compiled.need.tolist() == plain.need.tolist()
    assert compiled.session.tolist() == plain.session.tolist()
    assert compiled.value.tolist() == plain.value.tolist()


@pytest.mark.parametrize(("needs", "sessions"), [(0, 0), (3, 0), (0, 3)])
def test_the_compiled_search_finds_nothing_in_nothing(
    needs: int, sessions: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searching, "SMALL", -1)
    assert len(find_candidates(random_problem(1, needs, sessions))) == 0


def fits(n: Need, s: Session) -> bool:
    return len(find_candidates(Problem.build([n], [s]))) == 1


def test_the_plain_pair_fits() -> None:
    assert fits(need(), session())


@pytest.mark.parametrize(
    ("changes", "offer"),
    [
        ({"grades": frozenset({6, 7})}, {}),
        ({"forms": Form.HOST}, {}),
        ({"date_to": date(2026, 10, 13)}, {}),
        ({"date_from": date(2026, 10, 15)}, {}),
        ({"slots": frozenset({(2, 0), (3, 1)})}, {}),
        ({"headcount": 61}, {}),
        ({}, {"capacity": 0}),
        ({}, {"exclusive": True, "min_group": 31}),
        ({"topics": {"T0301": 1.0}}, {}),
        ({"topics": {"T0101": 0.19, "T0301": 0.81}}, {}),
        ({"reach_km": 1.0}, {}),
        ({"forms": Form.HOST}, {"form": Form.HOST, "radius_km": 1.0}),
    ],
)
def test_one_broken_rule_is_enough(changes: dict[str, Any], offer: dict[str, Any]) -> None:
    assert not fits(need(**changes), session(**offer))


@pytest.mark.parametrize(
    ("changes", "offer"),
    [
        ({"topics": {"T0102": 0.5, "T0301": 0.5}}, {}),
        ({"topics": {"T0102": 0.3, "T0103": 0.2, "T0301": 0.5}}, {}),
        ({"date_from": date(2026, 10, 14), "date_to": date(2026, 10, 14)}, {}),
        ({"reach_km": 0.0}, {"lon": 116.34}),
        ({"reach_km": 0.0}, {"form": Form.ONLINE, "lon": float("nan"), "lat": 0.0}),
        ({"reach_km": 0.0}, {"form": Form.HOST, "radius_km": 2.0}),
        ({"headcount": 60}, {"exclusive": True, "min_group": 60}),
        ({"grades": frozenset({-2, 12})}, {"grades": frozenset(range(-2, 13))}),
    ],
)
def test_the_edge_still_fits(changes: dict[str, Any], offer: dict[str, Any]) -> None:
    assert fits(need(**changes), session(**offer))
