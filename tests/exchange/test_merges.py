"""Units that stand there twice: found with why, made one with nothing lost, put back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse

from gongyu.accounts.models import Membership, Role, User
from gongyu.core import timeline
from gongyu.core.calendar import at, now
from gongyu.core.errors import DomainError, MoveNotAllowed, NotAllowed
from gongyu.exchange import services
from gongyu.exchange.models import NotTheSame, Order, UnitAdmission, UnitMerge
from gongyu.exchange.queries.duplicates import bare_name, candidates
from gongyu.exchange.services.merges import _links
from gongyu.places.kinds import SUB_KINDS
from gongyu.places.models import Organization, Precision
from tests import factories as make

from .conftest import Scene
from .test_offer_pages import queries_of, text_of

SignIn = Callable[[User], Client]
LIST = reverse("exchange:duplicates")


@pytest.fixture
def commission(db: None) -> User:
    return make.person(Role.COMMISSION)


@pytest.fixture
def twin(scene: Scene) -> Organization:
    """The scene's unit a second time, with a life of its own."""
    unit = make.UnitFactory(
        name="大兴印刷馆", phone="", address="兴华北路 25 号", about="另一份介绍"
    )
    resource = make.ResourceFactory(unit=unit, topics=[scene.topic])
    session = make.SessionFactory(resource=resource)
    make.OrderFactory(need=scene.need(), session=session)
    make.OpeningRuleFactory(resource=resource)
    make.UnitAdmissionFactory(unit=unit)
    make.person(Role.UNIT, unit)
    make.MembershipFactory(user=scene.staff, role=Role.UNIT, organization=unit)  # works in both
    make.LiaisonFactory(organization=unit)
    make.WhitelistMatterFactory(body=unit)
    make.ProblemFactory().supporting.add(unit)
    services.book_visits()
    return unit


def rows_everywhere() -> dict[str, int]:
    return {
        model._meta.label: model._default_manager.count()
        for model in apps.get_models(include_auto_created=True)
        if model._meta.app_label not in {"sessions", "contenttypes"}
    }


def hanging(*units: Organization) -> Counter[str]:
    """How many rows of each kind point at one of the units."""
    return Counter(
        {
            f"{model._meta.label}.{column}": number
            for model, column in _links()
            if (number := model._default_manager.filter(**{f"{column}__in": units}).count())
        }
    )


# Finding


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("北京市大兴区图书馆", "大兴图书馆"),
        ("大兴区图书馆（总馆）", "大兴区图书馆"),
        ("北京印刷 · 博物馆", "印刷博物馆"),
    ],
)
def test_a_name_is_bared_of_place_and_marks(one: str, other: str) -> None:
    assert bare_name(one) == bare_name(other)


def test_pairs_are_proposed_with_why(db: None) -> None:
    far = {"lon": 116.5, "lat": 39.6}
    same = make.UnitFactory(name="大兴区青少年宫", phone="010-69240000")
    make.UnitFactory(name="北京市大兴区青少年宫", phone="69240000", **far)
    alone = make.UnitFactory(name="月季园", lon=116.2, lat=39.5)
    (pair,) = [p for p in candidates() if same in (p.first, p.second)]
    assert pair.why == ["去掉地名和括号，名字一样", "电话一样"]
    assert all(alone not in (p.first, p.second) for p in candidates())


def test_one_place_alone_is_not_enough(db: None) -> None:
    make.UnitFactory(name="国际会展中心", lon=116.3, lat=39.7)
    make.UnitFactory(name="亲子烘焙工坊", lon=116.3, lat=39.7)
    for name in ("卫星导航博物馆", "沉香文化博物馆"):
        make.UnitFactory(name=name, address="魏善庄镇龙江路 2 号", lon=116.4, lat=39.6)
    assert candidates() == []
    make.UnitFactory(name="会展中心", lon=116.3001, lat=39.7)
    assert [p.why for p in candidates()] == [["在同一个地方，名字也像"]]


def test_what_was_looked_at_is_not_proposed_again(
    scene: Scene, commission: User, sign_in: SignIn
) -> None:
    first, second = make.UnitFactory(name="大兴书店"), make.UnitFactory(name="书店")
    client = sign_in(commission)
    assert "像是同一家" in text_of(client.get(LIST))
    address = reverse("exchange:duplicate_pair", args=[second.pk, first.pk])
    client.post(address, {"do": "apart"})
    assert NotTheSame.objects.get().first == first
    assert candidates() == []
    assert "没有看着像同一家的" in text_of(client.get(LIST))


# Merging


def test_nothing_is_lost(scene: Scene, twin: Organization, commission: User) -> None:
    before, hung = rows_everywhere(), hanging(scene.unit, twin)
    own = hanging(twin)
    merge = services.merge_units(scene.unit, twin, chosen={}, by=commission)
    after = rows_everywhere()
    expected = before | {
        "exchange.UnitMerge": 1,
        "core.TimelineEntry": before["core.TimelineEntry"] + 1,
    }
    assert after == expected
    assert hanging(scene.unit, twin) == hung
    left = hanging(twin)
    assert sum(own.values()) == merge.number_moved + sum(left.values())
    assert left == {"accounts.Membership.organization": 1}  # the same person in the same role
    assert Order.objects.filter(session__resource__unit=scene.unit).count() == 1
    assert Membership.objects.filter(user=scene.staff).count() == 2
    assert UnitAdmission.objects.get().unit == scene.unit
    assert timeline.entries_of(merge).get().actor == commission


