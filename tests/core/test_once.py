"""A form that is sent twice counts once: double press, reload, back button, two at a time."""

import threading
import uuid
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from gongyu.accounts.models import Role, User
from gongyu.core.models import SentForm
from gongyu.publishing.models import Article
from tests.factories import person


def _fields(title: str = "周五停课半天") -> dict[str, str]:
    return {
        "form_key": str(uuid.uuid4()),
        "kind": Article.Kind.SCHOOL_NEWS,
        "title": title,
        "body": "周五下午全校体检，十二点放学。",
    }


@pytest.mark.django_db
def test_the_second_press_gets_the_first_answer_and_makes_nothing(
    sign_in: Callable[[User], Client],
) -> None:
    client = sign_in(person(Role.SCHOOL_ADMIN))
    fields = _fields()
    first = client.post(reverse("publishing:write"), fields)
    second = client.post(reverse("publishing:write"), fields)

    assert first.status_code == second.status_code == 302
    assert first.headers["Location"] == second.headers["Location"]
    assert Article.objects.count() == 1


@pytest.mark.django_db
def test_a_form_that_came_back_with_errors_may_be_sent_again(
    sign_in: Callable[[User], Client],
) -> None:
    client = sign_in(person(Role.SCHOOL_ADMIN))
    fields = _fields(title="")
    assert client.post(reverse("publishing:write"), fields).status_code == 200

    assert client.post(reverse("publishing:write"), {**fields, "title": "停课"}).status_code == 302
    assert Article.objects.count() == 1


@pytest.mark.django_db
def test_the_key_of_somebody_else_opens_nothing(sign_in: Callable[[User], Client]) -> None:
    fields = _fields()
    sign_in(person(Role.SCHOOL_ADMIN)).post(reverse("publishing:write"), fields)
    other = sign_in(person(Role.SCHOOL_ADMIN))
    other.raise_request_exception = False

    answer = other.post(reverse("publishing:write"), fields)

    assert "Location" not in answer.headers
    assert SentForm.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_presses_at_the_same_moment_make_one(sign_in: Callable[[User], Client]) -> None:
    user = person(Role.SCHOOL_ADMIN)
    clients = [sign_in(user), sign_in(user)]
    fields = _fields()
    gate = threading.Barrier(2)
    answers: list[str] = []

    def press(client: Client) -> None:
        gate.wait()
        answers.append(client.post(reverse("publishing:write"), fields).headers["Location"])
        connection.close()

    threads = [threading.Thread(target=press, args=[client]) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(answers) == 2
    assert len(set(answers)) == 1
    assert Article.objects.count() == 1
