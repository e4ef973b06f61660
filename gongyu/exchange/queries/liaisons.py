"""Who is the one to talk to: for the public a title, for partners a name and a telephone."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, Exists, OuterRef, Q

from gongyu.accounts.models import Role, User
from gongyu.accounts.queries import ASKING, organization_ids, roles_of, towns_of
from gongyu.core.calendar import school_year_began
from gongyu.exchange.models import ContactRead, Liaison, Order, Resource
from gongyu.exchange.models.liaisons import LiaisonQuerySet
from gongyu.families.models import SchoolClass
from gongyu.places.models import Division, Organization, OrganizationQuerySet

SCHOOL_ROLES = ASKING


@dataclass(frozen=True, slots=True)
class Posts:
    """The people of a school or unit in the degree in which the reader may see them."""

    current: list[Liaison]
    names: bool
    phones: bool


def posts_of(organization: Organization, user: User | AnonymousUser) -> Posts:
    """At most two queries. Without an account: titles and which body lent them, nothing else."""
    current = list(
        Liaison.objects.filter(organization=organization)
        .current()
        .select_related("from_body")
        .annotate(done=Count("deeds", filter=Q(deeds__date__gte=school_year_began())))
        .order_by("kind", "pk")
    )
    if not isinstance(user, User):
        return Posts(current, names=False, phones=False)
    works = bool(roles_of(user) - {Role.PARENT})
    return Posts(current, names=works, phones=works and works_together(user, organization))


def works_together(user: User, organization: Organization) -> bool:
    """Whether the two have agreed on a visit this school year.

    The commission works with all, a town's office with those of its town: it confers, calls back.
    """
    if Role.COMMISSION in roles_of(user):
        return True
    towns = towns_of(user)
    if towns and organization.town in towns:
        return True
    schools = organization_ids(user, *SCHOOL_ROLES)
    units = organization_ids(user, Role.UNIT)
    if organization.pk in {*schools, *units}:
        return True
    together = Q(need__school__in=schools, session__resource__unit=organization) | Q(
        need__school=organization, session__resource__unit__in=units
    )
    return Order.objects.held().filter(together, date__gte=school_year_began()).exists()


def history_of(organization: Organization) -> LiaisonQuerySet:
    """Everybody who held or holds a post, with what the vice-principals did; two queries."""
    return (
        Liaison.objects.filter(organization=organization)
        .select_related("from_body")
        .prefetch_related("deeds")
        .order_by("kind", "-starts", "-pk")
    )


MOST_READS = 8


def phone_reads_of(organization: Organization) -> list[ContactRead]:
    """Who was shown the telephones on a page of it, each with the last time; 1 query."""
    last: dict[tuple[int | None, str], ContactRead] = {}
    for read in ContactRead.objects.filter(organization=organization)[:200]:
        last.setdefault((read.reader_id, read.reader_name), read)
    return list(last.values())[:MOST_READS]


def without_liaison(town: Division | None = None) -> OrganizationQuerySet:
    """Schools that use the platform and units that offer something, with nobody named today."""
    named = Liaison.objects.filter(organization=OuterRef("pk"), kind=Liaison.Kind.LIAISON)
    classes = SchoolClass.objects.filter(school=OuterRef("pk"))
    using = Q(Exists(classes), kind=Organization.Kind.SCHOOL) | Q(
        Exists(Resource.objects.filter(unit=OuterRef("pk")))
    )
    found = Organization.objects.filter(using).exclude(Exists(named.current()))
    if town is not None:
        found = found.filter(Q(division=town) | Q(division__parent=town))
    return found.order_by("kind", "name")


def vice_principals(town: Division | None = None) -> LiaisonQuerySet:
    """Those in post, by school; with the number of deeds of this school year; one query."""
    found = Liaison.objects.current().filter(kind__in=Liaison.VICE_PRINCIPALS)
    if town is not None:
        found = found.filter(
            Q(organization__division=town) | Q(organization__division__parent=town)
        )
    counted = Count("deeds", filter=Q(deeds__date__gte=school_year_began()))
    return (
        found.select_related("organization", "from_body")
        .annotate(done=counted)
        .order_by("organization__name", "kind", "pk")
    )
