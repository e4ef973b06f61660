"""Who could serve a need, who nearly could, and what stands in the way."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import Avg, Count

from gongyu.engines import matching
from gongyu.exchange import planning, wording
from gongyu.exchange.models import Rating, Resource, Session, Slots
from gongyu.exchange.planning import Draft
from gongyu.places.models import Organization

MOST_UNITS = 8
MOST_NEAR_MISSES = 5
FEWEST_RATINGS = 3
WEEKS_SHOWN = 3


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

    @property
    def weeks(self) -> list[Week]:
        """Three weeks of half-days from the best session's Monday on, for the small grid."""
        monday = self.best.date - timedelta(days=self.best.date.weekday())
        by_slot = {(o.session.date, o.session.half_day): o for o in self.options}
        return [
            Week(
                start := monday + timedelta(weeks=w),
                [
                    [
                        Cell(day := start + timedelta(days=d), half, by_slot.get((day, half)))
                        for d in range(7)
                    ]
                    for half in (0, 1)
                ],
            )
            for w in range(WEEKS_SHOWN)
        ]


@dataclass(frozen=True, slots=True)
class Cell:
    day: date
    half_day: int
    option: SessionOption | None


@dataclass(frozen=True, slots=True)
class Week:
    monday: date
    rows: list[list[Cell]]


@dataclass(frozen=True, slots=True)
class NearMissOffer:
    """A unit that nearly fits: each obstacle as a sentence, and the change that clears it."""

    session: Session
    km: float
    sentences: list[str]
    remedies: list[wording.Remedy]


@dataclass(frozen=True, slots=True)
class Fit:
    """The answer to a need: units that fit, units that nearly do."""

    offers: list[UnitOffer]
    near_misses: list[NearMissOffer]
    sessions: int


def fit_for(draft: Draft) -> Fit:
    """Units that can serve the draft, best first, and near misses; 3 queries, whatever the size.

    "Best" is the engine's value of a pair, and among equal values the earlier day: so nearer and
    better fitting units come first.
    """
    sessions = planning.open_sessions()
    problem = planning.draft_problem(draft, sessions)
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
    misses = [
        _near_miss(m, by_id)
        for m in matching.near_misses(problem, "draft", limit=MOST_NEAR_MISSES + len(offers))
        if int(m.unit) not in offers
    ]
    return Fit(chosen, misses[:MOST_NEAR_MISSES], len(fitting))


def _add_half_days(
    offers: list[UnitOffer], sessions: list[Session], fitting: set[int], draft: Draft
) -> None:
    """All half-days of the offered resources that have seats: those that fit, and the others."""
    wanted = {o.resource.pk: o for o in offers}
    slots = set(Slots.pairs(draft.slots))
    grouped: dict[int, list[SessionOption]] = defaultdict(list)
    for session in sessions:
        if session.resource_id in wanted and session.seats_free >= draft.headcount:
            fits = session.pk in fitting
            inside = draft.date_from <= session.date <= draft.date_to
            if fits or (inside and (session.date.weekday(), session.half_day) not in slots):
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
        if row and row["rated"] >= FEWEST_RATINGS:
            offer.stars, offer.rated = row["stars"], row["rated"]


def _near_miss(miss: matching.NearMiss, by_id: dict[str, Session]) -> NearMissOffer:
    session = by_id[miss.session]
    form = planning.FORMS[session.resource.form]
    remedies = [wording.remedy_for(o, form=form) for o in miss.obstacles]
    solvable = all(remedies)
    return NearMissOffer(
        session,
        miss.km,
        [wording.say_obstacle(o, form=form) for o in miss.obstacles],
        [r for r in remedies if r] if solvable else [],
    )
