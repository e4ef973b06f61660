"""A calendar feed as iCalendar text (RFC 5545): arranged visits, no child's name."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext as _
from icalendar import Calendar, Event, vDuration

from gongyu.accounts.models import Role, User
from gongyu.accounts.queries import SPEAKING, memberships_of
from gongyu.core.calendar import midnight, today
from gongyu.exchange.models import CalendarFeed, Order, PushPlan
from gongyu.places.models import Organization

from .calendar_school import needs_in_calendar, push_words, pushes_into

PAST = timedelta(days=60)
REFRESH = timedelta(hours=4)


def feed_of(user: User, organization: Organization) -> CalendarFeed | None:
    """The person's subscription of this organisation, if there is one; one query."""
    return CalendarFeed.objects.visible_to(user).filter(organization=organization).first()


def calendar_for(token: str) -> bytes | None:
    """The calendar behind an address; None when no address is so, or the person left.

    It holds what the person's calendar on our pages holds, once it is arranged; 4 queries.
    """
    feed = CalendarFeed.objects.select_related("user", "organization").filter(token=token).first()
    if feed is None or not feed.user.is_active:
        return None
    roles = {m.role for m in memberships_of(feed.user) if m.organization_id == feed.organization_id}
    if not roles:
        return None
    calendar = Calendar()
    calendar.add("prodid", "-//Gongyu//ZH")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", _("%(who)s的约定") % {"who": feed.organization})
    calendar.add("refresh-interval", vDuration(REFRESH), {"VALUE": "DURATION"})
    teacher = None if roles & {*SPEAKING, Role.UNIT} else feed.user
    for order in _orders(feed.organization, teacher):
        calendar.add_component(_event(order, feed.organization))
    if Role.SCHOOL_ADMIN in roles:
        for push in pushes_into(feed.organization, today() - PAST):
            calendar.add_component(_push(push))
    return bytes(calendar.to_ical())


def _orders(organization: Organization, teacher: User | None) -> list[Order]:
    needs = needs_in_calendar(organization, teacher)
    sides = Q(need__in=needs) | Q(session__resource__unit=organization)
    return list(
        Order.objects.filter(sides, state__in=Order.HOLDING, date__gte=today() - PAST)
        .with_parties()
        .order_by("date", "half_day", "pk")
    )


def _event(order: Order, organization: Organization) -> Event:
    resource, school = order.session.resource, order.need.school
    starts = datetime.combine(order.date, order.session.starts, tzinfo=ZoneInfo(settings.TIME_ZONE))
    other = resource.unit if school.pk == organization.pk else school
    event = Event()
    event.add("uid", f"order-{order.pk}@gongyu")
    event.add("dtstamp", order.answered_at or order.placed_at)
    event.add("dtstart", starts)
    event.add("dtend", starts + timedelta(minutes=resource.minutes))
    event.add("summary", f"{other}：{resource.title}")
    who = _("%(who)s，%(heads)d 人") % {"who": order.need.who_label, "heads": order.heads_came}
    event.add("description", who)
    place = school if resource.form == "host" else resource.unit
    if resource.form != "online":
        event.add("location", place.address or str(place))
    return event


def _push(push: PushPlan) -> Event:
    """A matter of the white list comes into the school: a day without an hour."""
    event = Event()
    event.add("uid", f"push-{push.pk}@gongyu")
    event.add("dtstamp", midnight(push.planned_on))
    event.add("dtstart", push.date)
    event.add("dtend", push.date + timedelta(days=1))
    event.add("summary", push_words(push))
    return event
