"""Six tasks from the first page of the day on: how many taps, how many fields typed into.

The promised numbers are limits: a page that asks for more than it did fails here.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from .conftest import Hand, Somebody
from .district import BUSY, TEACHER, VISITOR

WORDS = "体检出来近视的又多了好几个，想请人来做视力检查"
# Taps and fields, at most.
PROMISED = {
    "file a need": (5, 3),
    "order directly": (5, 3),
    "accept ten orders": (2, 0),
    "another half-day": (3, 1),
    "rate": (1, 0),
    "confirm the entry": (2, 0),
}


def begin(page: Page) -> Hand:
    page.goto("/today/")
    return Hand(page)


def said(page: Page, words: str) -> None:
    expect(page.get_by_role("status").filter(has_text=words)).to_be_visible()


def link(page: Page, name: str) -> Locator:
    """What a person sees of that name first."""
    return page.get_by_role("link", name=re.compile(name)).locator("visible=true").first


def ask(hand: Hand) -> None:
    hand.tap(link(hand.page, "提个需求"))
    hand.write(hand.page.get_by_label("班里遇到什么了"), WORDS)
    expect(hand.page.get_by_role("heading", name=re.compile("现在就能来的"))).to_be_visible()


def file_a_need(page: Page) -> Hand:
    hand = begin(page)
    ask(hand)
    hand.tap(page.get_by_role("button", name="放进需求池"))
    said(page, "放进需求池了")
    return hand


def order_directly(page: Page) -> Hand:
    hand = begin(page)
    ask(hand)
    hand.tap(page.get_by_role("button", name=re.compile("^点单：")).first)
    said(page, "点单送到")
    return hand


def another_half_day(page: Page) -> Hand:
    hand = begin(page)
    hand.tap(page.locator("section", has_text="学校等您回话").get_by_role("link").first)
    hand.tap(page.get_by_role("button", name="提议改到这个半天"))
    said(page, "提议")
    return hand


def accept_ten(page: Page) -> Hand:
    hand = begin(page)
    hand.tap(link(page, "去接单"))
    hand.tap(page.get_by_role("button", name=re.compile("^全部接单（10 单）")))
    said(page, "接下")
    return hand


def rate(page: Page) -> Hand:
    hand = begin(page)
    hand.tap(page.get_by_role("button", name=re.compile("^5 星")))
    said(page, "评好了，谢谢。")
    return hand


def confirm_the_entry(page: Page) -> Hand:
    hand = begin(page)
    hand.tap(link(page, "资源"))
    hand.tap(page.get_by_role("button", name="没有变化，核对完毕"))
    said(page, "核对")
    return hand


def test_six_tasks_take_no_more_than_promised(
    somebody: Somebody, screen: str, record_property: Callable[[str, object], None]
) -> None:
    tasks: list[tuple[str, str, Callable[[Page], Hand]]] = [
        ("file a need", TEACHER, file_a_need),
        ("order directly", TEACHER, order_directly),
        ("another half-day", BUSY, another_half_day),
        ("accept ten orders", BUSY, accept_ten),
        ("rate", VISITOR, rate),
        ("confirm the entry", BUSY, confirm_the_entry),
    ]
    pages = {who: somebody(who) for who in (TEACHER, BUSY, VISITOR)}
    for task, who, act in tasks:
        hand = act(pages[who])
        record_property(f"{task} ({screen})", f"{hand.taps} taps, {hand.fields} fields")
        most_taps, most_fields = PROMISED[task]
        assert hand.taps <= most_taps, task
        assert hand.fields <= most_fields, task
