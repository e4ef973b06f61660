"""Compare ways to match on seeded synthetic districts; every plan goes through the verifier.

    bench/matching --scale district --kind scarce --seeds 3
    bench/matching --whole          (district: ten seeds of scarce, three of each other kind)

Prints a table for each seed and one line of JSON, at the end a table of the worst and the median
of each kind; the last line of all is the last seed's JSON. Seconds are CPU seconds of this process
(wall-clock seconds beside them) from the validated problem to the chosen pairs, candidates
included; HiGHS is stopped after --limit seconds. cpsat runs only where ortools is installed
(the extra ``bench``), with --cpsat-limit seconds.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parent))

from matching_changes import follow
from matching_instances import KINDS, SCALES, synthetic
from matching_rivals import RIVALS

from gongyu.engines.matching import (
    Certificate,
    Match,
    Options,
    Plan,
    Problem,
    Reason,
    Unmet,
    find_candidates,
    verify,
)
from gongyu.engines.matching.fairness import equity, served_of, shares
from gongyu.engines.matching.instance import Instance, assemble, benefit
from gongyu.engines.matching.solve import Clock, solve

Row = dict[str, Any]


@dataclass(frozen=True)
class Setting:
    """What the command line asks for."""

    methods: list[str]
    limit: float
    cpsat_limit: float
    fairness: float
    rematch: bool


def ours(problem: Problem, instance: Instance, fairness: float) -> tuple[Any, float]:
    """Chosen pairs and the bound of B."""
    options = Options(fairness=fairness)
    fair = equity(problem, instance, fairness)
    solution = solve(problem, instance, fair, options, Clock(None), lambda _: None, None)
    return solution.chosen, solution.bound


def gini(shares: list[float]) -> float:
    """Gini coefficient of the towns' served shares."""
    values = np.sort(np.array(shares))
    if not values.sum():
        return 0.0
    ranks = np.arange(1, len(values) + 1)
    return float(2 * (ranks * values).sum() / (len(values) * values.sum()) - 1 - 1 / len(values))


def peak_mb() -> float:
    """Peak memory of this process so far."""
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 0)


def plan_of(problem: Problem, instance: Instance, chosen: Any, bound: float, pairs: int) -> Plan:
    """The choice as a plan, so that the verifier can read it; reasons are not asked for here."""
    objective = benefit(instance, chosen)
    bound = max(objective, bound) if np.isfinite(bound) else objective
    got = np.bincount(instance.need[chosen], minlength=len(problem.needs))
    reachable = (np.diff(instance.start) > 0).astype(np.int64)
    towns, groups = shares(problem, reachable, served_of(instance, chosen))
    gap = bound / objective - 1 if objective else bound
    return Plan(
        matches=tuple(
            Match(
                problem.needs[instance.need[pair]].id,
                problem.sessions[instance.session[pair]].id,
                int(instance.heads[instance.need[pair]]),
                float(instance.km[pair]),
                float(instance.value[pair]),
            )
            for pair in chosen.tolist()
        ),
        certificate=Certificate(objective, bound, gap, "", 0, 0.0),
        unmet=tuple(
            Unmet(need.id, need.wanted, int(got[n]), Reason.STOPPED_EARLY, ())
            for n, need in enumerate(problem.needs)
            if got[n] < need.wanted
        ),
        towns=towns,
        pairs=pairs,
        fair_groups=groups,
    )


def measure(
    problem: Problem, run: Callable[[Instance], tuple[Any, float]], least: float
) -> tuple[Row, float]:
    """Run one method on the problem; returns its row and its bound."""
    begin, wall = time.process_time(), time.perf_counter()
    candidates = find_candidates(problem)
    instance = assemble(problem, candidates)
    chosen, bound = run(instance)
    seconds, wall = time.process_time() - begin, time.perf_counter() - wall
    if chosen is None:
        return {"objective": None, "seconds": round(seconds, 3), "wall": round(wall, 3)}, bound
    plan = plan_of(problem, instance, chosen, bound, len(candidates))
    wrong = verify(problem, plan)
    if wrong:
        raise SystemExit(f"the verifier refuses this plan: {wrong[:3]}")
    objective = benefit(instance, chosen)
    shares = [town.share for town in plan.towns]
    return {
        "objective": round(objective, 2),
        "served": sum(town.served for town in plan.towns),
        "worst_town": round(min(shares), 4),
        "worst_of_least": round(min(shares) / least, 4) if least else None,
        "gini": round(gini(shares), 4),
        "seconds": round(seconds, 3),
        "wall": round(wall, 3),
        "peak_mb": peak_mb(),
    }, bound


def way(name: str, problem: Problem, setting: Setting) -> Callable[[Instance], tuple[Any, float]]:
    """The method of that name, ready to run on the problem's instance."""
    fairness = setting.fairness if name == "fair" else 0.0
    rival = RIVALS.get(name)

    def run(instance: Instance) -> tuple[Any, float]:
        if rival:
            limit = setting.cpsat_limit if name == "cpsat" else setting.limit
            return rival(problem, instance, limit)
        return ours(problem, instance, fairness)

    return run


