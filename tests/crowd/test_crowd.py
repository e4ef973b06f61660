"""Many people at the same moment, through the real server, on either database.

Everybody gets a page with a sentence, nobody an error; what was there to give is given exactly.
"""

from __future__ import annotations

from typing import Any

from .conftest import Answer, Installation, Press
from .world import ASKING, HEADS, PLACES, SESSIONS

ASKED, NO_ROOM, GONE = "点单送到", "坐不下", "这一场刚刚不在了"


def order(person: dict[str, Any]) -> Press:
    page = f"/exchange/needs/{person['need']}/"
    return Press(person["cookie"], f"{page}order/", page, {"session": str(person["session"])})


def accept_all(unit: dict[str, Any]) -> Press:
    return Press(unit["cookie"], "/exchange/orders/accept-all/", "/exchange/orders/", {})


def read(answers: list[Answer], *sentences: str) -> list[Answer]:
    """The answers, each of which is a page with one of the sentences."""
    for answer in answers:
        assert answer.status == 200, answer.page[:2000]
        assert any(sentence in answer.page for sentence in sentences), answer.page[-3000:]
    return answers


def test_two_hundred_want_the_last_places_of_ten_sessions(crowded: Installation) -> None:
    world = crowded.worlds["orders"]
    presses = [order(person) for person in world["asking"]]
    for number, unit in enumerate(world["units"] * 2):
        presses.insert(number * 11, accept_all(unit))

    answers = crowded.press_at_once(presses)
    assert [answer.status for answer in answers if answer.status != 200] == []
    teachers = [
        answer
        for answer, press in zip(answers, presses, strict=True)
        if press.path.endswith("/order/")
    ]
    assert len(read(teachers, ASKED, NO_ROOM)) == ASKING

    crowded.press_at_once([accept_all(unit) for unit in world["units"]])

    seen = crowded.look(world)
    assert len(seen["sessions"]) == SESSIONS
    for session in seen["sessions"]:
        assert session["taken"] == session["held"] == session["seats"], session
        assert session["orders"]["accepted"] == 1 + PLACES
    asked = sum(ASKED in answer.page for answer in teachers)
    placed = sum(session["orders"].get("placed", 0) for session in seen["sessions"])
    assert asked == placed + SESSIONS * PLACES
    for person in world["asking"]:
        state, live = seen["needs"][str(person["need"])]
        assert (state == "pooled") == (live == 0)
        assert live <= 1
    assert seen["timeline"]["order.place"] == asked
    assert seen["timeline"]["order.accept"] == SESSIONS * PLACES
    assert sum(s["taken"] for s in seen["sessions"]) - SESSIONS * 30 == HEADS * PLACES * SESSIONS


def test_a_unit_takes_a_session_back_while_it_is_ordered(crowded: Installation) -> None:
    world = crowded.worlds["withdrawal"]
    (unit,) = world["units"]
    presses = [order(person) for person in world["asking"]]
    withdraw = Press(
        unit["cookie"],
        f"/exchange/sessions/{unit['session']}/withdraw/",
        "/exchange/resources/",
        {},
    )
    presses.insert(20, withdraw)

    answers = crowded.press_at_once(presses)
    read(answers, ASKED, GONE, "这一场收回了", "已经取消")

    seen = crowded.look(world)
    (session,) = seen["sessions"]
    assert (session["state"], session["taken"]) == ("withdrawn", 0)
    assert set(session["orders"]) <= {"declined"}
    assert {tuple(need) for need in seen["needs"].values()} == {("pooled", 0)}


def test_two_staff_publish_two_plans_over_the_same_needs(crowded: Installation) -> None:
    world = crowded.worlds["plans"]
    presses = [
        Press(
            person["cookie"],
            f"/exchange/runs/{person['run']}/dispatch/",
            f"/exchange/runs/{person['run']}/",
            {},
        )
        for person in world["staff"]
    ]

    read(crowded.press_at_once(presses), "派出")

    seen = crowded.look(world)
    assert seen["sent"] == 30
    assert {tuple(need) for need in seen["needs"].values()} == {("ordered", 1)}
    assert seen["timeline"]["order.place"] == 30
