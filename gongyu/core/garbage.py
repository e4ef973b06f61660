"""How a server process collects garbage.

A page builds some hundred thousand short-lived objects. With Python's defaults the collector walks
everything that lives for the whole life of the process (modules, models, the phrase bank) again
and again while a page is being built, and one page in twenty takes three times as long as the
others. What is there when the server begins is set aside, and the young are collected less often.
"""

from __future__ import annotations

import gc

YOUNG = 50_000  # objects made and not freed before the youngest are looked at (default: 700)


def settle() -> None:
    """Set aside what has been loaded; call once, when the process is ready to serve."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, 10, 10)
