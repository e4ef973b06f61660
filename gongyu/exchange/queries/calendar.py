"""A week or a month of half-days: what the calendars of both sides are made of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from gongyu.core.calendar import HalfDay, say_half_day, today
from gongyu.core.models import Holiday
from gongyu.exchange.models import ExamSuspension, Order, Session

from .span import Span

# How a card or a cell is coloured, the most pressing first.
CLASH, WAITING, PROPOSED, PROMISED, OPEN, NOTHING = (
    "clash",
    "waiting",
    "proposed",
    "promised",
    "open",
    "nothing",
)
LINES = 2  # what a cell of a month says of a half-day before it counts the rest


@dataclass(frozen=True, slots=True)
class Mark:
    """What the calendar says of a whole day: a holiday, an examination, a visit pushed in."""

    kind: str
    text: str

    @property
    def char(self) -> str:
        """For the small grid of a phone."""
        return {"holiday": "休", "makeup": "班", "exam": "考", "push": "进"}.get(self.kind, "闭")


@dataclass(frozen=True, slots=True)
class Clash:
    """What will not go together, as a sentence, and where to see to it.

    ``is_note``: nothing is wrong, but somebody may count on it.
    """

    date: date
    half_day: int | None
    sentence: str
    url: str
    orders: frozenset[int] = frozenset()
    is_note: bool = False

    @property
    def when(self) -> str:
        if self.half_day is None:
            return _("%(m)d 月 %(d)d 日") % {"m": self.date.month, "d": self.date.day}
        return say_half_day(self.date, self.half_day)


@dataclass(frozen=True, slots=True)
class Choice:
    """A half-day to which something can be moved; ``cell`` names its place in the grid."""

    value: str
    date: date
    half_day: int
    note: str = ""
    is_best: bool = False

    @property
    def cell(self) -> str:
        return cell_of(self.date, self.half_day)

    @property
    def when(self) -> str:
        return say_half_day(self.date, self.half_day)


def cell_of(day: date, half_day: int) -> str:
    return f"{day.isoformat()}.{half_day}"


@dataclass(slots=True)
class Card:
    """An order in a half-day. ``is_offer``: it stands where the unit proposed to move it."""

    order: Order
    is_offer: bool = False
    clashes: bool = False
    choices: Sequence[Choice] = ()
    stays: str = ""  # why it cannot be moved, empty if it can

    @property
    def kind(self) -> str:
        if self.clashes:
            return CLASH
        state = self.order.state
        if state == Order.State.PROPOSED:
            return PROPOSED
        return PROMISED if state in Order.HOLDING else WAITING


@dataclass(slots=True)
class Slot:
    """A session of a unit with the orders in it; ``choices``: where it can be moved."""

    session: Session
    cards: list[Card] = field(default_factory=list)
    choices: Sequence[Choice] = ()

    @property
    def state(self) -> str:
        """``withdrawn``, ``full``, ``part`` or ``open``."""
        if self.session.state == Session.State.WITHDRAWN:
            return "withdrawn"
        if self.session.seats_free <= 0:
            return "full"
        return "part" if self.session.seats_taken else "open"


@dataclass(frozen=True, slots=True)
class Line:
    """What a cell of a month says, in its colour, and in a narrow one."""

    kind: str
    text: str
    short: str = ""


@dataclass(slots=True)
class Half:
    """A half-day: a unit's sessions, or a school's orders alone."""

    date: date
    half_day: int
    slots: list[Slot] = field(default_factory=list)
    alone: list[Card] = field(default_factory=list)
    clashes: list[Clash] = field(default_factory=list)
    notes: list[Clash] = field(default_factory=list)

    @property
    def when(self) -> str:
        return say_half_day(self.date, self.half_day)

    @property
    def cell(self) -> str:
        return cell_of(self.date, self.half_day)

    @property
    def cards(self) -> list[Card]:
        return [*self.alone, *(card for slot in self.slots for card in slot.cards)]

    @property
    def open_slots(self) -> list[Slot]:
        return [slot for slot in self.slots if slot.state != "withdrawn"]

    @property
    def is_empty(self) -> bool:
        return not (self.slots or self.alone)

    @property
    def lines(self) -> list[Line]:
        """A unit reads heads by what became of them, a school who goes where."""
        if self.alone:
            said = [
                Line(card.kind, f"{card.order.need.who_label} {card.order.session.resource.unit}")
                for card in self.alone[:LINES]
            ]
            more = len(self.alone) - LINES
            return [*said, Line(NOTHING, _("还有 %(n)d 单") % {"n": more})] if more > 0 else said
        words = {
            CLASH: (_("撞了 %(n)d 人"), _("撞 %(n)d 人")),
            WAITING: (_("等您接 %(n)d 人"), _("等 %(n)d 人")),
            PROPOSED: (_("等学校 %(n)d 人"), _("改 %(n)d 人")),
            PROMISED: (_("定了 %(n)d 人"), _("定 %(n)d 人")),
        }
        said = []
        for kind, (sentence, short) in words.items():
            if heads := sum(c.order.heads_came for c in self.cards if c.kind == kind):
                said.append(Line(kind, sentence % {"n": heads}, short % {"n": heads}))
        empty = sum(slot.state == "open" and not slot.cards for slot in self.slots)
        if empty:
            said.append(
                Line(OPEN, _("空着 %(n)d 场") % {"n": empty}, _("空 %(n)d 场") % {"n": empty})
            )
        return said

    @property
    def said(self) -> str:
        """For a screen reader: 上午，等您接 96 人."""
        lines = "，".join(line.text for line in self.lines) or _("没有安排")
        return f"{HalfDay(self.half_day).label}，{lines}"


@dataclass(slots=True)
class Day:
    date: date
    is_inside: bool
    marks: list[Mark]
    halves: list[Half]
    clashes: list[Clash]
    is_chosen: bool = False

    @property
    def is_today(self) -> bool:
        return self.date == today()

    @property
    def is_empty(self) -> bool:
        return all(half.is_empty for half in self.halves)

    @property
    def has_clash(self) -> bool:
        return any(not clash.is_note for clash in self.clashes)

    @property
    def dots(self) -> list[str]:
        """The colours in a day, each once, for the small grid of a phone."""
        kinds = {line.kind for half in self.halves for line in half.lines} - {NOTHING}
        order = (CLASH, WAITING, PROPOSED, PROMISED, OPEN)
        if self.has_clash:
            kinds.add(CLASH)
        return [kind for kind in order if kind in kinds][:3]


@dataclass(frozen=True, slots=True)
class Sheet:
    """The page: its days in weeks, and everything in them that clashes."""

    span: Span
    weeks: list[list[Day]]
    warnings: list[Clash]

    @property
    def clashes(self) -> list[Clash]:
        return [clash for clash in self.warnings if not clash.is_note]

    @property
    def notes(self) -> list[Clash]:
        return [clash for clash in self.warnings if clash.is_note]

    @property
    def has_evenings(self) -> bool:
        return any(len(day.halves) > 2 for day in self.days)

    @property
    def days(self) -> list[Day]:
        return [day for week in self.weeks for day in week if day.is_inside]

    @property
    def chosen(self) -> Day | None:
        return next((day for day in self.days if day.is_chosen), None)

    @property
    def is_empty(self) -> bool:
        return all(day.is_empty for day in self.days)

    @property
    def cards(self) -> list[Card]:
        return [card for day in self.days for half in day.halves for card in half.cards]

    @property
    def waiting(self) -> int:
        return sum(card.order.state == Order.State.PLACED for card in self.cards)

    @property
    def offered(self) -> int:
        """Proposals, each once: they stand in two places."""
        offers = [c for c in self.cards if c.order.state == Order.State.PROPOSED]
        return len({card.order.pk for card in offers})

    @property
    def promised(self) -> int:
        return sum(card.order.state in Order.HOLDING for card in self.cards)

    @property
    def pupils(self) -> int:
        return sum(c.order.heads_came for c in self.cards if c.order.state in Order.HOLDING)

    @property
    def shown_halves(self) -> list[Half]:
        """Those whose cards are drawn in full: all of a week, of a month the chosen day's."""
        days = self.days if self.span.is_week else [day for day in self.days if day.is_chosen]
        return [half for day in days for half in day.halves]


