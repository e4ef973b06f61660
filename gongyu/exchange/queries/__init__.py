"""Every read that a page of the exchange needs."""

from .alternatives import Alternative, alternatives_for
from .balance import Balance, balance_of, last_prices
from .clock import seconds_since
from .distance import road_km_between
from .fitting import Fit, NearMissOffer, SessionOption, UnitOffer, fit_for
from .inbox import Inbox, Room, Waiting, inbox_of
from .lists import (
    needs_by_state,
    offers_of,
    orders_for_school,
    orders_for_unit,
    public_figures,
    waiting_for_school,
    waiting_for_unit,
    waiting_to_be_rated,
)
from .month import Month, month_of
from .pool import PoolFigures, latest_reason, needs_matching, pool_figures
from .suggest import TopicSuggestion, suggest_topics, topics_by_group, warm_up
from .topic_choice import TopicChoice, choose_topics

__all__ = [
    "Alternative",
    "Balance",
    "Fit",
    "Inbox",
    "Month",
    "NearMissOffer",
    "PoolFigures",
    "Room",
    "SessionOption",
    "TopicChoice",
    "TopicSuggestion",
    "UnitOffer",
    "Waiting",
    "alternatives_for",
    "balance_of",
    "choose_topics",
    "fit_for",
    "inbox_of",
    "last_prices",
    "latest_reason",
    "month_of",
    "needs_by_state",
    "needs_matching",
    "offers_of",
    "orders_for_school",
    "orders_for_unit",
    "pool_figures",
    "public_figures",
    "road_km_between",
    "seconds_since",
    "suggest_topics",
    "topics_by_group",
    "waiting_for_school",
    "waiting_for_unit",
    "waiting_to_be_rated",
    "warm_up",
]
