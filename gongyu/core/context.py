"""What every page knows: the district, the reader's size and theme, whether this is a demo."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest


@dataclass(frozen=True, slots=True)
class Preferences:
    """How this reader wants to see pages; kept in a cookie for a year, no account needed."""

    size: str
    theme: str


SIZES = {"", "large"}
THEMES = {"", "gongyu", "gongyu-night"}


def preferences_of(request: HttpRequest) -> Preferences:
    size, theme = request.COOKIES.get("size", ""), request.COOKIES.get("theme", "")
    return Preferences(size if size in SIZES else "", theme if theme in THEMES else "")


def shell(request: HttpRequest) -> dict[str, Any]:
    return {
        "ui": preferences_of(request),
        "district_name": settings.DISTRICT_NAME,
        "demo_mode": settings.DEMO,
    }
