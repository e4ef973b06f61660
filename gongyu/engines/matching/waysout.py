"""Single changes that make open needs servable, nearest first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from math import ceil

import numpy as np

from .instance import Instance
from .plan import WayOut, WayOutKind
from .problem import HALVES, Ints, Problem
from .survey import Findings, Obstructs, Scene, Use, survey_pairs
from .types import Form, Session

_ADDED = 0.9
"""How big one more session feels among the other changes."""

_FURTHEST = 200
"""Days from a session within which another day for it is looked for."""

_KINDS = {
    WayOutKind.ENLARGE_REACH: Obstructs.DISTANCE,
    WayOutKind.ENLARGE_RADIUS: Obstructs.DISTANCE,
    WayOutKind.OTHER_SLOT: Obstructs.SLOT,
    WayOutKind.WIDEN_WINDOW: Obstructs.WINDOW,
    WayOutKind.MORE_CAPACITY: Obstructs.SEATS,
    WayOutKind.RAISE_LIMIT: Obstructs.MONTH,
    WayOutKind.LOWER_MINIMUM: Obstructs.MINIMUM,
    WayOutKind.OTHER_FORM: Obstructs.FORM,
    WayOutKind.ADMIT_GRADES: Obstructs.GRADES,
    WayOutKind.RAISE_BUDGET: Obstructs.FUND,
    WayOutKind.ALLOW_PAIR: Obstructs.FORBIDDEN,
}


class Guide:
    """Finds the ways out beside one plan. engaged: group and half-day keys, see ``survey``."""

    def __init__(
        self, problem: Problem, instance: Instance, use: Use, scene: Scene, engaged: Ints
    ) -> None:
        self.problem, self.use, self.scene = problem, use, scene
        self.instance = instance
        self.engaged: dict[int, set[int]] = defaultdict(set)
        for group, half in zip(
            (engaged // HALVES).tolist(), (engaged % HALVES).tolist(), strict=True
        ):
            self.engaged[group].add(half)
        self.closed = {day.toordinal() for day in problem.closed_days}
        limited = np.flatnonzero(instance.month >= 0)
        self.months = dict(
            zip(
                zip(
                    problem.session.unit[limited].tolist(),
                    problem.session.month[limited].tolist(),
                    strict=True,
                ),
                use.months[instance.month[limited]].tolist(),
                strict=True,
            )
        )

    def ways(self, asks: Ints, found: Findings, limit: int) -> Iterator[tuple[WayOut, ...]]:
        """Ways out of each of the needs surveyed, at most ``limit``, of different kinds."""
        added = np.where(found.suits[:, :1] >= 0, _ADDED, np.inf)
        sizes = np.concatenate([found.size, added], axis=1)
        order = np.argsort(sizes, axis=1, kind="stable").tolist()
        most = np.isfinite(sizes).sum(axis=1).tolist()
        nearest, km = found.nearest.tolist(), found.km.tolist()
        for i, n in enumerate(asks.tolist()):
            ways: list[WayOut] = []
            for kind in order[i][: most[i]]:
                if kind == len(Obstructs):
                    way = self._one_more(n, found.suits[i].tolist())
                else:
                    way = self._way(n, nearest[i][kind], kind, km[i][kind])
                if way:
                    ways.append(way)
                if len(ways) == limit:
                    break
            yield tuple(ways) or tuple(self._new_resource(n))

    def still(self, n: Ints, ways: list[WayOut]) -> list[WayOut | None]:
        """Ways out of needs n[i] as they are beside this plan; None where they no longer hold."""
        index = self.problem.session_index
        at = np.array([index.get(way.session, -1) for way in ways], np.int64)
        kinds = [_KINDS.get(way.kind) for way in ways]
        asked = np.flatnonzero((at >= 0) & np.array([kind is not None for kind in kinds], np.bool_))
        found = survey_pairs(self.scene, n[asked], at[asked])
        now: list[WayOut | None] = [None] * len(ways)
        for row, i in enumerate(asked.tolist()):
            kind = kinds[i]
            if kind is not None and found.nearest[row, kind] >= 0:
                now[i] = self._way(int(n[i]), int(at[i]), kind, float(found.km[row, kind]))
        other = np.flatnonzero([kind is None for kind in kinds])
        added = other[at[other] >= 0]
        found = survey_pairs(self.scene, n[added], at[added])
        suits = dict(zip(added.tolist(), (found.suits[:, 0] >= 0).tolist(), strict=True))
        for i in other.tolist():
            if ways[i].kind == WayOutKind.NEW_RESOURCE:
                now[i] = next(iter(self._new_resource(int(n[i]))), None)
            elif suits.get(i):
                now[i] = self._one_more(int(n[i]), [int(at[i])])
        return now

    def _way(self, n: int, s: int, kind: int, km: float) -> WayOut:
        """The change that removes the one obstacle between need n and session s."""
        need, session = self.problem.needs[n], self.problem.sessions[s]
        unit, name = session.unit, session.id
        total = int(self.use.heads[s]) + need.headcount
        match kind:
            case Obstructs.DISTANCE:
                further = ceil(km * 10.0 + 1e-6) / 10.0
                host = session.form == Form.HOST
                wider = WayOutKind.ENLARGE_RADIUS if host else WayOutKind.ENLARGE_REACH
                return WayOut(wider, unit, name, km=further)
            case Obstructs.SLOT:
                slot = (session.date.weekday(), session.half_day)
                return WayOut(WayOutKind.OTHER_SLOT, unit, name, slot=slot)
            case Obstructs.WINDOW:
                return WayOut(WayOutKind.WIDEN_WINDOW, unit, name, day=session.date)
            case Obstructs.SEATS:
                seats = total - session.capacity
                return WayOut(WayOutKind.MORE_CAPACITY, unit, name, seats=seats)
            case Obstructs.MONTH:
                return WayOut(WayOutKind.RAISE_LIMIT, unit, name, day=session.date)
            case Obstructs.MINIMUM:
                heads = need.headcount if session.exclusive else total
                return WayOut(WayOutKind.LOWER_MINIMUM, unit, name, heads=heads)
            case Obstructs.FORM:
                return WayOut(WayOutKind.OTHER_FORM, unit, name, form=session.form)
            case Obstructs.GRADES:
                missing = need.grades - session.grades
                return WayOut(WayOutKind.ADMIT_GRADES, unit, name, grades=missing)
            case Obstructs.FUND:
                spent = int(self.use.funds[self.instance.fund[s]]) + session.subsidy
                fen = spent - self.problem.budgets[session.fund]
                return WayOut(WayOutKind.RAISE_BUDGET, unit, name, fen=fen, fund=session.fund)
            case _:
                return WayOut(WayOutKind.ALLOW_PAIR, unit, name)

    def _one_more(self, n: int, suits: list[int]) -> WayOut | None:
        """One more session like one that suits in all but its time or its free seats."""
        need = self.problem.needs[n]
        for s in suits:
            if s < 0:
                break
            session = self.problem.sessions[s]
            if not self._fund_bears(session):
                continue
            unit = int(self.problem.session.unit[s])
            limit = self.problem.unit_month_limits.get(session.unit)
            for day, half in self._free(n, session.date.toordinal()):
                when = date.fromordinal(day)
                month = (unit, when.year * 12 + when.month - 1)
                if limit is None or self.months.get(month, 0) < limit:
                    return WayOut(
                        WayOutKind.ADD_SESSION,
                        session.unit,
                        session.id,
                        day=when,
                        slot=(when.weekday(), half),
                        heads=need.headcount,
                    )
        return None

    def _fund_bears(self, session: Session) -> bool:
        if not session.subsidy or session.fund not in self.problem.budgets:
            return True
        spent = int(self.use.funds[self.problem.funds.index(session.fund)])
        return spent + session.subsidy <= self.problem.budgets[session.fund]

    def _free(self, n: int, around: int) -> Iterator[tuple[int, int]]:
        """Half-days of the need's window and slots in which its group is free, nearest first."""
        arrays = self.problem.need
        first, last = int(arrays.first[n]), int(arrays.last[n])
        slots = int(arrays.slots[n])
        away = self.engaged.get(int(arrays.group[n]), ())
        around = min(max(around, first), last)
        for distance in range(min(max(around - first, last - around), _FURTHEST) + 1):
            for day in dict.fromkeys((around - distance, around + distance)):
                if not first <= day <= last or day in self.closed:
                    continue
                wanted = slots >> (day + 6) % 7 * 3 & 7
                for half in range(3):
                    if wanted >> half & 1 and day * 3 + half not in away:
                        yield day, half

    def _new_resource(self, n: int) -> Iterator[WayOut]:
        """Somebody new on the topic, at the first time when the group is free."""
        need = self.problem.needs[n]
        for day, half in self._free(n, int(self.problem.need.first[n])):
            topic = max(need.topics, key=lambda code: (need.topics[code], code))
            when = date.fromordinal(day)
            yield WayOut(
                WayOutKind.NEW_RESOURCE,
                day=when,
                slot=(when.weekday(), half),
                heads=need.headcount,
                topic=topic,
            )
            return
