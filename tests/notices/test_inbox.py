"""The inbox tells each person what concerns them, once, and nobody else."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from gongyu.accounts.models import Role, User
from gongyu.core.calendar import at, now
from gongyu.notices import services
from gongyu.notices.models import Notice
from gongyu.notices.queries import unread_count
from tests.factories import SchoolFactory, person

pytestmark = pytest.mark.django_db

SignIn = Callable[[User], Client]


def _tell(*people: User, **more: object) -> list[Notice]:
    return services.tell(
        people, SchoolFactory(), "order.place", "有学校点单了", url="/today/", **more
    )


def test_everybody_concerned_is_told_once_but_not_who_did_it() -> None:
    one, other = person(Role.UNIT), person(Role.UNIT)

    _tell(one, one, other, but=other)

    assert [notice.to for notice in Notice.objects.all()] == [one]


def test_opening_a_notice_leads_on_and_counts_as_read(sign_in: SignIn) -> None:
    user = person(Role.UNIT)
    (notice,) = _tell(user)
    client = sign_in(user)
    assert unread_count(user) == 1

    answer = client.post(reverse("notices:open", args=[notice.pk]))

    assert answer.headers["Location"] == "/today/"
    assert unread_count(user) == 0


def test_nobody_opens_or_reads_the_notice_of_somebody_else(sign_in: SignIn) -> None:
    (notice,) = _tell(person(Role.UNIT))
    stranger = sign_in(person(Role.UNIT))

    assert stranger.post(reverse("notices:open", args=[notice.pk])).status_code == 404
    assert "有学校点单了" not in stranger.get(reverse("notices:inbox")).content.decode()
    notice.refresh_from_db()
    assert notice.read_at is None


def test_marking_all_as_read_touches_ones_own_only(sign_in: SignIn) -> None:
    user, other = person(Role.UNIT), person(Role.UNIT)
    _tell(user)
    _tell(user)
    _tell(other)

    sign_in(user).post(reverse("notices:read_all"))

    assert (unread_count(user), unread_count(other)) == (0, 1)


def test_what_was_asked_of_several_is_settled_for_all() -> None:
    one, other = person(Role.UNIT), person(Role.UNIT)
    school = SchoolFactory()
    services.tell([one, other], school, "order.place", "等您回话", url="/today/", asks=True)

    services.settle(school)

    assert (unread_count(one), unread_count(other)) == (0, 0)


def test_a_clock_that_jumps_back_cannot_read_before_it_was_sent() -> None:
    (notice,) = _tell(person(Role.UNIT))

    with at(now() - timedelta(days=2)):
        services.mark_read(notice)

    assert notice.read_at is not None
    assert notice.read_at >= notice.at


def test_the_count_of_unread_ones_stands_on_every_page(sign_in: SignIn) -> None:
    user = person(Role.UNIT)
    _tell(user)

    page = sign_in(user).get(reverse("home:today"))

    assert page.context["unread"] == 1


@pytest.mark.parametrize("rows", [1, 15])
def test_queries_do_not_grow_with_rows(
    sign_in: SignIn, rows: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    user = person(Role.UNIT)
    for _ in range(rows):
        _tell(user)
    client = sign_in(user)

    with django_assert_max_num_queries(8):
        client.get(reverse("notices:inbox"))
