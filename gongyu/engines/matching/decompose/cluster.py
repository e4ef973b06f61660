"""The workers of a running Dask cluster as a crew. An optional extra: see ``NeedsExtra``."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from importlib import import_module
from typing import Any

from .crew import Hands, WorkerLost, ask_held, drop_held

TIMEOUT = 30.0
"""Seconds to wait for a scheduler."""


class NeedsExtra(ImportError):
    """The cluster's library is not installed; the message says what to install."""

    def __init__(self) -> None:
        super().__init__("A cluster needs Dask: pip install 'gongyu[cluster]'")


class NoCluster(ConnectionError):
    """Nobody answers at the address, or no worker is there."""


class Cluster(Hands):
    """The workers that a scheduler knows when the run begins; each is given one call at a time."""

    def __init__(self, address: str) -> None:
        try:
            library: Any = import_module("distributed")  # Any: it is not typed
        except ImportError as missing:
            raise NeedsExtra from missing
        self._library = library
        try:
            self._client = library.Client(address, timeout=TIMEOUT, set_as_default=False)
        except (OSError, ValueError) as refused:
            raise NoCluster(f"no Dask scheduler answers at {address}") from refused
        self._workers = sorted(self._client.nthreads())
        if not self._workers:
            self._client.close()
            raise NoCluster(f"the Dask scheduler at {address} has no workers")
        super().__init__(len(self._workers))

    def call(self, worker: int, function: Callable[..., Any], *given: Any) -> Future[Any]:
        # Any: Dask's futures are not those of the standard library, and behave alike here.
        where = [self._workers[worker]]
        there: Any = given
        if function not in (ask_held, drop_held):  # whole arrays: past the scheduler
            there = self._client.scatter([given], workers=where, hash=False)[0]
        started: Future[Any] = self._client.submit(
            _apply, function, there, workers=where, allow_other_workers=False, pure=False
        )
        return started

    def value(self, future: Future[Any]) -> Any:
        try:
            return future.result()
        except (self._library.KilledWorker, self._library.client.FutureCancelledError) as lost:
            raise WorkerLost(str(lost)) from lost

    def first(self, futures: set[Future[Any]]) -> set[Future[Any]]:
        with self._client.as_current():
            return set(self._library.wait(list(futures), return_when="FIRST_COMPLETED").done)

    def close(self) -> None:
        for worker in range(self.size):
            self.value(self.call(worker, drop_held, self.run))
        self._client.close()


def _apply(function: Callable[..., Any], given: tuple[Any, ...]) -> Any:
    return function(*given)
