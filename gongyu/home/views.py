"""The visitor's front page, and each role's first page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from gongyu.accounts.requests import PersonRequest
from gongyu.core.access import access, everyone, signed_in
from gongyu.core.calendar import WEEKDAYS, now, today
from gongyu.families.services import record_reads

from . import queries


@access(everyone)
@require_GET
def front(request: HttpRequest) -> HttpResponse:
    page = queries.front_page()
    return render(
        request, "home/front.html", {"page": page, "parties": _parties(), "knots": page.knots}
    )


def _parties() -> list[dict[str, str]]:
    """The five strands of the rope: who joins in, what for, where that is."""
    return [
        {
            "label": _("家长"),
            "text": _("看孩子这一周，报附近的活动，说说自家的经验"),
            "url": reverse("publishing:channel", args=["family"]),
        },
        {
            "label": _("学校"),
            "text": _("一句话说出需求，一分钟点好单"),
            "url": reverse("publishing:channel", args=["school"]),
        },
        {
            "label": _("社区"),
            "text": _("发活动、开场地，楼下就有的事"),
            "url": reverse("publishing:channel", args=["community"]),
        },
        {
            "label": _("单位"),
            "text": _("谁需要我、哪天来，一次接下一批"),
            "url": reverse("places:map"),
        },
        {
            "label": _("部门"),
            "text": _("把政策讲成人话，谁在办、办成没有"),
            "url": reverse("publishing:channel", args=["policy"]),
        },
    ]


@access(signed_in)
@require_GET
def today_page(request: PersonRequest) -> HttpResponse:
    """The first page of the role in which the person works; notes shown on it are reads."""
    page = queries.today_page(request.user, request.workspace)
    record_reads([note for child in page.children for note in child.notes], request.user)
    return render(
        request,
        "home/today.html",
        {"page": page, "heading": _heading(page), "lead": _lead(request)},
    )


def _heading(page: queries.TodayPage) -> str:
    if page.waits:
        return _("%(count)d 件事等您回话") % {"count": page.waits}
    return _("孩子这一周") if page.children else _("今天没有等您的事")


def _lead(request: PersonRequest) -> str:
    day = today()
    hour = localtime(now()).hour
    greeting = _("早上好") if hour < 11 else _("下午好") if 13 <= hour < 18 else _("您好")
    return _("%(name)s，%(greeting)s。今天是 %(month)d 月 %(day)d 日，%(weekday)s。") % {
        "name": request.user.name,
        "greeting": greeting,
        "month": day.month,
        "day": day.day,
        "weekday": WEEKDAYS[day.weekday()],
    }
