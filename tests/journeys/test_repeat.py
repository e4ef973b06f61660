"""A school asks again for what went well a year ago; nothing is filed until it is pressed."""

import re

from playwright.sync_api import expect

from .conftest import Newcomer, axe, fits_the_screen, sign_in_as


def test_last_years_need_is_asked_again_in_one_tap(newcomer: Newcomer) -> None:
    office = newcomer()
    sign_in_as(office, "demo-school")
    office.goto("/exchange/needs/")
    again = office.get_by_role("link", name=re.compile("^再办一次：")).first
    name = again.get_attribute("aria-label") or ""
    again.click()
    words = office.get_by_label("班里遇到什么了")
    expect(words).not_to_have_value("")
    assert words.input_value().startswith(name.removeprefix("再办一次：").rstrip("…"))
    axe(office)
    fits_the_screen(office)
    filled_in = words.input_value()

    office.get_by_role("button", name="放进需求池").click()
    expect(office.get_by_role("status").filter(has_text="放进需求池了")).to_be_visible()
    expect(office.get_by_role("main")).to_contain_text(filled_in)
    axe(office)
    fits_the_screen(office)
