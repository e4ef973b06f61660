"""250 needs in every state, each brought there through the services, on its own days.

The story of a need is played with the clock set to the moment of each step, so that the timelines
read like those of a real term.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import islice

from django.db import transaction

from gongyu.accounts.models import Role, User
from gongyu.core.calendar import at
from gongyu.core.errors import DomainError
from gongyu.exchange import services
from gongyu.exchange.models import Need, Objection, Order, Resource, Session, Slots, Topic
from gongyu.exchange.queries import road_km_between
from gongyu.families.models import SchoolClass, Teaching

from . import visits
from .data import rows
from .district import District
from .offers import DEMO_UNIT

STORIES = {
    "rated": 78,
    "half_rated": 8,
    "arranged": 26,
    "placed": 24,
    "proposed": 6,
    "declined": 12,
    "disputed": 3,
    "closed": 4,
    "pooled": 90,
    "withdrawn": 6,
}
WAITING_AT_DEMO_UNIT = 10
LAST_YEARS = 10
TRIES = 60  # sessions looked at for each story, at the most
A_YEAR = timedelta(weeks=52)
# What many classes want at once, so that a run has to choose.
IN_DEMAND = {"T0101", "T0301", "T0701", "T0801", "T0803", "T1001"}
_SCHOOL_WEEK = Slots.mask([(day, half) for day in range(5) for half in (0, 1)])
_PRAISE = ("孩子们一路都在讲", "讲得明白，孩子听得进", "很顺，下学期还想来", "老师有耐心", "")
_THANKS = ("孩子有准备，问题问得好", "准时，秩序好", "带队老师很周到", "")
_FAINT = ("内容偏难，低年级有点坐不住", "人多了些，后排看不清")


def build(district: District) -> None:
    """Play every story; a story whose session turns out to be taken is told with another one."""
    words = {row["code"]: row["words"].split("|") for row in rows("need_words")}
    topics = {t.code: t for t in Topic.objects.filter(parent__isnull=False)}
    heads = _heads(district)
    past, ahead = _sessions(district, -60, -2), _sessions(district, 5, 40)
    _first_stories(district, heads, words)
    _last_year(district, heads, words)
    for story, number in STORIES.items():
        if story == "pooled":
            for _need in range(number):
                _pooled(district, heads, words, topics)
            continue
        source = past if story in {"rated", "half_rated"} else ahead
        told = 0
        for session in islice(source, TRIES * number):
            told += _tell(district, story, session, _asker(district, session, heads), words)
            if told == number:
                break


def build_more_of_today(district: District) -> None:
    """Two more classes are out on the day itself, if it is one of school; built last of all."""
    words = {row["code"]: row["words"].split("|") for row in rows("need_words")}
    heads = _heads(district)
    for school_class in district.rosters[2:4]:
        for session in _few(district, 0, 0):
            if _tell(district, "arranged", session, (school_class, heads[school_class.pk]), words):
                break


def _heads(district: District) -> dict[int, User]:
    """The head teacher of each class."""
    heads = Teaching.objects.filter(is_head=True, school_class__in=district.classes)
    return {t.school_class_id: t.teacher for t in heads.select_related("teacher")}


def _few(district: District, first: int, last: int) -> list[Session]:
    """Sessions from ``first`` to ``last`` days after the day of the build."""
    day = district.day
    return list(
        Session.objects.filter(
            date__gte=day + timedelta(days=first), date__lte=day + timedelta(days=last)
        )
        .select_related("resource__unit")
        .prefetch_related("resource__topics")
        .order_by("date", "half_day", "pk")
    )


def _sessions(district: District, first: int, last: int) -> Iterator[Session]:
    """The same in a random order, over and over."""
    found = _few(district, first, last)
    district.rng.shuffle(found)
    while found:
        yield from found


def _asker(
    district: District, session: Session, heads: dict[int, User]
) -> tuple[SchoolClass, User] | None:
    """A class that the session suits and that lies within reach."""
    resource = session.resource
    for school_class in district.rng.sample(district.classes, len(district.classes)):
        if not resource.first_grade <= school_class.grade <= resource.last_grade:
            continue
        km = road_km_between(school_class.school, resource.unit)
        if resource.form == "online" or (km is not None and km <= (resource.radius_km or 20)):
            return school_class, heads[school_class.pk]
    return None


def _tell(
    district: District,
    story: str,
    session: Session,
    asker: tuple[SchoolClass, User] | None,
    words: dict[str, list[str]],
    *,
    headcount: int | None = None,
) -> int:
    """Play one story around a session; returns 1 if it could be told, else 0."""
    if asker is None:
        return 0
    school_class, teacher = asker
    rng = district.rng
    days = (session.date - district.day).days
    asked = min(-1, days - rng.randint(8, 16)) if days > 0 else days - rng.randint(8, 16)
    if story in {"placed", "proposed", "disputed"}:
        asked = -rng.randint(1, 4)  # an older one would have gone back to the pool by itself
    size = session.resource.capacity
    heads = headcount or min(rng.randint(28, 38) * rng.choice([1, 1, 1, 2, 3]), size)
    if heads < session.resource.min_group:
        return 0
    topic = rng.choice(list(session.resource.topics.all()))
    try:
        hour, minute = rng.randint(8, 17), rng.randint(0, 59)
        with at(district.at(asked, hour, minute)), transaction.atomic():
            need = services.file_need(
                school_class.school,
                by=teacher,
                words=rng.choice(words.get(topic.code, [f"想办一次{topic.name}。"])),
                topics=[topic],
                first_grade=school_class.grade,
                last_grade=school_class.grade,
                headcount=heads,
                date_from=session.date - timedelta(days=rng.randint(2, 9)),
                date_to=session.date + timedelta(days=rng.randint(3, 12)),
                reach_km=rng.choice([10, 15, 20, 25]),
                slots=_SCHOOL_WEEK,
                severity=rng.choice([1, 1, 1, 2, 2, 3]),
                school_class=school_class if heads < 40 else None,
            )
            dispatched = story in {"disputed", "closed"}
            order = services.place_order(
                need,
                session,
                by=district.people["demo-commission"] if dispatched else teacher,
                origin=Order.Origin.RUN if dispatched else Order.Origin.DIRECT,
            )
        return _continue(district, story, order, teacher, asked, days)
    except DomainError:
        return 0


def _continue(
    district: District, story: str, order: Order, teacher: User, asked: int, days: int
) -> int:
    rng = district.rng
    unit = district.staff(order.session.resource.unit, Role.UNIT)
    answered = min(-1, asked + rng.randint(0, 3)) if asked < -1 else -1
    with at(district.at(answered, rng.randint(17, 19), rng.randint(0, 59))):
        match story:
            case "placed":
                return 1
            case "withdrawn":
                services.withdraw_need(order.need, by=teacher)
            case "declined":
                services.decline_order(
                    order,
                    by=unit,
                    reason=rng.choice(Order.DeclineReason.values[:3]),
                    words=rng.choice(
                        ("那周讲解员只有两位，怕照顾不过来。", "展厅在换展，下月就好。")
                    ),
                )
            case "disputed" | "closed":
                services.object_to_order(
                    order, by=unit, reason=Objection.Reason.NOT_OURS, words="这一项我们今年不做了。"
                )
            case "proposed":
                other = _other_session(order)
                if other is None:
                    return 0
                services.propose_session(
                    order, other, by=unit, words="那半天已经有一拨孩子，这半天更从容。"
                )
            case _:
                services.accept_order(order, by=unit)
    if story == "closed":
        with at(district.at(answered, 20)):
            services.settle_objection(
                order,
                by=district.people["demo-commission"],
                outcome=Objection.Outcome.CLOSED,
                agreed="和学校、单位通了电话，学校自己请家长来讲，这条不再办。",
                agreed_with="教委、学校、单位",
                reason=Need.CloseReason.AGREED,
            )
    if story in {"rated", "half_rated"}:
        visits.live(order, teacher, unit)
        _rate(district, order, teacher, unit, days, both=story == "rated")
    return 1


def _other_session(order: Order) -> Session | None:
    return (
        Session.objects.filter(
            resource=order.session.resource, date__gt=order.date, seats__gte=order.headcount
        )
        .order_by("date", "half_day")
        .first()
    )


def _rate(
    district: District, order: Order, teacher: User, unit: User, days: int, *, both: bool
) -> None:
    rng = district.rng
    stars = rng.choices([5, 4, 3, 2], [64, 27, 7, 2])[0]
    with at(district.at(days, 18, rng.randint(0, 59))):
        said = rng.choice(_PRAISE if stars > 3 else _FAINT)
        services.rate_order(order, by=teacher, stars=stars, words=said)
        if both:
            kind = rng.choices([5, 4], [80, 20])[0]
            services.rate_order(order, by=unit, stars=kind, words=rng.choice(_THANKS))


def _pooled(
    district: District,
    heads: dict[int, User],
    words: dict[str, list[str]],
    topics: dict[str, Topic],
) -> Need:
    """A need that waits for the district's next run, on any topic, in any school."""
    rng = district.rng
    school_class = rng.choice(district.classes)
    codes = sorted(words)
    code = rng.choices(codes, [6 if code in IN_DEMAND else 1 for code in codes])[0]
    start = district.day + timedelta(days=rng.randint(5, 14))
    days = rng.choice([(0, 1, 2, 3, 4), (0, 1, 2, 3, 4), (1, 2, 3), (2, 3), (4,)])
    halves = rng.choice([(0, 1), (0, 1), (1,)])
    with at(district.at(-rng.randint(1, 12), rng.randint(8, 18), rng.randint(0, 59))):
        return services.file_need(
            school_class.school,
            by=heads[school_class.pk],
            words=rng.choice(words[code]),
            topics=[topics[code]],
            first_grade=school_class.grade,
            last_grade=school_class.grade,
            headcount=rng.randint(26, 40),
            date_from=start,
            date_to=start + timedelta(days=rng.choice([11, 18, 25])),
            reach_km=rng.choice([6, 8, 12, 15, 20]),
            slots=Slots.mask([(day, half) for day in days for half in halves]),
            form=rng.choices(Need.FormWanted.values, [60, 18, 18, 4])[0],
            severity=rng.choices([1, 2, 3], [55, 33, 12])[0],
            school_class=school_class,
        )


