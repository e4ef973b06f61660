"""提需求: the form fills in what is known, loses nothing, and answers at once who could come."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from gongyu.accounts.models import Role, User
from gongyu.core.calendar import today
from gongyu.core.models import SchoolTerm
from gongyu.exchange.models import Need, Order
from tests import factories as make

from .conftest import Scene

PAGE = reverse("exchange:need_new")
FIT = reverse("exchange:need_fit")
SUGGEST = reverse("exchange:need_suggest")
WORKDAYS = [str(day * 3 + half) for day in range(5) for half in (0, 1)]
SignIn = Callable[[User], Client]


@pytest.fixture
def teacher(scene: Scene, sign_in: SignIn) -> Client:
    return sign_in(scene.teacher)


def typed(scene: Scene, **changes: Any) -> dict[str, Any]:
    """What a teacher's browser sends."""
    return {
        "words": "好几个孩子看黑板老眯着眼",
        "topics": [scene.topic.code],
        "school_class": scene.school_class.pk,
        "first_grade": "3",
        "last_grade": "3",
        "headcount": "",
        "form": "any",
        "date_from": (today() + timedelta(days=1)).isoformat(),
        "date_to": (today() + timedelta(days=20)).isoformat(),
        "slots": WORKDAYS,
        "reach_km": "15",
        "severity": "1",
        "form_key": str(uuid.uuid4()),
    } | changes


def text_of(response: Any) -> str:
    return str(response.content.decode())


def test_a_teacher_finds_her_class_its_size_and_the_days_filled_in(
    scene: Scene, teacher: Client
) -> None:
    page = text_of(teacher.get(PAGE))
    assert f"{scene.school_class}，5 人" in page
    assert "来自学籍" in page
    assert "12 月 1 日到 12 月 15 日，工作日上下午" in page
    assert "来自默认：一周后到三周后，工作日" in page
    assert "最远走 15 公里" in page


def test_the_window_ends_with_the_term(scene: Scene, teacher: Client) -> None:
    SchoolTerm.objects.create(
        school_year="2026-2027",
        semester=1,
        school_kind="compulsory",
        period=SchoolTerm.Period.TERM,
        start=today() - timedelta(days=60),
        end=today() + timedelta(days=10),
    )
    assert "12 月 1 日到 12 月 4 日" in text_of(teacher.get(PAGE))


def test_an_administrator_chooses_among_all_classes_or_by_grade(
    scene: Scene, sign_in: SignIn
) -> None:
    other = make.SchoolClassFactory(school=scene.school, grade=5)
    left = make.SchoolClassFactory(school=scene.school, grade=6, entry_year=2015)
    foreign = make.SchoolClassFactory()
    page = text_of(sign_in(scene.head).get(PAGE))
    choices = page.split('id="id_first_grade"')[0]
    for school_class in (scene.school_class, other):
        assert f'<option value="{school_class.pk}"' in choices
    for school_class in (left, foreign):
        assert f'<option value="{school_class.pk}"' not in choices
    assert "不是一个班，按年级来" in page
    assert "初一" not in page


def test_the_fit_answers_with_units_and_the_lines_of_the_form(
    scene: Scene, teacher: Client
) -> None:
    answer = text_of(teacher.post(FIT, typed(scene), headers={"HX-Request": "true"}))
    assert "现在就能来的，1 家" in answer
    assert scene.unit.name in answer
    assert f'name="session" value="{scene.session.pk}"' in answer
    assert "两边都空：12 月 1 日周二上午" in answer
    assert 'id="fact-who" hx-swap-oob="true"' in answer


def test_the_fit_of_an_unfinished_form_teaches_instead(scene: Scene, teacher: Client) -> None:
    assert "先选一件事" in text_of(teacher.post(FIT, typed(scene, topics=[])))
    answer = text_of(teacher.post(FIT, typed(scene, reach_km="很远")))
    assert "公里请写一个数，比如 15。" in answer
    assert "这里要改一下" in answer


def test_a_remedy_changes_the_form_and_asks_again(scene: Scene, teacher: Client) -> None:
    near = typed(scene, reach_km="2")
    assert "现在没有正好能来的" in text_of(teacher.post(FIT, near))

    page = teacher.post(PAGE, near | {"change": "reach_km=4"})

    assert "现在就能来的，1 家" in text_of(page)
    assert 'value="4"' in text_of(page)
    assert not Need.objects.exists()


