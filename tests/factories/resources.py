"""What units offer: topics, resources with their sessions, what the census knows of them."""

from __future__ import annotations

from datetime import time, timedelta
from typing import Any

import factory
from factory.django import DjangoModelFactory

from gongyu.accounts.models import Role
from gongyu.core.calendar import HalfDay, now, today
from gongyu.exchange.models import (
    CensusImport,
    Deed,
    ExamSuspension,
    Liaison,
    OpeningException,
    OpeningRule,
    Resource,
    ResourceEntry,
    ResourceKind,
    ResourceMerge,
    ResourcePhoto,
    Session,
    Topic,
    UnitAdmission,
    UnitMerge,
)
from gongyu.exchange.models.resources import Form

from .people import person
from .places import DepartmentFactory, SchoolFactory, UnitFactory


class TopicFactory(DjangoModelFactory):
    class Meta:
        model = Topic
        django_get_or_create = ("code",)

    code = factory.Sequence(lambda n: f"Z{n}")
    name = factory.Sequence(lambda n: f"主题{n}")


class ResourceFactory(DjangoModelFactory):
    """A visit for primary pupils; ``topics=[…]`` sets its topics (one new topic by default)."""

    class Meta:
        model = Resource
        skip_postgeneration_save = True

    unit = factory.SubFactory(UnitFactory)
    title = factory.Sequence(lambda n: f"参观{n}")
    first_grade, last_grade = 1, 6
    form = Form.VISIT
    capacity = 60

    @factory.post_generation
    def topics(self: Resource, create: bool, extracted: list[Topic] | None, **_: Any) -> None:
        if create:
            self.topics.set([TopicFactory()] if extracted is None else extracted)


class SessionFactory(DjangoModelFactory):
    """A morning a week from today, as many seats as the resource takes."""

    class Meta:
        model = Session

    resource = factory.SubFactory(ResourceFactory)
    date = factory.LazyFunction(lambda: today() + timedelta(days=7))
    half_day = HalfDay.MORNING
    starts = time(9, 0)
    seats = factory.LazyAttribute(lambda o: o.resource.capacity)


class ResourceEntryFactory(DjangoModelFactory):
    """An entry that nobody has confirmed yet."""

    class Meta:
        model = ResourceEntry

    resource = factory.SubFactory(ResourceFactory)
    kind = ResourceKind.PLACE


class ResourcePhotoFactory(DjangoModelFactory):
    """A grey picture with its two files."""

    class Meta:
        model = ResourcePhoto

    resource = factory.SubFactory(ResourceFactory)
    alt = factory.Sequence(lambda n: f"第{n}个展厅")
    file = factory.django.ImageField(width=60, height=40, color="grey")
    small = factory.django.ImageField(width=30, height=20, color="grey")
    width, height = 60, 40
    place = factory.Sequence(lambda n: n % 1000)
    added_by = factory.LazyAttribute(lambda o: person(Role.UNIT, o.resource.unit))
    added_at = factory.LazyFunction(now)


class LiaisonFactory(DjangoModelFactory):
    """A school's liaison since a month ago; say ``kind`` and ``from_body`` for a vice-principal."""

    class Meta:
        model = Liaison

    organization = factory.SubFactory(SchoolFactory)
    name = factory.Sequence(lambda n: f"联络人{n}")
    title = "德育主任"
    phone = factory.Sequence(lambda n: f"分机 {n:04d}")
    starts = factory.LazyFunction(lambda: today() - timedelta(days=30))
    named_by = factory.LazyFunction(lambda: person(Role.COMMISSION))


class ViceFactory(LiaisonFactory):
    kind = Liaison.Kind.LAW
    title = "法官"
    from_body = factory.SubFactory(DepartmentFactory)


class DeedFactory(DjangoModelFactory):
    class Meta:
        model = Deed

    liaison = factory.SubFactory(ViceFactory)
    date = factory.LazyFunction(today)
    what = factory.Sequence(lambda n: f"讲了第{n}课")
    noted_by = factory.SelfAttribute("liaison.named_by")


class UnitMergeFactory(DjangoModelFactory):
    """A merge in which nothing had to move."""

    class Meta:
        model = UnitMerge

    kept = factory.SubFactory(UnitFactory)
    gone = factory.LazyAttribute(lambda o: UnitFactory(merged_into=o.kept, is_listed=False))
    at = factory.LazyFunction(now)
    by = factory.LazyFunction(lambda: person(Role.COMMISSION))


class ResourceMergeFactory(DjangoModelFactory):
    """A merge in which nothing had to move."""

    class Meta:
        model = ResourceMerge

    kept = factory.SubFactory(ResourceFactory)
    gone = factory.LazyAttribute(
        lambda o: ResourceFactory(unit=o.kept.unit, merged_into=o.kept, topics=[])
    )
    at = factory.LazyFunction(now)
    by = factory.LazyFunction(lambda: person(Role.COMMISSION))


class OpeningRuleFactory(DjangoModelFactory):
    """Every Wednesday afternoon for eight weeks, in term and out of it."""

    class Meta:
        model = OpeningRule

    resource = factory.SubFactory(ResourceFactory)
    weekday, half_day, starts = 2, HalfDay.AFTERNOON, time(14, 0)
    first_day = factory.LazyFunction(lambda: today() + timedelta(days=1))
    last_day = factory.LazyFunction(lambda: today() + timedelta(weeks=8))
    mode = OpeningRule.Mode.ANY


class OpeningExceptionFactory(DjangoModelFactory):
    class Meta:
        model = OpeningException

    resource = factory.SubFactory(ResourceFactory)
    kind = OpeningException.Kind.CLOSED
    date = factory.LazyFunction(lambda: today() + timedelta(days=8))
    reason = "布展"


class ExamSuspensionFactory(DjangoModelFactory):
    class Meta:
        model = ExamSuspension

    name = factory.Sequence(lambda n: f"第{n}次期末考试")
    first_day = factory.LazyFunction(lambda: today() + timedelta(days=8))
    last_day = factory.SelfAttribute("first_day")
    first_grade, last_grade = 1, 9


class CensusImportFactory(DjangoModelFactory):
    """A workbook that was taken over, with nothing new in it."""

    class Meta:
        model = CensusImport

    by = factory.LazyFunction(lambda: person(Role.COMMISSION))
    at = factory.LazyFunction(now)
    file_name = "摸底.xlsx"
    state = CensusImport.State.APPLIED


class UnitAdmissionFactory(DjangoModelFactory):
    """An application."""

    class Meta:
        model = UnitAdmission

    unit = factory.SubFactory(UnitFactory)
    applied_at = factory.LazyFunction(now)
