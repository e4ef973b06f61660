"""Days as schools and offices count them, and as people say them.

``today`` and ``now`` are the only clocks of the product: a demonstration or a test may fix the day
(``GONGYU_DATE``), and then everything lives on that day; ``at`` sets the clock for a block, which
is how the demo district lives through its past weeks.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.db.models import IntegerChoices
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .models import Holiday, SchoolTerm


class HalfDay(IntegerChoices):
    MORNING = 0, gettext_lazy("上午")
    AFTERNOON = 1, gettext_lazy("下午")
    EVENING = 2, gettext_lazy("晚上")


WEEKDAYS = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")


_set_to: ContextVar[datetime | None] = ContextVar("clock", default=None)


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Let the product's clock stand at an aware ``moment`` within the block."""
    token = _set_to.set(moment)
    try:
        yield
    finally:
        _set_to.reset(token)


def now() -> datetime:
    """The present moment (aware, UTC); on a fixed day, that day at the present time of day."""
    if (set_to := _set_to.get()) is not None:
        return set_to
    moment = timezone.now()
    if settings.FIXED_DATE is None:
        return moment
    local = timezone.localtime(moment)
    return timezone.make_aware(datetime.combine(settings.FIXED_DATE, local.time()))


def today() -> date:
    """The present day in Beijing."""
    if (set_to := _set_to.get()) is not None:
        return timezone.localdate(set_to)
    return settings.FIXED_DATE or timezone.localdate()


def holidays() -> dict[date, str]:
    """Kinds of the announced holidays and make-up workdays by day; one query for each caller."""
    return dict(Holiday.objects.values_list("date", "kind"))


def is_workday(day: date, known: dict[date, str] | None = None) -> bool:
    """Whether offices and schools work on ``day``; years not announced count weekends only."""
    kind = (holidays() if known is None else known).get(day)
    if kind is not None:
        return kind == Holiday.Kind.MAKEUP_WORKDAY
    return day.weekday() < 5


def school_days_until(day: date) -> int:
    """School days from today on that lie before ``day``; one query."""
    known = holidays()
    ahead = (day - today()).days
    return sum(is_workday(today() + timedelta(days=n), known) for n in range(max(0, ahead)))


def current_term(day: date | None = None) -> SchoolTerm | None:
    """The term of compulsory schooling that ``day`` falls in, if the calendar knows one."""
    day = day or today()
    return (
        SchoolTerm.objects.filter(
            school_kind="compulsory", period=SchoolTerm.Period.TERM, start__lte=day
        )
        .exclude(end__lt=day)
        .order_by("-start")
        .first()
    )


def school_year_of(day: date) -> int:
    """The calendar year in which the school year of ``day`` began (it begins on 1 September)."""
    return day.year if day.month >= 9 else day.year - 1


def midnight(day: date) -> datetime:
    """The moment (aware) at which a day begins here; a range of moments finds rows by an index."""
    return timezone.make_aware(datetime.combine(day, time.min))


def school_year_began() -> date:
    """The first day of the present school year."""
    return date(school_year_of(today()), 9, 1)


def say_day(day: date, ref: date | None = None) -> str:
    """A day as people say it: 今天, 明天, 周六, 12 月 2 日周三."""
    ref = ref or today()
    distance = (day - ref).days
    if -2 <= distance <= 2:
        return [_("前天"), _("昨天"), _("今天"), _("明天"), _("后天")][distance + 2]
    monday = ref - timedelta(days=ref.weekday())
    week = (day - monday).days // 7
    weekday = WEEKDAYS[day.weekday()]
    if week == 0:
        return _("这") + weekday
    if week == 1:
        return _("下") + weekday
    year = f"{day.year} 年 " if day.year != ref.year else ""
    return f"{year}{day.month} 月 {day.day} 日{weekday}"


def say_half_day(day: date, half_day: int) -> str:
    """A dated half-day: 12 月 2 日周三下午."""
    return f"{day.month} 月 {day.day} 日{WEEKDAYS[day.weekday()]}{HalfDay(half_day).label}"
