"""The processes of one installation: the web server and the background worker, kept together.

They start together and stop together. A worker that dies is started again; one that keeps dying,
or a web server that dies, brings everything down with a sentence. Nothing is left behind: each
child is told by the kernel when its parent is gone.
"""

import contextlib
import ctypes
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from types import FrameType

GRACE = 8.0  # seconds to end what is under way, before a process is ended the hard way
STARTING = 60.0  # seconds for the web server to answer its first request
PATIENCE = 5  # deaths of the worker within a minute that are still put down to chance
PR_SET_PDEATHSIG = 1


class ServingError(Exception):
    """Why a command cannot do what was asked, in a sentence for the person at the terminal."""

    def __init__(self, sentence: str, exit_code: int = 2) -> None:
        super().__init__(sentence)
        self.exit_code = exit_code


def _die_with_parent() -> None:
    """In the child: ask for SIGTERM when the parent dies, however it dies (Linux only)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


@dataclass
class Child:
    """A process of ours, in a session of its own so that Ctrl-C reaches it through us only."""

    name: str
    argv: list[str]
    deaths: list[float] = field(default_factory=list)
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.process = subprocess.Popen(  # noqa: S603  # our own interpreter and arguments
            self.argv,
            start_new_session=True,
            preexec_fn=_die_with_parent,  # started before any thread of ours
        )

    @property
    def has_died(self) -> bool:
        return self.process is not None and self.process.poll() is not None

    def keeps_dying(self) -> bool:
        moment = time.monotonic()
        self.deaths = [t for t in self.deaths if moment - t < 60] + [moment]
        return len(self.deaths) >= PATIENCE

    def signal(self, number: int) -> None:
        """Signal the process and what it started."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, number)

    def ask_to_stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def wait(self, seconds: float) -> bool:
        if self.process is None:
            return True
        try:
            self.process.wait(timeout=max(0.0, seconds))
        except subprocess.TimeoutExpired:
            return False
        return True


def web(host: str, port: int, workers: int) -> Child:
    """Granian over WSGI. Few threads: SQLite writes one at a time, and more would only wait."""
    threads = min(8, 2 * (os.cpu_count() or 1))
    options = {
        "--interface": "wsgi",
        "--host": host,
        "--port": str(port),
        "--workers": str(workers),
        "--blocking-threads": str(threads),
        "--workers-kill-timeout": "5",
        "--log-level": "warning",
    }
    flat = [part for pair in options.items() for part in pair]
    flags = ["--no-ws", "--respawn-failed-workers"]
    app = "gongyu.config.wsgi:application"
    return Child("web server", [sys.executable, "-m", "granian", *flat, *flags, app])


def worker() -> Child:
    return Child("background worker", [sys.executable, "-m", "gongyu", "worker"])


def refuse_taken_port(host: str, port: int) -> None:
    """Say so now, in a sentence, instead of a trace from the server later."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise ServingError(
                f"Port {port} on {host} cannot be used ({error.strerror}). Stop what uses it, or "
                f"choose another: make run PORT={port + 1}, or gongyu serve --port {port + 1}."
            ) from error


def address(host: str, port: int) -> str:
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, host)  # noqa: S104  # not binding
    return f"http://{shown}:{port}"


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2):  # noqa: S310  # our own http address
            return True
    except urllib.error.HTTPError as answer:
        return answer.code < 500  # refusing our host, or leading to https, is an answer too
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False


class Household:
    """Runs the children until a signal, or until one of them cannot be kept alive."""

    def __init__(self, children: list[Child], health: str, ready: Callable[[], None]) -> None:
        self.children = children
        self.health = health
        self.ready = ready
        self.told_to_stop = threading.Event()
        self.signals = 0

    def run(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._on_signal)
        try:
            for child in self.children:
                child.start()
            self._wait_until_ready()
            while not self.told_to_stop.wait(0.2):
                self._look_after()
        finally:
            self._stop()

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self.signals += 1
        self.told_to_stop.set()

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + STARTING
        while not self.told_to_stop.wait(0.05):
            self._look_after()
            if _answers(self.health):
                self.ready()
                return
            if time.monotonic() > deadline:
                raise ServingError(
                    f"The web server did not answer within {STARTING:.0f} s; everything is "
                    "stopped. gongyu doctor says what is wrong.",
                    exit_code=1,
                )

    def _look_after(self) -> None:
        for child in self.children:
            if not child.has_died or self.told_to_stop.is_set():
                continue
            code = child.process.returncode if child.process else None
            if child.name == "web server" or child.keeps_dying():
                raise ServingError(
                    f"The {child.name} ended by itself (exit code {code}); everything is stopped. "
                    "What it wrote stands above; gongyu doctor says what is wrong.",
                    exit_code=1,
                )
            child.start()
            print(f"The {child.name} ended (exit code {code}); started again.", flush=True)

    def _stop(self) -> None:
        """First ask; a worker in the middle of a task is asked again; then insist."""
        patience = self.signals
        for child in self.children:
            child.ask_to_stop()
        deadline = time.monotonic() + GRACE
        while time.monotonic() < deadline and self.signals <= max(patience, 1):
            if all(child.wait(0.1) for child in self.children):
                break
        for child in self.children:
            child.ask_to_stop()
        for child in self.children:
            child.wait(2)
            child.signal(signal.SIGKILL)
            child.wait(2)
