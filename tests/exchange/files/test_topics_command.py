"""``gongyu topics suggest``: one line of JSON a text."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gongyu import cli

from .commands import Said


def test_topics_are_suggested_one_line_of_json_a_text(capsys: Said) -> None:
    assert cli.main(["topics", "suggest", "班里好几个孩子看黑板老眯着眼", "asdfgh"]) == 0
    first, second = map(json.loads, capsys.readouterr().out.splitlines())
    assert list(first) == ["text", "topics"]
    assert first["text"] == "班里好几个孩子看黑板老眯着眼"
    assert list(first["topics"][0]) == ["code", "score", "because"]
    assert first["topics"][0]["code"] == "T0101"
    assert len(first["topics"]) <= 5
    assert second == {"text": "asdfgh", "topics": []}


@pytest.mark.parametrize(
    ("name", "raw"),
    [
        ("a.txt", "老眯着眼，坐前排也不行\n\n作业拖到半夜,还玩手机\n".encode()),
        ("a.csv", "老眯着眼，坐前排也不行\r\n作业拖到半夜,还玩手机\r\n".encode("gbk")),
        (
            "a.csv",
            '编号,描述\n1,"老眯着眼，坐前排也不行"\n2,"作业拖到半夜,还玩手机"\n'.encode(),
        ),
        (
            "a.csv",
            '需求\n老眯着眼，坐前排也不行\n"作业拖到半夜,还玩手机"\n'.encode("utf-8-sig"),
        ),
    ],
)
def test_topics_of_a_file_are_suggested_text_by_text(
    name: str, raw: bytes, tmp_path: Path, capsys: Said
) -> None:
    path = tmp_path / name
    path.write_bytes(raw)
    assert cli.main(["topics", "suggest", "--file", str(path)]) == 0
    texts = [json.loads(line)["text"] for line in capsys.readouterr().out.splitlines()]
    assert texts == ["老眯着眼，坐前排也不行", "作业拖到半夜,还玩手机"]


def test_topics_without_a_text_or_with_a_file_that_is_none_are_refused(capsys: Said) -> None:
    assert cli.main(["topics", "suggest"]) == 2
    assert "give a TEXT, or a --file" in capsys.readouterr().err
    assert cli.main(["topics", "suggest", "--file", "nowhere.csv"]) == 2
    assert "找不到这个文件" in capsys.readouterr().err
