"""A province of some dozens of districts, solved in parts; its line beside the municipality's.

    bench/matching --scale province --share 0.05 --workers 2

Districts lie side by side in a square and are drawn one by one, each from a seed of its own, with
the skew of the other scales. Nothing stops at a border: reaches and radii cross it, and sessions
online are open to the whole province. ``--share`` takes that share of the districts.

Seconds are CPU seconds of all processes, from the validated problem to the chosen pairs; memory is
the largest sum of the resident sizes of all processes, seen four times a second.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Hashable
from dataclasses import replace
from datetime import date
from typing import Any, TypeVar, cast

import numpy as np
import psutil
from matching_instances import KINDS, SCALES, Scale, _needs, _sessions, synthetic

from gongyu.engines.matching import Need, Options, Phase, Plan, Problem, Progress, Session
from gongyu.engines.matching.decompose import match_in_parts, verify_in_parts

ROWS = 6
"""Districts a side: 36 in all."""

Thing = TypeVar("Thing", bound=Hashable)


def province(kind: str, seed: int, share: float = 1.0) -> Problem:
    """The same problem for the same kind, seed and share."""
    size, manner = SCALES["province"], KINDS[kind]
    whole = np.random.default_rng([seed, 7])
    codes = [f"T{i:02}{j:02}" for i in range(1, size.parents + 1) for j in range(1, 5)]
    popular = 1.0 / np.arange(1, len(codes) + 1) ** 0.7
    popular = popular[whole.permutation(len(codes))] / popular.sum()
    weight = whole.lognormal(0.0, 0.4, ROWS * ROWS)
    weight /= weight.sum()
    place = sorted(((row, column) for row in range(ROWS) for column in range(ROWS)), key=_corner)
    side = size.side / ROWS
    seen: dict[Any, Any] = {}
    needs: list[Need] = []
    sessions: list[Session] = []
    limits: dict[str, int] = {}
    for number in range(max(1, round(share * ROWS * ROWS))):
        draw = np.random.default_rng([seed, 8, number])
        part = weight[number]
        here = Scale(
            max(1, round(size.needs * part)),
            max(1, round(size.sessions * part * manner.sessions)),
            max(3, round(size.towns / ROWS**2)),
            side,
            size.parents,
        )
        row, column = place[number]
        towns = [f"区{number:02}镇{i:02}" for i in range(here.towns)]
        centres = draw.random((here.towns, 2)) * side + np.array([column, row]) * side
        people = draw.lognormal(0.0, 0.8, here.towns)
        units = max(4, here.sessions // 20)
        drift = draw.lognormal(0.0, 0.5, len(codes))
        offered = popular * drift / (popular * drift).sum()
        of = f"{number:02}-"
        for need in _needs(draw, here, manner, towns, centres, people, codes, popular, units):
            needs.append(_here(need, of, seen))
        for session in _sessions(
            draw, here, manner, towns, centres, people, codes, offered, units, here.sessions
        ):
            sessions.append(
                replace(
                    session,
                    id=of + session.id,
                    unit=_same(of + session.unit, seen),
                    topics=_same(session.topics, seen),
                    grades=_same(session.grades, seen),
                    date=_same(session.date, seen),
                )
            )
        low, high = manner.limits
        limits |= {f"{of}U{i}": int(draw.integers(low, high + 1)) for i in range(units)}
    return Problem.build(needs, sessions, unit_month_limits=limits)


def _corner(place: tuple[int, int]) -> tuple[int, int, int]:
    """Orders districts so that the first few lie together."""
    return max(place), *place


def _same(thing: Thing, seen: dict[Any, Any]) -> Thing:
    """An equal thing met before, so that a million records share what they have in common."""
    return cast(Thing, seen.setdefault(thing, thing))


def _here(need: Need, of: str, seen: dict[Any, Any]) -> Need:
    first: date = _same(need.date_from, seen)
    return replace(
        need,
        id=of + need.id,
        group=of + need.group if need.group else "",
        wished_units=frozenset(of + unit for unit in need.wished_units),
        grades=_same(need.grades, seen),
        slots=_same(need.slots, seen),
        date_from=first,
        date_to=_same(need.date_to, seen),
    )


class Watch:
    """CPU seconds and memory of this process and its children."""

    def __init__(self) -> None:
        self.peak = 0.0
        self.at: dict[Phase, float] = {}
        self.pairs = 0
        self._me = psutil.Process()
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._before = self.seconds()
        self._thread.start()

    def _all(self) -> list[psutil.Process]:
        return [self._me, *self._me.children(recursive=True)]

    def seconds(self) -> float:
        """CPU seconds of all living processes and of ended children."""
        mine = self._me.cpu_times()
        total = mine.user + mine.system + mine.children_user + mine.children_system
        for child in self._me.children(recursive=True):
            try:
                times = child.cpu_times()
                total += times.user + times.system
            except psutil.NoSuchProcess:
                continue
        return float(total)

    def _look(self) -> None:
        while not self._end.wait(0.25):
            total = 0
            for process in self._all():
                try:
                    total += process.memory_info().rss
                except psutil.NoSuchProcess:
                    continue
            self.peak = max(self.peak, total / 2**30)

    def hear(self, progress: Progress) -> None:
        """Notes when each phase began; says so."""
        if progress.pairs:
            self.pairs = progress.pairs
        if progress.phase not in self.at:
            self.at[progress.phase] = self.seconds() - self._before
            print(
                f"    {progress.phase:10} from {self.at[progress.phase]:8.1f} CPU s, "
                f"{self.peak:5.2f} GB, gap {progress.gap}",
                flush=True,
            )

    def close(self) -> None:
        """Stop looking."""
        self._end.set()
        self._thread.join()


def line(name: str, problem: Problem, workers: int, seed: int) -> tuple[dict[str, Any], Plan]:
    """Solve it in parts and say what it took."""
    watch = Watch()
    begin = time.perf_counter()
    plan = match_in_parts(problem, Options(seed=seed), workers=workers, progress=watch.hear)
    seconds = time.perf_counter() - begin
    watch.close()
    cpu = watch.at[Phase.EXPLAIN]
    found = {
        "scale": name,
        "needs": len(problem.needs),
        "sessions": len(problem.sessions),
        "pairs": plan.pairs,
        "gap": round(plan.certificate.gap, 5),
        "objective": round(plan.certificate.objective, 1),
        "bound": round(plan.certificate.bound, 1),
        "cpu_seconds": round(cpu, 1),
        "wall_with_reasons": round(seconds, 1),
        "peak_gb": round(watch.peak, 2),
        "microseconds_a_pair": round(1e6 * cpu / max(plan.pairs, 1), 2),
        "workers": workers,
    }
    print("  " + json.dumps(found), flush=True)
    return found, plan


def main(kind: str, seed: int, share: float, workers: int) -> None:
    """The province's line, then the municipality's."""
    print(f"{date.today()}: {workers} worker processes, share {share:g}, kind {kind}, seed {seed}")
    problem = province(kind, seed, share)
    large, plan = line("province", problem, workers, seed)
    large["share"] = share
    begin = time.process_time()
    wrong = verify_in_parts(problem, plan)
    if wrong:
        raise SystemExit(f"the verifier refuses this plan: {wrong[:3]}")
    large["verifier_cpu_seconds"] = round(time.process_time() - begin, 1)
    del problem, plan
    small, _ = line("municipality", synthetic("municipality", kind, seed), workers, seed)
    large["pairs_ratio"] = round(large["pairs"] / small["pairs"], 2)
    large["time_ratio"] = round(large["cpu_seconds"] / small["cpu_seconds"], 2)
    print(json.dumps({"municipality": small, "province": large}))
