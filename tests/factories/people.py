"""Users, and what they may do where."""

from __future__ import annotations

from typing import Any

import factory
from factory.django import DjangoModelFactory

from gongyu.accounts.models import Membership, Role, User
from gongyu.accounts.queries import forget_memberships
from gongyu.core.calendar import today
from gongyu.places.models import Division, Organization

from .places import (
    CommissionFactory,
    CommunityFactory,
    DepartmentFactory,
    OrganizationFactory,
    SchoolFactory,
    StreetOfficeFactory,
    UnitFactory,
)


class UserFactory(DjangoModelFactory):
    """Somebody without any role; see ``person``."""

    class Meta:
        model = User

    username = factory.Sequence(lambda n: f"person-{n}")
    name = factory.Sequence(lambda n: f"某人{n}")
    password = "!"  # cannot sign in by password; tests use the ``sign_in`` fixture


class MembershipFactory(DjangoModelFactory):
    class Meta:
        model = Membership

    user = factory.SubFactory(UserFactory)
    role = Role.TEACHER
    organization = factory.SubFactory(SchoolFactory)
    starts = factory.LazyFunction(today)


_HOME_OF: dict[str, type[OrganizationFactory]] = {
    Role.TEACHER: SchoolFactory,
    Role.SCHOOL_ADMIN: SchoolFactory,
    Role.COMMISSION: CommissionFactory,
    Role.DEPARTMENT: DepartmentFactory,
    Role.COMMUNITY: CommunityFactory,
    Role.UNIT: UnitFactory,
}


def person(role: str, organization: Organization | None = None, **about: Any) -> User:
    """Somebody with one role: in the given organisation, else in a new one (a parent in none)."""
    title = about.pop("title", "")
    user: User = UserFactory(**about)
    if organization is None and role != Role.PARENT:
        organization = _HOME_OF[role]()
    MembershipFactory(user=user, role=role, organization=organization, title=title)
    forget_memberships(user)
    return user


def town_clerk(town: Division | None = None) -> User:
    """Somebody in the office of a town: of the given one, else of a new one."""
    about = {} if town is None else {"division": town}
    return person(Role.COMMUNITY, StreetOfficeFactory(**about))
