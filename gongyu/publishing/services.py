"""Changes to what is published: publish, submit, edit, return, approve, withdraw."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import TypedDict, Unpack

from django.db import transaction
from django.utils.translation import gettext as _

from gongyu.accounts.models import User
from gongyu.core import timeline
from gongyu.core.calendar import now
from gongyu.core.errors import NotAllowed
from gongyu.places.models import Organization

from . import body as text
from .errors import AlreadyHandled, ArticleRefused, ChangedMeanwhile
from .models import Article, Policy
from .policies import CHANNEL_OF_KIND, can_change, can_judge, can_publish_as, can_take_down

State = Article.State


class Details(TypedDict, total=False):
    """What only some kinds have: a plan its grades, an explainer its policy, an activity when,
    where and for whom."""

    policy: Policy | None
    first_grade: int | None
    last_grade: int | None
    starts_at: datetime | None
    ends_at: datetime | None
    place: str
    audience: str


@transaction.atomic
def publish_article(
    *,
    by: User,
    organization: Organization,
    kind: str,
    title: str,
    body: str,
    huozi: str = "",
    **details: Unpack[Details],
) -> Article:
    """Publish in the name of an organisation, at once.

    ``body`` is plain text (see ``body.to_html``). Raises NotAllowed when the person may not publish
    this kind there, ArticleRefused when the text or the times cannot stand.
    """
    if not can_publish_as(by, organization, kind) or kind == Article.Kind.EXPERIENCE:
        raise NotAllowed(_("您现在的身份不能发这一类。换个工作台，也许就能发。"))
    moment = now()
    _check_details(kind, details, not_before=moment)
    article = Article.objects.create(
        **_texts(title, body, huozi),
        **details,
        kind=kind,
        channel=CHANNEL_OF_KIND[kind],
        organization=organization,
        author=by,
        byline=str(organization)[:60],
        state=State.PUBLISHED,
        created_at=moment,
        published_at=moment,
    )
    timeline.record(article, "article.publish", _("发布了"), by=by)
    return article


@transaction.atomic
def submit_experience(*, by: User, title: str, body: str, byline: str, huozi: str = "") -> Article:
    """Hand in a parent's experience; it shows once the commission has read it.

    ``byline`` is how the parent wants to be called in public, e.g. 三年级家长: never the name of a
    child. Raises NotAllowed, ArticleRefused.
    """
    if not can_publish_as(by, None, Article.Kind.EXPERIENCE):
        raise NotAllowed(_("写家长经验要用家长的身份。换个工作台，就能写。"))
    article = Article.objects.create(
        **_texts(title, body, huozi),
        kind=Article.Kind.EXPERIENCE,
        channel=Article.Channel.FAMILY,
        author=by,
        byline=byline,
        state=State.IN_REVIEW,
        created_at=now(),
    )
    timeline.record(article, "article.submit", _("交来审核"), by=by, as_=byline)
    return article


@transaction.atomic
def edit_article(
    article: Article,
    *,
    by: User,
    title: str,
    body: str,
    huozi: str = "",
    byline: str | None = None,
    seen: str | None = None,
    **details: Unpack[Details],
) -> Article:
    """Change the text. An organisation's article stays published; an experience, whether it was
    returned or already published, waits for review again.

    ``seen`` is the ``fingerprint`` of the text that the author had before the eyes. Raises
    NotAllowed, AlreadyHandled when it was withdrawn, ChangedMeanwhile, ArticleRefused.
    """
    article = _locked(article)
    if not can_change.test(by, article):
        raise NotAllowed(_("这篇只有作者和本单位的管理员能改。"))
    if article.state == State.WITHDRAWN:
        raise AlreadyHandled(article.get_state_display())
    _check_seen(article, seen)
    moved = details.get("starts_at") != article.starts_at
    _check_details(article.kind, details, not_before=now() if moved else None)
    fields = {**_texts(title, body, huozi), **details}
    if byline is not None:
        fields["byline"] = byline
    for name, value in fields.items():
        setattr(article, name, value)
    sentence = _("改了内容")
    if article.kind == Article.Kind.EXPERIENCE and article.state != State.IN_REVIEW:
        article.state = State.IN_REVIEW
        article.return_reason = ""
        sentence = _("改好了，再次交来审核")
    article.save()
    timeline.record(article, "article.edit", sentence, by=by, as_=_shown_actor(article, by))
    return article


@transaction.atomic
def approve_article(article: Article, *, by: User, seen: str | None = None) -> Article:
    """Publish an experience that was reviewed. Raises NotAllowed, AlreadyHandled,
    ChangedMeanwhile when the author has rewritten it since the reviewer read it."""
    article = _judged(article, by=by, to=State.PUBLISHED)
    _check_seen(article, seen)
    article.state, article.return_reason = State.PUBLISHED, ""
    article.published_at = now()
    article.save(update_fields=["state", "return_reason", "published_at"])
    timeline.record(article, "article.approve", _("审核通过，已发布"), by=by, as_=_("区教委"))
    return article


@transaction.atomic
def return_article(article: Article, *, by: User, reason: str) -> Article:
    """Give an experience back to its author with the reason that the author reads.

    Raises NotAllowed, AlreadyHandled, ArticleRefused without a reason.
    """
    article = _judged(article, by=by, to=State.RETURNED)
    reason = reason.strip()
    if not reason:
        raise ArticleRefused(_("请写一句退回的原因，作者要照着改。"), field="reason")
    article.state, article.return_reason = State.RETURNED, reason
    article.save(update_fields=["state", "return_reason"])
    sentence = _("退回修改：%s") % reason
    timeline.record(article, "article.return", sentence, by=by, as_=_("区教委"))
    return article


@transaction.atomic
def withdraw_article(article: Article, *, by: User, reason: str = "") -> Article:
    """Take an article off its channel, for good.

    The commission may take down a parent's published experience, and then says why. Raises
    NotAllowed, AlreadyHandled, ArticleRefused.
    """
    article = _locked(article)
    _check_move(article, State.WITHDRAWN)
    if not can_take_down.test(by, article):
        raise NotAllowed(_("这篇只有作者和本单位的管理员能撤下。"))
    reason = reason.strip()
    is_own = can_change.test(by, article)
    if not is_own and not reason:
        raise ArticleRefused(_("请写一句撤下的原因，作者会看到。"), field="reason")
    article.state, article.return_reason = State.WITHDRAWN, reason
    article.save(update_fields=["state", "return_reason"])
    sentence = _("撤下：%s") % reason if reason else _("撤下了")
    as_ = _shown_actor(article, by) if is_own else _("区教委")
    timeline.record(article, "article.withdraw", sentence, by=by, as_=as_)
    return article


def fingerprint(article: Article) -> str:
    """A short digest of what a reader saw, carried by forms so that a stale page is noticed."""
    seen = "\0".join([article.title, article.body, article.byline, article.place])
    return hashlib.sha256(f"{seen}\0{article.starts_at}".encode()).hexdigest()[:16]


def _texts(title: str, body: str, huozi: str) -> dict[str, object]:
    title = " ".join(title.split())
    html = text.to_html(body)
    if not title:
        raise ArticleRefused(_("请写一个标题。"), field="title")
    if not html:
        raise ArticleRefused(_("正文还是空的。"), field="body")
    if huozi and not text.is_han(huozi):
        raise ArticleRefused(_("活字是一个汉字，请只写一个。"), field="huozi")
    return {
        "title": title,
        "body": html,
        "summary": text.opening_of(html),
        "huozi": huozi or text.huozi_of(title),
    }


def _check_details(kind: str, details: Details, *, not_before: datetime | None) -> None:
    first, last = details.get("first_grade"), details.get("last_grade")
    if first is not None and last is not None and last < first:
        raise ArticleRefused(_("最高年级比最低年级还低，请换一下。"), field="last_grade")
    if kind != Article.Kind.ACTIVITY:
        return
    starts, ends = details.get("starts_at"), details.get("ends_at")
    if starts is None:
        raise ArticleRefused(_("请写活动哪天、几点开始。"), field="starts_at")
    if ends is not None and ends <= starts:
        raise ArticleRefused(_("结束时间要在开始之后。"), field="ends_at")
    if not_before is not None and starts < not_before:
        raise ArticleRefused(_("这个时间已经过去了，请选今天以后的。"), field="starts_at")


def _shown_actor(article: Article, by: User) -> str:
    """A parent stays behind the by-line; staff are shown by name."""
    return article.byline if article.organization_id is None else by.name


def _locked(article: Article) -> Article:
    return Article.objects.select_for_update().get(pk=article.pk)


def _check_move(article: Article, to: Article.State) -> None:
    if to not in Article.MOVES[State(article.state)]:
        raise AlreadyHandled(article.get_state_display())


def _check_seen(article: Article, seen: str | None) -> None:
    if seen is not None and seen != fingerprint(article):
        raise ChangedMeanwhile


def _judged(article: Article, *, by: User, to: Article.State) -> Article:
    article = _locked(article)
    if not can_judge.test(by, article):
        raise NotAllowed(_("自己写的请同事来审。其余的由区教委审核。"))
    if article.state != State.IN_REVIEW:
        raise AlreadyHandled(article.get_state_display())
    _check_move(article, to)
    return article
