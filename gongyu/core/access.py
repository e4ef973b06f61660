"""Declared access: every view says by name who may use it.

``@access(rule)`` is the only way in. A view without it answers nobody: the middleware refuses to
run it, and the permission matrix in ``tests/security`` fails. A rule is a ``rules`` predicate over
the user; which *objects* a user reaches is decided by ``QuerySet.visible_to(user)``.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _
from rules.predicates import Predicate

ViewT = TypeVar("ViewT", bound=Callable[..., HttpResponseBase])
TaskT = TypeVar("TaskT", bound=Callable[..., Any])

everyone = Predicate(lambda user: True, name="everyone")
signed_in = Predicate(lambda user: bool(user.is_authenticated), name="signed_in")


def access(rule: Predicate) -> Callable[[ViewT], ViewT]:
    """Declare who may use a view.

    A visitor who is not signed in is led to the sign-in page and back; a person whose roles do not
    satisfy ``rule`` is refused with 403. htmx requests are answered with a redirect header, so that
    a sign-in page never lands inside a fragment.
    """

    def declare(view: ViewT) -> ViewT:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if rule is everyone or rule.test(request.user):
                return view(request, *args, **kwargs)
            if request.user.is_authenticated:
                raise PermissionDenied(_("您现在的身份不能打开这个页面。"))
            if request.headers.get("HX-Request"):
                response = HttpResponse(status=204)
                response["HX-Redirect"] = redirect_to_login(
                    request.headers.get("HX-Current-URL", "/")
                ).url
                return response
            return redirect_to_login(request.get_full_path())

        guarded.access_rule = rule  # type: ignore[attr-defined]  # read by the matrix test
        return guarded  # type: ignore[return-value]

    return declare


def task_access(rule: Predicate) -> Callable[[TaskT], TaskT]:
    """Declare whose work a background task is: the rule that whoever enqueues it must satisfy.

    It stands below ``@task``, on the function itself. The view that enqueues has tested the rule.
    A task without the declaration fails the tests in ``tests/security``.
    """

    def declare(function: TaskT) -> TaskT:
        function.access_rule = rule  # type: ignore[attr-defined]  # read by the tests
        return function

    return declare


def declared_rule(view: Callable[..., Any]) -> Predicate | None:
    """The rule that a view or a task declares, or None if it declares none."""
    return getattr(view, "access_rule", None)
