"""How the index answers: any string, always the same, with words of the text as reasons."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gongyu.engines.topics import (
    BankError,
    Topic,
    TopicIndex,
    default_bank_text,
    default_topics,
    load_default,
    parse_bank,
)

SENTENCE = "班里好几个孩子看黑板老眯着眼"


def first(text: str) -> str | None:
    found = load_default().suggest(text)
    return found[0].code if found else None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   \n\t ",
        "😀😂👍",
        "。。。!!!",
        "asdfgh",
        "123456",
        "<p></p>",
        "\x00\ufeff\u200b",
        "\ud800",
        "的" * 50,
    ],
)
def test_nothing_to_read_is_unsure(text: str) -> None:
    assert load_default().suggest(text) == []


@given(st.text(max_size=300))
@settings(max_examples=300, deadline=None)
def test_any_string_gets_an_answer(text: str) -> None:
    found = load_default().suggest(text)
    scores = [suggestion.score for suggestion in found]
    assert len(found) <= 5
    assert scores == sorted(scores, reverse=True)
    assert all(0.0 < score <= 1.0 for score in scores)
    assert sum(scores) <= 1.001
    assert len({suggestion.code for suggestion in found}) == len(found)
    assert all(words and words in text for s in found for words in s.because)


@given(st.text(alphabet="孩子看不清黑板眯着眼视力近试儿,。<>&;a1 \n", max_size=80))
@settings(max_examples=300, deadline=None)
def test_reasons_are_words_of_the_text(text: str) -> None:
    for suggestion in load_default().suggest(text):
        assert all(words in text for words in suggestion.because)


def test_a_suggestion_says_why() -> None:
    best = load_default().suggest(SENTENCE)[0]
    assert best.code == "T0101"
    assert "眯着眼" in best.because


def test_at_most_limit_topics_are_named() -> None:
    index = load_default()
    assert len(index.suggest(SENTENCE, limit=1)) == 1
    assert index.suggest(SENTENCE, limit=0) == []


def test_two_problems_in_one_sentence_both_show() -> None:
    found = load_default().suggest("孩子视力下降,还天天打游戏打到后半夜", limit=3)
    families = {suggestion.code[:3] for suggestion in found}
    assert {"T01", "T04"} <= families


@pytest.mark.parametrize(
    "text",
    [
        "<p>班里好几个孩子<b>看黑板</b>老眯着眼</p>",
        "班里好几个孩子 看黑板 老眯着眼",
        "班里好几个孩子看黑板老眯着眼儿😭😭",
        "班裡好幾個孩子看黑板老瞇著眼",
        "班里好几个孩子看黑板老眯着眼&nbsp;<br/>",
    ],
)
def test_the_form_of_writing_does_not_matter(text: str) -> None:
    assert first(text) == "T0101"


def test_full_width_letters_are_letters() -> None:
    assert first("老师都不会用AED") == first("老师都不会用AED") == "T0807"


def test_markup_is_not_read() -> None:
    assert load_default().suggest("<script>alert('近视')</script>") == []
    assert load_default().suggest("<a title='近视 视力 眼镜'></a>") == []


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("想给孩子查查市力", "T0101"),
        ("孩子天天玩首机", "T0401"),
        ("孩子有点义郁,想找心理老师", "T0301"),
    ],
)
def test_a_wrong_character_of_the_same_sound_is_understood(typed: str, code: str) -> None:
    assert first(typed) == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("眼睛没毛病,就是沉迷打游戏", "T0402"),
        ("成绩没的说,就是不会跟同学相处", "T0304"),
        ("不是想春游,是想带孩子去烈士陵园扫墓", "T1102"),
        ("不想上学", "T0302"),
        ("孩子跑不动", "T0501"),
    ],
)
def test_a_denied_problem_is_set_aside_and_a_negation_is_not(text: str, code: str) -> None:
    assert first(text) == code


def test_a_very_long_text_is_read_from_its_beginning_in_no_time() -> None:
    index = load_default()
    started = time.process_time()
    found = index.suggest((SENTENCE + "。") * 7_000)
    assert found[0].code == "T0101"
    index.suggest("<" * 100_000)
    index.suggest("<script" * 15_000)
    index.suggest("&" + "a" * 100_000)
    assert time.process_time() - started < 1.0


def test_a_thousand_sentences_a_second() -> None:
    index = load_default()
    index.suggest(SENTENCE)
    started = time.process_time()
    for _ in range(300):
        index.suggest("孩子体质弱,换季就感冒,想请体能教练来训练")
    assert time.process_time() - started < 0.3


def test_building_again_gives_the_same_answers() -> None:
    again = TopicIndex.build(default_topics(), parse_bank(default_bank_text()))
    for text in (SENTENCE, "孩子天天抱着手机", "想请法官来讲讲", "食堂菜涨价了"):
        assert again.suggest(text) == load_default().suggest(text)


def test_a_small_taxonomy_of_ones_own() -> None:
    topics = [Topic("T9901", "养蜂", "T99", "手艺"), Topic("T9902", "划船", "T99", "手艺")]
    index = TopicIndex.build(
        topics,
        {"T9901": ["想看看蜂箱", "蜂蜜怎么来的"], "T9902": ["湖上划桨", "坐小船"], "-": ["几点了"]},
    )
    assert index.suggest("蜂蜜")[0].code == "T9901"
    assert index.suggest("小船")[0].code == "T9902"


def test_without_topics_everything_is_unsure() -> None:
    assert TopicIndex.build([], {}).suggest(SENTENCE) == []


def test_phrases_of_an_unknown_topic_are_refused() -> None:
    with pytest.raises(BankError, match="T9903"):
        TopicIndex.build([Topic("T9901", "养蜂", "T99", "手艺")], {"T9903": ["蜂箱"]})
