"""What the two sides of an order say to each other. Short forms, each with one question."""

from typing import cast

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongyu.exchange.models import Order, Session
from gongyu.places.models import Organization


def _words(label: object, most: int) -> forms.CharField:
    return forms.CharField(
        label=label,  # type: ignore[arg-type]  # a lazy string
        required=False,
        max_length=most,
        widget=forms.Textarea(attrs={"rows": 2, "maxlength": None}),
        error_messages={
            "max_length": gettext_lazy(
                "这段话有 %(show_value)d 个字，最多 %(limit_value)d 个。字都还在，删短一点再交。"
            )
        },
    )


class AnswerForm(forms.Form):
    """Several of these stand on one page, so each marks its ids with its own name."""

    prefix_of_ids = "answer"

    def __init__(self, data: QueryDict | None = None) -> None:
        super().__init__(data, auto_id=f"{self.prefix_of_ids}_%s", label_suffix="")
        for field in self.fields.values():
            field.widget.attrs.pop("maxlength", None)  # a browser would cut pasted text silently


class ProposeForm(AnswerForm):
    """Another half-day of the unit itself."""

    prefix_of_ids = "propose"
    session = forms.ModelChoiceField(
        Session.objects.none(),
        error_messages={
            "required": gettext_lazy("请选一个半天。"),
            "invalid_choice": gettext_lazy("这个半天不在自己单位的场次里，请重新选。"),
        },
    )
    words = _words(gettext_lazy("捎一句话"), 300)

    def __init__(self, data: QueryDict | None = None, *, unit: Organization) -> None:
        super().__init__(data)
        field = cast("forms.ModelChoiceField[Session]", self.fields["session"])
        field.queryset = Session.objects.upcoming().filter(resource__unit=unit)


class DeclineForm(AnswerForm):
    prefix_of_ids = "decline"
    reason = forms.ChoiceField(
        label=gettext_lazy("为什么接不了"),
        choices=Order.DeclineReason.offered(),
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("请选一个原因，学校好知道怎么调整。"),
            "invalid_choice": gettext_lazy("请从这几个原因里选一个。"),
        },
    )
    words = _words(gettext_lazy("学校会看到这句话"), 300)


class CancelForm(AnswerForm):
    prefix_of_ids = "cancel"
    words = _words(gettext_lazy("为什么取消，对方会看到"), 300)


class RateForm(AnswerForm):
    prefix_of_ids = "rate"
    stars = forms.TypedChoiceField(
        choices=[(n, n) for n in range(1, 6)],
        coerce=int,
        error_messages={
            "required": gettext_lazy("请点一到五颗星。"),
            "invalid_choice": gettext_lazy("请点一到五颗星。"),
        },
    )
    words = _words(gettext_lazy("想多说两句也行"), 200)


def first_sentence(form: forms.Form) -> str:
    """The first thing that is wrong, as one sentence."""
    for errors in form.errors.values():
        return str(errors[0])
    return _("请检查一下刚才填的内容。")
