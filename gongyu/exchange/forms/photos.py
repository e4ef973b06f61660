"""A photograph and the sentence that stands for it."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy

from gongyu.exchange.models import ResourcePhoto


class PhotoForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("选一张照片"),
        help_text=gettext_lazy("JPG、PNG 或 WebP，12 MB 以内。拍摄的时间和地点会去掉。"),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
        error_messages={
            "required": gettext_lazy("请先选一张照片。"),
            "empty": gettext_lazy("文件是空的，请重新选。"),
        },
    )
    alt = forms.CharField(
        label=gettext_lazy("照片里是什么"),
        help_text=gettext_lazy("一句话就够，看不见图的人靠它。比如：铅字架前的体验台，能坐二十人"),
        max_length=ResourcePhoto._meta.get_field("alt").max_length,
        error_messages={
            "required": gettext_lazy("请写一句照片里是什么，看不见图的人靠它。"),
            "max_length": gettext_lazy(
                "这里有 %(show_value)d 个字，最多 %(limit_value)d 个，请删短一点。"
            ),
        },
    )
    no_child = forms.BooleanField(
        label=gettext_lazy("照片里认不出任何孩子"),
        error_messages={"required": gettext_lazy("能认出孩子的照片不能放。换一张，或者只拍场地。")},
    )
