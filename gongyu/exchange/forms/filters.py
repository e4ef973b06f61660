"""The filters of the list of needs; all of them live in the address."""

from typing import Any, cast

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongyu.exchange.models import Need
from gongyu.exchange.queries import topics_by_group
from gongyu.places.models import Division


class NeedFilter(forms.Form):
    """Unknown values filter nothing: an old address still opens."""

    q = forms.CharField(label=gettext_lazy("搜一搜"), required=False, max_length=60)
    state = forms.ChoiceField(label=gettext_lazy("状态"), required=False)
    topic = forms.ChoiceField(label=gettext_lazy("主题"), required=False)
    town = forms.ChoiceField(label=gettext_lazy("镇街"), required=False)

    def __init__(self, data: QueryDict, *, with_towns: bool) -> None:
        super().__init__(data, label_suffix="")
        self._choices("state", [("", _("全部")), *Need.State.choices])
        self._choices(
            "topic",
            [("", _("全部")), *((first.code, first.name) for first, _below in topics_by_group())],
        )
        if with_towns:
            towns = Division.objects.filter(level=Division.Level.TOWNSHIP)
            self._choices("town", [("", _("全部")), *towns.values_list("code", "short_name")])
        else:
            del self.fields["town"]

    def _choices(self, name: str, choices: list[tuple[str, Any]]) -> None:
        cast(forms.ChoiceField, self.fields[name]).choices = choices

    def chosen(self) -> dict[str, str]:
        """The filters that hold."""
        self.is_valid()
        data = self.cleaned_data
        return {
            "words": data.get("q", ""),
            "state": data.get("state", ""),
            "topic": data.get("topic", ""),
            "town": data.get("town", ""),
        }
