"""One resource twice in a unit: proposed with why, made one with nothing lost, put back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from gongyu.accounts.models import Role, User
from gongyu.core import timeline
from gongyu.core.calendar import at, now, today
from gongyu.core.errors import DomainError, MoveNotAllowed, NotAllowed
from gongyu.exchange import services
from gongyu.exchange.models import Order, Resource, ResourceEntry, ResourceMerge, Session
from gongyu.exchange.queries.duplicate_resources import bare_title, resource_candidates
from gongyu.exchange.services.resource_merges import _links
from tests import factories as make

from .conftest import Scene
from .test_census_import import row, upload, workbook
from .test_census_workbook import rows_everywhere
from .test_offer_pages import queries_of, text_of

SignIn = Callable[[User], Client]
LIST, OWN = reverse("exchange:duplicates"), reverse("exchange:resources")


@pytest.fixture
def commission(db: None) -> User:
    return make.person(Role.COMMISSION)


@pytest.fixture
def twin(scene: Scene) -> Resource:
    """The scene's resource a second time in its unit, with a life of its own."""
    Resource.objects.filter(pk=scene.resource.pk).update(title="活字印刷体验")
    second = make.TopicFactory(code="T0102", parent=scene.topic.parent)
    twin: Resource = make.ResourceFactory(
        unit=scene.unit, title="活字 印刷（亲子）", topics=[scene.topic, second]
    )
    session = make.SessionFactory(resource=twin, date=today() + timedelta(days=9))
    scene.order(session=session)
    past = make.SessionFactory(resource=twin, date=today() - timedelta(days=9))
    scene.order(Order.State.RATED, session=past)
    make.OpeningRuleFactory(resource=twin)
    make.OpeningExceptionFactory(resource=twin)
    make.ResourcePhotoFactory(resource=twin)
    make.ResourceEntryFactory(resource=twin)
    return twin


def hanging(*resources: Resource) -> Counter[str]:
    """How many rows of each kind point at one of the resources."""
    rows = Counter(
        {
            f"{model._meta.label}.{column}": number
            for model, column in _links()
            if (number := model._base_manager.filter(**{f"{column}__in": resources}).count())
        }
    )
    return rows + Counter(entry=ResourceEntry.objects.filter(resource__in=resources).count())


def pair(first: Resource, second: Resource) -> str:
    return reverse("exchange:resource_pair", args=[first.pk, second.pk])


def test_titles_are_bared_of_marks_and_common_words() -> None:
    assert bare_title("活字印刷体验") == bare_title("活字 印刷（亲子）") == "活字印刷"


def test_same_and_near_titles_on_one_topic_are_proposed(scene: Scene, twin: Resource) -> None:
    near = make.ResourceFactory(unit=scene.unit, title="活字印刷术", topics=[scene.topic])
    make.ResourceFactory(unit=scene.unit, title="活字印刷", topics=[make.TopicFactory()])
    make.ResourceFactory(title="活字印刷", topics=[scene.topic])  # another unit's
    found = [(p.first.pk, p.second.pk, p.why) for p in resource_candidates()]
    assert found == [
        (scene.resource.pk, twin.pk, "名称一样，主题也一样"),
        (scene.resource.pk, near.pk, "名称很像，主题一样"),
        (twin.pk, near.pk, "名称很像，主题一样"),
    ]


def test_nothing_is_lost_and_all_of_it_comes_back(
    scene: Scene, twin: Resource, commission: User
) -> None:
    before, ours, theirs = rows_everywhere(), hanging(scene.resource), hanging(twin)
    both = hanging(scene.resource, twin)
    merge = services.merge_resources(scene.resource, twin, by=scene.staff)
    after = rows_everywhere()
    assert {label: n - before[label] for label, n in after.items() if n != before[label]} == {
        "exchange.Resource": -1,  # of those that stand
        "exchange.ResourceMerge": 1,
        "core.TimelineEntry": 2,
        "notices.Notice": 1,  # to the unit's other person
    }
    assert hanging(scene.resource, twin) == both
    assert hanging(twin) == {"exchange.Resource_topics.resource": 1}  # the topic that both have
    assert merge.number_moved == sum(theirs.values()) - 1
    assert Order.objects.filter(session__resource=scene.resource).count() == 2
    assert scene.resource.topics.count() == 2
    assert not Resource.objects.filter(pk=twin.pk).exists()
    assert list(scene.unit.resources.all()) == [scene.resource]
    assert resource_candidates() == []
    assert timeline.entries_of(merge).get().actor == scene.staff

    services.undo_resource_merge(merge, by=commission)
    assert (hanging(scene.resource), hanging(twin)) == (ours, theirs)
    assert scene.unit.resources.count() == 2
    with pytest.raises(MoveNotAllowed, match="已经撤销了"):
        services.undo_resource_merge(merge, by=commission)


def test_two_sessions_at_one_half_day(scene: Scene, twin: Resource) -> None:
    clash = make.SessionFactory(resource=twin, date=scene.session.date)
    order = scene.order(session=clash)
    with pytest.raises(MoveNotAllowed, match="有学校约或者在排队"):
        services.merge_resources(scene.resource, twin, by=scene.staff)
    services.decline_order(order, by=scene.staff, reason="other", words="改天")
    merge = services.merge_resources(scene.resource, twin, by=scene.staff)
    clash.refresh_from_db()
    assert (clash.state, clash.resource_id, merge.shut) == ("withdrawn", twin.pk, [clash.pk])
    services.undo_resource_merge(merge, by=scene.staff)
    clash.refresh_from_db()
    assert clash.state == Session.State.OPEN


