"""Finding a place or a unit by what people type."""

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from gongyu.places.finding import LIMIT, Found, find, highlight
from gongyu.places.models import Division, Organization
from gongyu.places.services import save_divisions, save_organizations
from tests.factories import DivisionFactory

pytestmark = pytest.mark.django_db


def _found(text: str) -> Found:
    return find(text, AnonymousUser())


def _names(found: Found) -> list[str]:
    return ["".join(part.text for part in hit.name) for g in found.groups for hit in g.hits]


def _school(name: str, **about: Any) -> Organization:
    return Organization(name=name, kind=Organization.Kind.SCHOOL, **about)


@pytest.fixture
def _daxing() -> None:
    save_divisions(
        Division(code=code, name=name, short_name=short, level=level)
        for code, name, short, level in [
            ("110000", "北京市", "北京市", "province"),
            ("110115", "大兴区", "大兴区", "county"),
            ("110115003", "清源街道", "清源街道", "township"),
            ("110115003001", "枣园社区居委会", "枣园社区", "community"),
        ]
    )
    save_organizations(
        [
            _school("枣园小学"),
            _school("北京市大兴区第一小学", short_name="大兴区第一小学"),
            Organization(name="清源枣园社区居委会", kind=Organization.Kind.COMMUNITY),
            Organization(name="北京南海子麋鹿苑", kind=Organization.Kind.RESOURCE_UNIT),
        ]
    )


@pytest.mark.usefixtures("_daxing")
@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("枣园小", "枣园小学"),
        ("zyxx", "枣园小学"),
        ("ZYXX", "枣园小学"),
        ("zaoyuanxiaoxue", "枣园小学"),
        ("zao yuan xiao", "枣园小学"),
        ("mly", "北京南海子麋鹿苑"),
        ("dyxx", "北京市大兴区第一小学"),
        ("110115003", "清源街道"),
    ],
)
def test_a_name_is_found_by_characters_pinyin_initials_or_code(typed: str, wanted: str) -> None:
    assert wanted in _names(_found(typed))


@pytest.mark.usefixtures("_daxing")
def test_a_committee_is_found_once_through_its_community() -> None:
    assert _names(_found("枣园社区")) == ["枣园社区居委会"]


@pytest.mark.usefixtures("_daxing")
def test_a_name_that_begins_so_comes_before_one_that_contains_it() -> None:
    save_organizations([_school("老枣园学校"), _school("枣园")])
    names = _names(_found("枣园"))
    schools = [name for name in names if name in {"枣园", "枣园小学", "老枣园学校"}]
    assert schools == ["枣园", "枣园小学", "老枣园学校"]


def test_at_most_twenty_are_shown_and_more_is_said() -> None:
    save_organizations(_school(f"第{n}实验学校") for n in range(LIMIT + 5))
    found = _found("实验学校")
    assert (found.count, found.has_more) == (LIMIT, True)


def test_an_unlisted_organisation_is_not_found() -> None:
    save_organizations([_school("枣园小学", is_listed=False)])
    assert _names(_found("枣园")) == []


@pytest.mark.parametrize(
    ("name", "typed", "hit"),
    [("枣园小学", "小学", "小学"), ("枣园小学", "yxx", "园小学"), ("麋鹿苑", "luyu", "鹿苑")],
)
def test_what_was_typed_is_marked_in_the_name(name: str, typed: str, hit: str) -> None:
    parts = highlight(name, typed, is_latin=typed.isascii())
    assert [part.text for part in parts if part.is_hit] == [hit]
    assert "".join(part.text for part in parts) == name


@pytest.mark.parametrize(
    "typed", ["", "   ", "'", "%", "_", "😀", "\x00", "<script>alert(1)</script>", "枣" * 9999]
)
def test_odd_input_finds_nothing_and_breaks_nothing(client: Client, typed: str) -> None:
    save_organizations([_school("枣园小学")])
    answer = client.get(reverse("places:search"), {"q": typed})
    assert answer.status_code == 200
    assert "<script>alert" not in answer.text
    assert "枣园小学" not in answer.text


def test_the_page_teaches_before_anything_is_typed_and_after_nothing_is_found(
    client: Client,
) -> None:
    assert "写一个名字" in client.get(reverse("places:search")).text
    assert "没有找到这个名字" in client.get(reverse("places:search"), {"q": "没有"}).text


@pytest.mark.usefixtures("_daxing")
def test_htmx_gets_the_hits_without_the_page(client: Client) -> None:
    answer = client.get(reverse("places:search"), {"q": "枣园"}, headers={"HX-Request": "true"})
    assert "<html" not in answer.text
    assert "小学" in answer.text


@pytest.mark.parametrize("rows", [3, 30])
def test_a_search_takes_two_queries_however_many_match(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries, rows: int
) -> None:
    town = DivisionFactory()
    save_organizations(_school(f"第{n}实验学校", division=town) for n in range(rows))
    with django_assert_max_num_queries(2):
        client.get(reverse("places:search"), {"q": "实验"})
