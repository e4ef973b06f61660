"""Small worlds for tests. A factory makes the least that is valid; a test says what matters.

    school = SchoolFactory()
    teacher = person(Role.TEACHER, school)
    need = NeedFactory(school=school, headcount=40)

Factories write rows directly. What a service does is tested by calling the service.
"""

from .families import (
    GrowthNoteFactory,
    GuardianshipFactory,
    SchoolClassFactory,
    StudentFactory,
    TeachingFactory,
)
from .governance import ProposalFactory, RecommendationFactory
from .orders import (
    JobFactory,
    JoinedNeedFactory,
    MatchingRunFactory,
    NeedFactory,
    OrderFactory,
    PlanRuleFactory,
    QueueEntryFactory,
    RatingFactory,
    VisitFactory,
    VisitPhotoFactory,
)
from .people import MembershipFactory, UserFactory, person, town_clerk
from .places import (
    CommissionFactory,
    CommunityDivisionFactory,
    CommunityFactory,
    DepartmentFactory,
    DivisionFactory,
    OrganizationFactory,
    SchoolFactory,
    StreetOfficeFactory,
    UnitFactory,
)
from .problems import (
    EvidenceFactory,
    MeasureFactory,
    ProblemFactory,
    PushPlanFactory,
    WhitelistMatterFactory,
)
from .publishing import ActivityFactory, ArticleFactory, ExperienceFactory, PolicyFactory
from .resources import (
    CensusImportFactory,
    DeedFactory,
    ExamSuspensionFactory,
    LiaisonFactory,
    OpeningExceptionFactory,
    OpeningRuleFactory,
    ResourceEntryFactory,
    ResourceFactory,
    ResourceMergeFactory,
    ResourcePhotoFactory,
    SessionFactory,
    TopicFactory,
    UnitAdmissionFactory,
    UnitMergeFactory,
    ViceFactory,
)

__all__ = [
    "ActivityFactory",
    "ArticleFactory",
    "CensusImportFactory",
    "CommissionFactory",
    "CommunityDivisionFactory",
    "CommunityFactory",
    "DeedFactory",
    "DepartmentFactory",
    "DivisionFactory",
    "EvidenceFactory",
    "ExamSuspensionFactory",
    "ExperienceFactory",
    "GrowthNoteFactory",
    "GuardianshipFactory",
    "JobFactory",
    "JoinedNeedFactory",
    "LiaisonFactory",
    "MatchingRunFactory",
    "MeasureFactory",
    "MembershipFactory",
    "NeedFactory",
    "OpeningExceptionFactory",
    "OpeningRuleFactory",
    "OrderFactory",
    "OrganizationFactory",
    "PlanRuleFactory",
    "PolicyFactory",
    "ProblemFactory",
    "ProposalFactory",
    "PushPlanFactory",
    "QueueEntryFactory",
    "RatingFactory",
    "RecommendationFactory",
    "ResourceEntryFactory",
    "ResourceFactory",
    "ResourceMergeFactory",
    "ResourcePhotoFactory",
    "SchoolClassFactory",
    "SchoolFactory",
    "SessionFactory",
    "StreetOfficeFactory",
    "StudentFactory",
    "TeachingFactory",
    "TopicFactory",
    "UnitAdmissionFactory",
    "UnitFactory",
    "UnitMergeFactory",
    "UserFactory",
    "ViceFactory",
    "VisitFactory",
    "VisitPhotoFactory",
    "WhitelistMatterFactory",
    "person",
    "town_clerk",
]
