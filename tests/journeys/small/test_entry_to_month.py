"""A unit's year: it confirms its entry, says once when it is open and when not, sees the month."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.journeys.conftest import look

from .conftest import Somebody
from .district import BUSY

HOLIDAY, AFTER = "2027-01-01", "2027-01-08"  # two Fridays


def said(page: Page, words: str) -> None:
    expect(page.get_by_role("status").filter(has_text=words)).to_be_visible()


def confirm_the_entry(page: Page) -> None:
    page.goto("/exchange/resources/")
    entry = page.get_by_role("region", name="看展")
    expect(entry).to_contain_text("今年还没核对")
    look(page)
    page.get_by_role("button", name="没有变化，核对完毕").click()
    said(page, "核对")
    expect(entry).to_contain_text("今天核对过")
    look(page)


def close_on_the_holiday(page: Page) -> None:
    form = page.get_by_role("region", name="某一天不一样")
    form.get_by_label("怎么变").select_option("closed")
    form.get_by_label("哪天").fill(HOLIDAY)
    form.get_by_label("为什么不开").fill("元旦放假")
    form.get_by_role("button", name="记下这一天").click()
    said(page, "记下了")


def open_on_friday_evenings(page: Page) -> None:
    form = page.get_by_role("region", name="加一条规则")
    form.get_by_label("周几").select_option(label="周五")
    form.get_by_label("哪半天").select_option(label="晚上")
    form.get_by_label("几点开始").fill("18:30")
    form.get_by_label("什么时候有效").select_option("any")
    form.get_by_label("从哪天起").fill("2026-12-28")
    form.get_by_label("到哪天止").fill("2027-01-10")
    form.get_by_role("button", name="加上这条").click()
    plan = page.get_by_role("region", name=re.compile("照这样排"))
    expect(plan).to_contain_text("不开：元旦放假")
    look(page)
    page.get_by_role("button", name="就照这样开").click()
    said(page, "开了")


def test_a_unit_confirms_its_entry_sets_its_rules_and_sees_the_month(somebody: Somebody) -> None:
    page = somebody(BUSY)
    confirm_the_entry(page)
    page.get_by_role("link", name=re.compile("^开放规则")).first.click()
    close_on_the_holiday(page)
    open_on_friday_evenings(page)

    page.goto(f"/exchange/calendar/?month=2027-01&day={HOLIDAY}")
    day = page.locator("#day")
    expect(day).to_contain_text("元旦放假")
    expect(day).not_to_contain_text("空着")
    look(page)
    page.goto(f"/exchange/calendar/?month=2027-01&day={AFTER}")
    expect(day).to_contain_text("空着")
    page.get_by_role("link", name="周", exact=True).click()
    expect(page.get_by_role("heading", name="1 月 4 日到 10 日")).to_be_visible()
    look(page)
