"""Resources and sessions, needs, orders and their ratings, matching runs."""

from .admission import PausedSession, UnitAdmission
from .census import (
    EntryInvitation,
    ExamSuspension,
    OpeningException,
    OpeningRule,
    ResourceEntry,
    ResourceKind,
    RuledSession,
)
from .conferences import Objection, Revisit
from .contacts import ContactRead
from .feeds import CalendarFeed
from .imports import CensusImport
from .joined import GroupSplit, JoinedNeed, JoinedVisit
from .ledger import LedgerLine
from .liaisons import Deed, Liaison
from .merges import NotTheSame, ResourceMerge, ResourcesApart, UnitMerge
from .needs import Need, NeedTopic, Severity, Slots
from .orders import Order, Party, Rating
from .photos import ResourcePhoto
from .problems import Evidence, Measure, Problem
from .queues import Effect, QueueEntry
from .resources import Resource, Session, Topic
from .rules import PlanRule
from .runs import MatchingRun, PlannedMatch, UnmetNeed
from .visits import RollMark, SafetyTick, Visit, VisitPhoto
from .whitelist import PushCap, PushPlan, WhitelistMatter

__all__ = [
    "CalendarFeed",
    "CensusImport",
    "ContactRead",
    "Deed",
    "Effect",
    "EntryInvitation",
    "Evidence",
    "ExamSuspension",
    "GroupSplit",
    "JoinedNeed",
    "JoinedVisit",
    "LedgerLine",
    "Liaison",
    "MatchingRun",
    "Measure",
    "Need",
    "NeedTopic",
    "NotTheSame",
    "Objection",
    "OpeningException",
    "OpeningRule",
    "Order",
    "Party",
    "PausedSession",
    "PlanRule",
    "PlannedMatch",
    "Problem",
    "PushCap",
    "PushPlan",
    "QueueEntry",
    "Rating",
    "Resource",
    "ResourceEntry",
    "ResourceKind",
    "ResourceMerge",
    "ResourcePhoto",
    "ResourcesApart",
    "Revisit",
    "RollMark",
    "RuledSession",
    "SafetyTick",
    "Session",
    "Severity",
    "Slots",
    "Topic",
    "UnitAdmission",
    "UnitMerge",
    "UnmetNeed",
    "Visit",
    "VisitPhoto",
    "WhitelistMatter",
]
