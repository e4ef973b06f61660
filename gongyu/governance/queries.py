"""What the page of a proposal reads."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from django.utils.translation import gettext as _

from .models import Proposal, Recommendation, ReplyPoint

_KNOTS = {
    Recommendation.Coverage.FULL: "full",
    Recommendation.Coverage.PART: "half",
    Recommendation.Coverage.NONE: "none",
}


@dataclass(frozen=True, slots=True)
class Item:
    """A recommendation with the knot that stands for it on the rope."""

    recommendation: Recommendation
    knot: str

    @property
    def on_rope(self) -> dict[str, str]:
        """As the rope component draws it: the knot leads to the item below."""
        title, order = self.recommendation.title, self.recommendation.order
        return {"state": self.knot, "label": title, "url": f"#item-{order}"}


@dataclass(frozen=True, slots=True)
class Strand:
    """The recommendations to one party, in the proposal's order."""

    label: str
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class ProposalPage:
    proposal: Proposal
    sentence: str
    strands: tuple[Strand, ...]
    reply_points: tuple[ReplyPoint, ...]
    counts: dict[str, int]

    @property
    def knots(self) -> list[dict[str, str]]:
        return [item.on_rope for strand in self.strands for item in strand.items]


def proposal_page(number: str | None = None) -> ProposalPage | None:
    """A proposal by its number, or the newest; None if there is none. Three queries."""
    if number and not number.isprintable():  # PostgreSQL takes no NUL in a text
        return None
    proposals = Proposal.objects.prefetch_related("recommendations", "reply_points")
    wanted = proposals.filter(number=number) if number else proposals
    proposal = wanted.first()
    if proposal is None:
        return None
    recommendations = list(proposal.recommendations.all())
    counts = Counter(recommendation.coverage for recommendation in recommendations)
    strands = []
    for strand in Recommendation.Strand:
        items = tuple(
            Item(recommendation, _KNOTS[Recommendation.Coverage(recommendation.coverage)])
            for recommendation in recommendations
            if recommendation.strand == strand
        )
        if items:
            strands.append(Strand(str(strand.label), items))
    return ProposalPage(
        proposal,
        say_progress(counts),
        tuple(strands),
        tuple(proposal.reply_points.all()),
        {coverage.value: counts[coverage.value] for coverage in Recommendation.Coverage},
    )


def say_progress(counts: Counter[str]) -> str:
    """How far the platform answers: 说好的 13 件事，1 件已经能用，3 件能用一部分，9 件还没有。"""
    total = counts.total()
    parts = [
        _("%(count)d 件%(state)s") % {"count": counts[coverage], "state": coverage.label}
        for coverage in Recommendation.Coverage
        if counts[coverage]
    ]
    if len(parts) == 1 and counts[Recommendation.Coverage.FULL]:
        return _("说好的 %d 件事，都已经能用。") % total
    return "，".join([_("说好的 %d 件事") % total, *parts]) + "。"
