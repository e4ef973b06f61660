"""The background worker does what is in the queue and says that it is there."""

import os
from pathlib import Path

import pytest
from django_tasks import task
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult
from pytest_django import Settings

from gongyu.core import worker

done: list[str] = []


@task()
def _greet(name: str) -> None:
    """Greets, and notes what the worker said of itself meanwhile."""
    beat = worker.last_beat()
    done.append(f"{name}: {beat.task if beat else 'no sign'}")


@task()
def _stumble() -> None:
    """Fails."""
    raise ValueError("stumbled")


@pytest.fixture
def stops_when_idle(monkeypatch: pytest.MonkeyPatch, settings: Settings, tmp_path: Path):
    """The worker runs in this process and leaves when it would have slept."""
    settings.HOME = tmp_path
    done.clear()

    def leave(seconds: float) -> None:
        raise SystemExit

    monkeypatch.setattr(worker.time, "sleep", leave)
    monkeypatch.setattr(worker.BeatingWorker, "configure_signals", lambda self: None)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("stops_when_idle")
def test_the_queue_is_worked_off_and_one_failure_does_not_stop_it() -> None:
    _greet.enqueue("first")
    _stumble.enqueue()
    _greet.enqueue("second")
    with pytest.raises(SystemExit):
        worker.run()
    assert done == [f"{name}: {_greet.module_path}" for name in ("first", "second")]
    assert sorted(DBTaskResult.objects.values_list("status", flat=True)) == [
        TaskResultStatus.FAILED,
        TaskResultStatus.SUCCESSFUL,
        TaskResultStatus.SUCCESSFUL,
    ]


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("stops_when_idle")
def test_an_idle_worker_leaves_a_sign_of_life() -> None:
    assert worker.last_beat() is None
    with pytest.raises(SystemExit):
        worker.run()
    beat = worker.last_beat()
    assert beat is not None
    assert (beat.pid, beat.task) == (os.getpid(), "")
    assert beat.age < 5
    assert beat.process_lives