def _last_year(district: District, heads: dict[int, User], words: dict[str, list[str]]) -> None:
    """What the demo teachers' classes did about this time last year, to be repeated in one tap."""
    suitable = [
        resource
        for resource in Resource.objects.select_related("unit").order_by("pk")
        if resource.first_grade <= 2 and not resource.is_exclusive and resource.capacity >= 40
    ]
    askers = [(school_class, heads[school_class.pk]) for school_class in district.rosters[:2]]
    told = 0
    for resource in district.rng.sample(suitable, len(suitable)):
        if told == LAST_YEARS:
            break
        day = district.day - A_YEAR + timedelta(days=district.rng.randint(-20, 40))
        day -= timedelta(days=max(0, day.weekday() - 4))  # a weekend's is the Friday's
        half = district.rng.choice([0, 1])
        staff = district.staff(resource.unit, Role.UNIT)
        services.add_sessions(resource, [(day, half)], by=staff)
        session = Session.objects.get(resource=resource, date=day, half_day=half)
        told += _tell(district, "rated", session, askers[told % 2], words)


def _first_stories(district: District, heads: dict[int, User], words: dict[str, list[str]]) -> None:
    """What the demo roles meet first.

    Both demo teachers have a visit to be rated, on the day itself or, built on a weekend, on the
    last day of school; the demo unit has orders waiting, two of which want the same half-day and
    do not both fit.
    """
    latest = sorted(_few(district, -10, 0), key=lambda session: session.date, reverse=True)
    for school_class in district.rosters[:2]:
        own = (school_class, heads[school_class.pk])
        for session in latest:
            if _tell(district, "arranged", session, own, words):
                break
    unit = next(u for u in district.units if u.reference == DEMO_UNIT)
    sessions = [s for s in _few(district, 6, 30) if s.resource.unit_id == unit.pk][:9]
    told = 0
    for session in [*sessions, *sessions[:1]]:
        asker = _asker(district, session, heads)
        if asker is not None and told < WAITING_AT_DEMO_UNIT:
            told += _tell(district, "placed", session, asker, words, headcount=96)
