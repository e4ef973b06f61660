"""The district's desk: who waits for whom, practice days, towns and schools that are reached."""

import io
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook
from pytest_django import DjangoAssertNumQueries

from gongyu.accounts.models import Role, User
from gongyu.core.calendar import today
from gongyu.exchange.models import Need, Order
from gongyu.exchange.queries import desk
from gongyu.exchange.queries.coverage import coverage
from gongyu.exchange.queries.unmet import unmet
from tests import factories as make

from .conftest import Scene
from .test_offer_pages import queries_of

SignIn = Callable[[User], Client]
DESK = reverse("exchange:desk")


def _aged(order: Order, days: int) -> Order:
    Order.objects.filter(pk=order.pk).update(placed_at=order.placed_at - timedelta(days=days))
    return order


def _counts() -> dict[str, int]:
    return {entry.kind: entry.count for entry in desk.waiting_today()}


def test_an_order_is_late_after_three_days_and_not_before(scene: Scene) -> None:
    order = _aged(scene.order(), 3)
    assert _counts()[desk.LATE_UNIT] == 0

    _aged(order, 4)

    assert _counts()[desk.LATE_UNIT] == 1


def test_every_figure_opens_to_its_rows(sign_in: SignIn, scene: Scene) -> None:
    order = _aged(scene.order(), 9)
    client = sign_in(make.person(Role.COMMISSION))
    page = client.get(DESK).content.decode()

    for entry in desk.waiting_today():
        address = reverse("exchange:desk_orders", args=[entry.kind])
        assert address in page
        rows = client.get(address)
        assert rows.context["page_obj"].paginator.count == entry.count
    late = client.get(reverse("exchange:desk_orders", args=[desk.LATE_UNIT])).content.decode()
    assert order.get_absolute_url() in late


def test_an_unknown_figure_is_not_found(sign_in: SignIn, db: None) -> None:
    client = sign_in(make.person(Role.COMMISSION))

    assert client.get(reverse("exchange:desk_orders", args=["nonsense"])).status_code == 404


def test_a_visit_that_took_place_counts_half_a_day_for_its_class(scene: Scene) -> None:
    scene.order(Order.State.RATED, school_class=scene.school_class)

    (row,) = [r for r in desk.practice_days() if r.school_class == scene.school_class]

    assert (row.days, row.floor, row.lacks) == (0.5, 10, 9.5)


def test_neither_an_arranged_nor_an_online_visit_counts_yet(scene: Scene) -> None:
    scene.order(Order.State.ACCEPTED, school_class=scene.school_class)
    online = make.SessionFactory(resource__form="online", date=today() - timedelta(days=3))
    scene.order(Order.State.RATED, session=online, school_class=scene.school_class)

    assert [r.days for r in desk.practice_days()] == [0.0]


def test_a_junior_class_has_the_higher_floor(db: None) -> None:
    make.SchoolClassFactory(grade=8)

    assert desk.practice_days()[0].floor == 20


def test_a_town_has_a_point_where_a_unit_offers_sessions(scene: Scene) -> None:
    towns = {town.code: town for town in coverage().towns}
    assert scene.unit.division is not None
    assert towns[scene.unit.division.code].units == 1

    scene.session.state = "withdrawn"
    scene.session.save()

    assert coverage().without_point


def test_a_school_without_any_visit_this_year_is_named(scene: Scene) -> None:
    assert coverage().bare_schools == [scene.school]

    scene.order(Order.State.ACCEPTED)

    assert coverage().bare_schools == []


def test_only_the_commission_sits_at_the_desk(sign_in: SignIn, scene: Scene) -> None:
    assert sign_in(scene.head).get(DESK).status_code == 403


