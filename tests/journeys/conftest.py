"""Journeys use the product as it is started for people: the real command, server and worker.

One district is built and served for the whole session, on the database that ``DATABASE_URL`` names
or on SQLite. Journeys run at both sizes of screen, and each ends with the check that nothing was
wrong that an assertion did not look at: no error in the console, no broken resource, no request to
anybody else.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import (
    Browser,
    ConsoleMessage,
    Page,
    Request,
    Response,
    expect,
    sync_playwright,
)

from tests import installation, moulds
from tests.conftest import TODAY

PATIENCE = 10_000  # milliseconds for anything that a page is to show
SCREENS = {
    "phone": {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True},
    "desktop": {"viewport": {"width": 1440, "height": 900}},
}
CHROMIUM_FLAGS = [
    "--no-sandbox",  # containers and CI run as root
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

expect.set_options(timeout=PATIENCE)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker("journey")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what journeys have counted (``record_property``), in whichever process that was."""
    reports = terminalreporter.getreports("passed")
    counted = [
        fact for report in reports if report.when == "call" for fact in report.user_properties
    ]
    if counted:
        terminalreporter.section("counted in journeys", sep="-")
    for name, count in sorted(counted):
        terminalreporter.write_line(f"{name}: {count}")


# The district


@dataclass(frozen=True, slots=True)
class District:
    """Where the product is being served."""

    address: str


@pytest.fixture(scope="session")
def district(tmp_path_factory: pytest.TempPathFactory) -> Iterator[District]:
    """The demo district of the fixed day, built and served by the ``gongyu`` command."""
    home = tmp_path_factory.mktemp("home")
    with (
        moulds.a_copy("demo", build_demo, home) as (environment, _said),
        installation.served(environment) as address,
    ):
        yield District(address)


def build_demo(environment: dict[str, str]) -> str:
    demo = [*installation.GONGYU, "demo", "--date", TODAY.isoformat()]
    return installation.run(demo, environment)


# The browser


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, or the one that CHROMIUM names."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), args=CHROMIUM_FLAGS
        )
        yield chromium
        chromium.close()


@dataclass
class Watch:
    """Everything that went wrong in a page without anybody asserting it."""

    host: str
    wrong: list[str] = field(default_factory=list)

    def over(self, page: Page) -> None:
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.wrong.append(f"script error: {error}"))
        page.on("request", self._request)
        page.on("response", self._response)

    def _console(self, message: ConsoleMessage) -> None:
        # A refused page is answered with 403 or 404 on purpose; ``_response`` judges statuses.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            self.wrong.append(f"console: {message.text}")

    def _request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in {"http", "https", "ws", "wss"} and parts.netloc != self.host:
            self.wrong.append(f"request to another host: {request.url}")

    def _response(self, response: Response) -> None:
        asked_for = response.request.is_navigation_request() and response.status in {403, 404}
        if response.status >= 400 and not asked_for:
            self.wrong.append(f"{response.status} for {response.url}")


Newcomer = Callable[[], Page]


@pytest.fixture(params=list(SCREENS))
def screen(request: pytest.FixtureRequest) -> str:
    """``phone`` or ``desktop``; every journey is made on both."""
    return str(request.param)


@pytest.fixture
def newcomer(browser: Browser, district: District, screen: str) -> Iterator[Newcomer]:
    """Somebody who opens the product in a browser of their own: ``teacher = newcomer()``."""
    watch = Watch(urlsplit(district.address).netloc)
    contexts = []

    def arrive() -> Page:
        context = browser.new_context(
            base_url=district.address,
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            reduced_motion="reduce",
            **SCREENS[screen],
        )
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        page = context.new_page()
        watch.over(page)
        return page

    yield arrive
    for context in contexts:
        context.close()
    assert watch.wrong == []


@pytest.fixture
def page(newcomer: Newcomer) -> Page:
    """A visitor who has not opened anything yet."""
    return newcomer()


# What people do


def sign_in_as(page: Page, username: str) -> None:
    """Be one of the demo's people on the first page of the day, without pressing for it."""
    token = "c" * 32  # what the field and the cookie agree on
    page.request.post(
        "/demo/sign-in/",
        headers={"Cookie": f"csrftoken={token}"},
        form={"csrfmiddlewaretoken": token, "role": username},
        max_redirects=0,
    )
    page.goto("/today/")
    _is_on_today(page)


def press_role(page: Page, username: str) -> None:
    """Press the button of a demo role (``gongyu/demo/roles.py``) on the sign-in page."""
    page.goto("/account/sign-in/")
    page.locator(f'form[action="/demo/sign-in/"] [name=role][value="{username}"]').first.click()
    _is_on_today(page)


def pick_from_the_list(page: Page, username: str) -> None:
    """Pick somebody from the sign-in page's list of all the demo's people."""
    page.goto("/account/sign-in/")
    page.get_by_text("换一个单位、一位老师或家长").click()
    page.get_by_label("演示里的人").select_option(username)
    page.get_by_role("button", name="以这个身份看").click()
    _is_on_today(page)


def people_of(page: Page, organization: str) -> list[str]:
    """Usernames of the demo's people who work at an organisation, as that list has them."""
    listed = page.request.get("/account/sign-in/").text()
    people = re.findall(r'<option value="([^"]+)"[^>]*>([^<]*)<', listed)
    return [username for username, about in people if organization in about]


def _is_on_today(page: Page) -> None:
    expect(page).to_have_url(f"{_origin(page)}/today/")


def use_large_type(page: Page) -> None:
    """Read everything from now on in the 长辈版."""
    page.context.add_cookies([{"name": "size", "value": "large", "url": _origin(page)}])


def axe(page: Page) -> None:
    """Nothing on the page as it stands breaks an accessibility rule that axe knows."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    found = page.evaluate(
        "axe.run({resultTypes: ['violations']}).then(results => results.violations)"
    )
    broken = [
        f"{rule['id']}: {rule['help']}\n    "
        + "\n    ".join(node["html"][:200] for node in rule["nodes"][:5])
        for rule in found
    ]
    assert not broken, f"axe on {page.url}:\n" + "\n".join(broken)


def fits_the_screen(page: Page) -> None:
    """Nothing sticks out to the right."""
    over = page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    assert over <= 0, f"{page.url} is {over} px wider than the screen"


def look(page: Page) -> None:
    """Nothing is wrong with the page as it stands, in the normal and in the large type.

    It looks the same whatever database stands behind it: on a second one nobody looks again.
    """
    if os.environ.get("DATABASE_URL"):
        return
    for size in ("", "large"):
        page.evaluate("size => { document.documentElement.dataset.size = size }", size)
        axe(page)
        fits_the_screen(page)
    page.evaluate("delete document.documentElement.dataset.size")


def _origin(page: Page) -> str:
    parts = urlsplit(page.url)
    return f"{parts.scheme}://{parts.netloc}"
