"""The units on their way into the library, and those that need a look."""

from __future__ import annotations

from django.db.models import Count, Q, QuerySet

from gongyu.core.calendar import today
from gongyu.exchange.models import Session, UnitAdmission


def admissions(state: str = "") -> QuerySet[UnitAdmission]:
    """Units by what they wait for: applications first, then reviews that are due; one query."""
    found = UnitAdmission.objects.select_related("unit__division__parent")
    if state == "due":
        found = found.filter(state=UnitAdmission.State.ADMITTED, review_on__lte=today())
    elif state in UnitAdmission.State.values:
        found = found.filter(state=state)
    return found.order_by("state", "review_on", "unit__name", "pk")


def admission_counts() -> dict[str, int]:
    """How many units are in each state, and how many reviews are due; one query."""
    counts = {state: Count("pk", filter=Q(state=state)) for state in UnitAdmission.State.values}
    due = Q(state=UnitAdmission.State.ADMITTED, review_on__lte=today())
    return UnitAdmission.objects.aggregate(**counts, due=Count("pk", filter=due))


def sessions_ahead(admission: UnitAdmission) -> int:
    return (
        Session.objects.filter(
            resource__unit=admission.unit_id, state=Session.State.OPEN, date__gt=today()
        )
        .order_by()
        .count()
    )
