"""The loop 点单 → 派单 → 接单 → 实施 → 评单 → 归档 as a page shows it: steps, deadline, course."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext as _

from gongyu.core import timeline
from gongyu.core.calendar import say_day, today
from gongyu.exchange.models import Need, Order, Party
from gongyu.exchange.models.moves import WAITS

DONE, NOW, TODO, STOP = "done", "now", "todo", "stop"
TONES = {
    "order.accept": "ok",
    "order.agree": "ok",
    "order.rate": "ok",
    "order.propose": "wait",
    "order.decline": "stop",
    "order.refuse": "stop",
    "order.cancel": "stop",
    "order.absent": "stop",
    "order.came": "wait",
    "order.close": "stop",
    "order.object": "wait",
    "order.keep": "wait",
    "order.revisit": "wait",
    "need.close": "stop",
    "need.withdraw": "mute",
}


@dataclass(frozen=True, slots=True)
class Step:
    label: str
    note: str
    state: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a timeline, as the component takes it."""

    when: str
    title: str
    text: str
    tone: str


def steps_of_order(order: Order) -> list[Step]:
    """Where an order stands in the loop, from 点单 to 归档."""
    state = Order.State(order.state)
    over = state in Order.OVER
    held = state in Order.HOLDING
    came = held and order.has_begun
    answers = {
        Order.State.PLACED: (NOW, _("等单位回话")),
        Order.State.PROPOSED: (NOW, _("等%s回话") % order.need.asker),
        Order.State.DISPUTED: (NOW, _("会商中")),
        Order.State.DECLINED: (STOP, _("单位婉拒")),
        Order.State.CANCELLED: (STOP, _("取消了")),
    }
    answered = _on(order.answered_at) if order.answered_at else ""
    accept = answers.get(state, (DONE, answered))
    happen = DONE if came or state in Order.HAPPENED else NOW if held else TODO
    is_rated = state in (Order.State.RATED, Order.State.REVISIT, Order.State.ARCHIVED)
    rated = {
        Order.State.RATED: _("两边都评了"),
        Order.State.DONE: _("一边评了"),
        Order.State.REVISIT: "",
        Order.State.ARCHIVED: "",
    }
    missed = state == Order.State.MISSED
    ends = {
        Order.State.REVISIT: (NOW, _("回访中")),
        Order.State.ARCHIVED: (DONE, _on(order.since)),
    }.get(state, (TODO, "" if over else _("自动")))
    return [
        Step(_("点单"), _on(order.placed_at), DONE),
        Step(_("派单"), order.origin_label, DONE),
        Step(_("接单"), accept[1], accept[0]),
        Step(
            _("实施"),
            _("没来成") if missed else "" if over else _date(order.date),
            STOP if missed else happen,
        ),
        Step(
            _("评单"),
            rated.get(state, "" if over else _("点一颗星")),
            DONE if is_rated else NOW if came else TODO,
        ),
        Step(_("归档"), ends[1], ends[0]),
    ]


def steps_of_need(need: Need, order: Order | None) -> list[Step]:
    """Where a need stands: with its order, in the pool, withdrawn or closed."""
    if order is not None and order.state in Order.LIVE:
        return steps_of_order(order)
    match need.state:
        case Need.State.WITHDRAWN:
            first = Step(_("点单"), _("已撤回"), STOP)
        case Need.State.CLOSED:
            first = Step(_("点单"), _("不再办理"), STOP)
        case _:
            first = Step(_("点单"), _("在需求池"), NOW)
    rest = (_("派单"), _("接单"), _("实施"), _("评单"), _("归档"))
    return [first, *(Step(label, "", TODO) for label in rest)]


@dataclass(frozen=True, slots=True)
class Due:
    """Who must do what by when, and what follows if nobody does."""

    who: str
    what: str
    by: date
    then: str

    @property
    def is_late(self) -> bool:
        return self.by < today()

    @property
    def text(self) -> str:
        """等清源小学回复改期，周五前."""
        return _("等%(who)s%(what)s，%(day)s前") % {
            "who": self.who,
            "what": self.what,
            "day": say_day(self.by),
        }


def due_of(order: Order, rated: Collection[str] = (), settlers: str = "") -> Due | None:
    """What an order waits for; None where it waits for nobody.

    ``rated``: sides that have rated. ``settlers``: who confers and calls back, by name
    (``queries.settlers``); a list, which does not ask for each order, names the kinds.
    """
    wait = WAITS.get(order.state)
    if wait is None:
        return None
    names = {
        Party.SCHOOL: str(order.need.school),
        Party.UNIT: str(order.session.resource.unit),
        Party.DISTRICT: settlers or _("镇街或者区教委"),
    }
    by = timezone.localdate(order.since) + timedelta(days=wait.days)
    match order.state:
        case Order.State.PLACED | Order.State.DISPUTED:
            by = min(by, order.date)
        case Order.State.PROPOSED if order.proposed_session is not None:
            by = min(by, order.proposed_session.date)
        case Order.State.ACCEPTED | Order.State.DONE:
            if not order.has_begun:
                return None
            by = order.date + timedelta(days=wait.days)
    who = [names[party] for party in wait.who if party.value not in rated]
    if not who:
        return None
    return Due(_("和").join(who), str(wait.what), by, str(wait.then))


def due_of_need(need: Need, order: Order | None, settlers: str = "") -> Due | None:
    """What a need waits for: its order's answer, or the district's next dispatch."""
    if order is not None and order.state in Order.LIVE:
        return due_of(order, settlers=settlers)
    if need.state != Need.State.POOLED:
        return None
    return Due(
        settlers or str(need.desk or Party.DISTRICT.label),
        _("派单"),
        need.date_to,
        _("过了最晚的日子，可以改了日子再提"),
    )


def timeline_of(target: Model) -> list[Entry]:
    """What happened, newest first; 1 query."""
    return [
        Entry(_moment(e.at), e.sentence, e.actor_label, TONES.get(e.verb, "ok"))
        for e in timeline.entries_of(target).order_by("-at", "-pk")
    ]


def _moment(at: datetime) -> str:
    local = timezone.localtime(at)
    return f"{say_day(local.date())} {local:%H:%M}"


def _on(at: datetime) -> str:
    return _date(timezone.localtime(at).date())


def _date(day: date) -> str:
    return f"{day.month}/{day.day}"
