"""What the commission writes on the list of problems."""

from __future__ import annotations

from datetime import date
from typing import Any, cast

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongyu.core.calendar import today
from gongyu.exchange.models import Evidence, Problem, Topic
from gongyu.places.models import Organization

_ONE = {
    "required": gettext_lazy("请选一项。"),
    "invalid_choice": gettext_lazy("请从列出的几项里选。"),
    "invalid_pk_value": gettext_lazy("请从列出的几项里选。"),
    "invalid_list": gettext_lazy("请从列出的几项里选。"),
}
_A_DAY = {
    "required": gettext_lazy("请选一天。"),
    "invalid": gettext_lazy("请写一个日子，比如 2027-06-30。"),
}
_KIND = Organization.Kind
_BODIES = (_KIND.COMMISSION, _KIND.DEPARTMENT, _KIND.STREET_OFFICE)


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


def _day(label: Any, **about: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget, error_messages=_A_DAY, **about)


class _ProblemForm(forms.Form):
    """Nothing is cut off while it is typed: too long is said, not swallowed."""

    prefix_of_ids = ""

    def __init__(
        self, data: QueryDict | None = None, *, initial: dict[str, Any] | None = None
    ) -> None:
        super().__init__(data, initial=initial, auto_id=f"{self.prefix_of_ids}_%s", label_suffix="")
        for form_field in self.fields.values():
            form_field.widget.attrs.pop("maxlength", None)
        for name in ("lead", "supporting", "who"):
            if name in self.fields:
                bodies = cast("forms.ModelChoiceField[Organization]", self.fields[name])
                bodies.queryset = Organization.objects.filter(kind__in=_BODIES).order_by(
                    "kind", "name"
                )


class ProblemForm(_ProblemForm):
    prefix_of_ids = "problem"
    title = _words(
        gettext_lazy("一句话说问题"),
        40,
        gettext_lazy("请用一句话说是什么问题。"),
        help_text=gettext_lazy("比如：近视的孩子越来越多"),
    )
    summary = _words(
        gettext_lazy("说明"),
        300,
        gettext_lazy("请写几句，让没听过的人也明白。"),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    topics = forms.ModelMultipleChoiceField(
        Topic.objects.filter(parent=None),
        label=gettext_lazy("哪些主题"),
        help_text=gettext_lazy("这些主题的需求会自己归到这个问题下面。"),
        widget=forms.CheckboxSelectMultiple,
        error_messages=_ONE,
    )
    lead = forms.ModelChoiceField(
        Organization.objects.none(), label=gettext_lazy("谁牵头"), error_messages=_ONE
    )
    supporting = forms.ModelMultipleChoiceField(
        Organization.objects.none(),
        label=gettext_lazy("谁配合"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages=_ONE,
    )

    def __init__(self, data: QueryDict | None = None, *, problem: Problem | None = None) -> None:
        self.problem = problem
        super().__init__(data, initial=_of_problem(problem) if problem else None)

    def clean_title(self) -> str:
        title = str(self.cleaned_data["title"])
        same = Problem.objects.filter(title=title)
        if self.problem is not None:
            same = same.exclude(pk=self.problem.pk)
        if same.exists():
            raise forms.ValidationError(_("清单上已经有这个问题了，请打开它补充依据和措施。"))
        return title


def _of_problem(problem: Problem) -> dict[str, Any]:
    return {
        "title": problem.title,
        "summary": problem.summary,
        "topics": [topic.pk for topic in problem.topics.all()],
        "lead": problem.lead_id,
        "supporting": [body.pk for body in problem.supporting.all()],
    }


class EvidenceForm(_ProblemForm):
    prefix_of_ids = "evidence"
    kind = forms.ChoiceField(
        label=gettext_lazy("哪一种"),
        choices=Evidence.Kind.choices,
        widget=forms.RadioSelect,
        error_messages=_ONE,
    )
    statement = _words(gettext_lazy("说了什么"), 200, gettext_lazy("请写依据说了什么。"))
    source = _words(
        gettext_lazy("出处"), 120, gettext_lazy("没有出处的不能当依据，请写从哪里来的。")
    )
    source_url = forms.URLField(
        label=gettext_lazy("网址"),
        max_length=300,
        required=False,
        assume_scheme="https",
        error_messages={
            "invalid": gettext_lazy("网址要完整，比如 https://www.gov.cn/。"),
            "max_length": gettext_lazy("网址太长了，最多 300 个字符。"),
        },
    )
    dated = _day(gettext_lazy("日期"), required=False)
    certainty = forms.ChoiceField(
        label=gettext_lazy("有多可靠"),
        choices=Evidence.Certainty.choices,
        widget=forms.RadioSelect,
        error_messages=_ONE,
    )

    def clean_source_url(self) -> str:
        address = str(self.cleaned_data["source_url"])
        if address and not address.lower().startswith(("https://", "http://")):
            raise forms.ValidationError(_("网址要完整，比如 https://www.gov.cn/。"))
        return address

    def clean_dated(self) -> date | None:
        dated: date | None = self.cleaned_data["dated"]
        if dated is not None and dated > today():
            raise forms.ValidationError(_("依据的日期在今天以后，请核对一下。"))
        return dated


class MeasureForm(_ProblemForm):
    prefix_of_ids = "measure"
    what = _words(gettext_lazy("做什么"), 120, gettext_lazy("请写要做什么。"))
    who = forms.ModelChoiceField(
        Organization.objects.none(), label=gettext_lazy("谁来做"), error_messages=_ONE
    )
    due = _day(gettext_lazy("什么时候做完"))

    def clean_due(self) -> date:
        due: date = self.cleaned_data["due"]
        if due < today():
            raise forms.ValidationError(_("做完的日期已经过去了，请定在今天以后。"))
        return due
