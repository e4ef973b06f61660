"""A whole installation for a test: a database of its own, and the real command serving it."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import psycopg
import pytest
from django.conf import settings

TODAY = date(2026, 11, 24)  # a Tuesday in term: the day on which everything is tested
ROOT = Path(__file__).resolve().parents[1]
GONGYU = [sys.executable, "-m", "gongyu"]


def new_database(folder: Path, like: str = "") -> str:
    """The address of a database: a file in ``folder``, or on the server that DATABASE_URL names.

    It is empty, or a copy of the one at the address ``like``, which nobody may be using.
    """
    given = os.environ.get("DATABASE_URL", "")
    if not _on_a_server():
        return f"sqlite:///{folder / 'gongyu.sqlite3'}"  # whoever copies the folder has the file
    name = f"served_{uuid.uuid4().hex[:12]}"
    template = like.rpartition("/")[2] or "template1"
    with psycopg.connect(given, autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    return given.rpartition("/")[0] + f"/{name}"


def drop_database(address: str) -> None:
    """A file goes with its folder."""
    if _on_a_server():
        name = address.rpartition("/")[2]
        with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as server:
            server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def _on_a_server() -> bool:
    engine: str = settings.DATABASES["default"]["ENGINE"]
    return engine == "django.db.backends.postgresql"


def environment_of(home: Path, database_url: str) -> dict[str, str]:
    """An installation that stands in the folder ``home`` and lives on the tests' day."""
    environment = {
        **os.environ,
        "GONGYU_HOME": str(home),
        "GONGYU_DEMO": "1",
        "GONGYU_DATE": TODAY.isoformat(),
        "DATABASE_URL": database_url,
    }
    environment.pop("GONGYU_DEBUG", None)
    return environment


def run(command: list[str], environment: dict[str, str], patience: float = 240) -> str:
    """Run a command of the installation to its end; returns what it said."""
    done = subprocess.run(
        command, env=environment, cwd=ROOT, capture_output=True, text=True, timeout=patience
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@contextlib.contextmanager
def served(environment: dict[str, str], port: int = 0) -> Iterator[str]:
    """``gongyu serve`` until the block ends; yields its address. It must stop cleanly."""
    port = port or free_port()
    log = Path(environment["GONGYU_HOME"]) / "serve.log"
    with log.open("wb") as output:
        server = subprocess.Popen(
            [*GONGYU, "serve", "--port", str(port)],
            env=environment,
            cwd=ROOT,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_until_it_answers(server, address, log)
        yield address
    finally:
        server.send_signal(signal.SIGTERM)
        code = server.wait(timeout=30)
    assert code == 0, f"gongyu serve did not stop cleanly:\n{log.read_text()}"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_it_answers(server: subprocess.Popen[bytes], address: str, log: Path) -> None:
    for _ in range(600):
        try:
            urllib.request.urlopen(f"{address}/health/", timeout=5)
        except (urllib.error.URLError, ConnectionError):
            try:
                code = server.wait(0.1)
            except subprocess.TimeoutExpired:
                continue
            pytest.fail(f"gongyu serve ended with {code}:\n{log.read_text()}")
        else:
            return
    pytest.fail(f"gongyu serve did not answer:\n{log.read_text()}")
