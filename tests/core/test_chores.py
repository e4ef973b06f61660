"""Recurring work is done when it is due, once, and one failure stops nothing else."""

from datetime import timedelta

import pytest

from gongyu.core import chores
from gongyu.core.calendar import at, now

pytestmark = pytest.mark.django_db


@pytest.fixture
def counts(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    done: list[str] = []
    monkeypatch.setattr(chores, "_DUTIES", {})

    def sweep() -> int:
        done.append("sweep")
        return 3

    def stumble() -> int:
        raise ValueError("stumbled")

    chores.register("stumble", every=timedelta(minutes=10), work=stumble)
    chores.register("sweep", every=timedelta(hours=1), work=sweep)
    return done


def test_a_chore_is_done_at_once_and_then_after_its_time(counts: list[str]) -> None:
    assert chores.run_due() == {"sweep": 3}
    assert chores.run_due() == {}

    with at(now() + timedelta(minutes=61)):
        assert chores.run_due() == {"sweep": 3}
    assert counts == ["sweep", "sweep"]


def test_a_clock_that_jumps_back_does_not_stop_a_chore_for_ever(counts: list[str]) -> None:
    with at(now() + timedelta(days=30)):
        chores.run_due()

    assert chores.run_due() == {"sweep": 3}
