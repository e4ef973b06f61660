"""Small worlds for tests. A factory makes the least that is valid; a test says what matters.

    school = SchoolFactory()
    teacher = person(Role.TEACHER, school)
    need = NeedFactory(school=school, headcount=40)

Factories write rows directly. What a service does is tested by calling the service.
"""

from __future__ import annotations

from datetime import time, timedelta
from typing import Any

import factory
from factory.django import DjangoModelFactory

from gongyu.accounts.models import Membership, Role, User
from gongyu.accounts.queries import forget_memberships
from gongyu.core.calendar import HalfDay, now, school_year_of, today
from gongyu.core.models import Job
from gongyu.exchange.models import (
    CensusImport,
    Deed,
    Evidence,
    ExamSuspension,
    JoinedNeed,
    JoinedVisit,
    Liaison,
    MatchingRun,
    Measure,
    Need,
    NeedTopic,
    OpeningException,
    OpeningRule,
    Order,
    PlanRule,
    Problem,
    PushPlan,
    QueueEntry,
    Rating,
    Resource,
    ResourceEntry,
    ResourceKind,
    ResourceMerge,
    ResourcePhoto,
    Session,
    Topic,
    UnitAdmission,
    UnitMerge,
    Visit,
    VisitPhoto,
    WhitelistMatter,
)
from gongyu.exchange.models.resources import Form
from gongyu.families.models import GrowthNote, Guardianship, SchoolClass, Student, Teaching
from gongyu.governance.models import Proposal, Recommendation
from gongyu.places.models import Division, Organization, Precision
from gongyu.publishing.models import Article, Policy

# Places


class DivisionFactory(DjangoModelFactory):
    """A township; ``CommunityDivisionFactory`` makes a community of one."""

    class Meta:
        model = Division
        django_get_or_create = ("code",)

    code = factory.Sequence(lambda n: f"110115{n % 1000:03d}")
    name = factory.Sequence(lambda n: f"第{n}镇")
    short_name = factory.SelfAttribute("name")
    level = Division.Level.TOWNSHIP
    lon, lat, precision = 116.34, 39.73, Precision.TOWNSHIP


class CommunityDivisionFactory(DivisionFactory):
    code = factory.Sequence(lambda n: f"110115001{n % 1000:03d}")
    name = factory.Sequence(lambda n: f"第{n}社区")
    level = Division.Level.COMMUNITY
    parent = factory.SubFactory(DivisionFactory)
    precision = Precision.COMMUNITY


class OrganizationFactory(DjangoModelFactory):
    class Meta:
        model = Organization

    name = factory.Sequence(lambda n: f"第{n}单位")
    kind = Organization.Kind.DEPARTMENT
    division = factory.SubFactory(DivisionFactory)
    lon, lat, precision = 116.34, 39.73, Precision.EXACT


class SchoolFactory(OrganizationFactory):
    """A primary school; say the grades for another kind."""

    name = factory.Sequence(lambda n: f"第{n}小学")
    kind = Organization.Kind.SCHOOL
    first_grade, last_grade = 1, 6


class UnitFactory(OrganizationFactory):
    name = factory.Sequence(lambda n: f"第{n}博物馆")
    kind = Organization.Kind.RESOURCE_UNIT
    lon, lat = 116.36, 39.75


class CommissionFactory(OrganizationFactory):
    name = factory.Sequence(lambda n: f"第{n}教育委员会")
    kind = Organization.Kind.COMMISSION


class DepartmentFactory(OrganizationFactory):
    name = factory.Sequence(lambda n: f"第{n}部门")


class CommunityFactory(OrganizationFactory):
    name = factory.Sequence(lambda n: f"第{n}居委会")
    kind = Organization.Kind.COMMUNITY


class StreetOfficeFactory(OrganizationFactory):
    name = factory.Sequence(lambda n: f"第{n}街道办事处")
    kind = Organization.Kind.STREET_OFFICE


# People


class UserFactory(DjangoModelFactory):
    """Somebody without any role; see ``person``."""

    class Meta:
        model = User

    username = factory.Sequence(lambda n: f"person-{n}")
    name = factory.Sequence(lambda n: f"某人{n}")
    password = "!"  # cannot sign in by password; tests use the ``sign_in`` fixture


