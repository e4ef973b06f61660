"""Needs, orders, visits and the runs that match them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import factory
from factory.django import DjangoModelFactory

from gongyu.accounts.models import Role
from gongyu.core.calendar import now, today
from gongyu.core.models import Job
from gongyu.exchange.models import (
    JoinedNeed,
    JoinedVisit,
    MatchingRun,
    Need,
    NeedTopic,
    Order,
    PlanRule,
    QueueEntry,
    Rating,
    Topic,
    Visit,
    VisitPhoto,
)

from .people import person
from .places import SchoolFactory, UnitFactory
from .resources import SessionFactory, TopicFactory


class NeedFactory(DjangoModelFactory):
    """A need in the pool for the next four weeks; ``topics=[…]`` share its weight equally."""

    class Meta:
        model = Need
        skip_postgeneration_save = True

    school = factory.SubFactory(SchoolFactory)
    filed_by = factory.LazyAttribute(lambda o: person(Role.TEACHER, o.school))
    words = "不少孩子看黑板眯眼睛，想请人讲讲怎么护眼。"
    first_grade, last_grade = 3, 3
    headcount = 40
    date_from = factory.LazyFunction(lambda: today() + timedelta(days=1))
    date_to = factory.LazyFunction(lambda: today() + timedelta(days=28))
    reach_km = 20
    filed_at = factory.LazyFunction(lambda: now() - timedelta(hours=1))

    @factory.post_generation
    def topics(self: Need, create: bool, extracted: list[Topic] | None, **_: Any) -> None:
        if not create:
            return
        chosen = [TopicFactory()] if extracted is None else extracted
        for topic in chosen:
            NeedTopic.objects.create(need=self, topic=topic, weight=1 / len(chosen))


class OrderFactory(DjangoModelFactory):
    """A placed order; need, session and seats are made to agree with its ``state``."""

    class Meta:
        model = Order

    need = factory.SubFactory(NeedFactory)
    session = factory.SubFactory(SessionFactory)
    headcount = factory.SelfAttribute("need.headcount")
    km = 3.2
    state = Order.State.PLACED
    decline_reason = factory.LazyAttribute(
        lambda o: Order.DeclineReason.NO_STAFF if o.state == Order.State.DECLINED else ""
    )
    proposed_session = factory.LazyAttribute(
        lambda o: (
            SessionFactory(resource=o.session.resource, date=o.session.date + timedelta(days=1))
            if o.state == Order.State.PROPOSED
            else None
        )
    )
    placed_by = factory.SelfAttribute("need.filed_by")
    placed_at = factory.LazyFunction(now)
    since = factory.SelfAttribute("placed_at")
    absent = factory.LazyAttribute(lambda o: "school" if o.state == Order.State.MISSED else "")
    school_class = factory.SelfAttribute("need.school_class")
    date = factory.SelfAttribute("session.date")
    half_day = factory.SelfAttribute("session.half_day")
    is_exclusive = factory.SelfAttribute("session.resource.is_exclusive")

    @classmethod
    def _create(cls, model_class: type[Order], *args: Any, **kwargs: Any) -> Order:
        order: Order = super()._create(model_class, *args, **kwargs)
        states = {
            **dict.fromkeys(Order.ASKED, Need.State.ORDERED),
            Order.State.ACCEPTED: Need.State.ARRANGED,
            **dict.fromkeys(Order.HAPPENED, Need.State.DONE),
        }
        if order.state in states:
            order.need.state = states[order.state]
            order.need.save(update_fields=["state"])
        if order.state in Order.HOLDING:
            order.session.seats_taken += order.headcount
            order.session.save(update_fields=["seats_taken"])
        return order


class QueueEntryFactory(DjangoModelFactory):
    """First in line for a session of its own."""

    class Meta:
        model = QueueEntry

    need = factory.SubFactory(NeedFactory)
    session = factory.SubFactory(SessionFactory)
    by = factory.SelfAttribute("need.filed_by")
    at = factory.LazyFunction(now)


class JoinedNeedFactory(DjangoModelFactory):
    """A need that is asked to join another one's visit."""

    class Meta:
        model = JoinedNeed

    need = factory.SubFactory(NeedFactory)
    asked_by = factory.LazyFunction(lambda: person(Role.TEACHER))
    asked_at = factory.LazyFunction(now)
    joined = factory.LazyAttribute(
        lambda o: JoinedVisit.objects.create(opened_by=o.asked_by, opened_at=o.asked_at)
    )


class RatingFactory(DjangoModelFactory):
    class Meta:
        model = Rating

    order = factory.SubFactory(OrderFactory, state=Order.State.DONE)
    side = Rating.Side.SCHOOL
    stars = 5
    by = factory.SelfAttribute("order.placed_by")
    at = factory.LazyFunction(now)


class VisitFactory(DjangoModelFactory):
    """The day of an arranged order, with nothing written yet."""

    class Meta:
        model = Visit

    order = factory.SubFactory(OrderFactory, state=Order.State.ACCEPTED)


class VisitPhotoFactory(DjangoModelFactory):
    """A grey picture of the school's that may be shown; ``consent=""`` for one that waits."""

    class Meta:
        model = VisitPhoto

    visit = factory.SubFactory(VisitFactory)
    side = Rating.Side.SCHOOL
    digest = factory.Sequence(lambda n: f"{n:064x}")
    file = factory.django.ImageField(width=60, height=40, color="grey")
    small = factory.django.ImageField(width=30, height=20, color="grey")
    width, height = 60, 40
    added_by = factory.SelfAttribute("visit.order.placed_by")
    added_at = factory.LazyFunction(now)
    consent = VisitPhoto.Consent.FACELESS
    consent_by = factory.LazyAttribute(lambda o: o.added_by if o.consent else None)
    consent_at = factory.LazyAttribute(lambda o: o.added_at if o.consent else None)


class JobFactory(DjangoModelFactory):
    class Meta:
        model = Job

    title = "全区派单"
    started_by = factory.LazyFunction(lambda: person(Role.COMMISSION))


class MatchingRunFactory(DjangoModelFactory):
    class Meta:
        model = MatchingRun

    job = factory.SubFactory(JobFactory)
    by = factory.SelfAttribute("job.started_by")
    number = factory.LazyFunction(lambda: MatchingRun.objects.count() + 1000)
    started_at = factory.LazyFunction(now)


class PlanRuleFactory(DjangoModelFactory):
    """A unit that a need is not to be sent to."""

    class Meta:
        model = PlanRule

    kind = PlanRule.Kind.NOT_UNIT
    need = factory.SubFactory(NeedFactory)
    unit = factory.SubFactory(UnitFactory)
    reason = "说好了"
    by = factory.LazyFunction(lambda: person(Role.COMMISSION))
    at = factory.LazyFunction(now)
