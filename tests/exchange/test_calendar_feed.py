"""A calendar that a phone subscribes to: arranged visits at a private address, no child's name."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from icalendar import Calendar
from pytest_django import DjangoAssertNumQueries

from gongyu.accounts.models import Membership, Role, User
from gongyu.core.calendar import today
from gongyu.exchange import services
from gongyu.exchange.errors import NotAllowed
from gongyu.exchange.models import CalendarFeed, Order
from tests import factories as make

from .conftest import Scene

SignIn = Callable[[User], Client]


def _read(client: Client, feed: CalendarFeed) -> list[dict[str, str]]:
    answer = client.get(feed.get_absolute_url())
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/calendar")
    calendar = Calendar.from_ical(answer.content)
    return [
        {"summary": str(e["summary"]), "starts": e.decoded("dtstart").strftime("%Y-%m-%d %H:%M")}
        for e in calendar.walk("VEVENT")
    ]


def test_a_unit_reads_its_arranged_visits_without_signing_in(client: Client, scene: Scene) -> None:
    order = scene.order(Order.State.ACCEPTED)
    scene.order(Order.State.PLACED)
    feed = services.renew_feed(scene.unit, by=scene.staff)

    (event,) = _read(client, feed)

    assert event["summary"] == f"{scene.school}：{scene.resource.title}"
    assert event["starts"].startswith(order.date.isoformat())


def test_a_school_reads_where_it_goes(client: Client, scene: Scene) -> None:
    scene.order(Order.State.ACCEPTED)

    (event,) = _read(client, services.renew_feed(scene.school, by=scene.head))

    assert event["summary"].startswith(str(scene.unit))


def test_no_child_is_named(client: Client, scene: Scene) -> None:
    child = make.StudentFactory(school_class=scene.school_class, name="欧阳星河")
    scene.order(Order.State.ACCEPTED, school_class=scene.school_class)
    feed = services.renew_feed(scene.unit, by=scene.staff)

    assert child.name not in client.get(feed.get_absolute_url()).content.decode()


def test_a_new_address_ends_the_old_one(client: Client, scene: Scene) -> None:
    old = services.renew_feed(scene.unit, by=scene.staff).get_absolute_url()
    new = services.renew_feed(scene.unit, by=scene.staff).get_absolute_url()

    assert client.get(old).status_code == 404
    assert client.get(new).status_code == 200
    assert CalendarFeed.objects.count() == 1


def test_the_address_of_somebody_who_has_left_answers_no_more(client: Client, scene: Scene) -> None:
    feed = services.renew_feed(scene.unit, by=scene.staff)
    day = today()
    Membership.objects.filter(user=scene.staff).update(
        starts=day - timedelta(days=9), ends=day - timedelta(days=1)
    )

    assert client.get(feed.get_absolute_url()).status_code == 404


def test_nobody_subscribes_to_an_organisation_of_others(scene: Scene) -> None:
    with pytest.raises(NotAllowed, match="您不在这个单位任职"):
        services.renew_feed(make.UnitFactory(), by=scene.staff)


def test_the_page_shows_the_address_only_to_its_owner(sign_in: SignIn, scene: Scene) -> None:
    feed = services.renew_feed(scene.unit, by=scene.staff)
    page = reverse("exchange:calendar_page")
    colleague = make.person(Role.UNIT, scene.unit)

    assert feed.token in sign_in(scene.staff).get(page).content.decode()
    assert feed.token not in sign_in(colleague).get(page).content.decode()


def test_a_press_makes_an_address(sign_in: SignIn, scene: Scene) -> None:
    client = sign_in(scene.staff)

    answer = client.post(reverse("exchange:calendar_renew"), follow=True)

    assert CalendarFeed.objects.get().token in answer.content.decode()


def test_a_teacher_reads_the_own_needs_and_classes_only(client: Client, scene: Scene) -> None:
    colleague = make.person(Role.TEACHER, scene.school)
    mine = scene.order(Order.State.ACCEPTED, headcount=5)
    scene.order(Order.State.ACCEPTED, headcount=5, filed_by=colleague)

    (event,) = _read(client, services.renew_feed(scene.school, by=scene.teacher))

    assert event["starts"].startswith(mine.date.isoformat())
    assert len(_read(client, services.renew_feed(scene.school, by=scene.head))) == 2


def test_a_school_reads_what_is_pushed_in(client: Client, scene: Scene) -> None:
    make.PushPlanFactory(school=scene.school, matter__title="防火")

    (event,) = _read(client, services.renew_feed(scene.school, by=scene.head))

    assert event["summary"].startswith("防火进校园")
    assert _read(client, services.renew_feed(scene.school, by=scene.teacher)) == []


@pytest.mark.parametrize("orders", [1, 9])
def test_queries_do_not_grow_with_orders(
    client: Client,
    scene: Scene,
    orders: int,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for n in range(orders):
        session = make.SessionFactory(
            resource=scene.resource, date=today() + timedelta(days=10 + n)
        )
        scene.order(Order.State.ACCEPTED, session=session)
    feed = services.renew_feed(scene.unit, by=scene.staff)

    with django_assert_max_num_queries(5):
        client.get(feed.get_absolute_url())
