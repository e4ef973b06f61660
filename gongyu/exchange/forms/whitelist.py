"""The white list's forms: a matter, a plan into a school, the cap."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy

from gongyu.accounts.models import User
from gongyu.accounts.queries import organization_ids
from gongyu.core.calendar import school_year_of, today
from gongyu.exchange.models import WhitelistMatter
from gongyu.exchange.queries.whitelist import BODIES
from gongyu.places.models import Organization

_ONE = {
    "required": gettext_lazy("请选一项。"),
    "invalid_choice": gettext_lazy("请从列出的几项里选。"),
}


def _words(label: Any, most: int, missing: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=most,
        error_messages={
            "required": missing,
            "max_length": gettext_lazy(
                "这里有 %(show_value)d 个字，最多 %(limit_value)d 个，请删短一点。"
            ),
        },
    )


class MatterForm(forms.Form):
    title = _words(gettext_lazy("什么事"), 60, gettext_lazy("请写是什么事。"))
    body = forms.ModelChoiceField(
        Organization.objects.none(), label=gettext_lazy("哪个单位办"), error_messages=_ONE
    )
    school_year = forms.TypedChoiceField(
        label=gettext_lazy("哪个学年"), coerce=int, error_messages=_ONE
    )
    document = _words(gettext_lazy("依据文件"), 120, gettext_lazy("没有依据文件的事项不能上名单。"))

    def __init__(self, data: QueryDict | None = None) -> None:
        super().__init__(data, auto_id="matter_%s", label_suffix="")
        body = cast("forms.ModelChoiceField[Organization]", self.fields["body"])
        body.queryset = Organization.objects.exclude(
            kind__in=[Organization.Kind.SCHOOL, Organization.Kind.COMMISSION]
        )
        year = school_year_of(today())
        choice = cast(forms.TypedChoiceField, self.fields["school_year"])
        choice.choices = [(y, f"{y}—{y + 1} 学年") for y in (year, year + 1)]
        for name in ("title", "document"):
            self.fields[name].widget.attrs.pop("maxlength", None)


class PushForm(forms.Form):
    matter = forms.ModelChoiceField(
        WhitelistMatter.objects.none(),
        label=gettext_lazy("哪件事"),
        empty_label=None,
        error_messages=_ONE | {"invalid_choice": gettext_lazy("只能排本单位在白名单上的事。")},
    )
    school = forms.ModelChoiceField(
        Organization.objects.none(), label=gettext_lazy("哪所学校"), error_messages=_ONE
    )
    day = forms.DateField(
        label=gettext_lazy("哪天"),
        help_text=gettext_lazy("要提前 30 天。"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={
            "required": gettext_lazy("请选一天。"),
            "invalid": gettext_lazy("请选一个日子，比如 2027-03-10。"),
        },
    )

    def __init__(self, data: QueryDict | None = None, *, user: User) -> None:
        super().__init__(data, auto_id="push_%s", label_suffix="")
        matter = cast("forms.ModelChoiceField[WhitelistMatter]", self.fields["matter"])
        matter.queryset = WhitelistMatter.objects.filter(
            body__in=organization_ids(user, *BODIES), is_listed=True
        )
        school = cast("forms.ModelChoiceField[Organization]", self.fields["school"])
        school.queryset = Organization.objects.schools()


class CapForm(forms.Form):
    most = forms.IntegerField(
        label=gettext_lazy("每校每学年最多几件"),
        min_value=0,
        max_value=20,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        error_messages={
            "required": gettext_lazy("请写一个数。"),
            "invalid": gettext_lazy("请写一个整数，比如 6。"),
            "min_value": gettext_lazy("不能是负的。"),
            "max_value": gettext_lazy("最多写 20。"),
        },
    )

    def __init__(self, data: QueryDict | None = None, *, most: int) -> None:
        super().__init__(data, initial={"most": most}, auto_id="cap_%s", label_suffix="")
