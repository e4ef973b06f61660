"""``gongyu match`` in parts: the same sheets, and sentences where it cannot be."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from gongyu import cli
from gongyu.engines.matching.decompose import cluster

from .commands import SAMPLES, Said, last_line


def words(tmp_path: Path, *more: str) -> list[str]:
    tables = [str(SAMPLES / "needs.xlsx"), str(SAMPLES / "sessions.xlsx")]
    return ["match", *tables, "-o", str(tmp_path / "plan.xlsx"), "--json", *more]


def test_two_processes_give_the_plan_of_one(tmp_path: Path, capsys: Said) -> None:
    lines = []
    for more in (["--parts", "3"], ["--parts", "3", "--workers", "2"]):
        assert cli.main(words(tmp_path, *more)) == 0
        lines.append(last_line(capsys.readouterr().out) | {"seconds": 0})
    assert lines[0] == lines[1]
    assert cli.main(words(tmp_path)) == 0
    whole = last_line(capsys.readouterr().out)
    assert lines[0]["pairs"] == whole["pairs"]
    assert lines[0]["objective"] >= 0.995 * whole["objective"]


def test_exact_and_parts_do_not_go_together(tmp_path: Path, capsys: Said) -> None:
    assert cli.main(words(tmp_path, "--exact", "--workers", "2")) == 2
    assert "--exact 要整个一起算" in capsys.readouterr().err
    assert not (tmp_path / "plan.xlsx").exists()


def test_a_cluster_without_the_extra_or_the_scheduler_is_said(
    tmp_path: Path, capsys: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "TIMEOUT", 1.0)
    assert cli.main(words(tmp_path, "--cluster", "tcp://127.0.0.1:1")) == 2
    assert "没有 Dask 调度器应答" in capsys.readouterr().err
    monkeypatch.setitem(sys.modules, "distributed", None)
    assert cli.main(words(tmp_path, "--cluster", "tcp://127.0.0.1:1")) == 2
    assert "pip install 'gongyu[cluster]'" in capsys.readouterr().err


@pytest.mark.parametrize("wrong", [["--parts", "0"], ["--parts", "some"], ["--workers", "-1"]])
def test_what_is_not_a_number_of_parts_is_refused(
    tmp_path: Path, capsys: Said, wrong: list[str]
) -> None:
    with pytest.raises(SystemExit):
        cli.main(words(tmp_path, *wrong))
    assert "whole number from 1" in capsys.readouterr().err