class MembershipFactory(DjangoModelFactory):
    class Meta:
        model = Membership

    user = factory.SubFactory(UserFactory)
    role = Role.TEACHER
    organization = factory.SubFactory(SchoolFactory)
    starts = factory.LazyFunction(today)


_HOME_OF: dict[str, type[OrganizationFactory]] = {
    Role.TEACHER: SchoolFactory,
    Role.SCHOOL_ADMIN: SchoolFactory,
    Role.COMMISSION: CommissionFactory,
    Role.DEPARTMENT: DepartmentFactory,
    Role.COMMUNITY: CommunityFactory,
    Role.UNIT: UnitFactory,
}


def person(role: str, organization: Organization | None = None, **about: Any) -> User:
    """Somebody with one role: in the given organisation, else in a new one (a parent in none)."""
    title = about.pop("title", "")
    user: User = UserFactory(**about)
    if organization is None and role != Role.PARENT:
        organization = _HOME_OF[role]()
    MembershipFactory(user=user, role=role, organization=organization, title=title)
    forget_memberships(user)
    return user


def town_clerk(town: Division | None = None) -> User:
    """Somebody in the office of a town: of the given one, else of a new one."""
    about = {} if town is None else {"division": town}
    return person(Role.COMMUNITY, StreetOfficeFactory(**about))


# Families


class SchoolClassFactory(DjangoModelFactory):
    """A class of ``grade`` (1–12, third by default) in the present school year."""

    class Meta:
        model = SchoolClass

    class Params:
        grade = 3

    school = factory.SubFactory(SchoolFactory)
    stage = factory.LazyAttribute(lambda o: max(s for s in (1, 7, 10) if s <= o.grade))
    entry_year = factory.LazyAttribute(lambda o: school_year_of(today()) - (o.grade - o.stage))
    number = factory.Sequence(lambda n: n % 30_000 + 1)


class TeachingFactory(DjangoModelFactory):
    """Its teacher is a teacher of the class's school unless said otherwise."""

    class Meta:
        model = Teaching

    school_class = factory.SubFactory(SchoolClassFactory)
    teacher = factory.LazyAttribute(lambda o: person(Role.TEACHER, o.school_class.school))
    subject = "语文"
    is_head = False


class StudentFactory(DjangoModelFactory):
    class Meta:
        model = Student

    name = factory.Sequence(lambda n: f"孩子{n}")
    school_class = factory.SubFactory(SchoolClassFactory)


class GuardianshipFactory(DjangoModelFactory):
    class Meta:
        model = Guardianship

    student = factory.SubFactory(StudentFactory)
    guardian = factory.LazyFunction(lambda: person(Role.PARENT))
    relation = Guardianship.Relation.MOTHER


class GrowthNoteFactory(DjangoModelFactory):
    """Its author is a new head teacher of the child's class unless said otherwise."""

    class Meta:
        model = GrowthNote

    student = factory.SubFactory(StudentFactory)
    author = factory.LazyAttribute(
        lambda o: TeachingFactory(school_class=o.student.school_class).teacher
    )
    author_label = "语文老师"
    aspect = GrowthNote.Aspect.VIRTUE
    tone = GrowthNote.Tone.PRAISE
    body = "今天主动帮同学收拾了书包。"
    written_at = factory.LazyFunction(now)


# Publishing


class PolicyFactory(DjangoModelFactory):
    class Meta:
        model = Policy

    reference = factory.Sequence(lambda n: f"T{n}")
    title = factory.Sequence(lambda n: f"关于第{n}件事的意见")
    issuer = "某部门"
    summary = "一段要点。"


class ArticleFactory(DjangoModelFactory):
    """Published school news by the school's administrator; say ``state`` for another."""

    class Meta:
        model = Article

    channel = Article.Channel.SCHOOL
    kind = Article.Kind.SCHOOL_NEWS
    title = factory.Sequence(lambda n: f"第{n}条通知")
    body = "正文。"
    organization = factory.SubFactory(SchoolFactory)
    author = factory.LazyAttribute(
        lambda o: (
            person(Role.SCHOOL_ADMIN, o.organization) if o.organization else person(Role.PARENT)
        )
    )
    byline = factory.LazyAttribute(lambda o: str(o.organization or o.author.name))
    state = Article.State.PUBLISHED
    created_at = factory.LazyFunction(lambda: now() - timedelta(hours=2))
    published_at = factory.LazyAttribute(
        lambda o: o.created_at if o.state == Article.State.PUBLISHED else None
    )


