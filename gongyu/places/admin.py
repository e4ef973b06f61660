"""Last resort for system administrators; everyday work has its pages."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from .models import Division, Organization
from .services import index_names


class _IndexedAdmin(admin.ModelAdmin[Any]):
    def save_model(self, request: HttpRequest, obj: Any, form: object, change: bool) -> None:
        """Index again: a name changed here must still be found by its pinyin."""
        index_names(obj)
        obj.save()


@admin.register(Division)
class DivisionAdmin(_IndexedAdmin):
    list_display = ("code", "short_name", "level", "precision")
    list_filter = ("level", "precision")
    search_fields = ("code", "name", "pinyin_initials")
    raw_id_fields = ("parent",)


@admin.register(Organization)
class OrganizationAdmin(_IndexedAdmin):
    list_display = ("name", "kind", "sub_kind", "division", "precision", "is_listed")
    list_filter = ("kind", "scope", "precision", "is_listed")
    search_fields = ("name", "short_name", "pinyin_initials")
    raw_id_fields = ("division",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Organization]:
        return super().get_queryset(request).select_related("division")
