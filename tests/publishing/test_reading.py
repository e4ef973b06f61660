"""The public pages: channels, articles, activities, policies."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from gongyu.accounts.models import Role, User
from gongyu.core.calendar import at, now
from gongyu.publishing import queries
from gongyu.publishing.body import to_html
from gongyu.publishing.models import Article
from tests.conftest import TODAY
from tests.factories import (
    ActivityFactory,
    ArticleFactory,
    CommunityDivisionFactory,
    CommunityFactory,
    DivisionFactory,
    ExperienceFactory,
    PolicyFactory,
    SchoolFactory,
    person,
)

pytestmark = pytest.mark.django_db

SignIn = Callable[[User], Client]
State = Article.State


def page(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def on(days: int, hour: int) -> datetime:
    return queries.midnight(TODAY) + timedelta(days=days, hours=hour)


@pytest.fixture(autouse=True)
def _at_ten() -> object:
    """Ten in the morning, so that today's afternoon is still to come."""
    with at(on(0, 10)):
        yield


# Channels


@pytest.mark.parametrize("channel", Article.Channel.values)
def test_each_channel_shows_its_own_and_an_empty_one_says_what_will_stand_there(
    client: Client, channel: str
) -> None:
    path = reverse("publishing:channel", args=[channel])
    assert "这里还没有文章" in page(client, path)
    ArticleFactory(channel=channel, title="在这个频道")
    other = next(c for c in Article.Channel.values if c != channel)
    ArticleFactory(channel=other, title="在别的频道")
    words = page(client, path)
    assert "在这个频道" in words
    assert "在别的频道" not in words


def test_an_unknown_channel_is_not_found(client: Client) -> None:
    assert client.get("/read/sports/").status_code == 404


@pytest.mark.parametrize("state", [State.IN_REVIEW, State.RETURNED, State.WITHDRAWN])
def test_what_is_not_published_is_in_no_list_and_has_no_page(client: Client, state: str) -> None:
    article = ExperienceFactory(state=state, title="还没发的")
    assert "还没发的" not in page(client, reverse("publishing:channel", args=["family"]))
    assert client.get(article.get_absolute_url()).status_code == 404


def test_a_channel_is_filtered_by_kind_and_by_town_with_its_communities(client: Client) -> None:
    town = DivisionFactory(code="110115003")
    near = SchoolFactory(division=CommunityDivisionFactory(parent=town))
    ArticleFactory(organization=near, title="近处的通知")
    ArticleFactory(organization=near, kind="teaching_plan", title="近处的计划")
    ArticleFactory(title="远处的通知")
    path = reverse("publishing:channel", args=["school"])
    words = page(client, f"{path}?town=110115003&kind=school_news")
    assert "近处的通知" in words
    assert "近处的计划" not in words
    assert "远处的通知" not in words


def test_a_filter_without_a_hit_shows_the_way_back_and_nonsense_filters_nothing(
    client: Client,
) -> None:
    ArticleFactory(title="一条通知")
    path = reverse("publishing:channel", args=["school"])
    assert "这样找，没有找到" in page(client, path + "?kind=teaching_plan")
    assert "一条通知" in page(client, path + "?kind=drop&town=1&page=99")


def test_long_lists_have_pages_that_keep_the_filter(client: Client) -> None:
    for _ in range(21):
        ArticleFactory()
    path = reverse("publishing:channel", args=["school"]) + "?kind=school_news"
    assert "kind=school_news&amp;page=2" in page(client, path)


# An article


def test_an_article_names_its_organisation_and_shows_clean_text(client: Client) -> None:
    article = ArticleFactory(body=to_html("<script>x</script>\n\n- 一\n- 二"))
    words = page(client, article.get_absolute_url())
    assert article.organization.get_absolute_url() in words
    assert "&lt;script&gt;x&lt;/script&gt;" in words
    assert "<ul><li>一</li><li>二</li></ul>" in words


def test_a_parents_name_stands_nowhere_on_the_public_page(client: Client) -> None:
    parent = person(Role.PARENT, name="许建国")
    article = ExperienceFactory(author=parent, byline="二年级家长", state=State.PUBLISHED)
    words = page(client, article.get_absolute_url())
    assert "二年级家长" in words
    assert "许建国" not in words


def test_an_activity_says_when_where_and_for_whom(client: Client) -> None:
    article = ActivityFactory(
        starts_at=on(4, 9), ends_at=on(4, 11), place="小广场", audience="小学生，20 家"
    )
    words = page(client, article.get_absolute_url())
    for expected in ("这周六 09:00–11:00", "小广场", "小学生，20 家"):
        assert expected in words


def test_visitors_see_no_tools_and_no_history(client: Client) -> None:
    words = page(client, ArticleFactory().get_absolute_url())
    assert "撤下" not in words
    assert "这篇的经过" not in words


def test_author_and_editors_reach_what_is_not_published_and_others_do_not(
    sign_in: SignIn,
) -> None:
    article = ArticleFactory(state=State.WITHDRAWN)
    colleague = person(Role.SCHOOL_ADMIN, article.organization)
    for user in (article.author, colleague):
        assert "已经撤下，别人看不到" in page(sign_in(user), article.get_absolute_url())
    for stranger in (
        person(Role.SCHOOL_ADMIN),
        person(Role.TEACHER, article.organization),
        person(Role.PARENT),
        person(Role.COMMISSION),
    ):
        assert sign_in(stranger).get(article.get_absolute_url()).status_code == 404


# Activities


