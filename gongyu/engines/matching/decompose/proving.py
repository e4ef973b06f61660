"""The verifier for plans whose pairs are too many to be laid out at once."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from gongyu.engines.matching.plan import Plan
from gongyu.engines.matching.problem import Ints, Problem
from gongyu.engines.matching.recheck import faults_of_proof, proven_bound
from gongyu.engines.matching.recheck_pairs import Pairs, feasible_pairs
from gongyu.engines.matching.types import Form
from gongyu.engines.matching.verify import Violation, verify

from .areas import BLOCKS, cells
from .slices import part_of, within_reach

BLOCK_SESSIONS = 10_000
_HAIR = 1e-9


def verify_in_parts(problem: Problem, plan: Plan) -> list[Violation]:
    """As ``verify``: the same rules, the same bound, its pairs found block by block.

    Only which needs are near enough to a block to be looked at is taken from the search; every
    rule and every figure is the verifier's own.
    """
    wrong = verify(problem, plan, prices=False)
    proof = plan.certificate.proof
    if wrong or proof is None:
        return wrong
    faults = list(faults_of_proof(problem, proof))
    if faults:
        return [Violation("proof", "; ".join(faults[:5]))]
    bound = proven_bound(problem, proof, pairs_in_parts(problem))
    if plan.certificate.bound < bound * (1.0 - _HAIR) - _HAIR:
        return [Violation("bound", f"{plan.certificate.bound}, the prices prove {bound}")]
    return []


def pairs_in_parts(problem: Problem) -> Pairs:
    """The verifier's own pairs, block by block."""
    count = max(1, round(len(problem.sessions) / BLOCK_SESSIONS))
    cut = cells(problem, BLOCKS, count)
    size = max(len(problem.sessions), 1)
    fixed = np.array(sorted(n * size + s for n, s in problem.confirmed | problem.pinned), np.int64)
    keys, values = [np.empty(0, np.int64)], [np.empty(0)]
    for number in range(cut.count):
        sessions = np.flatnonzero(cut.of_session == number)
        near, online = within_reach(problem, sessions)
        facts = fixed[cut.of_session[fixed % size] == number]
        far = problem.session.form[sessions] == int(Form.ONLINE)
        for who, where in ((near, sessions[~far]), (online, sessions[far])):
            who[facts[np.isin(facts % size, where)] // size] = True
            needs = np.flatnonzero(who)
            if not len(needs) or not len(where):
                continue
            found = feasible_pairs(_with_records(problem, needs, where))
            keys.append(needs[found.need] * size + where[found.session])
            values.append(found.value)
    key = np.concatenate(keys)
    order = np.argsort(key, kind="stable")
    key = key[order]
    return Pairs(key // size, key % size, np.concatenate(values)[order], np.isin(key, fixed))


def _with_records(problem: Problem, needs: Ints, sessions: Ints) -> Problem:
    """A part of the problem with its records."""
    part = part_of(problem, needs, sessions)
    some = tuple(problem.needs[n] for n in needs.tolist())
    others = tuple(problem.sessions[s] for s in sessions.tolist())
    return replace(
        part,
        needs=some,
        sessions=others,
        need_index={need.id: n for n, need in enumerate(some)},
        session_index={session.id: s for s, session in enumerate(others)},
    )
