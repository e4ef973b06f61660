"""When a unit is open: rules, exceptions, and until when to lay them out."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongyu.core import grades
from gongyu.core.calendar import WEEKDAYS, HalfDay, today
from gongyu.exchange.models import OpeningException, OpeningRule
from gongyu.exchange.services.opening import FARTHEST

_A_DAY = {
    "required": gettext_lazy("请选一天。"),
    "invalid": gettext_lazy("请选一个日子，比如 2026-12-02。"),
}
_ONE = {
    "required": gettext_lazy("请选一项。"),
    "invalid_choice": gettext_lazy("请从列出的几项里选。"),
}


def _day(label: Any) -> forms.DateField:
    return forms.DateField(
        label=label,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages=_A_DAY,
    )


def _number(label: Any, choices: Any) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(label=label, choices=choices, coerce=int, error_messages=_ONE)


class RuleForm(forms.Form):
    weekday = _number(gettext_lazy("周几"), list(enumerate(WEEKDAYS)))
    half_day = _number(gettext_lazy("哪半天"), HalfDay.choices)
    starts = forms.TimeField(
        label=gettext_lazy("几点开始"),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        initial="09:00",
        error_messages={
            "required": gettext_lazy("请写几点开始。"),
            "invalid": gettext_lazy("请写一个时间，比如 09:00。"),
        },
    )
    every_weeks = _number(
        gettext_lazy("隔几周一次"),
        [(1, gettext_lazy("每周")), (2, gettext_lazy("每两周")), (4, gettext_lazy("每四周"))],
    )
    mode = forms.ChoiceField(
        label=gettext_lazy("什么时候有效"),
        choices=OpeningRule.Mode.choices,
        initial=OpeningRule.Mode.TERM,
        error_messages=_ONE,
    )
    first_day = _day(gettext_lazy("从哪天起"))
    last_day = _day(gettext_lazy("到哪天止"))

    def __init__(self, data: QueryDict | None = None) -> None:
        initial = {"first_day": today() + timedelta(days=1), "last_day": far_enough()}
        super().__init__(data, initial=initial, auto_id="rule_%s", label_suffix="")

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        first, last = data.get("first_day"), data.get("last_day")
        if first and last:
            if last < first:
                self.add_error("last_day", _("结束的日子在开始之前，请对调一下。"))
            elif last > today() + FARTHEST:
                self.add_error("last_day", _("请定在一年以内。"))
        starts, half = data.get("starts"), data.get("half_day")
        if starts and half is not None and not _within(starts.hour, half):
            self.add_error("starts", _("开始时间和选的半天对不上。"))
        return data


def _within(hour: int, half_day: int) -> bool:
    return {0: 6 <= hour < 12, 1: 12 <= hour < 18, 2: 17 <= hour < 22}[half_day]


class ExceptionForm(forms.Form):
    kind = forms.ChoiceField(
        label=gettext_lazy("怎么变"), choices=OpeningException.Kind.choices, error_messages=_ONE
    )
    date = _day(gettext_lazy("哪天"))
    half_day = forms.TypedChoiceField(
        label=gettext_lazy("加开哪半天"),
        choices=[("", "—"), *HalfDay.choices],
        coerce=int,
        empty_value=None,
        required=False,
        error_messages=_ONE,
    )
    reason = forms.CharField(
        label=gettext_lazy("为什么不开"),
        required=False,
        max_length=60,
        error_messages={
            "max_length": gettext_lazy("原因有 %(show_value)d 个字，最多 60 个，请删短一点。")
        },
    )

    def __init__(self, data: QueryDict | None = None) -> None:
        super().__init__(data, auto_id="exception_%s", label_suffix="")
        self.fields["reason"].widget.attrs.pop("maxlength", None)

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if data.get("kind") == OpeningException.Kind.CLOSED:
            data["half_day"] = None
            if not data.get("reason") and "reason" not in self.errors:
                self.add_error("reason", _("写一句为什么不开，学校问起来好答。"))
        elif data.get("kind") == OpeningException.Kind.EXTRA and data.get("half_day") is None:
            self.add_error("half_day", _("请选加开上午、下午还是晚上。"))
        if data.get("date") and data["date"] <= today():
            self.add_error("date", _("例外从明天起才有用，请换一天。"))
        return data


class UntilForm(forms.Form):
    """Up to which day the rules are laid out; what is not a day within a year is put right."""

    until = forms.DateField(
        label=gettext_lazy("排到哪天"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        required=False,
    )

    def __init__(self, data: QueryDict | None = None) -> None:
        super().__init__(data, label_suffix="")

    def chosen(self) -> date:
        self.is_valid()
        day: date | None = self.cleaned_data.get("until")
        if day is None or not today() < day <= today() + FARTHEST:
            return far_enough()
        return day


def far_enough() -> date:
    """Eight weeks ahead: what schools plan for."""
    return today() + timedelta(weeks=8)


class SuspensionForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("什么考试"),
        max_length=40,
        error_messages={
            "required": gettext_lazy("请写是什么考试，比如：初三期末考试。"),
            "max_length": gettext_lazy("最多 40 个字。"),
        },
    )
    first_day = _day(gettext_lazy("从哪天"))
    last_day = _day(gettext_lazy("到哪天"))
    first_grade = _number(gettext_lazy("最低年级"), grades.CHOICES)
    last_grade = _number(gettext_lazy("最高年级"), grades.CHOICES)

    def __init__(self, data: QueryDict | None = None) -> None:
        super().__init__(data, initial={"first_grade": 1, "last_grade": 9}, label_suffix="")
        self.fields["name"].widget.attrs.pop("maxlength", None)

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if data.get("first_day") and data.get("last_day") and data["last_day"] < data["first_day"]:
            self.add_error("last_day", _("结束的日子在开始之前，请对调一下。"))
        if data.get("first_grade", -9) > data.get("last_grade", 99):
            self.add_error("last_grade", _("最高年级比最低年级还低，请对调一下。"))
        return data
