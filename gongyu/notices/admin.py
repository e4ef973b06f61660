from django.contrib import admin

from .models import Notice


@admin.register(Notice)
class NoticeAdmin(admin.ModelAdmin[Notice]):
    list_display = ("at", "to", "verb", "asks", "read_at")
    list_filter = ("asks", "verb")
    raw_id_fields = ("to",)
