"""Whatever people press, whenever, and however the clock jumps: nothing is lost or doubled.

Hypothesis plays schools, units, the commission and the worker over one small district. Every press
may be refused with a sentence; nothing else may go wrong. After each press the whole district is
looked over.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.db.models import F, Model, Q, Sum
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from gongyu.accounts.models import Role, User
from gongyu.core import timeline
from gongyu.core.calendar import HalfDay, at, now, today
from gongyu.core.errors import DomainError
from gongyu.exchange import services
from gongyu.exchange.models import MatchingRun, Need, Objection, Order, Revisit, Session
from gongyu.exchange.models.moves import NOTHING, ORDER_MOVES
from tests import factories as make

from .together_at_random import Together

# Each example is a transaction of its own, taken back at its end.
pytestmark = pytest.mark.django_db(transaction=True)

STARS = st.integers(0, 6)
HEADS = st.sampled_from([0, 3, 20, 25, 30, 30, 61])
SESSION = st.integers(0, 5)
ONE = st.integers(0, 7)  # counted from the newest
DECLINES = st.sampled_from([*Order.DeclineReason.offered(), ("nonsense", "")]).map(lambda r: r[0])
CANCELS = st.sampled_from([*Order.CancelReason.values, ""])
SELDOM = st.sampled_from([False, False, False, True])
# Who presses: mostly one of those whom it concerns, now and then anybody.
WHO = st.sampled_from(["school", "unit", "school", "unit", "school", "unit", "stranger", "office"])
VERBS = {move.verb for move in ORDER_MOVES}
WAYS = st.sampled_from(
    ["placed", "dispatched", "disputed", "accepted", "visited", "disliked", "joined", "halved"]
)
# Hours by which the clock goes on, or is set back.
JUMPS = st.sampled_from([-72, -1, 1, 12, 24, 24, 49, 24 * 4, 24 * 6, 24 * 9, 24 * 40])


class District(Together):
    """Two schools with a class each, two units with three sessions each, one commission."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = now()
        self.refusals: list[str] = []
        self.world = transaction.atomic()
        self.world.__enter__()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.world.__exit__(None, None, None)

    @initialize(ways=st.lists(WAYS, min_size=4, max_size=4))
    def build(self, ways: list[str]) -> None:
        """Four needs, each of which has come some way already."""
        self.topic = make.TopicFactory()
        self.classes = [make.SchoolClassFactory() for _ in range(2)]
        self.teachers = [make.person(Role.TEACHER, c.school) for c in self.classes]
        self.office = make.person(Role.COMMISSION)
        self.sessions: list[Session] = []
        self.staff: list[User] = []
        for exclusive in (False, True):
            resource = make.ResourceFactory(
                topics=[self.topic], capacity=60, is_exclusive=exclusive, min_group=5, lead_days=0
            )
            self.staff.append(make.person(Role.UNIT, resource.unit))
            for days in (4, 8, 8):
                half = HalfDay.AFTERNOON if len(self.sessions) % 3 == 2 else HalfDay.MORNING
                day = today() + timedelta(days=days)
                self.sessions.append(
                    make.SessionFactory(resource=resource, date=day, half_day=half)
                )
        for place, way in enumerate(ways):
            self.file_need(place % 2, 20, place > 1)
            if way == "joined":
                self.file_need(1 - place % 2, 20, True)
                self.go_together(0, 1, 3 + place % 3, True)
                if place != 1:
                    self.accept(0, "unit")
                continue
            if way in ("dispatched", "disputed"):
                self.plan([(0, place)])
                self.dispatch(0)
            else:
                self.place(0, place)
            if way == "halved":
                self.split(0, place, place + 1, place % 2 == 0)
            if way == "disputed":
                self.object(0, "time", "unit")
            if way in ("accepted", "visited", "disliked"):
                self.accept(0, "unit")
        if {"visited", "disliked"} & set(ways):
            self.clock += timedelta(days=8)
        for place, way in enumerate(reversed(ways)):
            if way == "disliked":
                self.rate(place, 1, "school")

    def press(self, act: Callable[..., Any], *args: Any, **about: Any) -> Any:
        """Do it at the hour at which the clock stands; None if it was refused with a sentence."""
        with at(self.clock):
            try:
                with transaction.atomic():
                    return act(*args, **about)
            except DomainError as refusal:
                self.refusals.append(refusal.sentence)
                return None

    def newest(self, rows: type[Model], place: int) -> Any:
        """One of the rows, counted from the newest; None without any."""
        found = rows._default_manager.order_by("-pk")
        number = found.count()
        return found[place % number] if number else None

    def with_order(
        self, place: int, act: Callable[..., Any], *args: Any, who: str, **about: Any
    ) -> None:
        """Somebody presses a button of an order."""
        order = self.newest(Order, place)
        if order is None:
            return
        theirs = order.session.resource_id == self.sessions[0].resource_id
        mine, other = self.staff if theirs else self.staff[::-1]
        people = {
            "school": order.need.filed_by,
            "unit": mine,
            "stranger": other,
            "office": self.office,
        }
        self.press(act, order, *args, by=people[who], **about)

    # Schools

    @rule(place=st.integers(0, 1), heads=HEADS, whole=st.booleans())
    def file_need(self, place: int, heads: int, whole: bool) -> None:
        school_class = self.classes[place]
        day = self.clock.date()
        self.press(
            services.file_need,
            school_class.school,
            by=self.teachers[place],
            words="想请人来讲讲",
            topics=[self.topic],
            first_grade=3,
            last_grade=3,
            headcount=heads,
            date_from=day,
            date_to=day + timedelta(days=60),
            reach_km=30,
            school_class=None if whole else school_class,
        )

    @rule(need=ONE, sure=SELDOM)
    def withdraw_need(self, need: int, sure: bool) -> None:
        asked = self.newest(Need, need)
        if sure and asked:
            self.press(services.withdraw_need, asked, by=asked.filed_by)

    @rule(need=ONE, session=SESSION)
    def place(self, need: int, session: int) -> None:
        if asked := self.newest(Need, need):
            self.press(services.place_order, asked, self.sessions[session], by=asked.filed_by)

    @rule(order=ONE, agrees=st.booleans(), who=WHO)
    def answer_proposal(self, order: int, agrees: bool, who: str) -> None:
        act = services.agree_to_proposal if agrees else services.refuse_proposal
        self.with_order(order, act, who=who)

    @rule(order=ONE, heads=HEADS, who=WHO)
    def change_headcount(self, order: int, heads: int, who: str) -> None:
        self.with_order(order, services.change_headcount, heads, who=who)

    # Units

    @rule(order=ONE, who=WHO)
    def accept(self, order: int, who: str) -> None:
        self.with_order(order, services.accept_order, who=who)

    @rule(place=st.integers(0, 1))
    def accept_all(self, place: int) -> None:
        unit = self.sessions[3 * place].resource.unit
        self.press(services.accept_all, unit, by=self.staff[place])

    @rule(order=ONE, session=SESSION, who=WHO)
    def propose(self, order: int, session: int, who: str) -> None:
        self.with_order(order, services.propose_session, self.sessions[session], who=who)

    @rule(order=ONE, reason=DECLINES, who=WHO)
    def decline(self, order: int, reason: str, who: str) -> None:
        self.with_order(order, services.decline_order, who=who, reason=reason)

    @rule(session=SESSION, sure=SELDOM)
    def withdraw_session(self, session: int, sure: bool) -> None:
        if sure:
            staff = self.staff[session // 3]
            self.press(services.withdraw_session, self.sessions[session], by=staff)

    @rule(session=SESSION, days=st.integers(1, 9))
    def open_another(self, session: int, days: int) -> None:
        """A session that is past or withdrawn gives way to a new one."""
        old = Session.objects.get(pk=self.sessions[session].pk)
        if old.state == Session.State.OPEN and old.date > self.clock.date():
            return
        wanted = [(self.clock.date() + timedelta(days=days), old.half_day)]
        staff = self.staff[session // 3]
        for new in self.press(services.add_sessions, old.resource, wanted, by=staff) or []:
            self.sessions[session] = new

    # Both

    @rule(order=ONE, reason=CANCELS, who=WHO)
    def cancel(self, order: int, reason: str, who: str) -> None:
        self.with_order(order, services.cancel_order, who=who, reason=reason)

    @rule(order=ONE, who=WHO, absent=st.sampled_from(["school", "unit", "child"]))
    def record_absence(self, order: int, who: str, absent: str) -> None:
        order_of = self.newest(Order, order)
        if order_of:
            by = order_of.need.filed_by if who == "school" else self.office
            self.press(services.record_absence, order_of, by=by, who=absent, words="路上堵住了")

    @rule(order=ONE, who=WHO)
    def take_absence_back(self, order: int, who: str) -> None:
        self.with_order(order, services.take_absence_back, who=who)

    @rule(order=ONE, stars=STARS, who=WHO)
    def rate(self, order: int, stars: int, who: str) -> None:
        self.with_order(order, services.rate_order, who=who, stars=stars)

    @rule(order=ONE, reason=st.sampled_from(Objection.Reason.values), who=WHO)
    def object(self, order: int, reason: str, who: str) -> None:
        self.with_order(order, services.object_to_order, who=who, reason=reason)

    # The commission

    @rule(
        order=ONE,
        outcome=st.sampled_from(Objection.Outcome.values),
        session=SESSION,
        reason=st.sampled_from([*Need.CloseReason.values, ""]),
    )
    def settle(self, order: int, outcome: str, session: int, reason: str) -> None:
        self.with_order(
            order,
            services.settle_objection,
            who="office",
            outcome=outcome,
            agreed="电话里说好了",
            session=self.sessions[session],
            reason=reason,
        )

    @rule(order=ONE, result=st.sampled_from(Revisit.Result.values))
    def call_back(self, order: int, result: str) -> None:
        self.with_order(order, services.record_revisit, who="office", result=result)

    @rule(pairs=st.lists(st.tuples(ONE, SESSION), max_size=4))
    def plan(self, pairs: list[tuple[int, int]]) -> None:
        """A finished plan, however odd or stale."""
        run = make.MatchingRunFactory(
            objective=3.0, job__state="done", job__started_by=self.office, by=self.office
        )
        for place, session in dict(pairs).items():
            need = self.newest(Need, place)
            if need and not run.matches.filter(need=need).exists():
                run.matches.create(need=need, session=self.sessions[session], km=1, value=1)

    @rule(run=ONE)
    def dispatch(self, run: int) -> None:
        if found := self.newest(MatchingRun, run):
            self.press(services.dispatch_run, found, by=self.office)

    @rule(run=ONE, sure=SELDOM)
    def revoke(self, run: int, sure: bool) -> None:
        found = self.newest(MatchingRun, run)
        if sure and found:
            self.press(services.revoke_run, found, by=self.office)

    # Time

    @rule(hours=JUMPS)
    def jump(self, hours: int) -> None:
        self.clock += timedelta(hours=hours)

    @rule()
    def worker(self) -> None:
        self.press(services.mind_deadlines)

    # What holds whatever happens

    @invariant()
    def every_refusal_says_why(self) -> None:
        assert all(self.refusals)

    @invariant()
    def seats_are_those_of_the_orders_that_hold_them(self) -> None:
        holding = Q(orders__state__in=Order.HOLDING)
        sessions = Session.objects.annotate(
            held=Sum("orders__headcount", filter=holding, default=0)
        )
        assert not sessions.exclude(seats_taken=F("held")).exists()
        assert not sessions.filter(seats_taken__gt=F("seats")).exists()

    @invariant()
    def a_class_is_in_one_place_a_half_day(self) -> None:
        promised = Order.objects.filter(school_class__isnull=False, state__in=Order.HOLDING)
        places = Counter(promised.values_list("school_class", "date", "half_day"))
        assert set(places.values()) <= {1}

    @invariant()
    def a_need_and_its_order_say_the_same(self) -> None:
        following = {
            **dict.fromkeys(Order.ASKED, Need.State.ORDERED),
            Order.State.ACCEPTED: Need.State.ARRANGED,
            **dict.fromkeys(Order.HAPPENED, Need.State.DONE),
        }
        for need in Need.objects.prefetch_related("orders"):
            live = [order for order in need.orders.all() if order.state in Order.LIVE]
            assert len(live) <= 1
            if live:
                assert need.state == following[live[0].state], live[0].state
            else:
                assert need.state in {Need.State.POOLED, Need.State.WITHDRAWN, Need.State.CLOSED}

    @invariant()
    def the_timeline_leads_along_the_table_to_where_each_order_stands(self) -> None:
        for order in Order.objects.all():
            stands = NOTHING
            entries = timeline.entries_of(order).order_by("pk")  # as they came, however late it was
            told = [entry.verb for entry in entries if entry.verb in VERBS]
            assert told, "an order without a timeline"
            for verb in told:
                ways = {m.to for m in ORDER_MOVES if m.verb == verb and stands in m.starts}
                if verb == "order.rate" and not ways:
                    continue  # the second side, late: it is counted and moves nothing
                assert ways, (verb, stands, told)
                stands = ways.pop()
                assert not ways, f"{verb} leads to two states"
            assert stands == order.state, (stands, order.state, told)

    @invariant()
    def no_match_of_a_dispatched_plan_is_lost(self) -> None:
        for run in MatchingRun.objects.filter(dispatched_at__isnull=False):
            for match in run.matches.all():
                assert (match.order_id is None) == bool(match.skipped)

    @invariant()
    def what_is_said_of_an_order_is_all_there(self) -> None:
        objections = Objection.objects.filter(outcome="")
        disputed = Order.objects.filter(state=Order.State.DISPUTED)
        assert set(objections.values_list("order", flat=True)) == set(
            disputed.values_list("pk", flat=True)
        )
        open_calls = Revisit.objects.filter(closed_at__isnull=True)
        called = Order.objects.filter(state=Order.State.REVISIT)
        assert set(open_calls.values_list("order", flat=True)) == set(
            called.values_list("pk", flat=True)
        )


def test_nothing_is_lost_whatever_the_order_of_events() -> None:
    run_state_machine_as_test(
        District,
        settings=settings(
            max_examples=15,
            stateful_step_count=50,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.generate],  # shrinking takes minutes; add Phase.shrink to read a failure
            suppress_health_check=list(HealthCheck),
        ),
    )
