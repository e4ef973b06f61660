"""Plain words lead to topics of this district's taxonomy, with the words that led there."""

import pytest

from gongyu.exchange.queries import suggest_topics
from tests import factories as make

pytestmark = pytest.mark.django_db


def test_plain_words_lead_to_a_topic_that_they_do_not_name() -> None:
    eyes = make.TopicFactory(code="T01", name="近视防控与眼健康")
    topic = make.TopicFactory(code="T0101", name="视力筛查与建档", parent=eyes)
    assert suggest_topics("班里好几个孩子看黑板老眯着眼，想请人来给测测")[0].topic == topic


def test_a_name_that_stands_in_the_text_is_the_reason() -> None:
    eyes = make.TopicFactory(code="T01", name="近视防控与眼健康")
    make.TopicFactory(code="T0101", name="视力筛查与建档", parent=eyes, synonyms="视力检查;筛查")
    assert "视力检查" in suggest_topics("想请人来做视力检查")[0].because


@pytest.mark.parametrize(
    "text", ["", "嗯", "asdf", "😀😀", "<script>alert(1)</script>", "1" * 2000]
)
def test_words_that_say_too_little_lead_nowhere(text: str) -> None:
    eyes = make.TopicFactory(code="T01", name="近视防控与眼健康")
    make.TopicFactory(code="T0101", name="视力筛查与建档", parent=eyes)
    assert suggest_topics(text) == []


def test_a_topic_that_this_district_does_not_have_is_left_out() -> None:
    assert suggest_topics("班里好几个孩子看黑板老眯着眼，想请人来给测测") == []
