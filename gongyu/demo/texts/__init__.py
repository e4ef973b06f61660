"""What the made-up people of the demo have written: one TOML table a channel, and the notes."""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def table(name: str) -> list[dict[str, Any]]:
    """The entries of ``<name>.toml`` in their order; values as TOML has them, hence ``Any``."""
    (entries,) = tomllib.loads(
        files(__name__).joinpath(f"{name}.toml").read_text(encoding="utf-8")
    ).values()
    return list(entries)
