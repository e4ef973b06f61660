"""Who else nearby needs the same: what could be done together, with whom, and what was asked."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from django.db.models import F, Q
from django.utils.translation import gettext as _

from gongyu.accounts.models import User
from gongyu.core.calendar import today
from gongyu.engines.matching.problem import first_level
from gongyu.exchange.models import JoinedNeed, Need, Session
from gongyu.exchange.models.joined import MOST_TOGETHER
from gongyu.exchange.planning import Draft

from .distance import road_km_between
from .lists import spoken_for_by

WITHIN_KM = 5.0  # further apart is no neighbourhood
MOST_SUGGESTED = 3
MOST_LOOKED_AT = 60
DEGREES = WITHIN_KM / 80  # a kilometre is at most so much of a degree in the district's latitude


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A similar need nearby: school, class and headcount are all that is shown of it."""

    need: Need
    km: float | None
    why: str


@dataclass(frozen=True, slots=True)
class Together:
    """What a need in the pool has to do with others."""

    need: Need
    own: JoinedNeed | None = None
    mates: list[JoinedNeed] = field(default_factory=list)
    asking: list[JoinedNeed] = field(default_factory=list)  # asked by us, not answered yet
    asked: list[tuple[JoinedNeed, list[Need]]] = field(default_factory=list)  # asks us, with whom
    neighbours: list[Neighbour] = field(default_factory=list)

    @property
    def heads(self) -> int:
        return self.need.headcount + sum(mate.need.headcount for mate in self.mates)

    def draft(self) -> Draft:
        """What the group looks for: all heads, every grade, days and ways to meet that suit all."""
        needs = [self.need, *(mate.need for mate in self.mates)]
        slots = self.need.slots
        for need in needs:
            slots &= need.slots
        date_from = max(need.date_from for need in needs)
        form = self.need.form
        if form == "any" and len({need.school_id for need in needs}) > 1:
            form = "away"  # a unit that comes to a school comes to one school
        return replace(
            Draft.of(self.need),
            form=form,
            headcount=self.heads,
            first_grade=min(need.first_grade for need in needs),
            last_grade=max(need.last_grade for need in needs),
            date_from=date_from,
            date_to=max(date_from, min(need.date_to for need in needs)),
            slots=slots or self.need.slots,
        )


def could_join(need: Need, other: Need) -> bool:
    """Whether two needs are similar and near enough to become one visit; topics loaded."""
    if need.pk == other.pk or other.state != Need.State.POOLED or other.date_to <= today():
        return False
    if need.school_class_id is not None and need.school_class_id == other.school_class_id:
        return False
    if need.first_grade > other.last_grade or other.first_grade > need.last_grade:
        return False
    if need.date_from > other.date_to or other.date_from > need.date_to:
        return False
    if not need.slots & other.slots or not _ways_to_meet(need, other):
        return False
    if not _subjects(need) & _subjects(other):
        return False
    if need.school_id == other.school_id:
        return True
    km = road_km_between(need.school, other.school)
    return km is not None and km <= WITHIN_KM


def _ways_to_meet(need: Need, other: Need) -> set[str]:
    """A unit that comes to a school comes to one school."""
    every = {"visit", "host", "online"}
    one = every if need.form == "any" else {need.form}
    two = every if other.form == "any" else {other.form}
    both = one & two
    return both if need.school_id == other.school_id else both - {"host"}


def _subjects(need: Need) -> set[str]:
    return {first_level(topic.code) for topic in need.topics.all()}


def asked_to_join(user: User) -> list[JoinedNeed]:
    """What others nearby ask of needs that the person speaks for, oldest first; 2 queries."""
    asked = (
        JoinedNeed.objects.filter(
            spoken_for_by(user),
            agreed_at__isnull=True,
            left_at__isnull=True,
            need__state=Need.State.POOLED,
        )
        .select_related("need__school_class", "joined")
        .prefetch_related("joined__members__need__school", "joined__members__need__school_class")
        .order_by("asked_at", "pk")
    )
    return [row for row in asked if row.with_whom]


