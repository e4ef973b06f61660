"""One of each thing that the straight path from need to rating never meets.

A visit of several classes together, one in two halves, a line for a full session, call-backs, an
objection, a visit to which nobody came, and what a visit of a term ago was good for: told of the
demo's own school, its museum and its town, so that the demo roles meet them. Through the services,
with no dice, and on sessions that nobody else has asked for.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from gongyu.accounts.models import Role, User
from gongyu.core.calendar import at, holidays, is_workday
from gongyu.exchange import services
from gongyu.exchange.models import (
    Effect,
    Need,
    Objection,
    Order,
    Party,
    Resource,
    Revisit,
    Session,
    Slots,
    Topic,
)
from gongyu.exchange.services.ratings import close_rated
from gongyu.families.models import SchoolClass, Teaching

from . import neighbourhood, visits
from .district import District
from .offers import DEMO_UNIT

_HEADS = 34
_WEEK = Slots.mask([(day, half) for day in range(5) for half in (0, 1)])
# Schools in the order of ``people.SCHOOLS``; the first is the demo's, the others are near it.
_OWN, _SEVENTH, _ZAOYUAN, _BINHE, _EMERALD, _FIFTH = 0, 2, 3, 4, 5, 6


def build(district: District) -> None:
    stage = Stage(district)
    _together(stage)
    _in_halves(stage)
    _in_line(stage)
    _call_backs(stage)
    _objection(stage)
    _nobody_came(stage)
    _a_term_ago(stage)
    neighbourhood.build(stage)


@dataclass
class Stage:
    """The district with what these stories ask of it again and again."""

    district: District
    known: dict[date, str] = field(default_factory=holidays)
    topics: dict[str, Topic] = field(
        default_factory=lambda: {topic.code: topic for topic in Topic.objects.all()}
    )
    heads: dict[int, User] = field(default_factory=dict)

    def __post_init__(self) -> None:
        taught = Teaching.objects.filter(is_head=True, school_class__in=self.district.classes)
        self.heads = {t.school_class_id: t.teacher for t in taught.select_related("teacher")}

    def of(self, school: int, place: int = 0) -> SchoolClass:
        """A class of a school: a third, a fourth and a fifth form each."""
        return self.district.classes[3 * school + place]

    def resource(self, title: str) -> Resource:
        """The first of that name in ``offers.csv``."""
        found = Resource.objects.filter(title=title)
        return found.select_related("unit").order_by("pk")[0]

    def museum(self) -> Resource:
        """What the demo unit offers."""
        own = Resource.objects.filter(unit__reference=DEMO_UNIT)
        return own.select_related("unit").order_by("pk")[0]

    def staff(self, resource: Resource) -> User:
        return self.district.staff(resource.unit, Role.UNIT)

    def file(
        self,
        school_class: SchoolClass,
        words: str,
        topic: str,
        days: tuple[int, int],
        *,
        heads: int = _HEADS,
        is_one_class: bool = True,
    ) -> Need:
        """A need of a class by its head teacher, for days counted from the day of the build."""
        first, last = days
        return services.file_need(
            school_class.school,
            by=self.heads[school_class.pk],
            words=words,
            topics=[self.topics[topic]],
            first_grade=school_class.grade,
            last_grade=school_class.grade,
            headcount=heads,
            date_from=self.district.day + timedelta(days=first),
            date_to=self.district.day + timedelta(days=last),
            reach_km=25,
            slots=_WEEK,
            school_class=school_class if is_one_class else None,
        )

    def session(
        self, resource: Resource, days: range, school_class: SchoolClass | None, *, but: int = 0
    ) -> Session:
        """The first on these days that nobody has asked for; opened where there is none."""
        wanted = list(self._free_half_days(days, school_class))
        asked = Order.objects.filter(session__resource=resource, state__in=Order.LIVE)
        taken = {but, *asked.values_list("session", flat=True)}
        taken |= set(asked.values_list("proposed_session", flat=True))
        found = Session.objects.filter(resource=resource, date__in={day for day, _half in wanted})
        there = {(s.date, s.half_day): s for s in found.select_related("resource__unit")}
        for when in wanted:
            session = there.get(when)
            if session and session.state == Session.State.OPEN and session.pk not in taken:
                return session
        when = next(when for when in wanted if when not in there)
        services.add_sessions(resource, [when], by=self.staff(resource))
        return Session.objects.select_related("resource__unit").get(
            resource=resource, date=when[0], half_day=when[1]
        )

    def _free_half_days(
        self, days: range, school_class: SchoolClass | None
    ) -> Iterator[tuple[date, int]]:
        held = Order.objects.filter(school_class=school_class, state__in=Order.LIVE)
        busy = set(held.values_list("date", "half_day")) if school_class else set()
        for n in days:
            day = self.district.day + timedelta(days=n)
            if is_workday(day, self.known):
                yield from ((day, half) for half in (0, 1) if (day, half) not in busy)

    def arranged(
        self, school_class: SchoolClass, words: str, topic: str, session: Session
    ) -> Order:
        """An order that the unit took, twelve days before its session at the latest."""
        days = (session.date - self.district.day).days
        asked = min(days - 12, -3)
        with at(self.district.at(asked, 15, 20)):
            need = self.file(school_class, words, topic, (days - 3, days + 6))
            order = services.place_order(need, session, by=self.heads[school_class.pk])
        with at(self.district.at(asked + 1, 10, 5)):
            return services.accept_order(order, by=self.staff(session.resource))

    def lived(self, school_class: SchoolClass, words: str, topic: str, session: Session) -> Order:
        """A visit that took place."""
        order = self.arranged(school_class, words, topic, session)
        visits.live(order, self.heads[school_class.pk], self.staff(session.resource))
        return order

    def rated(self, order: Order, stars: int, words: str) -> None:
        """Both sides rate it in the evening."""
        evening = (order.date - self.district.day).days
        with at(self.district.at(evening, 18, 40)):
            services.rate_order(order, by=order.need.filed_by, stars=stars, words=words)
            services.rate_order(order, by=self.staff(order.session.resource), stars=5)

    def disappointed(self, order: Order, done: str, words: str) -> None:
        """It took place, and the school rates it so low that the district is to ask."""
        teacher, day = order.need.filed_by, (order.date - self.district.day).days
        with at(self.district.at(day, order.session.starts.hour)):
            services.arrive(order, by=teacher, heads=order.headcount)
        with at(self.district.at(day, order.session.starts.hour + 3)):
            services.tell_what_was_done(order, done, by=teacher)
        self.rated(order, 2, words)
        with at(self.district.at((order.date - self.district.day).days, 20)):
            close_rated(order)


def _together(stage: Stage) -> None:
    """Two neighbours have agreed to go together, and ask the demo teacher's class to join."""
    day = stage.district.at
    first, second, own = (stage.of(n) for n in (_ZAOYUAN, _BINHE, _OWN))
    topic, days = "T1001", (7, 27)
    with at(day(-3, 15, 40)):
        asking = stage.file(first, "语文讲到活字印刷，孩子们想亲手印一张。", topic, days)
    with at(day(-3, 17, 10)):
        other = stage.file(second, "讲四大发明，想去看看字是怎么一个个排出来的。", topic, days)
    with at(day(-2, 8, 30)):
        asked = services.ask_together(asking, other, by=stage.heads[first.pk])
    with at(day(-2, 12, 15)):
        services.agree_together(asked, by=stage.heads[second.pk])
    with at(day(-2, 16, 0)):
        need = stage.file(own, "学完《活版》，全班都想自己排一回版。", topic, days)
    with at(day(-1, 9, 45)):
        services.ask_together(asking, need, by=stage.heads[first.pk])


