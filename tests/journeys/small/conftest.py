"""Journeys in a district of their own: built in a moment, and its day can be moved on.

What a person does for a task is counted here: taps, and fields typed into.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import date
from typing import Any

import pytest
from playwright.sync_api import Locator, Page

from tests import installation, moulds
from tests.conftest import TODAY
from tests.journeys.conftest import District, Newcomer, axe, fits_the_screen

Somebody = Callable[[str], Page]


class SmallDistrict:
    """An installation of its own whose day can be moved on."""

    def __init__(self, environment: dict[str, str], facts: dict[str, Any]) -> None:
        self.environment = environment
        self.facts = facts
        self.port = installation.free_port()
        self.served = ExitStack()

    def serve(self, day: date = TODAY) -> str:
        self.served.close()
        environment = self.environment | {"GONGYU_DATE": day.isoformat()}
        return self.served.enter_context(installation.served(environment, self.port))


class Hand:
    """A person's hand on a page, which counts what it does."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.taps = self.fields = 0

    def tap(self, what: Locator) -> None:
        what.click()
        self.taps += 1

    def write(self, where: Locator, words: str) -> None:
        where.fill(words)
        self.fields += 1


@pytest.fixture
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SmallDistrict]:
    home = tmp_path_factory.mktemp("home")
    with moulds.a_copy("small", build, home) as (environment, said):
        small = SmallDistrict(environment, json.loads(said))
        with small.served:
            yield small


def build(environment: dict[str, str]) -> str:
    moulds.migrate(environment)
    district = [sys.executable, "-m", "tests.journeys.small.district"]
    return installation.run(district, environment)


@pytest.fixture
def district(small: SmallDistrict) -> District:
    """Instead of the demo's."""
    return District(small.serve())


@pytest.fixture
def somebody(newcomer: Newcomer, small: SmallDistrict, district: District) -> Somebody:
    """One of the small district's people, signed in."""

    def arrive(who: str) -> Page:
        page = newcomer()
        cookie = small.facts["cookies"][who]
        page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": district.address}])
        return page

    return arrive


def look(page: Page) -> None:
    """Nothing wrong with the page as it stands."""
    axe(page)
    fits_the_screen(page)
