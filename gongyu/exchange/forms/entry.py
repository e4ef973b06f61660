"""A unit's own entry: what it is, for whom, when, on which terms, how it is kept safe."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

from django import forms
from django.forms.boundfield import BoundField, BoundWidget
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongyu.core import grades
from gongyu.core.calendar import WEEKDAYS, today
from gongyu.exchange.models import Resource, ResourceEntry, ResourceKind, Topic
from gongyu.exchange.models.census import ALL_MONTHS, bits, numbers
from gongyu.exchange.models.resources import MOST_LEAD_DAYS, USUAL_LEAD_DAYS, Form
from gongyu.places.models import Organization

SECTIONS = (
    (
        gettext_lazy("它是什么"),
        ("title", "kind", "summary", "topics", "first_grade", "last_grade", "form", "radius_km"),
    ),
    (
        gettext_lazy("一次接多少、多久、什么价"),
        ("capacity", "min_group", "is_exclusive", "minutes", "price_yuan", "subsidy_terms"),
    ),
    (
        gettext_lazy("什么时候能来"),
        ("opening_hours", "months", "closed_weekdays", "lead_days", "transport", "accessibility"),
    ),
    (
        gettext_lazy("安全与依据"),
        (
            "insured_until",
            "fire_checked_on",
            "has_emergency_plan",
            "staff_checked_until",
            "evidence",
        ),
    ),
    (gettext_lazy("找谁"), ("contact_role", "contact_hours")),
)
CHIPS = ("kind", "topics", "form", "months", "closed_weekdays")
ABOUT = (
    "title",
    "summary",
    "first_grade",
    "last_grade",
    "form",
    "radius_km",
    "capacity",
    "min_group",
    "is_exclusive",
    "minutes",
    "lead_days",
)
ENTRY = (
    "kind",
    "opening_hours",
    "subsidy_terms",
    "insured_until",
    "fire_checked_on",
    "has_emergency_plan",
    "staff_checked_until",
    "accessibility",
    "transport",
    "contact_role",
    "contact_hours",
    "evidence",
)
_A_DAY = gettext_lazy("请写一个日子，比如 2027-06-30。")


def _words(label: Any, most: int, **about: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=most,
        required=about.pop("required", False),
        error_messages={
            "required": gettext_lazy("这一栏要写。"),
            "max_length": gettext_lazy(
                "这里有 %(show_value)d 个字，最多 %(limit_value)d 个，请删短一点。"
            ),
        },
        **about,
    )


def _count(label: Any, least: int, most: int, **about: Any) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        min_value=least,
        max_value=most,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        error_messages={
            "required": gettext_lazy("请写一个数。"),
            "invalid": gettext_lazy("请写一个整数，比如 30。"),
            "min_value": gettext_lazy("最少 %(limit_value)s。"),
            "max_value": gettext_lazy("最多 %(limit_value)s。"),
        },
        **about,
    )


def _day(label: Any, **about: Any) -> forms.DateField:
    return forms.DateField(
        label=label,
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": _A_DAY},
        **about,
    )


def _choice(label: Any, choices: Any, **about: Any) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        choices=choices,
        error_messages={
            "required": gettext_lazy("请选一项。"),
            "invalid_choice": gettext_lazy("请从列出的几项里选。"),
        },
        **about,
    )


@dataclass(frozen=True, slots=True)
class TopicGroup:
    """A first-level topic with the boxes below it, and the names of those that are ticked."""

    name: str
    boxes: list[BoundWidget]
    ticked: list[str]


class EntryForm(forms.Form):
    title = _words(gettext_lazy("名称"), 60, required=True)
    kind = _choice(gettext_lazy("种类"), ResourceKind.choices, widget=forms.RadioSelect)
    summary = _words(
        gettext_lazy("孩子能看什么、做什么、学什么"),
        300,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    topics = forms.ModelMultipleChoiceField(
        Topic.objects.none(),
        label=gettext_lazy("主题"),
        help_text=gettext_lazy("可以选好几个。学校按主题找到您。"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": gettext_lazy("请至少选一个主题，学校按主题找到您。"),
            "invalid_choice": gettext_lazy("请从列出的主题里选。"),
            "invalid_pk_value": gettext_lazy("请从列出的主题里选。"),
        },
    )
    first_grade = _choice(gettext_lazy("最低年级"), grades.CHOICES, initial=1)
    last_grade = _choice(gettext_lazy("最高年级"), grades.CHOICES, initial=9)
    form = _choice(gettext_lazy("形式"), Form.choices, widget=forms.RadioSelect)
    radius_km = forms.FloatField(
        label=gettext_lazy("最远去多少公里外的学校"),
        help_text=gettext_lazy("“请进来”才要写。"),
        required=False,
        min_value=0,
        max_value=200,
        error_messages={
            "invalid": gettext_lazy("请写公里数，比如 15。"),
            "min_value": gettext_lazy("公里数不能是负的。"),
            "max_value": gettext_lazy("最远写 200 公里。"),
        },
    )
    capacity = _count(gettext_lazy("一次最多多少人"), 1, 5000, initial=40)
    min_group = _count(gettext_lazy("最少多少人"), 1, 5000, initial=1)
    is_exclusive = forms.BooleanField(
        label=gettext_lazy("一次只接一所学校（专场）"), required=False
    )
    minutes = _count(gettext_lazy("一次多少分钟"), 10, 1440, initial=120)
    price_yuan = forms.DecimalField(
        label=gettext_lazy("每人收费（元）"),
        help_text=gettext_lazy("免费就写 0。"),
        initial=0,
        min_value=0,
        max_value=2000,
        decimal_places=2,
        error_messages={
            "required": gettext_lazy("请写每人多少元，免费写 0。"),
            "invalid": gettext_lazy("请写一个数，比如 20。"),
            "min_value": gettext_lazy("费用不能是负的。"),
            "max_value": gettext_lazy("每人最多写 2000 元。"),
            "max_decimal_places": gettext_lazy("写到分就够了。"),
        },
    )
    subsidy_terms = _words(gettext_lazy("对学生的减免"), 200)
    opening_hours = _words(
        gettext_lazy("开放时间"), 120, help_text=gettext_lazy("比如：周二至周日 9:00—17:00")
    )
    months = forms.TypedMultipleChoiceField(
        label=gettext_lazy("哪几个月开放"),
        choices=[(n, f"{n + 1} 月") for n in range(12)],
        coerce=int,
        initial=list(range(12)),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": gettext_lazy("请至少选一个月。"),
            "invalid_choice": gettext_lazy("请从 1 月到 12 月里选。"),
        },
    )
    closed_weekdays = forms.TypedMultipleChoiceField(
        label=gettext_lazy("每周哪天闭馆"),
        choices=list(enumerate(WEEKDAYS)),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": gettext_lazy("请从周一到周日里选。")},
    )
    lead_days = _count(gettext_lazy("请提前几天约"), 0, MOST_LEAD_DAYS, initial=USUAL_LEAD_DAYS)
    transport = _words(gettext_lazy("怎么来"), 200)
    accessibility = _words(
        gettext_lazy("无障碍"), 200, help_text=gettext_lazy("轮椅通道、无障碍卫生间、手语讲解……")
    )
    insured_until = _day(gettext_lazy("责任险到期"))
    fire_checked_on = _day(gettext_lazy("最近一次消防检查"))
    has_emergency_plan = forms.BooleanField(label=gettext_lazy("有应急预案"), required=False)
    staff_checked_until = _day(
        gettext_lazy("人员审查有效期到"),
        help_text=gettext_lazy("接触孩子的人都查过违法犯罪记录。"),
    )
    evidence = _words(
        gettext_lazy("命名与依据"),
        200,
        help_text=gettext_lazy("比如：市级科普教育基地，2024 年命名"),
    )
    contact_role = _words(
        gettext_lazy("联系岗位"), 60, help_text=gettext_lazy("写岗位，不写人名，比如：社教部")
    )
    contact_hours = _words(gettext_lazy("什么时候打得通"), 60)

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        unit: Organization,
        resource: Resource | None = None,
    ) -> None:
        super().__init__(data, initial=_initial(unit, resource), label_suffix="")
        self.unit, self.resource = unit, resource
        field = cast("forms.ModelMultipleChoiceField[Topic]", self.fields["topics"])
        field.queryset = Topic.objects.filter(parent__isnull=False)
        self._topics = list(field.queryset.select_related("parent"))
        for each in self.fields.values():
            each.widget.attrs.pop("maxlength", None)  # a browser would cut pasted text silently

    def sections(self) -> list[tuple[str, list[BoundField]]]:
        return [(str(title), [self[name] for name in names]) for title, names in SECTIONS]

    def topic_groups(self) -> list[TopicGroup]:
        """The boxes of the topics under their first level; what is ticked says so beside it."""
        below = {topic.pk: str(topic.parent) for topic in self._topics}
        ticked = {str(value) for value in self["topics"].value() or []}
        groups: dict[str, TopicGroup] = {}
        for box in self["topics"].subwidgets:
            value = str(box.data["value"])
            name = below.get(int(value), "")
            group = groups.setdefault(name, TopicGroup(name, [], []))
            group.boxes.append(box)
            if value in ticked:
                group.ticked.append(box.choice_label)
        return list(groups.values())

    def clean_title(self) -> str:
        title = str(self.cleaned_data["title"])
        same = Resource.objects.filter(unit=self.unit, title=title)
        if self.resource is not None:
            same = same.exclude(pk=self.resource.pk)
        if same.exists():
            raise forms.ValidationError(_("本单位已经登记过同名的一项，换个名称。"))
        return title

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if int(data.get("first_grade", -9)) > int(data.get("last_grade", 99)):
            self.add_error("last_grade", _("最高年级比最低年级还低，请对调一下。"))
        if data.get("capacity") and data.get("min_group", 0) > data["capacity"]:
            self.add_error("min_group", _("最少人数比最多人数还多。"))
        if (
            data.get("form") == Form.HOST
            and not data.get("radius_km")
            and not self.errors.get("radius_km")
        ):
            self.add_error("radius_km", _("“请进来”要写最远去多少公里外的学校。"))
        if len(set(data.get("closed_weekdays") or [])) == 7:
            self.add_error("closed_weekdays", _("一周七天都闭馆，学校就来不了了。"))
        checked = data.get("fire_checked_on")
        if checked and checked > today():
            self.add_error("fire_checked_on", _("检查日期不能在今天之后。"))
        return data

    def about(self) -> dict[str, object]:
        """Fields of the resource."""
        data = self.cleaned_data
        about = {name: data[name] for name in ABOUT}
        about["first_grade"], about["last_grade"] = (
            int(data["first_grade"]),
            int(data["last_grade"]),
        )
        about["radius_km"] = data["radius_km"] or 0
        return about | {"price_fen": int(data["price_yuan"] * 100)}

    def entry(self) -> dict[str, object]:
        """Fields of the entry."""
        data = self.cleaned_data
        return {name: data[name] for name in ENTRY} | {
            "months": bits(data["months"]),
            "closed_weekdays": bits(data["closed_weekdays"]),
        }


def _initial(unit: Organization, resource: Resource | None) -> dict[str, Any]:
    if resource is None:
        return {"opening_hours": unit.opening_hours}
    initial: dict[str, Any] = {name: getattr(resource, name) for name in ABOUT}
    initial["topics"] = [topic.pk for topic in resource.topics.all()]
    initial["price_yuan"] = f"{resource.price_fen / 100:g}"
    entry = ResourceEntry.objects.filter(resource=resource).first()
    if entry is None:
        return initial | {"opening_hours": unit.opening_hours}
    initial |= {name: getattr(entry, name) for name in ENTRY}
    initial["months"] = numbers(entry.months or ALL_MONTHS)
    initial["closed_weekdays"] = numbers(entry.closed_weekdays)
    return initial
