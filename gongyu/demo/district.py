"""What the builders of the demo district pass from hand to hand."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random

from django.utils import timezone

from gongyu.accounts.models import Role, User
from gongyu.accounts.services import add_membership, open_account
from gongyu.families.models import SchoolClass
from gongyu.places.models import Organization

from . import names

PREFIX = "demo-"
_FIRST_TELEPHONE = 1000  # of people; those below are the liaisons'


@dataclass
class District:
    """The district under construction: its day, its dice, and who is there so far.

    ``people`` maps user names to accounts; ``classes`` and ``schools`` are those of the demo;
    ``rosters`` are the classes with a full list of pupils.
    """

    day: date
    rng: Random
    people: dict[str, User] = field(default_factory=dict)
    schools: list[Organization] = field(default_factory=list)
    classes: list[SchoolClass] = field(default_factory=list)
    rosters: list[SchoolClass] = field(default_factory=list)
    units: list[Organization] = field(default_factory=list)
    _staff: dict[tuple[int, str], User] = field(default_factory=dict)

    def at(self, days: int, hour: int = 9, minute: int = 0) -> datetime:
        """A moment ``days`` after (before, if negative) the day of the build, Beijing time."""
        moment = datetime.combine(self.day + timedelta(days=days), time(hour, minute))
        return timezone.make_aware(moment)

    def person(self, username: str, *, name: str = "", rings: bool = False) -> User:
        """The account ``demo-<username>``, opened when first asked for, with a made-up name.

        ``rings``: with a made-up telephone, as others may have to reach the person.
        """
        username = PREFIX + username
        if username not in self.people:
            made_up = name or names.adult(self.rng, woman=self.rng.random() < 0.6)
            phone = names.telephone(_FIRST_TELEPHONE + len(self.people)) if rings else None
            self.people[username] = open_account(made_up, username=username, phone=phone)
        return self.people[username]

    def staff(self, organization: Organization, role: Role, title: str = "") -> User:
        """A made-up member of staff of the organisation, the same one whenever asked."""
        key = (organization.pk, role)
        if key not in self._staff:
            person = self.person(f"{role.value.replace('_', '-')}-{organization.pk}")
            self.appoint(person, role, organization, title=title)
        return self._staff[key]

    def appoint(
        self, person: User, role: Role, organization: Organization, *, title: str = ""
    ) -> User:
        """Give a person a role; the first with that role there is who ``staff`` returns."""
        since = self.day - timedelta(days=400)
        add_membership(person, role, organization, title=title, starts=since)
        self._staff.setdefault((organization.pk, role), person)
        return person
