"""Proposals."""

from __future__ import annotations

from datetime import timedelta

import factory
from factory.django import DjangoModelFactory

from gongyu.core.calendar import today
from gongyu.governance.models import Proposal, Recommendation


class ProposalFactory(DjangoModelFactory):
    class Meta:
        model = Proposal

    number = factory.Sequence(lambda n: str(900 + n))
    title = "关于协同育人的提案"
    proposer = "某委员"
    body_name = "某机关"
    published_on = factory.LazyFunction(lambda: today() - timedelta(days=60))
    summary = "提案摘要。"
    reply_summary = "办理报告摘要。"
    source_url = "https://example.org/241"


class RecommendationFactory(DjangoModelFactory):
    class Meta:
        model = Recommendation

    proposal = factory.SubFactory(ProposalFactory)
    order = factory.Sequence(lambda n: n % 30_000)
    strand = Recommendation.Strand.GOVERNMENT
    title = "一条建议"
    summary = "建议内容。"
    coverage = Recommendation.Coverage.NONE
    answer = "还没有。"
