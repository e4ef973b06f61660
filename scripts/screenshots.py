"""Pictures of every page, as each role, on a phone and on a desktop, into ``screenshots/``.

    make screenshots
    make screenshots ARGS="demo-teacher --large --night"

For looking at: the demo district is built for a fixed day in a temporary folder and served by the
real command. Every address that a role's pages link to is visited once for each kind of page.
"""

import argparse
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "screenshots"
DAY = "2026-11-24"
ROLES = ("parent", "teacher", "school", "unit", "commission", "department", "community")
SCREENS = {
    "phone": {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True},
    "desktop": {"viewport": {"width": 1440, "height": 900}},
}
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
FLAGS += ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
# The map is drawn, and a link in a drawing keeps its address elsewhere.
LINKS = "all => all.map(a => new URL(a.getAttribute('href'), location).href)"
NOT_PAGES = ("/admin/", "/static/", "/health/", "/places/map/points/")


@contextmanager
def served() -> Iterator[str]:
    """The demo district at an address of its own."""
    with tempfile.TemporaryDirectory() as home:
        environment = {**os.environ, "GONGYU_HOME": home, "GONGYU_DEMO": "1", "GONGYU_DATE": DAY}
        for name in ("DATABASE_URL", "GONGYU_DEBUG"):
            environment.pop(name, None)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        command = [sys.executable, "-m", "gongyu", "serve", "--demo", "--port", str(port)]
        server = subprocess.Popen(command, cwd=ROOT, env=environment)
        try:
            address = f"http://127.0.0.1:{port}"
            _wait(server, f"{address}/health/")
            yield address
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(30)


def _wait(server: subprocess.Popen[bytes], url: str) -> None:
    for _ in range(1200):
        try:
            urllib.request.urlopen(url, timeout=5)
        except (urllib.error.URLError, ConnectionError):
            try:
                server.wait(0.1)
            except subprocess.TimeoutExpired:
                continue
            break
        else:
            return
    raise SystemExit("the product did not start")


def _kind(path: str) -> str:
    """Pages that differ in a number only are of one kind."""
    return re.sub(r"\d+", "N", path)


def walk(page: Page, role: str, screen: str) -> int:
    """Photograph each kind of page that can be reached by links from where we stand."""
    origin = urlsplit(page.url)
    waiting = deque([origin.path])
    seen = {_kind(origin.path)}
    count = 0
    while waiting:
        path = waiting.popleft()
        answer = page.goto(path)
        if answer is None or "text/html" not in answer.headers.get("content-type", ""):
            continue
        name = _kind(path).strip("/").replace("/", "-") or "front"
        page.screenshot(path=OUT / screen / f"{role}-{name}.png", full_page=True)
        count += 1
        for link in page.eval_on_selector_all("a[href]", LINKS):
            parts = urlsplit(link)
            if parts.netloc != origin.netloc or parts.path.startswith(NOT_PAGES):
                continue
            if _kind(parts.path) not in seen:
                seen.add(_kind(parts.path))
                waiting.append(parts.path)
    return count


def arrive(browser: Browser, address: str, screen: str, asked: argparse.Namespace) -> Page:
    context: BrowserContext = browser.new_context(
        base_url=address, locale="zh-CN", timezone_id="Asia/Shanghai", **SCREENS[screen]
    )
    cookies = {"size": "large" if asked.large else "", "theme": "gongyu-night" * asked.night}
    context.add_cookies([{"name": n, "value": v, "url": address} for n, v in cookies.items() if v])
    return context.new_page()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("roles", nargs="*", default=["visitor", *(f"demo-{r}" for r in ROLES)])
    parser.add_argument("--large", action="store_true", help="in large type")
    parser.add_argument("--night", action="store_true", help="in the dark theme")
    asked = parser.parse_args()
    with served() as address, sync_playwright() as playwright:
        chromium = os.environ.get("CHROMIUM", "/usr/bin/chromium")
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        for screen in SCREENS:
            (OUT / screen).mkdir(parents=True, exist_ok=True)
            for role in asked.roles:
                page = arrive(browser, address, screen, asked)
                page.goto("/" if role == "visitor" else "/account/sign-in/")
                if role != "visitor":
                    page.locator(f'[name=role][value="{role}"]').first.click()
                    page.wait_for_url("**/today/")
                print(f"{screen:<8} {role:<16} {walk(page, role, screen):>3} pages", flush=True)
                page.context.close()
        browser.close()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
