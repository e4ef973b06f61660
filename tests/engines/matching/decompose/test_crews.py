"""Whoever does the work, the answer is the same, bit for bit."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace

import pytest

from gongyu.engines.matching import Options, Plan, Problem
from gongyu.engines.matching.decompose import (
    NeedsExtra,
    NoCluster,
    WorkerLost,
    cluster,
    components,
    match_in_parts,
    prices,
    run,
)
from gongyu.engines.matching.decompose.crew import Crew, Here, Processes
from tests.engines.matching.instances import random_problem

from .crews import end, threads


@pytest.fixture(scope="module")
def scheduler() -> Iterator[str]:
    """Address of a cluster of two processes on this machine alone: free ports, no dashboard."""
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=2,
        threads_per_worker=1,
        processes=True,
        host="127.0.0.1",
        scheduler_port=0,
        dashboard_address=None,
        worker_dashboard_address=None,
        memory_limit=0,
        silence_logs=50,
    ) as local:
        yield local.scheduler_address


@pytest.fixture(scope="module")
def problem() -> Problem:
    return random_problem(11, 150, 180, days=60, fixed=True)


@pytest.fixture
def in_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(components, "SMALL", 20)
    monkeypatch.setattr(run, "CELL_NEEDS", 40)
    monkeypatch.setattr(prices, "ROUNDS", 20)


def timeless(plan: Plan) -> Plan:
    return replace(plan, certificate=replace(plan.certificate, seconds=0.0))


@pytest.mark.usefixtures("in_blocks")
def test_processes_answer_as_this_process_does(problem: Problem) -> None:
    options = Options(fairness=0.5, seed=3)
    here = timeless(match_in_parts(problem, options, parts=4))
    assert here.matches
    assert timeless(match_in_parts(problem, options, parts=4, workers=2)) == here


@pytest.mark.usefixtures("in_blocks")
def test_a_cluster_answers_as_this_process_does(problem: Problem, scheduler: str) -> None:
    here = timeless(match_in_parts(problem, parts=3))
    assert here.matches
    assert timeless(match_in_parts(problem, parts=3, cluster=scheduler)) == here


def test_jobs_come_back_in_their_order_from_any_crew(scheduler: str) -> None:
    crews: list[Crew] = [Here(), Processes(2), cluster.Cluster(scheduler)]
    for crew in crews:
        try:
            assert list(crew.spread(divmod, [(number, 7) for number in range(9)])) == [
                divmod(number, 7) for number in range(9)
            ]
            assert list(crew.spread(divmod, [])) == []
        finally:
            crew.close()


def test_processes_use_one_thread_each_and_a_lost_one_is_said() -> None:
    crew = Processes(1)
    try:
        assert list(crew.spread(threads, [()])) == ["1"]
        with pytest.raises(WorkerLost):
            list(crew.spread(end, [()]))
    finally:
        crew.close()


def test_without_the_extra_it_is_said_what_to_install(
    problem: Problem, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(NeedsExtra, match=r"pip install 'gongyu\[cluster\]'"):
        match_in_parts(problem, cluster="tcp://127.0.0.1:1")


def test_where_nobody_answers_it_is_said(problem: Problem, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "TIMEOUT", 1.0)
    with pytest.raises(NoCluster, match="no Dask scheduler"):
        match_in_parts(problem, cluster="tcp://127.0.0.1:1")