def one(scale: str, kind: str, seed: int, setting: Setting) -> Row:
    """All methods on one problem."""
    problem = synthetic(scale, kind, seed)
    begin = time.process_time()
    candidates = find_candidates(problem)
    candidate_seconds = time.process_time() - begin
    reachable = np.diff(candidates.start) > 0
    town = problem.need.town
    least = min(float(reachable[town == code].mean()) for code in range(len(problem.towns)))
    rows: dict[str, Row] = {}
    bounds: dict[str, float] = {}
    for name in setting.methods:
        rows[name], bounds[name] = measure(problem, way(name, problem, setting), least)
        row = rows[name]
        print(
            f"{scale:12} {kind:7} {seed:3} {name:13} "
            f"{row['objective'] or 0:14.1f} {row.get('served', 0):7} "
            f"{row.get('worst_of_least') or 0:7.3f} {row['seconds']:9.2f} s cpu "
            f"{row['wall']:9.2f} s",
            flush=True,
        )
    bound = min(bounds.get("ours", np.inf), bounds.get("fair", np.inf))
    line: Row = {
        "scale": scale,
        "kind": kind,
        "seed": seed,
        "pairs": len(candidates),
        "candidate_seconds": round(candidate_seconds, 3),
        "bound": round(bound, 2) if np.isfinite(bound) else None,
        "methods": rows,
    }
    mine = rows.get("ours", {}).get("objective")
    if mine:
        line["gap"] = round(bound / mine - 1, 6)
        for other in ("fcfs", "choosy", "cpsat", "highs"):
            theirs = rows.get(other, {}).get("objective")
            if theirs:
                line[f"ours_over_{other}"] = round(mine / theirs, 5)
        if rows.get("highs"):
            line["time_over_highs"] = round(
                rows["ours"]["seconds"] / max(rows["highs"]["seconds"], 1e-9), 4
            )
            line["wall_over_highs"] = round(
                rows["ours"]["wall"] / max(rows["highs"]["wall"], 1e-9), 4
            )
        if setting.rematch:
            line["rematch"] = follow(scale, kind, seed, problem)
        fair = rows.get("fair", {})
        if fair.get("objective"):
            line["given_up"] = round(1 - fair["objective"] / mine, 5)
            line["fair_over_plain_time"] = round(fair["seconds"] / rows["ours"]["seconds"], 3)
            line["fair_worst_of_least"] = fair["worst_of_least"]
            line["fair_served_more"] = fair["served"] - rows["ours"]["served"]
    return line


def warm_up() -> None:
    """Compile before anything is timed."""
    problem = synthetic("district", "scarce", 0)
    instance = assemble(problem, find_candidates(problem))
    ours(problem, instance, 0.0)


def main() -> None:
    """Read the command line and run."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--scale", choices=list(SCALES), default="district")
    parser.add_argument("--kind", choices=list(KINDS), default="scarce")
    parser.add_argument("--seeds", type=int, default=1, help="seeds 1 to N")
    parser.add_argument("--limit", type=float, default=300.0, help="seconds for HiGHS and CP-SAT")
    parser.add_argument("--fairness", type=float, default=0.5, help="of the method 'fair'")
    parser.add_argument(
        "--methods",
        default="fcfs,choosy,greedy,gale_shapley,cpsat,highs,ours,fair",
        help="comma-separated",
    )
    parser.add_argument("--rematch", action="store_true", help="also follow 1 %% of changes")
    parser.add_argument("--share", type=float, default=1.0, help="of the province's districts")
    parser.add_argument("--workers", type=int, default=2, help="processes for the province")
    parser.add_argument("--cpsat-limit", type=float, default=60.0, help="seconds for CP-SAT")
    parser.add_argument(
        "--whole", action="store_true", help="ten seeds of scarce and three of each other kind"
    )
    asked = parser.parse_args()
    if asked.scale == "province":
        from matching_province import main as in_parts

        in_parts(asked.kind, asked.seeds, asked.share, asked.workers)
        return
    methods = [
        name
        for name in asked.methods.split(",")
        if name in ("ours", "fair") or (name in RIVALS and RIVALS[name] is not None)
    ]
    setting = Setting(methods, asked.limit, asked.cpsat_limit, asked.fairness, asked.rematch)
    warm_up()
    print(f"HiGHS to 0.2 %, at most {setting.limit:g} s, one thread; every plan verified")
    rounds = [(asked.kind, asked.seeds)]
    if asked.whole:
        rounds = [("scarce", 10), ("ample", 3), ("tight", 3), ("harsh", 3)]
    tables: dict[str, list[Row]] = {}
    for kind, seeds in rounds:
        for seed in range(1, seeds + 1):
            tables.setdefault(kind, []).append(one(asked.scale, kind, seed, setting))
            print(json.dumps(tables[kind][-1]), flush=True)
    last = tables[rounds[-1][0]][-1]
    if sum(len(lines) for lines in tables.values()) > 1:
        for kind, lines in tables.items():
            summary(kind, lines)
        print(json.dumps(last))


WORST = {
    "gap": max,
    "ours_over_fcfs": min,
    "ours_over_choosy": min,
    "ours_over_cpsat": min,
    "ours_over_highs": min,
    "time_over_highs": max,
    "wall_over_highs": max,
    "given_up": max,
    "fair_worst_of_least": min,
    "fair_over_plain_time": max,
    "fair_served_more": min,
}


def summary(kind: str, lines: list[Row]) -> None:
    """Worst and median of each figure over the seeds of a kind."""
    print(f"\n{kind}, {len(lines)} seeds {'worst':>21} {'median':>10}")
    for key, pick in WORST.items():
        values = [line[key] for line in lines if line.get(key) is not None]
        if values:
            print(f"  {key:22} {pick(values):12.5f} {float(np.median(values)):10.5f}")


if __name__ == "__main__":
    main()
