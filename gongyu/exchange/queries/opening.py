"""What the opening rules of a resource come to, day by day, before anything is changed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, time, timedelta
from itertools import groupby

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from gongyu.core.calendar import holidays, say_half_day, today
from gongyu.core.models import Holiday, SchoolTerm
from gongyu.exchange.models import (
    ExamSuspension,
    OpeningException,
    OpeningRule,
    Order,
    Resource,
    ResourceEntry,
    Session,
)

STARTS = (time(9, 0), time(14, 0), time(18, 30))
OPEN, KEPT, SKIPPED, BACK, HELD = "open", "kept", "skipped", "back", "held"


@dataclass(frozen=True, slots=True)
class PlannedHalfDay:
    """One half-day and its fate: to be opened, there already, left out, taken back, or held."""

    date: date
    half_day: int
    starts: time
    fate: str
    words: str = ""
    session: Session | None = None

    @property
    def when(self) -> str:
        return say_half_day(self.date, self.half_day)


@dataclass(frozen=True, slots=True)
class PlannedMonth:
    label: str
    rows: list[PlannedHalfDay]


@dataclass(frozen=True, slots=True)
class OpeningPlan:
    rows: list[PlannedHalfDay] = field(default_factory=list)

    def of(self, fate: str) -> list[PlannedHalfDay]:
        return [row for row in self.rows if row.fate == fate]

    @property
    def opens(self) -> list[PlannedHalfDay]:
        return self.of(OPEN)

    @property
    def goes_back(self) -> list[PlannedHalfDay]:
        return self.of(BACK)

    @property
    def held(self) -> list[PlannedHalfDay]:
        return self.of(HELD)

    @property
    def skipped(self) -> list[PlannedHalfDay]:
        return self.of(SKIPPED)

    @property
    def changes(self) -> bool:
        return any(row.fate in {OPEN, BACK} for row in self.rows)

    @property
    def months(self) -> list[PlannedMonth]:
        return [
            PlannedMonth(_("%(y)d 年 %(m)d 月") % {"y": key[0], "m": key[1]}, list(rows))
            for key, rows in groupby(self.rows, key=lambda row: (row.date.year, row.date.month))
        ]


class _Calendar:
    """Why a day stays closed, from what the calendar, the entry and the exceptions say."""

    def __init__(self, resource: Resource, until: date) -> None:
        self.resource = resource
        self.kinds = holidays()
        self.entry = ResourceEntry.objects.filter(resource=resource).first()
        self.terms = list(SchoolTerm.objects.filter(school_kind="compulsory", start__lte=until))
        self.exams = list(ExamSuspension.objects.filter(last_day__gte=today()))
        self.exceptions = list(OpeningException.objects.filter(resource=resource))
        self.closed = {e.date: e.reason for e in self.exceptions if e.half_day is None}

    def against(self, day: date) -> str:
        """What closes a day for everybody; empty if nothing does."""
        if self.kinds.get(day) == Holiday.Kind.HOLIDAY:
            return _("法定放假")
        if day in self.closed:
            return self.closed[day]
        for exam in self.exams:
            if exam.covers(self.resource, day):
                return _("%(exam)s，停办") % {"exam": exam.name}
        return ""

    def against_rule(self, rule: OpeningRule, day: date) -> str:
        """What closes a day for a rule; extra half-days are opened on purpose and ask less."""
        if why := self.against(day):
            return why
        if day.weekday() >= 5 and self.kinds.get(day) == Holiday.Kind.MAKEUP_WORKDAY:
            return _("调休上课")
        if why := self.against_entry(day):
            return why
        if rule.mode != OpeningRule.Mode.ANY:
            period = self._period(day)
            if period is None:
                return _("校历还没有公布")
            if (period == SchoolTerm.Period.TERM) != (rule.mode == OpeningRule.Mode.TERM):
                return _("放假期间") if rule.mode == OpeningRule.Mode.TERM else _("学期里")
        return ""

    def against_entry(self, day: date) -> str:
        """What the entry says of a weekday or a season."""
        if self.entry is None or self.entry.opens_on(day):
            return ""
        closed = self.entry.closed_weekdays >> day.weekday() & 1
        return _("闭馆日") if closed else _("不在开放月份")

    def _period(self, day: date) -> str | None:
        """The last period that began by then and has not ended (breaks lie within terms)."""
        held = [t for t in self.terms if t.start <= day and (t.end is None or day <= t.end)]
        return max(held, key=lambda t: t.start).period if held else None


def closed_because(resource: Resource, day: date) -> str:
    """Why a resource does not open on a day, whoever asks; empty if it may. Five queries."""
    calendar = _Calendar(resource, day)
    return calendar.against(day) or calendar.against_entry(day)


def opening_plan(resource: Resource, until: date) -> OpeningPlan:
    """From tomorrow to ``until``: what the rules open, leave out, take back; eight queries."""
    first = today() + timedelta(days=1)
    calendar = _Calendar(resource, until)
    wanted: dict[tuple[date, int], tuple[time, str]] = {}
    for rule in OpeningRule.objects.filter(resource=resource):
        for day in rule.days(first, until):
            why = calendar.against_rule(rule, day)
            if (day, rule.half_day) not in wanted or not why:
                wanted[day, rule.half_day] = (rule.starts, why)
    for extra in calendar.exceptions:
        if extra.half_day is not None and first <= extra.date <= until:
            key = (extra.date, extra.half_day)
            starts = wanted[key][0] if key in wanted else STARTS[extra.half_day]
            wanted[key] = (starts, calendar.against(extra.date))
    rows = _compare(resource, first, until, wanted)
    return OpeningPlan(sorted(rows, key=lambda row: (row.date, row.half_day)))


def _compare(
    resource: Resource,
    first: date,
    until: date,
    wanted: dict[tuple[date, int], tuple[time, str]],
) -> list[PlannedHalfDay]:
    live = Q(orders__state__in=Order.LIVE)
    there = {
        (session.date, session.half_day): session
        for session in Session.objects.filter(resource=resource, date__range=(first, until))
        .select_related("ruled", "resource")
        .annotate(live=Count("orders", filter=live, distinct=True))
    }
    asked = set(
        Order.objects.filter(
            proposed_session__resource=resource, state=Order.State.PROPOSED
        ).values_list("proposed_session", flat=True)
    )
    asked |= set(
        Order.objects.filter(
            split__second_session__resource=resource, state=Order.State.PROPOSED
        ).values_list("split__second_session", flat=True)
    )
    rows = []
    for (day, half), (starts, why) in wanted.items():
        session = there.get((day, half))
        is_open = session is not None and session.state == Session.State.OPEN
        if why and not is_open:
            rows.append(PlannedHalfDay(day, half, starts, SKIPPED, why))
        elif not why and is_open:
            rows.append(PlannedHalfDay(day, half, session.starts, KEPT, session=session))  # type: ignore[union-attr]  # is_open says so
        elif not why and session is not None and not _ruled_away(session):
            rows.append(PlannedHalfDay(day, half, starts, SKIPPED, _("您收回过，不再开")))
        elif not why:
            rows.append(PlannedHalfDay(day, half, starts, OPEN, session=session))
    for (day, half), session in there.items():
        why = wanted.get((day, half), (None, _("不在规则里了")))[1]
        if session.state != Session.State.OPEN or not why:
            continue
        if session.live or session.pk in asked:  # type: ignore[attr-defined]  # annotated above
            held = _("%(why)s，但有学校约了，先和学校商量") % {"why": why}
            if hasattr(session, "ruled") or (day, half) in wanted:
                rows.append(PlannedHalfDay(day, half, session.starts, HELD, held, session))
        elif hasattr(session, "ruled"):
            rows.append(PlannedHalfDay(day, half, session.starts, BACK, why, session))
        elif (day, half) in wanted:
            rows.append(
                PlannedHalfDay(
                    day,
                    half,
                    session.starts,
                    HELD,
                    _("%(why)s，是您自己开的，没有动") % {"why": why},
                    session,
                )
            )
    return rows


def _ruled_away(session: Session) -> bool:
    return hasattr(session, "ruled") and session.ruled.taken_back


def rules_of(resource: Resource) -> list[OpeningRule]:
    return list(OpeningRule.objects.filter(resource=resource))


def exceptions_ahead(resource: Resource) -> list[OpeningException]:
    return list(OpeningException.objects.filter(resource=resource, date__gt=today()))
