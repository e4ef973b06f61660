"""The loop 点单 → 派单 → 接单 → 实施 → 评单 as a page shows it: steps, and what happened."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext as _

from gongyu.core import timeline
from gongyu.core.calendar import say_day
from gongyu.exchange.models import Need, Order

DONE, NOW, TODO, STOP = "done", "now", "todo", "stop"
TONES = {
    "order.accept": "ok",
    "order.agree": "ok",
    "order.rate": "ok",
    "order.propose": "wait",
    "order.decline": "stop",
    "order.refuse": "stop",
    "order.cancel": "stop",
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
    """Where an order stands in the loop."""
    state = Order.State(order.state)
    over = state in (Order.State.DECLINED, Order.State.CANCELLED)
    held = state in Order.HOLDING
    came = held and order.day_has_come
    sent = _("全区派单") if order.origin == Order.Origin.RUN else _("直接送到")
    answers = {
        Order.State.PLACED: (NOW, _("等单位回话")),
        Order.State.PROPOSED: (NOW, _("等学校回话")),
        Order.State.DECLINED: (STOP, _("单位婉拒")),
        Order.State.CANCELLED: (STOP, _("取消了")),
    }
    answered = _on(order.answered_at) if order.answered_at else ""
    accept = answers.get(state, (DONE, answered))
    happen = DONE if came else NOW if held else TODO
    rate = DONE if state == Order.State.RATED else NOW if came else TODO
    rated = {Order.State.RATED: _("两边都评了"), Order.State.DONE: _("一边评了")}
    return [
        Step(_("点单"), _on(order.placed_at), DONE),
        Step(_("派单"), sent, DONE),
        Step(_("接单"), accept[1], accept[0]),
        Step(_("实施"), "" if over else _date(order.date), happen),
        Step(_("评单"), rated.get(state, "" if over else _("点两下")), rate),
    ]


def steps_of_need(need: Need, order: Order | None) -> list[Step]:
    """Where a need stands: with its order, in the pool, or withdrawn."""
    if order is not None and order.state in Order.LIVE:
        return steps_of_order(order)
    if need.state == Need.State.WITHDRAWN:
        first = Step(_("点单"), _("已撤回"), STOP)
    else:
        first = Step(_("点单"), _("在需求池"), NOW)
    rest = (_("派单"), _("接单"), _("实施"), _("评单"))
    return [first, *(Step(label, "", TODO) for label in rest)]


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
