"""The day itself: who comes, what is checked, who is there, when they arrived, what was done."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from gongyu.accounts.models import Role, User
from gongyu.core import timeline
from gongyu.core.calendar import at, now, say_half_day, today
from gongyu.core.errors import DomainError, MoveNotAllowed, NotAllowed
from gongyu.exchange import arrival, queries, services
from gongyu.exchange.models import ContactRead, Need, Order, RollMark, SafetyTick, Visit
from gongyu.exchange.safety import all_lines, lines_for
from gongyu.families.models import ReadRecord
from gongyu.notices.models import Notice
from tests import factories as make

from .conftest import Scene
from .test_order_pages import queries_of, text_of

SignIn = Callable[[User], Client]


def order_of(scene: Scene, days: int = 0, **about: Any) -> Order:
    """The scene's class goes to the scene's unit, today unless said otherwise."""
    session = make.SessionFactory(resource=scene.resource, date=today() + timedelta(days=days))
    about = {"school_class": scene.school_class, "headcount": 38} | about
    return scene.order(Order.State.ACCEPTED, session=session, **about)


def to(name: str, order: Order, *more: str) -> str:
    return reverse(f"exchange:{name}", args=[order.pk, *more])


def moment(days: int, hour: int = 9) -> datetime:
    day = datetime.combine(today() + timedelta(days=days), datetime.min.time())
    return timezone.make_aware(day + timedelta(hours=hour))


# The sheet


def test_both_sides_read_when_where_and_whom_to_ring(scene: Scene, sign_in: SignIn) -> None:
    make.ResourceEntryFactory(resource=scene.resource, contact_role="社教部")
    order = order_of(scene, days=3)
    services.describe_group(
        order, by=scene.teacher, escorts="王老师", escort_phone="13800000000", allergic=1
    )
    for person in (scene.teacher, scene.staff):
        page = text_of(sign_in(person).get(to("visit", order)))
        for words in ("09:00–11:00", scene.unit.name, "王老师", "tel:13800000000", "过敏 1 人"):
            assert words in page
        assert "社教部" in page
        assert "https://uri.amap.com/marker?position=116.36%2C39.75" in page
        assert "geo:39.75,116.36" in page
        assert not re.search(r'(src|action)="https?:', page), "loads from another host"


def test_no_childs_name_is_on_the_sheet_of_anybody(scene: Scene, sign_in: SignIn) -> None:
    order = order_of(scene)
    names = list(scene.school_class.students.values_list("name", flat=True))
    for person in (scene.teacher, scene.head, scene.staff):
        page = text_of(sign_in(person).get(to("visit", order)))
        assert not [name for name in names if name in page]
    day = text_of(sign_in(scene.staff).get(reverse("exchange:unit_day")))
    assert not [name for name in names if name in day]


def phones_of(scene: Scene) -> list[str]:
    for person, phone in ((scene.teacher, "13800000001"), (scene.head, "13800000002")):
        person.phone = phone
        person.save()
    scene.unit.phone = "010-69240000"
    scene.unit.save()
    return ["13800000001", "010-69240000"]


def test_each_side_reads_the_others_telephone_once_both_have_agreed(
    scene: Scene, sign_in: SignIn
) -> None:
    phones = phones_of(scene)
    asked = scene.order(school_class=scene.school_class, headcount=38)
    for person in (scene.teacher, scene.head, scene.staff):
        page = text_of(sign_in(person).get(asked.get_absolute_url()))
        assert not [phone for phone in phones if phone in page]
    assert not ContactRead.objects.exists()

    services.accept_order(asked, by=scene.staff)

    for person, side in (
        (scene.teacher, "school"),
        (scene.head, "school"),
        (scene.staff, "unit"),
    ):
        for address in (asked.get_absolute_url(), to("visit", asked)):
            page = text_of(sign_in(person).get(address))
            assert [phone for phone in phones if phone in page] == phones
        reads = ContactRead.objects.filter(order=asked, reader=person)
        assert [(read.side, read.reader_name) for read in reads] == [(side, person.name)] * 2
    assert f"学校，{scene.head.name}，今天" in page  # the unit's sheet names who has seen them


def test_telephones_are_for_nobody_else_and_only_shown_ones_are_recorded(
    scene: Scene, sign_in: SignIn
) -> None:
    phones = phones_of(scene)
    order = order_of(scene, days=3)
    colleague = make.person(Role.TEACHER, scene.school)
    page = text_of(sign_in(colleague).get(to("visit", order)))
    assert "电话只给办这一单的老师和单位看" in page
    assert not [phone for phone in phones if phone in page]
    readers = [
        colleague,
        make.person(Role.COMMISSION),
        make.town_clerk(scene.school.town),
        make.person(Role.UNIT),
        make.person(Role.TEACHER),
    ]
    for person in readers:
        page = text_of(sign_in(person).get(order.get_absolute_url()))
        assert not [phone for phone in phones if phone in page]
    assert not ContactRead.objects.exists()
    services.cancel_order(order, by=scene.staff)
    page = text_of(sign_in(scene.staff).get(order.get_absolute_url()))
    assert not [phone for phone in phones if phone in page]


def test_on_the_day_of_an_absence_the_sides_may_still_ring_each_other(
    scene: Scene, sign_in: SignIn
) -> None:
    phones = phones_of(scene)
    order = order_of(scene)
    services.record_absence(order, by=scene.staff, who="school", words="等到十点没见着人。")
    page = text_of(sign_in(scene.teacher).get(order.get_absolute_url()))
    assert [phone for phone in phones if phone in page] == phones
    assert "没见着人。需求回到需求池" in page
    with at(now() + timedelta(days=1)):
        page = text_of(sign_in(scene.teacher).get(order.get_absolute_url()))
    assert not [phone for phone in phones if phone in page]


def test_a_units_day_records_the_escorts_telephones_that_it_shows(
    scene: Scene, sign_in: SignIn
) -> None:
    order = order_of(scene)
    client = sign_in(scene.staff)
    client.get(reverse("exchange:unit_day"))
    assert not ContactRead.objects.exists()
    services.describe_group(order, by=scene.teacher, escorts="王", escort_phone="13800000000")
    assert "13800000000" in text_of(client.get(reverse("exchange:unit_day")))
    assert ContactRead.objects.get().reader == scene.staff


def test_the_contacts_are_for_the_two_parties(scene: Scene, sign_in: SignIn) -> None:
    order = order_of(scene)
    outsiders = [
        make.person(Role.COMMISSION),
        make.person(Role.UNIT),
        make.person(Role.TEACHER),
        make.person(Role.PARENT),
    ]
    for person in outsiders:
        assert sign_in(person).get(to("visit", order)).status_code in {403, 404}


def test_an_order_that_is_not_arranged_has_no_day(scene: Scene, sign_in: SignIn) -> None:
    order = scene.order()
    assert sign_in(scene.staff).get(to("visit", order)).status_code == 404
    with pytest.raises(MoveNotAllowed, match="没有约成"):
        services.describe_group(order, by=scene.teacher)


def test_the_school_says_who_comes_and_the_unit_hears_of_it(scene: Scene, sign_in: SignIn) -> None:
    order = order_of(scene, days=2)
    teacher = sign_in(scene.teacher)
    sent = {"escorts": "王老师", "escort_phone": "abc", "allergic": "1"}
    page = text_of(teacher.post(to("visit_group", order), sent))
    assert "电话只写数字" in page
    assert 'value="王老师"' in page
    page = text_of(teacher.post(to("visit_group", order), sent | {"escort_phone": ""}, follow=True))
    assert "填好了，单位看得到" in page
    assert Notice.objects.filter(to=scene.staff, verb="visit.group").exists()
    page = text_of(teacher.post(to("visit_group", order), {"allergic": "39"}))
    assert "一共来 38 人，请再看看这几个数。" in page
    with pytest.raises(NotAllowed):
        services.describe_group(order, by=scene.staff)


def test_parents_see_where_their_childs_class_goes_next(scene: Scene, sign_in: SignIn) -> None:
    child = scene.school_class.students.first()
    guardian = make.GuardianshipFactory(student=child).guardian
    later, order = order_of(scene, days=9), order_of(scene, days=3)
    order_of(scene, days=4, school_class=make.SchoolClassFactory(school=scene.school))
    asked = make.SessionFactory(resource=scene.resource, date=today() + timedelta(days=1))
    scene.order(session=asked, school_class=scene.school_class, headcount=5)
    client = sign_in(guardian)

    page = text_of(client.get(reverse("home:today")))
    assert "孩子的班接下来" in page
    assert f"去{scene.unit}" in page
    assert order.when in page
    assert later.when not in page  # the next one only
    page = text_of(client.get(reverse("exchange:visits")))
    assert page.index(order.when) < page.index(later.when)
    assert say_half_day(asked.date, asked.half_day) not in page
    assert to("visit", order) not in page

    other = make.GuardianshipFactory().guardian
    for address in ("home:today", "exchange:visits"):
        assert scene.unit.name not in text_of(sign_in(other).get(reverse(address)))
    assert "孩子的班接下来" not in text_of(sign_in(other).get(reverse("home:today")))


# The safety sheet


def test_every_form_has_lines_of_both_sides_and_every_code_is_one() -> None:
    for form in ("visit", "host", "online"):
        assert {line.side for line in lines_for(form)} == {"school", "unit"}
    codes = [line.code for line in all_lines()]
    assert len(codes) == len(set(codes))
    assert {line.when for line in all_lines()} == {"before", "day"}


def test_a_line_is_ticked_with_name_and_time_by_its_own_side(scene: Scene, sign_in: SignIn) -> None:
    order = order_of(scene, days=2)
    page = text_of(sign_in(scene.teacher).post(to("safety_tick", order, "first-aid"), follow=True))
    tick = SafetyTick.objects.get()
    assert tick.by == scene.teacher
    assert f"{scene.teacher}，今天" in page
    assert services.tick_safety(order, "first-aid", by=scene.head) == tick  # the first one stands
    with pytest.raises(NotAllowed, match="由对方来查"):
        services.tick_safety(order, "first-aid", by=scene.staff)
    with pytest.raises(DomainError, match="没有这一项"):
        services.tick_safety(order, "nothing", by=scene.staff)
    sign_in(scene.teacher).post(to("safety_tick", order, "first-aid"), {"undo": "1"})
    assert not SafetyTick.objects.exists()
    assert timeline.entries_of(order.visit).count() == 2


def test_the_last_line_of_a_side_is_news_for_the_other(scene: Scene) -> None:
    order = order_of(scene, days=2)
    *first, last = lines_for("visit", side="unit", when="before")
    for line in first:
        services.tick_safety(order, line.code, by=scene.staff)
    assert not Notice.objects.filter(verb="safety.all").exists()
    services.tick_safety(order, last.code, by=scene.staff)
    assert Notice.objects.filter(verb="safety.all", to=scene.teacher).exists()
    assert timeline.entries_of(order).filter(verb="safety.all").exists()


def test_an_open_sheet_is_said_and_is_no_condition(scene: Scene, sign_in: SignIn) -> None:
    order = order_of(scene)
    page = text_of(sign_in(scene.staff).get(to("visit", order)))
    assert "行前还有 8 项没有勾。不勾也能办" in page
    services.arrive(order, by=scene.staff, heads=38)
    page = text_of(sign_in(scene.staff).get(to("visit", order)))
    assert "行前还有 8 项没有勾，活动照样办了。" in page


def test_the_first_page_shows_what_ones_own_side_has_left(scene: Scene, sign_in: SignIn) -> None:
    order = order_of(scene, days=3)
    order_of(scene, days=30)
    for line in lines_for("visit", side="unit", when="before"):
        services.tick_safety(order, line.code, by=scene.staff)
    assert queries.open_safety(scene.staff, "unit") == []
    assert [(o.pk, n) for o, n in queries.open_safety(scene.teacher, "school")] == [(order.pk, 5)]
    page = text_of(sign_in(scene.teacher).get(reverse("home:today")))
    assert "行前还没查齐的" in page
    assert "5 项" in page


def test_after_the_day_the_sheet_is_closed(scene: Scene) -> None:
    order = order_of(scene)
    with at(moment(1)), pytest.raises(MoveNotAllowed, match="安全单不再改"):
        services.tick_safety(order, "first-aid", by=scene.teacher)


# The roll


def test_the_roll_is_the_teachers_and_every_showing_is_recorded(
    scene: Scene, sign_in: SignIn
) -> None:
    order = order_of(scene)
    pupils = list(scene.school_class.students.order_by("pk"))
    teacher = sign_in(scene.teacher)
    page = text_of(teacher.get(to("visit_roll", order)))
    assert all(pupil.name in page for pupil in pupils)
    assert ReadRecord.objects.filter(reader=scene.teacher, student__in=pupils).count() == 5

    there = [pupil.pk for pupil in pupils[:3]]
    foreign = make.StudentFactory().pk
    page = text_of(teacher.post(to("visit_roll", order), {"there": [*there, foreign]}, follow=True))
    assert "点好了，到了 3 人。" in page
    assert 'name="heads" value="3"' in page  # what was ticked is filled in
    assert set(RollMark.objects.values_list("student", flat=True)) == set(there)

    for person in (scene.head, scene.staff, make.person(Role.TEACHER, scene.school)):
        assert sign_in(person).get(to("visit_roll", order)).status_code == 403
    assert ReadRecord.objects.count() == 5


def test_the_roll_is_gone_on_the_next_day(scene: Scene, sign_in: SignIn) -> None:
    order = order_of(scene)
    pupil = scene.school_class.students.earliest("pk")
    services.call_roll(order, [pupil.pk], by=scene.teacher)
    assert services.forget_rolls() == 0
    with at(moment(1)):
        page = text_of(sign_in(scene.teacher).get(to("visit_roll", order)))
        assert "点名只在当天用" in page
        assert pupil.name not in page
        assert services.forget_rolls() == 1
    assert not RollMark.objects.exists()


# The arrival


def test_one_press_carries_the_order_out(scene: Scene, sign_in: SignIn) -> None:
    order = order_of(scene)
    client = sign_in(scene.staff)
    assert 'name="heads" value="38"' in text_of(client.get(to("visit", order)))
    page = text_of(client.post(to("visit_arrive", order), {"heads": "37"}, follow=True))
    assert "到了 37 人" in page
    assert "约的是 38 人。" in page
    order.refresh_from_db()
    assert order.state == Order.State.DONE
    assert order.need.__class__.objects.get(pk=order.need_id).state == Need.State.DONE
    assert order.visit.arrived_how == Visit.How.TAP
    assert Notice.objects.filter(to=scene.teacher, verb="order.arrive").exists()
    assert timeline.entries_of(order).filter(verb="order.arrive").count() == 1


def test_pressed_again_by_whomever_it_counts_once(scene: Scene) -> None:
    order = order_of(scene)
    first = services.arrive(order, by=scene.staff, heads=37)
    again = services.arrive(order, by=scene.teacher, heads=12)
    assert (again.arrived_heads, again.arrived_by) == (37, scene.staff)
    assert again.arrived_at == first.arrived_at
    assert timeline.entries_of(order).filter(verb="order.arrive").count() == 1


@pytest.mark.parametrize(("days", "words"), [(2, "还没到日子"), (-2, "到达只能当天记")])
def test_an_arrival_is_of_its_own_day_whatever_the_clock_says(
    scene: Scene, days: int, words: str
) -> None:
    order = order_of(scene, days=days)
    with pytest.raises(MoveNotAllowed, match=words):
        services.arrive(order, by=scene.staff, heads=30)
    order.refresh_from_db()
    assert order.state == Order.State.ACCEPTED
    with at(moment(days)):  # the clock jumps there
        services.arrive(order, by=scene.staff, heads=30)
    with at(moment(0)):  # and back
        assert services.arrive(order, by=scene.staff, heads=30).arrived_heads == 30


def test_the_code_lets_any_of_the_schools_staff_in_on_the_day_only(
    scene: Scene, sign_in: SignIn
) -> None:
    order = order_of(scene)
    page = text_of(sign_in(scene.staff).get(to("visit", order)))
    assert "<svg" in page.partition("给带队老师扫的码")[2][:200]
    assert "style=" not in page.partition("给带队老师扫的码")[2][:300]
    address = reverse("exchange:arrive", args=[arrival.token_for(order)])
    assert arrival.code_for(f"http://testserver{address}") in page

    answer = Client().get(address)
    assert answer.status_code == 302  # to the sign-in page, and back here
    assert answer["Location"].endswith(f"?next={address}")
    colleague = make.person(Role.TEACHER, scene.school)
    with pytest.raises(NotAllowed):
        services.arrive(order, by=colleague, heads=38)
    for outsider in (make.person(Role.TEACHER), scene.staff):
        assert sign_in(outsider).get(address).status_code in {403, 404}

    client = sign_in(colleague)
    assert 'name="heads" value="38"' in text_of(client.get(address))
    page = text_of(client.post(address, {"heads": "38"}, follow=True))
    assert "到了 38 人" in page
    visit = Visit.objects.get()
    assert (visit.arrived_by, visit.arrived_how) == (colleague, Visit.How.CODE)
    assert "已经记过" in text_of(client.get(address))


def test_a_code_of_another_day_or_another_hand_opens_nothing(scene: Scene, sign_in: SignIn) -> None:
    order = order_of(scene, days=1)
    token = arrival.token_for(order)
    client = sign_in(scene.teacher)
    address = reverse("exchange:arrive", args=[token])
    assert "这个码今天用不了" in text_of(client.get(address))
    page = text_of(client.post(address, {"heads": "38"}, follow=True))
    assert "这个码是别的日子的" in page
    forged = reverse("exchange:arrive", args=[token[:-1] + ("A" if token[-1] != "A" else "B")])
    assert client.get(forged).status_code == 404
    other = make.SessionFactory(resource=scene.resource, date=today())
    Order.objects.filter(pk=order.pk).update(session=other, date=today())
    assert "这个码今天用不了" in text_of(client.get(address))  # moved: the old code is void
    assert not Visit.objects.filter(arrived_at__isnull=False).exists()


@pytest.mark.parametrize("heads", ["", "0", "-3", "99999", "x"])
def test_a_headcount_that_cannot_be_is_met_by_a_sentence(
    scene: Scene, sign_in: SignIn, heads: str
) -> None:
    order = order_of(scene)
    page = text_of(sign_in(scene.staff).post(to("visit_arrive", order), {"heads": heads}))
    assert "field-error" in page
    assert not Visit.objects.filter(arrived_at__isnull=False).exists()


# What was done


def test_two_lines_are_read_by_both_sides_and_the_family(scene: Scene, sign_in: SignIn) -> None:
    order = order_of(scene)
    pupil = scene.school_class.students.earliest("pk")
    guardian = make.GuardianshipFactory(student=pupil).guardian
    services.arrive(order, by=scene.staff, heads=38)
    page = text_of(
        sign_in(scene.staff).post(
            to("visit_words", order), {"words": "先看展，\n再分三组排字。"}, follow=True
        )
    )
    assert "先看展， 再分三组排字。" in page
    assert Notice.objects.filter(to=scene.teacher, verb="visit.words").exists()
    for person, address in (
        (scene.teacher, order.get_absolute_url()),
        (scene.teacher, reverse("exchange:visits")),
        (guardian, reverse("exchange:visits")),
        (guardian, reverse("home:today")),
    ):
        page = text_of(sign_in(person).get(address))
        assert "先看展， 再分三组排字。" in page
        assert scene.unit.name in page
    other = make.GuardianshipFactory().guardian
    assert "排字" not in text_of(sign_in(other).get(reverse("exchange:visits")))
    assert "排字" not in text_of(sign_in(other).get(reverse("home:today")))


def test_words_have_a_measure_a_day_and_no_name(scene: Scene, sign_in: SignIn) -> None:
    order = order_of(scene)
    name = scene.school_class.students.earliest("pk").name
    client = sign_in(scene.teacher)
    for words, sentence in (
        ("", "请写一两句孩子做了什么"),
        ("长" * 201, "这里有 201 个字，最多 200 个"),
        (f"{name}第一个排好了字。", f"里面写到了“{name}”"),
    ):
        page = text_of(client.post(to("visit_words", order), {"words": words}))
        assert sentence in page
        assert words in page  # nothing typed is lost
    assert not Visit.objects.filter(words__gt="").exists()
    later = order_of(scene, days=1)
    with pytest.raises(MoveNotAllowed, match="还没到日子"):
        services.tell_what_was_done(later, "去了", by=scene.teacher)


def test_the_school_puts_words_right_and_the_unit_does_not_put_the_schools(scene: Scene) -> None:
    order = order_of(scene)
    services.tell_what_was_done(order, "看展。", by=scene.staff)
    services.tell_what_was_done(order, "看展，排字。", by=scene.teacher)
    with pytest.raises(NotAllowed, match="学校已经写了"):
        services.tell_what_was_done(order, "别的", by=scene.staff)
    with pytest.raises(NotAllowed):
        services.tell_what_was_done(order, "别的", by=make.person(Role.TEACHER, scene.school))
    order.refresh_from_db()
    assert order.state == Order.State.DONE  # whoever says what was done, says that it was


# A unit's day, and numbers of queries


def test_the_day_of_a_unit_is_one_page_by_half_days(scene: Scene, sign_in: SignIn) -> None:
    order = order_of(scene)
    other = make.OrderFactory(
        need__headcount=30,
        session=make.SessionFactory(resource=scene.resource, date=today(), half_day=1),
        state=Order.State.ACCEPTED,
    )
    elsewhere = make.OrderFactory(session__date=today(), state=Order.State.ACCEPTED)
    client = sign_in(scene.staff)
    page = text_of(client.get(reverse("exchange:unit_day")))
    assert "今天来 2 拨孩子" in page
    assert "共 68 人" in page
    assert page.index(str(order.need.school)) < page.index(str(other.need.school))
    assert str(elsewhere.need.school) not in page
    empty = text_of(client.get(reverse("exchange:unit_day") + "?date=2026-01-01"))
    assert "这天没有约好的" in empty
    assert text_of(client.get(reverse("exchange:unit_day") + "?date=x")) != ""


@pytest.mark.parametrize("name", ["unit_day", "visits"])
def test_lists_ask_no_more_with_more_visits(scene: Scene, sign_in: SignIn, name: str) -> None:
    client, address = sign_in(scene.staff), reverse(f"exchange:{name}")
    services.arrive(order_of(scene, school_class=None), by=scene.staff, heads=9)
    client.get(address)
    before = queries_of(client, address)
    for half in (1, 2):
        session = make.SessionFactory(resource=scene.resource, date=today(), half_day=half)
        for _ in range(2):
            order = scene.order(Order.State.ACCEPTED, session=session, headcount=10)
            services.arrive(order, by=scene.staff, heads=9)
            make.VisitPhotoFactory(visit=order.visit)
    assert queries_of(client, address) == before <= 16


def test_the_sheet_asks_no_more_with_more_on_it(scene: Scene, sign_in: SignIn) -> None:
    order = order_of(scene)
    client = sign_in(scene.staff)
    services.tick_safety(order, "gate", by=scene.staff)
    make.VisitPhotoFactory(visit=order.visit)
    client.get(to("visit", order))
    before = queries_of(client, to("visit", order))
    for line in lines_for("visit", side="unit"):
        services.tick_safety(order, line.code, by=scene.staff)
    make.VisitPhotoFactory(visit=order.visit)
    make.VisitPhotoFactory(visit=order.visit)
    assert queries_of(client, to("visit", order)) == before <= 22


def test_the_time_of_the_arrival_is_the_products_clock(scene: Scene) -> None:
    order = order_of(scene)
    assert services.arrive(order, by=scene.staff, heads=1).arrived_at == pytest.approx(
        now(), abs=timedelta(minutes=1)
    )
