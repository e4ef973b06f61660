"""Each role's first page says what needs that person today."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from gongyu.accounts.models import Role, User
from gongyu.core.calendar import now, today
from gongyu.exchange.models import JoinedNeed, JoinedVisit, Need, Order
from gongyu.families.models import ReadRecord
from tests.factories import (
    DivisionFactory,
    ExperienceFactory,
    GrowthNoteFactory,
    GuardianshipFactory,
    NeedFactory,
    OrderFactory,
    PolicyFactory,
    ProblemFactory,
    SchoolFactory,
    StudentFactory,
    TeachingFactory,
    UnitFactory,
    person,
    town_clerk,
)

pytestmark = pytest.mark.django_db

SignIn = Callable[[User], Client]


def _today(client: Client) -> str:
    return client.get(reverse("home:today")).content.decode()


def test_a_unit_sees_the_orders_that_wait_for_its_answer(sign_in: SignIn) -> None:
    unit = UnitFactory()
    order = OrderFactory(session__resource__unit=unit, need__state=Need.State.ORDERED)
    elsewhere = OrderFactory(need__state=Need.State.ORDERED)

    page = _today(sign_in(person(Role.UNIT, unit)))

    assert "1 件事等您回话" in page
    assert str(order.need.school) in page
    assert str(elsewhere.need.school) not in page


def test_a_teacher_sees_the_visit_to_be_rated(sign_in: SignIn) -> None:
    school = SchoolFactory()
    teacher = person(Role.TEACHER, school)
    order = OrderFactory(
        need__school=school,
        need__filed_by=teacher,
        need__state=Need.State.ARRANGED,
        state=Order.State.ACCEPTED,
        date=today() - timedelta(days=1),
    )

    page = _today(sign_in(teacher))

    assert "点一颗星就评好" in page
    assert "点一颗星就评好" not in _today(sign_in(person(Role.TEACHER, school)))
    assert order.get_absolute_url() in page


def test_a_teacher_finds_the_own_class_to_write_about(sign_in: SignIn) -> None:
    teaching = TeachingFactory(is_head=True)
    StudentFactory(school_class=teaching.school_class)

    page = _today(sign_in(teaching.teacher))

    assert reverse("families:note_new", args=[teaching.school_class.pk]) in page


def test_a_parent_reads_the_own_child_only_and_the_read_is_recorded(sign_in: SignIn) -> None:
    guardianship = GuardianshipFactory()
    GrowthNoteFactory(student=guardianship.student, body="主动擦了黑板。")
    GrowthNoteFactory(body="别人家孩子的事。")

    page = _today(sign_in(guardianship.guardian))

    assert "主动擦了黑板。" in page
    assert "别人家孩子的事。" not in page
    assert ReadRecord.objects.filter(reader=guardianship.guardian).count() == 1


def test_the_commission_sees_the_pool_the_reviews_and_who_is_late(sign_in: SignIn) -> None:
    NeedFactory.create_batch(2)
    ExperienceFactory(title="我家的饭桌")
    late = OrderFactory(need__state=Need.State.ORDERED)
    Order.objects.update(placed_at=late.placed_at - timedelta(days=9))

    page = _today(sign_in(person(Role.COMMISSION)))

    assert "需求池里有 2 个需求在等" in page
    assert "我家的饭桌" in page
    assert late.get_absolute_url() in page


def test_whoever_settles_sees_what_waits_for_it_and_its_town_only(sign_in: SignIn) -> None:
    order = OrderFactory(state=Order.State.DISPUTED, need__state=Need.State.ORDERED)
    clerks = ((town_clerk(order.need.school.town), True), (town_clerk(DivisionFactory()), False))
    for user, sees in ((person(Role.COMMISSION), True), *clerks):
        page = _today(sign_in(user))
        assert ("1 件事等您回话" in page) is sees
        assert (order.get_absolute_url() in page) is sees


def test_a_department_sees_the_problems_it_leads(sign_in: SignIn) -> None:
    user = person(Role.DEPARTMENT)
    own, other = ProblemFactory(lead=user.memberships.get().organization), ProblemFactory()

    page = _today(sign_in(user))

    assert own.get_absolute_url() in page
    assert other.get_absolute_url() not in page
    assert 'href="/exchange/problems/"' in page


def test_a_teacher_is_asked_to_go_together_on_the_first_page(sign_in: SignIn) -> None:
    asking, asked = NeedFactory(), NeedFactory()
    group = JoinedVisit.objects.create(opened_by=asking.filed_by, opened_at=now())
    for need, agreed in ((asking, now()), (asked, None)):
        JoinedNeed.objects.create(
            joined=group, need=need, asked_by=asking.filed_by, asked_at=now(), agreed_at=agreed
        )

    assert str(asking.school) in _today(sign_in(asked.filed_by))
    assert "想一起办" not in _today(sign_in(asking.filed_by))


def test_a_department_sees_the_policies_that_nobody_has_explained(sign_in: SignIn) -> None:
    PolicyFactory(title="没人讲过的意见")

    assert "没人讲过的意见" in _today(sign_in(person(Role.DEPARTMENT)))


def test_somebody_without_a_role_still_gets_a_page(sign_in: SignIn) -> None:
    user = User.objects.create(username="new", name="新来的")

    assert "看看附近的活动" in _today(sign_in(user))


@pytest.mark.parametrize("role", [str(role) for role in Role])
@pytest.mark.parametrize("rows", [1, 6])
def test_queries_do_not_grow_with_rows(
    sign_in: SignIn,
    role: str,
    rows: int,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    user = person(role)
    membership = user.memberships.get()
    for _ in range(rows):
        ExperienceFactory()
        if role == Role.UNIT:
            OrderFactory(session__resource__unit=membership.organization)
        elif role in {Role.TEACHER, Role.SCHOOL_ADMIN}:
            NeedFactory(school=membership.organization)
            OrderFactory(need__school=membership.organization)
        else:
            GrowthNoteFactory(student=GuardianshipFactory(guardian=user).student)
    client = sign_in(user)

    with django_assert_max_num_queries(24):
        assert client.get(reverse("home:today")).status_code == 200
