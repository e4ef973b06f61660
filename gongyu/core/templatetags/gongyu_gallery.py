"""What the component gallery shows in its components; used by ``gallery.html`` only."""

from typing import Any

from django import forms, template
from django.core.paginator import Paginator

register = template.Library()


class SampleForm(forms.Form):
    """One of each field."""

    title = forms.CharField(label="这件事一句话说清", help_text="家长第一眼看到的就是它。")
    words = forms.CharField(label="班里遇到什么了", widget=forms.Textarea(attrs={"rows": 3}))
    grade = forms.ChoiceField(label="年级", choices=[("1", "一年级"), ("3", "三年级")])
    people = forms.IntegerField(label="多少人", min_value=1)
    day = forms.DateField(label="哪一天", widget=forms.DateInput(attrs={"type": "date"}))
    half = forms.ChoiceField(
        label="上午还是下午",
        choices=[("am", "上午"), ("pm", "下午")],
        widget=forms.RadioSelect,
    )
    topics = forms.MultipleChoiceField(
        label="听起来是这几件事",
        choices=[
            ("T0101", "视力筛查与建档"),
            ("T0102", "用眼行为与护眼知识"),
            ("T0103", "户外活动增加"),
        ],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    photo = forms.FileField(label="附一份材料", required=False)
    together = forms.BooleanField(
        label="和三（1）（3）（4）班一起",
        help_text="并成一单是 152 人，医生来一趟就够。",
        required=False,
    )


@register.simple_tag
def gallery_samples() -> dict[str, Any]:
    """A fresh form, the same form refused, and a page in the middle of a list."""
    fresh = SampleForm(
        initial={
            "title": "请人来给测测视力",
            "grade": "3",
            "people": 38,
            "half": "am",
            "topics": ["T0101"],
        }
    )
    refused = SampleForm(
        {"title": "", "words": "看黑板老眯着眼", "people": 0, "half": "", "grade": "9"}
    )
    refused.is_valid()
    return {
        "fresh": fresh,
        "refused": refused,
        "page": Paginator(range(230), 20).page(3),
        "numbers": [860, 9_999, 12_345, 1_284_000],
    }
