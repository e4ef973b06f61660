"""Round a plan: another setting beside it, the rows behind its numbers, the workbook."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from gongyu.accounts.models import Role, User
from gongyu.core.calendar import HalfDay
from gongyu.exchange import services
from gongyu.exchange.models import MatchingRun, Need, Order
from gongyu.exchange.queries import balance_of
from gongyu.exchange.queries.compare import compare, others_to_compare
from gongyu.exchange.queries.plan import town_rows
from gongyu.exchange.queries.run_rows import RowFilter, run_rows
from gongyu.exchange.services import runs
from tests import factories as make

from .conftest import Scene

SignIn = Callable[[User], Client]


@pytest.fixture
def office(db: None) -> User:
    return make.person(Role.COMMISSION)


def solved(office: User, **about: Any) -> MatchingRun:
    run = services.start_run(by=office, **about)
    runs.solve(run.pk)
    return MatchingRun.objects.select_related("job", "town").get(pk=run.pk)


def text_of(response: Any) -> str:
    return str(response.content.decode())


def page_of(name: str, run: MatchingRun) -> str:
    return reverse(f"exchange:{name}", args=[run.pk])


# Two settings


def two_plans(scene: Scene, office: User) -> tuple[MatchingRun, MatchingRun, list[Need]]:
    """The same pool; by hand, so that each kind of difference is there once."""
    needs = [scene.need(headcount=10) for _ in range(4)]
    scene.resource.price_fen = 2_000
    scene.resource.save()
    other = make.SessionFactory(resource=scene.resource, half_day=HalfDay.AFTERNOON)
    left, right = (
        make.MatchingRunFactory(
            by=office,
            job__state="done",
            objective=1.0,
            needs=4,
            sessions=2,
            fairness=fairness,
            towns=[{"code": scene.school.division.code, "needs": 4, "served": served, "most": 1.0}],
        )
        for fairness, served in ((0, 3), (100, 3))
    )
    for run, pairs in (
        (left, [(0, scene.session), (1, scene.session), (2, scene.session)]),
        (right, [(0, scene.session), (1, other), (3, scene.session)]),
    ):
        for km, (number, session) in enumerate(pairs, 1):
            run.matches.create(need=needs[number], session=session, km=km, value=1)
    return left, right, needs


def test_two_plans_are_told_apart_need_by_need(scene: Scene, office: User) -> None:
    left, right, needs = two_plans(scene, office)

    found = compare(left, right)

    assert [change.match.need for change in found.won] == [needs[3]]
    assert [change.match.need for change in found.lost] == [needs[2]]
    assert [change.match.need for change in found.moved] == [needs[1]]
    assert found.same == 1
    assert found.same_pool
    side = found.left
    assert (side.served, side.pupils, side.units) == (3, 30, 1)
    assert (side.km, side.km_median) == (6.0, 2.0)
    assert side.yuan == 600.0
    assert side.worst is not None
    assert side.worst.share == 75


def test_comparing_asks_the_same_however_many_matches(scene: Scene, office: User) -> None:
    left, right, _needs = two_plans(scene, office)

    def asked() -> int:
        with CaptureQueriesContext(connection) as caught:
            compare(left, right)
        return len(caught)

    few = asked()
    for _ in range(9):
        for run in (left, right):
            need = scene.need(headcount=1)
            run.matches.create(need=need, session=scene.session, km=1, value=1)
    assert asked() == few <= 6


def test_another_setting_is_started_from_the_plan_and_shown_beside_it(
    scene: Scene, office: User, sign_in: SignIn
) -> None:
    scene.need(headcount=40)
    run = solved(office)
    client = sign_in(office)
    address = page_of("run_compare", run)
    assert address in text_of(client.get(run.get_absolute_url()))
    assert "拨到这里再算一份" in text_of(client.get(address))

    page = text_of(client.post(address, {"fairness": "100"}, follow=True))
    other = MatchingRun.objects.latest("pk")
    assert (other.beside, other.fairness) == (run, 100)
    assert "正在算另一种拨法" in page

    runs.solve(other.pk)
    page = text_of(client.get(f"{address}?with={other.pk}"))
    assert "公平 50" in page
    assert "公平 100" in page
    assert page.count("就派这一份") == 2
    assert "另有 1 条两边一样。" in page
    assert others_to_compare(run) == [other]

    client.post(page_of("run_dispatch", other))
    assert Order.objects.count() == 1
    assert text_of(client.get(f"{address}?with={other.pk}")).count("就派这一份") == 1


def test_a_plan_of_another_scope_is_not_compared(
    scene: Scene, office: User, sign_in: SignIn
) -> None:
    scene.need(headcount=40)
    run, of_town = solved(office), solved(office, town=scene.school.town)
    answer = sign_in(office).get(f"{page_of('run_compare', run)}?with={of_town.pk}")
    assert answer.status_code == 404


# The rows behind the numbers


def test_every_number_opens_to_as_many_rows(scene: Scene, office: User) -> None:
    for headcount in (20, 20, 20, 90):
        scene.need(headcount=headcount)
    scene.need(headcount=20, school=make.SchoolFactory(lon=116.9, lat=39.1))
    run = solved(office)

    assert len(run_rows(run, RowFilter())) == run.needs == 5
    assert len(run_rows(run, RowFilter(outcome="served"))) == run.matches.count()
    assert len(run_rows(run, RowFilter(outcome="unmet"))) == run.unmet.count()
    for town in town_rows(run):
        rows = run_rows(run, RowFilter(town=town.code))
        assert len(rows) == town.needs
        assert sum(row.match is not None for row in rows) == town.served
    scarce = balance_of(run).scarce
    for entry in scarce:
        asked = RowFilter(outcome="unmet", town=entry.town_code, topic=entry.topic_code)
        assert len(run_rows(run, asked)) == entry.waiting


def test_the_rows_page_says_what_it_shows(scene: Scene, office: User, sign_in: SignIn) -> None:
    scene.need(headcount=20)
    scene.need(headcount=90)
    run = solved(office)
    client = sign_in(office)
    asked = {
        "outcome": "unmet",
        "town": scene.school.division.code,
        "topic": scene.topic.code,
    }
    page = text_of(client.get(page_of("run_rows", run), asked))
    assert f"{scene.school.division}，{scene.topic}，没配上的" in page
    assert "人数超过每一场的名额" in page
    assert "这里一条也没有" in text_of(client.get(page_of("run_rows", run), {"town": "9"}))


def test_the_rows_page_asks_the_same_for_many(scene: Scene, office: User, sign_in: SignIn) -> None:
    client = sign_in(office)
    scene.need(headcount=2)
    scene.need(headcount=90)

    def asked() -> int:
        run = solved(office)
        with CaptureQueriesContext(connection) as caught:
            client.get(page_of("run_rows", run))
        return len(caught)

    few = asked()
    for _ in range(10):
        scene.need(headcount=2)
        scene.need(headcount=90)
    assert asked() == few <= 15


def test_the_workbook_has_plan_reasons_and_towns_and_no_formulas(
    scene: Scene, office: User, sign_in: SignIn
) -> None:
    scene.resource.title = '=HYPERLINK("http://x")'
    scene.resource.save()
    scene.need(headcount=20)
    scene.need(headcount=90)
    run = solved(office)

    answer = sign_in(office).get(page_of("run_export", run))

    book = load_workbook(BytesIO(answer.content))
    assert book.sheetnames == ["配上的", "没配上的", "各镇街"]
    (_, served), (_, unmet), (_, town) = (list(sheet.values) for sheet in book.worksheets)
    assert served[0] == scene.school.name
    assert served[6] == '\'=HYPERLINK("http://x")'
    assert unmet[5] == "人数超过每一场的名额"
    assert town[1:3] == (2, 1)
    assert "attachment" in answer.headers["Content-Disposition"]


def test_a_plan_that_is_not_ready_has_no_rows_yet(
    scene: Scene, office: User, sign_in: SignIn
) -> None:
    scene.need()
    run = services.start_run(by=office)
    answer = sign_in(office).get(page_of("run_export", run))
    assert answer.status_code != 200
