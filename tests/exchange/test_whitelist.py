"""What is pushed into schools passes the white list; each refusal says which rule is against it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from gongyu.accounts.models import Role, User
from gongyu.core.errors import DomainError, MoveNotAllowed, NotAllowed
from gongyu.exchange import services
from gongyu.exchange.models import PushPlan, WhitelistMatter
from gongyu.exchange.queries.whitelist import burdens
from gongyu.notices.models import Notice
from tests import factories as make

from .conftest import Scene
from .test_offer_pages import queries_of, text_of

SignIn = Callable[[User], Client]
PAGE = reverse("exchange:whitelist")
DAY = date(2027, 1, 6)


@pytest.fixture
def matter(db: None) -> WhitelistMatter:
    return make.WhitelistMatterFactory(title="消防安全进校园")


@pytest.fixture
def officer(matter: WhitelistMatter) -> User:
    return make.person(Role.DEPARTMENT, matter.body)


def test_a_listed_matter_is_planned_and_the_school_is_told(
    scene: Scene, matter: WhitelistMatter, officer: User
) -> None:
    plan = services.plan_push(matter, scene.school, DAY, by=officer)
    assert (plan.slot, plan.school_year) == (1, 2026)
    assert "消防安全进校园" in Notice.objects.get(to=scene.head).sentence


@pytest.mark.parametrize(
    ("day", "why"),
    [
        (date(2026, 12, 23), "提前 30 天"),
        (date(2027, 9, 2), "不在那个学年里"),
        (date(2029, 1, 1), "一年以内"),
    ],
)
def test_the_day_must_fit(
    scene: Scene, matter: WhitelistMatter, officer: User, day: date, why: str
) -> None:
    with pytest.raises(DomainError, match=why):
        services.plan_push(matter, scene.school, day, by=officer)
    services.plan_push(matter, scene.school, date(2026, 12, 24), by=officer)  # the first that does


def test_off_the_list_is_off_limits(scene: Scene, matter: WhitelistMatter, officer: User) -> None:
    WhitelistMatter.objects.update(is_listed=False)
    with pytest.raises(DomainError, match="不在白名单上"):
        services.plan_push(matter, scene.school, DAY, by=officer)
    with pytest.raises(NotAllowed):
        services.plan_push(matter, scene.school, DAY, by=scene.staff)


def test_once_a_school_year_and_school(
    scene: Scene, matter: WhitelistMatter, officer: User
) -> None:
    plan = services.plan_push(matter, scene.school, DAY, by=officer)
    with pytest.raises(DomainError, match="一件事一校一学年只进一次"):
        services.plan_push(matter, scene.school, DAY + timedelta(days=9), by=officer)
    services.cancel_push(plan, by=scene.head)
    services.plan_push(matter, scene.school, DAY, by=officer)


def test_the_cap_counts_matters_of_all_bodies_but_no_order(scene: Scene) -> None:
    for _ in range(3):
        scene.order("accepted", headcount=5)  # a school's own orders are free of it
    for _ in range(6):
        other = make.WhitelistMatterFactory()
        services.plan_push(other, scene.school, DAY, by=make.person(Role.DEPARTMENT, other.body))
    seventh = make.WhitelistMatterFactory()
    officer = make.person(Role.DEPARTMENT, seventh.body)
    with pytest.raises(DomainError, match="已经排了 6 件，上限是 6 件"):
        services.plan_push(seventh, scene.school, DAY, by=officer)
    commission = make.person(Role.COMMISSION)
    services.set_push_cap(2026, 7, by=commission)
    assert services.plan_push(seventh, scene.school, DAY, by=officer).slot == 7
    (burden,) = burdens(commission, 7)
    assert (burden.pushed, burden.ordered, burden.left) == (7, 3, 0)


def test_the_database_lets_nobody_take_a_place_twice(scene: Scene, matter: WhitelistMatter) -> None:
    make.PushPlanFactory(matter=matter, school=scene.school)
    for about in ({"matter": matter, "slot": 2}, {"slot": 1}, {"slot": 21}):
        with pytest.raises(IntegrityError), transaction.atomic():
            make.PushPlanFactory(school=scene.school, **about)


def test_taking_a_matter_off_cancels_what_is_ahead(
    scene: Scene, matter: WhitelistMatter, officer: User
) -> None:
    services.plan_push(matter, scene.school, DAY, by=officer)
    assert services.unlist_matter(matter, by=make.person(Role.COMMISSION)) == 1
    assert not PushPlan.objects.filter(state=PushPlan.State.PLANNED).exists()
    assert Notice.objects.filter(to=scene.head, verb="push.cancel").exists()
    with pytest.raises(MoveNotAllowed):
        services.unlist_matter(matter, by=make.person(Role.COMMISSION))


def test_only_the_two_sides_cancel(scene: Scene, matter: WhitelistMatter, officer: User) -> None:
    plan = services.plan_push(matter, scene.school, DAY, by=officer)
    with pytest.raises(NotAllowed):
        services.cancel_push(plan, by=scene.staff)
    services.cancel_push(plan, by=officer)
    with pytest.raises(MoveNotAllowed):
        services.cancel_push(plan, by=officer)


def test_the_list_is_kept_by_the_commission_with_a_document(matter: WhitelistMatter) -> None:
    commission = make.person(Role.COMMISSION)
    about = {"school_year": 2026, "by": commission}
    with pytest.raises(DomainError, match="依据文件"):
        services.list_matter("禁毒", matter.body, document=" ", **about)
    with pytest.raises(DomainError, match="已经在这个学年的名单上"):
        services.list_matter(matter.title, matter.body, document="某发1号", **about)
    with pytest.raises(NotAllowed):
        services.list_matter(
            "禁毒", matter.body, document="某发1号", school_year=2026, by=matter_officer(matter)
        )
    services.unlist_matter(matter, by=commission)
    assert services.list_matter(matter.title, matter.body, document="新", **about) == matter


def matter_officer(matter: WhitelistMatter) -> User:
    return make.person(Role.DEPARTMENT, matter.body)


# The page


def test_each_side_has_its_part_of_the_page(
    scene: Scene, matter: WhitelistMatter, officer: User, sign_in: SignIn
) -> None:
    desk = sign_in(make.person(Role.COMMISSION))
    page = text_of(desk.get(PAGE))
    assert "1 件事可以进校园" in page
    assert "列入名单" in page
    assert "排一次" not in page
    sent = {"do": "matter", "title": "", "body": matter.body.pk, "school_year": "2026"}
    assert "没有依据文件的事项不能上名单。" in text_of(desk.post(PAGE, sent))
    assert "上限改好了" in text_of(desk.post(PAGE, {"do": "cap", "most": "4"}, follow=True))
    assert "最多写 20" in text_of(desk.post(PAGE, {"do": "cap", "most": "99"}))
    body = sign_in(officer)
    push = {"do": "push", "matter": matter.pk, "school": scene.school.pk, "day": "2026-12-01"}
    refused = text_of(body.post(PAGE, push))
    assert "要提前 30 天排，最早是12 月 24 日" in refused.replace(" 最", "最")
    assert "排上了，学校已经知道。" in text_of(
        body.post(PAGE, push | {"day": "2027-01-06"}, follow=True)
    )
    head = sign_in(scene.head)
    page = text_of(head.get(PAGE))
    assert "进校园 1 件，上限 4" in page
    plan = PushPlan.objects.get()
    answer = head.post(reverse("exchange:push_cancel", args=[plan.pk]), follow=True)
    assert "取消了，对方已经知道。" in text_of(answer)


def test_the_page_asks_the_same_with_many_plans(scene: Scene, sign_in: SignIn) -> None:
    desk = sign_in(make.person(Role.COMMISSION))
    make.PushPlanFactory()
    few = queries_of(desk, PAGE)
    make.PushPlanFactory.create_batch(8)
    assert queries_of(desk, PAGE) == few <= 18
