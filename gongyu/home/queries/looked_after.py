"""What the district, a town and a department look after, on their first pages."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import F, Q, Sum
from django.urls import reverse
from django.utils.translation import gettext as _

from gongyu.accounts.models import Role, User
from gongyu.accounts.queries import memberships_of, organization_ids
from gongyu.core.calendar import midnight, say_day, say_half_day, today
from gongyu.exchange.models import MatchingRun, Need, Order, Problem, UnitAdmission
from gongyu.exchange.models.needs import in_towns
from gongyu.exchange.queries.admission import admissions
from gongyu.exchange.queries.problems import problems
from gongyu.places.models import Division

from .blocks import ROWS, Block, Row, order_rows

LATE_AFTER_DAYS = 3


def pool(title: str, town: Division | None = None) -> Block:
    """What waits in the pool of the district or of a town, and when it was last matched."""
    last = MatchingRun.objects.of_scope(town).filter(objective__isnull=False).first()
    needs = Need.objects.of_town(town)
    rows = [
        Row(
            _("需求池里有 %(count)d 个需求在等") % {"count": needs.waiting().count()},
            _("上一次统一匹配：%(day)s") % {"day": say_day(last.started_at.date())}
            if last
            else _("还没有做过统一匹配"),
            reverse("exchange:runs"),
            icon="route",
        )
    ]
    returned = needs.returned().count()
    if returned:
        rows.append(
            Row(
                _("%(count)d 个退回来了，还没有新去处") % {"count": returned},
                _("可以只给它们另找，已经约定的都不动"),
                reverse("exchange:runs"),
                icon="undo-2",
            )
        )
    return Block(
        title,
        rows,
        more_url=reverse("exchange:needs"),
        more_label=_("看需求池"),
    )


def to_settle(town: Division | None = None) -> Block:
    """Objections to be talked over and visits to be asked about, those that wait longest first."""
    waiting = Order.objects.of_town(town).filter(
        state__in=[Order.State.DISPUTED, Order.State.REVISIT]
    )
    return Block(
        _("等您会商、回访"),
        order_rows(waiting.with_parties().order_by("since", "pk")[:ROWS]),
        waits=waiting.count(),
        more_url=reverse("exchange:desk"),
        more_label=_("到工作台看"),
    )


def to_admit() -> Block:
    """Units that ask to be admitted; hidden where none does."""
    asking = admissions(UnitAdmission.State.APPLIED)
    return Block(
        _("等您核查的入库申请"),
        [
            Row(str(one.unit), str(one.unit.town or ""), one.get_absolute_url())
            for one in asking[:ROWS]
        ],
        waits=asking.count(),
        more_url=reverse("exchange:admissions"),
        more_label=_("去核查"),
    )


def led_problems(user: User) -> Block:
    """The problems that the person's body leads or supports, with what became of their needs."""
    own = organization_ids(user, Role.DEPARTMENT)
    ours = Problem.objects.filter(Q(lead__in=own) | Q(supporting__in=own)).values("pk")
    found: list[Any] = list(problems().filter(pk__in=ours)[:ROWS])  # counted by ``problems``
    return Block(
        _("我们牵头和配合的问题"),
        [
            Row(
                title=problem.title,
                meta=_("学校提了 %(asked)d 个需求，办完 %(done)d 个，%(waiting)d 个在等")
                % {"asked": problem.asked, "done": problem.done, "waiting": problem.waiting},
                url=problem.get_absolute_url(),
                badge=_("牵头") if problem.lead_id in own else _("配合"),
                tone="ok" if problem.lead_id in own else "mute",
            )
            for problem in found
        ],
        more_url=reverse("exchange:problems"),
        more_label=_("看全区的突出问题"),
        empty=_("清单上还没有您单位牵头或者配合的问题。"),
    )


def late(town: Division | None = None) -> Block:
    late = Order.objects.of_town(town).filter(
        state=Order.State.PLACED, placed_at__lt=midnight(today() - timedelta(days=LATE_AFTER_DAYS))
    )
    return Block(
        _("单位超过 %(days)d 天没回话的") % {"days": LATE_AFTER_DAYS},
        order_rows(late.with_parties().order_by("placed_at", "pk")[:ROWS]),
        more_url=reverse("exchange:orders"),
        more_label=_("看全部订单"),
        empty=_("都按时回了话。"),
    )


NEARBY_DAYS = 14


def coming_nearby(user: User) -> Block:
    """Where children come to in the community's town in the coming days: how many, no school."""
    homes = [m.organization.town for m in memberships_of(user) if m.organization]
    towns = [town for town in homes if town is not None]
    day = today()
    visits = (
        Order.objects.filter(in_towns("session__resource__unit", towns), state__in=Order.HOLDING)
        .filter(date__range=(day, day + timedelta(days=NEARBY_DAYS)))
        .values(
            "date",
            "half_day",
            unit=F("session__resource__unit"),
            name=F("session__resource__unit__name"),
            what=F("session__resource__title"),
        )
        .annotate(heads=Sum("headcount"))
        .order_by("date", "half_day", "name")[:ROWS]
    )
    return Block(
        _("附近这两周有孩子来"),
        [
            Row(
                title=visit["name"],
                meta=_("%(when)s，%(what)s，%(heads)d 个孩子")
                % {
                    "when": say_half_day(visit["date"], visit["half_day"]),
                    "what": visit["what"],
                    "heads": visit["heads"],
                },
                url=reverse("places:organization", args=[visit["unit"]]),
                icon="bus",
            )
            for visit in visits
        ]
        if towns
        else [],
    )
