"""The words of ``gongyu match`` and ``gongyu topics`` on the command line."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    Commands: TypeAlias = argparse._SubParsersAction[argparse.ArgumentParser]

MATCH_EXAMPLES = """\
example:
  gongyu match docs/samples/needs.xlsx docs/samples/sessions.xlsx -o plan.xlsx

The plan's sheets: 方案 who meets whom, 未满足 who was left out, why, and what would help,
证明 how good the plan is provably, 公平 the share of each town, 稀缺 what to build up next,
安排表 the plan by day, 读法 how cells were read that were not written plainly.
Exit status: 0 a plan; 2 tables that cannot be used: every fault is said with its cell, and marked
in a copy beside the table (needs.faults.xlsx). Ctrl-C keeps the best plan so far.
"""


def add_match(commands: Commands) -> None:
    """``gongyu match``."""
    match = commands.add_parser(
        "match",
        help="match a table of needs with a table of sessions",
        description="Find the best plan for two spreadsheets (.xlsx, .xls or .csv), prove how good "
        "it is, and give a reason for everyone left out. Needs no database and no server. "
        "The columns: docs/engine/files.md.",
        epilog=MATCH_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    match.add_argument("needs", type=Path, help="the table of needs")
    match.add_argument("sessions", type=Path, help="the table of sessions")
    match.add_argument(
        "-o", "--output", type=Path, default="plan.xlsx", help="where the plan goes (%(default)s)"
    )
    match.add_argument(
        "--fairness",
        type=_share,
        default=0.5,
        metavar="0..1",
        help="0: the most benefit and nothing else; 1: the worst-served town first (0.5)",
    )
    match.add_argument("--seed", type=_count, default=0, help="same seed, same plan (0)")
    match.add_argument(
        "--time-limit",
        type=_seconds,
        metavar="SECONDS",
        help="stop then with the best plan so far (no limit)",
    )
    match.add_argument("--exact", action="store_true", help="go on to a proven gap of 0.1 %%")
    match.add_argument(
        "--parts",
        type=_parts,
        metavar="auto|N",
        help="solve in parts, for several districts at once or a province (in one piece)",
    )
    match.add_argument(
        "--workers", type=_workers, metavar="N", help="processes that share the parts (1)"
    )
    match.add_argument(
        "--cluster", default="", metavar="ADDRESS", help="a Dask scheduler whose workers do instead"
    )
    match.add_argument(
        "--pairs", type=Path, metavar="CSV", help="also write every feasible pair, with its value"
    )
    match.add_argument("--json", action="store_true", help="end with one line of JSON")


def add_topics(commands: Commands) -> None:
    """``gongyu topics suggest``."""
    topics = commands.add_parser(
        "topics",
        help="find the topics that plain words mean",
        description="Plain words to topics of the taxonomy; nothing leaves this machine.",
    )
    verbs = topics.add_subparsers(dest="verb", metavar="suggest", required=True)
    suggest = verbs.add_parser(
        "suggest",
        help="print one line of JSON for each text",
        description="Print one line of JSON for each text: its topics, best first, at most five, "
        "each with the words that spoke for it. No topics: unsure.",
        epilog="example:\n  gongyu topics suggest 班里好几个孩子看黑板老眯着眼",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    suggest.add_argument("texts", nargs="*", metavar="TEXT", help="what somebody wrote")
    suggest.add_argument("--file", type=Path, help="a file with a text a line")


def _share(text: str) -> float:
    try:
        share = float(text)
    except ValueError:
        share = -1.0
    if not 0.0 <= share <= 1.0:
        raise argparse.ArgumentTypeError(f"{text!r} is not a share; give a number from 0 to 1")
    return share


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) >= 2**31:
        raise argparse.ArgumentTypeError(f"{text!r} is not a seed; give a whole number from 0")
    return int(text)


def _parts(text: str) -> int:
    if text == "auto":
        return 0
    return _whole(text, "a number of parts; give auto or a whole number from 1")


def _workers(text: str) -> int:
    return _whole(text, "a number of processes; give a whole number from 1")


def _whole(text: str, what: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 10_000:
        raise argparse.ArgumentTypeError(f"{text!r} is not {what}")
    return int(text)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0.0 < seconds < float("inf"):
        raise argparse.ArgumentTypeError(f"{text!r} is not a time; give seconds above 0")
    return seconds
