"""A school with a class, a unit with a session a week ahead, and the topic that joins them."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from gongyu.accounts.models import Role, User
from gongyu.exchange.models import Need, Order, Resource, Session, Topic
from gongyu.families.models import SchoolClass
from gongyu.places.models import Organization
from tests import factories as make

PUPILS = 5


@dataclass
class Scene:
    """Both sides of an order before it is placed."""

    school: Organization
    school_class: SchoolClass
    teacher: User
    head: User
    unit: Organization
    staff: User
    topic: Topic
    resource: Resource
    session: Session

    def need(self, **about: object) -> Need:
        """A need of the school on the scene's topic, in the pool."""
        about = {"school": self.school, "filed_by": self.teacher, "topics": [self.topic]} | about
        return make.NeedFactory(**about)

    def order(self, state: str = Order.State.PLACED, **about: object) -> Order:
        """An order of a need of the school for the scene's session."""
        session = about.pop("session", self.session)
        return make.OrderFactory(need=self.need(**about), session=session, state=state)


@pytest.fixture
def scene(db: None) -> Scene:
    return build_scene()


def build_scene() -> Scene:
    school = make.SchoolFactory()
    school_class = make.SchoolClassFactory(school=school, grade=3)
    teacher = make.person(Role.TEACHER, school)
    make.TeachingFactory(school_class=school_class, teacher=teacher, is_head=True)
    for _ in range(PUPILS):
        make.StudentFactory(school_class=school_class)
    unit = make.UnitFactory()
    first = make.TopicFactory(code="T01", name="近视防控")
    topic = make.TopicFactory(
        code="T0101", name="视力筛查与建档", parent=first, synonyms="视力检查;眯着眼"
    )
    resource = make.ResourceFactory(unit=unit, topics=[topic], capacity=60)
    return Scene(
        school=school,
        school_class=school_class,
        teacher=teacher,
        head=make.person(Role.SCHOOL_ADMIN, school),
        unit=unit,
        staff=make.person(Role.UNIT, unit),
        topic=topic,
        resource=resource,
        session=make.SessionFactory(resource=resource),
    )
