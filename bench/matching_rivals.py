"""What ours is compared with: booking in order of arrival, greedy, Gale-Shapley, solvers."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from typing import Any

import highspy
import numpy as np

from gongyu.engines.matching import Problem, model
from gongyu.engines.matching.instance import Instance
from gongyu.engines.matching.occupancy import Occupancy

Method = Callable[[Problem, Instance, float], tuple[Any, float]]


def _settled(instance: Instance, tally: Occupancy) -> Any:
    """Sessions under their minimum do not run: their needs lose them."""
    chosen = np.array(sorted(tally.chosen), dtype=np.int64)
    short = (tally.heads < instance.least) & ~instance.running
    return chosen[~short[instance.session[chosen]]]


def _books(tally: Occupancy, pair: int) -> bool:
    """Whether a booking site would take the pair: it counts seats and dates, not minimums."""
    return not {block.name for block in tally.blocks(pair)} - {"MINIMUM"}


def first_come_first_served(
    problem: Problem, instance: Instance, limit: float
) -> tuple[Any, float]:
    """What a booking site does: needs come in a random order, each books the next date with room.

    A site lists what is open by date; a class teacher takes the first that suits, of one date the
    nearest, and goes on until the wishes are met. Nobody weighs benefits.
    """
    tally = Occupancy(instance, np.flatnonzero(instance.fixed))
    half = problem.session.half[instance.session]
    for n in np.random.default_rng(0).permutation(len(instance.heads)).tolist():
        pairs = np.arange(instance.start[n], instance.start[n + 1])
        for pair in pairs[np.lexsort((instance.km[pairs], half[pairs]))].tolist():
            if pair not in tally.chosen and _books(tally, pair):
                tally.add(pair)
    return _settled(instance, tally), np.inf


def choosy(problem: Problem, instance: Instance, limit: float) -> tuple[Any, float]:
    """First come, first served, but each need searches everything for what is best for it."""
    tally = Occupancy(instance, np.flatnonzero(instance.fixed))
    for n in np.random.default_rng(0).permutation(len(instance.heads)).tolist():
        pairs = np.arange(instance.start[n], instance.start[n + 1])
        for pair in pairs[np.argsort(-instance.value[pairs], kind="stable")].tolist():
            if pair not in tally.chosen and _books(tally, pair):
                tally.add(pair)
    return _settled(instance, tally), np.inf


def greedy(problem: Problem, instance: Instance, limit: float) -> tuple[Any, float]:
    """All pairs, the most valuable first."""
    tally = Occupancy(instance, np.flatnonzero(instance.fixed))
    for pair in np.argsort(-instance.value, kind="stable").tolist():
        if pair not in tally.chosen and _books(tally, pair):
            tally.add(pair)
    return _settled(instance, tally), np.inf


def gale_shapley(problem: Problem, instance: Instance, limit: float) -> tuple[Any, float]:
    """Needs propose down their lists, sessions keep the proposals worth most a head.

    Months, group half-days and budgets are no part of the stable matching: the kept pairs are
    booked in order of value afterwards.
    """
    order = [
        iter(pairs[np.argsort(-instance.value[pairs], kind="stable")].tolist())
        for n in range(len(instance.heads))
        for pairs in [np.arange(instance.start[n], instance.start[n + 1])]
    ]
    kept: dict[int, list[int]] = {}
    holds = np.zeros(len(instance.heads), np.int64)
    waiting = [n for n in range(len(instance.heads)) for _ in range(int(instance.wanted[n]))]
    while waiting:
        n = waiting.pop()
        pair = next(order[n], None)
        if pair is None or holds[n] >= instance.wanted[n]:
            continue
        s = int(instance.session[pair])
        holds[n] += 1
        row = kept.setdefault(s, [])
        row.append(pair)
        row.sort(key=lambda p: -instance.value[p] / instance.heads[instance.need[p]])
        heads = 0
        for at, p in enumerate(list(row)):
            heads += int(instance.heads[instance.need[p]])
            if heads > instance.seats[s] or at >= instance.takers[s]:
                heads -= int(instance.heads[instance.need[p]])
                row.remove(p)
                holds[instance.need[p]] -= 1
                waiting.append(int(instance.need[p]))
    tally = Occupancy(instance, np.flatnonzero(instance.fixed))
    pairs = np.array([p for row in kept.values() for p in row], dtype=np.int64)
    for pair in pairs[np.argsort(-instance.value[pairs], kind="stable")].tolist():
        if pair not in tally.chosen and _books(tally, pair):
            tally.add(pair)
    return _settled(instance, tally), np.inf


def highs(problem: Problem, instance: Instance, limit: float) -> tuple[Any, float]:
    """The full model, to 0.2 % or the time limit."""
    outcome = model.solve(model.build(instance), gap=0.002, seed=0, time_limit=limit)
    return outcome.chosen, outcome.bound


def cpsat(problem: Problem, instance: Instance, limit: float) -> tuple[Any, float]:
    """The full model by OR-tools' CP-SAT, two workers, the same limit."""
    from ortools.sat.python import cp_model

    built = model.build(instance)
    solver_model = cp_model.CpModel()
    columns = [solver_model.new_int_var(0, int(top), "") for top in built.top]
    matrix = built.matrix
    for row in range(len(built.lower)):
        at = slice(matrix.indptr[row], matrix.indptr[row + 1])
        terms = sum(
            int(entry) * columns[column]
            for column, entry in zip(matrix.indices[at], matrix.data[at], strict=True)
        )
        if np.isfinite(built.lower[row]):
            solver_model.add(terms >= int(built.lower[row]))
        if np.isfinite(built.upper[row]):
            solver_model.add(terms <= int(built.upper[row]))
    solver_model.maximize(
        sum(round(1000 * float(c)) * x for c, x in zip(built.cost, columns, strict=True))
    )
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = limit
    solver.parameters.num_workers = 2
    solver.parameters.relative_gap_limit = 0.002
    solver.solve(solver_model)
    x = np.array([solver.value(columns[i]) for i in range(len(built.pair))])
    return np.unique(built.pair[x > 0]), solver.best_objective_bound / 1000


def pdlp(problem: Problem, instance: Instance, limit: float) -> tuple[Any, float]:
    """HiGHS's first-order method on the model's linear relaxation: a bound alone, no plan.

    To a relative tolerance of 1e-4. Stopped at the limit, what it has is no bound: infinity.
    """
    solver = highspy.Highs()
    for name, setting in (
        ("output_flag", False),
        ("solver", "pdlp"),
        ("threads", 1),
        ("time_limit", limit),
        ("pdlp_optimality_tolerance", 1e-4),
    ):
        solver.setOptionValue(name, setting)
    relaxed = model.highs_model(model.build(instance))
    relaxed.integrality_ = []
    solver.passModel(relaxed)
    solver.run()
    done = solver.getModelStatus() == highspy.HighsModelStatus.kOptimal
    return None, float(solver.getInfo().objective_function_value) if done else np.inf


RIVALS: dict[str, Method | None] = {
    "fcfs": first_come_first_served,
    "choosy": choosy,
    "greedy": greedy,
    "gale_shapley": gale_shapley,
    "cpsat": cpsat if importlib.util.find_spec("ortools") else None,
    "highs": highs,
    "pdlp": pdlp,
}
