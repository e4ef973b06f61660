"""Pins and bans: what staff decided holds in every plan, and contradictions are said at once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from gongyu.accounts.models import Role, User
from gongyu.core.calendar import HalfDay, today
from gongyu.core.errors import DomainError
from gongyu.core.models import Job
from gongyu.exchange import services
from gongyu.exchange.errors import MoveNotAllowed, NotAllowed
from gongyu.exchange.models import MatchingRun, Need, Order, PlanRule, Session
from gongyu.exchange.services import runs
from tests import factories as make

from .conftest import Scene

SignIn = Callable[[User], Client]
PIN, NOT_SESSION, NOT_UNIT = PlanRule.Kind.PIN, PlanRule.Kind.NOT_SESSION, PlanRule.Kind.NOT_UNIT
RULES = reverse("exchange:rules")


@pytest.fixture
def office(db: None) -> User:
    return make.person(Role.COMMISSION)


def solved(office: User) -> MatchingRun:
    run = services.start_run(by=office)
    runs.solve(run.pk)
    return MatchingRun.objects.select_related("job").get(pk=run.pk)


def plan_of(run: MatchingRun) -> dict[Need, Session]:
    return {match.need: match.session for match in run.matches.all()}


def far_session(scene: Scene) -> Session:
    """A worse one: another unit, farther away, on the same topic."""
    unit = make.UnitFactory(lon=116.42, lat=39.80)
    resource = make.ResourceFactory(unit=unit, topics=[scene.topic], capacity=60)
    return make.SessionFactory(resource=resource, half_day=HalfDay.AFTERNOON)


def rule(kind: str, need: Need, session: Session, by: User, reason: str = "说好了") -> PlanRule:
    return services.set_rule(kind, need, session, by=by, reason=reason)


def text_of(response: Any) -> str:
    return str(response.content.decode())


def test_without_rules_the_nearer_one_is_chosen(scene: Scene, office: User) -> None:
    need, _far = scene.need(headcount=20), far_session(scene)
    assert plan_of(solved(office)) == {need: scene.session}


def test_a_pin_holds_in_the_next_plan(scene: Scene, office: User) -> None:
    need, far = scene.need(headcount=20), far_session(scene)
    rule(PIN, need, far, office)
    assert plan_of(solved(office)) == {need: far}


@pytest.mark.parametrize("kind", [NOT_SESSION, NOT_UNIT])
def test_a_banned_pair_never_appears(scene: Scene, office: User, kind: str) -> None:
    need, far = scene.need(headcount=20), far_session(scene)
    rule(kind, need, scene.session, office)
    assert plan_of(solved(office)) == {need: far}


def test_a_banned_unit_is_banned_with_all_its_sessions(scene: Scene, office: User) -> None:
    need = scene.need(headcount=20)
    make.SessionFactory(resource=scene.resource, date=today() + timedelta(days=9))
    rule(NOT_UNIT, need, scene.session, office)

    run = solved(office)

    assert plan_of(run) == {}
    assert run.unmet.get().sentence == "区里暂不安排"


def test_a_rule_that_was_undone_counts_no_more_and_stays_as_a_record(
    scene: Scene, office: User
) -> None:
    need, far = scene.need(headcount=20), far_session(scene)
    pin = rule(PIN, need, far, office, "老师认识这家")
    services.undo_rule(pin, by=office)

    assert plan_of(solved(office)) == {need: scene.session}
    pin.refresh_from_db()
    assert (pin.by, pin.reason, pin.undone_by) == (office, "老师认识这家", office)
    with pytest.raises(MoveNotAllowed, match="已经撤掉了"):
        services.undo_rule(pin, by=office)


def test_the_same_rule_twice_is_one(scene: Scene, office: User) -> None:
    need = scene.need(headcount=20)
    for kind in (PIN, PIN):
        rule(kind, need, scene.session, office)
    other = scene.need(headcount=20)
    for kind in (NOT_UNIT, NOT_UNIT, NOT_SESSION, NOT_SESSION):
        rule(kind, other, scene.session, office)
    assert PlanRule.objects.count() == 3


def test_a_rule_needs_a_reason(scene: Scene, office: User) -> None:
    with pytest.raises(DomainError, match="写一句为什么"):
        rule(PIN, scene.need(), scene.session, office, "  ")


def test_only_what_waits_is_decided_about(scene: Scene, office: User) -> None:
    order = scene.order()
    with pytest.raises(MoveNotAllowed, match="等单位回话"):
        rule(PIN, order.need, scene.session, office)


# Contradictions


def test_two_pins_of_one_need_contradict_each_other(scene: Scene, office: User) -> None:
    need, far = scene.need(headcount=20), far_session(scene)
    rule(PIN, need, scene.session, office, "离得近")
    with pytest.raises(DomainError) as refused:
        rule(PIN, need, far, office)
    assert "已经把这条钉在" in refused.value.sentence
    assert "离得近" in refused.value.sentence


@pytest.mark.parametrize("kind", [NOT_SESSION, NOT_UNIT])
def test_a_pin_and_a_ban_contradict_each_other_both_ways(
    scene: Scene, office: User, kind: str
) -> None:
    need = scene.need(headcount=20)
    pin = rule(PIN, need, scene.session, office)
    with pytest.raises(DomainError, match="先撤掉那一条，再说不配"):
        rule(kind, need, scene.session, office)
    services.undo_rule(pin, by=office)
    rule(kind, need, scene.session, office)
    with pytest.raises(DomainError, match="先撤掉那一条，再钉住"):
        rule(PIN, need, scene.session, office)


def test_pins_take_no_more_seats_than_there_are(scene: Scene, office: User) -> None:
    rule(PIN, scene.need(headcount=40), scene.session, office)
    with pytest.raises(DomainError) as refused:
        rule(PIN, scene.need(headcount=21), scene.session, office)
    assert refused.value.sentence == ("这一场剩 60 个名额，钉住的已经有 40 人，再加 21 人坐不下。")
    rule(PIN, scene.need(headcount=20), scene.session, office)


def test_an_exclusive_session_is_pinned_once(scene: Scene, office: User) -> None:
    scene.resource.is_exclusive = True
    scene.resource.save()
    rule(PIN, scene.need(headcount=20), scene.session, office)
    with pytest.raises(DomainError, match="这是专场，已经钉给"):
        rule(PIN, scene.need(headcount=20), scene.session, office)


def test_a_class_is_pinned_once_a_half_day(scene: Scene, office: User) -> None:
    unit = make.ResourceFactory(topics=[scene.topic])
    same_time = make.SessionFactory(resource=unit)
    about = {"headcount": 20, "school_class": scene.school_class}
    rule(PIN, scene.need(**about), scene.session, office)
    with pytest.raises(DomainError, match="一个班不能同时去两个地方"):
        rule(PIN, scene.need(**about), same_time, office)


def test_a_pin_whose_session_is_gone_stops_the_run_with_its_sentence(
    scene: Scene, office: User
) -> None:
    rule(PIN, scene.need(headcount=20), scene.session, office)
    Session.objects.filter(pk=scene.session.pk).update(state=Session.State.WITHDRAWN)

    run = solved(office)

    assert run.job.state == Job.State.FAILED
    assert str(scene.unit) in run.job.failure
    assert "这一场取消或者过期了" in run.job.failure


def test_a_pin_that_the_engine_finds_impossible_stops_the_run_with_its_sentence(
    scene: Scene, office: User
) -> None:
    """The session filled up after the pin was made."""
    rule(PIN, scene.need(headcount=40), scene.session, office)
    scene.order(Order.State.ACCEPTED, headcount=30)

    run = solved(office)

    assert run.job.state == Job.State.FAILED
    assert "先在“指定”里撤掉这一条" in run.job.failure
    assert not run.matches.exists()


def test_what_the_engine_says_of_a_pin_is_said_in_words() -> None:
    from gongyu.exchange.wording import say_pin_fault

    assert say_pin_fault("61 heads for 60 seats") == "名额不够了。"
    assert say_pin_fault("the pair is not feasible") == "年级、人数、日子或路程不合了。"
    assert say_pin_fault("the group is elsewhere in this half-day") == "这个班那半天有别的安排。"
    assert say_pin_fault("something new") == "条件不合了。"


# Whose


def test_a_towns_clerk_decides_in_her_own_town_only(scene: Scene, office: User) -> None:
    clerk = make.town_clerk(scene.school.town)
    ours, theirs = scene.need(headcount=9), scene.need(headcount=9, school=make.SchoolFactory())
    rule(PIN, ours, scene.session, clerk)
    with pytest.raises(NotAllowed):
        rule(PIN, theirs, scene.session, clerk)
    foreign = rule(NOT_UNIT, theirs, scene.session, office)
    with pytest.raises(NotAllowed):
        services.undo_rule(foreign, by=clerk)
    assert [r.need for r in PlanRule.objects.visible_to(clerk)] == [ours]
    with pytest.raises(NotAllowed):
        rule(PIN, scene.need(headcount=9), scene.session, scene.head)


# Pages


def test_from_a_row_of_the_plan_to_the_next_plan(
    scene: Scene, office: User, sign_in: SignIn
) -> None:
    need, far = scene.need(headcount=20), far_session(scene)
    run = solved(office)
    client = sign_in(office)
    address = reverse("exchange:match_rule", args=[run.pk, run.matches.get().pk])
    assert address in text_of(client.get(run.get_absolute_url()))

    page = text_of(client.post(address, {"kind": "not_session", "reason": ""}))
    assert "写一句为什么" in page
    page = text_of(
        client.post(address, {"kind": "not_session", "reason": "那周校门口修路"}, follow=True)
    )

    assert "又改了 1 条指定" in page
    listed = text_of(client.get(RULES))
    assert "那周校门口修路" in listed
    assert "有 1 条指定管着派单" in listed
    client.post(reverse("exchange:run_again", args=[run.pk]))
    again = MatchingRun.objects.latest("pk")
    assert (again.fairness, again.town, again.kind) == (run.fairness, None, run.kind)
    runs.solve(again.pk)
    assert plan_of(again) == {need: far}
    assert "又改了" not in text_of(client.get(again.get_absolute_url()))


def test_a_pinned_row_is_marked_and_undone_from_the_list(
    scene: Scene, office: User, sign_in: SignIn
) -> None:
    pin = rule(PIN, scene.need(headcount=20), scene.session, office)
    client = sign_in(office)
    run = solved(office)
    assert "钉住了" in text_of(client.get(run.get_absolute_url()))

    page = text_of(client.post(reverse("exchange:rule_undo", args=[pin.pk]), follow=True))

    assert "还没有指定" in page
    assert "撤掉的指定" in page
    assert "又改了 1 条指定" in text_of(client.get(run.get_absolute_url()))


def test_a_contradiction_stands_in_the_form_with_what_was_typed(
    scene: Scene, office: User, sign_in: SignIn
) -> None:
    rule(PIN, scene.need(headcount=20), scene.session, office, "校长定的")
    run = solved(office)
    address = reverse("exchange:match_rule", args=[run.pk, run.matches.get().pk])
    page = text_of(sign_in(office).post(address, {"kind": "not_unit", "reason": "太远了"}))
    assert "先撤掉那一条，再说不配" in page
    assert 'value="太远了"' in page


def test_the_list_asks_the_same_with_many_rules_as_with_one(
    scene: Scene,
    office: User,
    sign_in: SignIn,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    client = sign_in(office)
    for number in (1, 12):
        for _ in range(number):
            rule(NOT_UNIT, scene.need(headcount=9), scene.session, office)
        with django_assert_max_num_queries(12):
            client.get(RULES)
