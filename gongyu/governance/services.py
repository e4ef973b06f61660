"""Keeping proposals and what answers them."""

from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext as _

from gongyu.core.timeline import record

from .models import Proposal, Recommendation, ReplyPoint


@transaction.atomic
def record_proposal(
    proposal: Proposal,
    *,
    recommendations: Iterable[Recommendation],
    reply_points: Iterable[ReplyPoint],
) -> Proposal:
    """Save a proposal with its recommendations and reply, over what was kept under its number."""
    kept = Proposal.objects.select_for_update().filter(number=proposal.number).first()
    proposal.pk = kept.pk if kept else None
    proposal.save(force_insert=kept is None)
    proposal.recommendations.all().delete()
    proposal.reply_points.all().delete()
    for recommendation in (wanted := list(recommendations)):
        recommendation.proposal = proposal
    for point in (points := list(reply_points)):
        point.proposal = proposal
    Recommendation.objects.bulk_create(wanted)
    ReplyPoint.objects.bulk_create(points)
    if kept is None:
        record(proposal, "proposal.record", _("收进平台，逐条列出建议。"), by=None)
    return proposal
