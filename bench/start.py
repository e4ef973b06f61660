"""Seconds from ``git clone`` to the first page, and from a second ``make run`` to the page.

Beside them stands the time of the bare ``pip install`` of the same pins, which is not ours to
shorten; our own share is what comes on top: the environment, migrations, static files, the demo
district, the start. Both installs go without pip's cache, as on a fresh machine.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PROMISED = {"own_share_first_s": 60.0, "second_page_s": 5.0}
LIMIT = 600.0


def bare_install(folder: Path) -> float:
    """The same pins by pip alone, into an environment that is there already."""
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    lock = ROOT / "requirements" / "runtime.txt"
    started = time.perf_counter()
    command = [folder / "bin" / "pip", "install", "--quiet", "--no-cache-dir"]
    subprocess.run([*command, "--require-hashes", "-r", lock], check=True)
    return time.perf_counter() - started


def seconds_to_page(clone: Path, port: int, started: float) -> float:
    """Run ``make run`` until the front page is there, then stop it as Ctrl-C would."""
    environment = {**os.environ, "PORT": str(port), "PIP_NO_CACHE_DIR": "1"}
    for name in ("GONGYU_HOME", "DATABASE_URL", "GONGYU_DATE", "GONGYU_DEBUG", "VIRTUAL_ENV"):
        environment.pop(name, None)
    run = subprocess.Popen(["make", "run"], cwd=clone, env=environment, start_new_session=True)
    try:
        while True:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=30) as page:
                    page.read()
                break
            except (urllib.error.URLError, ConnectionError) as refusal:
                if isinstance(refusal, urllib.error.HTTPError):
                    raise
                if run.poll() is not None or time.perf_counter() - started > LIMIT:
                    raise SystemExit("make run did not bring up the page") from refusal
                time.sleep(0.02)
        return time.perf_counter() - started
    finally:
        os.killpg(run.pid, signal.SIGINT)
        run.wait(30)


def main() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        pip = bare_install(folder / "venv")
        started = time.perf_counter()
        clone = folder / "gongyu"
        subprocess.run(["git", "clone", "--quiet", ROOT, clone], check=True)
        first = seconds_to_page(clone, port, started)
        second = seconds_to_page(clone, port, time.perf_counter())
    figures = {
        "pip_install_s": round(pip, 1),
        "first_page_s": round(first, 1),
        "own_share_first_s": round(first - pip, 1),
        "second_page_s": round(second, 1),
    }
    print(json.dumps(figures))
    return 1 if any(figures[name] > limit for name, limit in PROMISED.items()) else 0


if __name__ == "__main__":
    raise SystemExit(main())
