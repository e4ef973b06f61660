"""The one table of moves from 点单 to 归档: what leads where, who may, on which grounds, by when.

The words are those of 接诉即办 (《北京市接诉即办工作条例》, articles 10 to 23: 派单, 派单异议,
首接负责, 回访). A need is taken in (受理) by itself when it is filed and keeps its desk; everything
after the first order is the order's. Services move orders through ``services.moves`` only, which
asks here.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise

from .conferences import Objection, Revisit
from .needs import Need
from .orders import Order, Party

_S = Order.State
_N = Need.State
NOTHING = ""  # before an order or a need exists


@dataclass(frozen=True, slots=True)
class Wait:
    """A state that waits: for whom, to do what, how many days (a setting), and what follows then.

    Days count from when the state began; a visit's from its day.
    """

    who: tuple[Party, ...]
    what: StrPromise
    setting: str
    then: StrPromise

    @property
    def days(self) -> int:
        days: int = getattr(settings, self.setting)
        return days


WAITS: dict[str, Wait] = {
    _S.PLACED: Wait((Party.UNIT,), _("回话"), "RETURN_AFTER_DAYS", _("自动回到需求池")),
    _S.DISPUTED: Wait((Party.DISTRICT,), _("会商"), "CONFER_WITHIN_DAYS", _("自动回到需求池")),
    _S.PROPOSED: Wait((Party.SCHOOL,), _("回复改期"), "RETURN_AFTER_DAYS", _("自动回到需求池")),
    _S.ACCEPTED: Wait(
        (Party.SCHOOL, Party.UNIT), _("评单"), "RATE_WITHIN_DAYS", _("按办成记，转回访")
    ),
    _S.DONE: Wait(
        (Party.SCHOOL, Party.UNIT), _("评单"), "RATE_WITHIN_DAYS", _("学校没评的回访，其余归档")
    ),
    _S.REVISIT: Wait((Party.DISTRICT,), _("回访"), "REVISIT_WITHIN_DAYS", _("自动归档")),
}


@dataclass(frozen=True, slots=True)
class Move:
    """One allowed move. ``reasons``: codes of which one must be given.

    ``only_late``: only where a visit is called off at short notice.
    """

    verb: str
    label: StrPromise
    starts: tuple[str, ...]
    to: str
    who: tuple[Party, ...]
    reasons: type[models.TextChoices] | None = None
    only_late: bool = False

    @property
    def wait(self) -> Wait | None:
        """Who must act next, and by when."""
        return WAITS.get(self.to)


_BOTH = (Party.SCHOOL, Party.UNIT)

ORDER_MOVES: tuple[Move, ...] = (
    Move(
        "order.place",
        _("点单、派单"),
        (NOTHING,),
        _S.PLACED,
        (Party.SCHOOL, Party.DISTRICT, Party.PLATFORM),
    ),
    Move("order.accept", _("接单"), (_S.PLACED,), _S.ACCEPTED, (Party.UNIT,)),
    Move("order.propose", _("提议改期"), (_S.PLACED,), _S.PROPOSED, (Party.UNIT,)),
    Move("order.agree", _("同意改期"), (_S.PROPOSED,), _S.ACCEPTED, (Party.SCHOOL,)),
    Move("order.part", _("分两批的第二批"), (NOTHING,), _S.ACCEPTED, (Party.SCHOOL,)),
    Move("order.refuse", _("改期来不了"), (_S.PROPOSED,), _S.CANCELLED, (Party.SCHOOL,)),
    Move(
        "order.decline",
        _("婉拒"),
        (_S.PLACED, _S.PROPOSED),
        _S.DECLINED,
        (Party.UNIT,),
        Order.DeclineReason,
    ),
    Move("order.object", _("派单异议"), (_S.PLACED,), _S.DISPUTED, _BOTH, Objection.Reason),
    Move("order.keep", _("会商：按原来的派"), (_S.DISPUTED,), _S.PLACED, (Party.DISTRICT,)),
    Move("order.rearrange", _("会商：改派另一场"), (_S.DISPUTED,), _S.CANCELLED, (Party.DISTRICT,)),
    Move("order.release", _("会商：退回需求池"), (_S.DISPUTED,), _S.CANCELLED, (Party.DISTRICT,)),
    Move(
        "order.close",
        _("会商：不再办理"),
        (_S.DISPUTED,),
        _S.CANCELLED,
        (Party.DISTRICT,),
        Need.CloseReason,
    ),
    Move("order.return", _("过期退回"), (_S.PLACED,), _S.DECLINED, (Party.PLATFORM,)),
    Move(
        "order.return",
        _("过期退回"),
        (_S.PROPOSED, _S.DISPUTED),
        _S.CANCELLED,
        (Party.PLATFORM,),
    ),
    Move("order.revoke", _("收回派单"), Order.ASKED, _S.CANCELLED, (Party.DISTRICT,)),
    Move("order.cancel", _("取消"), Order.ASKED, _S.CANCELLED, (Party.SCHOOL,)),
    Move(
        "order.cancel",
        _("取消"),
        (_S.ACCEPTED,),
        _S.CANCELLED,
        _BOTH,
        Order.CancelReason,
        only_late=True,
    ),
    Move("order.absent", _("没来"), (_S.ACCEPTED,), _S.MISSED, _BOTH),
    Move("order.came", _("撤回没来"), (_S.MISSED,), _S.ACCEPTED, _BOTH),
    Move("order.rate", _("评单"), (_S.ACCEPTED,), _S.DONE, _BOTH),
    Move("order.rate", _("评单"), (_S.DONE,), _S.RATED, _BOTH),
    Move("order.happen", _("实施"), (_S.ACCEPTED,), _S.DONE, (*_BOTH, Party.PLATFORM)),
    Move(
        "order.revisit",
        _("转回访"),
        (_S.DONE, _S.RATED),
        _S.REVISIT,
        (Party.PLATFORM,),
        Revisit.Why,
    ),
    Move(
        "order.archive",
        _("归档"),
        (_S.DONE, _S.RATED),
        _S.ARCHIVED,
        (Party.PLATFORM,),
    ),
    Move(
        "order.revisited",
        _("回访完，归档"),
        (_S.REVISIT,),
        _S.ARCHIVED,
        (Party.DISTRICT, Party.PLATFORM),
        Revisit.Result,
    ),
)

CONFERRED = frozenset({"order.keep", "order.rearrange", "order.release", "order.close"})

# A need follows its order; on its own it is filed, taken back, or closed by a conference.
NEED_MOVES: dict[str, frozenset[str]] = {
    _N.POOLED: frozenset({_N.ORDERED, _N.WITHDRAWN}),
    _N.ORDERED: frozenset({_N.ARRANGED, _N.POOLED, _N.WITHDRAWN, _N.CLOSED}),
    _N.ARRANGED: frozenset({_N.DONE, _N.POOLED, _N.WITHDRAWN}),
    _N.DONE: frozenset(),
    _N.WITHDRAWN: frozenset(),
    _N.CLOSED: frozenset(),
}


def move_of(verb: str, start: str, to: str) -> Move | None:
    """The move of that name between the two states, if the table has it."""
    for move in ORDER_MOVES:
        if move.verb == verb and start in move.starts and move.to == to:
            return move
    return None


def moves_from(start: str) -> list[Move]:
    """Everything that may follow a state."""
    return [move for move in ORDER_MOVES if start in move.starts]
