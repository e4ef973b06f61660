"""What cannot be used is refused, with every fault at once."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from gongyu.engines.matching import Form, InvalidProblem, Options, Problem, match

from .instances import need, session

NAN = float("nan")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("topics", {}),
        ("topics", {"T0101": 0.0}),
        ("topics", {"T0101": NAN}),
        ("topics", {"T0101": -1.0}),
        ("topics", {"T0101": float("inf")}),
        ("grades", frozenset()),
        ("grades", frozenset({13})),
        ("headcount", 0),
        ("headcount", -3),
        ("headcount", NAN),
        ("forms", Form(0)),
        ("slots", frozenset()),
        ("slots", frozenset({(7, 0)})),
        ("lon", NAN),
        ("lon", 500.0),
        ("lat", float("inf")),
        ("reach_km", NAN),
        ("reach_km", -1.0),
        ("severity", 4),
        ("wanted", 0),
    ],
)
def test_a_faulty_need_is_named(field: str, value: Any) -> None:
    with pytest.raises(InvalidProblem) as caught:
        Problem.build([need(**{field: value})], [])
    assert ("need", "n1", field) in {
        (fault.kind, fault.record, fault.field) for fault in caught.value.faults
    }


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("unit", ""),
        ("topics", frozenset()),
        ("grades", frozenset()),
        ("form", Form.ANY),
        ("half_day", 3),
        ("capacity", -1),
        ("capacity", NAN),
        ("min_group", -1),
        ("lon", NAN),
        ("lat", 91.0),
        ("subsidy", -1),
    ],
)
def test_a_faulty_session_is_named(field: str, value: Any) -> None:
    with pytest.raises(InvalidProblem) as caught:
        Problem.build([], [session(**{field: value})])
    assert [(f.kind, f.record, f.field) for f in caught.value.faults] == [("session", "s1", field)]


def test_every_fault_is_listed_at_once() -> None:
    with pytest.raises(InvalidProblem) as caught:
        Problem.build(
            [need(headcount=0, severity=9), need("n2", date_to=date(2026, 8, 1)), need("n2")],
            [session(capacity=-1)],
            unit_month_limits={"u1": -1},
            pinned=[("n1", "s9"), ("n2", "s1")],
            forbidden=[("n2", "s1")],
        )
    found = {(fault.record, fault.field) for fault in caught.value.faults}
    assert found == {
        ("n1", "headcount"),
        ("n1", "severity"),
        ("n2", "date_to"),
        ("n2", "id"),
        ("s1", "capacity"),
        ("u1", "unit_month_limits"),
        ("n1 → s9", "pinned"),
        ("n2 → s1", "pinned"),
    }


@pytest.mark.parametrize(
    ("sessions", "limits", "pins", "detail"),
    [
        ([session(capacity=50)], {}, [("n1", "s1"), ("n2", "s1")], "60 heads for 50 seats"),
        ([session(exclusive=True)], {}, [("n1", "s1"), ("n2", "s1")], "2 needs in an exclusive"),
        ([session(form=Form.HOST)], {}, [("n1", "s1")], "not feasible"),
        ([session(), session("s2", half_day=0)], {}, [("n1", "s1"), ("n1", "s2")], "1 wanted"),
        (
            [session(), session("s2", half_day=0)],
            {"u1": 1},
            [("n1", "s1"), ("n2", "s2")],
            "monthly limit",
        ),
    ],
)
def test_contradictory_pins_are_refused(
    sessions: list[Any], limits: dict[str, int], pins: list[tuple[str, str]], detail: str
) -> None:
    problem = Problem.build([need(), need("n2")], sessions, unit_month_limits=limits, pinned=pins)
    with pytest.raises(InvalidProblem, match=detail):
        match(problem)


def test_a_group_cannot_be_pinned_to_two_places() -> None:
    problem = Problem.build(
        [need(group="3班"), need("n2", group="3班")],
        [session(), session("s2")],
        pinned=[("n1", "s1"), ("n2", "s2")],
    )
    with pytest.raises(InvalidProblem, match="elsewhere"):
        match(problem)


@pytest.mark.parametrize("wrong", [{"fairness": 1.5}, {"time_limit": 0.0}, {"gap": -1.0}])
def test_options_out_of_range_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        Options(**wrong)  # type: ignore[arg-type]
