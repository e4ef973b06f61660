"""From opening rules to sessions: the calendar is honoured and nobody's order is lost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from gongyu.accounts.models import Role, User
from gongyu.core.calendar import today
from gongyu.core.errors import DomainError, MoveNotAllowed, NotAllowed
from gongyu.core.models import Holiday, SchoolTerm
from gongyu.exchange import services
from gongyu.exchange.models import OpeningRule, RuledSession, Session
from gongyu.exchange.queries.opening import HELD, SKIPPED, opening_plan
from tests import factories as make

from .conftest import Scene
from .test_offer_pages import queries_of, text_of

SignIn = Callable[[User], Client]
# The tests live on Tuesday 24 November 2026; the rule's Wednesdays are 25 Nov, 2, 9, 16 Dec …
UNTIL = date(2026, 12, 16)


def words_of(scene: Scene, until: date = UNTIL) -> dict[date, str]:
    return {row.date: row.words for row in opening_plan(scene.resource, until).of(SKIPPED)}


def days_open(scene: Scene) -> list[date]:
    ruled = RuledSession.objects.filter(session__state=Session.State.OPEN)
    return sorted(ruled.values_list("session__date", flat=True))


def test_rules_become_sessions_once(scene: Scene) -> None:
    make.OpeningRuleFactory(resource=scene.resource, starts=time(13, 30))
    plan = services.generate_sessions(scene.resource, UNTIL, by=scene.staff)
    assert [row.date.day for row in plan.opens] == [25, 2, 9, 16]
    session = scene.resource.sessions.get(date=date(2026, 12, 2))
    assert (session.starts, session.seats) == (time(13, 30), 60)
    again = services.generate_sessions(scene.resource, UNTIL, by=scene.staff)
    assert not again.changes
    assert scene.resource.sessions.count() == 5  # four and the scene's own


def test_every_second_week_is_counted_from_the_rules_own_first(scene: Scene) -> None:
    rule = make.OpeningRuleFactory(
        resource=scene.resource, every_weeks=2, first_day=date(2026, 11, 17)
    )
    assert rule.days(today(), UNTIL) == [date(2026, 12, 2), date(2026, 12, 16)]


def test_holidays_closed_days_and_examinations_are_left_out(scene: Scene) -> None:
    make.OpeningRuleFactory(resource=scene.resource)
    Holiday.objects.create(date="2026-11-25", kind=Holiday.Kind.HOLIDAY, name="假")
    make.OpeningExceptionFactory(resource=scene.resource, date=date(2026, 12, 2), reason="布展")
    make.ExamSuspensionFactory(first_day=date(2026, 12, 8), last_day=date(2026, 12, 9), name="期末")
    assert words_of(scene) == {
        date(2026, 11, 25): "法定放假",
        date(2026, 12, 2): "布展",
        date(2026, 12, 9): "期末，停办",
    }


def test_an_examination_of_other_grades_stops_nothing(scene: Scene) -> None:
    make.OpeningRuleFactory(resource=scene.resource)
    make.ExamSuspensionFactory(first_day=date(2026, 12, 2), first_grade=9, last_grade=9)
    assert words_of(scene) == {}


def test_a_make_up_workday_is_a_school_day(scene: Scene) -> None:
    make.OpeningRuleFactory(resource=scene.resource, weekday=5)
    Holiday.objects.create(date="2026-11-28", kind=Holiday.Kind.MAKEUP_WORKDAY, name="班")
    assert words_of(scene) == {date(2026, 11, 28): "调休上课"}


def test_the_entrys_seasons_and_closed_weekdays_hold(scene: Scene) -> None:
    make.ResourceEntryFactory(resource=scene.resource, months=1 << 10, closed_weekdays=1)
    make.OpeningRuleFactory(resource=scene.resource)
    make.OpeningRuleFactory(resource=scene.resource, weekday=0)
    words = words_of(scene)
    assert words[date(2026, 11, 30)] == "闭馆日"
    assert words[date(2026, 12, 2)] == "不在开放月份"
    assert date(2026, 11, 25) not in words


@pytest.mark.parametrize(
    ("mode", "term", "holiday"),
    [("term", "", "放假期间"), ("holiday", "学期里", ""), ("any", "", "")],
)
def test_term_and_holidays(scene: Scene, mode: str, term: str, holiday: str) -> None:
    for period, start, end in [
        (SchoolTerm.Period.TERM, "2026-09-01", "2026-12-06"),
        (SchoolTerm.Period.WINTER, "2026-12-07", "2026-12-13"),
    ]:
        SchoolTerm.objects.create(
            school_year="2026-2027",
            semester=1,
            school_kind="compulsory",
            period=period,
            start=start,
            end=end,
        )
    make.OpeningRuleFactory(resource=scene.resource, mode=mode)
    words = words_of(scene)
    assert words.get(date(2026, 12, 2), "") == term
    assert words.get(date(2026, 12, 9), "") == holiday
    assert words.get(date(2026, 12, 16), "") == ("" if mode == "any" else "校历还没有公布")


def test_an_extra_half_day_is_opened(scene: Scene) -> None:
    services.add_opening_exception(
        scene.resource, by=scene.staff, kind="extra", date=date(2026, 12, 6), half_day=0, reason=""
    )
    services.generate_sessions(scene.resource, UNTIL, by=scene.staff)
    assert days_open(scene) == [date(2026, 12, 6)]


def test_a_rule_that_went_takes_its_free_sessions_along_and_leaves_the_ordered(
    scene: Scene,
) -> None:
    rule = make.OpeningRuleFactory(resource=scene.resource)
    services.generate_sessions(scene.resource, UNTIL, by=scene.staff)
    wanted = scene.resource.sessions.get(date=date(2026, 12, 9))
    scene.order(session=wanted)
    services.remove_opening_rule(rule, by=scene.staff)
    plan = services.generate_sessions(scene.resource, UNTIL, by=scene.staff)
    assert [row.session for row in plan.of(HELD)] == [wanted]
    assert days_open(scene) == [date(2026, 12, 9)]
    scene.session.refresh_from_db()
    assert scene.session.state == Session.State.OPEN  # opened by hand: the rules leave it alone
    make.OpeningRuleFactory(resource=scene.resource)
    services.generate_sessions(scene.resource, UNTIL, by=scene.staff)
    assert len(days_open(scene)) == 4  # what the rules took back, they open again


def test_what_a_person_took_back_stays_back(scene: Scene) -> None:
    make.OpeningRuleFactory(resource=scene.resource)
    services.generate_sessions(scene.resource, UNTIL, by=scene.staff)
    services.withdraw_session(scene.resource.sessions.get(date=date(2026, 12, 9)), by=scene.staff)
    plan = services.generate_sessions(scene.resource, UNTIL, by=scene.staff)
    assert not plan.changes
    assert words_of(scene) == {date(2026, 12, 9): "您收回过，不再开"}


def test_a_closed_day_with_an_order_is_listed(scene: Scene) -> None:
    make.OpeningRuleFactory(resource=scene.resource)
    services.generate_sessions(scene.resource, UNTIL, by=scene.staff)
    scene.order(session=scene.resource.sessions.get(date=date(2026, 12, 9)))
    make.OpeningExceptionFactory(resource=scene.resource, date=date(2026, 12, 9), reason="布展")
    (held,) = opening_plan(scene.resource, UNTIL).held
    assert held.words == "布展，但有学校约了，先和学校商量"


def test_only_the_units_own_staff_and_only_within_a_year(scene: Scene) -> None:
    with pytest.raises(NotAllowed):
        services.generate_sessions(scene.resource, UNTIL, by=scene.teacher)
    with pytest.raises(DomainError, match="一年以内"):
        services.generate_sessions(scene.resource, today(), by=scene.staff)
    make.UnitAdmissionFactory(unit=scene.unit, state="suspended", reason="insurance")
    with pytest.raises(MoveNotAllowed, match="暂停接待"):
        services.generate_sessions(scene.resource, UNTIL, by=scene.staff)


# The page


def address(scene: Scene) -> str:
    return reverse("exchange:opening", args=[scene.resource.pk])


def rule(**changes: Any) -> dict[str, Any]:
    return {
        "add": "rule",
        "weekday": "2",
        "half_day": "1",
        "starts": "14:00",
        "every_weeks": "1",
        "mode": "any",
        "first_day": "2026-11-25",
        "last_day": "2026-12-31",
    } | changes


def test_a_rule_is_seen_by_the_month_before_it_is_applied(scene: Scene, sign_in: SignIn) -> None:
    client = sign_in(scene.staff)
    page = text_of(client.post(address(scene), rule(), follow=True))
    assert "照这样排：新开 6 场，收回 0 场" in page
    assert "2026 年 12 月" in page
    assert scene.resource.sessions.count() == 1
    apply = reverse("exchange:opening_apply", args=[scene.resource.pk])
    page = text_of(client.post(apply, {"until": "2026-12-16"}, follow=True))
    assert "开了 4 场，收回 0 场。" in page
    assert OpeningRule.objects.count() == 1


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        (rule(weekday="9"), "请从列出的几项里选。"),
        (rule(starts="09:00"), "开始时间和选的半天对不上。"),
        (rule(last_day="2026-11-01"), "结束的日子在开始之前"),
        (rule(last_day="2066-11-01"), "请定在一年以内。"),
        (rule(first_day=""), "请选一天。"),
        ({"add": "exception", "kind": "closed", "date": "2026-12-02"}, "写一句为什么不开"),
        ({"add": "exception", "kind": "extra", "date": "2026-12-02"}, "请选加开上午、下午还是晚上"),
        (
            {"add": "exception", "kind": "closed", "date": "2026-11-24", "reason": "布展"},
            "例外从明天起才有用",
        ),
    ],
)
def test_mistakes_have_sentences(
    scene: Scene, sign_in: SignIn, sent: dict[str, Any], sentence: str
) -> None:
    assert sentence in text_of(sign_in(scene.staff).post(address(scene), sent))
    assert not OpeningRule.objects.exists()


def test_the_same_rule_twice_is_refused_with_a_sentence(scene: Scene, sign_in: SignIn) -> None:
    client = sign_in(scene.staff)
    client.post(address(scene), rule())
    assert "已经有一条规则了" in text_of(client.post(address(scene), rule()))


def test_rules_and_exceptions_are_removed(scene: Scene, sign_in: SignIn) -> None:
    client = sign_in(scene.staff)
    one = make.OpeningRuleFactory(resource=scene.resource)
    other = make.OpeningExceptionFactory(resource=scene.resource)
    client.post(reverse("exchange:rule_remove", args=[one.pk]))
    client.post(reverse("exchange:exception_remove", args=[other.pk]))
    assert not scene.resource.opening_rules.exists()
    assert not scene.resource.opening_exceptions.exists()


def test_the_page_asks_the_same_for_a_long_plan(scene: Scene, sign_in: SignIn) -> None:
    client = sign_in(scene.staff)
    make.OpeningRuleFactory(resource=scene.resource)
    few = queries_of(client, address(scene))
    for weekday in (0, 1, 3, 4):
        make.OpeningRuleFactory(resource=scene.resource, weekday=weekday)
    services.generate_sessions(scene.resource, today() + timedelta(days=50), by=scene.staff)
    assert queries_of(client, address(scene)) == few <= 18


def test_the_commission_sets_the_days_of_examinations(scene: Scene, sign_in: SignIn) -> None:
    client = sign_in(make.person(Role.COMMISSION))
    here = reverse("exchange:suspensions")
    sent = {
        "name": "初三一模",
        "first_day": "2027-04-20",
        "last_day": "2027-04-22",
        "first_grade": "9",
        "last_grade": "9",
    }
    assert "单位排场次时会避开" in text_of(client.post(here, sent, follow=True))
    assert "这场考试已经记过了。" in text_of(client.post(here, sent))
    wrong = sent | {"last_day": "2027-04-01", "name": ""}
    page = text_of(client.post(here, wrong))
    assert "请写是什么考试" in page
    assert "结束的日子在开始之前" in page
    with pytest.raises(NotAllowed):
        services.add_suspension(by=scene.staff, **sent)
