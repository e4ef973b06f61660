"""Two plans for the same pool side by side: what each reaches, and who gets what only in one."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median

from django.db.models import QuerySet

from gongyu.core.models import Job
from gongyu.exchange.models import MatchingRun, PlannedMatch

from .plan import TownRow, town_rows

SHOWN = 30  # rows of each list of changes
OFFERED = 6  # other runs to hold a plan against


@dataclass(frozen=True, slots=True)
class Side:
    """What a plan reaches. Kilometres of those who travel; ``yuan``: what families pay in all."""

    run: MatchingRun
    served: int
    pupils: int
    worst: TownRow | None
    km: float
    km_median: float
    yuan: float
    units: int

    @property
    def may_dispatch(self) -> bool:
        return self.run.dispatched_at is None and self.served > 0


@dataclass(frozen=True, slots=True)
class Change:
    """A need that the two plans treat differently; a side without a match leaves it out."""

    left: PlannedMatch | None
    right: PlannedMatch | None

    @property
    def match(self) -> PlannedMatch:
        found = self.right or self.left
        assert found is not None  # noqa: S101  # a change has a side
        return found


@dataclass(frozen=True, slots=True)
class Comparison:
    left: Side
    right: Side
    won: list[Change]
    lost: list[Change]
    moved: list[Change]
    same: int

    @property
    def is_same(self) -> bool:
        return not (self.won or self.lost or self.moved)

    @property
    def same_pool(self) -> bool:
        """Whether both looked at as many needs and sessions; the pool moves on between runs."""
        left, right = self.left.run, self.right.run
        return (left.needs, left.sessions) == (right.needs, right.sessions)


def others_to_compare(run: MatchingRun) -> list[MatchingRun]:
    """Finished runs of the same pool, latest first, those started for this comparison before."""
    runs = MatchingRun.objects.of_scope(run.town).filter(kind=run.kind, job__state=Job.State.DONE)
    found = list(runs.exclude(pk=run.pk).select_related("job", "town")[: 4 * OFFERED])
    found.sort(key=lambda other: other.beside_id != run.pk and run.beside_id != other.pk)
    return found[:OFFERED]


def compare(left: MatchingRun, right: MatchingRun) -> Comparison:
    """6 queries, whatever the size of the plans."""
    mine, theirs = _matches(left), _matches(right)
    by_need = {match.need_id: match for match in theirs}
    lost, moved = [], []
    same = 0
    for match in mine:
        other = by_need.pop(match.need_id, None)
        if other is None:
            lost.append(Change(match, None))
        elif other.session_id != match.session_id:
            moved.append(Change(match, other))
        else:
            same += 1
    won = [Change(None, match) for match in by_need.values()]
    return Comparison(_side(left, mine), _side(right, theirs), won, lost, moved, same)


def _matches(run: MatchingRun) -> list[PlannedMatch]:
    found: QuerySet[PlannedMatch] = run.matches.select_related(
        "need__school", "need__school_class", "session__resource__unit"
    )
    return list(found.order_by("need__school__name", "need_id", "pk"))


def _side(run: MatchingRun, matches: list[PlannedMatch]) -> Side:
    km = [match.km for match in matches if match.session.resource.form != "online"]
    towns = town_rows(run)
    return Side(
        run=run,
        served=len(matches),
        pupils=sum(match.need.headcount for match in matches),
        worst=towns[0] if towns else None,
        km=sum(km),
        km_median=median(km) if km else 0.0,
        yuan=sum(m.session.resource.price_fen * m.need.headcount for m in matches) / 100,
        units=len({match.session.resource.unit_id for match in matches}),
    )
