"""An instance cut down to some of its pairs, the rest of a plan around it taken as it stands."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gongyu.engines.matching.instance import Bools, Instance
from gongyu.engines.matching.problem import Ints


@dataclass(frozen=True, slots=True, eq=False)
class Restricted:
    """instance: of the pairs ``rows`` of the larger one; needs: those of the larger one it has."""

    instance: Instance
    rows: Ints
    needs: Ints


def restricted(
    whole: Instance,
    rows: Ints,
    held: Bools | None = None,
    foreign: Bools | None = None,
    funds: Ints | None = None,
) -> Restricted:
    """The pairs ``rows`` (rising) of an instance, with the needs and sessions they touch.

    held: (rows,) pairs that stay because what they touch lies elsewhere. foreign: (sessions of
    the whole) those whose month and fund are counted elsewhere. funds: what may be spent here.
    """
    needs, need = np.unique(whole.need[rows], return_inverse=True)
    sessions, session = np.unique(whole.session[rows], return_inverse=True)
    halves, half = np.unique(whole.half[rows], return_inverse=True)
    need, session, half = need.reshape(-1), session.reshape(-1), half.reshape(-1)
    fixed = whole.fixed[rows] if held is None else whole.fixed[rows] | held
    running = np.zeros(len(sessions), np.bool_)
    running[session[fixed]] = True
    elsewhere = np.zeros(len(sessions), np.bool_) if foreign is None else foreign[sessions]
    months, month = np.unique(whole.month[sessions], return_inverse=True)
    month = month.reshape(-1) - int((months < 0).sum())
    month = np.where(elsewhere, -1, month)
    months = months[months >= 0]
    return Restricted(
        Instance(
            start=np.searchsorted(need, np.arange(len(needs) + 1)),
            need=need,
            session=session,
            half=half,
            value=whole.value[rows],
            km=whole.km[rows],
            fixed=fixed,
            heads=whole.heads[needs],
            wanted=whole.wanted[needs],
            town=whole.town[needs],
            seats=whole.seats[sessions],
            takers=whole.takers[sessions],
            least=np.where(running, 0, whole.least[sessions]),
            month=month,
            fund=np.where(elsewhere, -1, whole.fund[sessions]),
            subsidy=whole.subsidy[sessions],
            running=running,
            half_limit=whole.half_limit[halves],
            half_key=whole.half_key[halves],
            month_limit=whole.month_limit[months],
            fund_limit=whole.fund_limit if funds is None else funds,
        ),
        rows,
        needs,
    )
