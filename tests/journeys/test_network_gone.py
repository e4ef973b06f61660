"""The network goes away in a tunnel: the page says so, and what was typed is still there."""

from playwright.sync_api import Page, expect

from .conftest import sign_in_as

WORDS = "写到一半地铁进了隧道"


def test_words_survive_a_lost_network(page: Page) -> None:
    sign_in_as(page, "demo-teacher")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.goto("/exchange/needs/new/")
    with page.expect_response("**/needs/new/suggest/"):
        page.locator("textarea[name=words]").fill(WORDS)
    # What the page asked for has come back: the tunnel takes no request with it.
    expect(page.locator(".htmx-request")).to_have_count(0)

    page.context.set_offline(True)
    page.goto("/today/")
    expect(page.get_by_text("网断了，您写的字还在")).to_be_visible()

    page.context.set_offline(False)
    page.goto("/exchange/needs/new/")
    expect(page.locator("textarea[name=words]")).to_have_value(WORDS)


def test_words_that_were_put_back_are_answered_again(page: Page) -> None:
    sign_in_as(page, "demo-teacher")
    page.goto("/exchange/needs/new/")
    page.locator("textarea[name=words]").fill("好几个孩子看黑板老眯着眼，想请人来测测")
    expect(page.get_by_role("button", name="放进需求池")).to_be_visible()
    page.goto("/today/")
    page.goto("/exchange/needs/new/")
    expect(page.get_by_text("上次没交的字还在")).to_be_visible()
    expect(page.get_by_role("button", name="放进需求池")).to_be_visible()