def test_what_both_have_once_stays_with_each(
    scene: Scene, twin: Organization, commission: User
) -> None:
    ours = make.UnitAdmissionFactory(unit=scene.unit)
    services.merge_units(scene.unit, twin, chosen={}, by=commission)
    ours.refresh_from_db()
    assert ours.unit == scene.unit
    assert UnitAdmission.objects.filter(unit=twin).exists()


def test_fields_are_chosen_one_by_one_and_the_old_page_leads_on(
    scene: Scene, twin: Organization, commission: User, sign_in: SignIn
) -> None:
    Organization.objects.filter(pk=twin.pk).update(sub_kind="women_fed")
    client = sign_in(commission)
    address = reverse("exchange:duplicate_pair", args=[scene.unit.pk, twin.pk])
    page = text_of(client.get(address))
    assert "另一份介绍" in page
    assert str(SUB_KINDS["women_fed"]) in page
    assert "women_fed" not in page
    old_name = scene.unit.name
    form = {"do": "merge", "kept": "first", "name": "second", "about": "second", "phone": "first"}
    page = text_of(client.post(address, form, follow=True))
    assert "并好了" in page
    assert "摸底" in page
    kept = Organization.objects.get(pk=scene.unit.pk)
    assert (kept.name, kept.about, kept.address) == ("大兴印刷馆", "另一份介绍", "")
    twin.refresh_from_db()
    assert (twin.merged_into, twin.is_listed) == (kept, False)
    for room in ("places:organization", "exchange:offers"):
        answer = Client().get(reverse(room, args=[twin.pk]))
        assert answer["Location"] == reverse(room, args=[kept.pk])
    services.undo_merge(UnitMerge.objects.get(), by=commission)
    kept.refresh_from_db()
    twin.refresh_from_db()
    assert (kept.name, kept.about) == (old_name, "")
    assert (twin.name, twin.merged_into, twin.is_listed) == ("大兴印刷馆", None, True)


def test_the_point_goes_with_its_precision(scene: Scene, commission: User) -> None:
    twin = make.UnitFactory(lon=116.1, lat=39.1, precision=Precision.COMMUNITY)
    services.merge_units(scene.unit, twin, chosen={"point": "gone"}, by=commission)
    scene.unit.refresh_from_db()
    assert (scene.unit.lon, scene.unit.precision) == (116.1, Precision.COMMUNITY)


# Putting back


def test_undone_everything_hangs_where_it_hung(
    scene: Scene, twin: Organization, commission: User, sign_in: SignIn
) -> None:
    ours, theirs = hanging(scene.unit), hanging(twin)
    merge = services.merge_units(scene.unit, twin, chosen={"about": "gone"}, by=commission)
    client = sign_in(commission)
    page = text_of(client.get(merge.get_absolute_url()))
    assert "挪过来的" in page
    assert "撤销合并" in page
    client.post(reverse("exchange:merge_undo", args=[merge.pk]))
    assert (hanging(scene.unit), hanging(twin)) == (ours, theirs)
    assert "又分开了" in text_of(client.get(merge.get_absolute_url()))
    with pytest.raises(MoveNotAllowed, match="已经撤销了"):
        services.undo_merge(merge, by=commission)


def test_not_undone_once_something_new_hangs_on_it(
    scene: Scene, twin: Organization, commission: User
) -> None:
    day = scene.session.date + timedelta(days=1)
    session = make.SessionFactory(resource=twin.resources.get(), date=day)
    merge = services.merge_units(scene.unit, twin, chosen={}, by=commission)
    with at(now() + timedelta(hours=1)):
        make.OrderFactory(need=scene.need(), session=session)
        with pytest.raises(MoveNotAllowed, match="又有学校约了"):
            services.undo_merge(merge, by=commission)


def test_not_undone_after_thirty_days_nor_before_a_later_one(
    scene: Scene, twin: Organization, commission: User
) -> None:
    merge = services.merge_units(scene.unit, twin, chosen={}, by=commission)
    with at(now() + timedelta(days=31)), pytest.raises(MoveNotAllowed, match="超过 30 天"):
        services.undo_merge(merge, by=commission)
    later = services.merge_units(make.UnitFactory(), scene.unit, chosen={}, by=commission)
    with pytest.raises(MoveNotAllowed, match="先撤后面那次"):
        services.undo_merge(merge, by=commission)
    services.undo_merge(later, by=commission)
    services.undo_merge(merge, by=commission)


def test_who_may_not_and_what_cannot(scene: Scene, twin: Organization, commission: User) -> None:
    with pytest.raises(NotAllowed):
        services.merge_units(scene.unit, twin, chosen={}, by=scene.staff)
    with pytest.raises(DomainError, match="两家不同的"):
        services.merge_units(twin, twin, chosen={}, by=commission)
    with pytest.raises(DomainError, match="只合并资源单位"):
        services.merge_units(scene.unit, scene.school, chosen={}, by=commission)
    services.merge_units(scene.unit, twin, chosen={}, by=commission)
    with pytest.raises(MoveNotAllowed, match="已经并到别家"):
        services.merge_units(make.UnitFactory(), twin, chosen={}, by=commission)


def test_the_lists_ask_no_more_with_more_units(
    scene: Scene, twin: Organization, commission: User, sign_in: SignIn
) -> None:
    client = sign_in(commission)
    pair = reverse("exchange:duplicate_pair", args=[scene.unit.pk, twin.pk])
    client.get(LIST)
    before = [queries_of(client, page) for page in (LIST, pair)]
    for n in range(12):
        make.UnitFactory(name=f"大兴第{n % 6}书店（{n}）")
        make.ResourceFactory(unit=twin)
    assert len(candidates()) >= 6
    assert [queries_of(client, page) for page in (LIST, pair)] == before
