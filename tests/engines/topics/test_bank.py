"""The phrase bank's format, and the checks that guard it."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongyu.engines.topics import (
    BankError,
    TopicIndex,
    default_bank_text,
    default_topics,
    load_default,
    parse_bank,
)
from gongyu.engines.topics.text import split

CODES = ["T0101", "T0102"]


def faults(text: str, at_least: int = 1) -> list[tuple[int, str]]:
    with pytest.raises(BankError) as caught:
        parse_bank(text, codes=CODES, at_least=at_least)
    return [(fault.line, fault.message) for fault in caught.value.faults]


def test_the_default_bank_is_clean_and_rich() -> None:
    topics = default_topics()
    bank = parse_bank(default_bank_text(), codes=[topic.code for topic in topics], at_least=25)
    assert len(topics) == 64
    assert len(bank.phrases) == 64
    assert len(bank) > 2_500
    assert len(bank.off_topic) > 300
    assert len(bank.families) > 100


def test_commas_and_tabs_separate_and_remarks_are_skipped() -> None:
    text = "\ufeffcode,phrase\r\n# 眼睛\r\nT0101,看不清黑板\r\n\r\nT0102\t趴着写字\r\n-,几点了\r\n"
    bank = parse_bank(text, codes=CODES, at_least=1)
    assert bank.phrases == {"T0101": ("看不清黑板",), "T0102": ("趴着写字",)}
    assert bank.off_topic == ("几点了",)


def test_a_frame_of_no_topic_has_a_slot_and_a_phrase_of_a_topic_none() -> None:
    bank = parse_bank("T0101,看不清黑板\n-,＿几点关门\n-,几点关门\n", at_least=1)
    assert bank.frames == ("＿几点关门",)
    assert bank.off_topic == ("几点关门",)
    told = faults("T0101,＿看不清\nT0101,看不清\nT0102,趴着写\n")
    assert [line for line, message in told if "空格 ＿" in message] == [1]


def test_a_frame_holds_for_every_topical_word() -> None:
    bank = parse_bank(default_bank_text())
    own = parse_bank("-,＿已到三号展位验货\n", at_least=0)
    taught = TopicIndex.build(default_topics(), bank.joined(own)).chatter
    before = load_default().chatter
    assert taught is not None
    assert before is not None
    for word in ("足球", "皮影戏", "灭火器"):
        units = split(f"{word}已到三号展位验货")
        assert taught.loudness(units) > before.loudness(units) + 0.3
    need = split("想请人来教孩子们踢足球")
    assert taught.loudness(need) < -0.3


def test_a_quoted_phrase_may_hold_a_comma() -> None:
    bank = parse_bank('T0101,"看不清,老眯眼"\n', at_least=1)
    assert bank.phrases["T0101"] == ("看不清,老眯眼",)


def test_every_fault_is_told_at_its_line() -> None:
    long = "看" * 61
    text = "\n".join(
        [
            "code,phrase",
            "T0101,看不清黑板",
            "T9999,谁也不认识",
            "近视,看不清字",
            "T0101,看",
            f"T0101,{long}",
            "T0101",
            "T0102,看不清黑板!",
            "T0101,一栏,两栏",
            "~近视,近视",
            "~眼睛,眼睛;眼;眼",
            "~眼睛,双眼;左眼",
            "~长,一二三四五六七八九十一;短",
        ]
    )
    told = faults(text)
    assert [line for line, _ in told] == [0, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13]
    messages = dict(told)
    assert "T0102 只有 0 句" in messages[0]
    assert "没有代码 T9999" in messages[3]
    assert "写法不对" in messages[4]
    assert "太短" in messages[5]
    assert "61 个字" in messages[6]
    assert "两栏" in messages[7]
    assert "第 2 行重复(另一主题 T0101)" in messages[8]


def test_a_phrase_repeated_within_its_topic_is_a_fault_too() -> None:
    (line, message) = faults("T0101,看不清\nT0102,趴着写\nT0101,看 不 清\n")[0]
    assert line == 3
    assert "同一主题" in message


def test_too_few_phrases_are_a_fault() -> None:
    assert len(faults("T0101,看不清\nT0102,趴着写\n", at_least=2)) == 2


def test_the_error_reads_as_a_list() -> None:
    with pytest.raises(BankError, match="第 1 行:"):
        parse_bank("T01,看不清\n", at_least=0)


def test_a_districts_own_phrases_teach_the_index() -> None:
    text = "苇塘边上老有娃捞蛤蟆"
    own = parse_bank(
        "T0806,苇塘边捞蛤蟆\nT0806,苇塘里摸蛤蟆的娃娃\n~蛤蟆,蛤蟆;蛤蟆骨朵\n", at_least=0
    )
    bank = parse_bank(default_bank_text()).joined(own)
    assert TopicIndex.build(default_topics(), bank).suggest(text)[0].code == "T0806"
    before = load_default().suggest(text)
    assert not before or before[0].code != "T0806" or before[0].score < 0.9


@given(st.text(max_size=200))
def test_any_text_is_a_bank_or_a_list_of_faults(text: str) -> None:
    with suppress(BankError):
        parse_bank(text)
