"""A town's office runs the pool of its own schools, and nothing else of the district."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from gongyu.accounts.models import Role, User
from gongyu.accounts.policies import is_town_office
from gongyu.core.calendar import today
from gongyu.core.errors import DomainError
from gongyu.core.models import Job, TimelineEntry
from gongyu.exchange import services
from gongyu.exchange.errors import MoveNotAllowed, NotAllowed
from gongyu.exchange.models import MatchingRun, Need, Order
from gongyu.exchange.queries import desk, pool_figures
from gongyu.exchange.queries.coverage import coverage
from gongyu.exchange.services import runs
from gongyu.notices.models import Notice
from gongyu.places.models import Division, Organization
from tests import factories as make

from .conftest import Scene

SignIn = Callable[[User], Client]
RUNS = reverse("exchange:runs")


@pytest.fixture
def town(scene: Scene) -> Division:
    found = scene.school.town
    assert found is not None
    return found


@pytest.fixture
def clerk(town: Division) -> User:
    return make.town_clerk(town)


@pytest.fixture
def office(db: None) -> User:
    return make.person(Role.COMMISSION)


def elsewhere(scene: Scene, **about: Any) -> Need:
    """A need on the same topic of a school in another town."""
    return scene.need(school=make.SchoolFactory(), **about)


def solved(by: User, town: Division | None = None) -> MatchingRun:
    run = services.start_run(by=by, town=town)
    runs.solve(run.pk)
    return MatchingRun.objects.select_related("job", "town").get(pk=run.pk)


def text_of(response: Any) -> str:
    return str(response.content.decode())


def test_only_people_of_a_street_office_are_a_towns_office(clerk: User, office: User) -> None:
    in_a_village = make.person(Role.COMMUNITY)
    without_a_town = make.person(Role.COMMUNITY, make.StreetOfficeFactory(division=None))
    a_unit_of_it = make.person(Role.UNIT, make.StreetOfficeFactory())

    assert is_town_office(clerk)
    for person in (in_a_village, without_a_town, a_unit_of_it, office):
        assert not is_town_office(person)


def test_her_run_takes_the_needs_of_her_schools_and_any_session(
    scene: Scene, town: Division, clerk: User
) -> None:
    ours = scene.need(headcount=20)
    in_a_village = scene.need(
        headcount=20,
        school=make.SchoolFactory(division=make.CommunityDivisionFactory(parent=town)),
    )
    elsewhere(scene, headcount=20)
    assert scene.unit.town != town

    run = solved(clerk, town)

    assert run.needs == 2
    assert {match.need for match in run.matches.all()} == {ours, in_a_village}
    assert {match.session for match in run.matches.all()} == {scene.session}
    assert run.job.title == f"{town}统一匹配"


def test_she_starts_dispatches_and_takes_back_in_her_own_town_only(
    scene: Scene, town: Division, clerk: User, office: User
) -> None:
    scene.need(headcount=20)
    other = elsewhere(scene, headcount=20).school.town
    run = solved(clerk, town)

    assert services.dispatch_run(run, by=clerk) == (1, 0)
    assert services.revoke_run(run, by=clerk) == 1
    said = TimelineEntry.objects.filter(verb="order.revoke").values_list("sentence", flat=True)
    assert set(said) == {f"{town}收回了这次派单，需求回到需求池"}

    theirs, districts = solved(office, other), solved(office)
    for scope in (None, other):
        with pytest.raises(NotAllowed):
            services.start_run(by=clerk, town=scope)
    for foreign in (theirs, districts):
        with pytest.raises(NotAllowed):
            services.dispatch_run(foreign, by=clerk)
        services.dispatch_run(foreign, by=office)
        with pytest.raises(NotAllowed):
            services.revoke_run(foreign, by=clerk)


def test_she_cannot_stop_another_run(scene: Scene, clerk: User, office: User) -> None:
    scene.need()
    with pytest.raises(NotAllowed, match="只有区教委能统一派单"):
        services.cancel_run(services.start_run(by=office), by=clerk)


def test_a_town_without_needs_has_nothing_to_run(scene: Scene, town: Division, clerk: User) -> None:
    elsewhere(scene)
    with pytest.raises(DomainError, match="需求池现在是空的"):
        services.start_run(by=clerk, town=town)


def test_town_and_district_run_side_by_side_and_each_once(
    scene: Scene, town: Division, clerk: User, office: User
) -> None:
    scene.need(headcount=20)
    services.start_run(by=clerk, town=town)
    services.start_run(by=office)
    with pytest.raises(MoveNotAllowed, match="已经有一次匹配在算了"):
        services.start_run(by=office, town=town)


def test_the_second_plan_leaves_what_the_first_dispatched_and_says_who_did(
    scene: Scene, town: Division, clerk: User, office: User
) -> None:
    ours, theirs = scene.need(headcount=20), elsewhere(scene, headcount=20)
    of_town, of_district = solved(clerk, town), solved(office)

    assert services.dispatch_run(of_town, by=clerk) == (1, 0)
    assert services.dispatch_run(of_district, by=office) == (1, 1)

    assert Order.objects.filter(need=ours).count() == 1
    assert Order.objects.filter(need=theirs).count() == 1
    sentence = of_district.matches.get(need=ours).skipped
    assert sentence.startswith(f"{town}的方案先派了这条：{scene.unit}，")


def test_what_a_school_ordered_itself_is_left_and_said(scene: Scene, office: User) -> None:
    need = scene.need(headcount=20)
    run = solved(office)
    services.place_order(need, scene.session, by=scene.teacher)

    assert services.dispatch_run(run, by=office) == (0, 1)

    assert run.matches.get().skipped.startswith(f"学校自己点了单：{scene.unit}，")


# What she sees


def test_she_sees_her_own_towns_runs_needs_and_orders(
    scene: Scene, town: Division, clerk: User, office: User, sign_in: SignIn
) -> None:
    order, theirs = scene.order(headcount=3), elsewhere(scene)
    other_order = make.OrderFactory(need=theirs, session=scene.session)
    scene.need(headcount=20)
    elsewhere(scene)
    own, districts = solved(clerk, town), solved(office)

    assert set(MatchingRun.objects.visible_to(clerk)) == {own}
    assert set(MatchingRun.objects.visible_to(office)) == {own, districts}
    assert set(Order.objects.visible_to(clerk)) == {order}
    assert {need.school for need in Need.objects.visible_to(clerk)} == {scene.school}

    client = sign_in(clerk)
    page = text_of(client.get(RUNS))
    assert f"{town}有 1 条需求在等" in page
    assert own.get_absolute_url() in page
    assert districts.get_absolute_url() not in page
    for foreign in (districts, theirs, other_order):
        assert client.get(foreign.get_absolute_url()).status_code == 404
    assert str(theirs.school) not in text_of(client.get(reverse("exchange:needs")))
    assert str(theirs.school) not in text_of(client.get(reverse("exchange:orders")))
    assert str(scene.school) in text_of(client.get(reverse("exchange:orders")))


def test_the_desk_counts_her_own_town(scene: Scene, town: Division, clerk: User) -> None:
    scene.order(headcount=3)
    scene.need()
    elsewhere(scene, severity=3)
    make.SchoolClassFactory()

    assert pool_figures(town).needs == 1
    assert pool_figures().needs == 2
    assert [row.school_class for row in desk.practice_days(town)] == [scene.school_class]
    assert [row.code for row in coverage(town).towns] == [town.code]
    assert desk.year_figures(town).needs == 2
    assert coverage(town).bare_schools == [scene.school]


def test_her_first_page_and_navigation_lead_to_the_pool(
    scene: Scene, town: Division, clerk: User, sign_in: SignIn
) -> None:
    scene.need()
    elsewhere(scene)

    page = text_of(sign_in(clerk).get(reverse("home:today")))

    assert f"{town}的学校" in page
    assert "需求池里有 1 个需求在等" in page
    assert f'href="{RUNS}"' in page


def test_starting_from_her_page_starts_her_towns_run(
    scene: Scene, town: Division, clerk: User, sign_in: SignIn
) -> None:
    scene.need()
    page = text_of(sign_in(clerk).post(RUNS, {"fairness": "50"}, follow=True))

    assert MatchingRun.objects.get().town == town
    assert MatchingRun.objects.get().job.state == Job.State.QUEUED
    assert f"正在给{town}的需求找去处" in page


def test_a_community_of_the_town_has_its_own_needs_and_no_pool(
    town: Division, sign_in: SignIn
) -> None:
    community = make.CommunityFactory(division=make.CommunityDivisionFactory(parent=town))
    assert community.kind == Organization.Kind.COMMUNITY
    client = sign_in(make.person(Role.COMMUNITY, community))
    for name in ("runs", "desk"):
        assert client.get(reverse(f"exchange:{name}")).status_code == 403
    make.NeedFactory(school__division=town, words="镇上一所学校的事")
    for name in ("needs", "orders"):
        page = client.get(reverse(f"exchange:{name}"))
        assert page.status_code == 200
        assert "镇上一所学校的事" not in page.content.decode()


# 会商 and 回访


def disputed(scene: Scene, office: User, **about: Any) -> Order:
    need = scene.need(headcount=10, **about)
    order = services.place_order(need, scene.session, by=office, origin=Order.Origin.RUN)
    return services.object_to_order(order, by=scene.staff, reason="time")


def to_call_back(scene: Scene, **about: Any) -> Order:
    past = make.SessionFactory(resource=scene.resource, date=today() - timedelta(days=5))
    order = make.OrderFactory(
        need=scene.need(headcount=10, **about), session=past, state=Order.State.DONE
    )
    services.rate_order(order, by=scene.staff, stars=5)
    make.RatingFactory(order=order, side="school", stars=1)
    services.mind_deadlines()
    return order


def test_her_office_is_asked_and_confers_for_its_own_schools(
    scene: Scene, clerk: User, office: User
) -> None:
    order = disputed(scene, office)
    asked = Notice.objects.get(to=clerk, verb="order.object")
    assert asked.asks

    services.settle_objection(order, by=clerk, outcome="pool", agreed="另找一家")

    asked.refresh_from_db()
    assert asked.read_at is not None
    assert not Notice.objects.unread().filter(to=office, asks=True).exists()
    order.refresh_from_db()
    assert (order.state, order.objections.get().settled_by) == ("cancelled", clerk)


def test_her_office_calls_back_for_its_own_schools(scene: Scene, clerk: User) -> None:
    order = to_call_back(scene)
    assert Notice.objects.filter(to=clerk, verb="order.revisit", asks=True).exists()

    services.record_revisit(order, by=clerk, result="fair")

    order.refresh_from_db()
    assert (order.state, order.revisit.by) == ("archived", clerk)


def test_from_her_pages_she_confers_and_calls_back(
    scene: Scene, clerk: User, office: User, sign_in: SignIn
) -> None:
    order, asked = disputed(scene, office), to_call_back(scene)
    client = sign_in(clerk)
    assert "会商怎么定的" in text_of(client.get(order.get_absolute_url()))
    confer = reverse("exchange:order_confer", args=[order.pk])
    again = client.post(confer, {"outcome": "closed", "agreed": "说好不办"})
    assert "请选一下为什么不再办理" in text_of(again)
    done = client.post(confer, {"outcome": "pool", "agreed": "另找一家"}, follow=True)
    assert "会商记下了" in text_of(done)
    assert "记下回访，归档" in text_of(client.get(asked.get_absolute_url()))
    revisit = reverse("exchange:order_revisit", args=[asked.pk])
    assert "这一单归档" in text_of(client.post(revisit, {"result": "solved"}, follow=True))


def test_she_reads_whom_to_ring_at_the_schools_of_her_own_town(
    scene: Scene, clerk: User, sign_in: SignIn
) -> None:
    elsewhere = make.SchoolFactory()
    for school in (scene.school, elsewhere):
        make.LiaisonFactory(organization=school, phone="分机 0001")
    client = sign_in(clerk)
    own, other = (reverse("exchange:posts", args=[s.pk]) for s in (scene.school, elsewhere))
    assert "分机 0001" in text_of(client.get(own))
    assert "分机 0001" not in text_of(client.get(other))
    assert own in text_of(client.get(to_call_back(scene).get_absolute_url()))


def test_of_another_town_she_settles_nothing_and_hears_nothing(
    scene: Scene, clerk: User, office: User, sign_in: SignIn
) -> None:
    theirs = disputed(scene, office, school=make.SchoolFactory())
    asked = to_call_back(scene, school=make.SchoolFactory())
    assert not Notice.objects.filter(to=clerk).exists()
    with pytest.raises(NotAllowed, match="学校所在的镇街"):
        services.settle_objection(theirs, by=clerk, outcome="pool", agreed="另找一家")
    with pytest.raises(NotAllowed, match="学校所在的镇街"):
        services.record_revisit(asked, by=clerk, result="solved")
    client = sign_in(clerk)
    for order in Order.objects.all():
        for name in ("order_confer", "order_revisit"):
            address = reverse(f"exchange:{name}", args=[order.pk])
            assert client.post(address, {"outcome": "pool", "agreed": "x"}).status_code == 404
        assert client.get(order.get_absolute_url()).status_code == 404
    theirs.refresh_from_db()
    asked.refresh_from_db()
    assert (theirs.state, asked.state) == ("disputed", "revisit")
