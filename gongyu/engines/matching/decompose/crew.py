"""Who does the work: this process, processes of this machine, or a cluster's workers.

Blocks are held where they were opened, so that their arrays travel once. What is asked of them and
in which order the answers are put together does not depend on the crew: every crew gives the
same answer, bit for bit.
"""

from __future__ import annotations

import os
import signal
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from itertools import count
from multiprocessing import get_context, parent_process
from typing import Any, Protocol, TypeVar, cast

from .block import Block, Order, Survey

Result = TypeVar("Result")
Deed = Callable[..., Result]

_ONE_THREAD = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "NUMBA_NUM_THREADS",
)


class WorkerLost(RuntimeError):
    """A worker ended before its answer, most often for want of memory."""


class Crew(Protocol):
    """What a crew can do."""

    size: int

    def open(self, orders: Iterable[Order]) -> list[Survey]:
        """Make the blocks and hold them."""

    def ask(self, deed: Deed[Result], *message: Any) -> list[Result]:
        """Every block's answer, ``deed(block, *message)``, in the order of the blocks."""

    def spread(self, deed: Deed[Result], jobs: Iterable[tuple[Any, ...]]) -> Iterator[Result]:
        """``deed(*job)`` for every job, in the order of the jobs; jobs are drawn as needed."""

    def close(self) -> None:
        """Let go of everything."""


# Any in messages and jobs: they are whatever the deed takes; the deed's own types check it.


class Here:
    """Everything in this process, one thing after another."""

    size = 1

    def __init__(self) -> None:
        self._blocks: list[Block] = []

    def open(self, orders: Iterable[Order]) -> list[Survey]:
        found = []
        for order in orders:
            block = Block(order)
            self._blocks.append(block)
            found.append(block.survey())
        return found

    def ask(self, deed: Deed[Result], *message: Any) -> list[Result]:
        return [deed(block, *message) for block in self._blocks]

    def spread(self, deed: Deed[Result], jobs: Iterable[tuple[Any, ...]]) -> Iterator[Result]:
        for job in jobs:
            yield deed(*job)

    def close(self) -> None:
        self._blocks.clear()


_HELD: dict[str, dict[int, Block]] = {}
"""Blocks that this worker holds, by run."""


def open_held(run: str, number: int, order: Order) -> Survey:
    """In a worker: make a block and hold it."""
    block = Block(order)
    _HELD.setdefault(run, {})[number] = block
    return block.survey()


def ask_held(run: str, deed: Deed[Result], message: tuple[Any, ...]) -> list[tuple[int, Result]]:
    """In a worker: the answers of the blocks it holds."""
    held = _HELD.get(run, {})
    return [(number, deed(held[number], *message)) for number in sorted(held)]


def drop_held(run: str) -> None:
    """In a worker: forget the blocks of a run."""
    _HELD.pop(run, None)


_runs = count()


class Hands(ABC):
    """A crew of workers that can be given calls; how a call gets there is the heir's business."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.run = f"{os.getpid()}-{next(_runs)}"

    @abstractmethod
    def call(self, worker: int, function: Callable[..., Any], *given: Any) -> Future[Any]:
        """Start a call at a worker."""

    @abstractmethod
    def value(self, future: Future[Any]) -> Any:
        """What a call gave. Raises WorkerLost."""

    @abstractmethod
    def first(self, futures: set[Future[Any]]) -> set[Future[Any]]:
        """Wait until some are done."""

    def open(self, orders: Iterable[Order]) -> list[Survey]:
        """Block k goes to worker k modulo their number; one order at a time waits for each."""
        futures: list[Future[Any]] = []
        for number, order in enumerate(orders):
            if number >= 2 * self.size:
                self.first({futures[number - 2 * self.size]})
            futures.append(self.call(number % self.size, open_held, self.run, number, order))
        return [cast(Survey, self.value(future)) for future in futures]

    def ask(self, deed: Deed[Result], *message: Any) -> list[Result]:
        futures = [
            self.call(worker, ask_held, self.run, deed, message) for worker in range(self.size)
        ]
        found: dict[int, Result] = {}
        for future in futures:
            found.update(self.value(future))
        return [found[number] for number in sorted(found)]

    def spread(self, deed: Deed[Result], jobs: Iterable[tuple[Any, ...]]) -> Iterator[Result]:
        idle = list(range(self.size))
        waiting: dict[Future[Any], tuple[int, int]] = {}
        done: dict[int, Result] = {}
        given, following = 0, 0
        rest = iter(jobs)
        more = True
        while more or waiting:
            while more and idle:
                job = next(rest, None)
                if job is None:
                    more = False
                    break
                worker = idle.pop()
                waiting[self.call(worker, deed, *job)] = (given, worker)
                given += 1
            if not waiting:
                break
            for future in self.first(set(waiting)):
                number, worker = waiting.pop(future)
                idle.append(worker)
                done[number] = self.value(future)
            while following in done:
                yield done.pop(following)
                following += 1


class Processes(Hands):
    """Processes of this machine, started afresh, each with one thread."""

    def __init__(self, size: int) -> None:
        super().__init__(size)
        context = get_context("spawn")
        self._pools = [
            ProcessPoolExecutor(1, mp_context=context, initializer=_begin) for _ in range(size)
        ]
        with _one_thread_each():
            for future in [pool.submit(os.getpid) for pool in self._pools]:
                self.value(future)

    def call(self, worker: int, function: Callable[..., Any], *given: Any) -> Future[Any]:
        try:
            return self._pools[worker].submit(function, *given)
        except BrokenProcessPool as broken:
            raise WorkerLost(str(broken)) from broken

    def value(self, future: Future[Any]) -> Any:
        try:
            return future.result()
        except BrokenProcessPool as broken:
            raise WorkerLost(str(broken)) from broken

    def first(self, futures: set[Future[Any]]) -> set[Future[Any]]:
        return wait(futures, return_when=FIRST_COMPLETED).done

    def close(self) -> None:
        """The processes end when what they are doing is done."""
        for pool in self._pools:
            pool.shutdown(wait=False, cancel_futures=True)
        for pool in self._pools:
            pool.shutdown(wait=True)


def _begin() -> None:
    """In a new process: Ctrl-C is the parent's to hear, and nobody outlives the parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = parent_process()
    if parent is not None:

        def follow() -> None:
            parent.join()
            os._exit(1)

        threading.Thread(target=follow, daemon=True).start()


@contextmanager
def _one_thread_each() -> Iterator[None]:
    """Processes started meanwhile use one thread each."""
    before = {name: os.environ.get(name) for name in _ONE_THREAD}
    os.environ.update(dict.fromkeys(_ONE_THREAD, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
