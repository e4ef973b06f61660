"""The gentle guard of a note: marks, ranks and other children's names; everything else passes."""

import pytest

from gongyu.families.wording import mark_or_rank_in, other_child_in


@pytest.mark.parametrize(
    "text",
    [
        "数学考了95分",
        "语文 ９５ 分",
        "听写得了九十五分",
        "口算满分",
        "这次100/100",
        "平均分上去了",
        "单元测验第3名",
        "这次第 三 名",
        "全班第一",
        "年级第12",
        "班里排第二",
        "进了前十名",
        "倒数第三",
        "排名往后掉了",
        "跑步 Top 3",
    ],
)
def test_a_mark_or_a_rank_is_found(text: str) -> None:
    assert mark_or_rank_in(text)


@pytest.mark.parametrize(
    "text",
    [
        "每天跳绳10分钟",
        "早上8点30分到校",
        "做完了三分之一",
        "写得十分认真",
        "五分钟就收好了书包",
        "全班第一个举手",
        "第二单元的日记写得细",
        "排队很快",
        "在全班前面讲了一个故事",
        "把苹果分给大家",
    ],
)
def test_ordinary_words_pass(text: str) -> None:
    assert mark_or_rank_in(text) is None


CLASS = {"林知夏", "周沐宸", "万安"}


def test_the_only_recipient_may_be_named() -> None:
    assert other_child_in("林知夏今天很棒", about={"林知夏"}, classmates=CLASS) is None


def test_a_classmate_may_not_be_named_even_with_spaces() -> None:
    text = "林知夏和周 沐宸吵了一架"
    assert other_child_in(text, about={"林知夏"}, classmates=CLASS) == "周沐宸"


def test_nobody_may_be_named_in_a_note_for_several() -> None:
    assert other_child_in("林知夏很棒", about={"林知夏", "周沐宸"}, classmates=CLASS) == "林知夏"


def test_a_name_inside_the_own_name_is_not_another_child() -> None:
    assert other_child_in("万安然收拾了书", about={"万安然"}, classmates=CLASS) is None