def test_activities_stand_under_their_days_in_order(client: Client) -> None:
    ActivityFactory(title="下棋", starts_at=on(0, 18), ends_at=None)
    ActivityFactory(title="看鹿", starts_at=on(4, 9))
    ActivityFactory(title="活字", starts_at=on(4, 14))
    ActivityFactory(title="早上的事", starts_at=on(0, 7), ends_at=on(0, 8))
    words = page(client, reverse("publishing:activities"))
    places = [words.index(x) for x in ("今天", "下棋", "这周六", "看鹿", "活字")]
    assert places == sorted(places)
    assert "早上的事" not in words


def test_an_activity_without_an_end_stays_until_its_day_is_over(client: Client) -> None:
    ActivityFactory(title="晨跑", starts_at=on(0, 7), ends_at=None)
    assert "晨跑" in page(client, reverse("publishing:activities"))
    with at(on(1, 1)):
        assert "晨跑" not in page(client, reverse("publishing:activities"))


def test_activities_are_filtered_by_week_weekend_and_town(client: Client) -> None:
    town, _empty = DivisionFactory(code="110115003"), DivisionFactory(code="110115001")
    community = CommunityFactory(division=CommunityDivisionFactory(parent=town))
    ActivityFactory(title="周四的", starts_at=on(2, 9))
    ActivityFactory(title="周日的", starts_at=on(5, 9), organization=community)
    ActivityFactory(title="下周的", starts_at=on(7, 9))
    path = reverse("publishing:activities")

    def shown(query: str) -> list[str]:
        words = page(client, path + query)
        return [title for title in ("周四的", "周日的", "下周的") if title in words]

    assert shown("") == ["周四的", "周日的", "下周的"]
    assert shown("?when=week") == ["周四的", "周日的"]
    assert shown("?when=weekend") == ["周日的"]
    assert shown("?town=110115003") == ["周日的"]
    assert "这样找，还没有活动" in page(client, path + "?when=weekend&town=110115001")


def test_on_a_sunday_the_weekend_is_what_is_left_of_it() -> None:
    sunday = TODAY + timedelta(days=5)
    assert queries.weekend_of(sunday) == (sunday, sunday)
    assert queries.week_of(sunday) == (sunday, sunday)


def test_the_home_page_asks_for_days_both_included() -> None:
    first = ActivityFactory(starts_at=on(4, 0))
    last = ActivityFactory(starts_at=on(5, 23), ends_at=None)
    ActivityFactory(starts_at=on(6, 0))
    day = TODAY + timedelta(days=4)
    assert queries.activities_between(day, day + timedelta(days=1)) == [first, last]


def test_the_latest_of_the_community_channel_leave_out_what_is_over() -> None:
    ActivityFactory(starts_at=on(-1, 9))
    coming = ActivityFactory(starts_at=on(1, 9))
    assert queries.latest("community", 5) == [coming]


# Policies


def test_a_number_that_was_not_checked_is_never_shown(client: Client) -> None:
    unchecked = PolicyFactory(number="教基〔2016〕8号", dated="2016-11-30")
    checked = PolicyFactory(
        number="教基〔2022〕7号",
        number_is_checked=True,
        dated="2023-01-13",
        date_is_checked=True,
    )
    listing = page(client, reverse("publishing:policies"))
    one, other = (page(client, p.get_absolute_url()) for p in (unchecked, checked))
    for words in (listing, one):
        assert "文号未核对" in words
        assert "教基〔2016〕8号" not in words
        assert "2016-11-30" not in words
    for words in (listing, other):
        assert "教基〔2022〕7号" in words
        assert "2023-01-13" in words


def test_a_policy_shows_its_published_explainers_and_the_page_that_was_seen(
    client: Client,
) -> None:
    policy = PolicyFactory(source_url="https://example.org/p10")
    ArticleFactory(policy=policy, title="一次说清楚")
    ArticleFactory(policy=policy, title="撤下的解读", state=State.WITHDRAWN)
    words = page(client, policy.get_absolute_url())
    assert "一次说清楚" in words
    assert "撤下的解读" not in words
    assert 'href="https://example.org/p10"' in words
    assert "1 篇解读" in page(client, reverse("publishing:policies"))


def test_policies_are_found_by_words_and_by_topic(client: Client) -> None:
    PolicyFactory(title="手机管理通知", topics="手机管理")
    PolicyFactory(title="睡眠管理通知", topics="睡眠管理;体质健康")
    path = reverse("publishing:policies")
    assert "睡眠管理通知" not in page(client, path + "?words=手机")
    assert "手机管理通知" not in page(client, path + "?topic=体质健康")
    assert "没有找到这样的文件" in page(client, path + "?words=航天")


def test_an_explainer_leads_to_its_policy(client: Client) -> None:
    policy = PolicyFactory()
    words = page(client, ArticleFactory(policy=policy).get_absolute_url())
    assert policy.get_absolute_url() in words
    assert "以文件原文为准" in words


# Queries


@pytest.mark.parametrize("many", [1, 15])
def test_public_pages_cost_the_same_for_many_rows(
    client: Client, many: int, django_assert_max_num_queries
) -> None:
    policy = PolicyFactory()
    for days in range(many):
        article = ArticleFactory(policy=policy, channel="school")
        activity = ActivityFactory(starts_at=now() + timedelta(days=days + 1))
        PolicyFactory()
    for most, path in (
        (3, reverse("publishing:channel", args=["school"])),
        (3, reverse("publishing:activities")),
        (3, reverse("publishing:policies")),
        (2, policy.get_absolute_url()),
        (2, article.get_absolute_url()),
        (2, activity.get_absolute_url()),
    ):
        with django_assert_max_num_queries(most):
            page(client, path)
