"""Pages that belong to no room: refusals, preferences, privacy, the component gallery."""

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from .access import access, everyone
from .context import SIZES, THEMES

YEAR = 60 * 60 * 24 * 365


@access(everyone)
@require_POST
def preferences(request: HttpRequest) -> HttpResponse:
    """Keep the reader's size or theme and go back to the page."""
    target = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}):
        target = "/"
    response = HttpResponseRedirect(target)
    for name, allowed in (("size", SIZES), ("theme", THEMES)):
        value = request.POST.get(name)
        if value in allowed:
            response.set_cookie(
                name, value, max_age=YEAR, samesite="Lax", secure=settings.HTTPS, httponly=True
            )
    return response


@access(everyone)
@require_GET
def about_privacy(request: HttpRequest) -> HttpResponse:
    """孩子的信息谁能看: in plain words."""
    return render(request, "core/about_privacy.html")


@access(everyone)
@require_GET
def gallery(request: HttpRequest) -> HttpResponse:
    """Every component in every state; for developers only."""
    if not settings.DEBUG:
        raise Http404
    return render(request, "gallery.html")


@access(everyone)
@require_GET
def offline(request: HttpRequest) -> HttpResponse:
    return render(request, "offline.html")


@access(everyone)
@never_cache
@require_GET
def service_worker(request: HttpRequest) -> HttpResponse:
    """Shows the offline page when the network is gone; served from the root to see every page."""
    return render(request, "core/service_worker.js", content_type="text/javascript")


@access(everyone)
@never_cache
@require_GET
def health(request: HttpRequest) -> HttpResponse:
    """For load balancers and tests: the web process answers."""
    return HttpResponse("ok", content_type="text/plain")


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    sentence = str(exception) if isinstance(exception, PermissionDenied) else ""
    return render(request, "403.html", {"sentence": sentence}, status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Rendered without the request: what failed may be what the context processors need."""
    return HttpResponse(render_to_string("500.html"), status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form from a page that has grown too old; what was typed is kept by the page itself."""
    sentence = _("这一页放得太久了。回到刚才那一页，刷新以后再提交，写的字都还在。")
    return render(request, "403.html", {"sentence": sentence}, status=403)
