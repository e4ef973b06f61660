"""Days as people say them, and the clock that can be set."""

from datetime import UTC, date, datetime

import pytest

from gongyu.core import calendar, grades
from gongyu.core.models import Holiday
from tests.conftest import TODAY


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (date(2026, 11, 24), "今天"),
        (date(2026, 11, 25), "明天"),
        (date(2026, 11, 22), "前天"),
        (date(2026, 11, 28), "这周六"),
        (date(2026, 12, 4), "下周五"),
        (date(2026, 12, 8), "12 月 8 日周二"),
        (date(2027, 1, 4), "2027 年 1 月 4 日周一"),
    ],
)
def test_days_are_said_as_people_say_them(day: date, said: str) -> None:
    assert calendar.say_day(day) == said


def test_the_clock_stands_where_it_is_set_and_goes_back() -> None:
    with calendar.at(datetime(2026, 10, 1, 23, 30, tzinfo=UTC)):
        assert calendar.today() == date(2026, 10, 2)  # already the next day in Beijing

    assert calendar.today() == TODAY


@pytest.mark.django_db
def test_a_make_up_saturday_is_a_workday_and_a_holiday_is_not() -> None:
    Holiday.objects.create(date=date(2026, 10, 10), kind="makeup_workday", name="国庆节调休")
    Holiday.objects.create(date=date(2026, 10, 1), kind="holiday", name="国庆节")

    assert calendar.is_workday(date(2026, 10, 10))
    assert not calendar.is_workday(date(2026, 10, 1))
    assert not calendar.is_workday(date(2026, 11, 28))
    assert calendar.is_workday(date(2027, 3, 1))  # a year that is not announced yet


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        (3, 3, "三年级"),
        (3, 5, "三至五年级"),
        (1, 6, "小学"),
        (7, 8, "初一至初二"),
        (5, 7, "五年级至初一"),
    ],
)
def test_grades_are_said_as_teachers_say_them(first: int, last: int, said: str) -> None:
    assert grades.say_range(first, last) == said
