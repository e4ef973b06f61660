"""The background worker, and the sign of life that it leaves.

Each time the worker looks for a task, and when it begins one, it writes a small file into the data
folder. The main loop itself writes it, not a thread beside it: a worker that hangs goes silent.
"""

import json
import logging
import os
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.crypto import get_random_string
from django_tasks_db.management.commands.db_worker import Worker

from . import chores

INTERVAL = 0.5  # seconds between two looks at an empty queue
CHORES_EVERY = 60.0  # seconds between two looks whether a chore is due
BEAT_EVERY = 5.0  # seconds between two signs of life while there is nothing to do


@dataclass(frozen=True, slots=True)
class Beat:
    """When a worker was last seen, on which process, and the task that it was beginning."""

    at: float
    pid: int
    task: str = ""

    @property
    def age(self) -> float:
        return time.time() - self.at

    @property
    def process_lives(self) -> bool:
        """Whether the process is there; only meaningful on the machine of the worker."""
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return False
        except PermissionError:
            return True
        return True


def _beat_file() -> Path:
    return Path(settings.HOME) / "worker.json"


def last_beat() -> Beat | None:
    """The last sign of life of a worker that shares this data folder."""
    try:
        return Beat(**json.loads(_beat_file().read_text()))
    except (FileNotFoundError, ValueError, TypeError):
        return None


def beat(task: str = "") -> None:
    """Leave a sign of life; replaced in one step, so that nobody reads half of it."""
    path = _beat_file()
    new = path.with_suffix(f".{os.getpid()}.new")
    new.write_text(json.dumps(asdict(Beat(time.time(), os.getpid(), task))))
    new.replace(path)


class BeatingWorker(Worker):
    """The worker of django-tasks-db, which says what it is about to do."""

    def run_task(self, db_task_result: Any) -> None:
        beat(task=str(db_task_result.task_path))
        super().run_task(db_task_result)
        beat()


def run() -> None:
    """Work until told to stop: SIGINT or SIGTERM lets the present task end, a second ends it."""
    worker = BeatingWorker(
        queue_names=["*"],
        excluded_queue_names=[],
        interval=0,
        batch=True,
        backend_name="default",
        startup_delay=False,
        max_tasks=None,
        worker_id=get_random_string(32),
    )
    # Being told to stop is no news; that a task failed is, and stays an error.
    logging.getLogger("django_tasks_db").setLevel(logging.ERROR)
    worker.configure_signals()
    beaten = looked = 0.0
    while worker.running:
        if not looked or time.monotonic() - looked >= CHORES_EVERY:
            chores.run_due()
            looked = time.monotonic()
        if time.monotonic() - beaten >= BEAT_EVERY:
            beat()
            beaten = time.monotonic()
        worker.run()
        if worker.running:
            time.sleep(INTERVAL)
