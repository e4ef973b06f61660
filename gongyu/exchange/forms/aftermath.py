"""What is said of an order after it was dispatched: objections, conferences, heads, call-backs."""

from typing import Any, cast

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy

from gongyu.exchange.models import Need, Objection, Party, Revisit, Session

from .answers import AnswerForm, choice_field, words_field


class ObjectForm(AnswerForm):
    prefix_of_ids = "object"
    reason = choice_field(gettext_lazy("为什么有异议"), Objection.Reason.choices)
    words = words_field(gettext_lazy("想多说一句也行"), 300)


class ConferForm(AnswerForm):
    """The short record of a conference."""

    prefix_of_ids = "confer"
    outcome = choice_field(gettext_lazy("商定的结果"), Objection.Outcome.offered())
    session = forms.ModelChoiceField(
        Session.objects.none(),
        required=False,
        error_messages={"invalid_choice": gettext_lazy("这一场刚刚不在了，请重新选一场。")},
    )
    reason = forms.ChoiceField(
        label=gettext_lazy("为什么不再办理"),
        required=False,
        choices=[("", gettext_lazy("请选一个")), *Need.CloseReason.choices],
    )
    agreed = words_field(gettext_lazy("商定了什么，两边都会看到"), 300, required=True)
    agreed_with = forms.CharField(
        label=gettext_lazy("谁参加了会商"), required=False, max_length=120
    )

    def __init__(self, data: QueryDict | None = None) -> None:
        super().__init__(data)
        field = cast("forms.ModelChoiceField[Session]", self.fields["session"])
        field.queryset = Session.objects.upcoming()

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        match said.get("outcome"):
            case Objection.Outcome.OTHER_SESSION if not said.get("session"):
                self.add_error("session", gettext_lazy("改派到哪一场，请选一下。"))
            case Objection.Outcome.CLOSED if not said.get("reason"):
                self.add_error("reason", gettext_lazy("请选一下为什么不再办理，学校会看到。"))
        return said


class HeadcountForm(AnswerForm):
    prefix_of_ids = "heads"
    headcount = forms.IntegerField(
        label=gettext_lazy("一共来几个人"),
        min_value=1,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        error_messages={
            "required": gettext_lazy("请写人数。"),
            "invalid": gettext_lazy("人数请写一个数。"),
            "min_value": gettext_lazy("人数请写 1 以上的数。都来不了，就取消这一单。"),
        },
    )


class AbsentForm(AnswerForm):
    prefix_of_ids = "absent"
    who = choice_field(
        gettext_lazy("哪一方没来"),
        [(p.value, p.label) for p in (Party.SCHOOL, Party.UNIT)],
    )
    words = words_field(gettext_lazy("怎么回事，一句话，对方会看到"), 300, required=True)


class RevisitForm(AnswerForm):
    prefix_of_ids = "revisit"
    result = choice_field(
        gettext_lazy("学校怎么说"),
        [(r.value, r.label) for r in Revisit.Result if r is not Revisit.Result.UNREACHED],
    )
    words = words_field(gettext_lazy("记一句"), 300)
