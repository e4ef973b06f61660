"""Why a need got fewer sessions than it wanted, and the nearest ways out.

Every way out is one change, and true beside the plan as it stands: after it, the need can be
added to the plan and nothing else has to move. ``apply_way_out`` makes the change.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .geography import road_km
from .instance import Instance
from .measures import LEAST_FIT, SLACK, topic_profiles, weight_matrix
from .occupancy import Block, Occupancy
from .plan import Reason, Unmet, WayOut
from .problem import HALVES, Floats, Ints, Problem
from .types import Form
from .waysout import Months, Survey, ways_out

_REASON_OF_BLOCK = (
    (Block.SEATS, Reason.TAKEN_BY_MORE_URGENT),
    (Block.MONTH, Reason.UNIT_LIMIT),
    (Block.FUND, Reason.BUDGET),
    (Block.MINIMUM, Reason.BELOW_MINIMUM),
    (Block.BUSY, Reason.GROUP_BUSY),
)


@dataclass(frozen=True, slots=True, eq=False)
class _Scene:
    """What all explanations of one plan share. busy: half-days taken by each group."""

    problem: Problem
    instance: Instance
    tally: Occupancy
    profile: Ints
    by_profile: Ints
    profile_start: Ints
    busy: dict[int, list[int]]
    months: Months


def explain(problem: Problem, instance: Instance, chosen: Ints, limit: int = 4) -> list[Unmet]:
    """One entry for each need that wanted more than it got, in the order of the needs.

    chosen: pairs of the plan. limit: ways out for a need, at most.
    """
    tally = Occupancy(instance, chosen)
    open_needs = np.flatnonzero(tally.got < problem.need.wanted)
    if not len(open_needs):
        return []
    profiles = topic_profiles(problem)
    by_profile = np.argsort(profiles.of, kind="stable")
    counts = np.bincount(profiles.of, minlength=profiles.cover.shape[1])
    busy: dict[int, list[int]] = {}
    for key in problem.busy_keys.tolist():
        group, half = divmod(key, HALVES)
        busy.setdefault(group, []).append(half)
    for n, s in zip(instance.need[chosen], instance.session[chosen], strict=True):
        busy.setdefault(int(problem.need.group[n]), []).append(int(problem.session.half[s]))
    scene = _Scene(
        problem,
        instance,
        tally,
        profiles.of,
        by_profile,
        np.concatenate([[0], np.cumsum(counts)]),
        busy,
        _months(problem, instance),
    )
    weights = weight_matrix(problem)
    found = []
    for begin in range(0, len(open_needs), 1000):
        block = open_needs[begin : begin + 1000]
        fits = np.asarray(weights[block] @ profiles.cover) >= LEAST_FIT - SLACK
        for n, fit in zip(block.tolist(), fits, strict=True):
            found.append(_explain_one(scene, n, np.flatnonzero(fit), limit))
    return found


def _months(problem: Problem, instance: Instance) -> Months:
    limited = np.flatnonzero(instance.month >= 0)
    rows = (problem.session.unit, problem.session.month, instance.month)
    return {
        (int(unit), int(month)): int(code)
        for unit, month, code in zip(*(row[limited] for row in rows), strict=True)
    }


def _explain_one(scene: _Scene, n: int, fitting: Ints, limit: int) -> Unmet:
    problem, instance, tally = scene.problem, scene.instance, scene.tally
    pairs = range(int(instance.start[n]), int(instance.start[n + 1]))
    mine = [int(instance.session[pair]) for pair in pairs if pair in tally.chosen]
    start = scene.profile_start
    sessions = np.concatenate(
        [np.empty(0, np.int64)]
        + [scene.by_profile[start[p] : start[p + 1]] for p in fitting.tolist()]
    )
    sessions = np.sort(sessions[~np.isin(sessions, mine)])
    survey = _survey(scene, n, sessions)
    reason = _reason_of_candidates(scene, pairs) or _reason_of_funnel(survey)
    need = problem.needs[n]
    ways: tuple[WayOut, ...] = ways_out(problem, tally, n, survey, limit, scene.months)
    return Unmet(need.id, need.wanted, int(tally.got[n]), reason, ways)


def _reason_of_candidates(scene: _Scene, pairs: range) -> Reason | None:
    """What blocks the feasible pair that the need would like most; the group's own plans last."""
    best: tuple[bool, float, Reason] | None = None
    for pair in pairs:
        if pair in scene.tally.chosen:
            continue
        blocks = scene.tally.blocks(pair)
        reason = next((why for block, why in _REASON_OF_BLOCK if block in blocks), None)
        entry = (
            Block.BUSY not in blocks,
            float(scene.instance.value[pair]),
            reason or Reason.STOPPED_EARLY,
        )
        if best is None or entry[:2] > best[:2]:
            best = entry
    if best is None:
        return None
    return best[2] if best[0] else Reason.GROUP_BUSY


