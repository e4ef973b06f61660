"""Words about organisations for templates."""

from django import template

from gongyu.core import grades
from gongyu.places import kinds
from gongyu.places.models import Organization

register = template.Library()


@register.filter
def kind_label(organization: Organization) -> str:
    return kinds.kind_label(organization)


@register.filter
def grades_label(organization: Organization) -> str:
    """The grades of a school as people say them; empty where they are not known."""
    if organization.first_grade is None or organization.last_grade is None:
        return ""
    return grades.say_range(organization.first_grade, organization.last_grade)
