"""The map's filter: a plain GET form."""

from django import forms
from django.utils.translation import gettext_lazy as _

from .kinds import FAMILIES, Family
from .models import Division
from .queries import family_of, towns


class MapFilter(forms.Form):
    """Which units to show. An unknown choice in an old link counts as none."""

    kind = forms.ChoiceField(label=_("哪一类"), required=False)
    town = forms.ChoiceField(label=_("哪个镇街"), required=False)

    def __init__(self, data: object = None) -> None:
        super().__init__(data)  # type: ignore[arg-type]  # a QueryDict
        known: list[Division] = list(towns())
        self.fields["kind"].choices = [  # type: ignore[attr-defined]  # a ChoiceField
            ("", _("学校和资源单位")),
            *((family.code, family.label) for family in FAMILIES),
        ]
        self.fields["town"].choices = [  # type: ignore[attr-defined]
            ("", _("全区和周边")),
            *((town.code, town.short_name) for town in known),
        ]
        self.towns = known
        self.is_valid()

    @property
    def family(self) -> Family | None:
        return family_of(self.cleaned_data.get("kind", ""))

    @property
    def town_code(self) -> str:
        return str(self.cleaned_data.get("town", ""))
