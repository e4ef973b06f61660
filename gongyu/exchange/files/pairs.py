"""Every feasible pair as CSV: the complete set that a plan chooses from."""

from __future__ import annotations

import csv
import os
from pathlib import Path

from gongyu.core.spreadsheets import neutral
from gongyu.engines.matching import Problem, find_candidates

HEADER = ("需求编号", "场次编号", "契合", "公里", "路程占比", "价值")


def write_pairs(path: Path, problem: Problem) -> int:
    """Their number. The byte-order mark lets Excel read the Chinese."""
    pairs = find_candidates(problem)
    needs = [neutral(need.id) for need in problem.needs]
    sessions = [neutral(session.id) for session in problem.sessions]
    part = path.with_name(f".{path.name}.part")
    try:
        with part.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(HEADER)
            columns = (pairs.need, pairs.session, pairs.fit, pairs.km, pairs.travel, pairs.value)
            for n, s, *figures in zip(*(column.tolist() for column in columns), strict=True):
                writer.writerow([needs[n], sessions[s], *(f"{figure:.6g}" for figure in figures)])
        os.replace(part, path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    return len(pairs)
