"""Refuse committed text that holds only on the machine where it was written.

A package index or mirror, the folder of this clone or a home folder says nothing to whoever clones
the repository, and may not work there. What to look for is asked of this machine, so that none of
it needs to stand here.
"""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from pip._internal.models.index import PyPI

ROOT = Path(__file__).resolve().parent.parent
ASKED = (
    ["npm", "config", "get", "registry"],
    [sys.executable, "-m", "pip", "config", "get", "global.index-url"],
    [sys.executable, "-m", "pip", "config", "get", "global.find-links"],
)
SETTING = re.compile(r"^(PIP|UV|NPM_CONFIG|npm_config)_.*(INDEX|LINKS|REGISTRY|registry)", re.A)
# A lock that says where a package came from says it in one of these ways.
LOCKS = re.compile(r"(requirements/.*\.txt|package(-lock)?\.json|\.npmrc|pip\.conf)$")
ORIGIN = re.compile(r"--(extra-)?index-url|--find-links|\"resolved\":|^registry\s*=", re.M)


def _answer(command: list[str]) -> str:
    try:
        return subprocess.run(command, capture_output=True, text=True, cwd=ROOT).stdout.strip()
    except FileNotFoundError:
        return ""


def hosts() -> Iterator[str]:
    """Every index that this machine, or the client as it comes, would ask."""
    yield from (PyPI.netloc, PyPI.file_storage_domain)
    said = [_answer(command) for command in ASKED]
    said += [value for name, value in os.environ.items() if SETTING.match(name)]
    for word in " ".join(said).split():
        if host := urlsplit(word).hostname:
            yield host


def folders() -> Iterator[str]:
    """The clone, what it lies in, and the home folder, where they are long enough to mean it."""
    for path in (ROOT, ROOT.parent, Path.home()):
        if path != Path(path.anchor):
            yield f"{path}/"


def main() -> int:
    words = sorted({*hosts(), *folders()})
    tracked = _answer(["git", "ls-files", "-z"]).split("\0")
    found = 0
    for name in filter(None, tracked):
        path = ROOT / name
        if not path.is_file():
            continue
        data = path.read_bytes()
        if b"\0" in data[:8000]:
            continue
        text = data.decode("utf-8", "replace")
        wrong = [word for word in words if word in text]
        if LOCKS.search(name) and (origin := ORIGIN.search(text)):
            wrong.append(origin.group())
        for word in wrong:
            found += 1
            print(f"{name}: {word}")
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main())
