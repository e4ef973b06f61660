"""A unit's own entries, their yearly confirmation, and the district's invitation."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse

from gongyu.accounts.models import Role, User
from gongyu.core import timeline
from gongyu.core.calendar import today
from gongyu.core.errors import DomainError, MoveNotAllowed, NotAllowed
from gongyu.exchange import services
from gongyu.exchange.models import EntryInvitation, ResourceEntry
from gongyu.notices.models import Notice
from tests import factories as make

from .conftest import Scene
from .test_offer_pages import queries_of, text_of

NEW = reverse("exchange:resource_new")
RESOURCES = reverse("exchange:resources")
SignIn = Callable[[User], Client]


def typed(scene: Scene, **changes: Any) -> dict[str, Any]:
    return {
        "title": "印一本自己的书",
        "kind": "course",
        "topics": [scene.topic.pk],
        "first_grade": "3",
        "last_grade": "6",
        "form": "visit",
        "capacity": "40",
        "min_group": "10",
        "minutes": "120",
        "price_yuan": "12.50",
        "months": [str(n) for n in range(12)],
        "closed_weekdays": ["0"],
        "lead_days": "7",
        "opening_hours": "周二至周日 9:00—17:00",
        "contact_role": "社教部",
        "insured_until": "2027-06-30",
        "has_emergency_plan": "on",
    } | changes


def test_a_unit_writes_an_entry_and_has_confirmed_it(scene: Scene, sign_in: SignIn) -> None:
    client = sign_in(scene.staff)
    assert "一次接多少" in text_of(client.get(NEW))
    page = text_of(client.post(NEW, typed(scene), follow=True))
    assert "记下了，也算核对过了" in page
    resource = scene.unit.resources.get(title="印一本自己的书")
    assert (resource.price_fen, resource.lead_days) == (1250, 7)
    assert resource.entry.closed_weekdays == 0b1
    assert resource.entry.is_confirmed
    assert resource.entry.confirmed_by == scene.staff
    assert timeline.entries_of(resource).exists()


def test_what_stands_there_comes_back_into_the_form(scene: Scene, sign_in: SignIn) -> None:
    client = sign_in(scene.staff)
    client.post(NEW, typed(scene))
    resource = scene.unit.resources.get(title="印一本自己的书")
    address = reverse("exchange:resource_edit", args=[resource.pk])
    page = text_of(client.get(address))
    assert 'value="12.5"' in page
    assert "社教部" in page
    client.post(address, typed(scene, title="印两本书", capacity="50"))
    resource.refresh_from_db()
    assert (resource.title, resource.capacity) == ("印两本书", 50)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"title": ""}, "这一栏要写。"),
        ({"title": "字" * 61}, "这里有 61 个字，最多 60 个"),
        ({"kind": "ship"}, "请从列出的几项里选。"),
        ({"topics": []}, "请至少选一个主题"),
        ({"topics": ["x"]}, "请从列出的主题里选。"),
        ({"first_grade": "6", "last_grade": "3"}, "最高年级比最低年级还低"),
        ({"min_group": "41"}, "最少人数比最多人数还多。"),
        ({"form": "host"}, "“请进来”要写最远去多少公里外的学校。"),
        ({"capacity": "很多"}, "请写一个整数，比如 30。"),
        ({"months": []}, "请至少选一个月。"),
        ({"closed_weekdays": [str(n) for n in range(7)]}, "一周七天都闭馆"),
        ({"price_yuan": "-1"}, "费用不能是负的。"),
        ({"insured_until": "明年"}, "请写一个日子，比如 2027-06-30。"),
        ({"fire_checked_on": "2027-01-01"}, "检查日期不能在今天之后。"),
    ],
)
def test_every_mistake_has_a_sentence_and_keeps_what_was_typed(
    scene: Scene, sign_in: SignIn, changes: dict[str, Any], sentence: str
) -> None:
    page = text_of(sign_in(scene.staff).post(NEW, typed(scene, **changes)))
    assert sentence in page
    assert "周二至周日 9:00—17:00" in page
    assert scene.unit.resources.count() == 1


def test_two_resources_of_a_unit_have_two_names(scene: Scene, sign_in: SignIn) -> None:
    page = text_of(sign_in(scene.staff).post(NEW, typed(scene, title=scene.resource.title)))
    assert "本单位已经登记过同名的一项" in page


def test_the_entry_of_another_unit_is_out_of_reach(scene: Scene, sign_in: SignIn) -> None:
    other = make.ResourceFactory()
    address = reverse("exchange:resource_edit", args=[other.pk])
    assert sign_in(scene.staff).post(address, typed(scene)).status_code == 404
    with pytest.raises(NotAllowed):
        services.save_entry(
            other, unit=other.unit, by=scene.staff, topics=[], about={}, entry={"kind": "place"}
        )


def test_the_public_reads_the_statutory_columns_only(scene: Scene, client: Client) -> None:
    make.ResourceEntryFactory(
        resource=scene.resource,
        opening_hours="周末 9 点",
        contact_role="社教部",
        evidence="某某命名",
        insured_until=date(2027, 1, 1),
    )
    page = text_of(client.get(reverse("exchange:offers", args=[scene.unit.pk])))
    assert "周末 9 点" in page
    assert "社教部" in page
    assert "某某命名" not in page
    assert "2027" not in page


def test_the_database_refuses_an_entry_confirmed_by_nobody(scene: Scene) -> None:
    with pytest.raises(IntegrityError):
        make.ResourceEntryFactory(resource=scene.resource, confirmed_on=today())


# Once a school year


def test_one_tap_confirms_every_entry(scene: Scene, sign_in: SignIn) -> None:
    make.ResourceEntryFactory(resource=scene.resource)
    client = sign_in(scene.staff)
    assert "没有变化，核对完毕" in text_of(client.get(RESOURCES))
    page = text_of(client.post(reverse("exchange:entries_confirm"), follow=True))
    assert "核对过了，1 项都记作今年有效。" in page
    assert "没有变化，核对完毕" not in page
    assert ResourceEntry.objects.get().is_confirmed


def test_last_years_confirmation_does_not_count(scene: Scene) -> None:
    entry = make.ResourceEntryFactory(
        resource=scene.resource, confirmed_on=date(2026, 8, 31), confirmed_by=scene.staff
    )
    assert not entry.is_confirmed
    entry.confirmed_on = date(2026, 9, 1)
    assert entry.is_confirmed


def test_what_is_not_filled_in_cannot_be_confirmed(scene: Scene) -> None:
    with pytest.raises(MoveNotAllowed, match="还没有填登记"):
        services.confirm_entries(scene.unit, by=scene.staff)


def test_the_district_invites_once_a_year_and_an_answer_ends_the_asking(scene: Scene) -> None:
    make.ResourceEntryFactory(resource=scene.resource)
    commission = make.person(Role.COMMISSION)
    assert services.invite_units(by=commission) == 1
    assert services.invite_units(by=commission) == 0
    notice = Notice.objects.get(to=scene.staff, verb="entry.invite")
    assert notice.asks
    assert notice.read_at is None
    services.confirm_entries(scene.unit, by=scene.staff)
    notice.refresh_from_db()
    assert notice.read_at is not None
    with pytest.raises(NotAllowed):
        services.invite_units(by=scene.staff)


def test_a_reminder_comes_after_a_week_and_not_twice_in_one(scene: Scene) -> None:
    commission = make.person(Role.COMMISSION)
    services.invite_units(by=commission)
    with pytest.raises(DomainError, match="过几天再提醒"):
        services.remind_units(by=commission)
    EntryInvitation.objects.update(asked_on=today() - timedelta(days=7))
    assert services.remind_units(by=commission) == 1
    with pytest.raises(DomainError):
        services.remind_units(by=commission)
    assert Notice.objects.filter(to=scene.staff, asks=True, read_at__isnull=True).count() == 1


def test_the_form_asks_the_same_with_many_topics(scene: Scene, sign_in: SignIn) -> None:
    client = sign_in(scene.staff)
    few = queries_of(client, NEW)
    for _ in range(10):
        make.TopicFactory(parent=scene.topic)
    assert queries_of(client, NEW) == few <= 10


def test_topics_stand_under_their_first_level_and_what_is_ticked_is_open(
    scene: Scene, sign_in: SignIn
) -> None:
    other = make.TopicFactory(code="T0601", name="科学实验", parent=make.TopicFactory(code="T06"))
    page = sign_in(scene.staff).get(reverse("exchange:resource_edit", args=[scene.resource.pk]))
    groups = page.context["form"].topic_groups()
    assert [(group.name, group.ticked) for group in groups] == [
        (str(scene.topic.parent), [str(scene.topic)]),
        (str(other.parent), []),
    ]
