"""Single changes that make an open need servable, nearest first."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from math import ceil

import numpy as np
import numpy.typing as npt

from .occupancy import Occupancy
from .plan import WayOut, WayOutKind
from .problem import Floats, Ints, Problem
from .types import Form, Need, Session

Bools = npt.NDArray[np.bool_]
Months = dict[tuple[int, int], int]
"""(unit, year * 12 + month - 1) -> code of the limited month."""

_FAR = 14.0
"""Days that count like one obstacle when ways out are ordered."""


@dataclass(frozen=True, slots=True, eq=False)
class Survey:
    """Sessions on a need's topic (not its own already), one entry each.

    A flag says that a rule stands in the way: those of the pair (grades to forbidden), and those
    of the plan (seats short, taken by its number of needs, group busy, month and fund used up).
    missing: seats short. total: heads with the need. km: by road, 0 online.
    engaged: half-days (ordinal * 3 + half-day) in which the need's group is elsewhere.
    """

    sessions: Ints
    km: Floats
    grades: Bools
    form: Bools
    distance: Bools
    window: Bools
    slot: Bools
    too_big: Bools
    minimum: Bools
    forbidden: Bools
    seats: Bools
    taken: Bools
    busy: Bools
    month: Bools
    fund: Bools
    missing: Ints
    total: Ints
    engaged: frozenset[int]


def ways_out(
    problem: Problem, tally: Occupancy, n: int, survey: Survey, limit: int, months: Months
) -> tuple[WayOut, ...]:
    """At most ``limit`` ways out of different kinds; the smallest change of each kind.

    months: code of each unit's month in the tally, for units with a limit.
    """
    need = problem.needs[n]
    flags = np.stack(
        [
            survey.grades,
            survey.form,
            survey.distance,
            survey.window,
            survey.slot,
            survey.minimum,
            survey.forbidden,
            survey.seats,
            survey.taken,
            survey.busy,
            survey.month,
            survey.fund,
        ]
    )
    single = np.flatnonzero((flags.sum(axis=0) == 1) & _open(problem, survey))
    ranked: list[tuple[float, WayOut]] = []
    for kind, flag, size in (
        ("distance", survey.distance, survey.km),
        ("slot", survey.slot, _slot_sizes(problem, n, survey)),
        ("window", survey.window, _window_sizes(problem, n, survey)),
        ("seats", survey.seats, survey.missing / max(need.headcount, 1)),
        ("month", survey.month, survey.km * 0.01 + 0.7),
        ("minimum", survey.minimum, problem.session.least[survey.sessions] / 10.0),
        ("form", survey.form, survey.km * 0.01 + 1.0),
        ("grades", survey.grades, survey.km * 0.01 + 1.2),
        ("fund", survey.fund, survey.km * 0.01 + 1.5),
        ("forbidden", survey.forbidden, survey.km * 0.01 + 3.0),
    ):
        at = single[flag[single]]
        for i in at[np.argsort(size[at], kind="stable")].tolist():
            way = _way(problem, tally, need, kind, int(survey.sessions[i]), survey, i)
            if way:
                near = float(size[i]) / max(need.reach_km, 1.0) if kind == "distance" else size[i]
                ranked.append((float(near), way))
                break
    added = _one_more(problem, tally, n, survey, months)
    if added:
        ranked.append((0.9, added))
    ranked.sort(key=lambda entry: entry[0])
    ways = [way for _, way in ranked[:limit]]
    if not ways:
        ways = _new_resource(need, survey.engaged, problem.closed_days)
    return tuple(ways)


def _open(problem: Problem, survey: Survey) -> Bools:
    """Sessions on days that ways out may lead to."""
    closed = [day.toordinal() for day in problem.closed_days]
    return ~np.isin(problem.session.day[survey.sessions], closed)


def _slot_sizes(problem: Problem, n: int, survey: Survey) -> Floats:
    slots = int(problem.need.slots[n])
    days = np.array([slots >> 3 * day & 7 != 0 for day in range(7)])
    sizes: Floats = np.where(days[problem.session.slot[survey.sessions] // 3], 0.5, 0.8)
    return sizes


def _window_sizes(problem: Problem, n: int, survey: Survey) -> Floats:
    day = problem.session.day[survey.sessions]
    early, late = problem.need.first[n] - day, day - problem.need.last[n]
    sizes: Floats = np.maximum(early, late) / _FAR
    return sizes


def _way(
    problem: Problem,
    tally: Occupancy,
    need: Need,
    kind: str,
    s: int,
    survey: Survey,
    i: int,
) -> WayOut | None:
    """The change that removes the one obstacle of session s; None where one is not enough."""
    session = problem.sessions[s]
    slot = (session.date.weekday(), session.half_day)
    way = WayOut(WayOutKind.OTHER_SLOT, unit=session.unit, session=session.id)
    match kind:
        case "distance":
            km = ceil(float(survey.km[i]) * 10.0 + 1e-6) / 10.0
            host = session.form == Form.HOST
            wider = WayOutKind.ENLARGE_RADIUS if host else WayOutKind.ENLARGE_REACH
            return replace(way, kind=wider, km=km)
        case "slot":
            return replace(way, slot=slot)
        case "window":
            return replace(way, kind=WayOutKind.WIDEN_WINDOW, day=session.date)
        case "seats":
            seats = int(survey.total[i]) - session.capacity
            return replace(way, kind=WayOutKind.MORE_CAPACITY, seats=seats)
        case "month":
            at = int(tally.instance.month[s])
            if tally.months[at] > problem.unit_month_limits[session.unit]:
                return None
            return replace(way, kind=WayOutKind.RAISE_LIMIT, day=session.date)
        case "minimum":
            heads = need.headcount if session.exclusive else int(survey.total[i])
            return replace(way, kind=WayOutKind.LOWER_MINIMUM, heads=heads)
        case "form":
            return replace(way, kind=WayOutKind.OTHER_FORM, form=session.form)
        case "grades":
            missing = need.grades - session.grades
            return replace(way, kind=WayOutKind.ADMIT_GRADES, grades=missing)
        case "fund":
            spent = int(tally.funds[tally.instance.fund[s]]) + session.subsidy
            fen = spent - problem.budgets[session.fund]
            return replace(way, kind=WayOutKind.RAISE_BUDGET, fen=fen, fund=session.fund)
        case _:
            return replace(way, kind=WayOutKind.ALLOW_PAIR)


def _one_more(
    problem: Problem, tally: Occupancy, n: int, survey: Survey, months: Months
) -> WayOut | None:
    """One more session like one that suits in all but its time or its free seats."""
    need = problem.needs[n]
    bad = survey.grades | survey.form | survey.distance | survey.too_big
    alone = problem.session.least[survey.sessions] > need.headcount
    fits = np.flatnonzero(~bad & ~alone & ~survey.forbidden)
    days = _free_half_days(need, survey.engaged, problem.closed_days) if len(fits) else []
    if not days:
        return None
    for i in fits[np.argsort(survey.km[fits], kind="stable")].tolist()[:20]:
        session = problem.sessions[int(survey.sessions[i])]
        near = sorted(days, key=lambda when: (abs(when[0] - session.date), when))
        for day, half in near:
            unit = int(problem.session.unit[survey.sessions[i]])
            if _room_for_more(problem, tally, session, unit, day, months):
                return WayOut(
                    WayOutKind.ADD_SESSION,
                    unit=session.unit,
                    session=session.id,
                    day=day,
                    slot=(day.weekday(), half),
                    heads=need.headcount,
                )
    return None


def _room_for_more(
    problem: Problem, tally: Occupancy, session: Session, unit: int, day: date, months: Months
) -> bool:
    """Whether the unit's month and the session's fund bear one more session."""
    limit = problem.unit_month_limits.get(session.unit)
    if limit is not None:
        code = months.get((unit, day.year * 12 + day.month - 1))
        if (int(tally.months[code]) if code is not None else 0) >= limit:
            return False
    if session.subsidy and session.fund in problem.budgets:
        spent = int(tally.funds[problem.funds.index(session.fund)])
        return spent + session.subsidy <= problem.budgets[session.fund]
    return True


def _free_half_days(
    need: Need, engaged: frozenset[int], closed: frozenset[date]
) -> list[tuple[date, int]]:
    """Half-days of the need's window and slots in which its group is free; the first 60."""
    found: list[tuple[date, int]] = []
    day = need.date_from
    while day <= need.date_to and len(found) < 60:
        for half in range(3) if day not in closed else ():
            if (day.weekday(), half) in need.slots and day.toordinal() * 3 + half not in engaged:
                found.append((day, half))
        day += timedelta(days=1)
    return found


