"""Every read that a page of the exchange needs."""

from .distance import road_km_between
from .fitting import Fit, NearMissOffer, SessionOption, UnitOffer, fit_for
from .lists import (
    needs_by_state,
    orders_for_unit,
    public_figures,
    satisfaction_of,
    waiting_for_school,
    waiting_for_unit,
    waiting_to_be_rated,
)
from .suggest import TopicSuggestion, suggest_topics

__all__ = [
    "Fit",
    "NearMissOffer",
    "SessionOption",
    "TopicSuggestion",
    "UnitOffer",
    "fit_for",
    "needs_by_state",
    "orders_for_unit",
    "public_figures",
    "road_km_between",
    "satisfaction_of",
    "suggest_topics",
    "waiting_for_school",
    "waiting_for_unit",
    "waiting_to_be_rated",
]
