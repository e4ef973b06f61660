"""What a person is. Rooms build their own rules on these."""

from typing import Any

from rules.predicates import Predicate

from .models import Role
from .queries import roles_of, towns_of


def _holds(*roles: Role) -> Predicate:
    wanted = frozenset(roles)

    def test(user: Any) -> bool:
        return bool(user.is_authenticated) and not wanted.isdisjoint(roles_of(user))

    return Predicate(test, name="_or_".join(sorted(wanted)))


is_parent = _holds(Role.PARENT)
is_teacher = _holds(Role.TEACHER)
is_school_admin = _holds(Role.SCHOOL_ADMIN)
is_school_staff = _holds(Role.TEACHER, Role.SCHOOL_ADMIN)
is_commission = _holds(Role.COMMISSION)
is_department = _holds(Role.DEPARTMENT)
is_community = _holds(Role.COMMUNITY)
is_unit = _holds(Role.UNIT)


def _in_town_office(user: Any) -> bool:
    return bool(user.is_authenticated) and bool(towns_of(user))


# A community's member of staff writes and organises; a town's also runs the pool of its schools.
is_town_office = Predicate(_in_town_office, name="town_office")
