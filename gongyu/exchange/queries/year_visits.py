"""Whom the visits of this school year reached, counted once for all that ask."""

from __future__ import annotations

from collections import Counter

from django.db.models import Count, Q, Sum

from gongyu.core.calendar import school_year_began
from gongyu.exchange.models import Order
from gongyu.exchange.models.orders import came
from gongyu.places.models import Division


class YearVisits:
    """Of the district, or of the schools of one town; one query.

    ``schools`` have a visit agreed on, ``of_class`` tells how many took place in person for each
    class, ``pupils`` how many came to all that took place. A visit of several classes together is
    counted for none of them: who went is not recorded.
    """

    def __init__(self, town: Division | None = None) -> None:
        happened = Q(state__in=Order.HAPPENED)
        self.schools: set[int] = set()
        self.of_class: Counter[int] = Counter()
        self.pupils = 0
        for school, school_class, number, pupils in (
            Order.objects.of_town(town)
            .filter(state__in=Order.HOLDING, date__gte=school_year_began())
            .order_by()
            .values_list("need__school", "need__school_class")
            .annotate(
                number=Count("pk", filter=happened & ~Q(session__resource__form="online")),
                pupils=Sum(came(), filter=happened, default=0),
            )
        ):
            self.schools.add(school)
            self.pupils += pupils
            if school_class is not None:
                self.of_class[school_class] = number
