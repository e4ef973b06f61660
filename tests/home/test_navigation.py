"""Where each role goes, and where one stands."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from gongyu.accounts.models import Role, User
from gongyu.home.navigation import DOCK_PLACES, PLACES
from tests.factories import person

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("role", list(Role))
def test_every_place_of_a_role_opens_for_it(sign_in: Callable[[User], Client], role: Role) -> None:
    client = sign_in(person(role))

    for _label, name, _icon in PLACES[role]:
        assert client.get(reverse(name)).status_code == 200, name


def test_one_stands_in_one_place_only(sign_in: Callable[[User], Client]) -> None:
    page = sign_in(person(Role.TEACHER)).get(reverse("exchange:need_new"))

    assert [place.url for place in page.context["nav"] if place.current] == [
        reverse("exchange:need_new")
    ]


@pytest.mark.parametrize("role", list(Role))
def test_the_dock_holds_what_a_thumb_can_tell_apart(
    sign_in: Callable[[User], Client], role: Role
) -> None:
    page = sign_in(person(role)).get(reverse("home:today"))

    assert 3 <= len(page.context["dock"]) <= DOCK_PLACES
