"""The unit's answers and the school's: accept, propose, decline, agree, refuse, cancel."""

from datetime import timedelta

import pytest

from gongyu.accounts.models import Role
from gongyu.core import timeline
from gongyu.core.calendar import HalfDay, today
from gongyu.core.errors import DomainError
from gongyu.exchange import services
from gongyu.exchange.errors import (
    MoveNotAllowed,
    NotAllowed,
    SessionDoesNotFit,
    SessionFull,
    SessionGone,
)
from gongyu.exchange.models import Order, Session
from tests import factories as make

from .conftest import Scene


def state_of(order: Order) -> tuple[str, str, int]:
    """States of order and need as they are stored, and the seats taken of its session."""
    order = Order.objects.select_related("need", "session").get(pk=order.pk)
    return order.state, order.need.state, order.session.seats_taken


def another(scene: Scene, **about: object) -> Session:
    about = {"half_day": HalfDay.AFTERNOON} | about
    return make.SessionFactory(resource=scene.resource, **about)


def test_accepting_takes_the_seats_and_arranges_the_need(scene: Scene) -> None:
    order = services.accept_order(scene.order(headcount=40), by=scene.staff)
    assert state_of(order) == ("accepted", "arranged", 40)
    assert [e.sentence for e in timeline.entries_of(order)] == ["接单：12 月 1 日周二上午"]


def test_a_second_press_is_told_that_it_is_accepted_already(scene: Scene) -> None:
    order = services.accept_order(scene.order(), by=scene.staff)
    with pytest.raises(MoveNotAllowed, match="现在是“已约定”，不用再接了"):
        services.accept_order(order, by=scene.staff)
    assert state_of(order)[2] == order.headcount


def test_another_unit_cannot_accept(scene: Scene) -> None:
    order = scene.order()
    with pytest.raises(NotAllowed, match="这一单是别的单位的"):
        services.accept_order(order, by=make.person(Role.UNIT))
    assert state_of(order) == ("placed", "ordered", 0)


def test_an_order_that_no_longer_fits_is_refused_with_the_free_seats(scene: Scene) -> None:
    order = scene.order(headcount=40)
    scene.order(Order.State.ACCEPTED, headcount=30)
    with pytest.raises(SessionFull, match="只剩 30 个名额，坐不下 40 人"):
        services.accept_order(order, by=scene.staff)
    assert state_of(order) == ("placed", "ordered", 30)


def test_an_exclusive_session_is_taken_as_a_whole(scene: Scene) -> None:
    scene.resource.is_exclusive = True
    scene.resource.save()
    first, second = scene.order(headcount=5), scene.order(headcount=5)
    services.accept_order(first, by=scene.staff)
    with pytest.raises(SessionFull, match="这一场刚刚满了"):
        services.accept_order(second, by=scene.staff)


def test_accept_all_takes_what_fits_and_says_what_is_in_the_way(scene: Scene) -> None:
    fits, clashes = scene.order(headcount=40), scene.order(headcount=30)
    later = scene.order(headcount=20)

    accepted, left = services.accept_all(scene.unit, by=scene.staff)

    assert accepted == [fits, later]
    assert [(order, why) for order, why in left] == [
        (clashes, "这一场只剩 20 个名额，坐不下 30 人。换一个半天，或者分两批来。")
    ]
    assert state_of(fits)[2] == 60


def test_a_proposal_waits_for_the_school(scene: Scene) -> None:
    order = services.propose_session(
        scene.order(), another(scene), by=scene.staff, words=" 那天人多 "
    )
    assert state_of(order) == ("proposed", "ordered", 0)
    assert order.words == "那天人多"


@pytest.mark.parametrize("of", ["same", "other_unit", "past", "full"])
def test_a_proposal_that_could_not_be_kept_is_refused(scene: Scene, of: str) -> None:
    order = scene.order(headcount=40)
    session = {
        "same": lambda: scene.session,
        "other_unit": lambda: make.SessionFactory(),
        "past": lambda: another(scene, date=today()),
        "full": lambda: another(scene, seats=39),
    }[of]()
    with pytest.raises((SessionDoesNotFit, SessionGone, SessionFull)):
        services.propose_session(order, session, by=scene.staff)
    assert state_of(order) == ("placed", "ordered", 0)


def test_agreeing_moves_the_order_and_takes_the_seats_there(scene: Scene) -> None:
    order = scene.order(headcount=40)
    other = another(scene)
    services.propose_session(order, other, by=scene.staff)

    agreed = services.agree_to_proposal(order, by=scene.teacher)

    other.refresh_from_db()
    scene.session.refresh_from_db()
    assert (agreed.session, agreed.half_day) == (other, HalfDay.AFTERNOON)
    assert state_of(agreed) == ("accepted", "arranged", 40)
    assert scene.session.seats_taken == 0


