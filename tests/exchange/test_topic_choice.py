"""Which topics are ticked while a teacher types, and what she did stays done."""

import pytest

from gongyu.exchange.queries import TopicChoice, TopicSuggestion, choose_topics, topic_choice
from tests import factories as make

WORDS = "孩子看黑板眯着眼，读写姿势也不好"


@pytest.fixture(autouse=True)
def _taxonomy(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three topics about eyes that certain words lead to, and one about the mind."""
    eyes = make.TopicFactory(code="T01", name="近视防控")
    heard = {
        word: make.TopicFactory(code=code, name=name, parent=eyes)
        for word, code, name in (
            ("眯着眼", "T0101", "视力筛查"),
            ("读写姿势", "T0102", "护眼知识"),
            ("黑板", "T0103", "户外活动"),
        )
    }
    mind = make.TopicFactory(code="T02", name="心理健康")
    make.TopicFactory(code="T0201", name="情绪调节", parent=mind)

    def suggest(text: str) -> list[TopicSuggestion]:
        return [TopicSuggestion(t, (word,)) for word, t in heard.items() if word in text]

    monkeypatch.setattr(topic_choice, "suggest_topics", suggest)


def ticked(choice: TopicChoice) -> list[str]:
    return [topic.code for topic in choice.ticked]


def test_the_best_two_are_ticked_and_the_third_is_shown(db: None) -> None:
    choice = choose_topics(WORDS)
    assert sorted(chip.topic.code for chip in choice.chips) == ["T0101", "T0102", "T0103"]
    assert len(ticked(choice)) == 2
    assert choice.chips[0].because


def test_words_that_say_nothing_leave_the_whole_list(db: None) -> None:
    choice = choose_topics("嗯")
    assert (choice.chips, choice.understood) == ([], False)
    assert sum(len(below) for _first, below in choice.others) == 4


def test_a_topic_stands_either_under_the_words_or_in_the_list(db: None) -> None:
    choice = choose_topics(WORDS)
    listed = {topic.code for _first, below in choice.others for topic in below}
    assert listed == {"T0201"}


def test_what_she_took_out_stays_out(db: None) -> None:
    before = choose_topics(WORDS)
    first, second = ticked(before)
    shown = [chip.topic.code for chip in before.chips]
    ours = [chip.topic.code for chip in before.chips if chip.is_ours]

    after = choose_topics(WORDS + "。", ticked=[second], offered=shown, ours=ours)

    assert first not in ticked(after)
    assert second in ticked(after)


def test_what_she_picked_from_the_list_stays_whatever_the_words_say(db: None) -> None:
    choice = choose_topics(WORDS, ticked=["T0201"])
    assert ticked(choice) == ["T0201"]
    assert choice.chips[-1].because == ()


def test_what_we_ticked_goes_with_the_words_that_led_there(db: None) -> None:
    choice = choose_topics("嗯", ticked=["T0101"], offered=["T0101"], ours=["T0101"])
    assert choice.chips == []


def test_an_unknown_code_is_nothing(db: None) -> None:
    assert choose_topics("", ticked=["T9999", "<script>"]).chips == []
