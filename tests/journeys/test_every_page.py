"""Every page that a role finds in its navigation, and the public ones: whole, light, accessible."""

import gzip

import pytest
from playwright.sync_api import Page, Response

from .conftest import Newcomer, look, sign_in_as, use_large_type

# A page looks the same whatever database stands behind it.
pytestmark = pytest.mark.once

FIRST_VIEW = 120 * 1024  # bytes, compressed; maps are excepted
PUBLIC = [
    "/",
    "/account/sign-in/",
    "/privacy/",
    "/offline/",
    "/read/school/",
    "/read/policy/",
    "/read/family/",
    "/read/community/",
    "/read/activities/",
    "/read/policies/",
    "/places/search/?q=印刷",
    "/places/search/?q=没有这个地方",
    "/places/map/",
    "/places/division/110115003/",
    "/governance/proposal/",
]
LINKS_FROM = {
    "/read/school/": "main a[href*='/read/article/']",
    "/read/policies/": "main a[href*='/read/policies/']",
    "/places/search/?q=印刷": "main a[href^='/places/']",
}
ROLES = [
    "demo-parent",
    "demo-teacher",
    "demo-school",
    "demo-unit",
    "demo-commission",
    "demo-town",
    "demo-department",
    "demo-community",
]

# Pages that no navigation names, and from which page a link leads to one with a key of its own.
BESIDE = {
    "demo-parent": ["/exchange/visits/"],
    "demo-teacher": ["/exchange/visits/", "/exchange/ledger/", "/exchange/problems/"],
    "demo-school": ["/exchange/people/", "/exchange/ledger/", "/exchange/visits/"],
    "demo-town": [
        "/exchange/desk/classes/",
        "/exchange/desk/disputed/",
        "/exchange/desk/rates/",
        "/exchange/desk/revisit/",
        "/exchange/desk/unmet/",
        "/exchange/ledger/",
        "/exchange/orders/",
        "/exchange/runs/rules/",
    ],
    "demo-unit": [
        "/exchange/people/",
        "/exchange/ledger/",
        "/exchange/visits/",
        "/exchange/day/",
        "/exchange/calendar/subscribe/",
        "/exchange/resources/new/",
    ],
    "demo-commission": [
        "/exchange/admissions/",
        "/exchange/desk/classes/",
        "/exchange/desk/disputed/",
        "/exchange/desk/people/",
        "/exchange/desk/rates/",
        "/exchange/desk/revisit/",
        "/exchange/desk/unmet/",
        "/exchange/census/records/",
        "/exchange/census/import/",
        "/exchange/census/duplicates/",
        "/exchange/ledger/",
        "/exchange/orders/",
        "/exchange/problems/new/",
        "/exchange/runs/rules/",
        "/exchange/suspensions/",
        "/exchange/whitelist/",
    ],
}
LEADS_ON = {
    "demo-unit": {
        "/exchange/resources/": [
            "main a[href$='/photos/']",
            "main a[href$='/opening/']",
            "main a[href*='/resources/duplicates/']",
        ],
    },
    "demo-commission": {
        "/exchange/census/duplicates/": [
            "main a[href*='/census/duplicates/']",
            "main a[href*='/resources/duplicates/']",
        ],
        "/exchange/problems/1/": ["main a[href$='/edit/']", "main a[href*='/evidence/']"],
    },
}


def _look_at(page: Page, address: str, *, status: int = 200) -> None:
    """Open a page in the normal and in the large type."""
    answer = page.goto(address)
    assert answer is not None
    assert answer.status == status, f"{address}: {answer.status}"
    look(page)


def test_public_pages_are_whole(page: Page) -> None:
    more = []
    for address in PUBLIC:
        _look_at(page, address)
        if address in LINKS_FROM:
            link = page.locator(LINKS_FROM[address]).first.get_attribute("href")
            assert link is not None, f"{address} leads nowhere"
            more.append(link)
    for address in more:
        _look_at(page, address)
    _look_at(page, "/read/article/999999/", status=404)


@pytest.mark.parametrize("role", ROLES)
def test_the_pages_of_a_role_are_whole(page: Page, role: str) -> None:
    sign_in_as(page, role)
    links = page.locator("nav a").evaluate_all("all => all.map(a => a.getAttribute('href'))")
    places = sorted({link for link in links if link.startswith("/") and link != "/"})
    assert "/today/" in places
    more = BESIDE.get(role, [])
    for start, links_on in LEADS_ON.get(role, {}).items():
        page.goto(start)
        for link in links_on:
            found = page.locator(link).first.get_attribute("href")
            assert found is not None, f"{start} leads nowhere"
            more = [*more, found]
    for address in [*places, *more]:
        _look_at(page, address)


def test_the_large_type_stays(page: Page) -> None:
    page.goto("/")
    use_large_type(page)
    page.goto("/read/school/")

    assert page.evaluate("document.documentElement.dataset.size") == "large"
    assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == "20px"


@pytest.mark.parametrize("address", ["/", "/account/sign-in/", "/read/school/", "/today/"])
def test_the_first_view_is_light(newcomer: Newcomer, address: str) -> None:
    weights: dict[str, int] = {}

    def weigh(response: Response) -> None:
        if response.status == 200:
            body = response.body()
            packed = "gzip" in response.headers.get("content-encoding", "") or any(
                response.url.endswith(end) for end in (".woff2", ".png")
            )
            weights[response.url] = len(body) if packed else len(gzip.compress(body))

    page = newcomer()
    if address == "/today/":
        sign_in_as(page, "demo-parent")
        page.context.clear_cookies(name="csrftoken")
    fresh = page.context.new_page()  # the cache of a context is not shared with a new one
    fresh.on("response", weigh)
    fresh.goto(address, wait_until="networkidle")

    assert sum(weights.values()) < FIRST_VIEW, weights
