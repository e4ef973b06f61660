"""Last resort for system administrators; everyday work has its pages."""

from django.contrib import admin

from .models import Proposal, Recommendation, ReplyPoint


class RecommendationInline(admin.StackedInline[Recommendation, Proposal]):
    model = Recommendation
    extra = 0


class ReplyPointInline(admin.TabularInline[ReplyPoint, Proposal]):
    model = ReplyPoint
    extra = 0


@admin.register(Proposal)
class ProposalAdmin(admin.ModelAdmin[Proposal]):
    list_display = ("number", "title", "body_name", "published_on")
    inlines = (RecommendationInline, ReplyPointInline)
