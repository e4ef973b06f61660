"""Two promises kept for every request: no undeclared view runs, and no rule fails without words."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.contrib import messages
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme

from .access import declared_rule
from .errors import DomainError, NotAllowed
from .views import forbidden


class AccessMiddleware:
    """Refuses undeclared views of our own; turns a domain error into the sentence it carries."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponseBase], args: Any, kwargs: Any
    ) -> None:
        if view.__module__.startswith("gongyu.") and declared_rule(view) is None:
            raise ImproperlyConfigured(f"{view.__module__}.{view.__name__} declares no access rule")

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, NotAllowed):
            return forbidden(request, PermissionDenied(error.sentence))
        if isinstance(error, DomainError):
            messages.error(request, error.sentence)
            return HttpResponseRedirect(_where_from(request))
        return None


def _where_from(request: HttpRequest) -> str:
    """The page that was left: answered there, the sentence stands beside what it is about."""
    back = str(request.META.get("HTTP_REFERER", ""))
    same_host = url_has_allowed_host_and_scheme(
        back, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    if same_host and urlsplit(back).path != request.path:
        return back
    return "/today/" if request.user.is_authenticated else "/"
