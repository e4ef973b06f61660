"""Where each role goes: the side navigation on a desktop, the dock on a phone (at most five)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from gongyu.accounts.models import Membership, Role
from gongyu.accounts.queries import memberships_of, town_of
from gongyu.notices.queries import unread_count

DOCK_PLACES = 5


@dataclass(frozen=True, slots=True)
class Place:
    """One entry of the navigation; ``count`` is what waits there for this person."""

    label: str
    url: str
    icon: str
    current: bool
    count: int = 0


_TODAY = (_("今天"), "home:today", "sun")
_WRITE = (_("发布"), "publishing:mine", "square-pen")
_MAP = (_("资源地图"), "places:map", "map-pin")
_NEEDS = (_("需求"), "exchange:needs", "list-checks")
_PUSHED = (_("进校园"), "exchange:whitelist", "shield-check")
_CALENDAR = (_("日历"), "exchange:calendars", "calendar-days")
_PROBLEMS = (_("问题"), "exchange:problems", "lightbulb")
_FILE = (_("提需求"), "exchange:need_new", "message-square-plus")

PLACES: dict[str, list[tuple[Any, str, str]]] = {
    Role.PARENT: [
        _TODAY,
        (_("孩子"), "families:children", "baby"),
        (_("活动"), "publishing:activities", "calendar-days"),
        (_("说经验"), "publishing:mine", "square-pen"),
        _MAP,
    ],
    Role.TEACHER: [
        _TODAY,
        _FILE,
        _NEEDS,
        (_("我的班"), "families:classes", "users"),
        _WRITE,
        _CALENDAR,
        _MAP,
    ],
    Role.SCHOOL_ADMIN: [
        _TODAY,
        _FILE,
        _NEEDS,
        _CALENDAR,
        _WRITE,
        _MAP,
        _PUSHED,
        (_("联络人"), "exchange:liaison_own", "users"),
    ],
    Role.COMMISSION: [
        _TODAY,
        (_("需求池"), "exchange:needs", "list-checks"),
        (_("派单"), "exchange:runs", "route"),
        (_("工作台"), "exchange:desk", "gauge"),
        (_("摸底"), "exchange:census", "library"),
        _PROBLEMS,
        (_("审核"), "publishing:review", "badge-check"),
        _WRITE,
        _MAP,
    ],
    Role.DEPARTMENT: [
        _TODAY,
        _PROBLEMS,
        _WRITE,
        (_("政策库"), "publishing:policies", "scroll-text"),
        _PUSHED,
        _MAP,
    ],
    Role.COMMUNITY: [
        _TODAY,
        _FILE,
        _NEEDS,
        _CALENDAR,
        _WRITE,
        (_("活动"), "publishing:activities", "calendar-days"),
        _PUSHED,
        _MAP,
    ],
    Role.UNIT: [
        _TODAY,
        (_("订单"), "exchange:orders", "inbox"),
        _CALENDAR,
        (_("我们的资源"), "exchange:resources", "package-open"),
        _MAP,
    ],
}

# A town's office: what a community does, and the pool of its own schools.
TOWN_PLACES = [
    _TODAY,
    _NEEDS,
    (_("派单"), "exchange:runs", "route"),
    (_("工作台"), "exchange:desk", "gauge"),
    _PROBLEMS,
    _WRITE,
    (_("活动"), "publishing:activities", "calendar-days"),
    _PUSHED,
    _MAP,
]


def _places_of(workspace: Membership | None) -> list[tuple[Any, str, str]]:
    if not workspace:  # lazy, so never None itself
        return []
    return TOWN_PLACES if town_of(workspace) else PLACES.get(workspace.role, [])


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context of every page: workspaces, places of the present one, number of unread notices."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"workspace": None, "workspaces": [], "nav": [], "dock": [], "unread": 0}
    workspace = request.workspace  # type: ignore[attr-defined]  # set by WorkspaceMiddleware
    places = [(str(label), reverse(name), icon) for label, name, icon in _places_of(workspace)]
    # /exchange/needs/new/ lies under /exchange/needs/: only the nearest place is the present one.
    here = max((url for _l, url, _i in places if request.path.startswith(url)), key=len, default="")
    nav = [Place(label, url, icon, url == here) for label, url, icon in places]
    return {
        "workspace": workspace,
        "workspaces": memberships_of(user),
        "nav": nav,
        "dock": nav[:DOCK_PLACES],
        "unread": unread_count(user),
    }
