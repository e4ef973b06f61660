"""Problems of the district, measures, and what is pushed into schools."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import factory
from factory.django import DjangoModelFactory

from gongyu.accounts.models import Role
from gongyu.core.calendar import school_year_of, today
from gongyu.exchange.models import Evidence, Measure, Problem, PushPlan, WhitelistMatter

from .people import person
from .places import DepartmentFactory, SchoolFactory


class ProblemFactory(DjangoModelFactory):
    """A problem in hand; topics of the first level are given by the test."""

    class Meta:
        model = Problem
        skip_postgeneration_save = True

    title = factory.Sequence(lambda n: f"第{n}个问题")
    summary = "体检和班主任都看到了。"
    lead = factory.SubFactory(DepartmentFactory)
    order = factory.Sequence(lambda n: n + 1)

    @factory.post_generation
    def topics(self, create: bool, extracted: Any, **about: Any) -> None:
        if create and extracted:
            self.topics.set(extracted)


class EvidenceFactory(DjangoModelFactory):
    class Meta:
        model = Evidence

    problem = factory.SubFactory(ProblemFactory)
    kind = Evidence.Kind.REPORT
    statement = factory.Sequence(lambda n: f"第{n}条依据")
    source = "某份报告"
    certainty = Evidence.Certainty.UNCHECKED


class MeasureFactory(DjangoModelFactory):
    class Meta:
        model = Measure

    problem = factory.SubFactory(ProblemFactory)
    what = factory.Sequence(lambda n: f"第{n}条措施")
    who = factory.SubFactory(DepartmentFactory)
    set_on = factory.LazyFunction(today)
    due = factory.LazyFunction(lambda: today() + timedelta(days=30))


class WhitelistMatterFactory(DjangoModelFactory):
    """A department's matter, listed for the present school year."""

    class Meta:
        model = WhitelistMatter

    title = factory.Sequence(lambda n: f"第{n}件事")
    body = factory.SubFactory(DepartmentFactory)
    school_year = factory.LazyFunction(lambda: school_year_of(today()))
    document = "某发〔2026〕1号"
    listed_by = factory.LazyFunction(lambda: person(Role.COMMISSION))


class PushPlanFactory(DjangoModelFactory):
    class Meta:
        model = PushPlan

    matter = factory.SubFactory(WhitelistMatterFactory)
    school = factory.SubFactory(SchoolFactory)
    school_year = factory.SelfAttribute("matter.school_year")
    date = factory.LazyFunction(lambda: today() + timedelta(days=40))
    planned_on = factory.LazyFunction(today)
    planned_by = factory.SelfAttribute("matter.listed_by")
    slot = 1
