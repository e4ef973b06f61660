"""The form in which a school says what its children need. Whatever it knows, it fills in."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, cast
from urllib.parse import parse_qsl

from django import forms
from django.db.models import Count, QuerySet
from django.forms.boundfield import BoundWidget
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongyu.accounts.models import Role, User
from gongyu.accounts.queries import organization_ids
from gongyu.core import grades
from gongyu.core.calendar import WEEKDAYS, HalfDay, current_term, today
from gongyu.exchange.errors import GradesNotTaught
from gongyu.exchange.models import Need, Severity, Topic
from gongyu.exchange.planning import Draft
from gongyu.exchange.services.endings import MOST_PUPILS
from gongyu.families.models import SchoolClass, Teaching
from gongyu.places.models import Organization

MOST_WORDS = 500
# The sheet round the text is its frame.
BARE = "resize-none !border-0 !bg-transparent !p-0 !text-lg !leading-8 !outline-none lg:!text-xl"
REACH_KM = 15
WORKDAYS = [weekday * 3 + half for weekday in range(5) for half in (0, 1)]
SLOTS = [
    (weekday * 3 + half, f"{WEEKDAYS[weekday]}{HalfDay(half).label}")
    for half in HalfDay.values
    for weekday in range(7)
]
PRIMARY = range(1, 7)  # the grades that a community asks for unless it says others
FARTHEST = timedelta(days=400)
CHANGEABLE = {"reach_km", "date_from", "date_to", "form"}


def with_change(data: QueryDict) -> QueryDict:
    """The form's values after a press on a remedy: ``change`` names fields and their new values."""
    changed = data.copy()
    for name, value in parse_qsl(data.get("change", ""))[:6]:
        if name in CHANGEABLE:
            changed[name] = value
        elif name == "slots":
            changed.appendlist("slots", value)
    changed.pop("change", None)
    return changed


def classes_for(user: User, school: Organization) -> QuerySet[SchoolClass]:
    """The classes that a person may ask for, each with its number of ``pupils``.

    A teacher's own, the class that she heads first; all of the school for its administrator.
    """
    classes = SchoolClass.objects.filter(school=school)
    if school.pk not in organization_ids(user, Role.SCHOOL_ADMIN):
        mine = Teaching.objects.of(user).filter(school_class__school=school)
        classes = classes.filter(pk__in=mine.values("school_class"))
    return classes.annotate(pupils=Count("students"))


class ClassChoice(forms.ModelChoiceField):  # type: ignore[type-arg]  # not generic at run time
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj}（{obj.pupils} 人）" if obj.pupils else str(obj)


