"""What the census says: of one unit to itself, and of the district to the commission."""

from __future__ import annotations

from dataclasses import dataclass

from gongyu.exchange.models import Resource, UnitAdmission
from gongyu.places.models import Organization


@dataclass(frozen=True, slots=True)
class Standing:
    """What the district wants of a unit: to confirm, to fill in, to be admitted."""

    unconfirmed: int
    bare: int
    admission: UnitAdmission | None

    @property
    def asks_confirmation(self) -> bool:
        return self.unconfirmed > 0


def standing_of(unit: Organization, resources: list[Resource]) -> Standing:
    """From the unit's resources as ``offers_of`` reads them; one query."""
    entries = [getattr(resource, "entry", None) for resource in resources]
    return Standing(
        unconfirmed=sum(1 for e in entries if e is None or not e.is_confirmed),
        bare=sum(1 for e in entries if e is None),
        admission=UnitAdmission.objects.filter(unit=unit).first(),
    )
