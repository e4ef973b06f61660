"""The ledger: carried-out visits book themselves, lines never change, each side reads its own."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from gongyu.accounts.models import Role, User
from gongyu.core.calendar import today
from gongyu.exchange import services
from gongyu.exchange.models import LedgerLine, Order, Rating, Resource
from gongyu.exchange.queries.ledger import school_record, unit_record
from tests import factories as make

from .conftest import Scene
from .test_offer_pages import queries_of, text_of

SignIn = Callable[[User], Client]
LEDGER, EXPORT = reverse("exchange:ledger"), reverse("exchange:ledger_export")


def visit(scene: Scene, days_ago: int = 3, state: str = Order.State.DONE, **need: object) -> Order:
    session = make.SessionFactory(
        resource=scene.resource, date=today() - timedelta(days=days_ago), seats=500
    )
    return scene.order(state, session=session, **need)


def test_a_visit_is_booked_once_with_its_price_of_the_day(scene: Scene) -> None:
    Resource.objects.filter(pk=scene.resource.pk).update(price_fen=1250)
    order = visit(scene, headcount=40)
    scene.order()  # asked for only
    visit(scene, days_ago=-3, state=Order.State.ACCEPTED)  # not yet
    assert services.book_visits() == 1
    assert services.book_visits() == 0
    line = LedgerLine.objects.get()
    assert (line.order, line.unit, line.school) == (order, scene.unit, scene.school)
    assert (line.heads, line.price_fen, line.amount_fen) == (40, 1250, 50_000)
    Resource.objects.filter(pk=scene.resource.pk).update(price_fen=9900)
    assert services.book_visits() == 0  # what was agreed then is what stands


def test_what_turns_out_otherwise_is_a_line_more(scene: Scene) -> None:
    order = visit(scene, headcount=40)
    services.book_visits()
    Order.objects.filter(pk=order.pk).update(headcount=38)
    assert services.book_visits() == 1
    Order.objects.filter(pk=order.pk).update(state=Order.State.CANCELLED)
    assert services.book_visits() == 1
    lines = LedgerLine.objects.order_by("number")
    assert [line.heads for line in lines] == [40, -2, -38]
    assert [line.why for line in lines] == [
        "",
        "更正人数，改成 38 人",
        "冲回：这一单现在是“已取消”",
    ]
    assert unit_record(scene.unit).visits == 0
    Order.objects.filter(pk=order.pk).update(state=Order.State.DONE)  # it did take place
    services.book_visits()
    assert unit_record(scene.unit).pupils == 38


def test_it_books_who_came_where_the_day_told_it_and_says_so(scene: Scene, sign_in: SignIn) -> None:
    Resource.objects.filter(pk=scene.resource.pk).update(price_fen=1000)
    untold = visit(scene, headcount=40)
    told = visit(scene, days_ago=0, state=Order.State.ACCEPTED, headcount=40)
    services.arrive(told, by=scene.teacher, heads=37)
    assert services.book_visits() == 2
    assert services.book_visits() == 0
    lines = LedgerLine.objects.order_by("order").values_list("order", "heads", "counted")
    assert list(lines) == [(untold.pk, 40, "agreed"), (told.pk, 37, "arrived")]
    assert LedgerLine.objects.get(order=told).amount_fen == 37_000
    page = text_of(sign_in(scene.staff).get(LEDGER))
    assert ">37<" in page
    assert "到场" in page
    sheet = load_workbook(io.BytesIO(sign_in(scene.staff).get(EXPORT).content)).active
    assert {row[-1].value for row in sheet.iter_rows(min_row=2)} == {"到场", "约定"}
    assert unit_record(scene.unit).pupils == 77


def test_the_database_keeps_the_sum_right(scene: Scene) -> None:
    visit(scene)
    services.book_visits()
    with pytest.raises(IntegrityError):
        LedgerLine.objects.update(amount_fen=7)


def test_satisfaction_shows_from_five_ratings_on(scene: Scene) -> None:
    for n in range(5):
        order = visit(scene, days_ago=3 + n, state=Order.State.RATED, headcount=10)
        make.RatingFactory(order=order, stars=4, side=Rating.Side.SCHOOL)
        make.RatingFactory(order=order, stars=1, side=Rating.Side.UNIT)
        services.book_visits()
        record = unit_record(scene.unit)
        assert (record.visits, record.pupils, record.partners) == (n + 1, 10 * (n + 1), 1)
        assert record.stars == (4 if n == 4 else None)
    assert record.topics == [scene.topic]


def test_the_record_stands_on_the_units_public_page(scene: Scene) -> None:
    address = reverse("exchange:offers", args=[scene.unit.pk])
    assert "还没有办完的" in text_of(Client().get(address))
    visit(scene, headcount=31)
    services.book_visits()
    page = text_of(Client().get(address))
    assert "来过的学校" in page
    assert "满 5 次才显示平均" in page
    assert scene.school.name not in page


def test_each_side_reads_its_own(scene: Scene, sign_in: SignIn) -> None:
    visit(scene)
    other = make.OrderFactory(
        state=Order.State.DONE,
        session=make.SessionFactory(date=today() - timedelta(days=3)),
    )
    services.book_visits()
    assert LedgerLine.objects.count() == 2
    other_unit = other.session.resource.unit.name
    for reader in (scene.staff, scene.teacher, scene.head):
        page = text_of(sign_in(reader).get(LEDGER))
        assert scene.resource.title in page
        assert other_unit not in page
        assert other.session.resource.title not in page
    page = text_of(sign_in(make.person(Role.COMMISSION)).get(LEDGER))
    assert other_unit in page
    assert school_record(scene.school).visits == 1


def test_an_empty_ledger_teaches(scene: Scene, sign_in: SignIn) -> None:
    assert "这个学年还没有办完的" in text_of(sign_in(scene.staff).get(LEDGER))
    assert sign_in(scene.staff).get(f"{LEDGER}?year=1&page=x").status_code == 200


def test_it_leaves_as_a_workbook_without_formulas(scene: Scene, sign_in: SignIn) -> None:
    Resource.objects.filter(pk=scene.resource.pk).update(title="=1+1", price_fen=1000)
    visit(scene, headcount=30)
    services.book_visits()
    answer = sign_in(scene.staff).get(EXPORT)
    sheet = load_workbook(io.BytesIO(answer.content)).active
    values = [cell.value for cell in sheet[2]]
    assert values[:5] == [sheet["A2"].value, "上午", scene.unit.name, scene.school.name, "'=1+1"]
    assert values[7:10] == [30, 10, 300]
    assert all(cell.data_type != "f" for cell in sheet[2])


def test_the_pages_ask_no_more_with_more_lines(scene: Scene, sign_in: SignIn) -> None:
    readers = [sign_in(p) for p in (scene.staff, scene.head, make.person(Role.COMMISSION))]
    offers = reverse("exchange:offers", args=[scene.unit.pk])
    visit(scene)
    services.book_visits()
    before = [queries_of(r, page) for r in readers for page in (LEDGER, EXPORT, offers)]
    for n in range(12):
        visit(scene, days_ago=4 + n)
    services.book_visits()
    after = [queries_of(r, page) for r in readers for page in (LEDGER, EXPORT, offers)]
    assert after == before
    assert max(after) <= 16
