"""The body of an article: typed as plain text, kept as clean HTML, and back again for editing.

A plain text area was chosen over a rich editor: it works in every browser, in the large mode, with
a screen reader and without JavaScript, and people paste from WeChat and Word anyway. What it knows:
a blank line starts a paragraph, lines that begin with "- " or "1. " are a list, ``**words**`` are
bold, addresses become links, and the rows of a pasted table become lines. Anything else, tags
included, stays the text that it is.
"""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from itertools import groupby

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from gongyu.core import html

TITLE_LIMIT = 60
BODY_LIMIT = 20_000
SUMMARY_LENGTH = 80

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b\ufeff]")
_BLANK_LINES = re.compile(r"\n[ \u3000]*\n\s*")
_URL = re.compile(r"https?://[A-Za-z0-9\-._~:/?#\[\]@!$&'()+,;=%]+")
_BOLD = re.compile(r"\*\*(.+?)\*\*")
_BULLET = re.compile(r"[-·•●▪]\s+(?=\S)")
_NUMBERED = re.compile(r"\d{1,2}[.、．](?!\d)\s*(?=\S)")
_CELL = " ｜ "

# Characters that say little about what an article is about: a title's tile skips them.
_TOO_COMMON = set(
    "的了在是和与及也就都还又再才不没有无为把被让给从到向对于关这那哪谁我你您他她它们个件次天年月日周"
    "一二三四五六七八九十百千万两几第上下前后左右里外大小多少请来去要会能可想说本各每该怎么什吗呢吧啊好"
    "级班孩子家长学生老师校们区市镇街北京兴跟"
)
_HAN = re.compile(r"[\u3400-\u9fff]")


def to_html(text: str) -> str:
    """Typed text as clean HTML (the tags of ``core.html`` only)."""
    text = _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    blocks = [block.strip() for block in _BLANK_LINES.split(text)]
    return html.clean("".join(part for block in blocks if block for part in _block(block)))


def _block(block: str) -> Iterator[SafeString]:
    """One block between blank lines: paragraphs and lists in their order."""
    lines = [line.strip() for line in block.split("\n") if line.strip()]
    for kind, group in groupby(lines, key=_kind):
        if kind == "p":
            br = SafeString("<br>")
            yield format_html("<p>{}</p>", format_html_join(br, "{}", ((_line(x),) for x in group)))
        else:
            mark = _BULLET if kind == "ul" else _NUMBERED
            items = ((_line(mark.sub("", line, count=1)),) for line in group)
            tag = SafeString(kind)
            yield format_html("<{}>{}</{}>", tag, format_html_join("", "<li>{}</li>", items), tag)


def _kind(line: str) -> str:
    if _BULLET.match(line):
        return "ul"
    return "ol" if _NUMBERED.match(line) else "p"


def _line(line: str) -> SafeString:
    """One line: a table's cells, links and bold words."""
    line = _CELL.join(cell.strip() for cell in line.split("\t") if cell.strip())
    parts: list[SafeString] = []
    at = 0
    for found in _URL.finditer(line):
        url = found.group().rstrip(".,;:!?)'")
        parts += [_bold(line[at : found.start()]), format_html('<a href="{}">{}</a>', url, url)]
        at = found.start() + len(url)
    return format_html_join("", "{}", ((part,) for part in [*parts, _bold(line[at:])]))


def _bold(text: str) -> SafeString:
    pieces = _BOLD.split(text)
    return format_html_join(
        "",
        "{}",
        (
            (format_html("<strong>{}</strong>", piece) if place % 2 else piece,)
            for place, piece in enumerate(pieces)
        ),
    )


class _Reader(HTMLParser):
    """Reads what ``to_html`` wrote."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.text: list[str] = []
        self.number = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "ol":
            self.number = 1
        elif tag == "li":
            self.text.append(f"{self.number}. " if self.number else "- ")
            self.number += bool(self.number)
        elif tag == "br":
            self.text.append("\n")
        elif tag in {"strong", "b"}:
            self.text.append("**")

    def handle_endtag(self, tag: str) -> None:
        if tag in {"strong", "b"}:
            self.text.append("**")
        elif tag == "li":
            self.text.append("\n")
        elif tag in {"p", "ul", "ol", "h2", "h3", "blockquote"}:
            self.text.append("\n" if tag in {"ul", "ol"} else "\n\n")
            self.number = 0

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def to_text(body: str) -> str:
    """Kept HTML as the text that its author typed, up to white space; for editing."""
    reader = _Reader()
    reader.feed(body)
    reader.close()
    return re.sub(r"\n{3,}", "\n\n", "".join(reader.text)).strip()


def opening_of(body: str) -> str:
    """The first words of a body, for a list: up to a sentence's end within 80 characters."""
    text = re.sub(r"\s+", " ", to_text(body).replace("**", "")).strip()
    if len(text) <= SUMMARY_LENGTH:
        return text
    head = text[:SUMMARY_LENGTH]
    end = max(head.rfind(mark) for mark in "。！？；")
    return head[: end + 1] if end >= SUMMARY_LENGTH // 3 else head.rstrip("，、 ") + "…"


def huozi_of(title: str) -> str:
    """The character for a title's tile: its first Han character that says something."""
    han = _HAN.findall(title)
    telling = (character for character in han if character not in _TOO_COMMON)
    return next(telling, han[0] if han else "文")


def is_han(character: str) -> bool:
    return len(character) == 1 and bool(_HAN.match(character))
