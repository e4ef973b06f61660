"""Every read that a page of the exchange needs."""

from .alternatives import Alternative, Halves, alternatives_for, ways_for, ways_for_group
from .balance import Balance, balance_of, last_prices
from .clock import seconds_since
from .distance import road_km_between
from .fitting import Fit, NearMissOffer, SessionOption, UnitOffer, fit_for
from .inbox import Inbox, Room, Waiting, inbox_of
from .joined import Together, together_of
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
from .visits import (
    Contact,
    DayHalf,
    Sheet,
    class_visits,
    class_visits_ahead,
    contacts_for,
    day_of_unit,
    days_with_groups,
    open_safety,
    roll_of,
    school_visits,
    sheet_of,
    ticked_on,
    unit_visits,
    visits_of_parties,
)

__all__ = [
    "Alternative",
    "Balance",
    "Contact",
    "DayHalf",
    "Fit",
    "Halves",
    "Inbox",
    "Month",
    "NearMissOffer",
    "PoolFigures",
    "Room",
    "SessionOption",
    "Sheet",
    "Together",
    "TopicChoice",
    "TopicSuggestion",
    "UnitOffer",
    "Waiting",
    "alternatives_for",
    "balance_of",
    "choose_topics",
    "class_visits",
    "class_visits_ahead",
    "contacts_for",
    "day_of_unit",
    "days_with_groups",
    "fit_for",
    "inbox_of",
    "last_prices",
    "latest_reason",
    "month_of",
    "needs_by_state",
    "needs_matching",
    "offers_of",
    "open_safety",
    "orders_for_school",
    "orders_for_unit",
    "pool_figures",
    "public_figures",
    "road_km_between",
    "roll_of",
    "school_visits",
    "seconds_since",
    "sheet_of",
    "suggest_topics",
    "ticked_on",
    "together_of",
    "topics_by_group",
    "unit_visits",
    "visits_of_parties",
    "waiting_for_school",
    "waiting_for_unit",
    "waiting_to_be_rated",
    "warm_up",
    "ways_for",
    "ways_for_group",
]
