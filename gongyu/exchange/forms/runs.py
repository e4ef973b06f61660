"""What a run is asked for."""

from django import forms
from django.utils.translation import gettext_lazy as _

from gongyu.exchange.models import PlanRule
from gongyu.exchange.models.runs import DEFAULT_FAIRNESS


class RunForm(forms.Form):
    """The fairness of a run, in percent, on a slider that a keyboard moves too."""

    fairness = forms.IntegerField(
        label=_("公平拨到多少"),
        min_value=0,
        max_value=100,
        initial=DEFAULT_FAIRNESS,
        required=False,
        help_text=_("0 只看全区总量，100 先顾配上最少的镇街。"),
        widget=forms.NumberInput(attrs={"type": "range", "step": "5"}),
        error_messages={
            "invalid": _("请把公平拨到 0 到 100 之间。"),
            "min_value": _("请把公平拨到 0 到 100 之间。"),
            "max_value": _("请把公平拨到 0 到 100 之间。"),
        },
    )

    def clean_fairness(self) -> int:
        """Left out, it is the usual one."""
        chosen: int | None = self.cleaned_data["fairness"]
        return DEFAULT_FAIRNESS if chosen is None else chosen


class RuleForm(forms.Form):
    """What is decided about a pair of a plan, and why."""

    kind = forms.ChoiceField(
        label=_("怎么定"),
        choices=PlanRule.Kind.choices,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("请选一样。"),
            "invalid_choice": _("请选一样。"),
        },
    )
    reason = forms.CharField(
        label=_("为什么"),
        max_length=120,
        help_text=_("同事以后会看到这句话。"),
        error_messages={"required": _("写一句为什么，以后别人看得懂。")},
    )
