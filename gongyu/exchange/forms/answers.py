"""What the two sides of an order say to each other. Short forms, each with one question."""

from collections.abc import Iterable
from typing import Any, cast

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongyu.exchange.models import Order, Rating, Session
from gongyu.places.models import Organization


def words_field(label: object, most: int, *, required: bool = False) -> forms.CharField:
    return forms.CharField(
        label=label,  # type: ignore[arg-type]  # a lazy string
        required=required,
        max_length=most,
        widget=forms.Textarea(attrs={"rows": 2, "maxlength": None}),
        error_messages={
            "required": gettext_lazy("请写一句，对方好知道怎么回事。"),
            "max_length": gettext_lazy(
                "这段话有 %(show_value)d 个字，最多 %(limit_value)d 个。字都还在，删短一点再交。"
            ),
        },
    )


def choice_field(label: object, choices: Iterable[tuple[str, Any]]) -> forms.ChoiceField:
    """One of a few codes, as chips."""
    return forms.ChoiceField(
        label=label,  # type: ignore[arg-type]  # a lazy string
        choices=list(choices),
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("请选一个。"),
            "invalid_choice": gettext_lazy("请从这几个里选一个。"),
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
    words = words_field(gettext_lazy("捎一句话"), 300)

    def __init__(self, data: QueryDict | None = None, *, unit: Organization) -> None:
        super().__init__(data)
        field = cast("forms.ModelChoiceField[Session]", self.fields["session"])
        field.queryset = Session.objects.upcoming().filter(resource__unit=unit)


class SplitForm(AnswerForm):
    """Two half-days of the unit itself for one group."""

    prefix_of_ids = "split"
    halves = forms.RegexField(
        r"^\d{1,18}-\d{1,18}$",
        error_messages={
            "required": gettext_lazy("请选两个半天。"),
            "invalid": gettext_lazy("请从列出来的里面选。"),
        },
    )
    words = words_field(gettext_lazy("捎一句话"), 300)

    def __init__(self, data: QueryDict | None = None, *, unit: Organization) -> None:
        super().__init__(data)
        self.unit = unit

    def clean_halves(self) -> list[Session]:
        keys = [int(key) for key in self.cleaned_data["halves"].split("-")]
        own = Session.objects.upcoming().filter(resource__unit=self.unit, pk__in=keys)
        if len(found := list(own)) != len(keys):
            raise forms.ValidationError(_("这两个半天里有的刚刚不在了，请重新选。"))
        return found


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
    words = words_field(gettext_lazy("学校会看到这句话"), 300)


class CancelForm(AnswerForm):
    """``late``: fewer days ahead than the notice, so that a code is needed."""

    prefix_of_ids = "cancel"
    reason = choice_field(gettext_lazy("为什么取消"), Order.CancelReason.choices)
    words = words_field(gettext_lazy("想多说一句也行，对方会看到"), 300)

    def __init__(self, data: QueryDict | None = None, *, late: bool = False) -> None:
        super().__init__(data)
        self.fields["reason"].required = late


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
    words = words_field(gettext_lazy("想多说两句也行"), 200)


class AmendForm(RateForm):
    """One's own rating as it stands, to be put right."""

    prefix_of_ids = "amend"

    def __init__(self, data: QueryDict | None = None, *, given: Rating | None = None) -> None:
        super().__init__(data)
        if given is not None:
            self.initial = {"stars": given.stars, "words": given.words}


def first_sentence(form: forms.Form) -> str:
    """The first thing that is wrong, as one sentence."""
    for errors in form.errors.values():
        return str(errors[0])
    return _("请检查一下刚才填的内容。")
