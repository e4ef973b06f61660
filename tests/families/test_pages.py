"""Every page about a child: who reads it, who is refused in which words, what is recorded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from django.test import Client
from django.urls import reverse

from gongyu.accounts.models import Role, User
from gongyu.core.once import new_key
from gongyu.families.models import GrowthNote, ReadRecord, SchoolClass, Student
from tests.factories import (
    GrowthNoteFactory,
    GuardianshipFactory,
    SchoolClassFactory,
    StudentFactory,
    TeachingFactory,
    UserFactory,
    person,
)

pytestmark = pytest.mark.django_db

SignIn = Callable[[User], Client]
REFUSAL = "这是别的孩子的记录，只有孩子的监护人和任课老师能看。"
BODY = "把掉在地上的粉笔一根根捡了起来。"


@dataclass
class World:
    """Two children of one class, each with a mother; a note on the first."""

    school_class: SchoolClass
    teacher: User
    child: Student
    mother: User
    other_mother: User
    note: GrowthNote


@pytest.fixture
def world() -> World:
    teaching = TeachingFactory(is_head=True)
    school_class = teaching.school_class
    child = StudentFactory(school_class=school_class, name="林知夏")
    other = StudentFactory(school_class=school_class, name="周沐宸")
    note = GrowthNoteFactory(
        student=child, author=teaching.teacher, author_label="班主任", body=BODY
    )
    return World(
        school_class,
        teaching.teacher,
        child,
        GuardianshipFactory(student=child).guardian,
        GuardianshipFactory(student=other).guardian,
        note,
    )


def addresses(child: int, note: int) -> list[tuple[str, str]]:
    """Every address of a note: method and path."""
    return [
        ("get", reverse("families:child", args=[child])),
        ("get", reverse("families:child", args=[child]) + "?aspect=virtue"),
        ("get", reverse("families:readers", args=[child])),
        ("get", reverse("families:note", args=[note])),
        ("post", reverse("families:note_withdraw", args=[note])),
    ]


def strangers(world: World) -> dict[str, User]:
    school = world.school_class.school
    return {
        "guardian of a classmate": world.other_mother,
        "teacher of another class of the school": TeachingFactory(
            school_class=SchoolClassFactory(school=school)
        ).teacher,
        "teacher of the school without a class": person(Role.TEACHER, school),
        "school administrator": person(Role.SCHOOL_ADMIN, school),
        "commission": person(Role.COMMISSION),
        "department": person(Role.DEPARTMENT),
        "community": person(Role.COMMUNITY),
        "unit": person(Role.UNIT),
        "system administrator": UserFactory(is_superuser=True, is_staff=True),
    }


def test_strangers_are_refused_on_every_address_in_the_same_words_whether_it_exists_or_not(
    world: World, sign_in: SignIn
) -> None:
    real = addresses(world.child.pk, world.note.pk)
    invented = addresses(999_999, 999_999)
    for who, user in strangers(world).items():
        client = sign_in(user)
        for method, path in real + invented:
            answer = getattr(client, method)(path)
            assert answer.status_code == 403, (who, path)
            page = answer.content.decode()
            assert REFUSAL in page, (who, path)
            assert BODY not in page
            assert world.child.name not in page
    assert not ReadRecord.objects.exists()
    assert GrowthNote.objects.get(pk=world.note.pk).withdrawn_at is None


def test_a_visitor_is_led_to_sign_in(world: World, client: Client) -> None:
    for method, path in addresses(world.child.pk, world.note.pk):
        answer = getattr(client, method)(path)
        assert answer.status_code == 302
        assert answer["Location"].startswith(reverse("accounts:sign_in"))


def test_the_guardian_reads_and_each_read_is_recorded(world: World, sign_in: SignIn) -> None:
    client = sign_in(world.mother)
    for path in (
        reverse("families:children"),
        reverse("families:child", args=[world.child.pk]),
        reverse("families:note", args=[world.note.pk]),
    ):
        answer = client.get(path)
        assert BODY in answer.content.decode()
        assert "no-store" in answer["Cache-Control"]
    records = ReadRecord.objects.filter(note=world.note, reader=world.mother, capacity="妈妈")
    assert records.count() == 3


def test_the_guardian_does_not_find_another_childs_note_among_the_own(
    world: World, sign_in: SignIn
) -> None:
    page = sign_in(world.other_mother).get(reverse("families:children")).content.decode()
    assert "周沐宸" in page
    assert "林知夏" not in page
    assert BODY not in page


def test_a_teacher_of_the_class_reads_and_the_guardian_sees_that(
    world: World, sign_in: SignIn
) -> None:
    maths = TeachingFactory(school_class=world.school_class, subject="数学").teacher
    client = sign_in(maths)
    client.get(reverse("families:child", args=[world.child.pk]))
    client.get(reverse("families:note", args=[world.note.pk]))
    readers = reverse("families:readers", args=[world.child.pk])
    page = sign_in(world.mother).get(readers).content.decode()
    assert maths.name in page
    assert "数学老师 · 看了 1 条，共 2 次" in page


def test_who_has_read_is_for_guardians_not_for_teachers(world: World, sign_in: SignIn) -> None:
    answer = sign_in(world.teacher).get(reverse("families:readers", args=[world.child.pk]))
    assert answer.status_code == 403
    assert "谁看过，只给孩子的监护人看。" in answer.content.decode()


def test_looking_at_who_has_read_shows_no_words_and_records_nothing(
    world: World, sign_in: SignIn
) -> None:
    answer = sign_in(world.mother).get(reverse("families:readers", args=[world.child.pk]))
    assert "还没有人看过" in answer.content.decode()
    assert BODY not in answer.content.decode()
    assert not ReadRecord.objects.exists()


def test_the_aspect_filter_shows_and_records_only_what_it_shows(
    world: World, sign_in: SignIn
) -> None:
    GrowthNoteFactory(student=world.child, author=world.teacher, aspect="art", body="画了屋顶。")
    path = reverse("families:child", args=[world.child.pk])
    page = sign_in(world.mother).get(path + "?aspect=art").content.decode()
    assert "画了屋顶。" in page
    assert BODY not in page
    assert ReadRecord.objects.count() == 1
    assert BODY in sign_in(world.mother).get(path + "?aspect=nonsense").content.decode()


def test_a_withdrawn_note_says_so_and_hides_its_words_from_everybody(
    world: World, sign_in: SignIn
) -> None:
    answer = sign_in(world.teacher).post(
        reverse("families:note_withdraw", args=[world.note.pk]), follow=True
    )
    assert "撤回了" in answer.content.decode()
    ReadRecord.objects.all().delete()
    for user in (world.mother, world.teacher):
        for path in (
            reverse("families:child", args=[world.child.pk]),
            reverse("families:note", args=[world.note.pk]),
        ):
            page = sign_in(user).get(path).content.decode()
            assert "老师撤回了这条" in page
            assert BODY not in page
    assert not ReadRecord.objects.exists()


def test_the_guardian_may_not_withdraw(world: World, sign_in: SignIn) -> None:
    answer = sign_in(world.mother).post(reverse("families:note_withdraw", args=[world.note.pk]))
    assert answer.status_code == 403
    assert "只有写这条的老师能撤回" in answer.content.decode()


def test_withdrawing_twice_is_answered_with_a_sentence(world: World, sign_in: SignIn) -> None:
    client, path = sign_in(world.teacher), reverse("families:note_withdraw", args=[world.note.pk])
    client.post(path)
    page = client.post(path, HTTP_REFERER="http://testserver/families/classes/", follow=True)
    assert "已经撤回过了" in page.content.decode()


def test_a_guardian_without_a_registered_child_learns_what_to_do(sign_in: SignIn) -> None:
    page = sign_in(person(Role.PARENT)).get(reverse("families:children")).content.decode()
    assert "还没有登记您的孩子" in page


def test_pages_about_classes_are_for_teachers(world: World, sign_in: SignIn) -> None:
    note_new = reverse("families:note_new", args=[world.school_class.pk])
    for path in (reverse("families:classes"), note_new):
        assert sign_in(world.mother).get(path).status_code == 403
    assert sign_in(world.teacher).get(note_new).status_code == 200


def test_a_class_of_others_and_a_class_that_does_not_exist_are_refused_alike(
    world: World, sign_in: SignIn
) -> None:
    client = sign_in(TeachingFactory().teacher)
    pages = [
        client.get(reverse("families:note_new", args=[pk]))
        for pk in (world.school_class.pk, 999_999)
    ]
    assert [page.status_code for page in pages] == [403, 403]
    assert all("这不是您任课的班" in page.content.decode() for page in pages)


def test_the_teacher_sees_classes_pupils_and_when_she_last_wrote(
    world: World, sign_in: SignIn
) -> None:
    page = sign_in(world.teacher).get(reverse("families:classes")).content.decode()
    assert world.school_class.name in page
    assert "11 月 24 日写过" in page
    assert "还没写过" in page
    assert BODY not in page


# Writing a note


def form_of(world: World, **words: object) -> dict[str, object]:
    pupils = list(world.school_class.students.values_list("pk", flat=True))
    about = {"students": pupils, "aspect": "labour", "tone": "praise", "body": "扫了操场。"}
    return {**about, "form_key": new_key(), **words}


def test_one_note_reaches_each_child_separately(world: World, sign_in: SignIn) -> None:
    path = reverse("families:note_new", args=[world.school_class.pk])
    page = sign_in(world.teacher).post(path, form_of(world), follow=True).content.decode()
    assert "2 个孩子的家长现在能看到" in page
    for mother in (world.mother, world.other_mother):
        assert "扫了操场。" in sign_in(mother).get("/families/children/").content.decode()


def test_the_whole_class_is_one_tap(world: World, sign_in: SignIn) -> None:
    path = reverse("families:note_new", args=[world.school_class.pk])
    sign_in(world.teacher).post(path, form_of(world, students=[], whole_class="on"))
    assert GrowthNote.objects.filter(body="扫了操场。").count() == 2


def test_a_double_press_writes_once(world: World, sign_in: SignIn) -> None:
    client = sign_in(world.teacher)
    path, form = reverse("families:note_new", args=[world.school_class.pk]), form_of(world)
    first, second = client.post(path, form), client.post(path, form)
    assert first.status_code == second.status_code == 302
    assert GrowthNote.objects.filter(body="扫了操场。").count() == 2


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ({"students": []}, "还没有选学生"),
        ({"students": [999_999]}, "已经不在这个班"),
        ({"body": ""}, "还没有写内容"),
        ({"body": "字" * 501}, "最多 500 个字，现在有 501 个"),
        ({"home_suggestion": "字" * 301}, "最多 300 个字，现在有 301 个"),
        ({"body": "数学考了95分"}, "不记分数、不排名"),
        ({"body": "和周沐宸一起扫地"}, "周沐宸"),
        ({"aspect": "marks"}, "marks"),
    ],
)
def test_a_note_that_cannot_stand_comes_back_with_everything_typed(
    world: World, sign_in: SignIn, words: dict[str, object], sentence: str
) -> None:
    path = reverse("families:note_new", args=[world.school_class.pk])
    form = form_of(world, **words)
    form.setdefault("home_suggestion", "周末一起扫院子。")
    answer = sign_in(world.teacher).post(path, form)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert sentence in page
    assert str(form["body"]) in page
    assert str(form["home_suggestion"]) in page
    assert GrowthNote.objects.count() == 1


def test_markup_and_emoji_in_a_note_stay_text(world: World, sign_in: SignIn) -> None:
    path = reverse("families:note_new", args=[world.school_class.pk])
    sign_in(world.teacher).post(path, form_of(world, body="<script>x</script> 扫地😀"))
    page = sign_in(world.mother).get("/families/children/").content.decode()
    assert "&lt;script&gt;x&lt;/script&gt; 扫地😀" in page


def test_the_aspect_written_last_is_chosen_already(world: World, sign_in: SignIn) -> None:
    client = sign_in(world.teacher)
    path = reverse("families:note_new", args=[world.school_class.pk])
    client.post(path, form_of(world))
    page = client.get(f"{path}?pupil={world.child.pk}").content.decode()
    assert 'value="labour" checked' in page
    assert f'value="{world.child.pk}" checked' in page


# Queries


@pytest.mark.parametrize("many", [2, 30])
def test_pages_cost_the_same_for_many_notes(
    world: World, sign_in: SignIn, many: int, django_assert_max_num_queries
) -> None:
    for _ in range(many):
        GrowthNoteFactory(student=world.child, author=world.teacher)
        StudentFactory(school_class=world.school_class)
    mother, teacher = sign_in(world.mother), sign_in(world.teacher)
    child = world.child.pk
    with django_assert_max_num_queries(12):
        mother.get(reverse("families:children"))
    with django_assert_max_num_queries(13):
        mother.get(reverse("families:child", args=[child]))
    with django_assert_max_num_queries(9):
        mother.get(reverse("families:readers", args=[child]))
    with django_assert_max_num_queries(7):
        teacher.get(reverse("families:classes"))
    with django_assert_max_num_queries(9):
        teacher.get(reverse("families:note_new", args=[world.school_class.pk]))
