"""What people press about going together and coming in halves (``test_state_machine``)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import F
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from gongyu.exchange import services
from gongyu.exchange.models import GroupSplit, JoinedNeed, Need, Order, Session

SESSION = st.integers(0, 5)
ONE = st.integers(0, 7)


class Together(RuleBasedStateMachine):
    """Rules of a district whose ``press``, ``newest`` and ``with_order`` stand in the machine."""

    sessions: list[Session]
    press: Callable[..., Any]
    with_order: Callable[..., None]
    newest: Callable[..., Any]

    @rule(one=ONE, other=ONE, session=SESSION, goes_on=st.booleans())
    def go_together(self, one: int, other: int, session: int, goes_on: bool) -> None:
        """One asks, the other agrees, either orders; or it stays with the question."""
        need, mate = self.newest(Need, one), self.newest(Need, other)
        if need is None or need == mate:
            return
        asked = self.press(services.ask_together, need, mate, by=need.filed_by)
        if asked and goes_on:
            self.press(services.agree_together, asked, by=mate.filed_by)
            self.order_together(other, session)

    @rule(need=ONE, session=SESSION)
    def order_together(self, need: int, session: int) -> None:
        if asked := self.newest(Need, need):
            self.press(services.order_together, asked, self.sessions[session], by=asked.filed_by)

    @rule(joining=ONE, agrees=st.booleans())
    def answer_joining(self, joining: int, agrees: bool) -> None:
        member = self.newest(JoinedNeed, joining)
        act = services.agree_together if agrees else services.leave_together
        if member:
            self.press(act, member, by=member.need.filed_by)

    @rule(order=ONE, session=SESSION)
    def move_together(self, order: int, session: int) -> None:
        asked = self.newest(Order, order)
        if asked is not None and asked.joined_id is not None:
            own = [s for s in self.sessions if s.resource_id == asked.session.resource_id]
            to = own[session % len(own)]
            self.with_order(order, services.propose_session, to, who="unit")

    @rule(order=ONE, first=SESSION, second=SESSION, agrees=st.booleans())
    def split(self, order: int, first: int, second: int, agrees: bool) -> None:
        asked = self.newest(Order, order)
        if asked is None:
            return
        own = [s for s in self.sessions if s.resource_id == asked.session.resource_id]
        halves = own[first % len(own)], own[second % len(own)]
        self.with_order(order, services.propose_split, *halves, who="unit")
        if agrees:
            self.with_order(order, services.agree_to_proposal, who="school")

    @invariant()
    def an_exclusive_session_is_held_by_one_party(self) -> None:
        parties: dict[int, set[object]] = {}
        first = set()
        for order in Order.objects.filter(is_exclusive=True, state__in=Order.HOLDING):
            party = order.joined_id or f"alone {order.pk}"
            parties.setdefault(order.session_id, set()).add(party)
            if order.group_place == 1:
                first.add(order.session_id)
        assert all(len(there) == 1 for there in parties.values()), parties
        assert first == set(parties), "nobody holds the first place"

    @invariant()
    def halves_add_up_and_are_of_one_class(self) -> None:
        assert not GroupSplit.objects.exclude(whole=F("first_heads") + F("second_heads")).exists()
        for split in GroupSplit.objects.filter(second_order__isnull=False):
            assert split.second_order is not None
            assert split.second_order.need.school_class_id == split.order.need.school_class_id
            assert split.second_order.need_id != split.order.need_id

    @invariant()
    def orders_of_a_group_stand_alike_until_they_are_answered(self) -> None:
        placed = Order.objects.filter(joined__isnull=False, state=Order.State.PLACED)
        for order in placed:
            mates = Order.objects.mates_of(order).values_list("state", flat=True)
            assert set(mates) <= {Order.State.PLACED}
