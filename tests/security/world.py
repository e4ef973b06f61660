"""A small district for the permission matrix: each role once, its own things, and another's.

Whatever a route takes in its address is an attribute here: ``child`` is the child of the world's
parent, taught by the world's teacher; ``other_child`` belongs to people who are in no other way
part of this world.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count

from django.conf import settings
from django.db.models import Model
from django.test import Client

from gongyu.accounts.models import Role, User
from gongyu.core.calendar import today
from gongyu.exchange.arrival import token_for
from gongyu.exchange.models import Need, Order, PlannedMatch
from gongyu.exchange.services import renew_feed
from gongyu.notices.services import tell
from gongyu.publishing.models import Article
from tests import factories as make
from tests.conftest import SIGN_IN_BACKEND

VISITOR = "visitor"
SYSTEM_ADMINISTRATOR = "system_administrator"
TOWN_OFFICE = "town_office"  # its people hold Role.COMMUNITY in a street office
ROLES: tuple[str, ...] = (VISITOR, *Role.values, TOWN_OFFICE, SYSTEM_ADMINISTRATOR)


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
    # No two things share a key: the wrong kind of thing in an address must not be found by luck.
    pks = count(100_001)
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
        TOWN_OFFICE: make.town_clerk(school.division),
        SYSTEM_ADMINISTRATOR: make.UserFactory(is_staff=True, is_superuser=True),
    }
    for role in ROLES:
        world.clients[role] = Client()
        if role != VISITOR:
            world.clients[role].force_login(world.people[role], backend=SIGN_IN_BACKEND)
    teacher, parent = world.people[Role.TEACHER], world.people[Role.PARENT]

    school_class = make.SchoolClassFactory(pk=next(pks), school=school)
    make.TeachingFactory(school_class=school_class, teacher=teacher, is_head=True)
    child = make.StudentFactory(pk=next(pks), school_class=school_class)
    make.GuardianshipFactory(student=child, guardian=parent)
    other_child = make.GuardianshipFactory(student__pk=next(pks)).student
    make.TeachingFactory(school_class=other_child.school_class, is_head=True)
    note = make.GrowthNoteFactory(pk=next(pks), student=child, author=teacher)
    other_note = make.GrowthNoteFactory(pk=next(pks), student=other_child)

    resource = make.ResourceFactory(pk=next(pks), unit=unit)
    session = make.SessionFactory(pk=next(pks), resource=resource)
    other_session = make.SessionFactory(pk=next(pks))
    need = make.NeedFactory(
        pk=next(pks), school=school, school_class=school_class, filed_by=teacher
    )
    other_need = make.NeedFactory(pk=next(pks))
    ordered_need = make.NeedFactory(pk=next(pks), school=school, filed_by=teacher)
    order = make.OrderFactory(pk=next(pks), need=ordered_need, session=session)
    orders = {
        state: make.OrderFactory(
            pk=next(pks),
            need=make.NeedFactory(pk=next(pks), school=school, filed_by=teacher, headcount=1),
            session=make.SessionFactory(pk=next(pks), resource=resource, date=day),
            state=state,
        )
        for state, day in {
            Order.State.PROPOSED: today() + timedelta(days=10),
            Order.State.ACCEPTED: today() + timedelta(days=14),
            Order.State.DONE: today() - timedelta(days=3),
            Order.State.DISPUTED: today() + timedelta(days=21),
            Order.State.REVISIT: today() - timedelta(days=5),
        }.items()
    }
    other_order = make.OrderFactory(pk=next(pks), session=other_session)
    class_order = make.OrderFactory(
        pk=next(pks),
        need=make.NeedFactory(
            pk=next(pks),
            school=school,
            school_class=school_class,
            filed_by=teacher,
            state=Need.State.ARRANGED,
        ),
        session=make.SessionFactory(pk=next(pks), resource=resource, date=today()),
        state=Order.State.ACCEPTED,
    )
    other_accepted = make.OrderFactory(
        pk=next(pks),
        need=make.NeedFactory(pk=next(pks), school_class=other_child.school_class),
        session=make.SessionFactory(pk=next(pks), date=today()),
        state=Order.State.ACCEPTED,
    )
    photo = make.ResourcePhotoFactory(pk=next(pks), resource=resource)
    proposal = make.ProposalFactory()
    make.RecommendationFactory(proposal=proposal)

    solved_run = make.MatchingRunFactory(
        pk=next(pks), town=school.division, job__state="done", objective=1.0
    )
    match = PlannedMatch.objects.create(
        pk=next(pks), run=solved_run, need=need, session=session, km=1, value=1
    )

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
        "desk_kind": "today",
        "rate": "response",
        "feed": renew_feed(unit, by=world.people[Role.UNIT]).token,
        "inbox_notice": tell([world.people[Role.UNIT]], order, "order.place", "点单", url="/")[0],
        "other_inbox_notice": tell([make.person(Role.UNIT)], order, "order.place", "点单", url="/")[
            0
        ],
        "policy": make.PolicyFactory(pk=next(pks)),
        "article": make.ArticleFactory(pk=next(pks), organization=school),
        "experience": make.ExperienceFactory(pk=next(pks), author=parent),
        "other_experience": make.ExperienceFactory(pk=next(pks)),
        "withdrawn_article": make.ArticleFactory(pk=next(pks), state=Article.State.WITHDRAWN),
        "resource": resource,
        "other_resource": other_session.resource,
        "opening_rule": make.OpeningRuleFactory(pk=next(pks), resource=resource),
        "other_opening_rule": make.OpeningRuleFactory(
            pk=next(pks), resource=other_session.resource
        ),
        "opening_exception": make.OpeningExceptionFactory(pk=next(pks), resource=resource),
        "other_opening_exception": make.OpeningExceptionFactory(
            pk=next(pks), resource=other_session.resource
        ),
        "photo": photo,
        "evidence": make.EvidenceFactory(pk=next(pks)),
        "other_unit": other_session.resource.unit,
        "twin_resource": make.ResourceFactory(pk=next(pks), unit=unit),
        "other_twin_resource": make.ResourceFactory(pk=next(pks), unit=other_session.resource.unit),
        "resource_merge": make.ResourceMergeFactory(pk=next(pks), kept=resource),
        "other_resource_merge": make.ResourceMergeFactory(
            pk=next(pks), kept=other_session.resource
        ),
        "merge": make.UnitMergeFactory(pk=next(pks), by=world.people[Role.COMMISSION]),
        "vice": make.ViceFactory(pk=next(pks), organization=school),
        "other_vice": make.ViceFactory(pk=next(pks)),
        "other_photo": make.ResourcePhotoFactory(pk=next(pks), resource=other_session.resource),
        "photo_key": str(photo.key),
        "hidden_photo_key": str(make.ResourcePhotoFactory(resource__unit__is_listed=False).key),
        "admission": make.UnitAdmissionFactory(pk=next(pks)),
        "suspension": make.ExamSuspensionFactory(pk=next(pks)),
        "census_import": make.CensusImportFactory(pk=next(pks), by=world.people[Role.COMMISSION]),
        "other_census_import": make.CensusImportFactory(pk=next(pks)),
        "problem": make.ProblemFactory(pk=next(pks)),
        "measure": make.MeasureFactory(pk=next(pks)),
        "matter": make.WhitelistMatterFactory(pk=next(pks)),
        "push": make.PushPlanFactory(pk=next(pks), school=school, matter__body=unit),
        "other_push": make.PushPlanFactory(pk=next(pks)),
        "session": session,
        "other_session": other_session,
        "need": need,
        "other_need": other_need,
        "ordered_need": ordered_need,
        "order": order,
        "class_order": class_order,
        "other_accepted_order": other_accepted,
        "safety_line": "staff-checked",
        "class_photo": str(make.VisitPhotoFactory(visit__order=class_order).key),
        "other_class_photo": str(make.VisitPhotoFactory(visit__order=other_accepted).key),
        "arrival_token": token_for(class_order),
        "other_arrival_token": token_for(other_accepted),
        "proposed_order": orders[Order.State.PROPOSED],
        "accepted_order": orders[Order.State.ACCEPTED],
        "done_order": orders[Order.State.DONE],
        "joining": make.JoinedNeedFactory(pk=next(pks), need=need),
        "other_joining": make.JoinedNeedFactory(pk=next(pks)),
        "queue_entry": make.QueueEntryFactory(pk=next(pks), need=need),
        "other_queue_entry": make.QueueEntryFactory(pk=next(pks)),
        "disputed_order": orders[Order.State.DISPUTED],
        "revisit_order": orders[Order.State.REVISIT],
        "other_order": other_order,
        "job": make.JobFactory(pk=next(pks), started_by=world.people[Role.COMMISSION]),
        "run": make.MatchingRunFactory(
            pk=next(pks), by=world.people[Role.COMMISSION], town=school.division
        ),
        "solved_run": solved_run,
        "match": match,
        "other_run": make.MatchingRunFactory(
            pk=next(pks), town=make.DivisionFactory(), job__state="done", objective=1.0
        ),
        "rule": make.PlanRuleFactory(pk=next(pks), need=need),
        "other_rule": make.PlanRuleFactory(pk=next(pks), need=other_need),
        "proposal": proposal.number,
        "school_channel": str(Article.Channel.SCHOOL),
    }
    assert need.state == Need.State.POOLED
    assert order.state == Order.State.PLACED
    return world
