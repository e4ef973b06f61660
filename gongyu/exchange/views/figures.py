"""The public figures, opened."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from gongyu.core.access import access, everyone
from gongyu.exchange.policies import dispatches
from gongyu.exchange.queries.figures import figures


@access(everyone)
@require_GET
def figure_list(request: HttpRequest) -> HttpResponse:
    """Needs by topic and by town; the commission goes on from here to the needs themselves."""
    may_open = request.user.is_authenticated and dispatches(request.user)
    page = {"figures": figures(), "may_open": may_open}
    return render(request, "exchange/figures.html", page)
