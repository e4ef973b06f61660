"""The permission matrix: every route, as every role, with real objects.

``expected.py`` is the table. This file walks the URL configuration, makes each request, compares.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from types import ModuleType

import pytest
from django.conf import settings
from django.contrib import admin
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import clear_url_caches, include, path, resolve, reverse
from pytest_django import DjangoDbBlocker

from gongyu.config import urls

from .expected import EXPECTED, Route
from .routes import undeclared, walk
from .world import ROLES, SYSTEM_ADMINISTRATOR, World, build


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """Built once; every request is undone, so that no answer depends on an earlier one."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield build()
        transaction.set_rollback(True)


def ask(client: Client, address: str) -> tuple[int, str]:
    """The answer to a GET, or to a POST where the view takes nothing else; nothing is kept."""
    visit = Client()
    visit.cookies = copy.deepcopy(client.cookies)
    with transaction.atomic():
        response = visit.get(address)
        if response.status_code == 405:
            response = visit.post(address)
        transaction.set_rollback(True)
    return response.status_code, response.headers.get("Location", "")


def is_refusal(answer: tuple[int, str]) -> bool:
    status, location = answer
    if status == 302:
        doors = (reverse(settings.LOGIN_URL), reverse("admin:login"))
        return location.partition("?")[0] in doors and "?next=" in location
    return status in {403, 404}


def allowed(world: World, name: str, things: tuple[str, ...], roles: frozenset[str]) -> set[str]:
    """Which of ``roles`` are let in at the address with ``things`` in it."""
    address = reverse(name.partition(" ")[0], args=[world.key(thing) for thing in things])
    answers = {role: ask(world.clients[role], address) for role in sorted(roles)}
    broken = {role: answer for role, answer in answers.items() if answer[0] in {405, 500}}
    assert not broken, f"{address} answers nobody properly: {broken}"
    return {role for role, answer in answers.items() if not is_refusal(answer)}


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_a_route_lets_in_exactly_the_expected_roles(world: World, name: str) -> None:
    route: Route = EXPECTED[name]
    assert allowed(world, name, route.of, frozenset(ROLES)) == route.may


@pytest.mark.parametrize("name", sorted(n for n, route in EXPECTED.items() if route.others))
def test_what_belongs_to_another_party_is_refused(world: World, name: str) -> None:
    route: Route = EXPECTED[name]
    assert allowed(world, name, route.others, route.may) == route.reach


def test_every_route_stands_in_the_matrix_and_every_line_is_a_route() -> None:
    names = [address.name for address in walk()]
    assert set(names) == set(EXPECTED)
    assert len(names) == len(set(names)), "two routes share a name"


def test_every_view_declares_its_access() -> None:
    assert undeclared() == []


def admin_pages() -> list[str]:
    registered = [model._meta for model in admin.site._registry]
    lists = [f"admin:{meta.app_label}_{meta.model_name}_changelist" for meta in registered]
    return ["admin:index", *sorted(lists)]


@pytest.mark.parametrize("name", admin_pages())
def test_only_system_administrators_pass_the_door_of_the_admin(world: World, name: str) -> None:
    assert allowed(world, name, (), frozenset(ROLES)) == {SYSTEM_ADMINISTRATOR}


# The test of the test


def _undeclared_view(request: HttpRequest) -> HttpResponse:
    return HttpResponse("answered by mistake")


_undeclared_view.__module__ = "gongyu.places.views"


@pytest.fixture
def with_an_undeclared_view() -> Iterator[None]:
    """The product's addresses, and one more, added as a careless colleague would."""
    careless = ModuleType("careless_urls")
    careless.urlpatterns = [
        *urls.urlpatterns,
        path("x/", include(([path("y/", _undeclared_view, name="careless")], "places"), "extra")),
    ]
    for handler in ("handler403", "handler404", "handler500"):
        setattr(careless, handler, getattr(urls, handler))
    with override_settings(ROOT_URLCONF=careless):
        clear_url_caches()
        yield
    clear_url_caches()


@pytest.mark.usefixtures("with_an_undeclared_view")
def test_the_walk_finds_a_view_that_declares_nothing() -> None:
    assert undeclared() == ["extra:careless"]
    assert {address.name for address in walk()} - set(EXPECTED) == {"extra:careless"}


@pytest.mark.django_db
@pytest.mark.usefixtures("with_an_undeclared_view")
def test_a_view_that_declares_nothing_answers_nobody() -> None:
    assert resolve("/x/y/").func is _undeclared_view
    with pytest.raises(ImproperlyConfigured, match="declares no access rule"):
        Client().get("/x/y/")
