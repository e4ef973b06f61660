"""The public page of a proposal, and the records behind it."""

from collections import Counter
from datetime import date

import pytest
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse
from django.utils.html import strip_tags
from pytest_django import DjangoAssertNumQueries

from gongyu.core.timeline import entries_of
from gongyu.demo import proposal as proposal_241
from gongyu.governance.models import Proposal, Recommendation, ReplyPoint
from gongyu.governance.queries import say_progress
from gongyu.governance.services import record_proposal

pytestmark = pytest.mark.django_db
NEWEST = reverse("governance:proposal")


def _record(number: str, day: date, *items: Recommendation) -> Proposal:
    return record_proposal(
        Proposal(
            number=number,
            title=f"第{number}号",
            proposer="某委员",
            body_name="某政协",
            published_on=day,
            summary="要点",
            reply_summary="答复",
            source_url="https://example.org/",
        ),
        recommendations=items,
        reply_points=[ReplyPoint(order=1, heading="方面", summary="内容")],
    )


def _item(order: int, coverage: str = "none", url_name: str = "") -> Recommendation:
    return Recommendation(
        order=order,
        strand=Recommendation.Strand.SCHOOL,
        title=f"第{order}件",
        summary="请做这件事",
        coverage=coverage,
        answer="怎么回应",
        place="资源地图" if url_name else "",
        url_name=url_name,
    )


@pytest.mark.parametrize(
    ("full", "part", "none", "sentence"),
    [
        (1, 3, 9, "说好的 13 件事，1 件已经能用，3 件能用一部分，9 件还没有。"),
        (0, 0, 2, "说好的 2 件事，2 件还没有。"),
        (2, 0, 1, "说好的 3 件事，2 件已经能用，1 件还没有。"),
        (4, 0, 0, "说好的 4 件事，都已经能用。"),
    ],
)
def test_the_sentence_counts_the_records(full: int, part: int, none: int, sentence: str) -> None:
    assert say_progress(Counter({"full": full, "part": part, "none": none})) == sentence


def test_an_answered_item_leads_to_its_place_and_an_open_one_says_so(client: Client) -> None:
    _record("1", date(2025, 1, 1), _item(1, "full", "places:map"), _item(2))
    page = client.get(NEWEST).text
    assert f'href="{reverse("places:map")}"' in page
    assert page.count("平台里还没有。") == 1
    assert "说好的 2 件事，1 件已经能用，1 件还没有。" in strip_tags(page)


def test_without_a_number_the_newest_is_shown(client: Client) -> None:
    _record("1", date(2024, 1, 1))
    _record("2", date(2025, 1, 1))
    assert "第2号" in client.get(NEWEST).text
    assert "第1号" in client.get(reverse("governance:proposal", args=["1"])).text


def test_an_unknown_number_is_not_found_and_no_proposal_at_all_teaches(client: Client) -> None:
    assert client.get(reverse("governance:proposal", args=["999"])).status_code == 404
    assert client.get("/governance/proposals/%00/").status_code == 404
    assert "还没有收进提案" in client.get(NEWEST).text


def test_recording_again_replaces_the_items_and_is_told_once() -> None:
    _record("1", date(2025, 1, 1), _item(1), _item(2))
    kept = _record("1", date(2025, 1, 1), _item(1))
    assert kept.recommendations.count() == 1
    assert Proposal.objects.count() == 1
    assert [entry.verb for entry in entries_of(kept)] == ["proposal.record"]


def test_the_database_refuses_an_answer_without_a_place() -> None:
    with pytest.raises(IntegrityError):
        _record("1", date(2025, 1, 1), _item(1, "full"))


def test_every_answer_of_proposal_241_names_a_place_that_exists() -> None:
    proposal_241.build()
    answered = Recommendation.objects.exclude(coverage="none")
    assert answered
    for item in answered:
        assert item.url, item.title
        assert item.place


def test_proposal_241_is_told_in_our_words_with_a_link_to_the_source(client: Client) -> None:
    proposal_241.build()
    proposal_241.build()
    page = client.get(NEWEST).text
    assert "说好的 13 件事" in page
    assert Proposal.objects.get().source_url in page
    assert "下面是我们的概括" in page
    assert ReplyPoint.objects.count() == 7


@pytest.mark.parametrize("items", [1, 20])
def test_the_page_takes_three_queries_however_many_items(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries, items: int
) -> None:
    _record("1", date(2025, 1, 1), *(_item(n) for n in range(items)))
    with django_assert_max_num_queries(3):
        client.get(NEWEST)
