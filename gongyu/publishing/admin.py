"""For system administrators: correct a policy's number or date once it was checked."""

from django.contrib import admin

from .models import Policy


@admin.register(Policy)
class PolicyAdmin(admin.ModelAdmin[Policy]):
    list_display = ["reference", "title", "number", "number_is_checked", "date_is_checked"]
    list_filter = ["number_is_checked", "date_is_checked"]
    search_fields = ["reference", "title", "issuer", "number"]
