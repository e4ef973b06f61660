"""The slider of fairness, its price, and what to build up next."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from gongyu.accounts.models import Role, User
from gongyu.core.models import Job
from gongyu.exchange import services
from gongyu.exchange.models import MatchingRun
from gongyu.exchange.queries import balance_of, last_prices
from gongyu.exchange.services import runs
from tests import factories as make

from .conftest import Scene

RUNS = reverse("exchange:runs")
SignIn = Callable[[User], Client]


@pytest.fixture
def office(db: None) -> User:
    return make.person(Role.COMMISSION)


def _solved(office: User, fairness: int = 50) -> MatchingRun:
    run = services.start_run(by=office, fairness=fairness)
    runs.solve(run.pk)
    return MatchingRun.objects.select_related("job").get(pk=run.pk)


def test_a_run_keeps_the_setting_it_was_asked_for(
    sign_in: SignIn, scene: Scene, office: User
) -> None:
    scene.need()

    sign_in(office).post(RUNS, {"fairness": "80"})

    assert MatchingRun.objects.get().fairness == 80


def test_left_out_the_setting_is_the_usual_one(sign_in: SignIn, scene: Scene, office: User) -> None:
    scene.need()

    sign_in(office).post(RUNS)

    assert MatchingRun.objects.get().fairness == 50


@pytest.mark.parametrize("nonsense", ["101", "-1", "很公平", "1e9"])
def test_nonsense_on_the_slider_starts_nothing_and_says_why(
    sign_in: SignIn, scene: Scene, office: User, nonsense: str
) -> None:
    scene.need()

    page = sign_in(office).post(RUNS, {"fairness": nonsense}).content.decode()

    assert "请把公平拨到 0 到 100 之间。" in page
    assert not MatchingRun.objects.exists()


def test_the_price_stands_for_each_setting_and_never_falls(scene: Scene, office: User) -> None:
    scene.need(headcount=40)
    scene.need(headcount=90)

    run = _solved(office, fairness=35)
    prices = balance_of(run).prices

    assert len(prices) >= 6
    assert [row.fairness for row in prices] == sorted(row.fairness for row in prices)
    assert [row.is_ours for row in prices].count(True) == 1
    assert next(row for row in prices if row.is_ours).fairness == 35
    assert float(prices[0].given_up) == 0


def test_what_waits_stands_in_what_to_build_up_next(scene: Scene, office: User) -> None:
    scene.need(headcount=90)  # no session is as large

    run = _solved(office)
    balance = balance_of(run)

    assert [row.waiting for row in balance.scarce] == [1]
    assert balance.scarce[0].worth > 0
    assert balance.map_wide is not None


def test_a_plan_with_fairness_says_what_it_may_cost(
    sign_in: SignIn, scene: Scene, office: User
) -> None:
    scene.need(headcount=40)
    run = _solved(office)
    MatchingRun.objects.filter(pk=run.pk).update(given_up=0.00123)

    page = sign_in(office).get(run.get_absolute_url()).content.decode()

    assert "公平拨在 50，总量最多让出 0.13%" in page


def test_a_run_cancelled_while_it_prices_fairness_keeps_nothing(
    scene: Scene, office: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene.need()
    run = services.start_run(by=office)

    def cancel_meanwhile(*args: object, **kwargs: object) -> tuple[()]:
        services.cancel_run(run, by=office)
        return ()

    monkeypatch.setattr(runs.matching, "price_of_fairness", cancel_meanwhile)
    runs.solve(run.pk)

    run = MatchingRun.objects.select_related("job").get(pk=run.pk)
    assert run.job.state == Job.State.CANCELLED
    assert run.curve == []
    assert not run.matches.exists()


def test_the_next_run_is_set_beside_the_price_of_the_last(
    sign_in: SignIn, scene: Scene, office: User
) -> None:
    scene.need()
    assert last_prices() == []
    _solved(office)

    assert "上一次，公平的价钱" in sign_in(office).get(RUNS).content.decode()


@pytest.mark.parametrize("needs", [1, 8])
def test_queries_do_not_grow_with_the_pool(
    sign_in: SignIn,
    scene: Scene,
    office: User,
    needs: int,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for _ in range(needs):
        scene.need(headcount=90)
    run = _solved(office)
    client = sign_in(office)

    with django_assert_max_num_queries(24):
        client.get(run.get_absolute_url())
