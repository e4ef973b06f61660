"""附近学校一起: two schools agree, one press orders for both, the unit takes all or none."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from gongyu.accounts.models import Role
from gongyu.core import timeline
from gongyu.core.calendar import at, now
from gongyu.core.errors import DomainError
from gongyu.exchange import queries, services
from gongyu.exchange.errors import MoveNotAllowed, NotAllowed, SessionDoesNotFit, SessionFull
from gongyu.exchange.models import JoinedNeed, Need, Order, Session
from gongyu.exchange.services.deadlines import mind_deadlines
from gongyu.exchange.services.runs import _needs_of
from gongyu.notices.models import Notice
from tests import factories as make

from .conftest import Scene, build_scene
from .test_last_place import at_the_same_moment


@pytest.fixture
def alone(scene: Scene) -> Scene:
    """The scene's resource opens for 40 or more only, and for one party."""
    return only_for_many(scene)


def only_for_many(scene: Scene) -> Scene:
    scene.resource.is_exclusive = True
    scene.resource.min_group = 40
    scene.resource.save()
    return scene


def near(scene: Scene, **about: object) -> Need:
    """A similar need of another school, a kilometre away."""
    school = scene.school
    other = make.SchoolFactory(lon=school.lon, lat=(school.lat or 0) + 0.008)
    about = {"school": other, "topics": [scene.topic], "headcount": 22} | about
    return make.NeedFactory(**about)


def join(scene: Scene, *others: Need, **about: object) -> Need:
    """A need of the scene's school that has agreed with others to go together."""
    need = scene.need(**({"headcount": 20} | about))
    for other in others:
        asked = services.ask_together(need, other, by=scene.teacher)
        services.agree_together(asked, by=other.filed_by)
    return need


def states(*needs: Need) -> list[str]:
    return [Need.objects.get(pk=need.pk).state for need in needs]


def seats(session: Session) -> int:
    return Session.objects.get(pk=session.pk).seats_taken


def test_a_neighbour_is_proposed_with_what_going_together_opens(alone: Scene) -> None:
    need, other = alone.need(headcount=20), near(alone)
    (found,) = queries.together_of(need).neighbours
    assert found.need == other
    assert found.why == f"有的专场至少 40 人才开，和{other.school}{other.who_label}一起就够了"


@pytest.mark.parametrize(
    "about",
    [
        {"first_grade": 8, "last_grade": 9},
        {"headcount": 41},  # 61 heads in 60 seats
        {"state": Need.State.WITHDRAWN},
        {"slots": 1},
        {"form": "host"},  # a unit comes to one school
    ],
)
def test_who_does_not_suit_is_not_proposed(scene: Scene, about: dict[str, object]) -> None:
    near(scene, **about)
    assert queries.together_of(scene.need(headcount=20, slots=2)).neighbours == []


def test_another_subject_or_the_far_end_of_the_district_is_not_proposed(scene: Scene) -> None:
    near(scene, topics=[make.TopicFactory(code="T0901")])
    far = make.SchoolFactory(lon=scene.school.lon, lat=(scene.school.lat or 0) + 0.2)
    near(scene, school=far)
    assert queries.together_of(scene.need(headcount=20)).neighbours == []


def test_asking_asks_the_other_side_and_joins_nothing(alone: Scene) -> None:
    need, other = alone.need(headcount=20), near(alone)
    services.ask_together(need, other, by=alone.teacher)
    notice = Notice.objects.get(verb="join.ask")
    assert (notice.to, notice.asks, notice.url) == (other.filed_by, True, other.get_absolute_url())
    assert str(alone.teacher) not in notice.sentence  # school, class, headcount, topic; no person
    assert not JoinedNeed.objects.bound().exists()
    with pytest.raises(MoveNotAllowed, match="一起办的刚刚有变动"):
        services.order_together(need, alone.session, by=alone.teacher)


def test_yes_from_the_other_side_joins_them_and_one_press_orders_for_both(alone: Scene) -> None:
    other = near(alone)
    need = join(alone, other)
    orders = services.order_together(need, alone.session, by=alone.teacher)
    assert [order.headcount for order in orders] == [22, 20] or [20, 22]
    assert states(need, other) == ["ordered", "ordered"]
    for order in orders:
        (entry,) = timeline.entries_of(order)
        assert entry.verb == "order.place"
        assert entry.sentence.startswith("一起向")
    told = Notice.objects.get(verb="join.order")
    assert told.to == other.filed_by


