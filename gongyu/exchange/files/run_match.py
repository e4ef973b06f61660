"""``gongyu match``: two spreadsheets in, the plan out; or every fault of the two at once."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from django.utils.translation import gettext as _

from gongyu.engines.matching import (
    Cancelled,
    EngineFault,
    InvalidProblem,
    NeedsExtra,
    NoCluster,
    Options,
    Plan,
    Problem,
    WorkerLost,
    match,
    match_in_parts,
    verify,
    verify_in_parts,
)

from .pairs import write_pairs
from .plan_workbook import write_plan
from .progress import Bar
from .reading import FaultyFile, Given, InputFaults, read_problem
from .summary import as_json, as_text

MOST_SAID = 60
"""Faults of a file that are said on the terminal; the marked copy has them all."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the command line asks for."""

    needs: Path
    sessions: Path
    output: Path
    options: Options
    pairs: Path | None = None
    json: bool = False
    parts: int | None = None
    """None: in one piece; 0: as many as the size asks for."""
    workers: int = 1
    cluster: str = ""


def run(asked: Asked) -> int:
    """Do it all; the answer is the exit status."""
    wrong = _wrong_target(asked)
    if wrong:
        return _refuse(wrong)
    try:
        return _solve(asked, read_problem(asked.needs, asked.sessions))
    except InputFaults as faults:
        return _say_faults(faults)
    except InvalidProblem as wrong_problem:
        return _refuse(str(wrong_problem))
    except KeyboardInterrupt:
        _say(_("停下了，没有写方案。"))
        return 130


def _solve(asked: Asked, given: Given) -> int:
    bar = Bar(sys.stderr)
    with _interrupts(bar) as interrupted:
        try:
            with _no_banner():
                plan = _match(asked, given.problem, bar, interrupted)
        except Cancelled:
            _say(_("停下得太早，还没有方案，什么都没写。"))
            return 130
        except (NeedsExtra, NoCluster, WorkerLost) as lost:
            return _refuse(_no_crew(asked, lost))
        except EngineFault as fault:
            _say(_("算出的方案没通过复核，所以没有写。请把这句话告诉我们：%s") % fault)
            return 1
        finally:
            bar.close()
    broken = (verify if asked.parts is None else verify_in_parts)(given.problem, plan)
    if broken:
        _say(_("算出的方案没通过复核，所以没有写。请把这句话告诉我们：%s") % broken[0])
        return 1
    try:
        written = _write(asked.output, given, plan)
        if asked.pairs:
            write_pairs(asked.pairs, given.problem)
    except OSError as error:
        return _refuse(_("写不了：%(why)s。") % {"why": error})
    try:
        _tell(asked, given, plan, written, stopped=interrupted.is_set())
    except BrokenPipeError:
        raise
    except OSError as error:
        _say(_("方案在 %(path)s") % {"path": written})
        return _refuse(_("写不了：%(why)s。") % {"why": error})
    return 0


def _tell(asked: Asked, given: Given, plan: Plan, written: Path, *, stopped: bool) -> None:
    print(as_text(given.problem, plan, given.notes))
    if stopped:
        print(_("中途停下了，这是到那时为止最好的方案。"))
    print(_("方案在 %(path)s") % {"path": written})
    if asked.pairs:
        print(_("全部可行配对在 %(path)s") % {"path": asked.pairs})
    if asked.json:
        print(as_json(given.problem, plan))
    sys.stdout.flush()


def _match(asked: Asked, problem: Problem, bar: Bar, interrupted: Interrupted) -> Plan:
    if asked.parts is None:
        return match(problem, asked.options, progress=bar.hear, cancelled=interrupted.is_set)
    return match_in_parts(
        problem,
        asked.options,
        parts=asked.parts or None,
        workers=asked.workers,
        cluster=asked.cluster,
        progress=bar.hear,
        cancelled=interrupted.is_set,
    )