def _in_halves(stage: Stage) -> None:
    """The museum takes the demo teacher's class on two half-days, and she agreed."""
    day, museum, own = stage.district.at, stage.museum(), stage.of(_OWN)
    teacher, staff = stage.heads[own.pk], stage.staff(museum)
    first = stage.session(museum, range(9, 40), own)
    second = stage.session(museum, range(9, 40), own, but=first.pk)
    with at(day(-6, 16, 10)):
        words = "美术课讲版画，想让每个孩子都上手印一张。"
        need = stage.file(own, words, "T1003", (8, 42), heads=own.students.count())
        order = services.place_order(need, first, by=teacher)
    with at(day(-5, 10, 30)):
        said = "印台一次站得下二十个孩子，分两批，人人都能上手。"
        services.propose_split(order, first, second, by=staff, words=said)
    with at(day(-5, 17, 20)):
        services.agree_to_proposal(order, by=teacher)


def _in_line(stage: Stage) -> None:
    """A session is full; the demo teacher's class stands in line behind another."""
    day, own = stage.district.at, stage.of(_OWN)
    lab = stage.resource("动手做科学")
    session = stage.session(lab, range(8, 30), own)
    days = ((session.date - stage.district.day).days - 3, 33)
    with at(day(-8, 9, 15)):
        grade = stage.of(_EMERALD)
        words = "科技节想带两个班一起去做实验。"
        need = stage.file(grade, words, "T0601", days, heads=session.seats, is_one_class=False)
        order = services.place_order(need, session, by=stage.heads[grade.pk])
    with at(day(-7, 10, 0)):
        services.accept_order(order, by=stage.staff(lab))
    waiting = (
        (stage.of(_SEVENTH), "课本上的实验孩子们想自己做一遍。"),
        (own, "讲到水的三态，想亲手试试。"),
    )
    for place, (school_class, words) in enumerate(waiting):
        with at(day(-4 + place, 16, 30)):
            need = stage.file(school_class, words, "T0601", days)
            services.join_queue(need, session, by=stage.heads[school_class.pk])


