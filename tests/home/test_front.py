"""The visitor's front page: every figure is counted from records."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from gongyu.core.calendar import now
from gongyu.exchange.models import Need, Order
from gongyu.publishing.models import Article
from tests.factories import (
    ArticleFactory,
    DivisionFactory,
    ExperienceFactory,
    NeedFactory,
    OrderFactory,
    SchoolFactory,
    SessionFactory,
)

pytestmark = pytest.mark.django_db


def _page(client: Client) -> str:
    return client.get(reverse("home:front")).content.decode()


def _activity(days: int = 4, **about: object) -> Article:
    """On the Saturday after the fixed day unless said otherwise."""
    starts = now() + timedelta(days=days)
    return ArticleFactory(
        channel=Article.Channel.COMMUNITY,
        kind=Article.Kind.ACTIVITY,
        starts_at=starts,
        ends_at=starts + timedelta(hours=1),
        **about,
    )


def test_an_empty_district_shows_an_honest_page(client: Client) -> None:
    page = _page(client)

    assert "这个周末还没有活动" in page
    assert "孩子的事，" in page


def test_the_weekend_shows_what_is_on_and_not_what_is_over(client: Client) -> None:
    _activity(title="湿地观察日")
    _activity(days=-2, title="上周的集市")

    page = _page(client)

    assert "湿地观察日" in page
    assert "上周的集市" not in page


def test_figures_are_counted_from_needs_and_orders(client: Client) -> None:
    NeedFactory.create_batch(3, state=Need.State.POOLED)
    NeedFactory(state=Need.State.WITHDRAWN)
    OrderFactory(state=Order.State.ACCEPTED, need__state=Need.State.ARRANGED)

    figures = client.get(reverse("home:front")).context["page"].figures

    assert (figures.needs, figures.arranged, figures.done, figures.waiting) == (4, 1, 0, 3)


def test_what_waits_for_review_is_not_on_the_front_page(client: Client) -> None:
    ExperienceFactory(title="我家的饭桌")

    assert "我家的饭桌" not in _page(client)


def test_no_person_is_named_by_the_latest_visit(client: Client) -> None:
    order = OrderFactory(
        state=Order.State.ACCEPTED, need__state=Need.State.ARRANGED, answered_at=now()
    )

    page = _page(client)

    assert str(order.session.resource.unit) in page
    assert order.placed_by.name not in page


@pytest.mark.parametrize("rows", [1, 12])
def test_queries_do_not_grow_with_rows(
    client: Client, rows: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for n in range(rows):
        _activity(organization=SchoolFactory(division=DivisionFactory(code=f"1101150{n:02d}")))
        OrderFactory(
            state=Order.State.ACCEPTED,
            need__state=Need.State.ARRANGED,
            answered_at=now(),
            session=SessionFactory(date=now().date() + timedelta(days=2)),
        )

    with django_assert_max_num_queries(22):
        client.get(reverse("home:front"))
