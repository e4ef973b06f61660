"""The timeline: one entry for every change of state, written in the same transaction."""

from typing import TYPE_CHECKING

from django.contrib.contenttypes.models import ContentType
from django.db.models import Model, QuerySet

from .calendar import now
from .models import TimelineEntry

if TYPE_CHECKING:
    from gongyu.accounts.models import User


def record(
    target: Model, verb: str, sentence: str, *, by: "User | None", as_: str = ""
) -> TimelineEntry:
    """Append an entry to the timeline of ``target``.

    ``verb`` names the service (``order.accept``); ``sentence`` is what both sides read; ``as_`` is
    how the actor is shown, by default the name.
    """
    return TimelineEntry.objects.create(
        content_type=ContentType.objects.get_for_model(target),
        object_id=target.pk,
        at=now(),
        actor=by,
        actor_label=as_ or (by.name if by else "平台"),
        verb=verb,
        sentence=sentence,
    )


def entries_of(target: Model) -> QuerySet[TimelineEntry]:
    """The timeline of an object, oldest first."""
    return TimelineEntry.objects.filter(
        content_type=ContentType.objects.get_for_model(target), object_id=target.pk
    )
