"""The system administrators' last resort: everything can be looked at, states are not set by hand.

A state changes through its service, which keeps the other side, the seats and the timeline in step.
"""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from .models import MatchingRun, Need, Order, Rating, Resource, Session, Topic


class ReadOnlyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # not generic at run time
    """Looked at, never added, changed or deleted here."""

    list_per_page = 50

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Topic)
class TopicAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # not generic at run time
    """The taxonomy is a table that a district may adapt: names, synonyms, the character."""

    list_display = ["code", "name", "parent", "synonyms", "huozi"]
    search_fields = ["code", "name", "synonyms"]
    list_select_related = ["parent"]
    readonly_fields = ["code", "parent"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Resource)
class ResourceAdmin(ReadOnlyAdmin):
    list_display = ["title", "unit", "form", "capacity", "is_assumption"]
    search_fields = ["title", "unit__name"]
    list_filter = ["form", "is_assumption"]
    list_select_related = ["unit"]


@admin.register(Session)
class SessionAdmin(ReadOnlyAdmin):
    list_display = ["resource", "date", "half_day", "seats", "seats_taken", "state"]
    search_fields = ["resource__title", "resource__unit__name"]
    list_filter = ["state", "half_day"]
    date_hierarchy = "date"
    list_select_related = ["resource__unit"]


@admin.register(Need)
class NeedAdmin(ReadOnlyAdmin):
    list_display = ["words", "school", "headcount", "date_from", "date_to", "severity", "state"]
    search_fields = ["words", "school__name"]
    list_filter = ["state", "severity"]
    list_select_related = ["school"]


class RatingInline(admin.TabularInline):  # type: ignore[type-arg]  # not generic at run time
    model = Rating
    extra = 0
    can_delete = False
    readonly_fields = ["side", "stars", "words", "by", "at"]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Order)
class OrderAdmin(ReadOnlyAdmin):
    list_display = ["need", "session", "headcount", "origin", "state", "placed_at"]
    search_fields = ["need__school__name", "session__resource__unit__name"]
    list_filter = ["state", "origin"]
    list_select_related = ["need", "session__resource"]
    inlines = [RatingInline]


@admin.register(MatchingRun)
class MatchingRunAdmin(ReadOnlyAdmin):
    list_display = ["started_at", "by", "needs", "sessions", "pairs", "dispatched_at"]
    list_select_related = ["by"]
