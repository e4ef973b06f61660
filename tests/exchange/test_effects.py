"""有没有用: one question, a term after the visit."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from gongyu.accounts.models import Role, User
from gongyu.core.calendar import today
from gongyu.core.errors import DomainError
from gongyu.exchange import services
from gongyu.exchange.errors import MoveNotAllowed, NotAllowed
from gongyu.exchange.models import Order
from gongyu.exchange.queries.effects import effect_of_problem, effects_to_ask
from tests import factories as make

from .conftest import Scene

SignIn = Callable[[User], Client]


def visited(scene: Scene, weeks_ago: int, state: str = "archived") -> Order:
    day = today() - timedelta(weeks=weeks_ago)
    session = make.SessionFactory(resource=make.ResourceFactory(unit=scene.unit), date=day)
    return scene.order(state, session=session, headcount=5)


def test_a_school_is_asked_after_twelve_weeks_and_not_for_ever(scene: Scene) -> None:
    visited(scene, 11)
    due = visited(scene, 12)
    visited(scene, 39)
    visited(scene, 13, state="missed")
    assert list(effects_to_ask(scene.teacher)) == [due]
    assert list(effects_to_ask(scene.head)) == [due]
    for other in (scene.staff, make.person(Role.TEACHER, scene.school)):
        assert list(effects_to_ask(other)) == []


def test_it_is_answered_once_by_who_speaks_for_the_school(scene: Scene) -> None:
    order = visited(scene, 12)
    with pytest.raises(NotAllowed):
        services.answer_effect(order, by=scene.staff, answer="clear")
    with pytest.raises(DomainError, match="三个里选一个"):
        services.answer_effect(order, by=scene.teacher, answer="great")
    effect = services.answer_effect(order, by=scene.teacher, answer="some", words=" 好一点 ")
    assert (effect.answer, effect.words) == ("some", "好一点")
    with pytest.raises(MoveNotAllowed, match="已经答过了"):
        services.answer_effect(order, by=scene.head, answer="none")
    assert list(effects_to_ask(scene.teacher)) == []


def test_what_did_not_happen_had_no_effect(scene: Scene) -> None:
    with pytest.raises(MoveNotAllowed, match="没有办成"):
        services.answer_effect(visited(scene, 12, "missed"), by=scene.teacher, answer="clear")


def test_one_tap_from_the_first_page(scene: Scene, sign_in: SignIn) -> None:
    order, client = visited(scene, 12), sign_in(scene.teacher)
    today_page = reverse("home:today")
    assert "过了这些天再看，有没有用" in client.get(today_page).content.decode()
    address = reverse("exchange:order_effect", args=[order.pk])
    response = client.post(address, {"answer": "clear", "today": "1"}, follow=True)
    page = response.content.decode()
    assert response.redirect_chain[-1][0] == today_page
    assert "记下了，谢谢。" in page
    assert "有没有用" not in page
    assert "明显有用" in client.get(order.get_absolute_url()).content.decode()


def test_a_problem_sums_the_answers_from_five_on(scene: Scene) -> None:
    assert scene.topic.parent is not None
    problem = make.ProblemFactory(topics=[scene.topic.parent])
    for number, answer in enumerate(("clear", "clear", "none", "some", "clear")):
        figures = effect_of_problem(problem)
        assert (figures.answered, figures.is_enough, figures.clear) == (number, False, None)
        services.answer_effect(visited(scene, 12), by=scene.teacher, answer=answer)
    page = Client().get(problem.get_absolute_url()).content.decode()
    assert "5 次有了回话：3 次明显有用，1 次有一点用，1 次没看出来。" in page
    figures = effect_of_problem(problem)
    assert (figures.answered, figures.clear, figures.some, figures.none) == (5, 3, 1, 1)
