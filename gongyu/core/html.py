"""Text that people typed, made safe: rich text by an allow list, plain text to paragraphs."""

import re

import nh3
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

TAGS = {"p", "br", "strong", "em", "b", "i", "ul", "ol", "li", "blockquote", "h2", "h3", "a"}
ATTRIBUTES = {"a": {"href"}}
_BLANK_LINES = re.compile(r"\n\s*\n+")


def clean(html: str) -> str:
    """Rich text reduced to the tags an article may use; scripts, styles and handlers vanish."""
    return nh3.clean(
        html, tags=TAGS, attributes=ATTRIBUTES, url_schemes={"http", "https", "mailto", "tel"}
    )


def paragraphs(text: str) -> SafeString:
    """Plain text as escaped paragraphs; single line breaks are kept."""
    parts = [p.strip() for p in _BLANK_LINES.split(text.replace("\r\n", "\n")) if p.strip()]
    br = SafeString("<br>")
    lines = (format_html_join(br, "{}", ((line,) for line in part.split("\n"))) for part in parts)
    return format_html_join("", "<p>{}</p>", ((line,) for line in lines))
