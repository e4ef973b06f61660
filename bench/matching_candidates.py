"""The search for candidates against a plain Python loop over the sessions for each need.

    .venv/bin/python bench/matching_candidates.py --scale municipality --sample 40

The loop runs over a sample of needs and is scaled up; ours runs in full, warm. CPU seconds of this
process. The pairs of the sample are compared. The last line is JSON.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from math import asin, cos, radians, sin, sqrt
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parent))

from matching_instances import KINDS, SCALES, synthetic

from gongyu.engines.matching import Form, Need, Session, find_candidates, warm_up


def fitting(need: Need, sessions: tuple[Session, ...]) -> list[int]:
    """The sessions that the need may take, rule by rule, the cheap rules first."""
    found = []
    total = sum(need.topics.values())
    for s, session in enumerate(sessions):
        if not need.date_from <= session.date <= need.date_to:
            continue
        if (session.date.weekday(), session.half_day) not in need.slots:
            continue
        if not need.forms & session.form or not need.grades <= session.grades:
            continue
        if need.headcount > session.capacity:
            continue
        if session.exclusive and need.headcount < session.min_group:
            continue
        parents = {code[:3] for code in session.topics}
        fit = 0.0
        for code, weight in need.topics.items():
            if code in session.topics:
                fit += weight / total
            elif code[:3] in parents:
                fit += 0.4 * weight / total
        if fit < 0.2 - 1e-9:
            continue
        if session.form != Form.ONLINE:
            half = sin(radians(session.lat - need.lat) / 2) ** 2
            side = sin(radians(session.lon - need.lon) / 2) ** 2
            chord = half + cos(radians(need.lat)) * cos(radians(session.lat)) * side
            km = 1.3 * 2 * 6371.0088 * asin(sqrt(chord))
            allowed = session.radius_km if session.form == Form.HOST else need.reach_km
            if km > allowed * (1 + 1e-9):
                continue
        found.append(s)
    return found


def main() -> None:
    """Read the command line and run."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--scale", choices=list(SCALES), default="municipality")
    parser.add_argument("--kind", choices=list(KINDS), default="ample")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--sample", type=int, default=40, help="needs that the loop runs over")
    asked = parser.parse_args()
    problem = synthetic(asked.scale, asked.kind, asked.seed)
    warm_up()
    begin = time.process_time()
    candidates = find_candidates(problem)
    ours = time.process_time() - begin
    sample = random.Random(asked.seed).sample(range(len(problem.needs)), asked.sample)
    begin = time.process_time()
    rows = [fitting(problem.needs[n], problem.sessions) for n in sample]
    plain = (time.process_time() - begin) * len(problem.needs) / len(sample)
    for n, row in zip(sample, rows, strict=True):
        mine = candidates.session[candidates.start[n] : candidates.start[n + 1]].tolist()
        if mine != row:
            raise SystemExit(f"{problem.needs[n].id}: {len(mine)} candidates, the loop {len(row)}")
    line = {
        "scale": asked.scale,
        "kind": asked.kind,
        "seed": asked.seed,
        "pairs": len(candidates),
        "plain_seconds": round(plain, 1),
        "seconds": round(ours, 2),
        "times_faster": round(plain / ours, 1),
    }
    print(json.dumps(line))


if __name__ == "__main__":
    main()