def _new_resource(need: Need, engaged: frozenset[int], closed: frozenset[date]) -> list[WayOut]:
    """Somebody new on the topic, at a time when the group is free."""
    for day, half in _free_half_days(need, engaged, closed)[:1]:
        topic = max(need.topics, key=lambda code: (need.topics[code], code))
        return [
            WayOut(
                WayOutKind.NEW_RESOURCE,
                topic=topic,
                day=day,
                slot=(day.weekday(), half),
                heads=need.headcount,
            )
        ]
    return []


def apply_way_out(problem: Problem, need_id: str, way: WayOut) -> Problem:
    """The problem with the change made. Raises KeyError for unknown ids."""
    need = problem.needs[problem.need_index[need_id]]
    needs = list(problem.needs)
    sessions = list(problem.sessions)
    limits, budgets = dict(problem.unit_month_limits), dict(problem.budgets)
    forbidden = {(problem.needs[n].id, problem.sessions[s].id) for n, s in problem.forbidden}
    changed_need, changed = need, None
    session = sessions[problem.session_index[way.session]] if way.session else None
    match way.kind, session:
        case WayOutKind.ENLARGE_REACH, _:
            changed_need = replace(need, reach_km=way.km or 0.0)
        case WayOutKind.OTHER_SLOT, _:
            changed_need = replace(need, slots=need.slots | {way.slot or (0, 0)})
        case WayOutKind.WIDEN_WINDOW, _:
            day = way.day or need.date_from
            changed_need = replace(
                need, date_from=min(need.date_from, day), date_to=max(need.date_to, day)
            )
        case WayOutKind.OTHER_FORM, _:
            changed_need = replace(need, forms=need.forms | (way.form or Form.ANY))
        case WayOutKind.ALLOW_PAIR, _:
            forbidden.discard((need_id, way.session))
        case WayOutKind.RAISE_LIMIT, _:
            limits[way.unit] += 1
        case WayOutKind.RAISE_BUDGET, _:
            budgets[way.fund] += way.fen or 0
        case WayOutKind.NEW_RESOURCE, _:
            sessions.append(_offer(need, way, problem))
        case WayOutKind.ENLARGE_RADIUS, Session():
            changed = replace(session, radius_km=way.km or 0.0)
        case WayOutKind.ADMIT_GRADES, Session():
            changed = replace(session, grades=session.grades | (way.grades or frozenset()))
        case WayOutKind.MORE_CAPACITY, Session():
            changed = replace(session, capacity=session.capacity + (way.seats or 0))
        case WayOutKind.LOWER_MINIMUM, Session():
            changed = replace(session, min_group=way.heads or 0)
        case WayOutKind.ADD_SESSION, Session():
            day, slot = way.day or session.date, way.slot or (0, session.half_day)
            sessions.append(
                replace(session, id=_fresh(problem, session.id), date=day, half_day=slot[1])
            )
    needs[problem.need_index[need_id]] = changed_need
    if changed:
        sessions[problem.session_index[way.session]] = changed
    return Problem.build(
        needs,
        sessions,
        unit_month_limits=limits,
        budgets=budgets,
        confirmed={(problem.needs[n].id, problem.sessions[s].id) for n, s in problem.confirmed},
        pinned={(problem.needs[n].id, problem.sessions[s].id) for n, s in problem.pinned},
        forbidden=forbidden,
        busy=problem.busy,
        closed_days=problem.closed_days,
        fair_groups={
            name: [problem.needs[n].id for n in row] for name, row in problem.fair_groups.items()
        },
    )


def _fresh(problem: Problem, wish: str) -> str:
    """An id that no session has yet."""
    while wish in problem.session_index:
        wish += "+"
    return wish


def _offer(need: Need, way: WayOut, problem: Problem) -> Session:
    """A session made for the need: on all its topics, where it is, for its heads."""
    forms = (Form.VISIT, Form.HOST, Form.ONLINE)
    return Session(
        id=_fresh(problem, f"+{way.topic}"),
        unit=f"+{way.topic}",
        town=need.town,
        topics=frozenset(need.topics),
        grades=need.grades,
        form=next(form for form in forms if form & need.forms),
        date=way.day or need.date_from,
        half_day=(way.slot or (0, 0))[1],
        capacity=need.headcount,
        exclusive=False,
        min_group=0,
        lon=need.lon,
        lat=need.lat,
        radius_km=0.0,
    )
