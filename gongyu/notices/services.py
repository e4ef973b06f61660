"""Telling people, in the same transaction as what they are told about."""

from collections.abc import Iterable

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Model

from gongyu.accounts.models import User
from gongyu.core.calendar import now

from .models import Notice


@transaction.atomic
def tell(
    people: Iterable[User],
    about: Model,
    verb: str,
    sentence: str,
    *,
    url: str,
    asks: bool = False,
    but: User | None = None,
) -> list[Notice]:
    """Put a sentence into the inbox of each person once; ``but`` (who did it) is left out.

    ``verb`` names the service, as on the timeline; ``url`` is where the person deals with it.
    """
    moment = now()
    kind = ContentType.objects.get_for_model(about)
    return Notice.objects.bulk_create(
        Notice(
            to=person,
            verb=verb,
            sentence=sentence[:300],
            url=url,
            asks=asks,
            content_type=kind,
            object_id=about.pk,
            at=moment,
        )
        for person in {p.pk: p for p in people if but is None or p.pk != but.pk}.values()
    )


@transaction.atomic
def mark_read(notice: Notice) -> Notice:
    """The person has opened it; opened again, the first time stands."""
    if notice.read_at is None:
        notice.read_at = max(now(), notice.at)
        notice.save(update_fields=["read_at"])
    return notice


@transaction.atomic
def mark_all_read(user: User) -> int:
    """The person has seen the list and wants it quiet; returns how many were unread."""
    moment = now()
    return Notice.objects.visible_to(user).unread().filter(at__lte=moment).update(read_at=moment)


@transaction.atomic
def settle(about: Model) -> int:
    """What was asked has been done, by whomever: nobody is asked any longer."""
    kind = ContentType.objects.get_for_model(about)
    moment = now()
    return Notice.objects.filter(
        content_type=kind, object_id=about.pk, asks=True, read_at__isnull=True, at__lte=moment
    ).update(read_at=moment)