class NeedForm(forms.Form):
    """A need as typed. ``draft`` asks who could come, ``need_fields`` go to the service."""

    words = forms.CharField(
        label=gettext_lazy("班里遇到什么了"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "class": BARE}),
    )
    topics = forms.ModelMultipleChoiceField(
        Topic.objects.all(),
        to_field_name="code",
        label=gettext_lazy("哪几件事"),
        required=False,
        error_messages={"invalid_choice": gettext_lazy("这件事不在列表里，请重新选。")},
    )
    school_class = ClassChoice(
        SchoolClass.objects.none(),
        label=gettext_lazy("班级"),
        required=False,
        error_messages={
            "invalid_choice": gettext_lazy("这个班不在您的班级里，请重新选一个，或者按年级来。")
        },
    )
    for_committee = forms.BooleanField(
        label=gettext_lazy("家长委员会提出来的，我替他们填"), required=False
    )
    first_grade = forms.TypedChoiceField(
        label=gettext_lazy("从"), coerce=int, required=False, empty_value=None
    )
    last_grade = forms.TypedChoiceField(
        label=gettext_lazy("到"), coerce=int, required=False, empty_value=None
    )
    headcount = forms.IntegerField(
        label=gettext_lazy("人数"),
        required=False,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        error_messages={"invalid": gettext_lazy("人数请写一个数，比如 38。")},
    )
    form = forms.ChoiceField(
        label=gettext_lazy("怎么见面"),
        choices=Need.FormWanted.choices,
        initial=Need.FormWanted.ANY,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": gettext_lazy("请选一种：走出去、请进来或线上。")},
    )
    date_from = forms.DateField(
        label=gettext_lazy("最早"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={
            "required": gettext_lazy("请选最早哪天。"),
            "invalid": gettext_lazy("请选一个日子，比如 2026-12-02。"),
        },
    )
    date_to = forms.DateField(
        label=gettext_lazy("最晚"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={
            "required": gettext_lazy("请选最晚哪天。"),
            "invalid": gettext_lazy("请选一个日子，比如 2026-12-16。"),
        },
    )
    slots = forms.TypedMultipleChoiceField(
        label=gettext_lazy("哪些半天"),
        choices=SLOTS,
        coerce=int,
        initial=WORKDAYS,
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": gettext_lazy("请至少选一个半天，单位才好安排。"),
            "invalid_choice": gettext_lazy("这个半天不在表里，请重新选。"),
        },
    )
    reach_km = forms.FloatField(
        label=gettext_lazy("最远走多少公里"),
        initial=REACH_KM,
        min_value=0,
        max_value=200,
        widget=forms.NumberInput(attrs={"inputmode": "decimal", "step": "any"}),
        error_messages={
            "required": gettext_lazy("请写最远走多少公里，比如 15。"),
            "invalid": gettext_lazy("公里请写一个数，比如 15。"),
            "min_value": gettext_lazy("公里不能是负数。"),
            "max_value": gettext_lazy("最远 200 公里。"),
        },
    )
    severity = forms.TypedChoiceField(
        label=gettext_lazy("急不急"),
        choices=Severity.choices,
        coerce=int,
        initial=Severity.ORDINARY,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": gettext_lazy("请选一种：一般、重要或紧急。")},
    )

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        school: Organization,
        user: User,
        like: Need | None = None,
        **kwargs: Any,
    ) -> None:
        """``like``: the earlier need that this one repeats; ``initial`` is filled in from it."""
        super().__init__(data, **kwargs)
        self.school = school
        self.like = like
        self.of_community = school.kind == Organization.Kind.COMMUNITY
        self.label_suffix = ""
        lowest = grades.FIRST if school.first_grade is None else school.first_grade
        highest = grades.LAST if school.last_grade is None else school.last_grade
        self.taught = range(lowest, highest + 1)
        own = [(grade, grades.NAMES[grade]) for grade in self.taught if grade in grades.NAMES]
        for name in ("first_grade", "last_grade"):
            choice = self._choices(name)
            choice.choices = own
            choice.error_messages["invalid_choice"] = GradesNotTaught(
                str(school), grades.say_range(lowest, highest)
            ).sentence
        classes = classes_for(user, school)
        self.classes = [c for c in classes if not c.has_left]
        field = cast(ClassChoice, self.fields["school_class"])
        field.queryset = classes
        field.choices = [
            ("", _("不是一个班，按年级来")),
            *((c.pk, field.label_from_instance(c)) for c in self.classes),
        ]
        self._fill_in(user)

    def _choices(self, name: str) -> forms.ChoiceField:
        return cast(forms.ChoiceField, self.fields[name])

    def _fill_in(self, user: User) -> None:
        """What the platform knows already: the teacher's class, the days, the usual half-days."""
        headed = set(
            Teaching.objects.of(user).filter(is_head=True).values_list("school_class", flat=True)
        )
        mine = sorted(self.classes, key=lambda c: c.pk not in headed)
        is_teacher = self.school.pk not in organization_ids(user, Role.SCHOOL_ADMIN)
        chosen = mine[0] if mine and (is_teacher or mine[0].pk in headed) else None
        first, last = default_window()
        lowest = self.taught.start
        usual = PRIMARY if self.of_community else range(lowest, lowest + 1)
        known: dict[str, Any] = {
            "school_class": chosen.pk if chosen else None,
            "first_grade": chosen.grade if chosen else usual.start,
            "last_grade": chosen.grade if chosen else usual.stop - 1,
            "date_from": first,
            "date_to": last,
        }
        self.initial = {**known, **self.initial}
        self.defaults = known | {
            "form": str(Need.FormWanted.ANY),
            "slots": WORKDAYS,
            "reach_km": REACH_KM,
            "severity": int(Severity.ORDINARY),
        }
        if self.like is not None:
            self.defaults |= {n: v for n, v in self.initial.items() if n in self.defaults}

    def clean_words(self) -> str:
        words: str = self.cleaned_data["words"].replace("\r\n", "\n").strip()
        if len(words) > MOST_WORDS:
            raise forms.ValidationError(
                _("您写了 %(n)s 个字，最多 %(most)d 个。字都还在，删短一点再来。")
                % {"n": f"{len(words):,}", "most": MOST_WORDS}
            )
        return words

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if "topics" in data and not data["topics"] and "topics" not in self.errors:
            self.add_error("topics", _("请至少选一件事，我们才知道找谁。"))
        self._clean_who(data)
        self._clean_days(data)
        return data

    def _clean_who(self, data: dict[str, Any]) -> None:
        chosen = data.get("school_class")
        if chosen is not None:
            data["first_grade"] = data["last_grade"] = chosen.grade
            for name in ("first_grade", "last_grade"):
                self.errors.pop(name, None)
            if chosen.grade not in self.taught:
                self.add_error("school_class", _("这个班已经毕业了，请换一个班。"))
        elif "school_class" not in self.errors:
            first, last = data.get("first_grade"), data.get("last_grade")
            if first is None and "first_grade" not in self.errors:
                self.add_error("first_grade", _("请选年级，或者选一个班。"))
            elif first is not None and last is not None and first > last:
                self.add_error("last_grade", _("年级写反了，前面的应当低一些。"))
            elif first is not None and last is None and "last_grade" not in self.errors:
                data["last_grade"] = first
        if "headcount" in self.errors:
            return
        heads = data.get("headcount")
        if heads is None:
            heads = chosen.pupils if chosen is not None else None
            if not heads:
                self.add_error(
                    "headcount",
                    _("学籍里还没有这个班的学生，请写一下人数。")
                    if chosen is not None
                    else _("请写一下有多少人。"),
                )
                return
            data["headcount"] = heads
        if not 1 <= heads <= MOST_PUPILS:
            self.add_error(
                "headcount", _("人数请写 1 到 %(most)d 之间的数。") % {"most": MOST_PUPILS}
            )

    def _clean_days(self, data: dict[str, Any]) -> None:
        first, last = data.get("date_from"), data.get("date_to")
        if last is not None and last <= today():
            self.add_error("date_to", _("最晚的日子已经过了，请往后改一改。"))
        elif first is not None and last is not None and last < first:
            self.add_error("date_to", _("最晚的日子比最早的还早，请换一下。"))
        elif last is not None and last > today() + FARTHEST:
            self.add_error("date_to", _("最晚的日子太远了，请定在一年以内。"))

    def slot_rows(self) -> list[tuple[str, list[BoundWidget]]]:
        """The half-days as a table of checkboxes: 上午, 下午, 晚上 by weekday."""
        boxes = list(self["slots"].subwidgets)
        return [(str(half.label), boxes[row * 7 : row * 7 + 7]) for row, half in enumerate(HalfDay)]

    @property
    def says_enough(self) -> bool:
        """Whether every field can be read, even if a rule refused the need as a whole."""
        return self.is_bound and not set(self.errors) & set(self.fields)

    def draft(self) -> Draft:
        """The need as it stands, to ask who could come; only of a form that says enough."""
        data = self.cleaned_data
        return Draft(
            school=self.school,
            topics=tuple(data["topics"]),
            first_grade=data["first_grade"],
            last_grade=data["last_grade"],
            headcount=data["headcount"],
            form=data["form"],
            date_from=data["date_from"],
            date_to=data["date_to"],
            slots=self.mask,
            reach_km=data["reach_km"],
            severity=data["severity"],
            school_class_id=data["school_class"].pk if data["school_class"] else None,
        )

    @property
    def mask(self) -> int:
        return sum(1 << bit for bit in set(self.cleaned_data["slots"]))

    def need_fields(self) -> dict[str, Any]:
        """What ``services.file_need`` takes beside the school and the person."""
        apart = {"slots", "for_committee"}
        voice = Need.Voice.COMMITTEE if self.cleaned_data["for_committee"] else Need.Voice.OWN
        return {name: value for name, value in self.cleaned_data.items() if name not in apart} | {
            "slots": self.mask,
            "voice": voice,
            "topics": list(self.cleaned_data["topics"]),
        }


def default_window() -> tuple[date, date]:
    """From a week to three weeks ahead, inside the term where the calendar knows it."""
    first, last = today() + timedelta(days=7), today() + timedelta(days=21)
    term = current_term()
    if term is not None and term.end is not None and first < term.end < last:
        last = term.end
    return first, last