def together_of(need: Need) -> Together:
    """Mates, questions and neighbours of a need in the pool; at most 5 queries (topics loaded)."""
    groups = JoinedNeed.objects.filter(need=need, left_at__isnull=True).values("joined")
    rows = list(
        JoinedNeed.objects.filter(joined__in=groups, left_at__isnull=True)
        .select_related("need__school", "need__school_class", "need__filed_by")
        .prefetch_related("need__topics")
        .order_by("asked_at", "pk")
    )
    own = next((r for r in rows if r.need_id == need.pk and r.agreed_at is not None), None)
    waits = [r for r in rows if r.need.state == Need.State.POOLED and r.need_id != need.pk]
    here = [r for r in waits if own is not None and r.joined_id == own.joined_id]
    mates = [r for r in here if r.agreed_at is not None]
    asked = []
    for row in rows:
        if row.need_id == need.pk and row.agreed_at is None:
            who = [r.need for r in waits if r.joined_id == row.joined_id and r.agreed_at]
            if who and not mates:
                asked.append((row, who))
    known = {need.pk, *(r.need_id for r in here)}
    known |= {other.pk for _row, who in asked for other in who}
    heads = need.headcount + sum(mate.need.headcount for mate in mates)
    is_full = len(here) + 1 >= MOST_TOGETHER
    return Together(
        need=need,
        own=own if mates else None,
        mates=mates,
        asking=[r for r in here if r.agreed_at is None],
        asked=asked,
        neighbours=[] if is_full else _neighbours(need, heads, known),
    )


def _neighbours(need: Need, heads: int, known: set[int]) -> list[Neighbour]:
    near = Q(school=need.school_id)
    school = need.school
    if school.has_point and school.lat is not None and school.lon is not None:
        near |= Q(
            school__lat__range=(school.lat - DEGREES, school.lat + DEGREES),
            school__lon__range=(school.lon - DEGREES, school.lon + DEGREES),
        )
    same = Q(pk=None)
    for subject in _subjects(need):
        same |= Q(topics__code__startswith=subject)
    found = (
        Need.objects.waiting()
        .filter(
            near,
            pk__in=Need.objects.filter(same).values("pk"),
            date_to__gte=max(need.date_from, today()),
            date_from__lte=need.date_to,
            first_grade__lte=need.last_grade,
            last_grade__gte=need.first_grade,
        )
        .exclude(pk__in=known)
        .exclude(pk__in=JoinedNeed.objects.bound().values("need"))
        .select_related("school", "school_class")
        .prefetch_related("topics")
        .order_by("date_to", "pk")[:MOST_LOOKED_AT]
    )
    others = [other for other in found if could_join(need, other)]
    if not others:
        return []
    rooms = _rooms(need)
    ranked = []
    for other in others:
        whole = heads + other.headcount
        if not any(free >= whole >= least for free, least, _alone in rooms):
            continue
        km = 0.0 if other.school_id == need.school_id else road_km_between(school, other.school)
        ranked.append(Neighbour(other, km, _why(rooms, heads, other)))
    ranked.sort(key=lambda n: (not n.why, n.km or 0.0, n.need.pk))
    return ranked[:MOST_SUGGESTED]


def _rooms(need: Need) -> list[tuple[int, int, bool]]:
    """Seats and minimum group of the sessions that the need could go to."""
    sessions = Session.objects.upcoming().filter(
        resource__topics__in=[topic.pk for topic in need.topics.all()],
        resource__first_grade__lte=need.first_grade,
        resource__last_grade__gte=need.last_grade,
        date__range=(need.date_from, need.date_to),
        seats__gt=F("seats_taken"),
    )
    rows = sessions.order_by().values_list(
        "resource__is_exclusive", "resource__min_group", "seats", "seats_taken"
    )
    return [
        (seats - taken, least if alone else 1, alone)
        for alone, least, seats, taken in rows.distinct()
        if not (alone and taken)
    ]


def _why(rooms: list[tuple[int, int, bool]], heads: int, other: Need) -> str:
    """What going together opens: an exclusive session for which one class is too few."""
    whole = heads + other.headcount
    opened = [least for free, least, alone in rooms if alone and heads < least <= whole <= free]
    if not opened:
        return ""
    return _("有的专场至少 %(least)d 人才开，和%(school)s%(who)s一起就够了") % {
        "least": min(opened),
        "school": other.school,
        "who": other.who_label,
    }