class ExperienceFactory(ArticleFactory):
    """A parent's experience; waits for review."""

    channel = Article.Channel.FAMILY
    kind = Article.Kind.EXPERIENCE
    organization = None
    state = Article.State.IN_REVIEW


class ActivityFactory(ArticleFactory):
    """A community's activity, the day after tomorrow."""

    channel = Article.Channel.COMMUNITY
    kind = Article.Kind.ACTIVITY
    organization = factory.SubFactory(CommunityFactory)
    author = factory.LazyAttribute(lambda o: person(Role.COMMUNITY, o.organization))
    starts_at = factory.LazyFunction(lambda: now() + timedelta(days=2))
    ends_at = factory.LazyAttribute(lambda o: o.starts_at + timedelta(hours=2))
    place = "社区活动室"


# Exchange


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


class UnitAdmissionFactory(DjangoModelFactory):
    """An application."""

    class Meta:
        model = UnitAdmission

    unit = factory.SubFactory(UnitFactory)
    applied_at = factory.LazyFunction(now)


class NeedFactory(DjangoModelFactory):
    """A need in the pool for the next four weeks; ``topics=[…]`` share its weight equally."""

    class Meta:
        model = Need
        skip_postgeneration_save = True

    school = factory.SubFactory(SchoolFactory)
    filed_by = factory.LazyAttribute(lambda o: person(Role.TEACHER, o.school))
    words = "不少孩子看黑板眯眼睛，想请人讲讲怎么护眼。"
    first_grade, last_grade = 3, 3
    headcount = 40
    date_from = factory.LazyFunction(lambda: today() + timedelta(days=1))
    date_to = factory.LazyFunction(lambda: today() + timedelta(days=28))
    reach_km = 20
    filed_at = factory.LazyFunction(lambda: now() - timedelta(hours=1))

    @factory.post_generation
    def topics(self: Need, create: bool, extracted: list[Topic] | None, **_: Any) -> None:
        if not create:
            return
        chosen = [TopicFactory()] if extracted is None else extracted
        for topic in chosen:
            NeedTopic.objects.create(need=self, topic=topic, weight=1 / len(chosen))


class OrderFactory(DjangoModelFactory):
    """A placed order; need, session and seats are made to agree with its ``state``."""

    class Meta:
        model = Order

    need = factory.SubFactory(NeedFactory)
    session = factory.SubFactory(SessionFactory)
    headcount = factory.SelfAttribute("need.headcount")
    km = 3.2
    state = Order.State.PLACED
    decline_reason = factory.LazyAttribute(
        lambda o: Order.DeclineReason.NO_STAFF if o.state == Order.State.DECLINED else ""
    )
    proposed_session = factory.LazyAttribute(
        lambda o: (
            SessionFactory(resource=o.session.resource, date=o.session.date + timedelta(days=1))
            if o.state == Order.State.PROPOSED
            else None
        )
    )
    placed_by = factory.SelfAttribute("need.filed_by")
    placed_at = factory.LazyFunction(now)
    since = factory.SelfAttribute("placed_at")
    absent = factory.LazyAttribute(lambda o: "school" if o.state == Order.State.MISSED else "")
    school_class = factory.SelfAttribute("need.school_class")
    date = factory.SelfAttribute("session.date")
    half_day = factory.SelfAttribute("session.half_day")
    is_exclusive = factory.SelfAttribute("session.resource.is_exclusive")

    @classmethod
    def _create(cls, model_class: type[Order], *args: Any, **kwargs: Any) -> Order:
        order: Order = super()._create(model_class, *args, **kwargs)
        states = {
            **dict.fromkeys(Order.ASKED, Need.State.ORDERED),
            Order.State.ACCEPTED: Need.State.ARRANGED,
            **dict.fromkeys(Order.HAPPENED, Need.State.DONE),
        }
        if order.state in states:
            order.need.state = states[order.state]
            order.need.save(update_fields=["state"])
        if order.state in Order.HOLDING:
            order.session.seats_taken += order.headcount
            order.session.save(update_fields=["seats_taken"])
        return order


