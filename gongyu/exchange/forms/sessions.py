"""A unit opens half-days: a day, its halves, and for how many weeks the same again."""

from __future__ import annotations

from datetime import date as Day  # noqa: N812  (the form has a field of that name)
from datetime import timedelta
from typing import Any, cast

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongyu.core.calendar import HalfDay, holidays, today
from gongyu.core.models import Holiday
from gongyu.exchange.models import Resource
from gongyu.places.models import Organization

MOST_WEEKS = 20
FARTHEST = timedelta(days=400)


class SessionsForm(forms.Form):
    resource = forms.ModelChoiceField(
        Resource.objects.none(),
        label=gettext_lazy("哪一项"),
        empty_label=None,
        error_messages={
            "required": gettext_lazy("请选一项资源。"),
            "invalid_choice": gettext_lazy("这一项不是您单位的，请重新选。"),
        },
    )
    date = forms.DateField(
        label=gettext_lazy("哪天"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={
            "required": gettext_lazy("请选一天。"),
            "invalid": gettext_lazy("请选一个日子，比如 2026-12-02。"),
        },
    )
    half_days = forms.TypedMultipleChoiceField(
        label=gettext_lazy("哪半天"),
        choices=HalfDay.choices,
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": gettext_lazy("请至少选一个半天。"),
            "invalid_choice": gettext_lazy("请从上午、下午、晚上里选。"),
        },
    )
    weeks = forms.IntegerField(
        label=gettext_lazy("连开几周"),
        help_text=gettext_lazy("每周同一天。法定放假的日子会跳过。"),
        initial=1,
        min_value=1,
        max_value=MOST_WEEKS,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        error_messages={
            "required": gettext_lazy("请写开几周，只开一次就写 1。"),
            "invalid": gettext_lazy("周数请写一个数，比如 1。"),
            "min_value": gettext_lazy("至少 1 周。"),
            "max_value": gettext_lazy("一次最多开 20 周。"),
        },
    )

    def __init__(self, data: QueryDict | None = None, *, unit: Organization) -> None:
        super().__init__(data, label_suffix="")
        field = cast("forms.ModelChoiceField[Resource]", self.fields["resource"])
        field.queryset = unit.resources.all()

    def clean_date(self) -> Day:
        day: Day = self.cleaned_data["date"]
        if day <= today():
            raise forms.ValidationError(_("场次最早从明天开始，请换一天。"))
        if day > today() + FARTHEST:
            raise forms.ValidationError(_("请定在一年以内。"))
        return day

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if "date" in data and "weeks" in data and not self.asked():
            self.add_error("date", _("这一天法定放假，学校不出门，请换一天。"))
        return data

    def asked(self) -> list[tuple[Day, int]]:
        """All half-days asked for, without statutory holidays."""
        data = self.cleaned_data
        off = {day for day, kind in holidays().items() if kind == Holiday.Kind.HOLIDAY}
        days = [data["date"] + timedelta(weeks=week) for week in range(data["weeks"])]
        halves = data.get("half_days") or [0]
        return [(day, half) for day in days if day not in off for half in halves]
