"""How long ago something was, by the clock on the wall."""

import time
from datetime import datetime


def seconds_since(moment: datetime) -> float:
    """Real seconds since a moment that the database stamped, whatever day a demonstration fixes.

    ``core.calendar`` tells the product's day; a worker's silence is measured by the real clock.
    """
    return time.time() - moment.timestamp()
