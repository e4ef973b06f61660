"""Publish, hand in, review, edit, withdraw: who may, in which state, and with which sentence."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from gongyu.accounts.models import Role, User
from gongyu.core import timeline
from gongyu.core.calendar import at, now
from gongyu.core.errors import MoveNotAllowed, NotAllowed
from gongyu.publishing import services
from gongyu.publishing.errors import AlreadyHandled, ArticleRefused, ChangedMeanwhile
from gongyu.publishing.models import Article
from gongyu.publishing.policies import KINDS_OF_ROLE
from tests.factories import (
    ActivityFactory,
    ArticleFactory,
    ExperienceFactory,
    MembershipFactory,
    PolicyFactory,
    person,
)

pytestmark = pytest.mark.django_db

Kind, State = Article.Kind, Article.State


def publish(by: User, kind: str, **words: Any) -> Article:
    membership = by.memberships.get()
    assert membership.organization is not None
    about = {"title": "家长开放日", "body": "先看食堂，再听课。", **words}
    return services.publish_article(by=by, organization=membership.organization, kind=kind, **about)


def hand_in(by: User, **words: Any) -> Article:
    about = {"title": "写作业这件事", "body": "先玩再写。", "byline": "二年级家长", **words}
    return services.submit_experience(by=by, **about)


def edit(article: Article, by: User, **words: Any) -> Article:
    about = {"title": "改过的标题", "body": "改过的正文。", **words}
    return services.edit_article(article, by=by, **about)


# Who publishes what


@pytest.mark.parametrize("role", [r for r in Role if r != Role.PARENT])
@pytest.mark.parametrize("kind", Kind.values)
def test_each_role_publishes_its_kinds_and_no_other(role: str, kind: str) -> None:
    someone = person(role)
    details = {"starts_at": now() + timedelta(days=1)} if kind == Kind.ACTIVITY else {}
    if kind in KINDS_OF_ROLE[role]:
        article = publish(someone, kind, **details)
        assert article.state == State.PUBLISHED
        assert article.byline == str(article.organization)
        assert list(Article.objects.published()) == [article]
    else:
        with pytest.raises(NotAllowed):
            publish(someone, kind, **details)


def test_nobody_publishes_for_an_organisation_of_others() -> None:
    other = ArticleFactory().organization
    with pytest.raises(NotAllowed):
        services.publish_article(
            by=person(Role.SCHOOL_ADMIN),
            organization=other,
            kind=Kind.SCHOOL_NEWS,
            title="标题",
            body="正文",
        )


def test_whoever_has_left_the_organisation_publishes_no_more() -> None:
    teacher = person(Role.TEACHER)
    teacher.memberships.update(starts="2026-09-01", ends="2026-11-01")
    with pytest.raises(NotAllowed):
        publish(teacher, Kind.TEACHING_PLAN)


def test_the_tile_and_the_opening_come_from_the_text_unless_chosen() -> None:
    admin = person(Role.SCHOOL_ADMIN)
    article = publish(admin, Kind.SCHOOL_NEWS)
    assert (article.huozi, article.summary) == ("开", "先看食堂，再听课。")
    assert publish(admin, Kind.SCHOOL_NEWS, huozi="食").huozi == "食"
    with pytest.raises(ArticleRefused, match="一个汉字"):
        publish(admin, Kind.SCHOOL_NEWS, huozi="A")


@pytest.mark.parametrize(("field", "words"), [("title", {"title": " "}), ("body", {"body": "\n"})])
def test_an_article_without_words_is_refused(field: str, words: dict[str, str]) -> None:
    with pytest.raises(ArticleRefused) as refusal:
        publish(person(Role.SCHOOL_ADMIN), Kind.SCHOOL_NEWS, **words)
    assert refusal.value.field == field


def test_grades_in_the_wrong_order_are_refused() -> None:
    with pytest.raises(ArticleRefused, match="最高年级"):
        publish(person(Role.TEACHER), Kind.TEACHING_PLAN, first_grade=5, last_grade=3)


def test_an_explainer_stands_with_its_policy() -> None:
    policy = PolicyFactory()
    article = publish(person(Role.DEPARTMENT), Kind.POLICY_EXPLAINER, policy=policy)
    assert list(policy.explainers.all()) == [article]
    assert article.channel == Article.Channel.POLICY


# Activities


def test_an_activity_needs_a_beginning() -> None:
    with pytest.raises(ArticleRefused) as refusal:
        publish(person(Role.COMMUNITY), Kind.ACTIVITY)
    assert refusal.value.field == "starts_at"


def test_an_activity_ends_after_it_begins() -> None:
    starts = now() + timedelta(days=1)
    with pytest.raises(ArticleRefused, match="开始之后"):
        publish(person(Role.COMMUNITY), Kind.ACTIVITY, starts_at=starts, ends_at=starts)


def test_an_activity_that_has_begun_is_not_announced() -> None:
    with pytest.raises(ArticleRefused, match="已经过去了"):
        publish(person(Role.UNIT), Kind.ACTIVITY, starts_at=now() - timedelta(hours=1))


def test_the_words_of_a_past_activity_can_still_be_corrected_but_not_moved_in_the_past() -> None:
    past = ActivityFactory(starts_at=now() - timedelta(days=2), ends_at=None)
    edit(past, past.author, starts_at=past.starts_at)
    with pytest.raises(ArticleRefused, match="已经过去了"):
        edit(past, past.author, starts_at=now() - timedelta(days=1))


# Experiences and their review


def test_an_experience_shows_only_after_the_commission_has_read_it() -> None:
    article = hand_in(person(Role.PARENT))
    assert article.state == State.IN_REVIEW
    assert not Article.objects.published().exists()
    services.approve_article(article, by=person(Role.COMMISSION))
    assert Article.objects.published().get() == article


def test_only_a_parent_hands_in_an_experience() -> None:
    with pytest.raises(NotAllowed, match="家长的身份"):
        hand_in(person(Role.TEACHER))


def test_a_returned_experience_carries_the_reason_and_comes_back_for_review() -> None:
    parent = person(Role.PARENT)
    article = hand_in(parent)
    article = services.return_article(
        article, by=person(Role.COMMISSION), reason="第二段有孩子的名字。"
    )
    assert (article.state, article.return_reason) == (State.RETURNED, "第二段有孩子的名字。")
    article = edit(article, parent)
    assert (article.state, article.return_reason) == (State.IN_REVIEW, "")
    assert [e.verb for e in timeline.entries_of(article)] == [
        "article.submit",
        "article.return",
        "article.edit",
    ]


def test_a_return_without_a_reason_is_refused() -> None:
    with pytest.raises(ArticleRefused, match="原因"):
        services.return_article(ExperienceFactory(), by=person(Role.COMMISSION), reason=" ")


def test_two_reviewers_at_once_one_decides_the_other_reads_a_sentence() -> None:
    article, one, other = ExperienceFactory(), person(Role.COMMISSION), person(Role.COMMISSION)
    services.approve_article(article, by=one)
    with pytest.raises(AlreadyHandled, match="已经有人处理了，现在是“已发布”"):
        services.return_article(article, by=other, reason="再改改")
    with pytest.raises(MoveNotAllowed):
        services.approve_article(article, by=other)


def test_a_text_that_was_rewritten_since_it_was_read_is_not_published_unread() -> None:
    article = hand_in(parent := person(Role.PARENT))
    seen = services.fingerprint(article)
    edit(article, parent)
    with pytest.raises(ChangedMeanwhile):
        services.approve_article(article, by=person(Role.COMMISSION), seen=seen)
    assert not Article.objects.published().exists()


def test_nobody_reviews_the_own_experience() -> None:
    both = person(Role.COMMISSION)
    MembershipFactory(user=both, role=Role.PARENT, organization=None)
    both = User.objects.get(pk=both.pk)
    article = hand_in(both)
    with pytest.raises(NotAllowed, match="请同事"):
        services.approve_article(article, by=both)


@pytest.mark.parametrize("role", [r for r in Role if r != Role.COMMISSION])
def test_only_the_commission_reviews(role: str) -> None:
    someone = person(role)
    with pytest.raises(NotAllowed):
        services.approve_article(ExperienceFactory(), by=someone)
    with pytest.raises(NotAllowed):
        services.return_article(ExperienceFactory(), by=someone, reason="不行")


def test_an_article_of_an_organisation_has_no_review() -> None:
    with pytest.raises(AlreadyHandled):
        services.approve_article(ArticleFactory(), by=person(Role.COMMISSION))


# Editing


def test_an_organisations_article_stays_published_when_edited() -> None:
    article = ArticleFactory()
    published_at = article.published_at
    article = edit(article, article.author)
    assert (article.state, article.published_at) == (State.PUBLISHED, published_at)
    assert article.body == "<p>改过的正文。</p>"


def test_a_published_experience_leaves_the_channel_until_it_is_read_again() -> None:
    article = hand_in(parent := person(Role.PARENT))
    services.approve_article(article, by=person(Role.COMMISSION))
    edit(article, parent)
    assert not Article.objects.published().exists()


def test_the_schools_administrator_may_edit_a_teachers_article_and_not_the_reverse() -> None:
    by_teacher = ArticleFactory()
    teacher = person(Role.TEACHER, by_teacher.organization)
    by_teacher.author = teacher
    by_teacher.save()
    admin = person(Role.SCHOOL_ADMIN, by_teacher.organization)
    edit(by_teacher, admin)
    with pytest.raises(NotAllowed):
        edit(ArticleFactory(organization=by_teacher.organization, author=admin), teacher)


def test_an_author_who_has_left_may_not_edit_what_the_school_has_published() -> None:
    article = ArticleFactory()
    author = User.objects.get(pk=article.author_id)
    author.memberships.update(starts="2026-09-01", ends="2026-11-01")
    with pytest.raises(NotAllowed):
        edit(article, author)


def test_a_stale_edit_does_not_overwrite_a_colleagues() -> None:
    article = ArticleFactory()
    seen = services.fingerprint(article)
    edit(article, article.author, title="同事先改的")
    with pytest.raises(ChangedMeanwhile):
        edit(article, article.author, title="后改的", seen=seen)
    article.refresh_from_db()
    assert article.title == "同事先改的"


# Withdrawing


def test_the_author_withdraws_and_then_nothing_moves() -> None:
    article = services.withdraw_article(made := ArticleFactory(), by=made.author)
    assert article.state == State.WITHDRAWN
    with pytest.raises(AlreadyHandled, match="已撤下"):
        services.withdraw_article(article, by=made.author)
    with pytest.raises(AlreadyHandled):
        edit(article, made.author)


def test_the_commission_takes_down_a_published_experience_and_says_why() -> None:
    article, reviewer = ExperienceFactory(state=State.PUBLISHED), person(Role.COMMISSION)
    with pytest.raises(ArticleRefused, match="原因"):
        services.withdraw_article(article, by=reviewer)
    article = services.withdraw_article(article, by=reviewer, reason="写出了别的孩子。")
    assert article.return_reason == "写出了别的孩子。"


def test_the_commission_does_not_take_down_what_a_school_says() -> None:
    with pytest.raises(NotAllowed):
        services.withdraw_article(ArticleFactory(), by=person(Role.COMMISSION), reason="不合适")


@pytest.mark.parametrize("role", Role.values)
def test_a_stranger_withdraws_nothing(role: str) -> None:
    with pytest.raises(NotAllowed):
        services.withdraw_article(ArticleFactory(), by=person(role))


def test_a_parent_stays_behind_the_byline_in_the_timeline() -> None:
    parent = person(Role.PARENT, name="许建国")
    article = hand_in(parent)
    edit(article, parent)
    services.withdraw_article(article, by=parent)
    assert {e.actor_label for e in timeline.entries_of(article)} == {"二年级家长"}


def test_an_article_published_later_today_is_not_out_yet() -> None:
    with at(now() + timedelta(hours=1)):
        publish(person(Role.SCHOOL_ADMIN), Kind.SCHOOL_NEWS)
    assert not Article.objects.published().exists()
