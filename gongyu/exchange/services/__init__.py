"""Every change of state in the exchange: one verb each, one transaction, one timeline entry."""

from .needs import file_and_order, file_need, withdraw_need
from .offers import add_resource, add_sessions, withdraw_session
from .orders import (
    accept_all,
    accept_order,
    agree_to_proposal,
    cancel_order,
    decline_order,
    place_order,
    propose_session,
    rate_order,
    refuse_proposal,
)
from .runs import cancel_run, dispatch_run, start_run

__all__ = [
    "accept_all",
    "accept_order",
    "add_resource",
    "add_sessions",
    "agree_to_proposal",
    "cancel_order",
    "cancel_run",
    "decline_order",
    "dispatch_run",
    "file_and_order",
    "file_need",
    "place_order",
    "propose_session",
    "rate_order",
    "refuse_proposal",
    "start_run",
    "withdraw_need",
    "withdraw_session",
]
