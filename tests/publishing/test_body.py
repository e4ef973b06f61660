"""Typed text to clean HTML and back: nothing is lost, nothing gets in."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongyu.publishing.body import huozi_of, is_han, opening_of, to_html, to_text


def test_blank_lines_make_paragraphs_and_single_ones_line_breaks() -> None:
    assert to_html("一\n二\n\n三") == "<p>一<br>二</p><p>三</p>"


def test_lines_with_a_mark_make_lists() -> None:
    assert to_html("带上：\n- 水\n- 帽子") == "<p>带上：</p><ul><li>水</li><li>帽子</li></ul>"
    assert to_html("1. 和面\n2、发面") == "<ol><li>和面</li><li>发面</li></ol>"


def test_a_decimal_number_is_no_list() -> None:
    assert to_html("3.5 公里") == "<p>3.5 公里</p>"


def test_stars_are_bold_and_addresses_are_links() -> None:
    html = to_html("**记得**看 https://example.org/a?b=1&c=2，很短。")
    assert "<strong>记得</strong>" in html
    assert 'href="https://example.org/a?b=1&amp;c=2"' in html
    assert "</a>，很短。" in html


@pytest.mark.parametrize(
    "attack",
    [
        "<script>alert(1)</script>",
        '<img src=x onerror="alert(1)">',
        '<a href="javascript:alert(1)">点我</a>',
        'https://a.cn/"onmouseover="x',
        "<iframe src=//evil>",
    ],
)
def test_markup_stays_text(attack: str) -> None:
    html = to_html(attack)
    tags = set(re.findall(r"<(\w+)", html))
    assert tags <= {"p", "a"}
    assert not re.search(r"<[^>]*(?:onerror|onmouseover|javascript)", html)
    assert to_text(html) == attack


def test_a_pasted_table_becomes_lines() -> None:
    assert (
        to_html("周一\t语文\t数学\n周二\t\t英语") == "<p>周一 ｜ 语文 ｜ 数学<br>周二 ｜ 英语</p>"
    )


def test_emoji_stay_and_control_characters_go() -> None:
    assert to_html("好\x00\x1b的\u200b😀") == "<p>好的😀</p>"


def test_nothing_but_white_space_is_nothing() -> None:
    assert to_html(" \n\u3000\n\t") == ""


@given(st.text(alphabet="一二三四 \n\t*-·1.、<>&\"'，。ahtps:/", max_size=120))
def test_editing_without_a_change_changes_nothing(text: str) -> None:
    html = to_html(text)
    assert to_html(to_text(html)) == html


@given(st.text(max_size=200))
def test_whatever_is_typed_only_the_allowed_tags_come_out(text: str) -> None:
    tags = set(re.findall(r"</?(\w+)", to_html(text)))
    assert tags <= {"p", "br", "strong", "ul", "ol", "li", "a"}


def test_the_opening_ends_with_a_sentence() -> None:
    assert opening_of(to_html("很短。")) == "很短。"
    long = opening_of(
        to_html("这是第一句，不短也不长，正好用来看看会不会在句号断开。" + "后面" * 60)
    )
    assert long == "这是第一句，不短也不长，正好用来看看会不会在句号断开。"
    assert opening_of(to_html("没有句号" * 40)).endswith("…")


@pytest.mark.parametrize(
    ("title", "character"),
    [
        ("“水的三态”搬到了操场上", "水"),
        ("一天该睡多久：小学 10 小时", "睡"),
        ("图书馆周六开门", "图"),
        ("这周", "这"),
        ("Hello", "文"),
    ],
)
def test_the_tile_takes_the_first_character_that_says_something(title: str, character: str) -> None:
    assert huozi_of(title) == character


def test_a_tile_is_one_han_character() -> None:
    assert is_han("印")
    assert not any(is_han(wrong) for wrong in ("", "a", "😀", "印刷"))
