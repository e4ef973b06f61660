"""A teacher writes one note to three pupils; each family reads its own, nobody else reads any."""

from playwright.sync_api import Page, expect

from .conftest import Newcomer, axe, fits_the_screen, sign_in_as, use_large_type

TEACHER = "demo-teacher"
GUARDIANS = ("demo-family-1", "demo-family-2", "demo-family-3")  # of the first three pupils
ANOTHER_GUARDIAN = "demo-family-9"
ANOTHER_TEACHER = "demo-teacher-2"
REFUSAL = "只有孩子的监护人和任课老师能看"


def _check(page: Page) -> None:
    axe(page)
    fits_the_screen(page)


def test_each_family_reads_its_own_note_and_sees_who_read_it(
    newcomer: Newcomer, screen: str
) -> None:
    words = f"科学课上主动帮同组收拾器材（{screen}）"

    teacher = newcomer()
    sign_in_as(teacher, TEACHER)
    teacher.get_by_role("link", name="给三年级（2）班的孩子写一句").click()
    teacher.locator("input[name=students]").first.wait_for(state="attached")
    chips = teacher.locator("label:has(input[name=students])").all()[:3]
    names = [chip.inner_text().strip() for chip in chips]
    for chip in chips:
        chip.click()
    teacher.locator("label", has_text="劳动").click()
    teacher.get_by_label("写几句").fill(words)
    _check(teacher)
    teacher.get_by_role("button", name="写好了").click()
    expect(teacher.get_by_role("status")).to_contain_text("3")

    addresses = []
    for username, name in zip(GUARDIANS, names, strict=True):
        guardian = newcomer()
        sign_in_as(guardian, username)
        expect(guardian.get_by_role("heading", name=name)).to_be_visible()
        expect(guardian.get_by_text(words)).to_have_count(1)
        for other in set(names) - {name}:
            expect(guardian.get_by_text(other, exact=True)).to_have_count(0)
        _check(guardian)
        guardian.get_by_role("link", name="看全部", exact=True).click()
        expect(guardian.get_by_text(words)).to_be_visible()
        _check(guardian)
        child = guardian.url
        note = guardian.locator("a[href*='/families/note/']").first.get_attribute("href")
        assert note is not None
        guardian.goto(note)
        expect(guardian.get_by_text(words)).to_be_visible()
        _check(guardian)
        addresses.append([child, f"{child}readers/", note])

    for username in (ANOTHER_GUARDIAN, ANOTHER_TEACHER):
        stranger = newcomer()
        sign_in_as(stranger, username)
        for address in [address for child in addresses for address in child]:
            answer = stranger.goto(address)
            assert answer is not None
            assert answer.status == 403
            expect(stranger.get_by_text(REFUSAL)).to_be_visible()
            expect(stranger.get_by_text(words)).to_have_count(0)
        _check(stranger)

    teacher.goto(addresses[0][0])
    expect(teacher.get_by_text(words)).to_be_visible()

    guardian = newcomer()
    sign_in_as(guardian, GUARDIANS[0])
    guardian.goto(addresses[0][1])
    main = guardian.get_by_role("main")
    expect(main).to_contain_text("班主任")
    expect(main).not_to_contain_text("科学课上主动帮同组收拾器材", use_inner_text=True)
    _check(guardian)
    use_large_type(guardian)
    guardian.reload()
    _check(guardian)
