"""A teacher's own words, heard by the real engine over the real taxonomy."""

import pytest

from gongyu.demo import taxonomy
from gongyu.exchange.queries import choose_topics

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _taxonomy(db: None) -> None:
    taxonomy.build()


@pytest.mark.parametrize(
    ("words", "ticked"),
    [
        ("班里好几个孩子看黑板老眯着眼，想请人来给测测视力", ["视力筛查与建档"]),
        ("消防演练走过场，想带孩子去消防站真看看", ["消防安全"]),
        ("孩子老想玩手机，晚上也不睡", ["手机使用规则", "睡眠管理"]),
    ],
)
def test_what_is_ticked_is_what_was_said_and_nothing_faint(words: str, ticked: list[str]) -> None:
    assert [topic.name for topic in choose_topics(words).ticked] == ticked


def test_a_faint_guess_is_not_even_offered() -> None:
    chips = choose_topics("班里好几个孩子看黑板老眯着眼，想请人来给测测视力").chips

    assert [chip.topic.name for chip in chips] == ["视力筛查与建档"]


@pytest.mark.parametrize("words", ["发票怎么开", "明天几点放学", "asdfgh", "😀😀😀"])
def test_what_is_no_need_leads_nowhere(words: str) -> None:
    assert not choose_topics(words).understood
