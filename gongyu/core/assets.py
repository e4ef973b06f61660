"""Static files, collected once for as long as their sources stay the same."""

import hashlib
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders

MARK = ".sources"


def fingerprint() -> str:
    """What the sources are now: the name, the size and the age of every static file."""
    seen = []
    for finder in get_finders():
        for name, storage in finder.list([]):
            about = Path(storage.path(name)).stat()
            seen.append(f"{name} {about.st_size} {about.st_mtime_ns}")
    return hashlib.sha256("\n".join(sorted(seen)).encode()).hexdigest()


def _mark() -> Path:
    return Path(settings.STATIC_ROOT) / MARK


def are_collected() -> bool:
    """Whether the collected files are those of the present sources."""
    mark = _mark()
    return mark.exists() and mark.read_text() == fingerprint()


def mark_collected() -> None:
    """Remember the sources that were collected; said after the collecting has succeeded."""
    _mark().write_text(fingerprint())
