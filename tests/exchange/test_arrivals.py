"""How many came: a likely typing error is asked back, the number is put right the same day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db.models import Sum
from django.test import Client
from django.urls import reverse

from gongyu.accounts.models import Role, User
from gongyu.core import timeline
from gongyu.core.calendar import at, today
from gongyu.core.errors import DomainError, MoveNotAllowed, NotAllowed
from gongyu.exchange import arrival, services
from gongyu.exchange.errors import HeadsInDoubt
from gongyu.exchange.models import LedgerLine, Order, Resource, Session, Visit
from gongyu.exchange.queries.census_board import census, records
from gongyu.exchange.queries.desk import year_figures
from gongyu.exchange.queries.ledger import school_record, unit_record
from gongyu.exchange.queries.problems import visits_of_problem
from gongyu.notices.models import Notice
from tests import factories as make

from .conftest import Scene
from .test_order_pages import queries_of, text_of
from .test_visits import moment, order_of, to

SignIn = Callable[[User], Client]


@pytest.fixture
def order(scene: Scene) -> Order:
    """The scene's class is there: 38 agreed, 83 typed."""
    order = order_of(scene)
    services.arrive(order, by=scene.teacher, heads=83, sure=True)
    return Order.objects.get(pk=order.pk)


# The typing error


@pytest.mark.parametrize(
    ("heads", "words"),
    [(76, "约的是 38 人，您填的是 76 人"), (380, "约的是 38 人"), (41, "别的班占了 20 人")],
)
def test_an_unlikely_number_is_asked_back_once(
    scene: Scene, sign_in: SignIn, heads: int, words: str
) -> None:
    order = order_of(scene)
    Session.objects.filter(pk=order.session_id).update(seats=60)
    scene.order(Order.State.ACCEPTED, session=order.session, headcount=20)
    with pytest.raises(HeadsInDoubt, match=words):
        services.arrive(order, by=scene.staff, heads=heads)
    client = sign_in(scene.staff)
    page = text_of(client.post(to("visit_arrive", order), {"heads": str(heads)}))
    assert words in page
    assert f'value="{heads}"' in page
    assert 'name="sure"' in page
    assert not Visit.objects.filter(arrived_at__isnull=False).exists()
    client.post(to("visit_arrive", order), {"heads": str(heads), "sure": "on"})
    assert Visit.objects.get(order=order).arrived_heads == heads


def test_the_others_count_with_who_came_of_them(scene: Scene) -> None:
    order = order_of(scene)
    session = order.session
    session.seats = 60
    session.save()
    other = scene.order(Order.State.ACCEPTED, session=session, headcount=22)
    services.arrive(other, by=scene.staff, heads=18)
    assert services.arrive(order, by=scene.staff, heads=42).arrived_heads == 42


def test_a_few_more_than_agreed_are_nothing_to_ask_about(scene: Scene, sign_in: SignIn) -> None:
    order = order_of(scene)
    page = text_of(sign_in(scene.teacher).get(to("visit", order)))
    assert 'name="sure"' not in page
    assert services.arrive(order, by=scene.staff, heads=40).arrived_heads == 40


def test_the_code_of_the_door_asks_back_too(scene: Scene, sign_in: SignIn) -> None:
    order = order_of(scene)
    colleague = make.person(Role.TEACHER, scene.school)
    address = reverse("exchange:arrive", args=[arrival.token_for(order)])
    client = sign_in(colleague)
    page = text_of(client.post(address, {"heads": "380"}))
    assert "约的是 38 人，您填的是 380 人" in page
    assert 'name="sure"' in page
    client.post(address, {"heads": "380", "sure": "on"})
    assert Visit.objects.get(order=order).arrived_heads == 380
    # who pressed by the code may put it right, a colleague who did not may not
    with pytest.raises(NotAllowed):
        services.correct_arrival(order, by=make.person(Role.TEACHER, scene.school), heads=38)
    assert "今天还能改" in text_of(client.get(to("visit", order)))
    client.post(to("visit_recount", order), {"heads": "38"})
    assert Visit.objects.get(order=order).arrived_heads == 38


# The correction


def test_either_side_puts_the_number_right_the_same_day(
    scene: Scene, sign_in: SignIn, order: Order
) -> None:
    before = order.visit.arrived_at
    for person, other, heads in (
        (scene.teacher, scene.staff, 37),
        (scene.staff, scene.teacher, 36),
    ):
        client = sign_in(person)
        assert "人数记错了？今天还能改" in text_of(client.get(to("visit", order)))
        answer = client.post(to("visit_recount", order), {"heads": str(heads)}, follow=True)
        assert f"到了 {heads} 人" in text_of(answer)
        visit = Visit.objects.get(order=order)
        assert (visit.arrived_heads, visit.arrived_by, visit.arrived_at) == (heads, person, before)
        assert Notice.objects.filter(to=other, verb="order.recount").count() == 1
    said = timeline.entries_of(order).filter(verb="order.recount").order_by("pk")
    assert [entry.sentence for entry in said] == [
        "到场人数从 83 改成 37",
        "到场人数从 37 改成 36",
    ]


