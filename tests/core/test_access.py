"""Declared access: a visitor is led to the sign-in page, a stranger is refused, both with words."""

from collections.abc import Callable

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse

from gongyu.accounts.models import Role, User
from gongyu.core.middleware import AccessMiddleware
from tests.factories import person

pytestmark = pytest.mark.django_db


def test_a_visitor_is_led_to_the_sign_in_page_and_back(client: Client) -> None:
    answer = client.get(reverse("exchange:runs"))

    assert answer.status_code == 302
    assert answer.headers["Location"] == f"/account/sign-in/?next={reverse('exchange:runs')}"


def test_a_fragment_for_a_visitor_sends_the_whole_page_to_the_sign_in(client: Client) -> None:
    answer = client.get(
        reverse("exchange:runs"), headers={"HX-Request": "true", "HX-Current-URL": "/today/"}
    )

    assert answer.status_code == 204
    assert answer.headers["HX-Redirect"].startswith("/account/sign-in/")


def test_a_person_without_the_role_is_refused_with_words(
    sign_in: Callable[[User], Client],
) -> None:
    answer = sign_in(person(Role.TEACHER)).get(reverse("exchange:runs"))

    assert answer.status_code == 403
    assert "您现在的身份不能打开这个页面" in answer.content.decode()


def test_a_view_that_declares_nothing_does_not_run() -> None:
    def undeclared(request: HttpRequest) -> HttpResponse:
        return HttpResponse("seen")

    undeclared.__module__ = "gongyu.exchange.views"
    guard = AccessMiddleware(lambda request: HttpResponse())

    with pytest.raises(ImproperlyConfigured, match="declares no access rule"):
        guard.process_view(RequestFactory().get("/"), undeclared, (), {})


def test_pages_carry_a_strict_policy(client: Client) -> None:
    policy = client.get(reverse("home:front")).headers["Content-Security-Policy"]

    assert "default-src 'self'" in policy
    assert "unsafe" not in policy


def test_the_large_type_stays_and_an_unknown_size_is_ignored(client: Client) -> None:
    client.post(reverse("core:preferences"), {"size": "large", "next": "/"})
    assert 'data-size="large"' in client.get("/").content.decode()

    client.post(reverse("core:preferences"), {"size": '"><script>', "next": "/"})
    assert 'data-size="large"' in client.get("/").content.decode()


def test_preferences_lead_back_to_our_own_pages_only(client: Client) -> None:
    answer = client.post(
        reverse("core:preferences"), {"theme": "gongyu", "next": "https://evil.example/"}
    )

    assert answer.headers["Location"] == "/"
