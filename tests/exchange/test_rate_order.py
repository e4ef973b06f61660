"""评单: from the day itself on, once a side, and the first rating closes the need."""

from datetime import timedelta

import pytest

from gongyu.accounts.models import Role
from gongyu.core import timeline
from gongyu.core.calendar import at, now, today
from gongyu.core.errors import DomainError
from gongyu.exchange import queries, services
from gongyu.exchange.errors import MoveNotAllowed, NotAllowed, TooEarlyToRate
from gongyu.exchange.models import Need, Order, Rating
from tests import factories as make

from .conftest import Scene


def visited(scene: Scene, days_ago: int = 0) -> Order:
    session = make.SessionFactory(resource=scene.resource, date=today() - timedelta(days=days_ago))
    return scene.order(Order.State.ACCEPTED, session=session)


def test_on_the_day_both_sides_rate_and_the_order_is_closed(scene: Scene) -> None:
    order = visited(scene)

    services.rate_order(order, by=scene.teacher, stars=5, words="孩子们很喜欢")
    order = Order.objects.get(pk=order.pk)
    assert (order.state, order.need.state) == (Order.State.DONE, Need.State.DONE)

    services.rate_order(order, by=scene.staff, stars=4)
    order.refresh_from_db()
    assert order.state == Order.State.RATED
    assert sorted(order.ratings.values_list("side", "stars")) == [("school", 5), ("unit", 4)]


def test_before_the_day_it_is_too_early(scene: Scene) -> None:
    order = scene.order(Order.State.ACCEPTED)
    with pytest.raises(TooEarlyToRate, match="活动在 12 月 1 日周二上午"):
        services.rate_order(order, by=scene.teacher, stars=5)


def test_a_side_rates_once(scene: Scene) -> None:
    order = visited(scene)
    services.rate_order(order, by=scene.teacher, stars=5)
    with pytest.raises(MoveNotAllowed, match="您这边已经评过了"):
        services.rate_order(order, by=scene.head, stars=1)
    assert Rating.objects.count() == 1


def test_a_star_hit_beside_is_put_right_the_same_day(scene: Scene) -> None:
    order = visited(scene)
    services.rate_order(order, by=scene.teacher, stars=1)
    services.amend_rating(order, by=scene.head, stars=5, words="手滑了")
    rating = Rating.objects.get()
    assert (rating.stars, rating.words, rating.by) == (5, "手滑了", scene.teacher)
    assert "学校把评分改成 5 颗星" in [e.sentence for e in timeline.entries_of(order)]
    with pytest.raises(NotAllowed, match="只能改自己这边评的"):
        services.amend_rating(order, by=scene.staff, stars=1)
    with at(now() + timedelta(days=1)), pytest.raises(MoveNotAllowed, match="当天能改"):
        services.amend_rating(order, by=scene.teacher, stars=1)
    assert Rating.objects.get().stars == 5


@pytest.mark.parametrize("stars", [0, 6, -1])
def test_stars_are_one_to_five(scene: Scene, stars: int) -> None:
    with pytest.raises(DomainError, match="请点一到五颗星"):
        services.rate_order(visited(scene), by=scene.teacher, stars=stars)


def test_strangers_do_not_rate(scene: Scene) -> None:
    order = visited(scene)
    for stranger in (make.person(Role.TEACHER), make.person(Role.UNIT), make.person(Role.PARENT)):
        with pytest.raises(NotAllowed):
            services.rate_order(order, by=stranger, stars=1)


@pytest.mark.parametrize("state", ["placed", "proposed", "declined", "cancelled"])
def test_what_did_not_happen_is_not_rated(scene: Scene, state: str) -> None:
    with pytest.raises(MoveNotAllowed, match="没有办成"):
        services.rate_order(scene.order(state), by=scene.teacher, stars=5)


def test_what_waits_to_be_rated_is_listed_for_each_side_until_it_has_rated(scene: Scene) -> None:
    order = visited(scene, days_ago=3)
    scene.order(Order.State.ACCEPTED)  # in a week
    assert list(queries.waiting_to_be_rated(scene.teacher)) == [order]
    assert list(queries.waiting_to_be_rated(scene.staff)) == [order]

    services.rate_order(order, by=scene.teacher, stars=5)

    assert list(queries.waiting_to_be_rated(scene.teacher)) == []
    assert list(queries.waiting_to_be_rated(scene.staff)) == [order]