def test_what_was_merged_is_not_imported_again_and_its_title_is_free(
    scene: Scene, twin: Resource, commission: User
) -> None:
    services.merge_resources(scene.resource, twin, by=scene.staff)
    again = upload(workbook(row(scene, 名称=twin.title)), commission)
    assert (again.rows, again.unchanged) == (0, 1)
    make.ResourceFactory(unit=scene.unit, title=twin.title)
    with pytest.raises(MoveNotAllowed, match="同名"):
        services.undo_resource_merge(ResourceMerge.objects.get(), by=commission)


def test_an_import_taken_back_leaves_what_was_merged(scene: Scene, commission: User) -> None:
    rows = [row(scene, 名称=name) for name in ("活字", "活字（二）", "别的")]
    entry = upload(workbook(*rows), commission)
    services.apply_import(entry, by=commission)
    first, second = (Resource.objects.get(title=title) for title in ("活字", "活字（二）"))
    services.merge_resources(first, second, by=commission)
    assert services.undo_import(entry, by=commission) == (1, 1)
    assert set(Resource.every.filter(unit=scene.unit)) == {scene.resource, first, second}


def test_not_undone_late_nor_once_somebody_ordered(scene: Scene, twin: Resource) -> None:
    session = make.SessionFactory(resource=twin, date=today() + timedelta(days=20))
    merge = services.merge_resources(scene.resource, twin, by=scene.staff)
    with at(now() + timedelta(days=31)), pytest.raises(MoveNotAllowed, match="超过 30 天"):
        services.undo_resource_merge(merge, by=scene.staff)
    with at(now() + timedelta(hours=1)):
        make.OrderFactory(need=scene.need(), session=session)
        with pytest.raises(MoveNotAllowed, match="又有学校约了"):
            services.undo_resource_merge(merge, by=scene.staff)


def test_who_may_not_and_what_cannot(scene: Scene, twin: Resource, commission: User) -> None:
    other = make.ResourceFactory()
    stranger = make.person(Role.UNIT, other.unit)
    with pytest.raises(NotAllowed):
        services.merge_resources(scene.resource, twin, by=stranger)
    with pytest.raises(DomainError, match="两项不同的"):
        services.merge_resources(twin, twin, by=commission)
    with pytest.raises(DomainError, match="同一家单位"):
        services.merge_resources(twin, other, by=commission)
    merge = services.merge_resources(scene.resource, twin, by=commission)
    with pytest.raises(NotAllowed):
        services.undo_resource_merge(merge, by=stranger)
    with pytest.raises(MoveNotAllowed, match="已经并掉了"):
        services.merge_resources(scene.resource, twin, by=commission)


def test_a_unit_sees_the_pair_on_its_own_page_and_makes_it_one(
    scene: Scene, twin: Resource, sign_in: SignIn
) -> None:
    client, address = sign_in(scene.staff), pair(scene.resource, twin)
    assert address in text_of(client.get(OWN))
    assert "2 场，2 单，1 张照片" in text_of(client.get(address))
    page = text_of(client.post(address, {"do": "merge", "kept": "second"}, follow=True))
    merge = ResourceMerge.objects.get()
    assert (merge.kept, merge.gone_id) == (twin, scene.resource.pk)
    assert "并好了" in page
    assert "撤销合并" in page
    undo = reverse("exchange:resource_merge_undo", args=[merge.pk])
    assert "又分开了" in text_of(client.post(undo, follow=True))
    client.post(address, {"do": "apart"})
    assert address not in text_of(client.get(OWN))


def test_the_calendar_bears_what_stayed_with_the_one_that_went(
    scene: Scene, twin: Resource, sign_in: SignIn
) -> None:
    for resource in (scene.resource, twin):
        make.OpeningExceptionFactory(resource=resource, date=today() + timedelta(days=2))
    services.merge_resources(scene.resource, twin, by=scene.staff)
    page = sign_in(scene.staff).get(reverse("exchange:calendars"), {"span": "month"})
    assert page.status_code == 200


def test_the_commission_sees_all_pairs_and_what_was_merged(
    scene: Scene, twin: Resource, commission: User, sign_in: SignIn
) -> None:
    client = sign_in(commission)
    assert pair(scene.resource, twin) in text_of(client.get(LIST))
    services.merge_resources(scene.resource, twin, by=commission)
    page = text_of(client.get(LIST))
    assert pair(scene.resource, twin) not in page
    assert ResourceMerge.objects.get().get_absolute_url() in page


def test_a_unit_merged_away_takes_its_merged_resources_along(
    scene: Scene, twin: Resource, commission: User
) -> None:
    services.merge_resources(scene.resource, twin, by=scene.staff)
    other = make.UnitFactory()
    services.merge_units(other, scene.unit, chosen={}, by=commission)
    assert set(Resource.every.filter(unit=other)) == {scene.resource, twin}


def test_the_pages_ask_no_more_with_more_pairs(
    scene: Scene, twin: Resource, commission: User, sign_in: SignIn
) -> None:
    staff, office = sign_in(scene.staff), sign_in(commission)
    pages = [(office, LIST), (staff, OWN), (staff, pair(scene.resource, twin))]
    for client, page in pages:
        client.get(page)
    before = [queries_of(client, page) for client, page in pages]
    for n in range(8):
        make.ResourceFactory(unit=scene.unit, title=f"活字印刷{n}", topics=[scene.topic])
    assert len(resource_candidates()) > 8
    assert [queries_of(client, page) for client, page in pages] == before
