"""The public figures open to their rows, and no row points at a school."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from gongyu.accounts.models import Role, User
from gongyu.exchange.models import Need, NeedTopic
from gongyu.exchange.queries.figures import figures
from tests.factories import (
    CommunityDivisionFactory,
    CommunityFactory,
    NeedFactory,
    TopicFactory,
    person,
)

pytestmark = pytest.mark.django_db


def _need(topic: str, state: str = Need.State.POOLED) -> Need:
    parent = TopicFactory(code=topic, name=f"主题{topic}", parent=None)
    need: Need = NeedFactory(state=state)
    need.need_topics.all().delete()
    for n in (1, 2):
        child = TopicFactory(code=f"{topic}0{n}", parent=parent)
        NeedTopic.objects.create(need=need, topic=child, weight=0.5)
    return need


def test_a_need_with_two_topics_of_one_kind_counts_once() -> None:
    _need("T01")

    assert [(row.label, row.needs) for row in figures().topics] == [("主题T01", 1)]


def test_withdrawn_needs_do_not_count() -> None:
    _need("T01", Need.State.WITHDRAWN)
    _need("T02", Need.State.DONE)

    total = figures().total
    assert (total.needs, total.arranged, total.done, total.waiting) == (1, 1, 1, 0)


def test_a_visitor_reads_numbers_and_no_school(client: Client) -> None:
    need = _need("T01")

    page = client.get(reverse("exchange:figures")).content.decode()

    assert "主题T01" in page
    assert str(need.school) not in page
    assert reverse("exchange:needs") not in page


def test_the_commission_goes_on_to_the_needs(sign_in: Callable[[User], Client]) -> None:
    _need("T01")

    page = sign_in(person(Role.COMMISSION)).get(reverse("exchange:figures")).content.decode()

    assert f"{reverse('exchange:needs')}?topic=T01" in page


@pytest.mark.parametrize("rows", [1, 9])
def test_queries_do_not_grow_with_rows(
    client: Client, rows: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for n in range(rows):
        _need(f"T{n:02d}")

    with django_assert_max_num_queries(6):
        client.get(reverse("exchange:figures"))


def test_what_a_community_asks_stands_with_its_town() -> None:
    town = _need("T01").school.division
    home = CommunityFactory(division=CommunityDivisionFactory(parent=town))
    Need.objects.filter(pk=_need("T02").pk).update(school=home)

    assert [(row.label, row.needs) for row in figures().towns] == [(town.short_name, 2)]
