"""Bringing divisions and organisations in."""

import pytest

from gongyu.places.errors import UnknownParent
from gongyu.places.models import Division, Organization
from gongyu.places.services import parent_code, save_divisions, save_organizations

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("code", "parent"),
    [
        ("110115003001", "110115003"),
        ("110115003", "110115"),
        ("110115", "110000"),
        ("110000", ""),
    ],
)
def test_a_code_names_the_division_above(code: str, parent: str) -> None:
    assert parent_code(code) == parent


def test_a_division_without_the_one_above_is_refused_and_nothing_is_saved() -> None:
    with pytest.raises(UnknownParent, match="清源街道"):
        save_divisions(
            [
                Division(code="110000", name="北京市", short_name="北京市", level="province"),
                Division(code="110115003", name="清源街道", short_name="清源", level="township"),
            ]
        )
    assert not Division.objects.exists()


def test_saving_again_changes_the_same_organisation() -> None:
    for address in ("旧址", "新址"):
        save_organizations(
            [Organization(name="枣园小学", kind=Organization.Kind.SCHOOL, address=address)]
        )
    school = Organization.objects.get()
    assert school.address == "新址"
    assert school.pinyin_initials == "zyxx"


def test_the_pinyin_of_a_name_leaves_out_what_nobody_says() -> None:
    save_organizations(
        [Organization(name="北京市大兴区第一小学（东校区）", kind=Organization.Kind.SCHOOL)]
    )
    assert Organization.objects.get().pinyin_initials == "dyxxdxq bjsdxqdyxxdxq"
