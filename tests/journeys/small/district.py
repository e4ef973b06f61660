"""A district small enough to build for one journey: run as a command of an installation.

One class with its teacher, two units that could serve it, the commission, one problem; a third
unit with eleven orders that wait, an entry that nobody has confirmed, a visit of today. Prints as
JSON what a journey needs to know, with a cookie with which each person is signed in.
"""

from __future__ import annotations

import json
import os
from datetime import date, timedelta

import django

TEACHER, VISITOR, NEAR, FAR, BUSY, OFFICE = "teacher", "visitor", "near", "far", "busy", "office"
FIRST_DAY = date(2026, 12, 1)  # a Tuesday, a week after the tests' day
SECOND_DAY = FIRST_DAY + timedelta(days=1)
PROBLEM = "看不清黑板的孩子多了"


def build() -> dict[str, object]:
    """The near unit can come on three Tuesdays, the far one on the three Wednesdays after them."""
    from gongyu.accounts.models import Role
    from gongyu.core.calendar import HalfDay
    from gongyu.demo import school_calendar, taxonomy
    from gongyu.exchange.models import Topic
    from gongyu.exchange.models.resources import Form
    from tests import factories as make
    from tests.crowd.world import cookie

    taxonomy.build()
    school_calendar.build()
    town = make.DivisionFactory(name="清河镇", short_name="清河镇")
    school = make.SchoolFactory(name="清河小学", division=town)
    school_class = make.SchoolClassFactory(school=school, grade=3, number=2)
    teacher = make.person(Role.TEACHER, school, name="王老师")
    make.TeachingFactory(school_class=school_class, teacher=teacher, is_head=True)
    make.StudentFactory.create_batch(32, school_class=school_class)
    topics = list(Topic.objects.filter(code__in=["T0101", "T0102"]))
    people = {TEACHER: teacher}
    for place, (who, name) in enumerate([(NEAR, "清河医院"), (FAR, "东岸眼科中心")]):
        unit = make.UnitFactory(name=name, division=town, lon=116.35 + 0.05 * place)
        people[who] = make.person(Role.UNIT, unit, name=f"{name}的老师")
        resource = make.ResourceFactory(
            unit=unit, title="视力检查进校园", form=Form.HOST, radius_km=30, topics=topics
        )
        for week in range(3):
            day = FIRST_DAY + timedelta(days=place, weeks=week)
            make.SessionFactory(resource=resource, date=day, half_day=HalfDay.AFTERNOON)
    museum = make.UnitFactory(name="河边博物馆", division=town)
    people[BUSY] = make.person(Role.UNIT, museum, name="博物馆的老师")
    shown = [Topic.objects.get(code="T1201")]
    visit = make.ResourceFactory(unit=museum, title="看展", topics=shown)
    make.ResourceEntryFactory(resource=visit)
    for place in range(11):
        day = FIRST_DAY + timedelta(days=place)
        asked = make.SessionFactory(resource=visit, date=day, half_day=HalfDay.MORNING)
        make.SessionFactory(resource=visit, date=day, half_day=HalfDay.AFTERNOON)
        make.OrderFactory(session=asked, need__headcount=30, need__topics=shown)
    yesterday = make.SessionFactory(resource=visit, date=date(2026, 11, 23))
    been = make.NeedFactory(headcount=30)
    people[VISITOR] = been.filed_by
    make.OrderFactory(session=yesterday, need=been, state="accepted")
    people[OFFICE] = make.person(Role.COMMISSION, make.CommissionFactory(name="区教委"))
    problem = make.ProblemFactory(
        title=PROBLEM,
        lead=make.DepartmentFactory(name="区卫生健康委"),
        topics=[Topic.objects.get(code="T01")],
    )
    return {
        "problem": problem.pk,
        "cookies": {who: cookie(user) for who, user in people.items()},
    }


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "gongyu.config.settings"
    django.setup()
    print(json.dumps(build()))
