"""Things that workers are asked to do in tests; they must be found by name in a new process."""

from __future__ import annotations

import os
from typing import NoReturn


def end(*_: object) -> NoReturn:
    """As if the machine had no memory left."""
    os._exit(1)


def threads(*_: object) -> str:
    """How many threads the numerical libraries may use."""
    return os.environ.get("OMP_NUM_THREADS", "as many as they like")