def _call_backs(stage: Stage) -> None:
    """Two visits that schools of the demo's town rated low: one to be asked about, one asked."""
    park, deer = stage.resource("公园里的自然课"), stage.resource("麋鹿苑湿地观察")
    own, other = stage.of(_OWN, 1), stage.of(_ZAOYUAN, 1)
    session = stage.session(park, range(-2, -16, -1), own)
    order = stage.arranged(own, "想带孩子去认认树，一棵一棵摸一摸。", "T1401", session)
    stage.disappointed(order, "下雨，改在室内看了一部片子。", "说好看树，孩子没看成")
    session = stage.session(deer, range(-8, -30, -1), other)
    order = stage.arranged(other, "课文里写到麋鹿，想去看看真的。", "T1403", session)
    stage.disappointed(order, "听了一小时讲解，远远看了麋鹿。", "讲得深，后排听不清")
    with at(stage.district.at(-4, 10, 20)):
        services.record_revisit(
            order,
            by=stage.district.people["demo-town"],
            result=Revisit.Result.FAIR,
            words="那天讲解员临时换了人。单位说以后按年级备两套讲法，带上扩音器。",
        )


def _objection(stage: Stage) -> None:
    """The museum cannot keep what the district dispatched; the town or the district settles it."""
    day, museum, own = stage.district.at, stage.museum(), stage.of(_OWN, 2)
    session = stage.session(museum, range(12, 44), own)
    days = (session.date - stage.district.day).days
    with at(day(-4, 14, 0)):
        need = stage.file(own, "综合实践课想去博物馆上一次。", "T1003", (days - 4, days + 10))
    with at(day(-2, 10, 10)):
        order = services.place_order(
            need, session, by=stage.district.people["demo-commission"], origin=Order.Origin.RUN
        )
    with at(day(-1, 16, 45)):
        services.object_to_order(
            order,
            by=stage.staff(museum),
            reason=Objection.Reason.TIME,
            words="那半天三层布展不开放，换前后任何一天都行。",
        )


def _nobody_came(stage: Stage) -> None:
    """The museum waited for a class of the demo school; the need looks for another day."""
    museum, own = stage.museum(), stage.of(_OWN, 2)
    session = stage.session(museum, range(-1, -15, -1), own)
    order = stage.arranged(own, "想看看老印刷机是怎么转的。", "T1003", session)
    with at(stage.district.at((session.date - stage.district.day).days, 17, 30)):
        services.record_absence(
            order,
            by=stage.staff(museum),
            who=Party.SCHOOL,
            words="大巴半路坏了没赶到，通过电话，另约一天",
        )


def _a_term_ago(stage: Stage) -> None:
    """Was it of use? Five schools have answered, enough for a figure; the demo teacher is asked."""
    checks = stage.resource("进校视力筛查")
    says = {
        _SEVENTH: (Effect.Answer.CLEAR, "查出来的九个孩子都去复查了"),
        _ZAOYUAN: (Effect.Answer.CLEAR, "家长开始盯户外时间了"),
        _BINHE: (Effect.Answer.CLEAR, "建了视力档案，班里没有再添新的"),
        _EMERALD: (Effect.Answer.SOME, "座位按视力单调过了，坐姿还得常提醒"),
        _FIFTH: (Effect.Answer.SOME, "户外课间多了，在家看屏幕还难管"),
        _OWN: None,
    }
    days = range(-7 * 13, -7 * 37, -1)  # asked from 12 weeks on, and until 38
    for school, said in says.items():
        school_class = stage.of(school)
        session = stage.session(checks, _in_term(stage, days), school_class)
        words = "体检单上近视的多了，想请人到校再查一次。"
        order = stage.lived(school_class, words, "T0101", session)
        stage.rated(order, 5, "查得细，每个孩子都有单子")
        if said is not None:
            with at(stage.district.at(-7 + school, 12, 30)):
                answer, why = said
                services.answer_effect(
                    order, by=stage.heads[school_class.pk], answer=answer, words=why
                )


def _in_term(stage: Stage, days: range) -> range:
    """The same from the last day on that lies in no holidays of summer or winter, as they usually
    are: terms are announced for a year at a time.
    """
    first = next(n for n in days if not _is_holiday(stage.district.day + timedelta(days=n)))
    return range(first, days.stop, days.step)


def _is_holiday(day: date) -> bool:
    return day.month in {2, 7, 8} or (day.month == 1 and day.day > 20)
