"""After changes the confirmed stay and the proposals move as little as they can."""

from __future__ import annotations

from datetime import date

import pytest

from gongyu.engines.matching import Changes, Options, match, rematch, verify
from gongyu.engines.matching import solve as solving

from .instances import need, random_problem, session


def test_nothing_changes_when_nothing_has_happened() -> None:
    problem = random_problem(4, 40, 60, days=30)
    plan = match(problem)
    result = rematch(problem, plan, Changes())
    assert (result.dropped, result.lost, result.added) == ((), (), ())
    assert len(result.kept) == len(plan.matches)


@pytest.mark.parametrize("small", [True, False])
def test_changes_are_followed_and_the_rest_stays(
    small: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    problem = random_problem(6, 60, 80, days=30)
    if not small:
        monkeypatch.setattr(solving, "SMALL", 0)
    plan = match(problem)
    first, second, third, fourth = (
        plan.matches[0],
        plan.matches[5],
        plan.matches[8],
        plan.matches[-1],
    )
    changes = Changes(
        withdrawn=frozenset({first.need}),
        cancelled=frozenset({second.session}),
        declined=frozenset({(third.need, third.session)}),
        confirmed=frozenset({(fourth.need, fourth.session)}),
        needs=(need("new", date_from=date(2026, 9, 28)),),
        sessions=(session("more", date=date(2026, 10, 5)),),
    )
    result = rematch(problem, plan, changes, Options(seed=1))
    assert verify(result.problem, result.plan) == []
    has = {(m.need, m.session) for m in result.plan.matches}
    assert (fourth.need, fourth.session) in has
    assert (third.need, third.session) not in has
    assert first.need not in {n for n, _ in has}
    assert second.session not in {s for _, s in has}
    assert len(result.dropped) <= 4
    assert {m.need for m in result.lost} >= {first.need, second.need, third.need}
    anew = match(result.problem)
    assert result.plan.certificate.objective >= 0.95 * anew.certificate.objective
    assert result.plan.certificate.bound >= anew.certificate.objective * (1 - 1e-3)


def test_a_cut_capacity_keeps_the_confirmed() -> None:
    problem = random_problem(2, 1, 1)
    problem = problem.build([need(), need("n2")], [session()])
    plan = match(problem)
    changes = Changes(seats={"s1": 10}, confirmed=frozenset({("n1", "s1")}))
    result = rematch(problem, plan, changes)
    assert [m.need for m in result.plan.matches] == ["n1"]
    assert [m.need for m in result.lost + result.dropped] == ["n2"]
