"""Eight classes for three mornings at the fire station: a pool in which fairness has to choose.

Those in town are a kilometre away, those in the south thirty. What benefits most takes the near
ones; what is fair lifts the town that got least. How much of each, the plans say themselves.
"""

from __future__ import annotations

from datetime import timedelta

from gongyu.core.calendar import at
from gongyu.exchange import services
from gongyu.exchange.models import Session, Slots, Topic
from gongyu.exchange.queries import road_km_between
from gongyu.families.models import SchoolClass, Teaching

from .district import District

_TOPIC = "T0803"
_FAR_TOWN = "110115107"
_SESSIONS, _NEAR, _FAR = 3, 5, 3
_REACH_KM = 60
_HEADS = 36
_WORDS = (
    "消防月想带全班去消防站看一看，学会火场里怎么走。",
    "演练时孩子嘻嘻哈哈，想去消防站听消防员讲一次真事。",
    "想让孩子亲手用一次灭火器，回家给爸妈当小教员。",
)


def build(district: District) -> None:
    """Needs of the last days, for the next sessions of the one unit that does this on its site."""
    coming = Session.objects.filter(
        resource__topics__code=_TOPIC,
        resource__form="visit",
        date__gt=district.day + timedelta(days=6),
    )
    sessions = list(coming.select_related("resource__unit").order_by("date", "half_day", "pk"))
    if len(sessions) < _SESSIONS:
        return
    first, last = sessions[0], sessions[_SESSIONS - 1]
    unit, resource = first.resource.unit, first.resource
    fitting = [
        found
        for found in SchoolClass.objects.select_related("school__division__parent")
        if resource.first_grade <= found.grade <= resource.last_grade and not found.has_left
    ]
    by_road = {c.pk: road_km_between(c.school, unit) or _REACH_KM for c in fitting}
    fitting.sort(key=lambda found: (by_road[found.pk], found.pk))
    far = [c for c in fitting if c.school.town and c.school.town.code == _FAR_TOWN]
    askers = [*fitting[:_NEAR], *far[:_FAR]]
    heads = Teaching.objects.filter(is_head=True, school_class__in=askers)
    teachers = {t.school_class_id: t.teacher for t in heads.select_related("teacher")}
    topic = Topic.objects.get(code=_TOPIC)
    for place, school_class in enumerate(askers):
        with at(district.at(-1 - place % 4, 9 + place, 20)):
            services.file_need(
                school_class.school,
                by=teachers[school_class.pk],
                words=_WORDS[place % len(_WORDS)],
                topics=[topic],
                first_grade=school_class.grade,
                last_grade=school_class.grade,
                headcount=_HEADS,
                date_from=first.date,
                date_to=last.date,
                reach_km=_REACH_KM,
                form="visit",
                slots=Slots.mask([(day, half) for day in range(5) for half in (0, 1)]),
                school_class=school_class,
            )