@pytest.mark.parametrize("rows", [1, 9])
def test_queries_do_not_grow_with_rows(
    sign_in: SignIn,
    scene: Scene,
    rows: int,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for n in range(rows):
        session = make.SessionFactory(date=today() + timedelta(days=10 + n))
        make.OrderFactory(session=session, need__school_class=make.SchoolClassFactory())
    client = sign_in(make.person(Role.COMMISSION))

    with django_assert_max_num_queries(27):
        assert client.get(DESK).status_code == 200


def _exported(client: Client, kind: str) -> list[list[object]]:
    answer = client.get(reverse("exchange:desk_export", args=[kind]))
    sheet = load_workbook(io.BytesIO(answer.content)).active
    assert all(cell.data_type != "f" for row in sheet for cell in row)
    return [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]


def test_what_nobody_took_stands_by_topic_and_town(sign_in: SignIn, scene: Scene) -> None:
    scene.need(severity=3)
    scene.need()
    scene.need(state=Need.State.ORDERED)  # somebody is asked already
    (row,) = unmet()
    assert (row.topic, row.town_name, row.needs, row.schools, row.urgent) == (
        "T01",
        scene.school.town.short_name,
        2,
        1,
        1,
    )
    client = sign_in(make.person(Role.COMMISSION))
    page = client.get(reverse("exchange:desk_unmet")).content.decode()
    rows = f"{reverse('exchange:needs')}?state=pooled&topic=T01&town={row.town}"
    assert rows.replace("&", "&amp;") in page
    assert client.get(rows).context["page_obj"].paginator.count == row.needs
    assert "还没人接的" in client.get(DESK).content.decode()


def test_an_empty_pool_is_said(sign_in: SignIn, db: None) -> None:
    client = sign_in(make.person(Role.COMMISSION))
    assert "没有在等的需求" in client.get(reverse("exchange:desk_unmet")).content.decode()


def test_scarcity_of_the_last_run_is_the_proposal(sign_in: SignIn, scene: Scene) -> None:
    scarcity = [{"topic": "T01", "town": scene.school.town.code, "waiting": 7, "worth": 9.0}]
    make.MatchingRunFactory(scarcity=scarcity)
    page = sign_in(make.person(Role.COMMISSION)).get(reverse("exchange:desk_unmet"))
    assert "往后先补哪里" in page.content.decode()
    assert "7 个在等" in page.content.decode()


def test_every_part_of_the_desk_exports_its_rows(sign_in: SignIn, scene: Scene) -> None:
    order = _aged(scene.order(), 9)
    scene.need()
    type(scene.resource).objects.filter(pk=scene.resource.pk).update(title="=cmd()")
    client = sign_in(make.person(Role.COMMISSION))
    (row,) = _exported(client, desk.LATE_UNIT)
    assert row[0] == order.pk
    assert row[8] == "'=cmd()"
    assert len(_exported(client, "needs")) == 2
    assert len(_exported(client, "unmet")) == 1
    assert len(_exported(client, "classes")) == len(desk.practice_days())
    assert len(_exported(client, "towns")) == len(coverage().towns)
    assert _exported(client, "schools")[0][0] == scene.school.name
    assert _exported(client, "orders") == []
    missing = client.get(reverse("exchange:desk_export", args=["nonsense"]))
    assert missing.status_code == 404


def test_exports_and_rows_ask_no_more_with_more_records(sign_in: SignIn, scene: Scene) -> None:
    client = sign_in(make.person(Role.COMMISSION))
    kinds = ["needs", "orders", "classes", "towns", "schools", "unmet", desk.LATE_UNIT]
    pages = [reverse("exchange:desk_export", args=[kind]) for kind in kinds]
    pages += [DESK, reverse("exchange:desk_unmet")]
    _aged(scene.order(), 9)
    scene.need()
    for page in pages:
        client.get(page)
    before = [queries_of(client, page) for page in pages]
    for _ in range(8):
        school = make.SchoolFactory()
        make.SchoolClassFactory(school=school)
        scene.need(school=school)
        _aged(scene.order(), 9)
    assert [queries_of(client, page) for page in pages] == before


def test_a_town_exports_its_own_schools_only(sign_in: SignIn, scene: Scene) -> None:
    scene.need()
    other = make.NeedFactory(topics=[scene.topic], school__division__code="110115777")
    clerk = make.town_clerk(scene.school.town)
    rows = _exported(sign_in(clerk), "needs")
    assert [row[2] for row in rows] == [scene.school.name]
    assert other.school.name not in str(rows)
