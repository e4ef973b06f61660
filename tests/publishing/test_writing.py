"""The pages for writers and reviewers: nothing typed is lost, nothing is doubled."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from gongyu.accounts.models import Role, User
from gongyu.core.once import new_key
from gongyu.publishing import services
from gongyu.publishing.models import Article
from tests.factories import (
    ArticleFactory,
    ExperienceFactory,
    GuardianshipFactory,
    MembershipFactory,
    PolicyFactory,
    SchoolClassFactory,
    person,
)

pytestmark = pytest.mark.django_db

SignIn = Callable[[User], Client]
Kind, State = Article.Kind, Article.State
WRITE = "/read/write/"


def form(kind: str, **words: Any) -> dict[str, Any]:
    own = {
        Kind.ACTIVITY: {
            "day": "2026-11-28",
            "starts": "09:30",
            "ends": "11:00",
            "place": "社区活动室",
            "audience": "小学生",
        },
        Kind.EXPERIENCE: {"byline": "一位家长"},
    }.get(Kind(kind), {})
    about = {"kind": kind, "title": "一个标题", "body": "一段正文。", "form_key": new_key()}
    return {**about, **own, **words}


# Who may write at all


def test_a_visitor_is_led_to_sign_in(client: Client) -> None:
    for path in (WRITE, reverse("publishing:mine"), reverse("publishing:review")):
        answer = client.get(path)
        assert answer.status_code == 302
        assert answer["Location"].startswith(reverse("accounts:sign_in"))


@pytest.mark.parametrize(
    ("role", "kind"),
    [
        (Role.TEACHER, Kind.TEACHING_PLAN),
        (Role.SCHOOL_ADMIN, Kind.SCHOOL_NEWS),
        (Role.DEPARTMENT, Kind.POLICY_EXPLAINER),
        (Role.COMMISSION, Kind.POLICY_EXPLAINER),
        (Role.COMMUNITY, Kind.ACTIVITY),
        (Role.UNIT, Kind.ACTIVITY),
        (Role.PARENT, Kind.EXPERIENCE),
    ],
)
def test_each_role_meets_its_own_form_and_sends_it(sign_in: SignIn, role: str, kind: str) -> None:
    client = sign_in(person(role))
    assert f'name="kind" value="{kind}"' in client.get(WRITE).content.decode()
    answer = client.post(WRITE, form(kind))
    article = Article.objects.get()
    assert answer["Location"] == article.get_absolute_url()
    assert article.kind == kind
    waits = kind == Kind.EXPERIENCE
    assert article.state == (State.IN_REVIEW if waits else State.PUBLISHED)


def test_a_teacher_chooses_between_plan_and_news(sign_in: SignIn) -> None:
    client = sign_in(person(Role.TEACHER))
    words = client.get(WRITE + "?kind=school_news").content.decode()
    assert "教学计划" in words
    assert 'name="kind" value="school_news"' in words
    assert 'name="first_grade"' not in words


def test_a_kind_of_another_role_cannot_be_smuggled_in(sign_in: SignIn) -> None:
    client = sign_in(person(Role.TEACHER))
    client.post(WRITE, form(Kind.ACTIVITY))
    assert set(Article.objects.values_list("kind", flat=True)) <= {Kind.TEACHING_PLAN}


def test_the_form_says_in_whose_name_whatever_the_workspace_has_become(sign_in: SignIn) -> None:
    user = person(Role.SCHOOL_ADMIN)
    school = user.memberships.get().organization
    community = MembershipFactory(user=user, role=Role.COMMUNITY, organization__kind="community")
    user = User.objects.get(pk=user.pk)
    client = sign_in(user)
    words = client.get(WRITE).content.decode()
    assert f"署名：{school}" in words
    client.post(reverse("accounts:switch"), {"workspace": community.key})
    seat = user.memberships.get(role=Role.SCHOOL_ADMIN).key
    client.post(WRITE, form(Kind.SCHOOL_NEWS, seat=seat))
    assert Article.objects.get().organization == school


# What can be wrong with a text


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ({"title": ""}, "请写一个标题"),
        ({"title": "标" * 61}, "最多 60 个字，现在有 61 个"),
        ({"body": " "}, "正文还是空的"),
        ({"body": "字" * 100_000}, "最多 20000 个字，现在有 100000 个"),
        ({"huozi": "印刷"}, "活字是一个汉字"),
        ({"huozi": "😀"}, "活字是一个汉字"),
        ({"day": ""}, "请选活动的日子"),
        ({"day": "2026-02-30"}, "日期"),
        ({"day": "2026-11-23"}, "这个时间已经过去了"),
        ({"starts": "11:00", "ends": "10:00"}, "结束时间要在开始之后"),
        ({"place": ""}, "请写活动在哪儿办"),
    ],
)
def test_an_activity_that_cannot_stand_comes_back_with_everything_typed(
    sign_in: SignIn, words: dict[str, str], sentence: str
) -> None:
    sent = form(Kind.ACTIVITY, **words)
    answer = sign_in(person(Role.COMMUNITY)).post(WRITE, sent)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert sentence in page
    for name in ("title", "body", "place", "audience"):
        assert sent[name].strip() in page
    assert not Article.objects.exists()


def test_the_browser_does_not_cut_what_is_pasted(sign_in: SignIn) -> None:
    assert "maxlength" not in sign_in(person(Role.TEACHER)).get(WRITE).content.decode()


def test_tables_scripts_and_emoji_give_a_clean_article(sign_in: SignIn) -> None:
    client = sign_in(person(Role.TEACHER))
    body = "周一\t语文\r\n周二\t数学\r\n\r\n<script>alert(1)</script> 😀"
    page = client.post(WRITE, form(Kind.TEACHING_PLAN, body=body), follow=True).content.decode()
    assert "周一 ｜ 语文<br>周二 ｜ 数学" in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; 😀" in page


def test_one_grade_alone_means_just_that_grade(sign_in: SignIn) -> None:
    sign_in(person(Role.TEACHER)).post(WRITE, form(Kind.TEACHING_PLAN, first_grade="3"))
    assert Article.objects.get().grades_label == "三年级"


def test_an_explainer_carries_its_policy(sign_in: SignIn) -> None:
    policy = PolicyFactory()
    sign_in(person(Role.DEPARTMENT)).post(WRITE, form(Kind.POLICY_EXPLAINER, policy=policy.pk))
    assert Article.objects.get().policy == policy


def test_a_double_press_publishes_once(sign_in: SignIn) -> None:
    client, sent = sign_in(person(Role.TEACHER)), form(Kind.TEACHING_PLAN)
    first, second = client.post(WRITE, sent), client.post(WRITE, sent)
    assert first["Location"] == second["Location"]
    assert Article.objects.count() == 1


def test_a_parent_signs_with_the_grade_of_a_child_never_with_a_name(sign_in: SignIn) -> None:
    parent = person(Role.PARENT, name="许建国")
    GuardianshipFactory(guardian=parent, student__school_class=SchoolClassFactory(grade=3))
    client = sign_in(parent)
    page = client.get(WRITE).content.decode()
    assert "三年级家长" in page
    client.post(WRITE, form(Kind.EXPERIENCE, byline="三年级家长"))
    assert Article.objects.get().byline == "三年级家长"
    answer = client.post(WRITE, form(Kind.EXPERIENCE, byline="许建国"))
    assert answer.status_code == 200  # not one of the choices


# Editing


def test_the_editor_finds_the_text_as_it_was_typed(sign_in: SignIn) -> None:
    user = person(Role.TEACHER)
    client = sign_in(user)
    client.post(WRITE, form(Kind.TEACHING_PLAN, body="带上：\n- 水\n- **帽子**"))
    article = Article.objects.get()
    page = client.get(reverse("publishing:edit", args=[article.pk])).content.decode()
    assert "带上：\n\n- 水\n- **帽子**" in page
    body = article.body
    client.post(
        reverse("publishing:edit", args=[article.pk]),
        form(Kind.TEACHING_PLAN, body="带上：\n\n- 水\n- **帽子**", title="新标题"),
    )
    article.refresh_from_db()
    assert (article.title, article.body) == ("新标题", body)


def test_an_activity_is_edited_with_its_day_and_times(sign_in: SignIn) -> None:
    user = person(Role.COMMUNITY)
    client = sign_in(user)
    client.post(WRITE, form(Kind.ACTIVITY))
    path = reverse("publishing:edit", args=[Article.objects.get().pk])
    page = client.get(path).content.decode()
    for value in ("2026-11-28", "09:30", "11:00", "社区活动室"):
        assert f'value="{value}"' in page
    client.post(path, form(Kind.ACTIVITY, starts="10:00"))
    starts_at = Article.objects.get().starts_at
    assert starts_at is not None
    assert starts_at.isoformat() == "2026-11-28T02:00:00+00:00"


def test_strangers_do_not_edit(sign_in: SignIn) -> None:
    article = ArticleFactory()
    path = reverse("publishing:edit", args=[article.pk])
    for role in Role.values:
        client = sign_in(person(role))
        assert client.get(path).status_code == 403
        assert client.post(path, form(article.kind, title="别人改的")).status_code == 403
    assert sign_in(person(Role.PARENT)).get(path.replace(str(article.pk), "99")).status_code == 404
    article.refresh_from_db()
    assert article.title != "别人改的"


def test_a_stale_edit_keeps_what_was_typed_and_the_next_press_decides(sign_in: SignIn) -> None:
    article = ArticleFactory()
    path = reverse("publishing:edit", args=[article.pk])
    seen = services.fingerprint(article)
    services.edit_article(article, by=article.author, title="同事改的", body="同事的正文")
    client = sign_in(article.author)
    page = client.post(path, form(article.kind, title="我改的", seen=seen)).content.decode()
    assert "又被改过" in page
    assert "我改的" in page
    article.refresh_from_db()
    newest = services.fingerprint(article)
    assert f'value="{newest}"' in page
    client.post(path, form(article.kind, title="我改的", seen=newest))
    article.refresh_from_db()
    assert article.title == "我改的"


def test_a_withdrawn_article_is_not_edited(sign_in: SignIn) -> None:
    article = ArticleFactory(state=State.WITHDRAWN)
    path = reverse("publishing:edit", args=[article.pk])
    page = sign_in(article.author).get(path, follow=True).content.decode()
    assert "不能再改" in page


# One's own list


def test_a_writer_sees_the_own_and_an_editor_the_whole_organisations(sign_in: SignIn) -> None:
    article = ArticleFactory(title="管理员写的")
    teacher = person(Role.TEACHER, article.organization)
    ArticleFactory(title="老师写的", author=teacher, organization=article.organization)
    ArticleFactory(title="别校写的")
    mine = reverse("publishing:mine")
    assert "管理员写的" not in sign_in(teacher).get(mine).content.decode()
    page = sign_in(article.author).get(mine).content.decode()
    assert "管理员写的" in page
    assert "老师写的" in page
    assert "别校写的" not in page


def test_a_returned_article_says_why_and_stands_in_the_heading(sign_in: SignIn) -> None:
    parent = person(Role.PARENT)
    ExperienceFactory(author=parent, state=State.RETURNED, return_reason="有孩子的名字。")
    page = sign_in(parent).get(reverse("publishing:mine")).content.decode()
    assert "有 1 篇退回来" in page
    assert "有孩子的名字。" in page
    assert "有孩子的名字。" not in (
        sign_in(parent).get(reverse("publishing:mine") + "?state=published").content.decode()
    )


def test_an_empty_list_teaches(sign_in: SignIn) -> None:
    page = sign_in(person(Role.PARENT)).get(reverse("publishing:mine")).content.decode()
    assert "还没有写过" in page


# Withdrawing


def test_withdrawing_takes_it_off_the_channel(sign_in: SignIn, client: Client) -> None:
    article = ArticleFactory()
    sign_in(article.author).post(reverse("publishing:withdraw", args=[article.pk]))
    assert client.get(article.get_absolute_url()).status_code == 404


def test_strangers_do_not_withdraw(sign_in: SignIn) -> None:
    article = ArticleFactory()
    for role in Role.values:
        answer = sign_in(person(role)).post(reverse("publishing:withdraw", args=[article.pk]))
        assert answer.status_code == 403
    assert Article.objects.published().exists()


def test_the_commission_must_say_why_it_takes_down_and_the_author_reads_it(
    sign_in: SignIn,
) -> None:
    article = ExperienceFactory(state=State.PUBLISHED)
    path = reverse("publishing:withdraw", args=[article.pk])
    client = sign_in(person(Role.COMMISSION))
    assert "请写一句撤下的原因" in client.post(path).content.decode()
    client.post(path, {"reason": "写出了别的孩子。"})
    page = sign_in(article.author).get(article.get_absolute_url()).content.decode()
    assert "写出了别的孩子。" in page


# Review


def test_the_commission_reads_publishes_and_the_public_sees_it(
    sign_in: SignIn, client: Client
) -> None:
    article = ExperienceFactory(title="两个孩子一张书桌")
    reviewer = sign_in(person(Role.COMMISSION))
    assert "1 篇家长经验等您看" in reviewer.get(reverse("publishing:review")).content.decode()
    assert "可以，发布" in reviewer.get(article.get_absolute_url()).content.decode()
    reviewer.post(
        reverse("publishing:publish", args=[article.pk]), {"seen": services.fingerprint(article)}
    )
    assert client.get(article.get_absolute_url()).status_code == 200
    assert "都看完了" in reviewer.get(reverse("publishing:review")).content.decode()


def test_a_return_without_a_reason_keeps_the_page_open(sign_in: SignIn) -> None:
    article = ExperienceFactory()
    client = sign_in(person(Role.COMMISSION))
    path = reverse("publishing:return", args=[article.pk])
    assert "请写一句原因" in client.post(path).content.decode()
    long = client.post(path, {"reason": "长" * 201}).content.decode()
    assert "最多 200 个字" in long
    assert "长" * 201 in long
    client.post(path, {"reason": "第二段有名字。"})
    article.refresh_from_db()
    assert article.state == State.RETURNED


def test_the_slower_of_two_reviewers_reads_what_happened(sign_in: SignIn) -> None:
    article = ExperienceFactory()
    one, other = sign_in(person(Role.COMMISSION)), sign_in(person(Role.COMMISSION))
    one.post(reverse("publishing:publish", args=[article.pk]))
    page = other.post(
        reverse("publishing:return", args=[article.pk]),
        {"reason": "再改改"},
        HTTP_REFERER="http://testserver" + reverse("publishing:review"),
        follow=True,
    ).content.decode()
    assert "已经有人处理了" in page
    article.refresh_from_db()
    assert article.state == State.PUBLISHED


def test_review_is_for_the_commission_alone(sign_in: SignIn) -> None:
    article = ExperienceFactory()
    for role in set(Role.values) - {Role.COMMISSION}:
        client = sign_in(person(role))
        assert client.get(reverse("publishing:review")).status_code == 403
        for name in ("publish", "return"):
            path = reverse(f"publishing:{name}", args=[article.pk])
            assert client.post(path, {"reason": "x"}).status_code == 403
    article.refresh_from_db()
    assert article.state == State.IN_REVIEW


@pytest.mark.parametrize("many", [1, 15])
def test_writers_pages_cost_the_same_for_many_rows(
    sign_in: SignIn, many: int, django_assert_max_num_queries
) -> None:
    admin = person(Role.SCHOOL_ADMIN)
    school = admin.memberships.get().organization
    for _ in range(many):
        ArticleFactory(organization=school, author=admin)
        waiting = ExperienceFactory()
    writer, reviewer = sign_in(admin), sign_in(person(Role.COMMISSION))
    with django_assert_max_num_queries(9):
        writer.get(reverse("publishing:mine"))
    with django_assert_max_num_queries(8):
        writer.get(WRITE)
    with django_assert_max_num_queries(9):
        reviewer.get(reverse("publishing:review"))
    with django_assert_max_num_queries(9):
        reviewer.get(waiting.get_absolute_url())
