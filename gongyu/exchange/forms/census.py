"""The filters of the census' records; all of them live in the address."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongyu.exchange.models import ResourceKind
from gongyu.places.models import Division


class RecordFilter(forms.Form):
    """Unknown values filter nothing: an old address still opens."""

    kind = forms.ChoiceField(label=gettext_lazy("种类"), required=False)
    town = forms.ChoiceField(label=gettext_lazy("镇街"), required=False)
    confirmed = forms.ChoiceField(label=gettext_lazy("今年核对"), required=False)
    use = forms.ChoiceField(label=gettext_lazy("用得怎样"), required=False)

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data, label_suffix="")
        every, towns = ("", _("全部")), Division.objects.filter(level=Division.Level.TOWNSHIP)
        self._choices("kind", [every, *ResourceKind.choices, ("none", _("没有填"))])
        self._choices(
            "town",
            [every, *towns.values_list("code", "short_name"), ("none", _("没有查到"))],
        )
        self._choices("confirmed", [every, ("yes", _("核对过")), ("no", _("还没核对"))])
        self._choices(
            "use",
            [
                every,
                ("sessions", _("开过场次")),
                ("ordered", _("有学校约")),
                ("happened", _("办过")),
                ("none", _("没有学校约")),
            ],
        )

    def _choices(self, name: str, choices: list[tuple[str, Any]]) -> None:
        cast(forms.ChoiceField, self.fields[name]).choices = choices

    def chosen(self) -> dict[str, str]:
        self.is_valid()
        return {name: self.cleaned_data.get(name, "") for name in self.fields}
