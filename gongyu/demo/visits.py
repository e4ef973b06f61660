"""The days of the demo's visits: sheets, arrivals and two lines each, through the services.

Dice of its own for each order, so that what else the demo tells stays as it is.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from django.utils import timezone

from gongyu.accounts.models import Role, User
from gongyu.core.calendar import at, now
from gongyu.exchange import services
from gongyu.exchange.models import Order
from gongyu.exchange.safety import BEFORE, lines_for

from .district import District

PREPARED = 14  # of the visits ahead, the next ones have something on their sheets
SHEETS_SINCE = 21  # days back
_WORDS = {
    "visit": (
        "先听讲解，再分三组动手，每个孩子都带回一件自己做的。",
        "走完全程一个半小时，问题单写满了两页，回校的路上还在讲。",
        "分两拨进场，一拨听讲一拨体验，最后坐下来说了说最没想到的事。",
        "看得慢，问得多。讲解员留了十分钟专门答孩子的问题。",
    ),
    "host": (
        "讲了四十分钟，练了四十分钟，最后两两互相教了一遍。",
        "带来的模型每个孩子都摸过，结束时一起编了一句口诀。",
        "先看短片再分组练，没做成的又多练了一轮。",
    ),
    "online": ("屏幕那头讲，教室里跟着做，提问环节排了十几个孩子。",),
}
_SURNAMES = "王李张刘陈杨赵周"


def live(order: Order, teacher: User, unit: User) -> None:
    """What happened on the day of a visit that is to be rated afterwards."""
    dice = Random(order.pk)  # noqa: S311  # dice for made-up visits
    starts = timezone.make_aware(datetime.combine(order.date, order.session.starts))
    if (now() - starts).days < SHEETS_SINCE or dice.random() < 0.2:
        with at(starts - timedelta(hours=18)):
            _prepare(order, teacher, unit, dice, share=1.0 if dice.random() < 0.7 else 0.6)
    with at(starts - timedelta(minutes=dice.randint(2, 14))):
        came = order.headcount - dice.choice((0, 0, 0, 1, 1, 2))
        who = dice.choice((teacher, unit))
        services.arrive(order, by=who, heads=max(1, came))
    if dice.random() < 0.85:
        with at(starts + timedelta(hours=3)):
            words = dice.choice(_WORDS[order.session.resource.form])
            services.tell_what_was_done(order, words, by=dice.choice((teacher, teacher, unit)))


def build(district: District) -> None:
    """The visits of the coming days are being prepared."""
    ahead = (
        Order.objects.filter(state=Order.State.ACCEPTED, date__gte=district.day)
        .with_parties()
        .select_related("need__filed_by")
        .order_by("date", "half_day", "pk")[:PREPARED]
    )
    with at(district.at(-1, hour=16)):
        for order in ahead:
            dice = Random(order.pk)  # noqa: S311
            unit = district.staff(order.session.resource.unit, Role.UNIT)
            _prepare(order, order.need.filed_by, unit, dice, share=dice.choice((0.3, 0.6, 1.0)))


def _prepare(order: Order, teacher: User, unit: User, dice: Random, *, share: float) -> None:
    escorts = "、".join(f"{name}老师" for name in dice.sample(_SURNAMES, 2))
    services.describe_group(
        order,
        by=teacher,
        escorts=escorts,
        escort_phone=f"010-0000{dice.randint(1000, 9999)}",
        allergic=dice.choice((0, 1, 1, 2)),
        mobility=dice.choice((0, 0, 0, 1)),
    )
    for line in lines_for(order.session.resource.form, when=BEFORE):
        if dice.random() < share:
            services.tick_safety(order, line.code, by=teacher if line.side == "school" else unit)
