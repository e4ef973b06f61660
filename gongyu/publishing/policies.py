"""Who may write what, change what and review what, by name."""

from typing import Any

from rules.predicates import Predicate

from gongyu.accounts.models import Role
from gongyu.accounts.policies import is_commission
from gongyu.accounts.queries import memberships_of, organization_ids, roles_of
from gongyu.places.models import Organization

from .models import Article

Kind = Article.Kind

KINDS_OF_ROLE: dict[str, tuple[Kind, ...]] = {
    Role.PARENT: (Kind.EXPERIENCE,),
    Role.TEACHER: (Kind.TEACHING_PLAN, Kind.SCHOOL_NEWS),
    Role.SCHOOL_ADMIN: (Kind.SCHOOL_NEWS, Kind.TEACHING_PLAN),
    Role.COMMISSION: (Kind.POLICY_EXPLAINER,),
    Role.DEPARTMENT: (Kind.POLICY_EXPLAINER,),
    Role.COMMUNITY: (Kind.ACTIVITY,),
    Role.UNIT: (Kind.ACTIVITY,),
}
CHANNEL_OF_KIND: dict[str, Article.Channel] = {
    Kind.TEACHING_PLAN: Article.Channel.SCHOOL,
    Kind.SCHOOL_NEWS: Article.Channel.SCHOOL,
    Kind.POLICY_EXPLAINER: Article.Channel.POLICY,
    Kind.EXPERIENCE: Article.Channel.FAMILY,
    Kind.ACTIVITY: Article.Channel.COMMUNITY,
}
# Who looks after what an organisation has published; a teacher looks after the own articles.
EDITORS = (Role.SCHOOL_ADMIN, Role.COMMISSION, Role.DEPARTMENT, Role.COMMUNITY, Role.UNIT)


def _writes(user: Any) -> bool:
    return bool(user.is_authenticated) and any(KINDS_OF_ROLE.get(r) for r in roles_of(user))


can_write = Predicate(_writes, name="can_write")
can_review = is_commission


def can_publish_as(user: Any, organization: Organization | None, kind: str) -> bool:
    """Whether one of the person's memberships in ``organization`` publishes this kind."""
    organization_id = organization.pk if organization else None
    return any(
        m.organization_id == organization_id and kind in KINDS_OF_ROLE.get(m.role, ())
        for m in memberships_of(user)
    )


def _changes(user: Any, article: Article) -> bool:
    """The author while still a member there, and the organisation's editors."""
    if article.organization_id is None:
        return bool(article.author_id == user.pk)
    if article.organization_id in organization_ids(user, *EDITORS):
        return True
    still_there = article.organization_id in {m.organization_id for m in memberships_of(user)}
    return still_there and bool(article.author_id == user.pk)


def _takes_down(user: Any, article: Article) -> bool:
    """Who may change it; and the commission for a parent's published experience."""
    moderates = (
        article.kind == Kind.EXPERIENCE
        and article.state == Article.State.PUBLISHED
        and can_review.test(user)
    )
    return moderates or _changes(user, article)


def _judges(user: Any, article: Article) -> bool:
    """The commission, but nobody the own experience."""
    return bool(can_review.test(user)) and article.author_id != user.pk


can_change = Predicate(_changes, name="can_change")
can_take_down = Predicate(_takes_down, name="can_take_down")
can_judge = Predicate(_judges, name="can_judge")
