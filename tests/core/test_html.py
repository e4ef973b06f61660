"""What people type can do no harm."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongyu.core.html import clean, paragraphs


@pytest.mark.parametrize(
    "nasty",
    [
        "<script>alert(1)</script>",
        '<img src=x onerror="alert(1)">',
        '<a href="javascript:alert(1)">点</a>',
        '<p style="position:fixed">盖住</p>',
        "<iframe src='https://evil.example'></iframe>",
    ],
)
def test_rich_text_loses_whatever_could_act(nasty: str) -> None:
    kept = clean(f"<p>前</p>{nasty}<p>后</p>")

    assert "前" in kept
    assert "后" in kept
    for word in ("script", "onerror", "javascript:", "style", "iframe"):
        assert word not in kept


def test_plain_text_keeps_its_paragraphs_and_its_angle_brackets() -> None:
    assert paragraphs("一\n二\n\n<b>三</b>") == "<p>一<br>二</p><p>&lt;b&gt;三&lt;/b&gt;</p>"


@given(st.text())
def test_no_plain_text_becomes_a_tag(text: str) -> None:
    made = str(paragraphs(text))

    for tag in ("<p>", "</p>", "<br>"):
        made = made.replace(tag, "")
    assert "<" not in made
