"""Changes to people and their memberships."""

from datetime import date

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils.translation import gettext as _

from gongyu.core import timeline
from gongyu.core.calendar import today
from gongyu.places.models import Organization

from .models import Membership, Role, User
from .queries import forget_memberships


@transaction.atomic
def open_account(
    name: str, *, username: str, phone: str | None = None, password: str | None = None
) -> User:
    """Open an account; without a password it can only be entered by the demo's one click."""
    return User.objects.create(
        name=name, username=username, phone=phone, password=make_password(password)
    )


@transaction.atomic
def add_membership(
    user: User,
    role: Role,
    organization: Organization | None = None,
    *,
    title: str = "",
    starts: date | None = None,
    by: User | None = None,
) -> Membership:
    """Give a person a role in an organisation (a parent: in none); asked again, the same one."""
    membership, made = Membership.objects.get_or_create(
        user=user,
        role=role,
        organization=organization,
        defaults={"title": title, "starts": starts or today()},
    )
    if made:
        timeline.record(membership, "membership.add", _("开始任职"), by=by)
        forget_memberships(user)
    return membership
