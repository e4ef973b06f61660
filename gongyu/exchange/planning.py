"""Between the records and the engine: rows become needs and sessions, ids lead back to rows.

The engine sees no person: a need is a group with a headcount and a place.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q, Sum

from gongyu.core.calendar import holidays, today
from gongyu.core.models import Holiday
from gongyu.engines import matching
from gongyu.engines.matching.problem import first_level
from gongyu.exchange.models import Need, Order, PlanRule, Resource, Session, Slots, Topic
from gongyu.exchange.models.needs import came_to_nothing, class_group
from gongyu.exchange.models.resources import Form
from gongyu.places.models import Organization

FORMS = {
    "any": matching.Form.ANY,
    "away": matching.Form.VISIT | matching.Form.ONLINE,  # several schools, which no unit visits
    "visit": matching.Form.VISIT,
    "host": matching.Form.HOST,
    "online": matching.Form.ONLINE,
}
NO_TOWN = "none"


@dataclass(frozen=True, slots=True)
class Draft:
    """A need as it stands in the form, filed or not."""

    school: Organization
    topics: tuple[Topic, ...]
    first_grade: int
    last_grade: int
    headcount: int
    form: str
    date_from: date
    date_to: date
    slots: int
    reach_km: float
    severity: int = 1
    school_class_id: int | None = None

    @classmethod
    def of(cls, need: Need) -> Draft:
        return cls(
            school=need.school,
            topics=tuple(need.topics.all()),
            first_grade=need.first_grade,
            last_grade=need.last_grade,
            headcount=need.headcount,
            form=need.form,
            date_from=need.date_from,
            date_to=need.date_to,
            slots=need.slots,
            reach_km=need.reach_km,
            severity=need.severity,
            school_class_id=need.school_class_id,
        )


def engine_need(draft: Draft, *, id_: str = "draft", group: str = "draft") -> matching.Need:
    """A need for the engine. A group without a place can only meet online."""
    school = draft.school
    forms = FORMS[draft.form] if school.has_point else matching.Form.ONLINE
    tomorrow = today() + timedelta(days=1)
    date_from = max(draft.date_from, tomorrow)
    return matching.Need(
        id=id_,
        topics={topic.code: 1 / len(draft.topics) for topic in draft.topics},
        grades=frozenset(range(draft.first_grade, draft.last_grade + 1)),
        headcount=draft.headcount,
        forms=forms,
        date_from=date_from,
        date_to=max(draft.date_to, date_from),
        slots=frozenset(Slots.pairs(draft.slots)),
        lon=school.lon or 0.0,
        lat=school.lat or 0.0,
        reach_km=draft.reach_km,
        severity=draft.severity,
        wanted=1,
        group=group,
        town=_town(school),
    )


def engine_session(session: Session, asked: int = 0) -> matching.Session:
    """A session for the engine; ``capacity`` is what is free beside the accepted orders.

    ``asked``: heads for which the unit still owes an answer; nobody else is promised their seats.
    """
    resource, unit = session.resource, session.resource.unit
    return matching.Session(
        id=str(session.pk),
        unit=str(unit.pk),
        town=_town(unit),
        topics=frozenset(topic.code for topic in resource.topics.all()),
        grades=frozenset(range(resource.first_grade, resource.last_grade + 1)),
        form=FORMS[resource.form],
        date=session.date,
        half_day=session.half_day,
        capacity=_free(session, asked),
        exclusive=resource.is_exclusive,
        min_group=resource.min_group if not session.seats_taken else 1,
        lon=unit.lon or 0.0,
        lat=unit.lat or 0.0,
        radius_km=resource.radius_km,
    )


def _free(session: Session, asked: int) -> int:
    if asked and session.resource.is_exclusive:
        return 0
    return max(0, session.seats_free - asked)


def _town(organization: Organization) -> str:
    town = organization.town
    return town.code if town else NO_TOWN


def open_sessions(topics: Iterable[Topic] | None = None) -> list[Session]:
    """Sessions that can still be ordered, with all the engine needs: 3 queries, however many.

    topics: only sessions of resources that share a first-level topic with one of these; no other
    can serve a need on them, nor nearly. A unit without a place on the map can only be met online;
    each says how many days ahead it must be asked.
    """
    resources = Resource.objects.select_related("unit__division__parent").prefetch_related("topics")
    if topics is not None:
        on_topic = Q(pk__in=[])
        for family in sorted({first_level(topic.code) for topic in topics}):
            on_topic |= Q(topics__code__startswith=family)
        resources = resources.filter(on_topic).distinct()
    reachable = {r.pk: r for r in resources if r.unit.has_point or r.form == Form.ONLINE}
    # The rows of a resource's sessions share one object of it: there are thousands of them.
    sessions = list(Session.objects.upcoming().filter(resource__in=list(reachable)))
    for session in sessions:
        session.resource = reachable[session.resource_id]
    day = today()
    return [s for s in sessions if (s.date - day).days >= s.resource.lead_days]


def draft_problem(draft: Draft, sessions: Iterable[Session]) -> matching.Problem:
    """A problem of one need: for the form that asks who could come."""
    return matching.Problem.build([engine_need(draft)], [engine_session(s) for s in sessions])


def pool_problem(
    needs: Iterable[Need], sessions: Iterable[Session], rules: Iterable[PlanRule] = ()
) -> matching.Problem:
    """The pool as it stands, with what its classes have already and what staff decided: 4 queries.

    Seats that a unit has been asked for and not answered about are left for those who asked.
    """
    needs, asked = list(needs), asked_seats()
    offered = {str(s.pk): engine_session(s, asked.get(s.pk, 0)) for s in sessions}
    wanted = {str(need.pk) for need in needs}
    rules = list(rules)
    pinned = {
        (str(rule.need_id), str(rule.session_id))
        for rule in rules
        if rule.kind == PlanRule.Kind.PIN
    }
    return matching.Problem.build(
        [engine_need(Draft.of(n), id_=str(n.pk), group=n.group) for n in needs],
        offered.values(),
        pinned=pinned,
        forbidden=_banned(rules, offered) | (_refused(wanted, offered) - pinned),
        busy=busy_half_days(),
        closed_days={day for day, kind in holidays().items() if kind == Holiday.Kind.HOLIDAY},
    )


def asked_seats() -> dict[int, int]:
    """Heads for which a session's unit has been asked and has not answered, by session."""
    waiting = Order.objects.filter(state__in=Order.ASKED, date__gt=today()).order_by()
    heads = waiting.values("session").annotate(heads=Sum("headcount"))
    return dict(heads.values_list("session", "heads"))