def test_a_group_of_two_schools_is_not_offered_what_comes_to_one_school(alone: Scene) -> None:
    other = near(alone)
    need = join(alone, other)
    about = {"unit": alone.unit, "topics": [alone.topic], "form": "host", "radius_km": 30}
    at_school = make.SessionFactory(resource=make.ResourceFactory(**about), half_day=1)
    fit = queries.fit_for(queries.together_of(need).draft())
    assert {offer.resource.form for offer in fit.offers} == {"visit"}
    with pytest.raises(SessionDoesNotFit, match="单位上门一次只到一所学校"):
        services.order_together(need, at_school, by=alone.teacher)


def test_the_unit_takes_the_group_in_one_press(alone: Scene) -> None:
    other = near(alone)
    orders = services.order_together(join(alone, other), alone.session, by=alone.teacher)
    services.accept_order(orders[1], by=alone.staff)
    held = Order.objects.filter(state=Order.State.ACCEPTED).order_by("pk")
    assert [order.group_place for order in held] == [1, 2]
    assert seats(alone.session) == 42
    assert {e.verb for o in orders for e in timeline.entries_of(o)} == {
        "order.place",
        "order.accept",
    }


def test_a_group_that_does_not_fit_is_not_taken_in_part(scene: Scene) -> None:
    other = near(scene)
    orders = services.order_together(join(scene, other), scene.session, by=scene.teacher)
    scene.order(Order.State.ACCEPTED, headcount=30)
    with pytest.raises(SessionFull, match="只剩 30 个名额，坐不下 42 人"):
        services.accept_order(orders[0], by=scene.staff)
    assert seats(scene.session) == 30
    accepted, left = services.accept_all(scene.unit, by=scene.staff)
    assert (accepted, len(left)) == ([], 2)


def test_accept_all_counts_each_of_the_group_once(alone: Scene) -> None:
    services.order_together(join(alone, near(alone)), alone.session, by=alone.teacher)
    assert len(queries.inbox_of(alone.unit).fitting) == 2
    accepted, left = services.accept_all(alone.unit, by=alone.staff)
    assert (len(accepted), left) == (2, [])


def test_an_exclusive_session_takes_the_group_and_nobody_else(alone: Scene) -> None:
    orders = services.order_together(join(alone, near(alone)), alone.session, by=alone.teacher)
    single = alone.order(headcount=40)
    services.accept_order(orders[0], by=alone.staff)
    with pytest.raises(SessionFull):
        services.accept_order(single, by=alone.staff)
    # what the lock could miss, the database refuses
    with pytest.raises(IntegrityError), transaction.atomic():
        Order.objects.filter(pk=single.pk).update(state=Order.State.ACCEPTED)
    with pytest.raises(IntegrityError), transaction.atomic():
        Order.objects.filter(pk=single.pk).update(state=Order.State.ACCEPTED, group_place=3)


def test_one_who_cancels_leaves_the_rest_with_a_sentence_and_the_first_place(alone: Scene) -> None:
    other = near(alone)
    need = join(alone, other)
    orders = services.order_together(need, alone.session, by=alone.teacher)
    services.accept_order(orders[0], by=alone.staff)
    first = Order.objects.get(group_place=1)
    services.cancel_order(first, by=first.need.filed_by)
    rest = Order.objects.get(state=Order.State.ACCEPTED)
    assert rest.group_place == 1
    assert seats(alone.session) == rest.headcount
    said = timeline.entries_of(rest).get(verb="order.fewer").sentence
    assert said == f"一起的有退出的，只剩 {rest.headcount} 人，不到专场的 40 人，办不办您定"
    assert Notice.objects.filter(to=alone.staff, verb="order.fewer").count() == 1
    assert not JoinedNeed.objects.agreed().filter(need=first.need).exists()


def test_below_the_minimum_the_unit_decides(alone: Scene) -> None:
    other = near(alone)
    need = join(alone, other)
    services.order_together(need, alone.session, by=alone.teacher)
    services.cancel_order(Order.objects.get(need=other), by=other.filed_by)
    (waiting,) = queries.inbox_of(alone.unit).waiting
    assert waiting.decides
    assert services.accept_all(alone.unit, by=alone.staff)[0] == []
    services.accept_order(Order.objects.get(need=need), by=alone.staff)
    assert states(need, other) == ["arranged", "pooled"]


def test_a_decline_sends_all_back_and_they_stay_together(alone: Scene) -> None:
    other = near(alone)
    need = join(alone, other)
    orders = services.order_together(need, alone.session, by=alone.teacher)
    services.decline_order(orders[0], by=alone.staff, reason="no_staff")
    assert states(need, other) == ["pooled", "pooled"]
    assert JoinedNeed.objects.bound().count() == 2


