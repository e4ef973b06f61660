"""What is typed for the day of a visit."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.http import QueryDict
from django.utils.translation import gettext_lazy

from gongyu.exchange.models import Order, Visit
from gongyu.exchange.models.visits import MOST_WORDS
from gongyu.exchange.services.arrivals import MOST_HEADS


def _number(label: Any) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        required=False,
        min_value=0,
        max_value=MOST_HEADS,
        widget=forms.NumberInput(attrs={"class": "input-short", "inputmode": "numeric"}),
        error_messages={
            "invalid": gettext_lazy("请填数字。"),
            "min_value": gettext_lazy("人数不能是负的。"),
            "max_value": gettext_lazy("人数太大了，请再看看。"),
        },
    )


class GroupForm(forms.Form):
    """Who comes along, and how many need which care: numbers, never a name of a child."""

    escorts = forms.CharField(
        label=gettext_lazy("带队老师"),
        required=False,
        max_length=80,
        help_text=gettext_lazy("比如：王老师、李老师"),
    )
    escort_phone = forms.CharField(
        label=gettext_lazy("带队电话"),
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
        validators=[
            RegexValidator(r"^[0-9+\- ]{5,20}$", gettext_lazy("电话只写数字，比如 13800000000。"))
        ],
    )
    allergic = _number(Visit.CARE[0][1])
    diet = _number(Visit.CARE[1][1])
    mobility = _number(Visit.CARE[2][1])
    watch = _number(Visit.CARE[3][1])

    def __init__(self, data: QueryDict | None = None, *, visit: Visit | None = None) -> None:
        first = {name: getattr(visit, name) for name in self.base_fields} if visit else None
        super().__init__(data, initial=first, auto_id="group_%s", label_suffix="")

    @property
    def care(self) -> list[forms.BoundField]:
        return [self[name] for name, _label in Visit.CARE]

    def group(self) -> dict[str, Any]:
        counts = {name: self.cleaned_data[name] or 0 for name, _label in Visit.CARE}
        return {
            "escorts": self.cleaned_data["escorts"],
            "escort_phone": self.cleaned_data["escort_phone"],
            **counts,
        }


class ArriveForm(forms.Form):
    """How many came; filled in with what is known. An unlikely number is asked back once."""

    heads = forms.IntegerField(
        label=gettext_lazy("到了多少人"),
        min_value=1,
        max_value=MOST_HEADS,
        widget=forms.NumberInput(attrs={"class": "input-short", "inputmode": "numeric"}),
        error_messages={
            "required": gettext_lazy("请填到了多少人。"),
            "invalid": gettext_lazy("请填数字。"),
            "min_value": gettext_lazy("至少 1 人。一个人都没到的话，先别点。"),
            "max_value": gettext_lazy("人数太大了，请再看看。"),
        },
    )

    sure = forms.BooleanField(label=gettext_lazy("没有填错，就是这么多人"), required=False)
    is_in_doubt = False  # whether the box is shown

    def __init__(
        self, data: QueryDict | None = None, *, order: Order | None = None, ticked: int = 0
    ) -> None:
        first = {"heads": ticked or order.heads_came} if order else None
        super().__init__(data, initial=first, auto_id="arrive_%s", label_suffix="")

    def ask_back(self, sentence: str) -> None:
        self.add_error("heads", sentence)
        self.is_in_doubt = True


class WordsForm(forms.Form):
    words = forms.CharField(
        label=gettext_lazy("做了什么，两行就够"),
        max_length=MOST_WORDS,
        help_text=gettext_lazy("不写孩子的名字。对方和这个班的家长都看得到。"),
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={
            "required": gettext_lazy("请写一两句孩子做了什么。"),
            "max_length": gettext_lazy(
                "这里有 %(show_value)d 个字，最多 %(limit_value)d 个。字都还在，删短一点再交。"
            ),
        },
    )

    def __init__(self, data: QueryDict | None = None, *, visit: Visit | None = None) -> None:
        first = {"words": visit.words} if visit else None
        super().__init__(data, initial=first, auto_id="words_%s", label_suffix="")
        self.fields["words"].widget.attrs.pop("maxlength", None)
