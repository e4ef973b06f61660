"""The engine's reasons and obstacles as sentences, with the change that would clear each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from gongyu.core import grades
from gongyu.core.calendar import WEEKDAYS, HalfDay
from gongyu.engines.matching import Form, Obstacle, ObstacleKind, Reason, WayOut, WayOutKind

FORM_NAMES = {Form.VISIT: "走出去", Form.HOST: "请进来", Form.ONLINE: "线上"}
FORM_VALUES = {Form.VISIT: "visit", Form.HOST: "host", Form.ONLINE: "online"}


@dataclass(frozen=True, slots=True)
class Remedy:
    """A change of the form that clears an obstacle: the button's words, the field, its value."""

    label: str
    field: str
    value: str


def all_of(remedies: Sequence[Remedy]) -> Remedy | None:
    """Several changes as one button: ``reach_km=23&slots=12`` is what it sends."""
    if not remedies:
        return None
    label = "，".join(r.label for r in remedies)
    return Remedy(label, "change", urlencode([(r.field, r.value) for r in remedies]))


_NUMERALS = "零一两三四五六七八九十"


def say_count(number: int) -> str:
    """A number of things as people say it up to ten: 两, 十; then in figures with spaces."""
    return _NUMERALS[number] if number <= 10 else f" {number} "


def say_slot(slot: tuple[int, int]) -> str:
    return f"{WEEKDAYS[slot[0]]}{HalfDay(slot[1]).label}"


def say_date(day: date) -> str:
    return f"{day.month} 月 {day.day} 日"


def say_grades(values: frozenset[int]) -> str:
    return grades.say_range(min(values), max(values))


def say_obstacle(obstacle: Obstacle, *, form: Form) -> str:
    """What stands in the way, in the words of the person who asks. ``form``: the session's."""
    needed, offered = obstacle.needed, obstacle.offered
    match obstacle.kind:
        case ObstacleKind.DISTANCE if form is Form.HOST:
            return _("学校在 %(km).1f 公里外，单位最远到 %(most).0f 公里。") % {
                "km": needed,
                "most": offered,
            }
        case ObstacleKind.DISTANCE:
            return _("离学校 %(km).1f 公里，超过您说的 %(most).0f 公里。") % {
                "km": needed,
                "most": offered,
            }
        case ObstacleKind.WINDOW:
            return _("%(day)s有场次，不在您要的日子里。") % {"day": say_date(needed)}  # type: ignore[arg-type]  # a date by kind
        case ObstacleKind.SLOT:
            return _("它空的是%(slot)s，您没选这段。") % {"slot": say_slot(needed)}  # type: ignore[arg-type]  # a slot by kind
        case ObstacleKind.GRADES:
            return _("它面向%(grades)s。") % {"grades": say_grades(offered)}  # type: ignore[arg-type]  # grades by kind
        case ObstacleKind.FORM:
            return _("它只能%(form)s。") % {"form": FORM_NAMES[form]}
        case ObstacleKind.TOO_BIG:
            return _("一次最多 %(seats)d 人，您这边 %(heads)d 人。") % {
                "seats": offered,
                "heads": needed,
            }
        case ObstacleKind.FULL:
            return _("只剩 %(seats)d 个名额，您这边 %(heads)d 人。") % {
                "seats": offered,
                "heads": needed,
            }
        case ObstacleKind.MINIMUM:
            return _("至少 %(least)d 人才开，您这边 %(heads)d 人。") % {
                "least": needed,
                "heads": offered,
            }
        case ObstacleKind.FORBIDDEN:
            return _("区里暂不安排这一对。")


def remedy_for(obstacle: Obstacle, *, form: Form) -> Remedy | None:
    """The change of the form that clears the obstacle, if one of the form's fields can."""
    needed = obstacle.needed
    match obstacle.kind:
        case ObstacleKind.DISTANCE if form is Form.VISIT:
            km = ceil(float(needed))  # type: ignore[arg-type]  # kilometres by kind
            return Remedy(_("放宽到 %(km)d 公里") % {"km": km}, "reach_km", str(km))
        case ObstacleKind.WINDOW:
            day: date = needed  # type: ignore[assignment]  # a date by kind
            before = day < obstacle.offered  # type: ignore[operator]  # the window's nearest day
            label = _("提前到 %(day)s") if before else _("放宽到 %(day)s")
            field = "date_from" if before else "date_to"
            return Remedy(label % {"day": say_date(day)}, field, day.isoformat())
        case ObstacleKind.SLOT:
            slot: tuple[int, int] = needed  # type: ignore[assignment]  # a slot by kind
            label = _("也可以%(slot)s") % {"slot": say_slot(slot)}
            return Remedy(label, "slots", str(slot[0] * 3 + slot[1]))
        case ObstacleKind.FORM:
            label = _("改成%(form)s") % {"form": FORM_NAMES[form]}
            return Remedy(label, "form", FORM_VALUES[form])
        case _:
            return None


