"""Who is named for a post, and what a vice-principal did."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongyu.core.calendar import today
from gongyu.exchange.models import Liaison
from gongyu.places.models import Organization

_KIND = Organization.Kind
_A_DAY = {
    "required": gettext_lazy("请选一天。"),
    "invalid": gettext_lazy("请写一个日子，比如 2027-06-30。"),
}


def _words(label: Any, most: int, missing: Any, **about: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=most,
        error_messages={
            "required": missing,
            "max_length": gettext_lazy(
                "这里有 %(show_value)d 个字，最多 %(limit_value)d 个，请删短一点。"
            ),
        },
        **about,
    )


def _day(label: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget, error_messages=_A_DAY, initial=today)


class LiaisonForm(forms.Form):
    kind = forms.ChoiceField(
        label=gettext_lazy("哪个岗位"),
        choices=Liaison.Kind.choices,
        initial=Liaison.Kind.LIAISON,
        error_messages={"invalid_choice": gettext_lazy("请从列出的几项里选。")},
    )
    name = _words(gettext_lazy("姓名"), 40, gettext_lazy("请写姓名。"))
    title = _words(
        gettext_lazy("职务"),
        60,
        gettext_lazy("请写职务，谁都能看到的是它。"),
        help_text=gettext_lazy("谁都能看到。比如：德育主任、社教部主任"),
    )
    phone = _words(
        gettext_lazy("电话"),
        40,
        gettext_lazy("请写一个打得通的电话。"),
        help_text=gettext_lazy("只给一起办事的学校、单位和区教委看。"),
    )
    from_body = forms.ModelChoiceField(
        Organization.objects.none(),
        label=gettext_lazy("哪个部门派来"),
        help_text=gettext_lazy("副校长才要选。"),
        required=False,
        error_messages={"invalid_choice": gettext_lazy("请从列出的几项里选。")},
    )
    starts = _day(gettext_lazy("从哪天起"))

    def __init__(self, data: QueryDict | None, *, organization: Organization) -> None:
        super().__init__(data, auto_id="liaison_%s", label_suffix="")
        if organization.kind == _KIND.SCHOOL:
            bodies = cast("forms.ModelChoiceField[Organization]", self.fields["from_body"])
            bodies.queryset = Organization.objects.filter(
                kind__in=[_KIND.DEPARTMENT, _KIND.STREET_OFFICE]
            ).order_by("kind", "name")
        else:  # a unit has one post
            del self.fields["kind"], self.fields["from_body"]
        for field in self.fields.values():
            field.widget.attrs.pop("maxlength", None)

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        data.setdefault("kind", Liaison.Kind.LIAISON)
        if data["kind"] in Liaison.VICE_PRINCIPALS and not data.get("from_body"):
            self.add_error("from_body", _("请选副校长是哪个部门派来的。"))
        if data["kind"] == Liaison.Kind.LIAISON:
            data["from_body"] = None
        return data


class DeedForm(forms.Form):
    day = _day(gettext_lazy("哪天"))
    what = _words(gettext_lazy("做了什么"), 120, gettext_lazy("请写做了什么，一句话。"))
