"""Opening and renewing a calendar's private address."""

import secrets

from django.db import transaction
from django.utils.translation import gettext as _

from gongyu.accounts.models import User
from gongyu.accounts.queries import memberships_of
from gongyu.core import timeline
from gongyu.core.calendar import now
from gongyu.exchange.errors import NotAllowed
from gongyu.exchange.models import CalendarFeed
from gongyu.places.models import Organization

TOKEN_BYTES = 32


@transaction.atomic
def renew_feed(organization: Organization, *, by: User) -> CalendarFeed:
    """Give the person's calendar of an organisation a new address; the old one answers no more."""
    if organization.pk not in {m.organization_id for m in memberships_of(by)}:
        raise NotAllowed(_("您不在这个单位任职，不能订阅它的日历。"))
    feed, made_now = CalendarFeed.objects.update_or_create(
        user=by,
        organization=organization,
        defaults={"token": secrets.token_urlsafe(TOKEN_BYTES), "renewed_at": now()},
    )
    sentence = _("生成日历订阅地址") if made_now else _("换了日历订阅地址")
    timeline.record(feed, "feed.renew", sentence, by=by)
    return feed