def test_agreeing_when_the_seats_went_meanwhile_changes_nothing(scene: Scene) -> None:
    order = scene.order(headcount=40)
    other = another(scene)
    services.propose_session(order, other, by=scene.staff)
    scene.order(Order.State.ACCEPTED, headcount=50, session=other)

    with pytest.raises(SessionFull):
        services.agree_to_proposal(order, by=scene.teacher)

    order.refresh_from_db()
    assert order.state == Order.State.PROPOSED
    assert order.session == scene.session


def test_only_the_school_answers_a_proposal_and_only_once(scene: Scene) -> None:
    order = services.propose_session(scene.order(), another(scene), by=scene.staff)
    for answer in (services.agree_to_proposal, services.refuse_proposal):
        with pytest.raises(NotAllowed):
            answer(order, by=scene.staff)
    services.refuse_proposal(order, by=scene.teacher)
    assert state_of(order) == ("cancelled", "pooled", 0)
    for answer in (services.agree_to_proposal, services.refuse_proposal):
        with pytest.raises(MoveNotAllowed, match="现在是“已取消”，没有要回复的提议"):
            answer(order, by=scene.teacher)


@pytest.mark.parametrize("state", [Order.State.PLACED, Order.State.PROPOSED])
def test_declining_gives_a_reason_and_the_need_goes_back(scene: Scene, state: str) -> None:
    order = services.decline_order(
        scene.order(state), by=scene.staff, reason="no_staff", words="讲解员只有两位"
    )
    assert state_of(order) == ("declined", "pooled", 0)
    assert "婉拒：人手排不开，回到需求池" in [e.sentence for e in timeline.entries_of(order.need)]


def test_a_decline_needs_a_known_reason(scene: Scene) -> None:
    order = scene.order()
    with pytest.raises(DomainError, match="请选一个原因"):
        services.decline_order(order, by=scene.staff, reason="because")
    assert state_of(order)[0] == "placed"


def test_what_was_declined_can_be_ordered_again_elsewhere(scene: Scene) -> None:
    order = services.decline_order(scene.order(), by=scene.staff, reason="too_many")
    again = services.place_order(order.need, another(scene), by=scene.teacher)
    assert state_of(again) == ("placed", "ordered", 0)


@pytest.mark.parametrize("by", ["teacher", "head", "staff"])
def test_either_side_cancels_and_the_seats_are_free_again(scene: Scene, by: str) -> None:
    order = scene.order(Order.State.ACCEPTED, headcount=40)
    services.cancel_order(order, by=getattr(scene, by), words="那天要开运动会")
    assert state_of(order) == ("cancelled", "pooled", 0)


def test_an_outsider_cannot_cancel(scene: Scene) -> None:
    order = scene.order(Order.State.ACCEPTED)
    for stranger in (make.person(Role.UNIT), make.person(Role.TEACHER, scene.school)):
        with pytest.raises(NotAllowed):
            services.cancel_order(order, by=stranger)
    assert state_of(order)[0] == "accepted"


def test_a_past_visit_cannot_be_cancelled(scene: Scene) -> None:
    past = make.SessionFactory(resource=scene.resource, date=today() - timedelta(days=1))
    order = scene.order(Order.State.ACCEPTED, session=past)
    with pytest.raises(MoveNotAllowed, match="这一天已经过了"):
        services.cancel_order(order, by=scene.teacher)


ANSWERS = {
    "accept": lambda order, scene: services.accept_order(order, by=scene.staff),
    "propose": lambda order, scene: services.propose_session(order, another(scene), by=scene.staff),
    "decline": lambda order, scene: services.decline_order(
        order, by=scene.staff, reason="too_many"
    ),
    "agree": lambda order, scene: services.agree_to_proposal(order, by=scene.teacher),
    "refuse": lambda order, scene: services.refuse_proposal(order, by=scene.teacher),
    "cancel": lambda order, scene: services.cancel_order(order, by=scene.teacher),
}
POSSIBLE = {
    "placed": {"accept", "propose", "decline", "cancel"},
    "proposed": {"agree", "refuse", "decline", "cancel"},
    "accepted": {"cancel"},
    "done": set(),
    "rated": set(),
    "declined": set(),
    "cancelled": set(),
    "disputed": {"cancel"},
    "revisit": set(),
    "archived": set(),
    "missed": set(),
}


@pytest.mark.parametrize("state", sorted(POSSIBLE))
@pytest.mark.parametrize("answer", sorted(ANSWERS))
def test_each_state_allows_its_own_answers_and_no_other(
    scene: Scene, state: str, answer: str
) -> None:
    order = scene.order(state)
    before = state_of(order)
    if answer in POSSIBLE[state]:
        ANSWERS[answer](order, scene)
        assert state_of(order)[0] != state
    else:
        with pytest.raises(MoveNotAllowed):
            ANSWERS[answer](order, scene)
        assert state_of(order) == before
