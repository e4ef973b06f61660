"""日历订阅: the private address itself, and a new one."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from gongyu.accounts.requests import PersonRequest
from gongyu.core.access import access, everyone
from gongyu.exchange import services
from gongyu.exchange.policies import has_calendar
from gongyu.exchange.queries.feeds import calendar_for, feed_of
from gongyu.places.models import Organization

from .doors import calendar_desk


@access(everyone)  # whoever knows the address: a calendar app cannot sign in
@never_cache
@require_GET
def calendar(request: HttpRequest, token: str) -> HttpResponse:
    text = calendar_for(token)
    if text is None:
        raise Http404
    response = HttpResponse(text, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'inline; filename="gongyu.ics"'
    response["X-Robots-Tag"] = "noindex"
    return response


@access(has_calendar)
@require_GET
def calendar_page(request: PersonRequest) -> HttpResponse:
    """How to subscribe, with the private address once there is one."""
    organization = _organization(request)
    feed = feed_of(request.user, organization)
    address = request.build_absolute_uri(feed.get_absolute_url()) if feed else ""
    page = {"organization": organization, "feed": feed, "address": address}
    return render(request, "exchange/calendar.html", page)


def _organization(request: PersonRequest) -> Organization:
    here = calendar_desk(request).organization
    if here is None:
        raise Http404
    return here


@access(has_calendar)
@require_POST
def calendar_renew(request: PersonRequest) -> HttpResponse:
    """A new private address for the organisation in which the person works right now."""
    services.renew_feed(_organization(request), by=request.user)
    messages.success(request, _("地址好了。以前生成过的，从现在起打不开。"))
    return redirect("exchange:calendar_page")
