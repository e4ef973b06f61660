"""Who could serve a need, who nearly could, and what stands in the way."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Avg, Count
from django.utils.translation import gettext as _

from gongyu.engines import matching
from gongyu.exchange import planning, wording
from gongyu.exchange.models import Order, Rating, Resource, Session
from gongyu.exchange.planning import Draft
from gongyu.places.models import Organization

from .fewest import FEWEST
from .grid import Grid, draw_grid

MOST_UNITS = 8
MOST_NEAR_MISSES = 5
MOST_OTHERS = 8


@dataclass(frozen=True, slots=True)
class SessionOption:
    """A half-day of a unit. ``fits``: free on both sides; else it is free and the class is not."""

    session: Session
    fits: bool


@dataclass(slots=True)
class UnitOffer:
    """A unit that could serve the need: its best session first, all of its half-days after."""

    unit: Organization
    resource: Resource
    km: float
    best: Session
    options: list[SessionOption] = field(default_factory=list)
    stars: float | None = None
    rated: int = 0
    praise: str = ""
    related: str = ""

    @property
    def others(self) -> list[SessionOption]:
        """The half-days beside the best one that can be ordered as well, the first of them."""
        fitting = [o for o in self.options if o.fits and o.session.pk != self.best.pk]
        return fitting[:MOST_OTHERS]

    @property
    def grid(self) -> Grid:
        """The half-days around the best one as a small picture."""
        return draw_grid(
            self.best.date,
            (self.best.date, self.best.half_day),
            {(o.session.date, o.session.half_day): o.fits for o in self.options},
        )


@dataclass(frozen=True, slots=True)
class NearMissOffer:
    """A unit that nearly fits: each obstacle as a sentence, and the change that clears it."""

    session: Session
    km: float
    sentences: list[str]
    remedies: list[wording.Remedy]
    may_queue: bool = False

    @property
    def remedy(self) -> wording.Remedy | None:
        """All changes at once, as one button."""
        return wording.all_of(self.remedies)


@dataclass(frozen=True, slots=True)
class Fit:
    """The answer to a need: units that fit, units that nearly do."""

    offers: list[UnitOffer]
    near_misses: list[NearMissOffer]
    sessions: int


def fit_for(draft: Draft) -> Fit:
    """Units that can serve the draft, best first, and near misses; 5 queries, whatever the size.

    "Best" is the engine's value of a pair, and among equal values the earlier day: so nearer and
    better fitting units come first. A half-day on which the class is somewhere already fits nobody.
    """
    sessions = planning.open_sessions(draft.topics)
    busy = _half_days_taken(draft)
    problem = planning.draft_problem(
        draft, (s for s in sessions if (s.date, s.half_day) not in busy)
    )
    by_id = {str(s.pk): s for s in sessions}
    candidates = matching.find_candidates(problem)
    offers: dict[int, UnitOffer] = {}
    order = sorted(
        range(len(candidates)),
        key=lambda i: (
            -round(float(candidates.value[i]), 6),
            problem.sessions[int(candidates.session[i])].date,
            problem.sessions[int(candidates.session[i])].half_day,
        ),
    )
    fitting: set[int] = set()
    for i in order:
        session = by_id[problem.sessions[int(candidates.session[i])].id]
        fitting.add(session.pk)
        unit = session.resource.unit
        if unit.pk not in offers:
            offers[unit.pk] = UnitOffer(unit, session.resource, float(candidates.km[i]), session)
    chosen = list(offers.values())[:MOST_UNITS]
    _add_half_days(chosen, sessions, fitting, draft)
    _add_stars(chosen)
    _praise_first(chosen)
    _name_related(chosen, draft)
    misses = [
        _near_miss(m, by_id)
        for m in matching.near_misses(problem, "draft", limit=MOST_NEAR_MISSES + len(offers))
        if int(m.unit) not in offers
    ]
    return Fit(chosen, misses[:MOST_NEAR_MISSES], len(fitting))


def _praise_first(offers: list[UnitOffer]) -> None:
    """Say of the first what sets it apart, where something does."""
    if len(offers) < 2:
        return
    first, *rest = offers
    said = []
    if all(first.best.date < other.best.date for other in rest):
        said.append(_("最早"))
    if first.resource.form != "online" and all(first.km < other.km for other in rest):
        said.append(_("最近"))
    first.praise = "、".join(said)


def _name_related(offers: list[UnitOffer], draft: Draft) -> None:
    """Where a unit does something near what was asked, not the thing itself, say what it does."""
    asked = {topic.pk for topic in draft.topics}
    for offer in offers:
        topics = list(offer.resource.topics.all())
        if asked.isdisjoint(topic.pk for topic in topics):
            offer.related = "、".join(str(topic) for topic in topics)


def _half_days_taken(draft: Draft) -> set[tuple[date, int]]:
    """Half-days on which the class of the draft is promised to somebody."""
    if draft.school_class_id is None:
        return set()
    return set(
        Order.objects.filter(
            school_class=draft.school_class_id, state__in=Order.HOLDING
        ).values_list("date", "half_day")
    )


def _add_half_days(
    offers: list[UnitOffer], sessions: list[Session], fitting: set[int], draft: Draft
) -> None:
    """All half-days of the offered resources that have seats: those that fit, and the others."""
    wanted = {o.resource.pk: o for o in offers}
    grouped: dict[int, list[SessionOption]] = defaultdict(list)
    for session in sessions:
        if session.resource_id in wanted and session.seats_free >= draft.headcount:
            fits = session.pk in fitting
            inside = draft.date_from <= session.date <= draft.date_to
            if fits or inside:
                grouped[session.resource_id].append(SessionOption(session, fits))
    for resource_id, options in grouped.items():
        wanted[resource_id].options = options


def _add_stars(offers: list[UnitOffer]) -> None:
    """The schools' ratings of each unit, shown only from a least number on."""
    rows = (
        Rating.objects.filter(
            side=Rating.Side.SCHOOL,
            order__session__resource__unit__in=[o.unit.pk for o in offers],
        )
        .values("order__session__resource__unit")
        .annotate(stars=Avg("stars"), rated=Count("pk"))
    )
    by_unit = {row["order__session__resource__unit"]: row for row in rows}
    for offer in offers:
        row = by_unit.get(offer.unit.pk)
        if row and row["rated"] >= FEWEST:
            offer.stars, offer.rated = row["stars"], row["rated"]


def _near_miss(miss: matching.NearMiss, by_id: dict[str, Session]) -> NearMissOffer:
    session = by_id[miss.session]
    obstacles = [_as_met(o, session) for o in miss.obstacles]
    form = planning.FORMS[session.resource.form]
    remedies = [wording.remedy_for(o, form=form) for o in obstacles]
    solvable = all(remedies)
    return NearMissOffer(
        session,
        miss.km,
        [wording.say_obstacle(o, form=form) for o in obstacles],
        [r for r in remedies if r] if solvable else [],
        may_queue=all(o.kind is matching.ObstacleKind.FULL for o in obstacles),
    )


def _as_met(obstacle: matching.Obstacle, session: Session) -> matching.Obstacle:
    """The engine hears of free seats alone; what others have taken makes a session full, not small.

    A group that would not fit into the empty session either stays too big.
    """
    kind = matching.ObstacleKind
    heads = obstacle.needed
    if obstacle.kind is kind.TOO_BIG and isinstance(heads, int):
        if session.seats_taken and heads <= session.seats:
            return matching.Obstacle(kind.FULL, heads, session.seats_free)
        return matching.Obstacle(kind.TOO_BIG, heads, session.seats)
    return obstacle
