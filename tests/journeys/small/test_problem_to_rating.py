"""From a problem on the district's list to a rated visit, and back to the problem's page."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from .conftest import SmallDistrict, Somebody, look
from .district import FAR, NEAR, OFFICE, PROBLEM, SECOND_DAY, TEACHER

WORDS = "体检出来近视的又多了好几个，想请人来做视力检查"


def run_and_dispatch(office: Page) -> None:
    """The commission matches the pool and sends the plan out."""
    office.goto("/exchange/runs/")
    office.get_by_role("button", name="开始匹配").click()
    dispatch = office.get_by_role("button", name=re.compile("^派单（1 单）"))
    expect(dispatch).to_be_visible(timeout=60_000)
    look(office)
    dispatch.click()
    office.get_by_role("dialog").get_by_role("button", name="派单", exact=True).click()
    expect(office.get_by_role("status").filter(has_text="派出 1 单")).to_be_visible()


def file_from_problem(teacher: Page, small: SmallDistrict) -> str:
    """A need in the pool, begun on the page of the problem; returns its address."""
    teacher.goto("/exchange/problems/")
    teacher.get_by_role("link", name=re.compile(PROBLEM)).first.click()
    expect(teacher.get_by_role("heading", level=1)).to_contain_text(PROBLEM)
    look(teacher)
    teacher.get_by_role("link", name=re.compile("视力筛查与建档")).click()
    teacher.get_by_label("班里遇到什么了").fill(WORDS)
    expect(teacher.get_by_role("heading", name=re.compile("现在就能来的"))).to_be_visible()
    teacher.get_by_role("button", name="放进需求池").click()
    expect(teacher.get_by_role("status").filter(has_text="放进需求池了")).to_be_visible()
    return teacher.url


def order_of(page: Page, need: str, unit: str) -> str:
    page.goto(need)
    page.get_by_role("link", name=re.compile(unit)).first.click()
    expect(page).to_have_url(re.compile("/exchange/orders/"))
    return page.url


def rate(page: Page, order: str, stars: int) -> None:
    page.goto(order)
    page.get_by_role("button", name=f"{stars} 星").click()
    expect(page.get_by_role("status").filter(has_text="评好了，谢谢。")).to_be_visible()


def arrive(page: Page, order: str) -> None:
    page.goto(order)
    page.get_by_role("link", name=re.compile("^当天")).click()
    page.get_by_role("button", name="到了").click()
    expect(page.get_by_role("status").filter(has_text="记下了")).to_be_visible()


def figures(page: Page, small: SmallDistrict) -> str:
    page.goto(f"/exchange/problems/{small.facts['problem']}/")
    return re.sub(r"\s", "", page.get_by_role("region", name="学校提的需求怎么样了").inner_text())


def accept_all(staff: Page) -> None:
    staff.goto("/exchange/orders/")
    staff.get_by_role("button", name=re.compile("^全部接单（1 单）")).click()
    expect(staff.get_by_role("status").filter(has_text="接下")).to_be_visible()


def decline(staff: Page, order: str) -> None:
    staff.goto(order)
    staff.get_by_text("接不了").first.click()
    staff.get_by_role("radio", name="不是我们的内容").check()
    staff.get_by_role("button", name=re.compile("婉拒")).click()
    expect(staff.get_by_role("status").filter(has_text="回到需求池")).to_be_visible()


def test_a_problem_becomes_a_rated_visit_though_the_first_unit_declines(
    somebody: Somebody, small: SmallDistrict
) -> None:
    teacher, office, near, far = (somebody(who) for who in (TEACHER, OFFICE, NEAR, FAR))
    assert "提出0个" in figures(teacher, small)
    need = file_from_problem(teacher, small)
    assert "提出1个" in figures(teacher, small)

    run_and_dispatch(office)
    decline(near, order_of(teacher, need, "清河医院"))
    teacher.goto(need)
    expect(teacher.get_by_role("main")).to_contain_text("不是我们的内容")

    run_and_dispatch(office)
    accept_all(far)
    order = order_of(teacher, need, "东岸眼科中心")
    expect(teacher.get_by_role("main")).to_contain_text("已约定")
    assert "有人接1个" in figures(teacher, small)

    small.serve(SECOND_DAY)
    arrive(teacher, order)
    rate(teacher, order, 5)
    rate(far, order, 4)
    teacher.goto(order)
    expect(teacher.get_by_role("main")).to_contain_text("两边都评了")
    look(teacher)
    assert "办完1个" in figures(teacher, small)
    look(teacher)
