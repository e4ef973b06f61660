"""A small district for the permission matrix: each role once, its own things, and another's.

Whatever a route takes in its address is an attribute here: ``child`` is the child of the world's
parent, taught by the world's teacher; ``other_child`` belongs to people who are in no other way
part of this world.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from django.conf import settings
from django.db.models import Model
from django.test import Client

from gongyu.accounts.models import Role, User
from gongyu.core.calendar import today
from gongyu.exchange.models import Need, Order
from gongyu.notices.services import tell
from gongyu.publishing.models import Article
from tests import factories as make
from tests.conftest import SIGN_IN_BACKEND

VISITOR = "visitor"
SYSTEM_ADMINISTRATOR = "system_administrator"
ROLES: tuple[str, ...] = (VISITOR, *Role.values, SYSTEM_ADMINISTRATOR)


@dataclass
class World:
    """Clients by role and objects by name; ``key`` is what stands in an address for an object."""

    clients: dict[str, Client] = field(default_factory=dict)
    people: dict[str, User] = field(default_factory=dict)
    things: dict[str, Model | str] = field(default_factory=dict)

    def key(self, name: str) -> str:
        thing = self.things[name]
        if isinstance(thing, str):
            return thing
        return str(thing.pk)


def build() -> World:
    assert settings.DEMO
    world = World()
    school, unit = make.SchoolFactory(), make.UnitFactory()
    community, department = make.CommunityFactory(), make.DepartmentFactory()
    world.people = {
        Role.PARENT: make.person(Role.PARENT),
        Role.TEACHER: make.person(Role.TEACHER, school),
        Role.SCHOOL_ADMIN: make.person(Role.SCHOOL_ADMIN, school),
        Role.COMMISSION: make.person(Role.COMMISSION),
        Role.DEPARTMENT: make.person(Role.DEPARTMENT, department),
        Role.COMMUNITY: make.person(Role.COMMUNITY, community),
        Role.UNIT: make.person(Role.UNIT, unit),
        SYSTEM_ADMINISTRATOR: make.UserFactory(is_staff=True, is_superuser=True),
    }
    for role in ROLES:
        world.clients[role] = Client()
        if role != VISITOR:
            world.clients[role].force_login(world.people[role], backend=SIGN_IN_BACKEND)
    teacher, parent = world.people[Role.TEACHER], world.people[Role.PARENT]

    school_class = make.SchoolClassFactory(school=school)
    make.TeachingFactory(school_class=school_class, teacher=teacher, is_head=True)
    child = make.StudentFactory(school_class=school_class)
    make.GuardianshipFactory(student=child, guardian=parent)
    other_child = make.GuardianshipFactory().student
    make.TeachingFactory(school_class=other_child.school_class, is_head=True)
    note = make.GrowthNoteFactory(student=child, author=teacher)
    other_note = make.GrowthNoteFactory(student=other_child)

    resource = make.ResourceFactory(unit=unit)
    session = make.SessionFactory(resource=resource)
    other_session = make.SessionFactory()
    need = make.NeedFactory(school=school, school_class=school_class, filed_by=teacher)
    other_need = make.NeedFactory()
    ordered_need = make.NeedFactory(school=school, filed_by=teacher)
    order = make.OrderFactory(need=ordered_need, session=session)
    orders = {
        state: make.OrderFactory(
            need=make.NeedFactory(school=school, filed_by=teacher, headcount=1),
            session=make.SessionFactory(resource=resource, date=day),
            state=state,
        )
        for state, day in {
            Order.State.PROPOSED: today() + timedelta(days=10),
            Order.State.ACCEPTED: today() + timedelta(days=14),
            Order.State.DONE: today() - timedelta(days=3),
        }.items()
    }
    other_order = make.OrderFactory(session=other_session)
    proposal = make.ProposalFactory()
    make.RecommendationFactory(proposal=proposal)

    world.things = {
        "organization": school,
        "division": school.division.code,
        "unit": unit,
        "class": school_class,
        "other_class": other_child.school_class,
        "child": child,
        "other_child": other_child,
        "note": note,
        "other_note": other_note,
        "inbox_notice": tell([world.people[Role.UNIT]], order, "order.place", "点单", url="/")[0],
        "other_inbox_notice": tell([make.person(Role.UNIT)], order, "order.place", "点单", url="/")[
            0
        ],
        "policy": make.PolicyFactory(),
        "article": make.ArticleFactory(organization=school),
        "experience": make.ExperienceFactory(author=parent),
        "other_experience": make.ExperienceFactory(),
        "withdrawn_article": make.ArticleFactory(state=Article.State.WITHDRAWN),
        "resource": resource,
        "other_resource": other_session.resource,
        "session": session,
        "other_session": other_session,
        "need": need,
        "other_need": other_need,
        "ordered_need": ordered_need,
        "order": order,
        "proposed_order": orders[Order.State.PROPOSED],
        "accepted_order": orders[Order.State.ACCEPTED],
        "done_order": orders[Order.State.DONE],
        "other_order": other_order,
        "job": make.JobFactory(started_by=world.people[Role.COMMISSION]),
        "run": make.MatchingRunFactory(by=world.people[Role.COMMISSION]),
        "proposal": proposal.number,
        "school_channel": str(Article.Channel.SCHOOL),
    }
    assert need.state == Need.State.POOLED
    assert order.state == Order.State.PLACED
    return world