def test_a_remedy_cannot_change_anything_else(scene: Scene, teacher: Client) -> None:
    page = text_of(teacher.post(PAGE, typed(scene) | {"change": "words=weg&headcount=9&slots=14"}))
    assert "好几个孩子看黑板老眯着眼" in page
    assert "周五全天" in page  # the evening was added to the half-days
    assert "5 人" in page


def test_without_javascript_the_first_look_suggests_topics_and_shows_units(
    scene: Scene, teacher: Client
) -> None:
    page = text_of(teacher.post(PAGE, typed(scene, topics=[], look="1")))
    assert "“眯着眼”" in page
    assert "现在就能来的，1 家" in page


def test_suggestions_come_with_the_words_that_led_to_them(scene: Scene, teacher: Client) -> None:
    response = teacher.post(SUGGEST, {"words": "看黑板老眯着眼"})
    assert "“眯着眼”" in text_of(response)
    assert response.headers["HX-Trigger-After-Settle"] == "topics-changed"

    response = teacher.post(SUGGEST, {"words": "嗯"})
    assert "没听明白，请从下面的列表里选。" in text_of(response)
    assert "HX-Trigger-After-Settle" not in response.headers


def test_into_the_pool(scene: Scene, teacher: Client) -> None:
    response = teacher.post(PAGE, typed(scene, pool="1"), follow=True)
    need = Need.objects.get()
    assert response.redirect_chain == [(need.get_absolute_url(), 302)]
    assert "放进需求池了" in text_of(response)
    assert (need.headcount, need.school_class) == (5, scene.school_class)
    assert (need.first_grade, need.last_grade) == (3, 3)


def test_ordering_files_and_orders(scene: Scene, teacher: Client) -> None:
    response = teacher.post(PAGE, typed(scene, session=scene.session.pk), follow=True)
    order = Order.objects.get()
    assert order.session == scene.session
    assert f"点单送到{scene.unit}了" in text_of(response)


@pytest.mark.parametrize("session", ["0", "999999", "abc", "9" * 30, "-1", ""])
def test_a_session_that_is_not_there_loses_nothing(
    scene: Scene, teacher: Client, session: str
) -> None:
    page = text_of(teacher.post(PAGE, typed(scene, session=session)))
    assert "这一场刚刚不在了，请重新选一场。" in page
    assert "好几个孩子看黑板老眯着眼" in page
    assert not Need.objects.exists()


def test_a_session_that_filled_up_meanwhile_says_so_and_offers_the_others(
    scene: Scene, teacher: Client
) -> None:
    later = make.SessionFactory(resource=scene.resource, date=scene.session.date + timedelta(1))
    scene.order(Order.State.ACCEPTED, headcount=58)
    page = text_of(teacher.post(PAGE, typed(scene, session=scene.session.pk)))
    assert "这一场只剩 2 个名额，坐不下 5 人" in page
    assert f'name="session" value="{later.pk}"' in page
    assert Need.objects.count() == 1  # the other school's


def test_a_double_press_or_the_back_button_files_once(scene: Scene, teacher: Client) -> None:
    data = typed(scene, pool="1")
    first, second = teacher.post(PAGE, data), teacher.post(PAGE, data)
    assert first.headers["Location"] == second.headers["Location"]
    assert Need.objects.count() == 1


def test_a_form_with_an_error_can_be_sent_again_with_the_same_key(
    scene: Scene, teacher: Client
) -> None:
    data = typed(scene, pool="1")
    teacher.post(PAGE, data | {"reach_km": ""})
    teacher.post(PAGE, data)
    assert Need.objects.count() == 1


