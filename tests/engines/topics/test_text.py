"""Units of a text, families of words, and reasons."""

from __future__ import annotations

from gongyu.engines.topics.families import Families, blurred
from gongyu.engines.topics.reasons import reasons
from gongyu.engines.topics.sounds import SOUNDS
from gongyu.engines.topics.text import BREAK, READ_AT_MOST, plain, split


def test_latin_words_and_numbers_are_one_unit() -> None:
    assert split("用AED救人 ok镜").units == ["用", "aed", "救", "人", "ok", "镜"]


def test_punctuation_breaks_and_spaces_do_not() -> None:
    assert split("看 不 清,老眯眼").units == ["看", "不", "清", BREAK, "老", "眯", "眼"]


def test_the_beijing_suffix_goes_and_the_child_stays() -> None:
    assert plain("眼神儿不好") == "眼神不好"
    assert plain("幼儿园儿童的女儿") == "幼儿园儿童的女儿"


def test_traditional_and_full_width_forms_are_folded() -> None:
    assert plain("視力OK") == "视力ok"


def test_units_know_their_place_in_the_original() -> None:
    units = split("<b>看</b> 黑板儿!")
    assert units.words(0, 0) == "看"
    assert units.words(1, 2) == "黑板"


def test_no_more_than_the_beginning_is_read() -> None:
    assert len(split("看" * 100_000).units) == READ_AT_MOST


def test_the_longest_word_of_a_family_counts() -> None:
    families = Families.build({"眼": ["看不清", "看不清楚"], "书": ["看书"]})
    (member,) = families.members(split("看不清楚"))
    assert (member.families, member.first, member.last) == (("眼",), 0, 3)


def test_a_word_inside_another_is_not_said() -> None:
    families = Families.build({"游戏": ["电竞选手"], "输赢": ["竞选", "选手村"]})
    found = [member.families for member in families.members(split("电竞选手"))]
    assert found == [("游戏",)]
    overlapping = [member.families for member in families.members(split("电竞选手村"))]
    assert overlapping == [("游戏",), ("输赢",)]


def test_a_homophone_needs_one_right_character() -> None:
    families = Families.build({"眼": ["视力"]}, SOUNDS)
    assert [member.exact for member in families.members(split("市力"))] == [False]
    assert not list(families.members(split("事例")))


def test_sounds_that_are_often_mixed_up_are_one() -> None:
    assert blurred("zhong") == blurred("zon") == "zon"


def test_reasons_are_the_loudest_runs() -> None:
    units = split("孩子老眯着眼看黑板")
    voices = [0.0, 0.0, 0.0, 0.9, 0.9, 0.9, 0.0, 0.4, 0.4]
    assert reasons(units, voices) == ("眯着眼", "黑板")
    assert reasons(units, [0.0] * 9) == ()


def test_a_single_character_takes_its_neighbour() -> None:
    units = split("想学防骗")
    assert reasons(units, [0.0, 0.0, 0.1, 1.0]) == ("防骗",)
