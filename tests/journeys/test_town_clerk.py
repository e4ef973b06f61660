"""A town's clerk runs the needs of her own schools: match, compare, decide, dispatch, take back.

Everything is undone at the end, so that the second screen finds the pool as the first did.
"""

import re

from playwright.sync_api import Page, expect

from .conftest import Newcomer, look, sign_in_as

LONG = 60_000  # milliseconds for a run by the real worker
RUNS = "/exchange/runs/"


def heading(page: Page, words: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_contain_text(re.compile(words), timeout=LONG)


def said(page: Page, words: str) -> None:
    expect(page.get_by_role("status").filter(has_text=re.compile(words)).first).to_be_visible()


def test_a_towns_clerk_runs_her_own_town(newcomer: Newcomer) -> None:
    clerk = newcomer()
    sign_in_as(clerk, "demo-town")
    expect(clerk.get_by_role("heading", name="清源街道的学校")).to_be_visible()
    look(clerk)

    clerk.goto("/exchange/needs/?state=pooled")
    heading(clerk, "清源街道有 [1-9]")
    main = clerk.get_by_role("main")
    expect(main).to_contain_text(re.compile("印刷学院附属小学|滨河小学|枣园小学"))
    for foreign in ("黄村镇", "旧宫", "庞各庄"):
        expect(main).not_to_contain_text(foreign)
    for address in ("/exchange/orders/", "/exchange/desk/"):
        clerk.goto(address)
        look(clerk)

    clerk.goto(RUNS)
    heading(clerk, "清源街道有")
    clerk.get_by_role("button", name="开始匹配").click()
    heading(clerk, "个没配上")
    plan = clerk.url
    expect(main).to_contain_text("已复核")
    look(clerk)

    # Another setting beside it
    clerk.get_by_role("link", name="换一种拨法比一比").click()
    clerk.get_by_role("button", name="拨到这里再算一份").click()
    heading(clerk, "两种拨法|换一种拨法，多")
    expect(clerk.get_by_role("button", name="就派这一份")).to_have_count(2)
    look(clerk)

    # What she knows better
    clerk.goto(plan)
    clerk.get_by_role("link", name=re.compile("^指定：")).first.click()
    heading(clerk, "这样行吗")
    look(clerk)
    clerk.get_by_label("不配这家单位").check()
    clerk.get_by_label("为什么").fill("那周门口修路，大车进不去")
    clerk.get_by_role("button", name="就这样指定").click()
    expect(main).to_contain_text("又改了 1 条指定")
    look(clerk)
    clerk.get_by_role("button", name="按指定再运行一次").click()
    heading(clerk, "个没配上")
    expect(main).not_to_contain_text("又改了")
    latest = clerk.url
    assert latest != plan

    # One step out, one step back
    clerk.get_by_role("button", name=re.compile("^派单（")).click()
    dialog = clerk.get_by_role("dialog")
    expect(dialog).to_contain_text(re.compile(r"派出这 \d+ 单，到 \d+ 家单位？"))
    dialog.get_by_role("button", name="派单").click()
    said(clerk, r"派出 \d+ 单，等单位接。")
    look(clerk)
    clerk.get_by_role("button", name="整批收回").click()
    clerk.get_by_role("dialog").get_by_role("button", name="收回").click()
    said(clerk, r"收回了 \d+ 单")

    clerk.goto(f"{RUNS}rules/")
    look(clerk)
    clerk.get_by_role("button", name=re.compile("^撤掉")).first.click()
    said(clerk, "撤掉了")

    # What is not hers
    for address in ("/exchange/census/", "/exchange/needs/new/"):
        answer = clerk.goto(address)
        assert answer is not None
        assert answer.status == 403


def test_numbers_of_a_plan_open_to_their_rows(newcomer: Newcomer) -> None:
    office = newcomer()
    sign_in_as(office, "demo-commission")
    office.goto(RUNS)
    office.get_by_role("button", name="开始匹配").click()
    heading(office, "个没配上")
    plan = office.url
    for link in (re.compile("^配上的需求，"), re.compile("^看.*在等"), re.compile("^看.*的$")):
        office.goto(plan)
        address = office.get_by_role("link", name=link).first.get_attribute("href")
        assert address is not None
        office.goto(address if address.startswith("/") else plan + address)
        heading(office, r"，\d+ 条")
        expect(office.get_by_role("main").get_by_role("listitem").first).to_be_visible()
        look(office)
    office.goto(plan)
    with office.expect_download() as saved:
        office.get_by_role("link", name="导出表格").click()
    assert saved.value.suggested_filename.endswith(".xlsx")