def lay_out(
    span: Span,
    chosen: date | None,
    halves: Iterable[Half],
    marks: dict[date, list[Mark]],
    clashes: list[Clash],
) -> Sheet:
    """Put half-days into their days; evenings stand only in a span that has any."""
    by_cell = {(half.date, half.half_day): half for half in halves}
    shown = [h for h in HalfDay.values if h < HalfDay.EVENING or any(c[1] == h for c in by_cell)]
    by_day: dict[date, list[Clash]] = {}
    for clash in clashes:
        by_day.setdefault(clash.date, []).append(clash)

    def day_of(day: date) -> Day:
        inside = span.holds(day)
        mine = by_day.get(day, [])
        of_day = [by_cell.get((day, half)) or Half(day, half) for half in shown] if inside else []
        for half in of_day:
            here = [clash for clash in mine if clash.half_day == half.half_day]
            half.clashes = [clash for clash in here if not clash.is_note]
            half.notes = [clash for clash in here if clash.is_note]
            for card in half.cards:
                card.clashes = any(card.order.pk in clash.orders for clash in half.clashes)
        return Day(day, inside, marks.get(day, []), of_day, mine if inside else [], day == chosen)

    return Sheet(span, [[day_of(day) for day in week] for week in span.weeks], clashes)


@dataclass(frozen=True, slots=True)
class Season:
    """Holidays, make-up workdays and examinations between two days; two queries."""

    holidays: dict[date, Holiday]
    exams: list[ExamSuspension]

    @classmethod
    def between(cls, first: date, last: date) -> Season:
        return cls(
            {h.date: h for h in Holiday.objects.filter(date__range=(first, last))},
            list(ExamSuspension.objects.filter(first_day__lte=last, last_day__gte=first)),
        )

    def holiday(self, day: date) -> str:
        """The name of the holiday that a day is; empty on others."""
        found = self.holidays.get(day)
        return found.name if found and found.kind == Holiday.Kind.HOLIDAY else ""

    def exams_on(self, day: date) -> list[ExamSuspension]:
        return [exam for exam in self.exams if exam.first_day <= day <= exam.last_day]

    def marks(self, first: date, last: date) -> dict[date, list[Mark]]:
        found: dict[date, list[Mark]] = {}
        day = first
        while day <= last:
            marks = []
            if name := self.holiday(day):
                marks.append(Mark("holiday", _("%(name)s放假") % {"name": name}))
            elif day in self.holidays:
                marks.append(Mark("makeup", _("调休，照常上课")))
            marks += [
                Mark("exam", f"{exam.name}（{exam.grades_label}），停办")
                for exam in self.exams_on(day)
            ]
            if marks:
                found[day] = marks
            day += timedelta(days=1)
        return found


def address(span: Span, day: date | None = None) -> str:
    """The query string that keeps one's place, with the chosen day of a month."""
    if day is None or span.is_week:
        return span.query
    return f"{span.query}&{urlencode({'day': day.isoformat()})}"
