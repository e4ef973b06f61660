"""Resources and sessions, needs, orders and their ratings, matching runs."""

from .needs import Need, NeedTopic, Severity, Slots
from .orders import Order, Rating
from .resources import Resource, Session, Topic
from .runs import MatchingRun, PlannedMatch, UnmetNeed

__all__ = [
    "MatchingRun",
    "Need",
    "NeedTopic",
    "Order",
    "PlannedMatch",
    "Rating",
    "Resource",
    "Session",
    "Severity",
    "Slots",
    "Topic",
    "UnmetNeed",
]
