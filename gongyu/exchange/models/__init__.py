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
from .feeds import CalendarFeed
from .imports import CensusImport
from .ledger import LedgerLine
from .needs import Need, NeedTopic, Severity, Slots
from .orders import Order, Rating
from .photos import ResourcePhoto
from .problems import Evidence, Measure, Problem
from .resources import Resource, Session, Topic
from .runs import MatchingRun, PlannedMatch, UnmetNeed
from .whitelist import PushCap, PushPlan, WhitelistMatter

__all__ = [
    "CalendarFeed",
    "CensusImport",
    "EntryInvitation",
    "Evidence",
    "ExamSuspension",
    "LedgerLine",
    "MatchingRun",
    "Measure",
    "Need",
    "NeedTopic",
    "OpeningException",
    "OpeningRule",
    "Order",
    "PausedSession",
    "PlannedMatch",
    "Problem",
    "PushCap",
    "PushPlan",
    "Rating",
    "Resource",
    "ResourceEntry",
    "ResourceKind",
    "ResourcePhoto",
    "RuledSession",
    "Session",
    "Severity",
    "Slots",
    "Topic",
    "UnitAdmission",
    "UnmetNeed",
    "WhitelistMatter",
]
