"""What the commission writes down when it admits or stops a unit."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongyu.core.calendar import today
from gongyu.exchange.models import UnitAdmission

_A_DAY = {
    "required": gettext_lazy("请写日期。"),
    "invalid": gettext_lazy("请写一个日子，比如 2027-06-30。"),
}
_ONE = {
    "required": gettext_lazy("请选一项。"),
    "invalid_choice": gettext_lazy("请从列出的几项里选。"),
}


def _day(label: Any, **about: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget, error_messages=_A_DAY, **about)


def _words(label: Any, most: int) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=most,
        required=False,
        error_messages={
            "max_length": gettext_lazy(
                "这里有 %(show_value)d 个字，最多 %(limit_value)d 个，请删短一点。"
            )
        },
    )


class AdmitForm(forms.Form):
    site_is_safe = forms.BooleanField(
        label=gettext_lazy("场地看过：固定、安全"),
        error_messages={"required": gettext_lazy("场地没有核查，还不能入库。")},
    )
    safety_is_checked = forms.BooleanField(
        label=gettext_lazy("消防检查和应急预案看过"),
        error_messages={"required": gettext_lazy("消防和应急预案没有核查，还不能入库。")},
    )
    insured_until = _day(gettext_lazy("责任险到期"))
    staff_checked_on = _day(
        gettext_lazy("人员审查日期"), help_text=gettext_lazy("一年之内的才算数。")
    )
    price = forms.ChoiceField(
        label=gettext_lazy("对学生的价格"),
        choices=UnitAdmission.Price.choices,
        widget=forms.RadioSelect,
        error_messages=_ONE,
    )
    price_words = _words(gettext_lazy("优惠多少"), 120)
    review_on = _day(gettext_lazy("下次年审"))

    def __init__(self, data: QueryDict | None = None, *, admission: UnitAdmission) -> None:
        initial = {name: getattr(admission, name) for name in self.base_fields}
        initial["review_on"] = today() + timedelta(days=365)
        super().__init__(data, initial=initial, auto_id="admit_%s", label_suffix="")
        self.fields["price_words"].widget.attrs.pop("maxlength", None)

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if data.get("insured_until") and data["insured_until"] < today():
            self.add_error("insured_until", _("责任险已经过期，续了再入库。"))
        checked = data.get("staff_checked_on")
        if checked and not today() - timedelta(days=365) <= checked <= today():
            self.add_error("staff_checked_on", _("要是最近一年里的日期。"))
        if data.get("price") == UnitAdmission.Price.FULL:
            self.add_error("price", _("入库要有免费或者具体的优惠。"))
        if data.get("price") == UnitAdmission.Price.REDUCED and not data.get("price_words"):
            self.add_error("price_words", _("写清楚优惠多少，比如：半价。"))
        review = data.get("review_on")
        if review and not today() < review <= today() + timedelta(days=365):
            self.add_error("review_on", _("年审日期请定在一年以内。"))
        return data


class StopForm(forms.Form):
    to = forms.ChoiceField(
        label=gettext_lazy("怎么处理"),
        choices=[(s.value, s.label) for s in UnitAdmission.STOPPED],
        widget=forms.RadioSelect,
        error_messages=_ONE,
    )
    reason = forms.ChoiceField(
        label=gettext_lazy("按哪条规则"),
        choices=UnitAdmission.Reason.choices,
        error_messages=_ONE,
    )
    words = _words(gettext_lazy("说明，单位会看到"), 300)

    def __init__(self, data: QueryDict | None = None) -> None:
        super().__init__(data, auto_id="stop_%s", label_suffix="")
        self.fields["words"].widget.attrs.pop("maxlength", None)
