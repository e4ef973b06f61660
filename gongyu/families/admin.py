"""For system administrators: classes only. What is written about a child is not for them, and who
teaches or guards a child is changed where it is recorded, by the school."""

from django.contrib import admin

from .models import SchoolClass


@admin.register(SchoolClass)
class SchoolClassAdmin(admin.ModelAdmin[SchoolClass]):
    list_display = ["school", "stage", "entry_year", "number"]
    list_filter = ["stage"]
    search_fields = ["school__name"]

    def has_delete_permission(self, request: object, obj: object = None) -> bool:
        return False
