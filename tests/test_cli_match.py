"""``gongyu match`` and ``gongyu topics``: from two spreadsheets to a plan, without the product."""

from __future__ import annotations

import csv
import os
import pty
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from gongyu import cli
from gongyu.engines.matching import Plan, Problem
from gongyu.exchange.files import run_match
from gongyu.exchange.files.reading import read_problem

from .exchange.files.commands import ROOT, SAMPLES, Said, last_line, rows
from .exchange.files.tables import NEEDS, Cell, needs_text, save_needs, save_sessions

KEYS = ["objective", "bound", "gap", "needs", "served", "worst_town", "pairs", "seconds", "reasons"]


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    """The command's words for two small clean tables."""
    needs, sessions = save_needs(tmp_path / "needs.xlsx"), save_sessions(tmp_path / "sessions.xlsx")
    return ["match", str(needs), str(sessions), "-o", str(tmp_path / "plan.xlsx")]


def test_the_sample_tables_of_the_help_give_a_plan(tmp_path: Path, capsys: Said) -> None:
    with pytest.raises(SystemExit):
        cli.main(["match", "--help"])
    said = capsys.readouterr().out
    (example,) = re.findall(r"gongyu (match docs/samples/\S+ docs/samples/\S+) -o plan.xlsx", said)
    words = [str(ROOT / word) if "/" in word else word for word in example.split()]
    assert cli.main([*words, "-o", str(tmp_path / "plan.xlsx"), "--json"]) == 0
    said = capsys.readouterr().out
    line = last_line(said)
    assert list(line) == KEYS
    assert line["served"] + sum(line["reasons"].values()) == line["needs"] == 60
    assert line["objective"] <= line["bound"] <= line["objective"] * 1.01
    assert len(said.splitlines()) <= 24
    for words_ in ("排上", "任何方案都超不过", "排上最少的镇街", "没排上的", "最该添的场次"):
        assert words_ in said


def test_the_plan_has_the_sheets_and_columns_of_the_format(
    files: list[str], tmp_path: Path
) -> None:
    assert cli.main(files) == 0
    plan = tmp_path / "plan.xlsx"
    headers = {sheet.title: [cell.value for cell in sheet[1]] for sheet in load_workbook(plan)}
    assert list(headers)[:5] == ["方案", "未满足", "证明", "公平", "稀缺"]
    assert headers["方案"] == ["需求编号", "场次编号", "人数", "公里", "价值"]
    assert headers["未满足"] == ["需求编号", "原因", "怎样才行"]
    assert headers["公平"] == ["镇街", "需求", "已满足", "比例", "最多可能"]
    proof = [row[0] for row in rows(plan, "证明")]
    assert proof[1:7] == ["objective", "bound", "gap", "settings", "seed", "seconds"]
    assert {row[0] for row in rows(plan, "方案")[1:]} == {"N1", "N2", "N3"}
    assert rows(plan, "安排表")[1][3:6] == ("区医院", "视力筛查与建档", "第一小学")
    assert load_workbook(plan)["方案"].freeze_panes == "A2"


def test_the_plan_keeps_the_rules(files: list[str], tmp_path: Path) -> None:
    assert cli.main(files) == 0
    heads: dict[str, int] = {}
    for _need, session, count, km, value in rows(tmp_path / "plan.xlsx", "方案")[1:]:
        heads[session] = heads.get(session, 0) + count
        assert 0 < km < 10
        assert 0 < value <= 30
    assert all(count <= 60 for count in heads.values())


def test_the_same_seed_gives_the_same_plan_and_reading_twice_the_same_problem(
    files: list[str], tmp_path: Path
) -> None:
    assert cli.main([*files, "--seed", "7"]) == 0
    first = rows(tmp_path / "plan.xlsx", "方案")
    assert cli.main([*files, "--seed", "7"]) == 0
    assert rows(tmp_path / "plan.xlsx", "方案") == first
    needs, sessions = Path(files[1]), Path(files[2])
    once, twice = read_problem(needs, sessions), read_problem(needs, sessions)
    assert once.problem.needs == twice.problem.needs
    assert once.problem.sessions == twice.problem.sessions


def test_workbooks_and_text_files_of_the_samples_say_the_same(tmp_path: Path, capsys: Said) -> None:
    lines = []
    for suffix in ("xlsx", "csv"):
        needs, sessions = (str(SAMPLES / f"{name}.{suffix}") for name in ("needs", "sessions"))
        plan = str(tmp_path / "plan.xlsx")
        assert cli.main(["match", needs, sessions, "-o", plan, "--json"]) == 0
        line = last_line(capsys.readouterr().out)
        line.pop("seconds")
        lines.append(line)
    assert lines[0] == lines[1]


