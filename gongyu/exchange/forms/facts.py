"""The lines under the form: what it holds and where each value came from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from gongyu.core import grades
from gongyu.core.calendar import today
from gongyu.exchange.models import Need, Severity, Slots

from .need import REACH_KM, WORKDAYS, NeedForm, default_window

FIELDS = {
    "who": ("school_class", "first_grade", "last_grade", "headcount", "for_committee"),
    "when": ("date_from", "date_to", "slots"),
    "where": ("form", "reach_km"),
    "urgency": ("severity",),
}


@dataclass(frozen=True, slots=True)
class Fact:
    """One line: its words, where they came from, and whether its fields hold an error."""

    key: str
    icon: str
    text: str
    source: str
    has_error: bool


def facts_of(form: NeedForm) -> dict[str, Fact]:
    """The four lines of a form, bound or fresh, by key."""
    makers = {"who": _who, "when": _when, "where": _where, "urgency": _urgency}
    icons = {"who": "users", "when": "calendar", "where": "map-pin", "urgency": "clock"}
    found = {}
    for key, make in makers.items():
        wrong = form.is_bound and any(name in form.errors for name in FIELDS[key])
        text, source = (_("这里要改一下"), "") if wrong else make(form)
        found[key] = Fact(key, icons[key], text, source, wrong)
    return found


def _value(form: NeedForm, name: str) -> Any:
    """The checked value of a bound form, else what it starts with."""
    if form.is_bound:
        return form.cleaned_data.get(name)
    return form.initial.get(name, form.fields[name].initial)


def _changed(form: NeedForm, *names: str) -> bool:
    return form.is_bound and any(
        _comparable(_value(form, n)) != _comparable(form.defaults[n]) for n in names
    )


def _unchanged(form: NeedForm, usual: str) -> str:
    """Where a value comes from that nobody has touched: the need that is repeated, or usage."""
    if form.like is None:
        return usual
    return _("照 %(when)s那次") % {"when": f"{form.like.date_from:%Y 年 %-m 月}"}


def _comparable(value: Any) -> Any:
    return frozenset(value) if isinstance(value, list) else value


def _who(form: NeedForm) -> tuple[str, str]:
    chosen = _value(form, "school_class")
    pk = getattr(chosen, "pk", chosen)
    school_class = next((c for c in form.classes if c.pk == pk), None)
    heads = _value(form, "headcount")
    typed = form.is_bound and form.data.get("headcount", "").strip()
    if school_class is not None:
        pupils = getattr(school_class, "pupils", 0)
        number = heads or pupils
        said = _("%(who)s，%(n)d 人") % {"who": school_class, "n": number}
        said += _("，家长委员会提的") if _value(form, "for_committee") else ""
        if not number:
            return _("%(who)s，人数还没写") % {"who": school_class}, _("学籍里还没有学生")
        return said, _("班级来自学籍，人数是您写的") if typed else _("来自学籍")
    first, last = _value(form, "first_grade"), _value(form, "last_grade")
    said = grades.say_range(first, last) if first is not None and last is not None else ""
    said += _("，家长委员会提的") if _value(form, "for_committee") else ""
    if not heads:
        return said or _("还没选年级"), _("多少人，请写一下")
    return _("%(who)s，%(n)d 人") % {"who": said, "n": heads}, _("您写的")


def _when(form: NeedForm) -> tuple[str, str]:
    first, last = _value(form, "date_from"), _value(form, "date_to")
    slots = Slots.say(sum(1 << bit for bit in set(_value(form, "slots") or WORKDAYS)))
    said = _("%(a)s到 %(b)s，%(slots)s") % {"a": _day(first), "b": _day(last), "slots": slots}
    if _changed(form, "date_from", "date_to", "slots"):
        return said, _("您改的")
    if form.like is not None and _value(form, "date_from") == default_window()[0]:
        return said, _("那时的日子过了，先按一周后到三周后")
    return said, _unchanged(form, _("来自默认：一周后到三周后，工作日"))


def _day(day: date) -> str:
    year = f"{day.year} 年 " if day.year != today().year else ""
    return f"{year}{day.month} 月 {day.day} 日"


def _where(form: NeedForm) -> tuple[str, str]:
    wanted, km = _value(form, "form"), _value(form, "reach_km")
    reach = _("最远走 %(km)g 公里") % {"km": km}
    said = {
        Need.FormWanted.ANY: _("走出去、请进来都可以，%(reach)s") % {"reach": reach},
        Need.FormWanted.VISIT: _("走出去，%(reach)s") % {"reach": reach},
        Need.FormWanted.HOST: _("请进来，在学校里办"),
        Need.FormWanted.ONLINE: _("线上"),
    }[Need.FormWanted(wanted)]
    if _changed(form, "form", "reach_km"):
        return said, _("您改的")
    usual = _("来自默认：%(km)d 公里，大约半小时车程") % {"km": REACH_KM}
    return said, _unchanged(form, usual)


def _urgency(form: NeedForm) -> tuple[str, str]:
    severity = int(_value(form, "severity"))
    said = str(Severity(severity).label)
    if _changed(form, "severity"):
        return said, _("您改的")
    if severity != Severity.ORDINARY:
        return said, _unchanged(form, "")
    return _("%(said)s，不急") % {"said": said}, _unchanged(form, _("来自默认"))
