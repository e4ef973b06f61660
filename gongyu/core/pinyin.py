"""Pinyin of names, so that 'hzz' finds 黄庄子 and 'yinshua' finds 印刷."""

from pypinyin import Style, lazy_pinyin


def initials(name: str) -> str:
    """First letters of each character, lower case: 庞各庄镇 → pgzz."""
    return "".join(lazy_pinyin(name, style=Style.FIRST_LETTER)).lower()[:120]


def full(name: str) -> str:
    """The whole pinyin without tones or spaces: 庞各庄 → panggezhuang."""
    return "".join(lazy_pinyin(name)).lower()[:300]
