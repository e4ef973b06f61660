"""The ``gongyu`` command: what it says, what it refuses, and that it leaves nothing behind."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import NamedTuple

import pytest
from django.conf import settings

from gongyu import cli, serving
from gongyu.accounts.models import Role, User
from gongyu.core.doctor import Finding

from . import moulds
from .factories import person

ROOT = Path(__file__).resolve().parents[1]


def test_help_says_what_it_is_and_gives_examples(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        cli.main(["--help"])
    said = capsys.readouterr().out
    assert end.value.code == 0
    for word in ("serve", "demo", "doctor", "worker", "manage", "examples:", "--fresh"):
        assert word in said


def test_no_command_shows_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([]) == 0
    assert "examples:" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["serve", "--port", "80000"], "'80000' is not a port; give a number from 1 to 65535"),
        (["serve", "--port", "http"], "'http' is not a port"),
        (["demo", "--date", "24.11.2026"], "'24.11.2026' is not a day; write it as 2026-11-24"),
        (["dance"], "invalid choice: 'dance'"),
    ],
)
def test_a_wrong_word_is_answered_with_what_is_right(
    words: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as end:
        cli.main(words)
    assert end.value.code == 2
    assert sentence in capsys.readouterr().err


def test_a_port_in_the_environment_must_be_one_too(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PORT", "eight thousand")
    with pytest.raises(SystemExit):
        cli.main(["serve"])
    assert "'eight thousand' is not a port" in capsys.readouterr().err


def test_a_port_in_use_is_said_and_another_is_proposed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert cli.main(["serve", "--port", str(port)]) == 2
    said = capsys.readouterr().err
    assert f"Port {port} on 127.0.0.1 cannot be used" in said
    assert f"--port {port + 1}" in said


@pytest.mark.django_db
def test_a_second_demo_is_refused_where_there_is_data(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GONGYU_DEMO", "1")
    person(Role.PARENT)
    assert cli.main(["demo"]) == 2
    assert "There is data already. gongyu demo --fresh" in capsys.readouterr().err


@pytest.mark.django_db
def test_fresh_never_throws_away_a_real_district(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GONGYU_DEMO", "1")
    somebody = person(Role.PARENT)
    assert cli.main(["demo", "--fresh"]) == 2
    assert "holds no demo district, so --fresh leaves it alone" in capsys.readouterr().err
    assert User.objects.get() == somebody


@pytest.mark.django_db
def test_doctor_ends_with_1_when_something_is_wrong(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    found = [Finding("disk", "300 MB free", "Make room."), Finding("clock", "right")]
    monkeypatch.setattr("gongyu.core.doctor.examine", lambda: iter(found))
    assert cli.main(["doctor"]) == 1
    said = capsys.readouterr().out
    assert "✗ disk          300 MB free\n                → Make room." in said
    assert "✓ clock         right" in said
    assert "1 thing is wrong" in said

    monkeypatch.setattr("gongyu.core.doctor.examine", lambda: iter(found[1:]))
    assert cli.main(["doctor"]) == 0
    assert "All is well." in capsys.readouterr().out


def test_the_day_of_a_demo_is_read_as_a_date() -> None:
    asked = cli._parser().parse_args(["demo", "--date", "2026-11-24", "--seed", "7"])
    assert (asked.date, asked.seed, asked.fresh) == (date(2026, 11, 24), 7, False)


def test_a_reader_who_has_had_enough_gets_no_traceback(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        ended = subprocess.run(
            [sys.executable, "-m", "gongyu", "doctor"],
            cwd=ROOT,
            env=os.environ | {"GONGYU_HOME": str(tmp_path)},
            stdout=writing,
            stderr=subprocess.PIPE,
            text=True,
        )
    finally:
        os.close(writing)
    assert ended.stderr == ""
    assert ended.returncode == 128 + signal.SIGPIPE


# The real processes


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """A data folder of its own; debug pages on, so that no static files need to be collected."""
    return {
        **os.environ,
        "GONGYU_HOME": str(tmp_path / "home"),
        "GONGYU_DEBUG": "1",
        "DATABASE_URL": f"sqlite:///{tmp_path / 'gongyu.sqlite3'}",
    }


@pytest.fixture
def migrated(environment: dict[str, str], tmp_path: Path) -> Iterator[dict[str, str]]:
    """The same, with a database that has been prepared before."""
    with moulds.a_copy("empty", moulds.migrate, tmp_path / "prepared") as (prepared, _said):
        yield environment | {"DATABASE_URL": prepared["DATABASE_URL"]}


class Served:
    """``gongyu serve`` on a free port, and what it has said so far."""

    def __init__(self, environment: dict[str, str], log: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.log = log
        with log.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "gongyu", "serve", "--port", str(self.port)],
                env=environment,
                cwd=ROOT,
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    @property
    def said(self) -> str:
        return self.log.read_text()

    def wait_for(self, sentence: str) -> None:
        for _ in range(600):
            if sentence in self.said:
                return
            try:
                self.process.wait(0.1)
            except subprocess.TimeoutExpired:
                continue
            break
        assert sentence in self.said

    def children(self) -> dict[str, int]:
        """Process ids of the web server and the worker; each leads a group of its own.

        For a moment after its start a process has no command to know it by.
        """
        for _ in range(100):
            if len(found := self._children()) == 2:
                break
            threading.Event().wait(0.1)
        return found

    def _children(self) -> dict[str, int]:
        words = {"web": "granian", "worker": "gongyu\0worker"}
        return {
            name: process.pid
            for process in processes()
            for name, word in words.items()
            if process.parent == self.process.pid and word in process.command
        }

    def wait_until_ended(self, groups: list[int]) -> None:
        """Zombies have ended; who adopted them collects them in its own time."""
        for _ in range(100):
            living = [p for p in processes() if p.group in groups and p.state != "Z"]
            if not living:
                return
            threading.Event().wait(0.1)
        pytest.fail(f"still there: {living}")


class Process(NamedTuple):
    pid: int
    state: str
    parent: int
    group: int
    command: str


def processes() -> Iterator[Process]:
    """What runs on this machine, as the kernel of Linux tells it."""
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            with contextlib.suppress(FileNotFoundError, ProcessLookupError):
                state, parent, group = (folder / "stat").read_text().rpartition(")")[2].split()[:3]
                command = (folder / "cmdline").read_text()
                yield Process(int(folder.name), state, int(parent), int(group), command)


@pytest.fixture
def served(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Served]:
    served = Served(
        request.getfixturevalue(getattr(request, "param", "migrated")), tmp_path / "log"
    )
    yield served
    if served.process.poll() is None:
        served.process.kill()
        served.process.wait(10)


@pytest.mark.parametrize(
    ("number", "served"),
    [(signal.SIGINT, "environment"), (signal.SIGTERM, "migrated")],
    indirect=["served"],
)
def test_one_signal_stops_everything_cleanly(served: Served, number: signal.Signals) -> None:
    served.wait_for("Ctrl-C stops it.")
    assert f"http://127.0.0.1:{served.port}" in served.said
    with urllib.request.urlopen(f"http://127.0.0.1:{served.port}/health/", timeout=10) as answer:
        assert answer.read() == b"ok"
    groups = list(served.children().values())
    assert len(groups) == 2
    served.process.send_signal(number)
    assert served.process.wait(20) == 0
    assert "Gongyu has stopped." in served.said
    assert "Traceback" not in served.said
    served.wait_until_ended(groups)


def test_a_worker_that_dies_is_started_again(served: Served) -> None:
    served.wait_for("Ctrl-C stops it.")
    before = served.children()
    os.kill(before["worker"], signal.SIGKILL)
    served.wait_for("The background worker ended (exit code -9); started again.")
    after = served.children()
    assert after["web"] == before["web"]
    assert after["worker"] != before["worker"]


def test_a_web_server_that_dies_brings_everything_down_with_a_sentence(served: Served) -> None:
    served.wait_for("Ctrl-C stops it.")
    groups = served.children()
    os.kill(groups["web"], signal.SIGKILL)
    assert served.process.wait(20) == 1
    assert "The web server ended by itself (exit code -9); everything is stopped." in served.said
    served.wait_until_ended(list(groups.values()))


def test_nothing_outlives_a_killed_command(served: Served) -> None:
    served.wait_for("Ctrl-C stops it.")
    groups = list(served.children().values())
    assert len(groups) == 2
    served.process.kill()
    served.process.wait(10)
    served.wait_until_ended(groups)


def test_a_worker_that_keeps_dying_is_given_up() -> None:
    child = serving.Child("background worker", ["true"])
    assert [child.keeps_dying() for _ in range(5)] == [False, False, False, False, True]


def test_the_database_of_the_tests_is_none_of_these() -> None:
    assert "gongyu.sqlite3" not in str(settings.DATABASES["default"]["TEST"]["NAME"])
