"""Who settles objections and calls back, by name: the commission, or the school's town office."""

from __future__ import annotations

from django.utils.translation import gettext as _

from gongyu.accounts.models import User
from gongyu.accounts.queries import people_of_town
from gongyu.exchange.models import Need, Party
from gongyu.exchange.policies import dispatches


def settlers_of(need: Need) -> str:
    """清源街道或者区教委: who may act, named; one query (the school's division is loaded)."""
    commission = str(need.desk or Party.DISTRICT.label)
    town = need.school.town
    if town is None or not people_of_town(town):
        return commission
    return _("%(town)s或者%(commission)s") % {"town": town, "commission": commission}


def settler(by: User, need: Need) -> str:
    """The body for which somebody who may settle (``policies.settles``) has acted."""
    if dispatches(by):
        return str(need.desk or Party.DISTRICT.label)
    return str(need.school.town or Party.DISTRICT.label)
