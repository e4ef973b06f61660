"""Policies and articles."""

from __future__ import annotations

from datetime import timedelta

import factory
from factory.django import DjangoModelFactory

from gongyu.accounts.models import Role
from gongyu.core.calendar import now
from gongyu.publishing.models import Article, Policy

from .people import person
from .places import CommunityFactory, SchoolFactory


class PolicyFactory(DjangoModelFactory):
    class Meta:
        model = Policy

    reference = factory.Sequence(lambda n: f"T{n}")
    title = factory.Sequence(lambda n: f"关于第{n}件事的意见")
    issuer = "某部门"
    summary = "一段要点。"


class ArticleFactory(DjangoModelFactory):
    """Published school news by the school's administrator; say ``state`` for another."""

    class Meta:
        model = Article

    channel = Article.Channel.SCHOOL
    kind = Article.Kind.SCHOOL_NEWS
    title = factory.Sequence(lambda n: f"第{n}条通知")
    body = "正文。"
    organization = factory.SubFactory(SchoolFactory)
    author = factory.LazyAttribute(
        lambda o: (
            person(Role.SCHOOL_ADMIN, o.organization) if o.organization else person(Role.PARENT)
        )
    )
    byline = factory.LazyAttribute(lambda o: str(o.organization or o.author.name))
    state = Article.State.PUBLISHED
    created_at = factory.LazyFunction(lambda: now() - timedelta(hours=2))
    published_at = factory.LazyAttribute(
        lambda o: o.created_at if o.state == Article.State.PUBLISHED else None
    )


class ExperienceFactory(ArticleFactory):
    """A parent's experience; waits for review."""

    channel = Article.Channel.FAMILY
    kind = Article.Kind.EXPERIENCE
    organization = None
    state = Article.State.IN_REVIEW


class ActivityFactory(ArticleFactory):
    """A community's activity, the day after tomorrow."""

    channel = Article.Channel.COMMUNITY
    kind = Article.Kind.ACTIVITY
    organization = factory.SubFactory(CommunityFactory)
    author = factory.LazyAttribute(lambda o: person(Role.COMMUNITY, o.organization))
    starts_at = factory.LazyFunction(lambda: now() + timedelta(days=2))
    ends_at = factory.LazyAttribute(lambda o: o.starts_at + timedelta(hours=2))
    place = "社区活动室"
