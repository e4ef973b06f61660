"""The visitor's front page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _

from gongyu.core.calendar import today
from gongyu.exchange import queries as exchange
from gongyu.exchange.models import Order, Session
from gongyu.exchange.queries.lists import PublicFigures
from gongyu.governance.queries import ProposalPage, proposal_page
from gongyu.places.district_map import DistrictMap
from gongyu.places.models import Organization
from gongyu.places.queries import town_dots
from gongyu.publishing import queries as publishing
from gongyu.publishing.models import Article

IN_A_CHANNEL = 3
ON_A_DAY = 3
WIDE, NARROW = 600, 342


@dataclass(frozen=True, slots=True)
class Channel:
    """One of the four channels: its newest articles."""

    value: str
    label: str
    lead: str
    articles: list[Article]


@dataclass(frozen=True, slots=True)
class JustNow:
    """The latest visit that a unit agreed to; names organisations, never a person."""

    at: datetime
    unit: Organization
    school: Organization
    title: str
    date: date
    half_day: int


@dataclass(frozen=True, slots=True)
class FrontPage:
    """Figures and rows of the front page."""

    weekend: list[publishing.Day]
    more_this_week: int
    channels: list[Channel]
    map_wide: DistrictMap
    map_narrow: DistrictMap
    figures: PublicFigures
    schools: int
    units_offering: int
    just_now: JustNow | None
    proposal: ProposalPage | None

    @property
    def knots(self) -> list[dict[str, str]]:
        """The recommendations as knots of the rope, in the proposal's order."""
        if self.proposal is None:
            return []
        return [
            {"state": item.knot, "label": item.recommendation.title, "note": ""}
            for strand in self.proposal.strands
            for item in strand.items
        ]


def front_page() -> FrontPage:
    """Everything on the front page; the number of queries does not depend on that of rows."""
    day = today()
    start, end = day, day + timedelta(days=6)
    coming = publishing.activities_between(start, end)
    saturday, sunday = publishing.weekend_of(day)
    weekend = [
        publishing.Day(entry.day, entry.activities[:ON_A_DAY])
        for entry in publishing.by_day(coming)
        if saturday <= entry.day <= sunday
    ]
    amounts = _amounts_by_town(coming, start, end)
    return FrontPage(
        weekend=weekend,
        more_this_week=len(coming) - sum(len(entry.activities) for entry in weekend),
        channels=[
            Channel(c.value, str(c.label), _lead(c), publishing.latest(c.value, IN_A_CHANNEL))
            for c in Article.Channel
        ],
        map_wide=town_dots(amounts, width=WIDE, unit=_("场")),
        map_narrow=town_dots(amounts, width=NARROW, unit=_("场")),
        figures=exchange.public_figures(),
        schools=Organization.objects.schools().count(),
        units_offering=Session.objects.upcoming().values("resource__unit").distinct().count(),
        just_now=_just_now(),
        proposal=proposal_page(),
    )


def _lead(channel: Article.Channel) -> str:
    return {
        Article.Channel.SCHOOL: _("这一周教什么、办什么"),
        Article.Channel.POLICY: _("把文件讲成人话"),
        Article.Channel.FAMILY: _("别人家是怎么过来的"),
        Article.Channel.COMMUNITY: _("楼下就有的事"),
    }[channel]


def _amounts_by_town(activities: Iterable[Article], start: date, end: date) -> dict[str, int]:
    """By township code: the week's activities, and the school visits arranged for the week."""
    visits = Order.objects.filter(state__in=Order.HOLDING, date__range=(start, end)).select_related(
        "need__school__division__parent"
    )
    hosts = [a.organization for a in activities] + [order.need.school for order in visits]
    towns = [host.town for host in hosts if host is not None]
    return dict(Counter(town.code for town in towns if town is not None))


def _just_now() -> JustNow | None:
    order = (
        Order.objects.filter(state__in=Order.HOLDING, answered_at__isnull=False)
        .select_related("need__school", "session__resource__unit")
        .order_by("-answered_at", "-pk")
        .first()
    )
    if order is None or order.answered_at is None:
        return None
    resource = order.session.resource
    return JustNow(
        order.answered_at,
        resource.unit,
        order.need.school,
        resource.title,
        order.date,
        order.half_day,
    )
