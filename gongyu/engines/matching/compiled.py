"""Hot loops compiled by numba, their machine code cached beside the sources."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar, cast

import numba

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")

# Said of both, for what is not said is taken over from whoever calls while it is compiled: a lean
# caller left functions that allocate without a way to. Any: numba's stubs do not know the option.
_COUNTING: dict[str, Any] = {"_nrt": True}
_LEAN: dict[str, Any] = {"_nrt": False}


def compiled(function: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
    """Compile on first call. Strict floating point, so that a seed gives the same plan."""
    try:
        return cast(Callable[Arguments, Result], numba.njit(cache=True, **_COUNTING)(function))
    except RuntimeError:  # no folder to cache in: compile anew in each process
        return cast(Callable[Arguments, Result], numba.njit(**_COUNTING)(function))


def lean(function: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
    """Compile without reference counts: for functions that allocate nothing.

    Counting the references of a board's many arrays costs ten times what the small functions of
    the local search do.
    """
    try:
        return cast(Callable[Arguments, Result], numba.njit(cache=True, **_LEAN)(function))
    except RuntimeError:
        return cast(Callable[Arguments, Result], numba.njit(**_LEAN)(function))
