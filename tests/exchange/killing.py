"""A process of its own that solves a run and dispatches its plan, and kills itself on the way.

It is started by a fork server, which has Django loaded already; so fifty of them are cheap. The
moment is a statement that it sends to the database: the k-th, counted from its first.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gongyu.config.settings")
django.setup()

from django.conf import settings  # noqa: E402  # settings first
from django.db import connection, transaction  # noqa: E402

from gongyu.accounts.models import User  # noqa: E402
from gongyu.exchange import services  # noqa: E402
from gongyu.exchange.models import MatchingRun  # noqa: E402
from gongyu.exchange.services import dispatch  # noqa: E402
from gongyu.exchange.tasks import solve_run  # noqa: E402

Execute = Callable[..., Any]
_processes = multiprocessing.get_context("forkserver")
_processes.set_forkserver_preload(["tests.exchange.killing"])


def whole(run_id: int, by: User) -> None:
    """What the worker and then the office do."""
    solve_run.func(run_id)
    services.dispatch_run(MatchingRun.objects.get(pk=run_id), by=by)


def one_by_one(run_id: int, by: User) -> None:
    """The same as a careless programmer would have it: each order in a transaction of its own."""
    solve_run.func(run_id)
    run = MatchingRun.objects.get(pk=run_id)
    for match in run.matches.select_related("need", "session"):
        with transaction.atomic():
            dispatch._dispatch(match, by=by, is_free=True)


def _work(name: str, day: Any, how: str, run_id: int, by: int, kill_at: int, count: str) -> None:
    connection.settings_dict["NAME"] = name
    settings.FIXED_DATE = day
    sent = 0

    def counting(execute: Execute, *statement: Any) -> Any:
        nonlocal sent
        answer = execute(*statement)
        sent += 1
        if sent == kill_at:
            os.kill(os.getpid(), signal.SIGKILL)
        return answer

    office = User.objects.get(pk=by)
    with connection.execute_wrapper(counting):
        {"whole": whole, "one_by_one": one_by_one}[how](run_id, office)
    Path(count).write_text(str(sent))


def run_and_dispatch(
    run_id: int, by: int, count: Path, *, kill_at: int = 0, how: str = "whole"
) -> int:
    """Its exit code: 0, or minus SIGKILL. ``count`` is a file for the number of statements."""
    name = str(connection.settings_dict["NAME"])
    args = (name, settings.FIXED_DATE, how, run_id, by, kill_at, str(count))
    process = _processes.Process(target=_work, args=args)
    process.start()
    process.join(60)
    assert process.exitcode is not None, "the process hangs: something stayed locked"
    return int(process.exitcode)
