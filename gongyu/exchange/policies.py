"""Who may do what between schools and units."""

from rules.predicates import Predicate

from gongyu.accounts.models import Role, User
from gongyu.accounts.policies import (
    is_commission,
    is_community,
    is_department,
    is_parent,
    is_school_admin,
    is_school_staff,
    is_teacher,
    is_town_office,
    is_unit,
)
from gongyu.accounts.queries import ASKING, SPEAKING, organization_ids, roles_of, towns_of
from gongyu.families.models import Teaching
from gongyu.places.models import Division, Organization

from .models import Need, Order, UnitAdmission, Visit

# A community asks for its children as a school does; a town's office looks after the pool instead.
_asks: Predicate = is_school_staff | (is_community & ~is_town_office)

# Views declare these.
can_file_need: Predicate = _asks
can_answer_orders: Predicate = is_unit
can_run_matching: Predicate = is_commission | is_town_office
can_read_needs: Predicate = _asks | can_run_matching
can_read_a_need: Predicate = _asks | is_unit | can_run_matching
can_read_orders: Predicate = _asks | is_unit | can_run_matching
can_answer_proposals: Predicate = _asks
can_end_orders: Predicate = _asks | is_unit
can_confer: Predicate = can_run_matching
can_keep_entries: Predicate = is_unit
can_take_part: Predicate = _asks | is_unit
can_call_roll: Predicate = is_teacher
can_look_back: Predicate = is_parent | can_take_part
can_see_visit_photos: Predicate = can_look_back
has_calendar: Predicate = _asks | is_unit
can_take_census: Predicate = is_commission
can_merge_resources: Predicate = can_keep_entries | can_take_census
can_see_terms: Predicate = _asks | is_commission | is_unit
can_keep_own_liaisons: Predicate = is_school_admin | is_unit
can_keep_problems: Predicate = is_commission
can_keep_whitelist: Predicate = is_commission
can_push: Predicate = is_department | is_community | is_unit
can_cancel_push: Predicate = can_push | is_school_admin
can_see_whitelist: Predicate = can_keep_whitelist | can_cancel_push


# Services ask these, of the object at hand.
def speaks_for_school(user: User, need: Need) -> bool:
    """Administrators and a community's staff speak for all its needs, teachers for their own."""
    if need.school_id in organization_ids(user, *SPEAKING):
        return True
    return need.filed_by_id == user.pk and need.school_id in organization_ids(user, Role.TEACHER)


def speaks_for_unit(user: User, order: Order) -> bool:
    return order.session.resource.unit_id in organization_ids(user, Role.UNIT)


def teaches_class(user: User, order: Order) -> bool:
    """Whether somebody teaches the very class that goes; no other class has a list to call."""
    return (
        order.school_class_id is not None
        and Teaching.objects.of(user).filter(school_class=order.school_class_id).exists()
    )


def goes_along(user: User, order: Order) -> bool:
    """The school's side on the day: who speaks for it, or teaches the class that goes."""
    return speaks_for_school(user, order.need) or teaches_class(user, order)


def counts_arrivals(user: User, visit: Visit) -> bool:
    """Who may put the number that came right: the two sides, and who pressed by the door's code."""
    order = visit.order
    if goes_along(user, order) or speaks_for_unit(user, order):
        return True
    at_school = order.need.school_id in organization_ids(user, *ASKING)
    return at_school and visit.arrived_by_id == user.pk


def may_ring(user: User, order: Order) -> bool:
    """Whether somebody sees the telephones: once both have agreed, those who make the visit.

    That is who speaks for the school's need or teaches the class, and the unit's people; not their
    colleagues, not the district, not a town. On the day of a 没来 they still may, to clear it up.
    """
    if order.state not in Order.HOLDING and not order.may_take_absence_back:
        return False
    return speaks_for_unit(user, order) or goes_along(user, order)


def dispatches(user: User) -> bool:
    return Role.COMMISSION in roles_of(user)


def keeps_liaisons(user: User, organization: Organization) -> bool:
    """A school's administrator and a unit's staff for their own, the commission for any."""
    own = organization_ids(user, Role.SCHOOL_ADMIN, Role.UNIT)
    return dispatches(user) or organization.pk in own


def oversees(user: User, town: Division | None) -> bool:
    """The district (``town`` is None) is the commission's; a town is also its own office's."""
    if dispatches(user):
        return True
    return town is not None and town.pk in {own.pk for own in towns_of(user)}


def settles(user: User, need: Need) -> bool:
    """Who holds conferences and calls back: the commission, and the office of the school's town."""
    return dispatches(user) or (bool(towns_of(user)) and oversees(user, need.school.town))


def may_receive_orders(unit: Organization) -> bool:
    """A unit that the district has suspended or delisted gets no new orders."""
    stopped = UnitAdmission.objects.filter(unit=unit, state__in=UnitAdmission.STOPPED)
    return not stopped.exists()
