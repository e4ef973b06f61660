"""Installations that are built once in a run of the tests; whoever wants one gets a copy.

To migrate and fill a database takes many times as long as to copy it, and compressing the static
files takes seconds. All processes of a run (``pytest -n``) share the moulds: whoever comes first
makes one, the others wait for that and for nothing else.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from tests import installation

SHARED = "GONGYU_TEST_MOULDS"  # names the folder to the processes of this run
COLLECT = """
import django
django.setup()
from django.core.management import call_command
from gongyu.core import assets
call_command("collectstatic", interactive=False, clear=True, verbosity=0)
assets.mark_collected()
"""

Build = Callable[[dict[str, str]], str]  # fills an installation; what it returns is handed on


def begin_run() -> None:
    os.environ[SHARED] = tempfile.mkdtemp(prefix="gongyu-moulds.")


def end_run() -> None:
    shared = Path(os.environ.pop(SHARED))
    for address in shared.glob("*/database"):
        installation.drop_database(address.read_text())
    shutil.rmtree(shared)


def migrate(environment: dict[str, str]) -> str:
    """The emptiest installation there is."""
    return installation.run([sys.executable, "manage.py", "migrate", "-v", "0"], environment)


@contextlib.contextmanager
def a_copy(name: str, build: Build, home: Path) -> Iterator[tuple[dict[str, str], str]]:
    """What ``build`` makes, in the folder ``home``: its environment, and what ``build`` returned.

    The secret key is copied too, so that people who are signed in stay so.
    """
    with _mould(name) as mould:
        said = mould / "said"
        if not said.exists():
            said.write_text(_make(mould, build))
        shutil.copytree(mould / "home", home, dirs_exist_ok=True)
        database = installation.new_database(home, (mould / "database").read_text())
    yield installation.environment_of(home, database), said.read_text()
    installation.drop_database(database)


@contextlib.contextmanager
def _mould(name: str) -> Iterator[Path]:
    """The folder of a mould, which no other process touches meanwhile."""
    folder = Path(os.environ[SHARED]) / name
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield folder


def _make(mould: Path, build: Build) -> str:
    home = mould / "home"
    with _mould("static") as collected:
        static = collected / "static"
        if not static.exists():
            (collected / "new" / "static").mkdir(parents=True)
            address = f"sqlite:///{collected / 'none.sqlite3'}"
            environment = installation.environment_of(collected / "new", address)
            installation.run([sys.executable, "-c", COLLECT], environment)
            (collected / "new" / "static").rename(static)
        shutil.copytree(static, home / "static")
    database = installation.new_database(home)
    (mould / "database").write_text(database)
    return build(installation.environment_of(home, database))
