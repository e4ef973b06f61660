"""From a teacher's words to a rated visit: file, see real units, order, accept, rate twice.

The rating needs a day that has come: it is done on visits of the demo that fall on the fixed day.
"""

import re

from playwright.sync_api import Page, expect

from .conftest import (
    Newcomer,
    look,
    people_of,
    pick_from_the_list,
    press_role,
    sign_in_as,
    use_large_type,
)

# A visit is rated once, so each screen has a teacher of its own whose class was out today.
VISITED_TODAY = {"phone": "demo-teacher", "desktop": "demo-teacher-2"}
WORDS = "体检出来近视的又多了好几个，想请人来做视力检查，再讲讲近视防控"


def test_a_need_becomes_a_promised_visit(newcomer: Newcomer) -> None:
    teacher = newcomer()
    press_role(teacher, "demo-teacher")
    teacher.goto("/exchange/needs/new/")
    expect(teacher.get_by_role("heading", name="班里遇到什么了？")).to_be_visible()
    expect(teacher.get_by_text("来自学籍").first).to_be_visible()
    look(teacher)

    teacher.get_by_label("班里遇到什么了").fill(WORDS)
    topics = teacher.locator("#topics")
    expect(topics.get_by_text("视力筛查与建档")).to_be_visible()
    expect(teacher.get_by_role("heading", name=re.compile("现在就能来的"))).to_be_visible()
    unit = teacher.locator("#fit li h3").first.inner_text().strip()
    assert re.search("医院|保健院|疾控|眼", unit), unit
    teacher.locator("details:has(#fact-when) > summary").click()
    look(teacher)

    teacher.get_by_role("button", name=re.compile("^点单：")).first.click()
    expect(teacher.get_by_role("status").filter(has_text="点单送到")).to_be_visible()
    need = teacher.url
    expect(teacher.get_by_role("main")).to_contain_text("等单位回话")
    look(teacher)

    staff = newcomer()
    pick_from_the_list(staff, people_of(staff, unit)[0])
    staff.goto("/exchange/orders/")
    expect(staff.get_by_role("heading", name=re.compile("等您回话"))).to_be_visible()
    look(staff)
    teacher.get_by_role("link", name=unit).first.click()
    order = teacher.url
    staff.goto(order)
    expect(staff.get_by_text(WORDS).first).to_be_visible()
    look(staff)
    staff.get_by_role("button", name="接这一单").click()
    expect(staff.get_by_role("status").filter(has_text="接下了")).to_be_visible()
    look(staff)

    teacher.goto(need)
    expect(teacher.get_by_role("main")).to_contain_text("已约定")
    teacher.goto(order)
    expect(teacher.get_by_role("main")).to_contain_text("接单：")
    look(teacher)


def test_a_visit_of_today_is_rated_from_both_sides(newcomer: Newcomer, screen: str) -> None:
    teacher = newcomer()
    sign_in_as(teacher, VISITED_TODAY[screen])
    teacher.goto("/exchange/orders/?tab=arranged")
    teacher.get_by_role("main").locator("a[href^='/exchange/orders/']").first.click()
    teacher.get_by_role("link", name=re.compile("^当天")).click()
    teacher.get_by_role("button", name="到了").click()  # from now on, whatever the hour
    expect(teacher.get_by_role("status").filter(has_text="记下了")).to_be_visible()
    teacher.goto("/exchange/orders/")
    waiting = teacher.get_by_role("region", name="办完了，点一颗星就评好").get_by_role("link")
    expect(waiting.first).to_be_visible()
    waiting.first.click()
    order = teacher.url.partition("#")[0]
    unit = teacher.get_by_role("heading", level=1).inner_text().partition("，")[0]
    look(teacher)
    _rate(teacher, 5, "孩子们围着医生问个不停")
    expect(teacher.get_by_role("main")).to_contain_text("孩子们围着医生问个不停")

    staff = newcomer()
    sign_in_as(staff, people_of(staff, unit)[0])
    staff.goto(order)
    _rate(staff, 4, "班主任提前说清了人数")
    look(staff)

    teacher.goto(order)
    expect(teacher.get_by_role("main")).to_contain_text("两边都评了")
    expect(teacher.get_by_role("main")).to_contain_text("班主任提前说清了人数")
    look(teacher)


def _rate(page: Page, stars: int, words: str) -> None:
    page.get_by_label("想多说两句也行").fill(words)
    page.get_by_role("button", name=f"{stars} 星").click()
    expect(page.get_by_role("status").filter(has_text="评好了，谢谢。")).to_be_visible()


def test_without_the_right_half_day_the_need_waits_and_the_run_explains(
    newcomer: Newcomer,
) -> None:
    """The pool, a run by the real worker, its plan, and the pages round it."""
    teacher = newcomer()
    sign_in_as(teacher, "demo-teacher")
    teacher.goto("/exchange/needs/new/")
    teacher.get_by_label("班里遇到什么了").fill(WORDS)
    expect(teacher.get_by_role("heading", name=re.compile("现在就能来的"))).to_be_visible()
    teacher.get_by_role("button", name="放进需求池").click()
    expect(teacher.get_by_role("status").filter(has_text="放进需求池了")).to_be_visible()
    look(teacher)
    for address in ("/exchange/needs/", "/exchange/orders/", "/exchange/orders/?tab=done"):
        teacher.goto(address)
        look(teacher)

    office = newcomer()
    sign_in_as(office, "demo-commission")
    for address in ("/exchange/needs/?state=pooled&topic=T01", "/exchange/runs/"):
        office.goto(address)
        look(office)
    office.get_by_role("button", name="开始匹配").click()
    heading = office.get_by_role("heading", level=1)
    expect(heading).to_contain_text("没配上", timeout=60_000)
    expect(office.get_by_role("main")).to_contain_text("已复核")
    look(office)

    staff = newcomer()
    sign_in_as(staff, "demo-unit")
    for address in ("/exchange/resources/", "/exchange/orders/?tab=done"):
        staff.goto(address)
        look(staff)


def test_the_page_works_without_javascript(newcomer: Newcomer) -> None:
    page = newcomer()
    sign_in_as(page, "demo-teacher")
    page.context.route("**/*.js", lambda route: route.fulfill(body=""))
    page.goto("/exchange/needs/new/")
    page.get_by_label("班里遇到什么了").fill(WORDS)
    page.get_by_role("button", name="看看谁能来").click()
    expect(page.get_by_role("heading", name=re.compile("现在就能来的"))).to_be_visible()
    remedy = page.locator("button[name=change]").first
    if remedy.count():
        remedy.click()
        expect(page.get_by_text("您改的").first).to_be_visible()
    use_large_type(page)
    page.get_by_role("button", name="放进需求池").click()
    expect(page.get_by_text("放进需求池了").first).to_be_visible()
