"""Whom to ring is personal data: each showing of it is written down."""

from __future__ import annotations

from collections.abc import Iterable

from gongyu.accounts.models import User
from gongyu.core.calendar import now
from gongyu.exchange.models import ContactRead, Order
from gongyu.places.models import Organization


def record_contact_reads(orders: Iterable[Order], side: str, *, by: User) -> list[ContactRead]:
    """Write down that somebody was shown the telephones of these orders; one statement.

    Called in the request that shows them, before it answers.
    """
    at = now()
    return ContactRead.objects.bulk_create(
        ContactRead(order=order, side=side, reader=by, reader_name=by.name, at=at)
        for order in orders
    )


def record_liaison_read(organization: Organization, *, by: User) -> ContactRead:
    """The same for the named people of a school or unit, shown on a page of it."""
    return ContactRead.objects.create(
        organization=organization, reader=by, reader_name=by.name, at=now()
    )