REASONS: Mapping[Reason, str] = {
    Reason.NO_RESOURCE_ON_TOPIC: "区里还没有单位做这件事",
    Reason.WRONG_GRADES_OR_FORM: "有单位做，但年级或形式对不上",
    Reason.NONE_IN_REACH: "能到的范围里没有",
    Reason.NONE_IN_WINDOW: "要的日子和时段里没有场次",
    Reason.TOO_BIG_A_GROUP: "人数超过每一场的名额",
    Reason.BELOW_MINIMUM: "人数不够开一场",
    Reason.FORBIDDEN: "区里暂不安排",
    Reason.TAKEN_BY_MORE_URGENT: "名额给了更急或更合适的需求",
    Reason.UNIT_LIMIT: "单位这个月接满了",
    Reason.BUDGET: "经费用完了",
    Reason.GROUP_BUSY: "这个班那半天已有安排",
    Reason.STOPPED_EARLY: "这次运行提前停了，还没轮到",
}


def say_reason(reason: Reason) -> str:
    return REASONS[reason]


# The engine's words about a pin that cannot hold begin or end so.
_PIN_FAULTS = {
    "not feasible": "年级、人数、日子或路程不合了。",
    "seats": "名额不够了。",
    "exclusive": "专场只接一家。",
    "sessions fixed": "一条需求只配一场。",
    "elsewhere": "这个班那半天有别的安排。",
    "monthly": "单位这个月接满了。",
    "budget": "经费不够了。",
    "forbidden": "同一对又说了不配。",
}


def say_pin_fault(detail: str) -> str:
    """Why a pin cannot hold, from the detail of the engine's fault."""
    return next((said for sign, said in _PIN_FAULTS.items() if sign in detail), "条件不合了。")


def say_way_out(way: WayOut, units: Mapping[str, str], topics: Mapping[str, str]) -> str:
    """One change that would serve the need. ``units`` and ``topics``: id or code → name."""
    unit = units.get(way.unit, "")
    slot = say_slot(way.slot) if way.slot else ""
    day = say_date(way.day) if way.day else ""
    match way.kind:
        case WayOutKind.ENLARGE_REACH:
            return _("学校肯走 %(km).1f 公里，就能去%(unit)s") % {"km": way.km, "unit": unit}
        case WayOutKind.ENLARGE_RADIUS:
            return _("%(unit)s肯到 %(km).1f 公里外，就能来") % {"km": way.km, "unit": unit}
        case WayOutKind.OTHER_SLOT:
            return _("%(slot)s也行的话，%(unit)s能接") % {"slot": slot, "unit": unit}
        case WayOutKind.WIDEN_WINDOW:
            return _("日子放宽到 %(day)s，%(unit)s能接") % {"day": day, "unit": unit}
        case WayOutKind.OTHER_FORM:
            name = FORM_NAMES.get(way.form, "") if way.form else ""
            return _("改成%(form)s，%(unit)s能接") % {"form": name, "unit": unit}
        case WayOutKind.ADMIT_GRADES:
            said = say_grades(way.grades) if way.grades else ""
            return _("%(unit)s也接%(grades)s就行") % {"unit": unit, "grades": said}
        case WayOutKind.MORE_CAPACITY:
            return _("%(unit)s加 %(seats)d 个名额就行") % {"unit": unit, "seats": way.seats}
        case WayOutKind.LOWER_MINIMUM:
            return _("%(unit)s肯 %(heads)d 人就开") % {"unit": unit, "heads": way.heads}
        case WayOutKind.RAISE_LIMIT:
            return _("%(unit)s这个月多接一场就行") % {"unit": unit}
        case WayOutKind.RAISE_BUDGET:
            return _("经费加 %(yuan).2f 元就行") % {"yuan": (way.fen or 0) / 100}
        case WayOutKind.ALLOW_PAIR:
            return _("放开和%(unit)s的限制就行") % {"unit": unit}
        case WayOutKind.ADD_SESSION:
            return _("%(unit)s在 %(day)s%(slot)s加开一场就行") % {
                "unit": unit,
                "day": day,
                "slot": slot,
            }
        case WayOutKind.NEW_RESOURCE:
            return _("请来一家做“%(topic)s”的单位，一次接 %(heads)d 人") % {
                "topic": topics.get(way.topic, way.topic),
                "heads": way.heads,
            }
