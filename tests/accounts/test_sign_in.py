"""Signing in, out, and working as somebody else that one also is."""

from collections.abc import Callable

import pytest
from django.contrib.auth.hashers import make_password
from django.test import Client
from django.urls import reverse

from gongyu.accounts.models import Membership, Role, User
from gongyu.accounts.queries import memberships_of
from tests.factories import MembershipFactory, UserFactory, person

pytestmark = pytest.mark.django_db

PASSWORD = "yi-ge-hen-chang-de-mima"


@pytest.fixture
def teacher() -> User:
    return person(
        Role.TEACHER,
        username="li-min",
        phone="+8613800001234",
        password=make_password(PASSWORD),
    )


def _try(client: Client, name: str, password: str = PASSWORD, **more: str) -> str:
    answer = client.post(
        reverse("accounts:sign_in"), {"username": name, "password": password, **more}
    )
    return answer.headers.get("Location", "") or answer.content.decode()


@pytest.mark.usefixtures("teacher")
@pytest.mark.parametrize("name", ["li-min", "13800001234", "138 0000 1234", "+86 138-0000-1234"])
def test_a_name_or_a_phone_number_as_people_type_it_signs_in(client: Client, name: str) -> None:
    assert _try(client, name) == reverse("home:today")


@pytest.mark.usefixtures("teacher")
@pytest.mark.parametrize(
    ("name", "password"), [("li-min", "wrong"), ("nobody", PASSWORD), ("13900000000", PASSWORD)]
)
def test_a_wrong_name_and_a_wrong_password_get_the_same_answer(
    client: Client, name: str, password: str
) -> None:
    assert "和密码对不上" in _try(client, name, password)


@pytest.mark.usefixtures("teacher")
def test_what_was_typed_stays_but_never_the_password(client: Client) -> None:
    page = _try(client, "li-min", "wrong-but-secret")

    assert 'value="li-min"' in page
    assert "wrong-but-secret" not in page


@pytest.mark.usefixtures("teacher")
def test_after_five_wrong_passwords_even_the_right_one_waits(client: Client) -> None:
    for _ in range(5):
        _try(client, "li-min", "wrong")

    assert "请过一会儿再登录" in _try(client, "li-min")


@pytest.mark.usefixtures("teacher")
def test_signing_in_leads_back_to_the_page_that_was_asked_for(client: Client) -> None:
    asked = client.get(reverse("exchange:need_new"))
    assert asked.headers["Location"].startswith(reverse("accounts:sign_in"))

    assert _try(client, "li-min", next=reverse("exchange:need_new")) == reverse("exchange:need_new")


@pytest.mark.usefixtures("teacher")
@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "javascript:alert(1)"]
)
def test_signing_in_never_leads_to_another_site(client: Client, target: str) -> None:
    assert _try(client, "li-min", next=target) == reverse("home:today")


def test_signing_out_ends_the_session(sign_in: Callable[[User], Client], teacher: User) -> None:
    client = sign_in(teacher)

    client.post(reverse("accounts:sign_out"))

    assert client.get(reverse("home:today")).status_code == 302


def test_a_teacher_who_is_also_a_parent_switches_the_workspace(
    sign_in: Callable[[User], Client], teacher: User
) -> None:
    as_parent: Membership = MembershipFactory(user=teacher, role=Role.PARENT, organization=None)
    client = sign_in(teacher)

    client.post(reverse("accounts:switch"), {"workspace": as_parent.key})

    assert client.get(reverse("home:today")).context["workspace"].role == Role.PARENT


def test_nobody_switches_into_a_workspace_of_somebody_else(
    sign_in: Callable[[User], Client], teacher: User
) -> None:
    other = memberships_of(person(Role.COMMISSION))[0]
    client = sign_in(teacher)

    answer = client.post(reverse("accounts:switch"), {"workspace": other.key}, follow=True)

    assert "这个身份已经不在了" in answer.content.decode()
    assert answer.context["workspace"].role == Role.TEACHER


def test_a_membership_that_has_ended_gives_nothing() -> None:
    from datetime import timedelta

    from gongyu.core.calendar import today

    user: User = UserFactory()
    MembershipFactory(
        user=user, starts=today() - timedelta(days=30), ends=today() - timedelta(days=1)
    )

    assert memberships_of(user) == []
