"""Every factory makes a row that the database accepts, with its defaults and in every state."""

import pytest
from factory.django import DjangoModelFactory

from gongyu.accounts.models import Role
from gongyu.accounts.queries import roles_of
from gongyu.exchange.models import Need, Order

from . import factories

pytestmark = pytest.mark.django_db

ALL = sorted(
    (
        made
        for made in vars(factories).values()
        if isinstance(made, type)
        and issubclass(made, DjangoModelFactory)
        and made is not DjangoModelFactory
    ),
    key=lambda made: made.__name__,
)


@pytest.mark.parametrize("made", ALL, ids=lambda made: made.__name__)
def test_a_factory_makes_several_valid_rows(made: type[DjangoModelFactory]) -> None:
    first, second = made.create_batch(2)
    assert first.pk != second.pk
    first.validate_constraints()
    assert str(first)


@pytest.mark.parametrize("role", Role)
def test_a_person_holds_the_role_asked_for(role: Role) -> None:
    assert roles_of(factories.person(role)) == {role}


@pytest.mark.parametrize("state", Order.State)
def test_an_order_agrees_with_its_need_and_its_session(state: Order.State) -> None:
    order = factories.OrderFactory(state=state)
    order.refresh_from_db()
    taken = order.headcount if state in Order.HOLDING else 0
    assert order.session.seats_taken == taken
    assert (order.need.state == Need.State.POOLED) == (state not in Order.LIVE)


def test_a_class_is_of_the_grade_asked_for() -> None:
    for grade in range(1, 13):
        assert factories.SchoolClassFactory(grade=grade).grade == grade
