"""A worker or a server that is killed at any moment leaves no half plan, and nothing locked."""

from __future__ import annotations

import random
import signal
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from gongyu.accounts.models import Role, User
from gongyu.core.calendar import now
from gongyu.core.models import Job, TimelineEntry
from gongyu.exchange import services
from gongyu.exchange.errors import MoveNotAllowed
from gongyu.exchange.models import MatchingRun, Need, Order
from gongyu.exchange.services import runs
from gongyu.notices.models import Notice
from tests import factories as make

from . import killing
from .conftest import Scene, build_scene

KILLS = 50
SEED = 241
SERVED, UNMET = 4, 2
SignIn = Callable[[User], Client]


def build_pool() -> tuple[Scene, User]:
    """Four needs that can be served and two that cannot."""
    scene = build_scene()
    for _ in range(SERVED):
        scene.need(headcount=15)
    for _ in range(UNMET):
        scene.need(headcount=90)
    return scene, make.person(Role.COMMISSION)


def taken_up(run: MatchingRun) -> None:
    """A worker takes the task out of the queue, as it does before it begins."""
    DBTaskResult.objects.filter(pk=run.task_id).update(status=TaskResultStatus.RUNNING)


def a_minute_passes(run: MatchingRun) -> None:
    Job.objects.filter(pk=run.job_id).update(beat_at=now() - runs.SILENT - timedelta(seconds=1))


def forget_the_orders() -> None:
    """The pool as it was before anything was dispatched, so that all runs take as many steps."""
    Order.objects.all().delete()
    Need.objects.update(state=Need.State.POOLED, first_handler=None)
    TimelineEntry.objects.all().delete()
    Notice.objects.all().delete()


def check_all_or_nothing(run: MatchingRun) -> None:
    """A plan is there as a whole or not at all; so are its orders and all that follows them."""
    run.refresh_from_db()
    job = Job.objects.get(pk=run.job_id)
    found = (run.matches.count(), run.unmet.count(), run.objective is not None)
    if job.state == Job.State.DONE:
        assert found == (SERVED, UNMET, True)
    else:
        assert found == (0, 0, False)
    orders = Order.objects.count()
    assert orders == (SERVED if run.dispatched_at else 0), f"{orders} orders, half a publication"
    assert Need.objects.filter(state=Need.State.ORDERED).count() == orders
    assert run.matches.filter(order__isnull=False).count() == orders
    assert TimelineEntry.objects.filter(verb="order.place").count() == 2 * orders
    assert Notice.objects.count() == orders


@pytest.mark.django_db(transaction=True)
def test_fifty_kills_leave_nothing_half_done_and_nothing_locked(tmp_path: Path) -> None:
    _scene, office = build_pool()
    count = tmp_path / "statements"
    first = services.start_run(by=office)
    assert killing.run_and_dispatch(first.pk, office.pk, count) == 0
    statements = int(count.read_text())
    check_all_or_nothing(first)
    services.revoke_run(MatchingRun.objects.get(pk=first.pk), by=office)
    forget_the_orders()

    dice = random.Random(SEED)
    finished = 0
    for moment in sorted(dice.sample(range(1, statements), KILLS)):
        run = services.start_run(by=office)
        taken_up(run)
        code = killing.run_and_dispatch(run.pk, office.pk, count, kill_at=moment)
        assert code == -signal.SIGKILL, f"not killed at statement {moment} of {statements}"
        check_all_or_nothing(run)
        job = Job.objects.get(pk=run.job_id)
        finished += job.state == Job.State.DONE
        if not job.is_over:
            a_minute_passes(run)
            assert services.is_interrupted(MatchingRun.objects.get(pk=run.pk))
    assert 0 < finished < KILLS, "all the kills fell on one side of the run's end"

    last = services.start_run(by=office)
    assert killing.run_and_dispatch(last.pk, office.pk, count) == 0
    check_all_or_nothing(last)
    assert Order.objects.count() == SERVED


@pytest.mark.django_db(transaction=True)
def test_the_check_notices_a_plan_that_is_published_one_by_one(tmp_path: Path) -> None:
    _scene, office = build_pool()
    count = tmp_path / "statements"
    run = services.start_run(by=office)
    assert killing.run_and_dispatch(run.pk, office.pk, count, how="one_by_one") == 0
    statements = int(count.read_text())
    forget_the_orders()

    again = services.start_run(by=office)
    code = killing.run_and_dispatch(
        again.pk, office.pk, count, kill_at=statements - 12, how="one_by_one"
    )

    assert code == -signal.SIGKILL
    with pytest.raises(AssertionError, match="half a publication"):
        check_all_or_nothing(again)


class Broken(OperationalError):
    """The database went away."""


def breaking_at(moment: int) -> Callable[..., Any]:
    sent = 0

    def execute_or_break(execute: Callable[..., Any], *statement: Any) -> Any:
        nonlocal sent
        sent += 1
        if sent == moment:
            raise Broken
        return execute(*statement)

    return execute_or_break


@pytest.mark.django_db
def test_a_publication_that_breaks_at_any_statement_undoes_itself() -> None:
    _scene, office = build_pool()
    run = services.start_run(by=office)
    runs.solve(run.pk)
    run.refresh_from_db()

    moment = 0
    while True:
        moment += 1
        try:
            with connection.execute_wrapper(breaking_at(moment)):
                services.dispatch_run(run, by=office)
        except Broken:
            check_all_or_nothing(run)
            continue
        break

    check_all_or_nothing(run)
    assert run.dispatched_at is not None
    assert moment > 10 * SERVED, "an order takes more statements than that"


# What the office sees of it


@pytest.mark.django_db
def test_a_run_whose_worker_is_gone_says_so_and_starts_again(sign_in: SignIn) -> None:
    _scene, office = build_pool()
    client = sign_in(office)
    run = services.start_run(by=office)
    Job.objects.filter(pk=run.job_id).update(state=Job.State.RUNNING)
    with pytest.raises(MoveNotAllowed):
        services.start_run(by=office)
    assert "没有动静" not in client.get(run.get_absolute_url()).content.decode()

    a_minute_passes(run)

    progress = client.get(f"{run.get_absolute_url()}progress/")
    assert progress.headers["HX-Refresh"] == "true"
    page = client.get(run.get_absolute_url()).content.decode()
    assert "后台有一分钟没有动静" in page
    assert "再运行一次" in page
    client.post(f"{run.get_absolute_url()}again/")
    run.job.refresh_from_db()
    assert run.job.state == Job.State.FAILED
    assert "算到一半，后台断了" in run.job.failure
    assert MatchingRun.objects.latest("pk").pk != run.pk


@pytest.mark.django_db
def test_a_run_taken_from_the_queue_before_its_first_report_is_interrupted_too() -> None:
    _scene, office = build_pool()
    run = services.start_run(by=office)
    a_minute_passes(run)
    run.job.refresh_from_db()
    assert not services.is_interrupted(run), "it waits in the queue; nobody has taken it"

    taken_up(run)

    assert services.is_interrupted(run)
    assert services.close_interrupted() == 1
    assert services.close_interrupted() == 0


@pytest.mark.django_db
def test_a_worker_that_was_only_slow_keeps_nothing_of_a_closed_run() -> None:
    _scene, office = build_pool()
    run = services.start_run(by=office)
    Job.objects.filter(pk=run.job_id).update(state=Job.State.RUNNING)
    a_minute_passes(run)
    services.close_interrupted()

    runs.solve(run.pk)

    assert not run.matches.exists()
    assert Job.objects.get(pk=run.job_id).state == Job.State.FAILED