BAD = [
    ({"headcount": "0"}, "人数请写 1 到 2000 之间的数。"),
    ({"headcount": "-3"}, "人数请写 1 到 2000 之间的数。"),
    ({"headcount": "99999999999999999999"}, "人数请写 1 到 2000 之间的数。"),
    ({"headcount": "三十八"}, "人数请写一个数，比如 38。"),
    ({"school_class": ""}, "请写一下有多少人。"),
    ({"school_class": "", "headcount": "30", "first_grade": "9"}, "没有这些年级，它办的是小学"),
    ({"school_class": "", "headcount": "30", "first_grade": "5"}, "年级写反了"),
    ({"school_class": "", "headcount": "30", "first_grade": ""}, "请选年级，或者选一个班。"),
    ({"school_class": "999999"}, "这个班不在您的班级里"),
    ({"date_from": "2026-12-20", "date_to": "2026-12-02"}, "最晚的日子比最早的还早，请换一下。"),
    ({"date_to": "2026-11-24"}, "最晚的日子已经过了，请往后改一改。"),
    ({"date_to": "2066-11-24"}, "最晚的日子太远了，请定在一年以内。"),
    ({"date_from": "明天"}, "请选一个日子，比如 2026-12-02。"),
    ({"date_from": ""}, "请选最早哪天。"),
    ({"slots": []}, "请至少选一个半天，单位才好安排。"),
    ({"slots": ["21"]}, "这个半天不在表里，请重新选。"),
    ({"reach_km": "-1"}, "公里不能是负数。"),
    ({"reach_km": "nan"}, "公里请写一个数，比如 15。"),
    ({"reach_km": "1e9"}, "最远 200 公里。"),
    ({"form": "teleport"}, "请选一种：走出去、请进来或线上。"),
    ({"severity": "9"}, "请选一种：一般、重要或紧急。"),
    ({"topics": ["T9999"]}, "这件事不在列表里，请重新选。"),
    ({"topics": [], "words": "嗯"}, "请至少选一件事，我们才知道找谁。"),
]


@pytest.mark.parametrize(("changes", "sentence"), BAD, ids=[str(c) for c, _s in BAD])
def test_bad_input_is_met_by_a_sentence_and_nothing_is_lost(
    scene: Scene, teacher: Client, changes: dict[str, Any], sentence: str
) -> None:
    response = teacher.post(PAGE, typed(scene, pool="1") | changes)
    page = text_of(response)
    assert response.status_code == 200
    assert sentence in page
    assert str(changes.get("words") or "好几个孩子看黑板老眯着眼") in page
    assert not Need.objects.exists()


def test_a_hundred_thousand_characters_come_back_whole_with_a_sentence(
    scene: Scene, teacher: Client
) -> None:
    words = "眯着眼" + "长" * 99_997
    page = text_of(teacher.post(PAGE, typed(scene, pool="1", words=words)))
    assert "您写了 100,000 个字，最多 500 个。字都还在，删短一点再来。" in page
    assert words in page
    assert not Need.objects.exists()


@pytest.mark.parametrize(
    "words",
    [
        "孩子们😀👨‍👩‍👧‍👦眯着眼",
        "姓名\t视力\r\n甲\t4.6\r\n乙\t4.8",
        "<script>alert(1)</script>",
        "' OR 1=1 --",
        "字" * 500,
    ],
)
def test_whatever_is_typed_is_kept_as_typed_and_shown_harmless(
    scene: Scene, teacher: Client, words: str
) -> None:
    response = teacher.post(PAGE, typed(scene, pool="1", words=words), follow=True)
    assert Need.objects.get().words == words.replace("\r\n", "\n")
    assert "<script>alert" not in text_of(response)


def test_windows_line_ends_do_not_count_against_the_limit(scene: Scene, teacher: Client) -> None:
    teacher.post(PAGE, typed(scene, pool="1", words="\r\n".join(["一"] * 250)))
    assert len(Need.objects.get().words) == 499


def test_nobody_but_the_school_files(scene: Scene, sign_in: SignIn) -> None:
    for role in (Role.PARENT, Role.DEPARTMENT, Role.UNIT, Role.COMMISSION):
        client = sign_in(make.person(role))
        assert client.get(PAGE).status_code == 403
        assert client.post(FIT, typed(scene)).status_code == 403
    clerk = sign_in(make.town_clerk(scene.school.town))
    assert clerk.get(PAGE).status_code == 403  # a town looks after the pool, it does not fill it


def count_queries(client: Client, data: dict[str, Any]) -> int:
    with CaptureQueriesContext(connection) as caught:
        client.post(FIT, data)
    return len(caught)


def test_the_fit_asks_as_many_questions_with_many_sessions_as_with_one(
    scene: Scene, teacher: Client
) -> None:
    data = typed(scene)
    few = count_queries(teacher, data)
    for number in range(10):
        resource = make.ResourceFactory(topics=[scene.topic])
        for days in range(3):
            make.SessionFactory(resource=resource, date=today() + timedelta(number + days + 1))
        make.SchoolClassFactory(school=scene.school, grade=4)
    assert count_queries(teacher, data) == few <= 16


def test_the_page_itself_asks_little(
    scene: Scene, teacher: Client, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(10):
        teacher.get(PAGE)
