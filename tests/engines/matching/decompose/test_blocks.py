"""Blocks hold every pair of the problem, each once; components are those of the whole."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pytest

from gongyu.engines.matching import Form, Problem, find_candidates
from gongyu.engines.matching.decompose import areas
from gongyu.engines.matching.decompose.block import Block
from gongyu.engines.matching.decompose.components import components
from gongyu.engines.matching.decompose.crew import Here
from gongyu.engines.matching.decompose.prices import put_together, several
from gongyu.engines.matching.decompose.run import orders
from gongyu.engines.matching.instance import assemble
from tests.engines.matching.instances import need, random_problem, session


def opened(problem: Problem, parts: int) -> tuple[Here, list[object]]:
    crew = Here()
    cut = areas.cells(problem, areas.BLOCKS, parts)
    return crew, list(crew.open(orders(problem, cut, several(problem))))


@pytest.mark.parametrize("seed", range(40))
def test_blocks_hold_every_pair_once_with_its_value(seed: int) -> None:
    problem = random_problem(seed, 30, 40, days=14, fixed=seed % 2 == 0)
    crew, _ = opened(problem, 1 + seed % 6)
    held = sorted(
        (n, s, value, km)
        for pairs in crew.ask(Block.every)
        for n, s, value, km in zip(*(row.tolist() for row in pairs[:4]), strict=True)
    )
    whole = assemble(problem, find_candidates(problem))
    expected = sorted(
        zip(
            whole.need.tolist(),
            whole.session.tolist(),
            whole.value.tolist(),
            whole.km.tolist(),
            strict=True,
        )
    )
    assert [pair[:2] for pair in held] == [pair[:2] for pair in expected]
    assert np.allclose([pair[2:] for pair in held], [pair[2:] for pair in expected], rtol=1e-12)


def test_a_pair_over_the_date_line_is_not_lost() -> None:
    problem = Problem.build(
        [need(lon=179.99, forms=Form.VISIT)],
        [session("s1", lon=-179.99), session("s2", unit="u2", lon=100.0)],
    )
    crew, _ = opened(problem, 2)
    assert [pairs.session.tolist() for pairs in crew.ask(Block.every) if len(pairs.need)] == [[0]]


@pytest.mark.parametrize("seed", range(20))
def test_a_units_month_and_a_group_are_never_cut(seed: int) -> None:
    problem = random_problem(seed, 60, 60, days=60)
    for view in (areas.BLOCKS, areas.AREA, areas.SHIFTED, areas.TOPIC_AND_TIME):
        cut = areas.cells(problem, view, 5)
        assert cut.count <= 5
        seen: dict[object, set[int]] = defaultdict(set)
        for code, cell in zip(problem.need.group.tolist(), cut.of_need.tolist(), strict=True):
            seen["group", code].add(cell)
        for s, cell in enumerate(cut.of_session.tolist()):
            month = problem.session.month[s] if view.months else 0
            seen[int(problem.session.unit[s]), int(month)].add(cell)
        assert all(len(cells) == 1 for cells in seen.values())
        assert len(set(cut.of_session.tolist())) > 1


@pytest.mark.parametrize("seed", range(30))
def test_components_are_those_of_pairs_groups_months_and_funds(seed: int) -> None:
    problem = random_problem(seed, 20, 20, days=30, many_slots=False)
    _, surveys = opened(problem, 1 + seed % 4)
    found = components(problem, surveys)  # type: ignore[arg-type]  # surveys as they came
    tied: dict[object, set[object]] = defaultdict(set)

    def tie(a: object, b: object) -> None:
        tied[a].add(b)
        tied[b].add(a)

    whole = assemble(problem, find_candidates(problem))
    for n, s in zip(whole.need.tolist(), whole.session.tolist(), strict=True):
        tie(("need", n), ("session", s))
        tie(("need", n), ("group", int(problem.need.group[n])))
        if whole.month[s] >= 0:
            tie(("session", s), ("month", int(whole.month[s])))
        if whole.fund[s] >= 0:
            tie(("session", s), ("fund", int(whole.fund[s])))
    for n in range(len(problem.needs)):
        if ("need", n) not in tied:
            assert found.of_need[n] == -1
            continue
        reached, rest = {("need", n)}, [("need", n)]
        while rest:
            for other in tied[rest.pop()] - reached:
                reached.add(other)  # type: ignore[arg-type]
                rest.append(other)  # type: ignore[arg-type]
        mine = {m for m in range(len(problem.needs)) if found.of_need[m] == found.of_need[n]}
        assert mine == {key for kind, key in reached if kind == "need"}
        pairs = sum(m in mine for m in whole.need.tolist())
        assert found.pairs[found.of_need[n]] == pairs


def test_blocks_tell_the_whole_what_one_piece_would() -> None:
    problem = random_problem(3, 60, 60, days=30, fixed=True)
    _, surveys = opened(problem, 4)
    whole = put_together(problem, surveys)  # type: ignore[arg-type]  # surveys as they came
    one = assemble(problem, find_candidates(problem))
    assert whole.count.tolist() == np.diff(one.start).tolist()
    best = np.zeros(len(problem.needs))
    np.maximum.at(best, one.need, one.value)
    assert np.allclose(whole.best, best, rtol=1e-12)