class QueueEntryFactory(DjangoModelFactory):
    """First in line for a session of its own."""

    class Meta:
        model = QueueEntry

    need = factory.SubFactory(NeedFactory)
    session = factory.SubFactory(SessionFactory)
    by = factory.SelfAttribute("need.filed_by")
    at = factory.LazyFunction(now)


class JoinedNeedFactory(DjangoModelFactory):
    """A need that is asked to join another one's visit."""

    class Meta:
        model = JoinedNeed

    need = factory.SubFactory(NeedFactory)
    asked_by = factory.LazyFunction(lambda: person(Role.TEACHER))
    asked_at = factory.LazyFunction(now)
    joined = factory.LazyAttribute(
        lambda o: JoinedVisit.objects.create(opened_by=o.asked_by, opened_at=o.asked_at)
    )


class RatingFactory(DjangoModelFactory):
    class Meta:
        model = Rating

    order = factory.SubFactory(OrderFactory, state=Order.State.DONE)
    side = Rating.Side.SCHOOL
    stars = 5
    by = factory.SelfAttribute("order.placed_by")
    at = factory.LazyFunction(now)


class VisitFactory(DjangoModelFactory):
    """The day of an arranged order, with nothing written yet."""

    class Meta:
        model = Visit

    order = factory.SubFactory(OrderFactory, state=Order.State.ACCEPTED)


class VisitPhotoFactory(DjangoModelFactory):
    """A grey picture of the school's that may be shown; ``consent=""`` for one that waits."""

    class Meta:
        model = VisitPhoto

    visit = factory.SubFactory(VisitFactory)
    side = Rating.Side.SCHOOL
    digest = factory.Sequence(lambda n: f"{n:064x}")
    file = factory.django.ImageField(width=60, height=40, color="grey")
    small = factory.django.ImageField(width=30, height=20, color="grey")
    width, height = 60, 40
    added_by = factory.SelfAttribute("visit.order.placed_by")
    added_at = factory.LazyFunction(now)
    consent = VisitPhoto.Consent.FACELESS
    consent_by = factory.LazyAttribute(lambda o: o.added_by if o.consent else None)
    consent_at = factory.LazyAttribute(lambda o: o.added_at if o.consent else None)


class JobFactory(DjangoModelFactory):
    class Meta:
        model = Job

    title = "全区派单"
    started_by = factory.LazyFunction(lambda: person(Role.COMMISSION))


class MatchingRunFactory(DjangoModelFactory):
    class Meta:
        model = MatchingRun

    job = factory.SubFactory(JobFactory)
    by = factory.SelfAttribute("job.started_by")
    number = factory.LazyFunction(lambda: MatchingRun.objects.count() + 1000)
    started_at = factory.LazyFunction(now)


class PlanRuleFactory(DjangoModelFactory):
    """A unit that a need is not to be sent to."""

    class Meta:
        model = PlanRule

    kind = PlanRule.Kind.NOT_UNIT
    need = factory.SubFactory(NeedFactory)
    unit = factory.SubFactory(UnitFactory)
    reason = "说好了"
    by = factory.LazyFunction(lambda: person(Role.COMMISSION))
    at = factory.LazyFunction(now)


# Governance


class ProposalFactory(DjangoModelFactory):
    class Meta:
        model = Proposal

    number = factory.Sequence(lambda n: str(900 + n))
    title = "关于协同育人的提案"
    proposer = "某委员"
    body_name = "某机关"
    published_on = factory.LazyFunction(lambda: today() - timedelta(days=60))
    summary = "提案摘要。"
    reply_summary = "办理报告摘要。"
    source_url = "https://example.org/241"


class RecommendationFactory(DjangoModelFactory):
    class Meta:
        model = Recommendation

    proposal = factory.SubFactory(ProposalFactory)
    order = factory.Sequence(lambda n: n % 30_000)
    strand = Recommendation.Strand.GOVERNMENT
    title = "一条建议"
    summary = "建议内容。"
    coverage = Recommendation.Coverage.NONE
    answer = "还没有。"
