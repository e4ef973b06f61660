"""The form of a note, and the filter of a child's notes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.validators import MaxLengthValidator
from django.utils.translation import gettext_lazy as _

from .models import GrowthNote, SchoolClass, Student

BODY_LIMIT, SUGGESTION_LIMIT = 500, 300


class Words(forms.CharField):
    """A text that is counted and refused when too long, never cut (no ``maxlength``)."""

    def __init__(self, limit: int, **kwargs: Any) -> None:
        too_long = _(
            "最多 %(limit_value)d 个字，现在有 %(show_value)d 个，请删掉一些。您写的都还在。"
        )
        super().__init__(validators=[MaxLengthValidator(limit, too_long)], **kwargs)

    def to_python(self, value: Any) -> str:
        return str(super().to_python(value) or "").replace("\r\n", "\n")


class Pupils(forms.ModelMultipleChoiceField[Student]):
    def label_from_instance(self, obj: Student) -> str:
        return obj.name


class NoteForm(forms.Form):
    """A note for one, several or all pupils of a class."""

    students = Pupils(
        label=_("写给谁"),
        queryset=Student.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": _("选的学生里有人已经不在这个班，请重新选。")},
    )
    whole_class = forms.BooleanField(
        label=_("全班"), required=False, help_text=_("每个孩子的家长各收到一条。")
    )
    aspect = forms.ChoiceField(
        label=_("哪方面"),
        choices=GrowthNote.Aspect.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("请选一个方面。")},
    )
    tone = forms.ChoiceField(
        label=_("表扬还是提醒"),
        choices=GrowthNote.Tone.choices,
        initial=GrowthNote.Tone.PRAISE,
        widget=forms.RadioSelect,
        error_messages={"required": _("请选表扬或提醒。")},
    )
    body = Words(
        BODY_LIMIT,
        label=_("写几句"),
        help_text=_("写孩子做了什么、怎么做的。不写分数和名次，不写别的孩子的名字。"),
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("还没有写内容。一句话就行。")},
    )
    home_suggestion = Words(
        SUGGESTION_LIMIT,
        label=_("给家里的建议"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(
        self, *args: Any, school_class: SchoolClass, pupils: Iterable[Student], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.pupils = list(pupils)
        field = self.fields["students"]
        assert isinstance(field, Pupils)  # noqa: S101  # declared above
        field.queryset = school_class.students.order_by("pk")

    def chosen(self) -> list[Student]:
        """The pupils that the note goes to."""
        if self.cleaned_data["whole_class"]:
            return self.pupils
        return list(self.cleaned_data["students"])

    def words(self) -> dict[str, str]:
        names = ("aspect", "tone", "body", "home_suggestion")
        return {name: self.cleaned_data[name] for name in names}


class AspectFilter(forms.Form):
    aspect = forms.ChoiceField(
        label=_("哪方面"),
        required=False,
        choices=[("", _("全部")), *GrowthNote.Aspect.choices],
    )

    def chosen(self) -> str:
        """The aspect of the address, or nothing where it is not one."""
        self.is_valid()
        return str(self.cleaned_data.get("aspect", ""))
