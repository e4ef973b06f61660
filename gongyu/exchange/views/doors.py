"""The doors: whose desk a request stands at, and the one way to a need, an order, a run."""

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from gongyu.accounts.models import Membership, Role
from gongyu.accounts.queries import ASKING, memberships_of, town_of, towns_of
from gongyu.accounts.requests import PersonRequest
from gongyu.exchange.errors import NotAllowed
from gongyu.exchange.models import MatchingRun, Need, Order
from gongyu.places.models import Division, Organization

SCHOOL = ASKING
UNIT = (Role.UNIT,)
COMMISSION = (Role.COMMISSION,)


def _desk(request: PersonRequest, *roles: str) -> Membership | None:
    """The workspace if it has one of the roles, else the first membership that has.

    A town's office, whose people hold a community's role, is the seat of ``seat_of`` alone.
    """
    workspace = request.workspace
    held = [*([workspace] if workspace else []), *memberships_of(request.user)]
    return next((m for m in held if m.role in roles and town_of(m) is None), None)


def side_of(request: PersonRequest) -> str:
    """``school``, ``unit`` or ``commission``: the desk at which this person reads orders now.

    At a town's office they are read as at the commission, only fewer (``seat_of``).
    """
    if town_of(request.workspace) is not None:
        return "commission"
    desk = _desk(request, *SCHOOL, *UNIT, *COMMISSION)
    if desk is None and towns_of(request.user):
        return "commission"
    role = desk.role if desk else ""
    return "unit" if role in UNIT else "commission" if role in COMMISSION else "school"


def seat_of(request: PersonRequest) -> Division | None:
    """The town whose pool this person looks after now; None for the whole district's."""
    town = town_of(request.workspace)
    if town is not None:
        return town
    if _desk(request, *COMMISSION) is not None:
        return None
    towns = towns_of(request.user)
    if not towns:
        raise NotAllowed(_("您现在不在区教委，也不在镇街任职。"))
    return towns[0]


def calendar_desk(request: PersonRequest) -> Membership:
    """Whose calendar a person reads now: the workspace's, else the first that has one."""
    desk = _desk(request, *SCHOOL, *UNIT)
    if desk is None:
        raise NotAllowed(_("您现在不在学校也不在资源单位任职，没有日历。"))
    return desk


def school_of(request: PersonRequest) -> Organization:
    return _organization(_desk(request, *SCHOOL), _("您现在不在任何学校任职。"))


def unit_of(request: PersonRequest) -> Organization:
    return _organization(_desk(request, *UNIT), _("您现在不在任何资源单位任职。"))


def _organization(desk: Membership | None, sentence: str) -> Organization:
    if desk is None or desk.organization is None:
        raise NotAllowed(sentence)
    return desk.organization


def keeper_of(request: PersonRequest) -> Organization:
    """The school that this person administers, or the unit that he or she works for."""
    desk = _desk(request, Role.SCHOOL_ADMIN, *UNIT)
    return _organization(desk, _("您现在不在学校管理员或者资源单位的岗位上。"))


def need_for(request: PersonRequest, pk: int) -> Need:
    needs = Need.objects.visible_to(request.user).select_related(
        "school__division__parent", "school_class", "filed_by", "desk", "first_handler"
    )
    return get_object_or_404(needs.prefetch_related("topics"), pk=pk)


def order_for(request: PersonRequest, pk: int) -> Order:
    orders = Order.objects.visible_to(request.user).with_parties()
    orders = orders.select_related(
        "need__filed_by",
        "need__school__division__parent",
        "need__desk",
        "need__first_handler",
        "proposed_session__resource",
        "split__second_session",
        "split__second_order",
        "split_from__order",
        "placed_by",
        "session__resource__unit",
    )
    return get_object_or_404(orders, pk=pk)


def run_for(request: PersonRequest, pk: int) -> MatchingRun:
    runs = MatchingRun.objects.visible_to(request.user)
    return get_object_or_404(runs.select_related("job", "by", "dispatched_by", "town"), pk=pk)


def number(text: object) -> int:
    """An id out of a form or an address; what is none becomes 0, which nothing has."""
    if isinstance(text, str) and text.isascii() and text.isdecimal() and len(text) < 19:
        return int(text)
    return 0
