"""A school puts a need into the pool, takes it back, or files and orders in one step."""

from datetime import timedelta
from typing import Any

import pytest

from gongyu.accounts.models import Role
from gongyu.core import timeline
from gongyu.core.calendar import today
from gongyu.core.errors import DomainError
from gongyu.exchange import services
from gongyu.exchange.errors import GradesNotTaught, MoveNotAllowed, NotAllowed, SessionFull
from gongyu.exchange.models import Need, Order
from tests import factories as make

from .conftest import Scene


def asked(scene: Scene, **changes: Any) -> dict[str, Any]:
    return {
        "words": "看黑板老眯着眼",
        "topics": [scene.topic],
        "first_grade": 3,
        "last_grade": 3,
        "headcount": 35,
        "date_from": today() + timedelta(days=1),
        "date_to": today() + timedelta(days=20),
        "reach_km": 15.0,
    } | changes


def test_a_filed_need_waits_in_the_pool_and_says_who_filed_it(scene: Scene) -> None:
    need = services.file_need(scene.school, by=scene.teacher, **asked(scene))

    assert need.state == Need.State.POOLED
    assert list(need.topics.all()) == [scene.topic]
    assert [e.sentence for e in timeline.entries_of(need)] == ["提出需求"]


def test_the_topics_of_a_need_weigh_alike_and_add_up_to_one(scene: Scene) -> None:
    topics = [scene.topic, make.TopicFactory(), make.TopicFactory()]
    need = services.file_need(scene.school, by=scene.teacher, **asked(scene, topics=topics))

    weights = list(need.need_topics.values_list("weight", flat=True))
    assert sum(weights) == pytest.approx(1)
    assert len(set(weights)) == 1


def test_without_words_a_need_is_called_by_its_topics(scene: Scene) -> None:
    need = services.file_need(scene.school, by=scene.teacher, **asked(scene, words="  "))
    assert need.words == "视力筛查与建档"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"topics": []}, "请至少选一件事"),
        ({"headcount": 0}, "人数请写 1 到 2000 之间的数"),
        ({"headcount": 2001}, "人数请写 1 到 2000 之间的数"),
        ({"slots": 0}, "请至少选一个半天"),
        ({"date_to": today()}, "最晚的日子已经过了"),
        (
            {"date_from": today() + timedelta(9), "date_to": today() + timedelta(8)},
            "最晚的日子比最早的还早",
        ),
    ],
)
def test_an_impossible_need_is_refused_with_its_reason(
    scene: Scene, changes: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(DomainError, match=sentence):
        services.file_need(scene.school, by=scene.teacher, **asked(scene, **changes))
    assert not Need.objects.exists()


def test_grades_that_the_school_does_not_teach_are_refused_by_name(scene: Scene) -> None:
    with pytest.raises(GradesNotTaught, match="没有这些年级，它办的是小学"):
        services.file_need(
            scene.school, by=scene.teacher, **asked(scene, first_grade=7, last_grade=7)
        )


def test_nobody_files_for_a_school_at_which_they_do_not_work(scene: Scene) -> None:
    with pytest.raises(NotAllowed, match="您不在这里任职"):
        services.file_need(scene.school, by=make.person(Role.TEACHER), **asked(scene))


def test_a_class_of_another_school_is_refused(scene: Scene) -> None:
    other = make.SchoolClassFactory()
    with pytest.raises(NotAllowed, match="这个班不在这所学校"):
        services.file_need(scene.school, by=scene.teacher, **asked(scene, school_class=other))


def test_filing_with_an_order_sends_it_to_the_unit(scene: Scene) -> None:
    order = services.file_and_order(scene.school, scene.session, by=scene.teacher, **asked(scene))
    assert order.state == Order.State.PLACED
    assert order.need.state == Need.State.ORDERED


def test_when_the_order_fails_nothing_is_filed(scene: Scene) -> None:
    with pytest.raises(SessionFull):
        services.file_and_order(
            scene.school, scene.session, by=scene.teacher, **asked(scene, headcount=61)
        )
    assert not Need.objects.exists()


def test_a_need_is_withdrawn_by_who_filed_it_or_by_the_school(scene: Scene) -> None:
    for person in (scene.teacher, scene.head):
        need = services.withdraw_need(scene.need(), by=person)
        assert need.state == Need.State.WITHDRAWN


def test_a_colleague_cannot_withdraw_what_another_filed(scene: Scene) -> None:
    need = scene.need()
    with pytest.raises(NotAllowed, match="只有提出的老师和学校管理员能撤回"):
        services.withdraw_need(need, by=make.person(Role.TEACHER, scene.school))
    need.refresh_from_db()
    assert need.state == Need.State.POOLED


def test_withdrawing_cancels_the_order_and_frees_its_seats(scene: Scene) -> None:
    order = scene.order(Order.State.ACCEPTED, headcount=40)
    services.withdraw_need(order.need, by=scene.teacher)

    order.refresh_from_db()
    scene.session.refresh_from_db()
    assert order.state == Order.State.CANCELLED
    assert scene.session.seats_taken == 0


def test_what_is_done_cannot_be_withdrawn(scene: Scene) -> None:
    past = make.SessionFactory(resource=scene.resource, date=today() - timedelta(days=2))
    order = scene.order(Order.State.DONE, session=past)
    with pytest.raises(MoveNotAllowed):
        services.withdraw_need(order.need, by=scene.teacher)