def test_a_withdrawn_session_and_silence_send_all_back(alone: Scene) -> None:
    other = near(alone)
    need = join(alone, other)
    services.order_together(need, alone.session, by=alone.teacher)
    lost = services.withdraw_session(alone.session, by=alone.staff)
    assert len(lost) == 2
    assert states(need, other) == ["pooled", "pooled"]
    mind_deadlines()


def in_the_afternoon(scene: Scene) -> Session:
    return make.SessionFactory(resource=scene.resource, half_day=1)


def test_the_unit_is_asked_once_for_the_whole_group(alone: Scene) -> None:
    other = near(alone)
    services.order_together(join(alone, other), alone.session, by=alone.teacher)
    (asked,) = Notice.objects.filter(to=alone.staff)
    assert asked.asks
    assert "等 2 个班一起点了" in asked.sentence
    assert "共 42 人" in asked.sentence
    services.accept_order(Order.objects.get(need=other), by=alone.staff)
    asked.refresh_from_db()
    assert asked.read_at is not None


def test_the_unit_is_asked_anew_when_one_backs_out_and_reminded_once(alone: Scene) -> None:
    other, third = near(alone), near(alone, headcount=10)
    need = join(alone, other, third, headcount=10)
    services.order_together(need, alone.session, by=alone.teacher)
    services.cancel_order(Order.objects.get(need=other), by=other.filed_by)
    (asked,) = Notice.objects.unread().filter(to=alone.staff, asks=True)
    assert "等 2 个班一起点了" in asked.sentence
    assert "共 20 人" in asked.sentence
    with at(now() + timedelta(days=3, hours=1)):
        mind_deadlines()
    assert Notice.objects.filter(to=alone.staff, verb="order.remind").count() == 1


def test_a_group_that_nobody_answers_goes_back_together_and_the_unit_hears_it_once(
    alone: Scene,
) -> None:
    other = near(alone)
    need = join(alone, other)
    services.order_together(need, alone.session, by=alone.teacher)
    with at(now() + timedelta(days=5, hours=1)):
        assert mind_deadlines() == 2
    assert states(need, other) == ["pooled", "pooled"]
    (told,) = Notice.objects.filter(to=alone.staff, verb="order.return")
    assert "等 2 个班一起的" in told.sentence
    for teacher in (alone.teacher, other.filed_by):
        assert Notice.objects.filter(to=teacher, verb="order.return").count() == 1
    assert not Notice.objects.unread().filter(to=alone.staff, asks=True).exists()


def test_a_proposal_to_a_group_that_no_school_answers_is_said_to_the_unit_once(
    alone: Scene,
) -> None:
    other = near(alone)
    need = join(alone, other)
    services.order_together(need, alone.session, by=alone.teacher)
    half = make.SessionFactory(resource=alone.resource, half_day=1)
    services.propose_session(Order.objects.get(need=need), half, by=alone.staff)
    with at(now() + timedelta(days=5, hours=1)):
        assert mind_deadlines() == 2
    assert states(need, other) == ["pooled", "pooled"]
    (told,) = Notice.objects.filter(to=alone.staff, verb="order.return")
    assert "等 2 个班一起的" in told.sentence


def test_another_half_day_is_proposed_to_the_whole_group(alone: Scene) -> None:
    other = near(alone)
    need = join(alone, other)
    orders = services.order_together(need, alone.session, by=alone.teacher)
    elsewhere = in_the_afternoon(alone)
    services.propose_session(orders[1], elsewhere, by=alone.staff, words="上午闭馆")
    proposed = Order.objects.filter(state=Order.State.PROPOSED, proposed_session=elsewhere)
    assert proposed.count() == 2
    for person in (alone.teacher, other.filed_by):
        assert Notice.objects.filter(to=person, verb="order.propose", asks=True).count() == 1

    for mine, by in ((need, alone.teacher), (other, other.filed_by)):
        services.agree_to_proposal(Order.objects.get(need=mine), by=by)

    held = Order.objects.filter(state=Order.State.ACCEPTED, session=elsewhere)
    assert sorted(held.values_list("group_place", flat=True)) == [1, 2]
    assert (seats(alone.session), seats(elsewhere)) == (0, 42)
    assert states(need, other) == ["arranged", "arranged"]


