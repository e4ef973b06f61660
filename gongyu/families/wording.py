"""What a note on a child must not carry: marks, ranks, and the name of another child.

The platform keeps no marks and no ranking (未成年人学校保护规定, art. 11: a pupil's marks and rank
are not made public), and a note is read by the guardians of one child only. The check is gentle: it
looks for the plain ways of writing a mark or a rank and lets everything else pass.
"""

import re
import unicodedata
from collections.abc import Collection

_NUMBER = r"[0-9〇零一二两三四五六七八九十百]+"
_WHOLE = r"(?:全班|班里|班级|年级|全校|全区)"
# "95分" is a mark; "10分钟", "三分之一", "8点30分", "十分认真" and "五分开心" are not.
_MARKS = [
    re.compile(r"(?<![0-9.点时:])[0-9]{1,3}(?:\.[0-9])?分(?![钟之米贝类组工享开成为头批])"),
    re.compile(
        r"[二三四五六七八九]?十[一二三四五六七八九]分(?![钟之])|[二三四五六七八九]十分(?![钟之])"
    ),
    re.compile(r"[一二两三四五六七八九]百(?:[零一二三四五六七八九十]+)?分(?![钟之])"),
    re.compile(r"满分|得分|总分|均分|分数|考了" + _NUMBER),
    re.compile(r"[0-9]{1,3}/1[0-9]0"),
]
_RANKS = [
    re.compile(r"第" + _NUMBER + r"名"),
    re.compile(_WHOLE + r"第" + _NUMBER + r"(?![次个天堂节课件本位])"),
    re.compile(_WHOLE + r"(?:前" + _NUMBER + r"|倒数|排第|排在)"),
    re.compile(r"前" + _NUMBER + r"名|倒数第|排名|名次|名列前茅|垫底|top[0-9]+", re.IGNORECASE),
]


def _plain(text: str) -> str:
    """Full-width digits as digits, no spaces: １２ 分 is 12分."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text))


def mark_or_rank_in(text: str) -> str | None:
    """The words that look like a mark or a rank, or None.

    >>> mark_or_rank_in("数学考了 95 分")
    '考了95'
    >>> mark_or_rank_in("每天跳绳10分钟，十分认真") is None
    True
    """
    plain = _plain(text)
    hits = (pattern.search(plain) for pattern in _MARKS + _RANKS)
    return next((hit.group() for hit in hits if hit), None)


def other_child_in(text: str, *, about: Collection[str], classmates: Collection[str]) -> str | None:
    """The name of a child whom the readers of this text should not read about, or None.

    ``about`` are the pupils that the note goes to. A single pupil may be named; as soon as the note
    goes to several, each of their guardians would read the others' names.
    """
    plain = _plain(text)
    if len(about) == 1:
        for name in about:
            plain = plain.replace(_plain(name), "")
    for name in sorted(classmates, key=len, reverse=True):
        if _plain(name) in plain:
            return name
    return None