def test_the_same_number_again_is_no_step(scene: Scene, order: Order) -> None:
    services.correct_arrival(order, by=scene.staff, heads=83, sure=True)
    assert not timeline.entries_of(order).filter(verb="order.recount").exists()


def test_what_was_booked_is_put_right_with_a_line_more_at_the_price_of_then(
    scene: Scene, order: Order
) -> None:
    Resource.objects.filter(pk=scene.resource.pk).update(price_fen=1000)
    services.book_visits()
    Resource.objects.filter(pk=scene.resource.pk).update(price_fen=9900)
    services.correct_arrival(order, by=scene.teacher, heads=38)
    lines = LedgerLine.objects.filter(order=order).order_by("number")
    assert [(line.heads, line.price_fen, line.amount_fen) for line in lines] == [
        (83, 1000, 83_000),
        (-45, 1000, -45_000),
    ]
    assert lines[1].why == "更正人数，改成 38 人"
    assert lines[1].counted == LedgerLine.Counted.ARRIVED
    assert services.book_visits() == 0


def test_what_is_not_booked_yet_is_booked_right_in_one_line(scene: Scene, order: Order) -> None:
    services.correct_arrival(order, by=scene.teacher, heads=38)
    assert not LedgerLine.objects.exists()
    services.book_visits()
    assert LedgerLine.objects.get().heads == 38


def test_from_the_next_day_on_the_number_stands(
    scene: Scene, sign_in: SignIn, order: Order
) -> None:
    with at(moment(1)):
        with pytest.raises(MoveNotAllowed, match=r"只能当天改.*按记下的 83 人算"):
            services.correct_arrival(order, by=scene.teacher, heads=38)
        assert "今天还能改" not in text_of(sign_in(scene.teacher).get(to("visit", order)))
    assert Visit.objects.get(order=order).arrived_heads == 83


def test_a_correction_that_cannot_be_says_why(scene: Scene, sign_in: SignIn, order: Order) -> None:
    with pytest.raises(NotAllowed, match="只有这一单"):
        services.correct_arrival(order, by=make.person(Role.COMMISSION), heads=38)
    with pytest.raises(DomainError, match="从 1 到"):
        services.correct_arrival(order, by=scene.staff, heads=0)
    with pytest.raises(HeadsInDoubt, match="您填的是 370 人"):
        services.correct_arrival(order, by=scene.staff, heads=370)
    page = text_of(sign_in(scene.staff).post(to("visit_recount", order), {"heads": "370"}))
    assert "您填的是 370 人" in page
    assert 'name="sure"' in page
    page = text_of(sign_in(scene.staff).post(to("visit_recount", order), {"heads": "0"}))
    assert "至少 1 人" in page
    afternoon = make.SessionFactory(resource=scene.resource, date=today(), half_day=1)
    untold = scene.order(Order.State.ACCEPTED, session=afternoon)
    with pytest.raises(MoveNotAllowed, match="还没有记到达"):
        services.correct_arrival(untold, by=scene.staff, heads=38)


# One number


def test_who_came_is_one_number_everywhere(scene: Scene, sign_in: SignIn) -> None:
    problem = make.ProblemFactory(topics=[scene.topic.parent])
    told = order_of(scene, days=-3, headcount=40)
    Order.objects.filter(pk=told.pk).update(state=Order.State.DONE)
    Visit.objects.create(
        order=told,
        arrived_at=moment(-3),
        arrived_heads=37,
        arrived_by=scene.teacher,
        arrived_how=Visit.How.TAP,
    )
    session = make.SessionFactory(resource=scene.resource, date=today() - timedelta(days=4))
    untold = scene.order(Order.State.DONE, session=session, headcount=30)
    services.book_visits()
    record = records({}).values_list("came", flat=True).get(pk=scene.resource.pk)
    sums = {
        "desk": year_figures().pupils,
        "problem": visits_of_problem(problem).pupils,
        "unit": unit_record(scene.unit).pupils,
        "school": school_record(scene.school).pupils,
        "ledger": LedgerLine.objects.aggregate(heads=Sum("heads"))["heads"],
        "census": census().total.came,
        "record": record,
        "orders": sum(order.heads_came for order in Order.objects.with_parties()),
    }
    assert sums == dict.fromkeys(sums, 67)
    assert untold.heads_came == 30
    for person in (scene.teacher, scene.staff):
        client = sign_in(person)
        orders = text_of(client.get(reverse("exchange:orders") + "?tab=done"))
        assert "37 人" in orders
        assert "40 人" not in orders
        before = queries_of(client, reverse("exchange:orders") + "?tab=done")
        assert before <= 16
