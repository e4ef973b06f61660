"""The calendars: rules that leave a holiday out, a card that is moved, the school that is asked."""

import re
from datetime import date

from playwright.sync_api import Locator, Page, expect

from .conftest import Newcomer, axe, fits_the_screen, look, people_of, sign_in_as
from .test_need_to_rating import WORDS

# A rule is set once, so each screen has a weekday of its own in the first days of January, in the
# evening, when nothing is open yet.
RULES = {
    "phone": ("周五", "2027-01-01", "2027-01-08"),
    "desktop": ("周六", "2027-01-02", "2027-01-09"),
}


def test_a_unit_sets_a_rule_and_sees_the_month_without_the_holiday(page: Page, screen: str) -> None:
    weekday, holiday, after = RULES[screen]
    sign_in_as(page, "demo-unit")
    page.goto("/exchange/resources/")
    page.get_by_role("link", name=re.compile("^开放规则")).first.click()

    form = page.get_by_role("region", name="某一天不一样")
    form.get_by_label("怎么变").select_option("closed")
    form.get_by_label("哪天").fill(holiday)
    form.get_by_label("为什么不开").fill("元旦放假")
    form.get_by_role("button", name="记下这一天").click()
    expect(page.get_by_role("status").filter(has_text="记下了")).to_be_visible()

    form = page.get_by_role("region", name="加一条规则")
    form.get_by_label("周几").select_option(label=weekday)
    form.get_by_label("哪半天").select_option(label="晚上")
    form.get_by_label("几点开始").fill("18:30")
    form.get_by_label("什么时候有效").select_option("any")
    form.get_by_label("从哪天起").fill("2026-12-28")
    form.get_by_label("到哪天止").fill("2027-01-10")
    form.get_by_role("button", name="加上这条").click()
    expect(page.get_by_role("region", name=re.compile("照这样排"))).to_contain_text(
        "不开：元旦放假"
    )
    page.get_by_role("button", name="就照这样开").click()
    expect(page.get_by_role("status").filter(has_text="开了")).to_be_visible()

    page.goto(f"/exchange/calendar/?month=2027-01&day={holiday}")
    day = page.locator("#day")
    expect(day).to_contain_text("元旦放假")
    expect(day).not_to_contain_text("空着")
    look(page)
    page.goto(f"/exchange/calendar/?month=2027-01&day={after}")
    expect(day).to_contain_text("空着")
    page.get_by_role("link", name="周", exact=True).click()
    expect(page.get_by_role("heading", name="1 月 4 日到 10 日")).to_be_visible()
    look(page)


def test_a_card_is_moved_and_the_school_is_asked(newcomer: Newcomer, screen: str) -> None:
    teacher = newcomer()
    sign_in_as(teacher, "demo-teacher")
    teacher.goto("/exchange/needs/new/")
    teacher.get_by_label("班里遇到什么了").fill(WORDS)
    expect(teacher.get_by_role("heading", name=re.compile("现在就能来的"))).to_be_visible()
    unit = teacher.locator("#fit li h3").first.inner_text().strip()
    teacher.get_by_role("button", name=re.compile("^点单：")).first.click()
    expect(teacher.get_by_role("status").filter(has_text="点单送到")).to_be_visible()
    teacher.get_by_role("link", name=unit).first.click()
    order = teacher.url.partition("?")[0]
    week = _week_of(teacher)

    staff = newcomer()
    sign_in_as(staff, people_of(staff, unit)[0])
    staff.goto(f"/exchange/calendar/?week={week}")
    card = _card(staff, order)
    look(staff)
    chosen = _propose(staff, card, by_mouse=screen == "desktop")
    expect(staff.get_by_role("status").filter(has_text="提议送到")).to_be_visible()
    look(staff)

    teacher.goto(order)
    expect(teacher.get_by_role("main")).to_contain_text(f"想改到 {chosen}")
    teacher.goto(f"/exchange/calendar/?week={week}")
    expect(teacher.get_by_role("main")).to_contain_text("等学校回话")
    look(teacher)


def _week_of(page: Page) -> str:
    """The week of the half-day that an order's page names."""
    found = re.search(r"(\d+) 月 (\d+) 日周", page.get_by_role("main").inner_text())
    assert found is not None
    month, day = int(found[1]), int(found[2])
    year, week, _weekday = date(2026 if month > 8 else 2027, month, day).isocalendar()
    return f"{year}-W{week:02}"


def _card(page: Page, order: str) -> Locator:
    path = order.partition("/exchange/")[2]
    return page.locator(".cal", has=page.locator(f"a[href$='/exchange/{path}']")).first


def _propose(page: Page, card: Locator, *, by_mouse: bool) -> str:
    """Move a card to another half-day: by dragging to one of the same week, or from the list."""
    options = card.locator("option[data-cell]")
    cells = set(page.locator("div[data-cell]").evaluate_all("all => all.map(c => c.dataset.cell)"))
    option = next(
        (o for o in options.all() if by_mouse and o.get_attribute("data-cell") in cells),
        options.first,
    )
    cell, when = option.get_attribute("data-cell"), str(option.get_attribute("data-when"))
    dialog = page.get_by_role("dialog", name="改到这个半天？")
    if by_mouse and cell in cells:
        card.drag_to(page.locator(f"div[data-cell='{cell}']"))
    else:
        summary = card.locator("summary")
        summary.focus()
        page.keyboard.press("Enter")
        card.get_by_label("两边都空的半天").select_option(str(option.get_attribute("value")))
        axe(page)
        fits_the_screen(page)
        card.get_by_role("button", name="提议改到这半天").click()
    expect(dialog).to_contain_text(f"改到 {when}")
    dialog.get_by_role("button", name="就这样改").click()
    return when
