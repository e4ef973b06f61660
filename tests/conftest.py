"""What every test stands on: one fixed day, one database of its own, a way to sign in.

The same tests run on SQLite and on PostgreSQL: ``DATABASE_URL`` decides, as in production.
"""

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db.models.signals import post_migrate
from django.test import Client, override_settings

from gongyu.accounts.models import User
from tests import moulds
from tests.installation import TODAY

SIGN_IN_BACKEND = "gongyu.accounts.backends.PhoneOrNameBackend"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--with-database", action="store_true", help="only tests that a database can make fail"
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On a second database, leave out what never asks one, and what comes out the same on each."""
    if not config.getoption("--with-database"):
        return
    asking = {"db", "transactional_db", "crowded", "district"}
    kept = [
        item
        for item in items
        if not item.get_closest_marker("once")
        and (
            item.get_closest_marker("django_db") or asking & set(getattr(item, "fixturenames", ()))
        )
    ]
    config.hook.pytest_deselected(items=[item for item in items if item not in set(kept)])
    items[:] = kept


def pytest_configure(config: pytest.Config) -> None:
    """Everything lives on one day, and the demo's addresses exist, whatever the environment."""
    settings.FIXED_DATE = TODAY
    settings.DEMO = True
    if _began_the_run(config):
        moulds.begin_run()


def pytest_unconfigure(config: pytest.Config) -> None:
    if _began_the_run(config):
        moulds.end_run()


def _began_the_run(config: pytest.Config) -> bool:
    """Not so in the workers of ``pytest -n``, which begin later and end sooner."""
    return not hasattr(config, "workerinput")


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """On SQLite the test database is a file (threads share it), in a folder of this run alone."""
    default = settings.DATABASES["default"]
    if default["ENGINE"] == "django.db.backends.sqlite3":
        default["TEST"]["NAME"] = str(tmp_path_factory.mktemp("database") / "test.sqlite3")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None) -> None:
    """After a test with real transactions Django empties the database and says that it is new.

    Writing all of Django's permissions again is most of what that takes, and nobody reads them:
    ``gongyu.core.access`` and rules decide.
    """
    permissions = "django.contrib.auth.management.create_permissions"
    assert post_migrate.disconnect(dispatch_uid=permissions)


@pytest.fixture(scope="session", autouse=True)
def _files_of_this_run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What tests upload goes into a folder of this run alone."""
    with override_settings(MEDIA_ROOT=tmp_path_factory.mktemp("media")):
        yield


@pytest.fixture
def sign_in() -> Callable[[User], Client]:
    """A browser in which ``user`` is signed in; each call is a browser of its own."""

    def signed_in(user: User) -> Client:
        client = Client()
        client.force_login(user, backend=SIGN_IN_BACKEND)
        return client

    return signed_in


def pytest_report_header() -> str:
    default = settings.DATABASES["default"]
    engine = default["ENGINE"].rsplit(".", 1)[-1]
    version = f" {sqlite3.sqlite_version}" if engine == "sqlite3" else ""
    return f"database: {engine}{version} ({Path(str(default['NAME'])).name}), day: {TODAY}"