def test_every_feasible_pair_is_written_when_asked_for(
    files: list[str], tmp_path: Path, capsys: Said
) -> None:
    pairs = tmp_path / "pairs.csv"
    assert cli.main([*files, "--pairs", str(pairs), "--json"]) == 0
    with pairs.open(encoding="utf-8-sig", newline="") as file:
        written = list(csv.DictReader(file))
    assert len(written) == last_line(capsys.readouterr().out)["pairs"] == 6
    assert {(row["需求编号"], row["场次编号"]) for row in written} == {
        (need, session) for need in ("N1", "N2", "N3") for session in ("S1", "S2")
    }
    assert all(float(row["价值"]) > 0 for row in written)


# What cannot be used


def test_faults_end_with_2_each_with_its_cell_and_a_marked_copy(
    tmp_path: Path, capsys: Said
) -> None:
    needs = save_needs(tmp_path / "needs.xlsx", {"G3": "约30", "K4": "周八"})
    sessions = save_sessions(tmp_path / "sessions.xlsx", {"I2": "很多"})
    words = ["match", str(needs), str(sessions), "-o", str(tmp_path / "plan.xlsx"), "--json"]
    assert cli.main(words) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "needs.xlsx 有 2 处要改" in said.err
    assert "需求 G3 “约30”：要一个确定的数。请写数字，按最多的写。" in said.err
    assert "需求 K4 “周八”：认不出时段" in said.err
    assert "场次 I2 “很多”：不是数" in said.err
    assert (tmp_path / "needs.faults.xlsx").exists()
    assert (tmp_path / "sessions.faults.xlsx").exists()
    assert not (tmp_path / "plan.xlsx").exists()


def test_many_faults_are_said_up_to_a_screenful_and_marked_all(
    tmp_path: Path, capsys: Said
) -> None:
    spoilt: list[list[Cell]] = []
    for number in range(1, 301):
        row = list(NEEDS[0])
        row[0], row[6] = f"N{number}", "约30"
        spoilt.append(row)
    needs = tmp_path / "needs.csv"
    needs.write_text(needs_text(rows=spoilt), "utf-8")
    sessions = save_sessions(tmp_path / "sessions.xlsx")
    assert cli.main(["match", str(needs), str(sessions), "-o", str(tmp_path / "p.xlsx")]) == 2
    said = capsys.readouterr().err
    assert "有 300 处要改" in said
    assert "还有 240 处，都标在副本里" in said
    sheet = load_workbook(tmp_path / "needs.faults.xlsx")["needs"]
    assert sum(1 for row in sheet for cell in row if cell.comment) == 300


def test_where_no_copy_can_be_written_the_faults_are_said_all(
    tmp_path: Path, capsys: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> Path:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("gongyu.exchange.files.reading.mark_faults", refuse)
    needs = save_needs(tmp_path / "needs.xlsx", {"G3": "约30"})
    sessions = save_sessions(tmp_path / "sessions.xlsx")
    assert cli.main(["match", str(needs), str(sessions), "-o", str(tmp_path / "p.xlsx")]) == 2
    said = capsys.readouterr().err
    assert "G3 “约30”" in said
    assert "旁边写不了标好的副本：Permission denied。" in said


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["-o", "plan.csv"], "方案写成 .xlsx"),
        (["-o", "{folder}/nowhere/plan.xlsx"], "nowhere 这个文件夹"),
        (["-o", "{folder}"], ".xlsx"),
        (["-o", "{folder}/needs.xlsx"], "是输入的表"),
        (["-o", "{folder}/plan.xlsx", "--pairs", "pairs.txt"], "配对写成 .csv"),
        (["-o", "{folder}/plan.xlsx", "--pairs", "{folder}/no/pairs.csv"], "文件夹"),
    ],
)
def test_a_target_that_cannot_be_written_is_refused_before_anything_is_computed(
    words: list[str], sentence: str, files: list[str], tmp_path: Path, capsys: Said
) -> None:
    words = [word.replace("{folder}", str(tmp_path)) for word in words]
    assert cli.main([*files[:3], *words]) == 2
    assert sentence in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--fairness", "2"], "'2' is not a share; give a number from 0 to 1"),
        (["--fairness", "nan"], "'nan' is not a share"),
        (["--seed", "-1"], "'-1' is not a seed"),
        (["--seed", "99999999999"], "is not a seed"),
        (["--time-limit", "0"], "'0' is not a time; give seconds above 0"),
        (["--time-limit", "inf"], "'inf' is not a time"),
    ],
)
def test_a_wrong_setting_is_answered_with_what_is_right(
    words: list[str], sentence: str, files: list[str], capsys: Said
) -> None:
    with pytest.raises(SystemExit) as end:
        cli.main([*files, *words])
    assert end.value.code == 2
    assert sentence in capsys.readouterr().err