def test_who_cannot_come_then_leaves_and_the_unit_decides_about_the_rest(alone: Scene) -> None:
    other = near(alone)
    need = join(alone, other)
    orders = services.order_together(need, alone.session, by=alone.teacher)
    elsewhere = in_the_afternoon(alone)
    services.propose_session(orders[0], elsewhere, by=alone.staff)
    services.agree_to_proposal(Order.objects.get(need=need), by=alone.teacher)
    assert not Notice.objects.filter(verb="order.fewer").exists()  # the other may still come
    services.refuse_proposal(Order.objects.get(need=other), by=other.filed_by)
    assert states(need, other) == ["arranged", "pooled"]
    assert Notice.objects.filter(to=alone.staff, verb="order.fewer").count() == 1
    assert not JoinedNeed.objects.agreed().filter(need=other).exists()


def test_a_half_day_must_take_the_whole_group(alone: Scene) -> None:
    orders = services.order_together(join(alone, near(alone)), alone.session, by=alone.teacher)
    small = make.SessionFactory(resource=alone.resource, half_day=1, seats=41)
    with pytest.raises(SessionFull):
        services.propose_session(orders[0], small, by=alone.staff)
    about = {"unit": alone.unit, "topics": [alone.topic], "form": "host", "radius_km": 30}
    at_school = make.SessionFactory(resource=make.ResourceFactory(**about), half_day=1)
    with pytest.raises(SessionDoesNotFit, match="一次只到一所学校"):
        services.propose_session(orders[0], at_school, by=alone.staff)
    assert Order.objects.filter(state=Order.State.PLACED).count() == 2


def test_a_proposal_taken_back_by_declining_sends_all_back(alone: Scene) -> None:
    other = near(alone)
    need = join(alone, other)
    orders = services.order_together(need, alone.session, by=alone.teacher)
    services.propose_session(orders[0], in_the_afternoon(alone), by=alone.staff)
    services.decline_order(orders[1], by=alone.staff, reason="no_staff")
    assert states(need, other) == ["pooled", "pooled"]


def test_from_the_units_page_the_group_is_moved(alone: Scene, client: Client) -> None:
    orders = services.order_together(join(alone, near(alone)), alone.session, by=alone.teacher)
    elsewhere = in_the_afternoon(alone)
    make.SessionFactory(resource=alone.resource, half_day=2, seats=30)  # too small for all
    client.force_login(alone.staff)
    page = client.get(orders[0].get_absolute_url())
    assert [a.session for a in page.context["alternatives"]] == [elsewhere]
    assert "提议整组改到这个半天" in page.content.decode()
    sent = client.post(
        f"/exchange/orders/{orders[0].pk}/propose/", {"session": elsewhere.pk}, follow=True
    )
    assert "提议送到各学校了" in sent.content.decode()


def test_one_of_a_group_is_not_halved(alone: Scene) -> None:
    orders = services.order_together(join(alone, near(alone)), alone.session, by=alone.teacher)
    halves = [in_the_afternoon(alone), make.SessionFactory(resource=alone.resource, half_day=2)]
    with pytest.raises(SessionDoesNotFit, match="不能只分一个班"):
        services.propose_split(orders[0], *halves, by=alone.staff)


def test_what_is_joined_is_neither_ordered_alone_nor_planned(alone: Scene) -> None:
    other = near(alone)
    need = join(alone, other)
    single = alone.need()
    with pytest.raises(MoveNotAllowed, match="先在需求页面退出一起办"):
        services.place_order(need, alone.session, by=alone.teacher)
    assert list(_needs_of("pool", None)) == [single]
    member = JoinedNeed.objects.get(need=need, left_at=None)
    services.leave_together(member, by=alone.teacher)
    assert set(_needs_of("pool", None)) == {single, need, other}


def test_either_may_leave_until_the_order(alone: Scene) -> None:
    other = near(alone)
    need = join(alone, other)
    theirs = JoinedNeed.objects.get(need=other)
    services.order_together(need, alone.session, by=alone.teacher)
    with pytest.raises(MoveNotAllowed, match="要退出就取消这一单"):
        services.leave_together(theirs, by=other.filed_by)


def test_only_their_own_people_answer(alone: Scene) -> None:
    need, other = alone.need(headcount=20), near(alone)
    asked = services.ask_together(need, other, by=alone.teacher)
    for act in (services.agree_together, services.leave_together):
        with pytest.raises(NotAllowed):
            act(asked, by=alone.teacher)
    with pytest.raises(NotAllowed):
        services.ask_together(other, need, by=alone.teacher)


def test_who_has_withdrawn_is_not_joined_any_more(alone: Scene) -> None:
    need, other = alone.need(headcount=20), near(alone)
    asked = services.ask_together(need, other, by=alone.teacher)
    services.withdraw_need(need, by=alone.teacher)
    with pytest.raises(MoveNotAllowed, match="那边刚刚退出了"):
        services.agree_together(asked, by=other.filed_by)
    assert Notice.objects.get(verb="join.ask").read_at is not None