def _reason_of_funnel(survey: Survey) -> Reason:
    """The first rule at which the sessions on the topic run out."""
    left: npt.NDArray[np.bool_] = np.ones(len(survey.sessions), np.bool_)
    if not left.any():
        return Reason.NO_RESOURCE_ON_TOPIC
    for bad, reason in (
        (survey.grades | survey.form, Reason.WRONG_GRADES_OR_FORM),
        (survey.distance, Reason.NONE_IN_REACH),
        (survey.window | survey.slot, Reason.NONE_IN_WINDOW),
        (survey.too_big, Reason.TOO_BIG_A_GROUP),
        (survey.minimum, Reason.BELOW_MINIMUM),
        (survey.forbidden, Reason.FORBIDDEN),
        (survey.busy, Reason.GROUP_BUSY),
    ):
        left = left & ~bad
        if not left.any():
            return reason
    return Reason.STOPPED_EARLY


def _survey(scene: _Scene, n: int, s: Ints) -> Survey:
    """Every rule between need n and the sessions s, and what the plan leaves of them."""
    problem, instance, tally = scene.problem, scene.instance, scene.tally
    need, session = problem.need, problem.session
    form = session.form[s]
    km: Floats = np.where(
        form == int(Form.ONLINE),
        0.0,
        road_km(need.lon[n : n + 1], need.lat[n : n + 1], session.lon[s], session.lat[s]),
    )
    allowed = np.where(form == int(Form.HOST), session.radius[s], need.reach[n])
    heads = int(need.heads[n])
    exclusive = session.exclusive[s]
    closed = (tally.takers[s] == 0) & ~instance.running[s]
    month, fund = instance.month[s], instance.fund[s]
    in_month, in_fund = month >= 0, fund >= 0
    full_month = np.zeros(len(s), np.bool_)
    full_month[in_month] = tally.months[month[in_month]] >= instance.month_limit[month[in_month]]
    spent_fund = np.zeros(len(s), np.bool_)
    spent = tally.funds[fund[in_fund]] + session.subsidy[s[in_fund]]
    spent_fund[in_fund] = spent > instance.fund_limit[fund[in_fund]]
    engaged = frozenset(scene.busy.get(int(need.group[n]), []))
    never = [b for a, b in problem.forbidden if a == n]
    total = tally.heads[s] + heads
    return Survey(
        sessions=s,
        km=km,
        grades=int(need.grades[n]) & ~session.grades[s] != 0,
        form=int(need.forms[n]) & form == 0,
        distance=(km > allowed * (1.0 + SLACK)) & (form != int(Form.ONLINE)),
        window=(session.day[s] < need.first[n]) | (session.day[s] > need.last[n]),
        slot=int(need.slots[n]) >> session.slot[s] & 1 == 0,
        too_big=heads > session.capacity[s],
        minimum=np.where(exclusive, heads < session.least[s], total < instance.least[s]),
        forbidden=np.isin(s, never),
        seats=total > instance.seats[s],
        taken=tally.takers[s] >= instance.takers[s],
        busy=np.isin(session.half[s], list(engaged)),
        month=closed & full_month,
        fund=closed & spent_fund,
        missing=np.maximum(total - instance.seats[s], 0),
        total=total,
        engaged=engaged,
    )
