"""Work that comes round by itself: each chore has a name, a pace, and a service that does it.

A room registers its chores when it is ready; the worker does whichever is due. The moment is kept
in one row a chore, taken under a lock, so that two workers do a chore once.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction

from .calendar import now
from .models import Chore

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Duty:
    """``work`` returns how many things it did; it is called in no transaction."""

    every: timedelta
    work: Callable[[], int]


_DUTIES: dict[str, Duty] = {}


def register(name: str, *, every: timedelta, work: Callable[[], int]) -> None:
    """Have ``work`` done by the worker about ``every`` so often."""
    _DUTIES[name] = Duty(every, work)


def run_due() -> dict[str, int]:
    """Do every chore that is due; returns what each did. One that fails is tried again later."""
    done = {}
    for name, duty in _DUTIES.items():
        if _take(name, duty.every):
            try:
                done[name] = duty.work()
            except Exception:  # the worker and the other chores go on; the log has it
                logger.exception("chore %s failed", name)
    return done


@transaction.atomic
def _take(name: str, every: timedelta) -> bool:
    """Whether the chore is due, and ours."""
    Chore.objects.get_or_create(name=name)
    chore = Chore.objects.select_for_update().get(name=name)
    moment = now()
    if chore.done_at is not None and abs(moment - chore.done_at) < every:
        return False
    chore.done_at = moment
    chore.save(update_fields=["done_at"])
    return True
