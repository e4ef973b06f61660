"""Cells that hold one of a few words: form, severity, shared or exclusive."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TypeVar

from django.utils.translation import gettext as _

from gongyu.core.spreadsheets import Read, Unreadable, Value, fold, shown
from gongyu.core.spreadsheets.readers import refuse_broken
from gongyu.engines.matching import Form

T = TypeVar("T")

_NEED_FORMS = {
    **dict.fromkeys(("走出去", "外出", "到馆", "出去", "校外", "走出", "出校"), Form.VISIT),
    **dict.fromkeys(
        ("请进来", "进校", "上门", "入校", "到校", "送课到校", "请进", "进校园"), Form.HOST
    ),
    **dict.fromkeys(("线上", "网上", "在线", "直播", "远程", "网络"), Form.ONLINE),
    **dict.fromkeys(("均可", "都可以", "不限", "任意", "皆可", "都行", "都可"), Form.ANY),
}
_SESSION_FORMS = {name: form for name, form in _NEED_FORMS.items() if form != Form.ANY}
_SEVERITIES = {
    **dict.fromkeys(("一般", "普通", "不急", "正常"), 1),
    **dict.fromkeys(("重要", "较急", "比较急"), 2),
    **dict.fromkeys(("紧急", "急", "很急", "特急", "非常紧急"), 3),
}
_MODES = {
    **dict.fromkeys(("拼团", "可拼", "可拼团", "共享", "合班", "散客", "shared"), False),
    **dict.fromkeys(("专场", "包场", "独享", "单独", "exclusive"), True),
}
_LIST = re.compile(r"[;；、,，/\s和或与及+&]+")


def _words(value: Value) -> list[str]:
    refuse_broken(value)
    text = re.sub(r"\(.*?\)", "", fold(shown(value))).lower()
    return [word for word in _LIST.split(text) if word]


def _one(value: Value, words: Mapping[str, T], sentence: str) -> Read[T]:
    said = _words(value)
    if len(said) == 1 and said[0] in words:
        return Read(words[said[0]])
    raise Unreadable(sentence)


def read_forms(value: Value) -> Read[Form]:
    """The forms that a need accepts; several may stand in the cell."""
    forms = Form(0)
    words = _words(value)
    for word in words:
        if word not in _NEED_FORMS:
            words = []
            break
        forms |= _NEED_FORMS[word]
    if not words:
        raise Unreadable(_("认不出形式。请写 走出去、请进来、线上 或 均可。"))
    return Read(forms)


def read_form(value: Value) -> Read[Form]:
    """The one form of a session."""
    said = _words(value)
    if len(said) > 1 and all(word in _SESSION_FORMS for word in said):
        raise Unreadable(_("一场只能有一种形式。请分成两行，各写一种。"))
    return _one(value, _SESSION_FORMS, _("认不出形式。请写 到馆、上门 或 线上。"))


def read_severity(value: Value) -> Read[int]:
    """1 一般, 2 重要, 3 紧急. A figure is refused: 1 is the most for some, the least for others."""
    return _one(value, _SEVERITIES, _("认不出紧急程度。请写 一般、重要 或 紧急。"))


def read_mode(value: Value) -> Read[bool]:
    """Whether the session takes one group alone."""
    return _one(value, _MODES, _("认不出方式。请写 拼团（几个班一起）或 专场（只接一个班）。"))
