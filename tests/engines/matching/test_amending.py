"""A patched problem is the problem that building it anew would give."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gongyu.engines.matching import Changes, InvalidProblem, Problem, amending, find_candidates
from gongyu.engines.matching.amending import amended
from gongyu.engines.matching.candidates import amended_candidates
from gongyu.engines.matching.instance import assemble

from .instances import need, random_problem, session


def some_changes(problem: Problem, seed: int) -> Changes:
    rng = random.Random(seed)
    others = random_problem(seed + 1, 3, 3)
    pairs = [(n.id, s.id) for n in problem.needs for s in problem.sessions]
    needs, sessions = list(problem.needs), list(problem.sessions)
    return Changes(
        withdrawn=frozenset(n.id for n in rng.sample(needs, min(2, len(needs)))),
        cancelled=frozenset(s.id for s in rng.sample(sessions, min(2, len(sessions)))),
        needs=tuple(
            replace(n, id=rng.choice([f"new {n.id}", n.id]))
            for n in others.needs[: rng.randint(0, 3)]
        ),
        sessions=tuple(
            replace(s, id=rng.choice([f"new {s.id}", s.id]))
            for s in others.sessions[: rng.randint(0, 3)]
        ),
        declined=frozenset(rng.sample(pairs, min(3, len(pairs)))),
        seats={s.id: rng.choice((0, 20, 60)) for s in rng.sample(sessions, min(2, len(sessions)))},
    )


def topics_of(problem: Problem, arrays: Any, row: int) -> set[tuple[str, float]]:
    entries = range(arrays.topic_start[row], arrays.topic_start[row + 1])
    weights = getattr(arrays, "topic_weight", np.ones(len(arrays.topic_code)))
    return {(problem.topics[arrays.topic_code[i]], float(weights[i])) for i in entries}


def told(problem: Problem) -> dict[str, object]:
    """Everything about a problem but for the numbers that names happen to have."""
    arrays = {
        f"{kind}.{name}": getattr(getattr(problem, kind), name).tolist()
        for kind in ("need", "session")
        for name in type(getattr(problem, kind)).__slots__
        if name not in ("group", "unit", "town", "fund", "topic_code", "topic_weight")
    }
    groups = problem.need.group.tolist()
    offering = {session.unit for session in problem.sessions}
    wished = {(n, problem.units[unit]) for n, unit in problem.wished}
    return arrays | {
        "needs": problem.needs,
        "sessions": problem.sessions,
        "pairs": (problem.confirmed, problem.pinned, problem.forbidden),
        "fair_groups": problem.fair_groups,
        "index": (problem.need_index, problem.session_index),
        "groups": [groups.index(code) for code in groups],
        "units": [problem.units[code] for code in problem.session.unit],
        "towns": (sorted(problem.towns), [problem.towns[code] for code in problem.need.town]),
        "topics": [topics_of(problem, problem.need, n) for n in range(len(problem.needs))],
        "covered": [topics_of(problem, problem.session, s) for s in range(len(problem.sessions))],
        "wished": {pair for pair in wished if pair[1] in offering},
        "busy": (problem.busy, len(problem.busy_keys)),
    }


@settings(max_examples=150, deadline=None)
@given(seed=st.integers(0, 2**32), size=st.integers(0, 14))
def test_a_patched_problem_and_its_candidates_are_those_of_building_anew(
    seed: int, size: int
) -> None:
    problem = random_problem(seed, size, size, fixed=True)
    if seed % 2:
        problem = Problem.build(
            problem.needs,
            problem.sessions,
            busy={"g1": {(s.date, s.half_day) for s in problem.sessions[:2]}},
            unit_month_limits=problem.unit_month_limits,
            fair_groups={"rural": [n.id for n in problem.needs[::2]]},
        )
    changes = some_changes(problem, seed)
    change = amended(problem, changes)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(amending, "_patched", lambda *_: None)
        anew = amended(problem, changes)
    assert told(change.problem) == told(anew.problem)
    found = amended_candidates(find_candidates(problem), change)
    expected = find_candidates(anew.problem)
    assert found.need.tolist() == expected.need.tolist()
    assert found.session.tolist() == expected.session.tolist()
    assert found.start.tolist() == expected.start.tolist()
    assert found.value.tolist() == pytest.approx(expected.value.tolist())
    assert len(assemble(change.problem, found)) == len(assemble(anew.problem, expected))


def test_strangers_are_patched_in_and_a_town_without_needs_is_built_anew(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    problem = Problem.build([need(), need("n2")], [session(), session("s2")])
    built: list[Changes] = []
    real = amending._built

    def spied(*given: Any) -> Problem:
        built.append(given[1])
        return real(*given)

    monkeypatch.setattr(amending, "_built", spied)
    stranger = need("n3", town="长子营镇", topics={"T0901": 1.0}, wished_units=frozenset({"u9"}))
    offer = session("s3", unit="u9", topics=frozenset({"T0901"}))
    change = amended(problem, Changes(needs=(stranger,), sessions=(offer,)))
    assert not built
    assert change.problem.towns == ("黄村镇", "长子营镇")
    found = amended_candidates(find_candidates(problem), change)
    assert (2, 2) in set(zip(found.need.tolist(), found.session.tolist(), strict=True))
    assert amended(change.problem, Changes(withdrawn=frozenset({"n3"}))).problem.towns == (
        "黄村镇",
    )
    assert built


@pytest.mark.parametrize(
    "changes",
    [
        Changes(needs=(need("n3", headcount=0),)),
        Changes(seats={"s1": -1}),
        Changes(confirmed=frozenset({("n1", "s9")})),
        Changes(cancelled=frozenset({"s1"}), confirmed=frozenset({("n1", "s1")})),
    ],
)
def test_changes_that_make_no_sense_are_refused(changes: Changes) -> None:
    with pytest.raises(InvalidProblem):
        amended(Problem.build([need()], [session()]), changes)
