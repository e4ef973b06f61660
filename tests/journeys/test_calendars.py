"""The calendars: a card that is moved, the school that is asked."""

import re
from datetime import date

from playwright.sync_api import Locator, Page, expect

from .conftest import Newcomer, axe, fits_the_screen, look, people_of, sign_in_as
from .test_need_to_rating import WORDS


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
