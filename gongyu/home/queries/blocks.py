"""What stands on a first page: rows under headings, each about one thing to do or to know."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from gongyu.accounts.models import Role, User
from gongyu.accounts.queries import organization_ids
from gongyu.core.calendar import say_day, say_half_day, today
from gongyu.exchange import queries as exchange
from gongyu.exchange.models import Need, Order
from gongyu.exchange.queries.effects import effects_to_ask
from gongyu.exchange.queries.joined import asked_to_join
from gongyu.families.queries import ChildWithNotes
from gongyu.publishing import queries as publishing
from gongyu.publishing.models import Article

ROWS = 5
EFFECTS = 2
AHEAD = 20  # visits looked at for the next one of each child's class


@dataclass(frozen=True, slots=True)
class Row:
    """One thing: what it is, about what, where it is dealt with; with ``rate_url``, rated here."""

    title: str
    meta: str
    url: str
    badge: str = ""
    tone: str = "mute"
    icon: str = ""
    char: str = ""
    rate_url: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """Rows under a heading. ``waits`` counts what waits for this person's answer."""

    title: str
    rows: Sequence[Row]
    waits: int = 0
    more_url: str = ""
    more_label: str = ""
    empty: str = ""


@dataclass(frozen=True, slots=True)
class Action:
    label: str
    url: str
    icon: str


@dataclass(frozen=True, slots=True)
class TodayPage:
    """``waits`` is the sum over the blocks; ``children`` are shown to parents only."""

    blocks: list[Block]
    actions: list[Action]
    children: list[ChildWithNotes] = field(default_factory=list)
    effects: list[Order] = field(default_factory=list)

    @property
    def waits(self) -> int:
        return sum(block.waits for block in self.blocks)


TONES: dict[str, str] = {
    Order.State.PLACED: "wait",
    Order.State.PROPOSED: "wait",
    Order.State.ACCEPTED: "ok",
    Order.State.DONE: "ok",
    Order.State.RATED: "ok",
    Order.State.DECLINED: "stop",
    Order.State.DISPUTED: "wait",
    Order.State.REVISIT: "wait",
}


def order_rows(
    orders: Iterable[Order], *, for_unit: bool = False, to_rate: bool = False
) -> list[Row]:
    return [
        Row(
            title=str(order.need.school if for_unit else order.session.resource.unit),
            meta=_("%(when)s，%(what)s，%(who)s %(heads)d 人")
            % {
                "when": say_half_day(order.date, order.half_day),
                "what": order.session.resource.title,
                "who": order.need.who_label,
                "heads": order.heads_came,
            },
            url=order.get_absolute_url(),
            badge="" if to_rate else order.state_label,
            tone=TONES.get(order.state, "mute"),
            rate_url=reverse("exchange:order_rate", args=[order.pk]) if to_rate else "",
        )
        for order in orders
    ]


def article_rows(articles: Iterable[Article], *, badge: bool = False) -> list[Row]:
    return [
        Row(
            title=article.title,
            meta=article_meta(article),
            url=article.get_absolute_url(),
            char=article.huozi,
            badge=str(article.get_state_display()) if badge else "",
            tone={"published": "ok", "in_review": "wait", "returned": "stop"}.get(
                article.state, "mute"
            ),
        )
        for article in articles
    ]


def article_meta(article: Article) -> str:
    if article.is_activity and article.starts_at:
        start = localtime(article.starts_at)
        return f"{say_day(start.date())} {start:%H:%M}，{article.place}"
    return article.byline


def coming(user: User, *roles: Role) -> list[Order]:
    """Arranged visits of the coming two weeks, for the person's schools or units."""
    own = organization_ids(user, *roles)
    side = "session__resource__unit__in" if Role.UNIT in roles else "need__school__in"
    day = today()
    return list(
        Order.objects.filter(**{side: own}, state=Order.State.ACCEPTED)
        .filter(date__gte=day, date__lte=day + timedelta(days=14))
        .with_parties()
        .order_by("date", "half_day", "pk")[:ROWS]
    )


def to_rate(user: User, *, for_unit: bool = False) -> Block:
    waiting = list(exchange.waiting_to_be_rated(user)[: ROWS + 1])
    return Block(
        _("办完了，点一颗星就评好"),
        order_rows(waiting[:ROWS], for_unit=for_unit, to_rate=True),
        waits=len(waiting),
    )


def safety(user: User, side: str) -> Block:
    """Lines of the safety sheet of the coming week that one's own side has not ticked yet."""
    left = exchange.open_safety(user, side)
    return Block(
        _("行前还没查齐的"),
        [
            Row(
                title=str(order.need.school if side == "unit" else order.session.resource.unit),
                meta=_("%(when)s，%(who)s %(heads)d 人")
                % {
                    "when": say_half_day(order.date, order.half_day),
                    "who": order.need.who_label,
                    "heads": order.headcount,
                },
                url=reverse("exchange:visit", args=[order.pk]) + "#safety",
                badge=_("%(n)d 项") % {"n": number},
                tone="wait",
            )
            for order, number in left[:ROWS]
        ],
    )


