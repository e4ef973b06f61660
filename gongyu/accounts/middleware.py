"""The workspace of a request: the membership in which a person works right now."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from .models import Membership
from .queries import memberships_of

SESSION_KEY = "workspace"


def workspace_of(request: HttpRequest) -> Membership | None:
    """The chosen membership if it still holds, else the first one; None for a visitor."""
    if not request.user.is_authenticated:
        return None
    mine = memberships_of(request.user)
    chosen = request.session.get(SESSION_KEY)
    return next((m for m in mine if m.key == chosen), mine[0] if mine else None)


class WorkspaceMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.workspace = SimpleLazyObject(lambda: workspace_of(request))  # type: ignore[attr-defined]
        return self.get_response(request)
