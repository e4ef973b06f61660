"""What the doctor sees, one trouble at a time."""

import json
import os
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.db import OperationalError, connection
from django.utils import timezone
from django_tasks import task
from django_tasks_db.models import DBTaskResult
from pytest_django import Settings

from gongyu.core import assets, doctor, worker
from gongyu.core.doctor import Finding


@pytest.fixture(autouse=True)
def home(settings: Settings, tmp_path: Path) -> Path:
    settings.HOME = tmp_path
    settings.STATIC_ROOT = tmp_path / "static"
    settings.SECRET_KEY = "k" + "0123456789abcdefghijklmnopqrstuvwxyz" * 2
    return tmp_path


def one(check: Callable[[], Iterator[Finding]]) -> Finding:
    (finding,) = check()
    return finding


def test_a_demo_with_sound_settings_is_well() -> None:
    assert one(doctor.look_at_settings) == Finding("settings", "demo, 大兴区, served over http")


def test_debug_pages_on_a_real_district_are_trouble(settings: Settings) -> None:
    settings.DEBUG, settings.DEMO = True, False
    finding = one(doctor.look_at_settings)
    assert "debug pages are on" in finding.says
    assert finding.mend == "Unset GONGYU_DEBUG."


@pytest.mark.parametrize("key", ["short", "a" * 60])
def test_a_poor_secret_key_is_trouble(settings: Settings, key: str) -> None:
    settings.SECRET_KEY = key
    assert "too short or too plain" in one(doctor.look_at_secret_key).says


def test_a_secret_key_that_others_may_read_is_trouble(home: Path) -> None:
    path = home / "secret_key"
    path.write_text("a secret")
    path.chmod(0o644)
    assert one(doctor.look_at_secret_key).mend == f"chmod 600 {path}"
    path.chmod(0o600)
    assert one(doctor.look_at_secret_key).is_well


def test_a_full_disk_is_trouble(monkeypatch: pytest.MonkeyPatch) -> None:
    usage = doctor.shutil._ntuple_diskusage(10**9, 10**9 - 2**20, 2**20)
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda path: usage)
    finding = one(doctor.look_at_data_folder)
    assert finding.says.startswith("1 MB free")
    assert "at least 500 MB" in finding.mend


def test_a_folder_that_cannot_be_written_is_trouble(
    monkeypatch: pytest.MonkeyPatch, home: Path
) -> None:
    def refuse(path: Path, text: str) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "write_text", refuse)
    found = list(doctor.look_at_data_folder())
    assert found[0].says == f"{home} cannot be written: Permission denied"


@pytest.mark.django_db(transaction=True)
def test_a_migrated_database_is_well() -> None:
    database, migrations = doctor.look_at_database()
    assert database.is_well
    assert migrations == Finding("migrations", "all applied")
    if connection.vendor == "sqlite":
        assert database.says.endswith("sound, in WAL mode, takes the write lock")
    else:
        assert database.says.startswith("PostgreSQL ")


@pytest.mark.django_db
def test_a_migration_that_was_not_applied_is_trouble(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "_waiting_migrations", lambda: ["places.0002_more"])
    _database, migrations = doctor.look_at_database()
    assert migrations.says == "1 not applied, the first is places.0002_more"
    assert "gongyu manage migrate" in migrations.mend


@pytest.mark.django_db
def test_a_database_that_does_not_answer_is_trouble(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> Finding:
        raise OperationalError("the server is gone\nhint")

    monkeypatch.setattr(doctor, "_sqlite", refuse)
    monkeypatch.setattr(doctor, "_postgresql", refuse)
    finding = one(doctor.look_at_database)
    assert finding.says == "cannot be read or written: the server is gone"
    assert "DATABASE_URL" in finding.mend


def test_static_files_are_current_until_a_source_changes(
    settings: Settings, tmp_path: Path
) -> None:
    source = tmp_path / "source"
    source.mkdir()
    (source / "app.css").write_text("a {}")
    settings.STATICFILES_DIRS = [source]
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    assert "not collected" in one(doctor.look_at_static_files).says
    settings.STATIC_ROOT.mkdir()
    assets.mark_collected()
    assert one(doctor.look_at_static_files).is_well
    (source / "app.css").write_text("a { color: red }")
    assert not one(doctor.look_at_static_files).is_well


def test_a_worker_is_well_while_it_gives_a_sign_of_life(home: Path) -> None:
    assert "none has ever run" in one(doctor.look_at_worker).says
    worker.beat()
    assert one(doctor.look_at_worker).is_well
    (home / "worker.json").write_text(json.dumps({"at": time.time() - 300, "pid": os.getpid()}))
    assert one(doctor.look_at_worker).says == "silent for 0:05:00"


def test_a_long_task_is_work_and_not_silence(home: Path) -> None:
    beat = {"at": time.time() - 300, "pid": os.getpid(), "task": "gongyu.exchange.tasks.solve_run"}
    (home / "worker.json").write_text(json.dumps(beat))
    finding = one(doctor.look_at_worker)
    assert finding == Finding("worker", "at work on gongyu.exchange.tasks.solve_run for 300 s")


def test_a_worker_that_died_in_a_task_is_trouble(home: Path) -> None:
    beat = {"at": time.time() - 300, "pid": 2**22 + 1, "task": "gongyu.exchange.tasks.solve_run"}
    (home / "worker.json").write_text(json.dumps(beat))
    assert not one(doctor.look_at_worker).is_well


@task()
def _nothing() -> None:
    """Waits in the queue."""


@pytest.mark.django_db
def test_tasks_that_wait_too_long_are_trouble() -> None:
    _nothing.enqueue()
    assert one(doctor.look_at_queue).is_well
    DBTaskResult.objects.update(enqueued_at=timezone.now() - timedelta(minutes=2))
    finding = one(doctor.look_at_queue)
    assert finding.says == "1 tasks have waited for more than 60 s"
    assert "gongyu worker" in finding.mend


def test_a_clock_in_the_past_is_trouble(
    monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    settings.FIXED_DATE = None
    monkeypatch.setattr(doctor.timezone, "now", lambda: datetime(2026, 12, 1, tzinfo=UTC))
    assert one(doctor.look_at_clock).is_well
    monkeypatch.setattr(doctor.timezone, "now", lambda: datetime(1970, 1, 1, tzinfo=UTC))
    assert one(doctor.look_at_clock).says == "shows 1970-01-01"


def test_a_fixed_day_belongs_to_a_demonstration(settings: Settings) -> None:
    settings.FIXED_DATE = date(2026, 11, 24)
    assert one(doctor.look_at_clock).is_well
    settings.DEMO = False
    assert one(doctor.look_at_clock).mend == "Unset GONGYU_DATE."
