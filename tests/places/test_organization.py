"""The public page of an organisation."""

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from gongyu.places.models import Organization, Precision
from tests.factories import DivisionFactory, SchoolFactory, UnitFactory

pytestmark = pytest.mark.django_db


def _page(client: Client, organization: Organization) -> str:
    answer = client.get(organization.get_absolute_url())
    assert answer.status_code == 200
    return answer.text


def test_what_is_not_known_is_said_to_be_missing(client: Client) -> None:
    page = _page(client, UnitFactory(address="兴华北路25号", phone=""))
    assert "兴华北路25号" in page
    for column in ("联系电话", "开放时间", "容纳人数"):
        assert column in page
    assert page.count("资料里没有") == 3


@pytest.mark.parametrize(
    ("precision", "words"),
    [
        (Precision.EXACT, "位置来自公开坐标"),
        (Precision.COMMUNITY, "按社区位置显示"),
        (Precision.TOWNSHIP, "按镇街位置显示"),
        (Precision.DISTRICT, "只知道在本区"),
        (Precision.NONE, "没有查到位置"),
    ],
)
def test_a_position_says_how_exact_it_is(client: Client, precision: str, words: str) -> None:
    nowhere = {"lon": None, "lat": None} if precision == Precision.NONE else {}
    page = _page(client, UnitFactory(precision=precision, **nowhere))
    assert words in page
    is_drawn = precision not in {Precision.DISTRICT, Precision.NONE}
    assert ("<circle" in page) is is_drawn


def test_a_school_says_that_the_list_is_not_official(client: Client) -> None:
    page = _page(client, SchoolFactory())
    assert "这不是官方的学校名录" in page
    assert "年级" in page
    assert "这不是官方的学校名录" not in _page(client, UnitFactory())


def test_a_source_and_its_certainty_stand_on_the_page(client: Client) -> None:
    page = _page(client, UnitFactory(source="某报 2024", certainty="有公开资料，未再核对"))
    assert "某报 2024" in page
    assert "有公开资料，未再核对" in page


def test_an_unlisted_organisation_has_no_page(client: Client) -> None:
    hidden = UnitFactory(is_listed=False)
    assert client.get(hidden.get_absolute_url()).status_code == 404


def test_a_name_cannot_carry_markup(client: Client) -> None:
    page = _page(client, UnitFactory(name="<script>alert(1)</script>"))
    assert "<script>alert" not in page


def test_the_page_takes_one_query(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    unit = UnitFactory(division=DivisionFactory(parent=DivisionFactory(code="110115")))
    with django_assert_max_num_queries(1):
        client.get(unit.get_absolute_url())