def test_a_teacher_asks_and_another_agrees_on_their_pages(alone: Scene, client: Client) -> None:
    need, other = alone.need(headcount=20), near(alone)
    client.force_login(alone.teacher)
    page = client.get(need.get_absolute_url()).content.decode()
    assert "附近想办相近的事的" in page
    assert str(other.filed_by) not in page
    client.post(f"/exchange/needs/{need.pk}/join/", {"other": other.pk})
    asked = JoinedNeed.objects.get(need=other)
    assert client.post(f"/exchange/joins/{asked.pk}/agree/").status_code == 404

    client.force_login(other.filed_by)
    page = client.get(other.get_absolute_url()).content.decode()
    assert "有人想和您一起办" in page
    assert alone.teacher.get_full_name() not in page or not alone.teacher.get_full_name()
    client.post(f"/exchange/joins/{asked.pk}/agree/")
    page = client.get(other.get_absolute_url()).content.decode()
    assert "说好一起办，一共 42 人" in page
    client.post(f"/exchange/needs/{other.pk}/order/", {"session": alone.session.pk})
    assert states(need, other) == ["ordered", "ordered"]

    client.force_login(alone.staff)
    page = client.get(Order.objects.get(need=other).get_absolute_url()).content.decode()
    assert "一起接下（42 人）" in page


def test_any_other_need_cannot_be_reached_through_the_button(scene: Scene, client: Client) -> None:
    need, far = scene.need(), make.NeedFactory()
    client.force_login(scene.teacher)
    client.post(f"/exchange/needs/{need.pk}/join/", {"other": far.pk})
    assert not JoinedNeed.objects.exists()


@pytest.mark.parametrize("neighbours", [2, 9])
def test_the_page_asks_the_same_number_of_queries(
    scene: Scene, neighbours: int, django_assert_max_num_queries: object
) -> None:
    for _ in range(neighbours):
        near(scene)
    filed = scene.need(headcount=20)
    need = Need.objects.select_related("school").prefetch_related("topics").get(pk=filed.pk)
    with django_assert_max_num_queries(4):  # type: ignore[operator]  # a fixture
        assert queries.together_of(need).neighbours


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("again", range(3))
def test_one_agrees_while_the_other_leaves(again: int) -> None:
    scene = build_scene()
    need, other = scene.need(headcount=20), near(scene)
    asked = services.ask_together(need, other, by=scene.teacher)
    own = JoinedNeed.objects.get(need=need)
    agreed, left = at_the_same_moment(
        lambda: services.agree_together(asked, by=other.filed_by),
        lambda: services.leave_together(own, by=scene.teacher),
    )
    assert left is None
    assert agreed is None or isinstance(agreed, MoveNotAllowed)
    assert not JoinedNeed.objects.bound().exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("again", range(3))
def test_two_agree_at_the_same_moment(again: int) -> None:
    """Each was asked by the other's friend: nobody ends up in two groups."""
    scene = build_scene()
    need, one, two = scene.need(headcount=5), near(scene, headcount=5), near(scene, headcount=5)
    first = services.ask_together(need, one, by=scene.teacher)
    second = services.ask_together(two, one, by=two.filed_by)
    refusals = at_the_same_moment(
        lambda: services.agree_together(first, by=one.filed_by),
        lambda: services.agree_together(second, by=one.filed_by),
    )
    assert [r is None for r in refusals].count(True) == 1
    assert JoinedNeed.objects.bound().count() == 2
    assert JoinedNeed.objects.agreed().filter(need=one).count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("again", range(3))
def test_a_group_and_a_single_order_meet_at_an_exclusive_session(again: int) -> None:
    scene = only_for_many(build_scene())
    orders = services.order_together(join(scene, near(scene)), scene.session, by=scene.teacher)
    single = scene.order(headcount=40)
    colleague = make.person(Role.UNIT, scene.unit)
    refusals = at_the_same_moment(
        lambda: services.accept_order(orders[1], by=scene.staff),
        lambda: services.accept_order(single, by=colleague),
    )
    assert [type(r) for r in refusals if r is not None] == [SessionFull]
    assert seats(scene.session) in {40, 42}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("again", range(3))
def test_two_of_a_group_press_order_at_once(again: int) -> None:
    scene = build_scene()
    other = near(scene)
    need = join(scene, other)
    refusals = at_the_same_moment(
        lambda: services.order_together(need, scene.session, by=scene.teacher),
        lambda: services.order_together(other, scene.session, by=other.filed_by),
    )
    assert [isinstance(r, DomainError) for r in refusals].count(True) == 1
    assert Order.objects.count() == 2