def _no_crew(asked: Asked, lost: Exception) -> str:
    if isinstance(lost, NeedsExtra):
        return _("用集群要先装 Dask：pip install 'gongyu[cluster]'。")
    if isinstance(lost, NoCluster):
        return _("%(address)s 没有 Dask 调度器应答，或者它还没有工作进程。") % {
            "address": asked.cluster
        }
    return _("一个工作进程中途没了，多半是内存不够，没有写方案。请少开几个进程再来一次。")


def _write(path: Path, given: Given, plan: Plan) -> Path:
    """A file that is open in Excel on Windows cannot be replaced: the plan is not lost for that."""
    try:
        write_plan(path, given, plan)
    except PermissionError:
        if not path.exists():
            raise
        number = 2
        while (other := path.with_name(f"{path.stem}-{number}{path.suffix}")).exists():
            number += 1
        write_plan(other, given, plan)
        return other
    return path


def _wrong_target(asked: Asked) -> str:
    """Why the output cannot be written, said before anything is computed."""
    if asked.parts is not None and asked.options.exact:
        return _("--exact 要整个一起算，不能和 --parts、--workers、--cluster 一起用。")
    targets = [asked.output, *([asked.pairs] if asked.pairs else [])]
    if asked.output.suffix.lower() != ".xlsx":
        return _("方案写成 .xlsx，请给 -o 一个这样的名字，如 plan.xlsx。")
    if asked.pairs and asked.pairs.suffix.lower() != ".csv":
        return _("配对写成 .csv，请给 --pairs 一个这样的名字，如 pairs.csv。")
    for target in targets:
        if target.is_dir():
            return _("%(path)s 是一个文件夹。") % {"path": target}
        folder = target.parent
        if not folder.is_dir():
            return _("没有 %(folder)s 这个文件夹。") % {"folder": folder}
        if not os.access(folder, os.W_OK):
            return _("%(folder)s 这个文件夹不让写。") % {"folder": folder}
        for given in (asked.needs, asked.sessions):
            if target.exists() and given.exists() and target.samefile(given):
                return _("%(path)s 是输入的表，不能写到它上面。") % {"path": target}
    return ""


def _say_faults(faults: InputFaults) -> int:
    for file in faults.files:
        _say_file(file)
    return 2


def _say_file(file: FaultyFile) -> None:
    copy, why = None, ""
    try:
        copy = file.mark()
    except OSError as error:
        why = error.strerror or str(error)
    count = len(file.faults)
    _say(
        _("%(file)s 有 %(count)d 处要改：") % {"file": file.path, "count": count}
        if count > 1 or file.cell_faults
        else f"{file.path}："
    )
    said = file.faults[: MOST_SAID if copy else count]
    for fault in said:
        _say(f"  {fault}")
    if len(said) < count:
        _say(_("  还有 %(count)d 处，都标在副本里") % {"count": count - len(said)})
    if copy:
        _say(_("每一处都标在 %(path)s") % {"path": copy})
    elif why:
        _say(_("旁边写不了标好的副本：%(why)s。") % {"why": why})


def _refuse(sentence: str) -> int:
    _say(f"gongyu match: {sentence}")
    return 2


def _say(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)


@contextmanager
def _no_banner() -> Iterator[None]:
    """HiGHS prints a banner from C whatever its options say; our output is for programs too."""
    sys.stdout.flush()
    kept = os.dup(1)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 1)
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)
        os.close(nowhere)


@dataclass(slots=True)
class Interrupted:
    """Whether Ctrl-C was pressed."""

    yes: bool = False

    def is_set(self) -> bool:
        return self.yes


@contextmanager
def _interrupts(bar: Bar) -> Iterator[Interrupted]:
    """The first Ctrl-C asks the engine to end with its best plan; the second ends at once."""
    interrupted = Interrupted()

    def hear(_number: int, _frame: FrameType | None) -> None:
        if interrupted.yes:
            raise KeyboardInterrupt
        interrupted.yes = True
        bar.close()
        _say(_("正在停下，留住到现在最好的方案；再按一次 Ctrl-C 就不留了。"))

    before = signal.signal(signal.SIGINT, hear)
    try:
        yield interrupted
    finally:
        signal.signal(signal.SIGINT, before)
