"""One click into any demo role; the addresses exist only where the demo setting is on."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from gongyu.accounts.views import next_url
from gongyu.core.access import access, everyone

from .roles import demo_user


@access(everyone)
@require_POST
def sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in as one of the made-up people; any other name is refused."""
    if not settings.DEMO:
        raise Http404
    user = demo_user(request.POST.get("role", ""))
    if user is None:
        messages.error(request, _("这个演示身份不在了，请重新选一个。"))
        return redirect("accounts:sign_in")
    login(request, user, backend="gongyu.accounts.backends.PhoneOrNameBackend")
    return redirect(next_url(request))
