"""The public page of a division."""

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from gongyu.places.models import Division
from tests.factories import (
    CommunityDivisionFactory,
    CommunityFactory,
    DivisionFactory,
    SchoolFactory,
)

pytestmark = pytest.mark.django_db


def _page(client: Client, division: Division, **query: str) -> str:
    answer = client.get(reverse("places:division", args=[division.code]), query)
    assert answer.status_code == 200
    return answer.text


def test_a_town_shows_its_communities_and_its_units_but_not_their_committees(
    client: Client,
) -> None:
    town = DivisionFactory(name="清源街道")
    community = CommunityDivisionFactory(name="枣园社区", parent=town)
    SchoolFactory(name="枣园小学", division=town)
    CommunityFactory(name="枣园居委会", division=community)
    page = _page(client, town)
    assert "枣园社区" in page
    assert "枣园小学" in page
    assert "枣园居委会" not in page
    assert "枣园居委会" in _page(client, community)


def test_a_place_without_units_says_what_will_stand_there(client: Client) -> None:
    assert "这里还没有收进单位" in _page(client, DivisionFactory())


def test_long_lists_have_pages_of_their_own(client: Client) -> None:
    town = DivisionFactory()
    for n in range(25):
        SchoolFactory(name=f"学校{n:02d}", division=town)
    assert "学校24" not in _page(client, town)
    assert "学校24" in _page(client, town, units="2")


def test_an_unknown_code_is_not_found(client: Client) -> None:
    assert client.get("/places/division/999999/").status_code == 404
    assert client.get("/places/division/%00/").status_code == 404


@pytest.mark.parametrize("rows", [2, 30])
def test_the_page_takes_five_queries_however_long_the_lists(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries, rows: int
) -> None:
    town = DivisionFactory()
    for _n in range(rows):
        CommunityDivisionFactory(parent=town)
        SchoolFactory(division=town)
    with django_assert_max_num_queries(5):
        _page(client, town)
