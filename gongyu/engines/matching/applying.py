"""Making the change that a way out proposes."""

from __future__ import annotations

from dataclasses import replace

from .plan import WayOut, WayOutKind
from .problem import Problem
from .types import Form, Need, Session


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
