"""The made-up people whom the sign-in page offers; only where the demo setting is on."""

from typing import Any

from django.http import HttpRequest

from .roles import DEMO_ROLES, others


def people(request: HttpRequest) -> dict[str, Any]:
    """``demo_people`` is read from the database only by the template that lists it."""
    return {"demo_roles": DEMO_ROLES, "demo_people": others}