def next_visits(user: User) -> Block:
    """The next visit of each class of the person's children; no heading where there is none."""
    first: dict[int | None, Order] = {}
    for order in exchange.class_visits_ahead(user)[:AHEAD]:
        first.setdefault(order.school_class_id, order)
    says = {
        "visit": _("去%(unit)s"),
        "host": _("%(unit)s来学校"),
        "online": _("%(unit)s线上讲"),
    }
    return Block(
        _("孩子的班接下来"),
        [
            Row(
                title=says[order.session.resource.form] % {"unit": order.session.resource.unit},
                meta=_("%(when)s %(starts)s，%(who)s，%(what)s")
                % {
                    "when": order.when,
                    "starts": f"{order.session.starts:%H:%M}",
                    "who": f"{order.need.school}{order.need.who_label}",
                    "what": order.session.resource.title,
                },
                url=reverse("exchange:visits"),
                icon="calendar-days",
            )
            for order in first.values()
        ],
    )


def _after(order: Order) -> str:
    """What was done, where somebody wrote it."""
    return f"：{order.visit.words}" if hasattr(order, "visit") and order.visit.words else ""


def class_visits(user: User) -> Block:
    """Where the classes of the person's children have been lately."""
    been = exchange.class_visits(user)[:3]
    return Block(
        _("孩子的班去了哪儿"),
        [
            Row(
                title=str(order.session.resource.unit),
                meta=_("%(when)s，%(who)s") % {"when": order.when, "who": order.need.who_label}
                + _after(order),
                url=reverse("exchange:visits"),
                icon="bus",
            )
            for order in been
        ],
        more_url=reverse("exchange:visits"),
        more_label=_("看全部，还有照片"),
        empty=_("班里去了博物馆、请来了医生，会写在这里。"),
    )


def weekend() -> Block:
    day = today()
    coming = publishing.activities_between(day, day + timedelta(days=6))
    return Block(
        _("这几天附近有什么"),
        article_rows(coming[:ROWS]),
        more_url=reverse("publishing:activities"),
        more_label=_("看全部活动"),
        empty=_("这几天还没有活动，社区发了会第一时间出现在这里。"),
    )


def proposals(user: User) -> Block:
    waiting = list(exchange.waiting_for_school(user)[:ROWS])
    return Block(_("单位提议换个半天，等您回话"), order_rows(waiting), waits=len(waiting))


def visits(user: User, *roles: Role) -> Block:
    return Block(
        _("约好了的"),
        order_rows(coming(user, *roles), for_unit=Role.UNIT in roles),
        more_url=reverse("exchange:orders"),
        more_label=_("看全部订单"),
        empty=_("这两周还没有约好的事。"),
    )


def in_pool(user: User) -> Block:
    needs = list(
        Need.objects.visible_to(user)
        .waiting()
        .filter(date_to__gte=today())
        .select_related("school_class")
        .order_by("date_to", "pk")[:ROWS]
    )
    return Block(
        _("还在需求池里"),
        [
            Row(
                title=need.words,
                meta=_("%(who)s，最晚 %(day)s")
                % {"who": need.who_label, "day": say_day(need.date_to)},
                url=need.get_absolute_url(),
            )
            for need in needs
        ],
        more_url=reverse("exchange:needs"),
        more_label=_("看全部需求"),
        empty=_("没有在等的需求。班里遇到什么了，说一句就行。"),
    )


def join_asks(user: User) -> Block:
    """Needs nearby whose people ask to go together; one tap on the need's page answers."""
    asked = asked_to_join(user)
    return Block(
        _("附近的班想一起办，等您点头"),
        [
            Row(
                title=_("、").join(f"{n.school}{n.who_label}" for n in row.with_whom),
                meta=_("想和%(who)s一起：%(words)s")
                % {"who": row.need.who_label, "words": row.need.words},
                url=row.need.get_absolute_url(),
            )
            for row in asked[:ROWS]
        ],
        waits=len(asked),
    )


def effects(user: User) -> list[Order]:
    """Visits of a term ago: was it of use? A few at a time."""
    return list(effects_to_ask(user)[:EFFECTS])


def own_articles(user: User, empty: str) -> Block:
    return Block(
        _("我们发的"),
        article_rows(publishing.written_by_or_for(user)[:ROWS], badge=True),
        more_url=reverse("publishing:mine"),
        more_label=_("看全部"),
        empty=empty,
    )
