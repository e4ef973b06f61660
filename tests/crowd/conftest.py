"""A crowd before the real server: everybody presses in the same moment, each in an own browser."""

from __future__ import annotations

import http.cookiejar
import json
import sys
import threading
import urllib.error
import urllib.parse
import urllib.request
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests import installation, moulds

TOKEN = "c" * 32  # what the page's hidden field and the cookie agree on
PATIENCE = 120.0  # seconds that a browser waits for its answer


@dataclass(frozen=True, slots=True)
class Answer:
    """What somebody read after pressing: the page behind the redirect."""

    status: int
    page: str


@dataclass(frozen=True, slots=True)
class Press:
    """One press of a button by somebody who is signed in, on the page ``on``."""

    cookie: str
    path: str
    on: str
    fields: dict[str, str]


class Installation:
    """A database and the command that serves it, with the worlds that were built in it."""

    def __init__(self, address: str, environment: dict[str, str]) -> None:
        self.address = address
        self.environment = environment
        self.worlds = self._world("build")

    def look(self, world: dict[str, Any]) -> dict[str, Any]:
        asked = {name: world[name] for name in ("needs", "sessions")}
        return self._world("look", json.dumps(asked))

    def _world(self, *words: str) -> dict[str, Any]:
        command = [sys.executable, "-m", "tests.crowd.world", *words]
        told: dict[str, Any] = json.loads(installation.run(command, self.environment))
        return told

    def press_at_once(self, presses: list[Press]) -> list[Answer]:
        """Everybody in the same moment; what each of them read, in the order given."""
        start = threading.Barrier(len(presses))
        answers: list[Answer | None] = [None] * len(presses)
        broken: list[BaseException] = []

        def act(place: int) -> None:
            try:
                start.wait(PATIENCE)
                answers[place] = self._press(presses[place])
            except BaseException as error:
                broken.append(error)

        threads = [threading.Thread(target=act, args=(place,)) for place in range(len(presses))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert not broken, broken[:3]
        return [answer for answer in answers if answer is not None]

    def _press(self, press: Press) -> Answer:
        jar = http.cookiejar.CookieJar()
        for name, value in (("sessionid", press.cookie), ("csrftoken", TOKEN)):
            jar.set_cookie(_cookie(name, value))
        browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
        fields = {"csrfmiddlewaretoken": TOKEN, "form_key": str(uuid.uuid4()), **press.fields}
        request = urllib.request.Request(
            self.address + press.path,
            urllib.parse.urlencode(fields).encode(),
            {"Referer": self.address + press.on},
        )
        try:
            with browser.open(request, timeout=PATIENCE) as answer:
                return Answer(answer.status, answer.read().decode())
        except urllib.error.HTTPError as refusal:
            return Answer(refusal.code, refusal.read().decode())


def _cookie(name: str, value: str) -> http.cookiejar.Cookie:
    return http.cookiejar.Cookie(
        version=0,
        name=name,
        value=value,
        port=None,
        port_specified=False,
        domain="127.0.0.1",
        domain_specified=True,
        domain_initial_dot=False,
        path="/",
        path_specified=True,
        secure=False,
        expires=None,
        discard=True,
        comment=None,
        comment_url=None,
        rest={},
    )


@pytest.fixture(scope="module")
def crowded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """An installation with a world for each test, served."""
    home = tmp_path_factory.mktemp("home")
    with (
        moulds.a_copy("empty", moulds.migrate, home) as (environment, _said),
        installation.served(environment) as address,
    ):
        yield Installation(address, environment)
