"""Reads about people: one query for the memberships of a request, kept with the user."""

from __future__ import annotations

from gongyu.places.models import Division, Organization

from .models import Membership, Role, User

_KEPT = "_current_memberships"

# Who asks for children: the staff of a school and of a community; teachers for their own only.
ASKING = (Role.TEACHER, Role.SCHOOL_ADMIN, Role.COMMUNITY)
SPEAKING = (Role.SCHOOL_ADMIN, Role.COMMUNITY)


def memberships_of(user: User) -> list[Membership]:
    """Current memberships with their organisations; one query, kept on the user object."""
    kept: list[Membership] | None = getattr(user, _KEPT, None)
    if kept is None:
        kept = list(
            user.memberships.current().select_related("organization__division__parent")
            if user.is_authenticated
            else []
        )
        setattr(user, _KEPT, kept)
    return kept


def roles_of(user: User) -> frozenset[str]:
    """The roles a person holds today, in whatever organisation."""
    return frozenset(m.role for m in memberships_of(user))


def organization_ids(user: User, *roles: str) -> list[int]:
    """Organisations in which the person holds one of ``roles`` today."""
    return [
        m.organization_id for m in memberships_of(user) if m.organization_id and m.role in roles
    ]


def town_of(membership: Membership | None) -> Division | None:
    """The town for whose office the membership stands (街道办事处, 镇政府); None for any other."""
    if not membership or membership.role != Role.COMMUNITY:  # a lazy one is never None itself
        return None
    office = membership.organization
    if office is None or office.kind != Organization.Kind.STREET_OFFICE:
        return None
    division = office.division
    if division is None or division.level != Division.Level.TOWNSHIP:
        return None
    return division


def towns_of(user: User) -> list[Division]:
    """The towns in whose office a person works today; no further query."""
    return [town for m in memberships_of(user) if (town := town_of(m)) is not None]


def people_with(organization: Organization, *roles: str) -> list[User]:
    """Active people who hold one of ``roles`` in the organisation today; one query."""
    held = Membership.objects.current().filter(organization=organization, role__in=roles)
    return list(User.objects.filter(pk__in=held.values("user"), is_active=True).order_by("pk"))


def people_of_town(town: Division) -> list[User]:
    """Active people who work today in the office of a town (``town_of``); one query."""
    held = Membership.objects.current().filter(
        role=Role.COMMUNITY,
        organization__kind=Organization.Kind.STREET_OFFICE,
        organization__division=town,
    )
    return list(User.objects.filter(pk__in=held.values("user"), is_active=True).order_by("pk"))


def forget_memberships(user: User) -> None:
    """Read them again next time (after a membership was added)."""
    if hasattr(user, _KEPT):
        delattr(user, _KEPT)
