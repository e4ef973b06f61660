"""Who stands for a school or a unit: named, followed by the next, shown in the right degree."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse

from gongyu.accounts.models import Role, User
from gongyu.core.calendar import now, today
from gongyu.core.errors import DomainError, MoveNotAllowed, NotAllowed
from gongyu.exchange import services
from gongyu.exchange.models import ContactRead, Liaison, Order
from gongyu.exchange.queries.liaisons import without_liaison
from gongyu.places.models import Organization
from tests import factories as make

from .conftest import Scene
from .test_offer_pages import queries_of, text_of

SignIn = Callable[[User], Client]
OWN, DESK_PEOPLE = reverse("exchange:liaison_own"), reverse("exchange:desk_people")


def posts(organization: Organization) -> str:
    return reverse("exchange:posts", args=[organization.pk])


def typed(**changes: Any) -> dict[str, Any]:
    return {
        "kind": "liaison",
        "name": "马秀英",
        "title": "德育主任",
        "phone": "分机 0001",
        "starts": str(today()),
    } | changes


def named(organization: Organization, by: User, **changes: Any) -> Liaison:
    about = typed() | {"starts": today()} | changes
    return services.name_liaison(organization, by=by, **about)


def test_a_school_names_its_liaison(scene: Scene, sign_in: SignIn) -> None:
    client = sign_in(scene.head)
    assert "还没有联络人" in text_of(client.get(OWN))
    assert "定下了" in text_of(client.post(OWN, typed(), follow=True))
    post = Liaison.objects.get()
    assert (post.organization, post.name, post.named_by) == (scene.school, "马秀英", scene.head)


def test_a_unit_has_one_post_and_no_vice_principals(scene: Scene, sign_in: SignIn) -> None:
    page = text_of(sign_in(scene.staff).get(OWN))
    assert "哪个部门派来" not in page
    sign_in(scene.staff).post(OWN, typed(kind="law"))
    assert Liaison.objects.get().kind == "liaison"
    with pytest.raises(DomainError, match="副校长是学校的"):
        named(scene.unit, scene.staff, kind="law", from_body=make.DepartmentFactory())


def test_a_post_changes_hands_and_the_earlier_one_is_kept(scene: Scene, sign_in: SignIn) -> None:
    make.LiaisonFactory(organization=scene.school, name="前一位")
    named(scene.school, scene.head, starts=today() + timedelta(days=3))
    first, second = Liaison.objects.order_by("starts")
    assert first.ends == today() + timedelta(days=2)
    assert first.is_current
    assert second.ends is None
    assert not second.is_current
    page = text_of(sign_in(scene.head).get(OWN))
    assert "前一位" in page
    assert "马秀英" in page
    with pytest.raises(DomainError, match="新的人要在这之后"):
        named(scene.school, scene.head, starts=today())


def test_the_database_keeps_one_open_post_of_a_kind(scene: Scene) -> None:
    make.LiaisonFactory(organization=scene.school)
    with pytest.raises(IntegrityError):
        make.LiaisonFactory(organization=scene.school)


def test_the_public_reads_titles_only(scene: Scene) -> None:
    make.LiaisonFactory(organization=scene.school, name="马秀英", phone="分机 0001")
    page = text_of(Client().get(posts(scene.school)))
    assert "德育主任" in page
    assert "马秀英" not in page
    assert "分机 0001" not in page
    whole = text_of(Client().get(scene.school.get_absolute_url()))
    assert posts(scene.school) in whole


def test_the_telephone_is_for_those_who_work_together(scene: Scene, sign_in: SignIn) -> None:
    make.LiaisonFactory(organization=scene.school, name="马秀英", phone="分机 0001")
    make.LiaisonFactory(organization=scene.unit, name="何建国", phone="分机 0002")
    other_unit, other_school = make.person(Role.UNIT), make.person(Role.SCHOOL_ADMIN)

    def sees(reader: User, organization: Organization) -> tuple[bool, bool]:
        page = text_of(sign_in(reader).get(posts(organization)))
        return ("马秀英" in page or "何建国" in page, "分机" in page)

    assert sees(scene.staff, scene.school) == (True, False)  # nothing together yet
    scene.order(Order.State.CANCELLED)
    assert sees(scene.staff, scene.school) == (True, False)
    order = scene.order()
    assert sees(scene.staff, scene.school) == (True, False)  # asked for, not agreed
    services.accept_order(order, by=scene.staff)
    assert sees(scene.staff, scene.school) == (True, True)
    assert sees(scene.teacher, scene.unit) == (True, True)
    assert sees(scene.head, scene.school) == (True, True)
    assert sees(make.person(Role.COMMISSION), scene.school) == (True, True)
    assert sees(other_unit, scene.school) == (True, False)
    assert sees(other_school, scene.unit) == (True, False)
    assert sees(make.person(Role.PARENT), scene.school) == (False, False)


def test_each_showing_of_a_liaisons_telephone_is_written_down(
    scene: Scene, sign_in: SignIn
) -> None:
    make.LiaisonFactory(organization=scene.unit, phone="分机 0002")
    sign_in(scene.teacher).get(posts(scene.unit))  # a name, no telephone
    Client().get(posts(scene.unit))
    assert not ContactRead.objects.exists()
    services.accept_order(scene.order(), by=scene.staff)
    sign_in(scene.teacher).get(posts(scene.unit))
    read = ContactRead.objects.get()
    assert (read.organization, read.order, read.reader) == (scene.unit, None, scene.teacher)
    page = text_of(sign_in(scene.staff).get(OWN))
    assert "谁看过电话" in page
    assert scene.teacher.name in page


def test_a_reading_is_of_an_order_or_of_an_organisation(scene: Scene) -> None:
    about = {"reader": scene.staff, "reader_name": scene.staff.name, "at": now()}
    with pytest.raises(IntegrityError):
        ContactRead.objects.create(order=scene.order(), organization=scene.unit, **about)


def test_the_order_leads_to_the_other_sides_liaison(scene: Scene, sign_in: SignIn) -> None:
    order = scene.order()
    assert posts(scene.unit) in text_of(sign_in(scene.teacher).get(order.get_absolute_url()))
    assert posts(scene.school) in text_of(sign_in(scene.staff).get(order.get_absolute_url()))


def test_a_vice_principal_is_lent_and_does_things(scene: Scene, sign_in: SignIn) -> None:
    client, court = sign_in(scene.head), make.DepartmentFactory(name="区法院")
    assert "请选副校长是哪个部门派来的" in text_of(client.post(OWN, typed(kind="law")))
    client.post(OWN, typed(kind="law", from_body=court.pk))
    post = Liaison.objects.get()
    assert post.from_body == court
    address = reverse("exchange:deed_note", args=[post.pk])
    page = text_of(client.post(address, {"day": str(today()), "what": "讲了一课"}, follow=True))
    assert "讲了一课" in page
    assert "这个学年做了 1 件事" in text_of(Client().get(posts(scene.school)))
    for day, sentence in [
        (today() + timedelta(days=1), "还没到这一天"),
        (today() - timedelta(days=1), "不在任期里"),
    ]:
        with pytest.raises(DomainError, match=sentence):
            services.note_deed(post, day=day, what="讲了一课", by=scene.head)
    with pytest.raises(DomainError, match="已经记过了"):
        services.note_deed(post, day=today(), what="讲了一课", by=scene.head)
    liaison = make.LiaisonFactory(organization=scene.school)
    with pytest.raises(DomainError, match="只给副校长"):
        services.note_deed(liaison, day=today(), what="讲了一课", by=scene.head)


def test_somebody_may_leave_before_the_next_is_known(scene: Scene, sign_in: SignIn) -> None:
    post = make.LiaisonFactory(organization=scene.school)
    sign_in(scene.head).post(reverse("exchange:liaison_end", args=[post.pk]))
    post.refresh_from_db()
    assert post.ends == today()
    with pytest.raises(MoveNotAllowed):
        services.end_liaison(post, by=scene.head)


def test_nobody_names_for_another_house(scene: Scene) -> None:
    other = make.person(Role.SCHOOL_ADMIN)
    vice = make.ViceFactory(organization=scene.school)
    for act in (
        lambda: named(scene.school, other),
        lambda: named(scene.school, scene.teacher),
        lambda: services.end_liaison(vice, by=other),
        lambda: services.note_deed(vice, day=today(), what="x", by=other),
    ):
        with pytest.raises(NotAllowed):
            act()
    named(scene.school, make.person(Role.COMMISSION))  # the commission may


def test_the_desk_warns_of_houses_without_a_liaison(scene: Scene, sign_in: SignIn) -> None:
    make.SchoolFactory()  # does not use the platform
    assert list(without_liaison()) == [scene.unit, scene.school]
    client = sign_in(make.person(Role.COMMISSION))
    assert "2 家学校和单位还没有联络人" in text_of(client.get(reverse("exchange:desk")))
    page = text_of(client.get(DESK_PEOPLE))
    assert reverse("exchange:liaison_of", args=[scene.school.pk]) in page
    make.LiaisonFactory(organization=scene.school)
    make.LiaisonFactory(organization=scene.unit, ends=today() - timedelta(days=1))
    assert list(without_liaison()) == [scene.unit]
    clerk = make.town_clerk(scene.school.town)
    assert list(without_liaison(scene.school.town)) == []
    assert "每家都有联络人" in text_of(sign_in(clerk).get(DESK_PEOPLE))


def test_the_pages_ask_no_more_with_more_people(scene: Scene, sign_in: SignIn) -> None:
    head, commission = sign_in(scene.head), sign_in(make.person(Role.COMMISSION))
    vice = make.ViceFactory(organization=scene.school)
    make.DeedFactory(liaison=vice)
    pages = [
        (head, OWN),
        (head, posts(scene.school)),
        (commission, DESK_PEOPLE),
        (commission, reverse("exchange:desk_export", args=["lent"])),
        (commission, reverse("exchange:desk_export", args=["people"])),
    ]
    for client, page in pages:
        client.get(page)
    before = [queries_of(client, page) for client, page in pages]
    for kind in ("health", "science", "fire"):
        for _ in range(3):
            make.DeedFactory(liaison=make.ViceFactory(kind=kind))
        make.DeedFactory(liaison=make.ViceFactory(kind=kind, organization=scene.school))
        make.ResourceFactory()
    assert [queries_of(client, page) for client, page in pages] == before
    assert max(before) <= 12
