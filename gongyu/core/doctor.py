"""What may be wrong with an installation, and how to mend it.

Every check answers with findings that an operator reads: what was looked at, what is wrong, what
to do. Nothing is changed.
"""

import shutil
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.core import checks
from django.db import DatabaseError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from . import assets
from .worker import last_beat

FREE_MB = 500
SILENCE = timedelta(seconds=30)
WAITING = timedelta(seconds=60)
BUILT = datetime(2026, 11, 1, tzinfo=UTC)  # no clock that is right shows an earlier day


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report; ``mend`` is empty when all is well."""

    what: str
    says: str
    mend: str = ""

    @property
    def is_well(self) -> bool:
        return not self.mend


def look_at_settings() -> Iterator[Finding]:
    errors = [e for e in checks.run_checks() if e.level >= checks.ERROR]
    for error in errors:
        yield Finding("settings", f"{error.id}: {error.msg}", error.hint or "Correct the setting.")
    if settings.DEBUG and not settings.DEMO:
        yield Finding(
            "settings",
            "debug pages are on: an error would show the insides to everybody",
            "Unset GONGYU_DEBUG.",
        )
    elif not errors:
        mode = "demo" if settings.DEMO else "production"
        served = "https" if settings.HTTPS else "http"
        yield Finding("settings", f"{mode}, {settings.DISTRICT_NAME}, served over {served}")


def look_at_secret_key() -> Iterator[Finding]:
    path = Path(settings.HOME) / "secret_key"
    if len(settings.SECRET_KEY) < 32 or len(set(settings.SECRET_KEY)) < 8:
        yield Finding(
            "secret key",
            "too short or too plain to sign sessions with",
            "Set GONGYU_SECRET_KEY to at least 50 random characters, or unset it and let Gongyu "
            "make one.",
        )
    elif path.exists() and stat.S_IMODE(path.stat().st_mode) & 0o077:
        yield Finding("secret key", f"others may read {path}", f"chmod 600 {path}")
    else:
        yield Finding("secret key", "long enough, and only its owner reads it")


def look_at_data_folder() -> Iterator[Finding]:
    home = Path(settings.HOME)
    probe = home / ".doctor"
    try:
        probe.write_text("")
        probe.unlink()
    except OSError as error:
        yield Finding(
            "data folder",
            f"{home} cannot be written: {error.strerror}",
            "Give the folder to the user that runs Gongyu, or set GONGYU_HOME to another.",
        )
    free = shutil.disk_usage(home).free // 2**20
    if free < FREE_MB:
        yield Finding(
            "disk",
            f"{free} MB free where {home} lies",
            f"Make room: Gongyu wants at least {FREE_MB} MB for the database and its journal.",
        )
    else:
        yield Finding("disk", f"{free:,} MB free where {home} lies")


def look_at_database() -> Iterator[Finding]:
    try:
        with transaction.atomic():  # on SQLite this takes the write lock
            yield _postgresql() if connection.vendor == "postgresql" else _sqlite()
        plan = _waiting_migrations()
    except DatabaseError as error:
        yield Finding(
            "database",
            f"cannot be read or written: {str(error).splitlines()[0]}",
            "Start it, correct DATABASE_URL, or end the process that holds its lock.",
        )
        return
    if plan:
        yield Finding(
            "migrations",
            f"{len(plan)} not applied, the first is {plan[0]}",
            "Run: gongyu manage migrate (gongyu serve does it too).",
        )
    else:
        yield Finding("migrations", "all applied")


def _waiting_migrations() -> list[str]:
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [str(migration) for migration, _backwards in plan]


def _sqlite() -> Finding:
    path = connection.settings_dict["NAME"]
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA journal_mode")
        (mode,) = cursor.fetchone()
        cursor.execute("PRAGMA quick_check(1)")
        (sound,) = cursor.fetchone()
    if sound != "ok":
        return Finding("database", f"{path} is damaged: {sound}", "Restore the last backup.")
    if mode != "wal":
        return Finding(
            "database",
            f"{path} is in {mode} mode: readers would block writers",
            "Put the data folder on a local disk; a network folder cannot hold SQLite's journal.",
        )
    return Finding("database", f"SQLite at {path}: sound, in WAL mode, takes the write lock")


def _postgresql() -> Finding:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version_num')::int / 10000")
        (version,) = cursor.fetchone()
        cursor.execute("SELECT current_setting('server_encoding')")
        (encoding,) = cursor.fetchone()
    if version < 15:
        return Finding("database", f"PostgreSQL {version} is too old", "Move to 15 or newer.")
    if encoding != "UTF8":
        return Finding(
            "database",
            f"its encoding is {encoding}, which cannot hold every Chinese name",
            "Create the database again with ENCODING 'UTF8'.",
        )
    return Finding("database", f"PostgreSQL {version} answers")


def look_at_static_files() -> Iterator[Finding]:
    if settings.DEBUG:
        yield Finding("static files", "served from their sources, as debug pages are on")
    elif not assets.are_collected():
        yield Finding(
            "static files",
            "not collected, or older than their sources",
            "Start gongyu serve once, or run: gongyu manage collectstatic --noinput.",
        )
    else:
        yield Finding("static files", "collected from the present sources")


def look_at_worker() -> Iterator[Finding]:
    beat = last_beat()
    start = "Start one: gongyu worker (gongyu serve starts one too)."
    if beat is None:
        yield Finding("worker", "none has ever run with this data folder", start)
    elif beat.task and beat.process_lives:
        yield Finding("worker", f"at work on {beat.task} for {beat.age:.0f} s")
    elif beat.age > SILENCE.total_seconds():
        yield Finding("worker", f"silent for {timedelta(seconds=round(beat.age))}", start)
    else:
        yield Finding("worker", f"seen {beat.age:.0f} s ago")


def look_at_queue() -> Iterator[Finding]:
    """Independent of the sign of life: the worker may run on another machine."""
    try:
        waiting = DBTaskResult.objects.ready().filter(enqueued_at__lt=timezone.now() - WAITING)
        count = waiting.count()
    except DatabaseError:
        return  # the database was reported
    if count:
        yield Finding(
            "queue",
            f"{count} tasks have waited for more than {WAITING.seconds} s",
            "Start a worker, or more of them: gongyu worker.",
        )
    else:
        yield Finding("queue", "nothing waits")


def look_at_clock() -> Iterator[Finding]:
    now = timezone.now()
    try:
        ZoneInfo(settings.TIME_ZONE)
    except ZoneInfoNotFoundError:
        yield Finding("clock", f"time zone {settings.TIME_ZONE} is not known", "Install tzdata.")
        return
    if now < BUILT:
        yield Finding("clock", f"shows {now:%Y-%m-%d}", "Set the clock of this machine.")
    elif settings.FIXED_DATE and not settings.DEMO:
        yield Finding("clock", f"fixed to {settings.FIXED_DATE}", "Unset GONGYU_DATE.")
    elif settings.FIXED_DATE:
        yield Finding("clock", f"fixed to {settings.FIXED_DATE} for the demonstration")
    else:
        yield Finding("clock", f"{timezone.localtime(now):%Y-%m-%d %H:%M} in {settings.TIME_ZONE}")


CHECKS: tuple[Callable[[], Iterator[Finding]], ...] = (
    look_at_settings,
    look_at_secret_key,
    look_at_data_folder,
    look_at_database,
    look_at_static_files,
    look_at_worker,
    look_at_queue,
    look_at_clock,
)


def examine() -> Iterator[Finding]:
    """Every finding, in the order in which things depend on each other."""
    for check in CHECKS:
        yield from check()