def test_a_file_that_is_not_there_is_said_so(files: list[str], capsys: Said) -> None:
    assert cli.main(["match", "nowhere.xlsx", files[2], *files[3:]]) == 2
    assert "nowhere.xlsx：\n  找不到这个文件。\n" in capsys.readouterr().err


# Progress and stopping


def test_ctrl_c_keeps_the_best_plan_so_far(
    files: list[str], tmp_path: Path, capsys: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    solve = run_match.match

    def interrupted(problem: Problem, *args: Any, **more: Any) -> Plan:
        os.kill(os.getpid(), signal.SIGINT)
        assert more["cancelled"]()
        return solve(problem, *args, progress=more["progress"])

    monkeypatch.setattr(run_match, "match", interrupted)
    assert cli.main(files) == 0
    said = capsys.readouterr()
    assert "正在停下" in said.err
    assert "到那时为止最好的方案" in said.out
    assert (tmp_path / "plan.xlsx").exists()


def test_a_second_ctrl_c_stops_at_once_and_writes_nothing(
    files: list[str], tmp_path: Path, capsys: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    def twice(*_: Any, **__: Any) -> Plan:
        os.kill(os.getpid(), signal.SIGINT)
        os.kill(os.getpid(), signal.SIGINT)
        raise AssertionError("still running")

    monkeypatch.setattr(run_match, "match", twice)
    assert cli.main(files) == 130
    assert "停下了，没有写方案。" in capsys.readouterr().err
    assert not (tmp_path / "plan.xlsx").exists()


def test_a_plan_that_breaks_a_rule_is_never_written(
    files: list[str], tmp_path: Path, capsys: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_match, "verify", lambda *_: ["capacity"])
    assert cli.main(files) == 1
    assert "没通过复核，所以没有写" in capsys.readouterr().err
    assert not (tmp_path / "plan.xlsx").exists()


# The real process


def environment(tmp_path: Path) -> dict[str, str]:
    return {
        **os.environ,
        "GONGYU_HOME": str(tmp_path / "home"),
        "DATABASE_URL": "postgres://nobody@127.0.0.1:1/nothing",
    }


def test_the_command_needs_no_database_and_its_output_is_its_own(tmp_path: Path) -> None:
    words = [sys.executable, "-m", "gongyu", "match", "docs/samples/needs.csv"]
    words += ["docs/samples/sessions.csv", "-o", str(tmp_path / "plan.xlsx"), "--json"]
    done = subprocess.run(
        words, cwd=ROOT, env=environment(tmp_path), capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("60 个需求")
    assert "HiGHS" not in done.stdout
    assert last_line(done.stdout)["needs"] == 60
    assert "找可行的配对" in done.stderr


def test_a_terminal_without_chinese_letters_and_a_full_disk_are_no_crash(tmp_path: Path) -> None:
    words = [sys.executable, "-m", "gongyu", "match", "docs/samples/needs.csv"]
    words += ["docs/samples/sessions.csv", "-o", str(tmp_path / "plan.xlsx"), "--json"]
    plain = {**environment(tmp_path), "PYTHONIOENCODING": "ascii"}
    done = subprocess.run(words, cwd=ROOT, env=plain, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert last_line(done.stdout)["needs"] == 60
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            words,
            cwd=ROOT,
            env=environment(tmp_path),
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=120,
        )
    assert done.returncode == 2
    assert "写不了" in done.stderr
    assert "Traceback" not in done.stderr
    assert (tmp_path / "plan.xlsx").exists()


def test_on_a_terminal_the_bar_is_gone_when_the_summary_comes(tmp_path: Path) -> None:
    leader, follower = pty.openpty()
    words = [sys.executable, "-m", "gongyu", "match", "docs/samples/needs.csv"]
    words += ["docs/samples/sessions.csv", "-o", str(tmp_path / "plan.xlsx")]
    with subprocess.Popen(
        words, cwd=ROOT, env=environment(tmp_path), stdout=subprocess.PIPE, stderr=follower
    ) as process:
        os.close(follower)
        drawn = b""
        try:
            while chunk := os.read(leader, 4096):
                drawn += chunk
        except OSError:  # Linux says so when the last writer is gone
            pass
        assert process.stdout
        assert "60 个需求".encode() in process.stdout.read()
        assert process.wait(60) == 0
    os.close(leader)
    assert "█".encode() in drawn
    assert b"\n" not in drawn
    assert drawn.endswith(b"\r")
