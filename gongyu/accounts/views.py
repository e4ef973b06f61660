"""Sign in, sign out, change the workspace."""

from django.contrib import messages
from django.contrib.auth import login, logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from gongyu.core.access import access, everyone, signed_in

from .forms import SignInForm
from .middleware import SESSION_KEY
from .queries import memberships_of
from .requests import PersonRequest


def next_url(request: HttpRequest, default: str = "/today/") -> str:
    """Where to go after signing in: the page that was asked for, if it is one of ours."""
    target = request.POST.get("next") or request.GET.get("next") or default
    safe = url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return target if safe else default


@access(everyone)
@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        return HttpResponseRedirect(next_url(request))
    form = SignInForm(request, request.POST or None)
    if request.method == "POST" and form.is_valid():
        login(request, form.get_user())
        return HttpResponseRedirect(next_url(request))
    return render(request, "accounts/sign_in.html", {"form": form, "next": next_url(request, "")})


@access(everyone)
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    return redirect("home:front")


@access(signed_in)
@require_POST
def switch(request: PersonRequest) -> HttpResponse:
    """Work as another of one's memberships; nothing else changes."""
    wanted = request.POST.get("workspace", "")
    chosen = next((m for m in memberships_of(request.user) if m.key == wanted), None)
    if chosen is None:
        messages.error(request, _("这个身份已经不在了，请从列表里重新选。"))
    else:
        request.session[SESSION_KEY] = chosen.key
    return redirect("home:today")