def _banned(
    rules: Iterable[PlanRule], offered: Mapping[str, matching.Session]
) -> set[tuple[str, str]]:
    """The pairs that staff do not want."""
    by_unit: dict[str, list[str]] = defaultdict(list)
    for session in offered.values():
        by_unit[session.unit].append(session.id)
    pairs: set[tuple[str, str]] = set()
    for rule in rules:
        need = str(rule.need_id)
        if rule.kind == PlanRule.Kind.NOT_UNIT:
            pairs |= {(need, session) for session in by_unit[str(rule.unit_id)]}
        elif rule.kind == PlanRule.Kind.NOT_SESSION and str(rule.session_id) in offered:
            pairs.add((need, str(rule.session_id)))
    return pairs


# Whoever said so will say so again about any other half-day.
_NOT_THIS_UNIT = (Order.DeclineReason.NOT_OURS, Order.DeclineReason.NO_ANSWER)


def _refused(
    wanted: Collection[str], offered: Mapping[str, matching.Session]
) -> set[tuple[str, str]]:
    """The pairs that came to nothing before: the session, and the unit where it lay at the unit."""
    by_unit: dict[str, list[str]] = defaultdict(list)
    for session in offered.values():
        by_unit[session.unit].append(session.id)
    ended = Order.objects.filter(came_to_nothing(), need__state=Need.State.POOLED).values_list(
        "need_id", "session_id", "session__resource__unit_id", "decline_reason"
    )
    pairs: set[tuple[str, str]] = set()
    for need_id, session_id, unit_id, reason in ended:
        need = str(need_id)
        if need not in wanted:
            continue
        if str(session_id) in offered:
            pairs.add((need, str(session_id)))
        if reason in _NOT_THIS_UNIT:
            pairs |= {(need, session) for session in by_unit[str(unit_id)]}
    return pairs


def busy_half_days() -> dict[str, set[tuple[date, int]]]:
    """Half-days that a class has asked for or agreed upon, from today on; by the engine's group.

    Their needs are not in the pool and their seats are taken off already, so the engine hears of
    the half-day alone.
    """
    found: dict[str, set[tuple[date, int]]] = defaultdict(set)
    live = Order.objects.live().filter(school_class__isnull=False, date__gte=today())
    for school_class, day, half in live.values_list("school_class_id", "date", "half_day"):
        found[class_group(school_class)].add((day, half))
    return found
