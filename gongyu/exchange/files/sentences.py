"""Reasons and ways out in words; units are their own names here, topics those of the taxonomy."""

from __future__ import annotations

from django.utils.translation import gettext as _

from gongyu.engines.matching import Problem, Reason, Unmet

from .topics_text import topic_names

MOST_WAYS = 3


def say_reason(reason: Reason) -> str:
    """The reason class as the product says it."""
    from gongyu.exchange import wording  # reaches models: not before Django is set up

    return wording.say_reason(reason)


def say_unmet(unmet: Unmet) -> str:
    """Why a need got fewer sessions than it wanted."""
    reason = say_reason(unmet.reason)
    if not unmet.got:
        return reason
    return _("要 %(wanted)d 场，排上 %(got)d 场：%(reason)s") % {
        "wanted": unmet.wanted,
        "got": unmet.got,
        "reason": reason,
    }


def say_ways_out(problem: Problem, unmet: Unmet) -> str:
    """The nearest changes, each of which would serve the need."""
    from gongyu.exchange import wording  # as above

    units = {unit: unit for unit in problem.units}
    ways = [wording.say_way_out(way, units, topic_names()) for way in unmet.ways_out[:MOST_WAYS]]
    return _("；或者").join(ways)
