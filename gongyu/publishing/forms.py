"""Forms of the four channels: one for each kind of article, small ones for filters and reasons.

A text that is too long is counted and refused, never cut: no ``maxlength`` in the browser, which
would drop the end of a pasted text without a word.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.core.validators import MaxLengthValidator
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from gongyu.core import grades
from gongyu.core.calendar import today

from . import body as text
from .models import Article, Policy
from .services import Details, fingerprint

Kind = Article.Kind
BEIJING = ZoneInfo(settings.TIME_ZONE)
REASON_LIMIT = 200
_TOO_LONG = _("最多 %(limit_value)d 个字，现在有 %(show_value)d 个，请删掉一些。您写的都还在。")


def _words(limit: int, label: Any, required: Any = "", **extra: Any) -> forms.CharField:
    """A text field that counts; ``required`` is the sentence for an empty one, if it may not be.

    ``Any``: labels are lazy strings, ``extra`` goes to the field as it is.
    """
    return forms.CharField(
        label=label,
        required=bool(required),
        validators=[MaxLengthValidator(limit, _TOO_LONG)],
        error_messages={"required": required} if required else None,
        **extra,
    )


class ArticleForm(forms.Form):
    """What every kind has; ``article`` is the one edited, ``bylines`` how a parent may sign."""

    title = _words(text.TITLE_LIMIT, _("标题"), _("请写一个标题。"))
    body = _words(
        text.BODY_LIMIT,
        _("正文"),
        _("正文还是空的。"),
        help_text=_("空一行就是新的一段；行首写“- ”是列表；两边加 ** 是加粗；网址会变成链接。"),
        widget=forms.Textarea(attrs={"rows": 14}),
    )
    huozi = forms.CharField(
        label=_("活字"),
        required=False,
        help_text=_("标题旁边的那个大字。空着就从标题里自动取一个。"),
        widget=forms.TextInput(attrs={"class": "input-short", "autocomplete": "off"}),
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    own_fields: tuple[str, ...] = ()

    def __init__(
        self,
        *args: Any,
        article: Article | None = None,
        bylines: list[str] | None = None,
        **kwargs: Any,
    ) -> None:
        if article is not None:
            kwargs["initial"] = {**self.initial_of(article), **kwargs.get("initial", {})}
        self.article = article
        self.bylines = bylines or []
        super().__init__(*args, **kwargs)
        self.order_fields(["title", *self.own_fields, "body", "huozi", "seen"])
        self.prepare()

    def prepare(self) -> None:
        """Fill in choices that depend on the writer."""

    def initial_of(self, article: Article) -> dict[str, Any]:
        return {
            "title": article.title,
            "body": text.to_text(article.body),
            "huozi": article.huozi if article.huozi != text.huozi_of(article.title) else "",
            "seen": fingerprint(article),
        }

    def clean_huozi(self) -> str:
        huozi: str = self.cleaned_data["huozi"]
        if huozi and not text.is_han(huozi):
            raise forms.ValidationError(_("活字是一个汉字，请只写一个。"))
        return huozi

    def has_seen(self, seen: str) -> None:
        """Let the next press count as made in knowledge of the newest text."""
        self.data = {**dict(self.data.items()), "seen": seen}

    def texts(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in ("title", "body", "huozi")}

    def details(self) -> Details:
        return Details()


class SchoolNewsForm(ArticleForm):
    pass


class TeachingPlanForm(ArticleForm):
    own_fields = ("first_grade", "last_grade")
    first_grade = forms.TypedChoiceField(
        label=_("从几年级"), required=False, coerce=int, empty_value=None
    )
    last_grade = forms.TypedChoiceField(
        label=_("到几年级"), required=False, coerce=int, empty_value=None
    )

    def prepare(self) -> None:
        every = [("", _now("不限")), *grades.CHOICES]
        for name in self.own_fields:
            field = self.fields[name]
            assert isinstance(field, forms.TypedChoiceField)  # noqa: S101  # declared above
            field.choices = every

    def initial_of(self, article: Article) -> dict[str, Any]:
        grades_of = {"first_grade": article.first_grade, "last_grade": article.last_grade}
        return super().initial_of(article) | grades_of

    def details(self) -> Details:
        """One grade alone means just that grade."""
        first, last = self.cleaned_data["first_grade"], self.cleaned_data["last_grade"]
        return Details(
            first_grade=first if first is not None else last,
            last_grade=last if last is not None else first,
        )


class ExplainerForm(ArticleForm):
    own_fields = ("policy",)
    policy = forms.ModelChoiceField(
        label=_("解读哪份文件"),
        queryset=Policy.objects.all(),
        required=False,
        empty_label=_("不在政策库里"),
        help_text=_("选了，文章和文件就互相找得到。"),
    )

    def initial_of(self, article: Article) -> dict[str, Any]:
        return super().initial_of(article) | {"policy": article.policy_id}

    def details(self) -> Details:
        return Details(policy=self.cleaned_data["policy"])


class ExperienceForm(ArticleForm):
    """A parent signs without a name: the grade of the child is enough to be believed."""

    own_fields = ("byline",)
    byline = forms.ChoiceField(label=_("怎么署名"), help_text=_("不显示您的姓名。"))

    def prepare(self) -> None:
        names = [*self.bylines, str(_now("一位家长"))]
        if self.article and self.article.byline not in names:
            names.insert(0, self.article.byline)
        field = self.fields["byline"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  # declared above
        field.choices = [(name, name) for name in names]
        self.initial.setdefault("byline", names[0])

    def initial_of(self, article: Article) -> dict[str, Any]:
        return super().initial_of(article) | {"byline": article.byline}


class ActivityForm(ArticleForm):
    own_fields = ("day", "starts", "ends", "place", "audience")
    day = forms.DateField(
        label=_("哪天"),
        error_messages={"required": _("请选活动的日子。")},
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )
    starts = forms.TimeField(
        label=_("几点开始"),
        error_messages={"required": _("请写几点开始。")},
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
    )
    ends = forms.TimeField(
        label=_("几点结束"),
        required=False,
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
    )
    place = _words(80, _("在哪儿"), _("请写活动在哪儿办，具体到门口。"))
    audience = _words(60, _("谁能来"), help_text=_("比如：小学生和家长，20 家。"))

    def prepare(self) -> None:
        if self.article is None:
            self.fields["day"].widget.attrs["min"] = today().isoformat()

    def initial_of(self, article: Article) -> dict[str, Any]:
        assert article.starts_at is not None  # noqa: S101  # a constraint of the table
        starts = timezone.localtime(article.starts_at, BEIJING)
        ends = timezone.localtime(article.ends_at, BEIJING) if article.ends_at else None
        return super().initial_of(article) | {
            "day": starts.date(),
            "starts": starts.time(),
            "ends": ends.time() if ends else None,
            "place": article.place,
            "audience": article.audience,
        }

    def details(self) -> Details:
        day, ends = self.cleaned_data["day"], self.cleaned_data["ends"]
        return Details(
            starts_at=datetime.combine(day, self.cleaned_data["starts"], tzinfo=BEIJING),
            ends_at=datetime.combine(day, ends, tzinfo=BEIJING) if ends else None,
            place=self.cleaned_data["place"],
            audience=self.cleaned_data["audience"],
        )

    def add_error(self, field: str | None, error: Any) -> None:
        """The service speaks of moments, the form of a day and of times."""
        super().add_error({"starts_at": "day", "ends_at": "ends"}.get(field or "", field), error)


FORM_OF_KIND: dict[str, type[ArticleForm]] = {
    Kind.TEACHING_PLAN: TeachingPlanForm,
    Kind.SCHOOL_NEWS: SchoolNewsForm,
    Kind.POLICY_EXPLAINER: ExplainerForm,
    Kind.EXPERIENCE: ExperienceForm,
    Kind.ACTIVITY: ActivityForm,
}


class ReasonForm(forms.Form):
    reason = _words(
        REASON_LIMIT,
        _("原因"),
        _("请写一句原因，作者会看到。"),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class ChannelFilter(forms.Form):
    """Filters of a channel; an unknown value in an address filters nothing."""

    kind = forms.ChoiceField(label=_("类别"), required=False)
    town = forms.ChoiceField(label=_("镇街"), required=False)

    def __init__(
        self, *args: Any, kinds: list[tuple[str, Any]], towns: list[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        for name, label, choices in (
            ("kind", _now("全部类别"), kinds),
            ("town", _now("全区"), towns),
        ):
            if choices:
                field = self.fields[name]
                assert isinstance(field, forms.ChoiceField)  # noqa: S101  # declared above
                field.choices = [("", label), *choices]
            else:
                del self.fields[name]

    def chosen(self) -> dict[str, str]:
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


class ActivityFilter(ChannelFilter):
    when = forms.ChoiceField(
        label=_("什么时候"),
        required=False,
        choices=[("", _("接下来")), ("week", _("这一周")), ("weekend", _("这个周末"))],
    )
    field_order = ("when", "town")


class PolicyFilter(forms.Form):
    words = forms.CharField(label=_("找什么"), required=False, max_length=40)
    topic = forms.ChoiceField(label=_("主题"), required=False)

    def __init__(self, *args: Any, topics: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["topic"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  # declared above
        field.choices = [("", _now("全部主题")), *((topic, topic) for topic in topics)]

    def chosen(self) -> dict[str, str]:
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}
