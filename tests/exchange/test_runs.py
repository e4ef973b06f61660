"""A run of the engine over the pool: started, solved, watched, cancelled, sent out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from gongyu.accounts.models import Role, User
from gongyu.core import jobs
from gongyu.core.calendar import HalfDay, today
from gongyu.core.errors import DomainError
from gongyu.core.models import Job
from gongyu.exchange import services
from gongyu.exchange.errors import MoveNotAllowed, NotAllowed
from gongyu.exchange.models import MatchingRun, Need, Order
from gongyu.exchange.services import runs
from gongyu.exchange.tasks import solve_run
from tests import factories as make

from .conftest import Scene

RUNS = reverse("exchange:runs")
SignIn = Callable[[User], Client]


@pytest.fixture
def office(db: None) -> User:
    return make.person(Role.COMMISSION)


def solved(office: User) -> MatchingRun:
    run = services.start_run(by=office)
    runs.solve(run.pk)
    return MatchingRun.objects.select_related("job").get(pk=run.pk)


def text_of(response: Any) -> str:
    return str(response.content.decode())


# Services


def test_a_run_serves_what_it_can_and_gives_a_reason_for_the_rest(
    scene: Scene, office: User
) -> None:
    fits = scene.need(headcount=40)
    too_many = scene.need(headcount=90)
    nobody_does_it = scene.need(topics=[make.TopicFactory(code="T0901", name="航天")])

    run = solved(office)

    assert run.job.state == Job.State.DONE
    assert [m.need for m in run.matches.all()] == [fits]
    assert {u.need: u.sentence for u in run.unmet.all()} == {
        too_many: "人数超过每一场的名额",
        nobody_does_it: "区里还没有单位做这件事",
    }
    assert run.gap == pytest.approx(0, abs=1e-6)
    assert run.gap_percent == "0.00"
    assert (run.needs, run.sessions) == (3, 1)


def test_only_the_commission_starts_a_run(scene: Scene) -> None:
    scene.need()
    with pytest.raises(NotAllowed, match="只有区教委能统一派单"):
        services.start_run(by=scene.head)


def test_an_empty_pool_is_not_matched(office: User) -> None:
    with pytest.raises(DomainError, match="需求池现在是空的"):
        services.start_run(by=office)


def test_one_run_at_a_time(scene: Scene, office: User) -> None:
    scene.need()
    services.start_run(by=office)
    with pytest.raises(MoveNotAllowed, match="已经有一次匹配在算了"):
        services.start_run(by=office)


def test_a_run_that_no_worker_took_is_cancelled_at_once_and_never_solved(
    scene: Scene, office: User
) -> None:
    scene.need()
    run = services.start_run(by=office)
    services.cancel_run(run, by=office)
    runs.solve(run.pk)

    run.job.refresh_from_db()
    assert run.job.state == Job.State.CANCELLED
    assert not run.matches.exists()
    assert services.start_run(by=office).pk != run.pk


def test_a_running_run_stops_at_its_next_step_and_keeps_nothing(
    scene: Scene, office: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene.need(headcount=40)
    run = services.start_run(by=office)
    report = jobs.report

    def report_then_cancel(job_id: int, **step: Any) -> bool:
        report(job_id, **step)
        if not Job.objects.get(pk=job_id).cancel_requested:
            services.cancel_run(run, by=office)
            assert Job.objects.get(pk=job_id).state == Job.State.RUNNING
        return report(job_id, **step)

    monkeypatch.setattr(jobs, "report", report_then_cancel)
    runs.solve(run.pk)

    run.job.refresh_from_db()
    assert run.job.state == Job.State.CANCELLED
    assert not run.matches.exists()


def test_what_is_over_cannot_be_cancelled(scene: Scene, office: User) -> None:
    scene.need(headcount=40)
    run = solved(office)
    with pytest.raises(MoveNotAllowed, match="已经结束了"):
        services.cancel_run(run, by=office)


def test_dispatching_makes_orders_and_leaves_what_changed(scene: Scene, office: User) -> None:
    taken, sent = scene.need(headcount=20), scene.need(headcount=20)
    run = solved(office)
    services.withdraw_need(taken, by=scene.teacher)

    assert services.dispatch_run(run, by=office) == (1, 1)

    order = Order.objects.get()
    assert (order.need, order.origin, order.state) == (sent, Order.Origin.RUN, Order.State.PLACED)
    assert run.matches.get(need=taken).skipped == "这条需求现在是“已撤回”，没有再派。"
    with pytest.raises(MoveNotAllowed, match="已经派出去了"):
        services.dispatch_run(run, by=office)


def test_a_plan_that_is_not_ready_is_not_dispatched(scene: Scene, office: User) -> None:
    scene.need()
    with pytest.raises(MoveNotAllowed, match="还没有算完"):
        services.dispatch_run(services.start_run(by=office), by=office)


def test_what_is_arranged_stays_as_it_is(scene: Scene, office: User) -> None:
    arranged = scene.order(Order.State.ACCEPTED, headcount=50)
    scene.need(headcount=20)
    run = solved(office)
    assert not run.matches.exists()
    arranged.refresh_from_db()
    assert arranged.state == Order.State.ACCEPTED


def test_a_fault_leaves_a_sentence_and_the_needs_in_the_pool(
    scene: Scene, office: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    need = scene.need()
    run = services.start_run(by=office)

    def broken(run_id: int) -> None:
        raise RuntimeError

    monkeypatch.setattr(runs, "solve", broken)
    with pytest.raises(RuntimeError):
        solve_run.func(run.pk)

    run.job.refresh_from_db()
    need.refresh_from_db()
    assert run.job.state == Job.State.FAILED
    assert "需求都还在池里" in run.job.failure
    assert need.state == Need.State.POOLED


# Pages


def test_the_pool_in_figures_and_the_button(scene: Scene, office: User, sign_in: SignIn) -> None:
    scene.need(headcount=40, severity=3)
    make.NeedFactory(headcount=20, date_to=today() + timedelta(days=3))
    page = text_of(sign_in(office).get(RUNS))
    assert "需求池里有 2 条在等" in page
    assert "开始匹配" in page
    assert "还没有匹配过" in page


def test_starting_from_the_page_and_watching(scene: Scene, office: User, sign_in: SignIn) -> None:
    scene.need(headcount=40)
    client = sign_in(office)
    page = text_of(client.post(RUNS, follow=True))
    run = MatchingRun.objects.get()
    assert "排队中" in page
    assert "等了 20 多秒" not in page

    progress = reverse("exchange:run_progress", args=[run.pk])
    jobs.report(run.job_id, phase="挑最好的方案", done=60, total=100)
    response = client.get(progress)
    assert "挑最好的方案" in text_of(response)
    assert "HX-Refresh" not in response.headers

    runs.solve(run.pk)
    assert client.get(progress).headers["HX-Refresh"] == "true"
    page = text_of(client.get(run.get_absolute_url()))
    assert "配上 1 个" in page
    assert "还有 0 个没配上" in page
    assert "这个方案离理论最好最多差 0.00%，已复核。" in page


def test_a_run_that_nobody_takes_says_so(scene: Scene, office: User, sign_in: SignIn) -> None:
    scene.need()
    run = services.start_run(by=office)
    Job.objects.filter(pk=run.job_id).update(created_at=timezone.now() - timedelta(seconds=25))
    page = text_of(sign_in(office).get(run.get_absolute_url()))
    assert "等了 20 多秒，后台还没有来取" in page


def test_failed_and_cancelled_runs_say_so_plainly(
    scene: Scene, office: User, sign_in: SignIn
) -> None:
    scene.need()
    client = sign_in(office)
    run = services.start_run(by=office)
    page = text_of(client.post(reverse("exchange:run_cancel", args=[run.pk]), follow=True))
    assert "这次匹配取消了" in page
    assert "需求都还在池里" in page

    run = services.start_run(by=office)
    jobs.fail(run.job_id, "计算时出了错")
    page = text_of(client.get(run.get_absolute_url()))
    assert "这次匹配没有完成" in page
    assert "计算时出了错" in page


def test_dispatching_from_the_page(scene: Scene, office: User, sign_in: SignIn) -> None:
    taken = scene.need(headcount=20)
    scene.need(headcount=20)
    run = solved(office)
    services.withdraw_need(taken, by=scene.teacher)
    client = sign_in(office)
    assert "派单（2 单）" in text_of(client.get(run.get_absolute_url()))

    page = text_of(client.post(reverse("exchange:run_dispatch", args=[run.pk]), follow=True))

    assert "派出 1 单，等单位接。" in page
    assert "1 条没有派，还在需求池" in page
    assert "这条需求现在是“已撤回”" in page
    assert "派单（" not in page


def test_reasons_stand_grouped_with_their_ways_out(
    scene: Scene, office: User, sign_in: SignIn
) -> None:
    scene.need(headcount=90)
    scene.need(headcount=95)
    page = text_of(sign_in(office).get(solved(office).get_absolute_url()))
    assert "配上 0 个" in page
    assert "还有 2 个没配上" in page
    assert page.count('<span class="row-title min-w-0 flex-1">人数超过每一场的名额</span>') == 1
    assert "没有一条能配上" in page
    assert "名额就行" in page


def test_the_plan_asks_the_same_with_many_matches_as_with_one(
    scene: Scene, office: User, sign_in: SignIn
) -> None:
    client = sign_in(office)
    scene.need(headcount=2)
    scene.need(headcount=90)

    def asked() -> int:
        run = solved(office)
        with CaptureQueriesContext(connection) as caught:
            client.get(run.get_absolute_url())
        return len(caught)

    few = asked()
    for days in range(12):
        scene.need(headcount=2)
        scene.need(headcount=90)
        make.SessionFactory(
            resource=scene.resource, date=today() + timedelta(days + 1), half_day=HalfDay.EVENING
        )
    assert asked() == few <= 20


def test_nobody_else_opens_runs(scene: Scene, sign_in: SignIn) -> None:
    for person in (scene.teacher, scene.head, scene.staff, make.person(Role.DEPARTMENT)):
        assert sign_in(person).get(RUNS).status_code == 403
