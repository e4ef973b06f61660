"""The day of a visit: the sheet, the checks, the code at the door, two lines, a photograph; the
family reads where the class has been.

The demo has two classes out on the fixed day that no other journey touches, one for each screen.
"""

import io
import re

from PIL import Image
from playwright.sync_api import FilePayload, Page, expect

from .conftest import Newcomer, look, people_of, sign_in_as

OUT_TODAY = {
    "phone": ("第七小学", "demo-parent-3"),
    "desktop": ("枣园小学", "demo-parent-4"),
}
WORDS = "先看展，再分三组动手，每个孩子都带回一件自己做的"


def _picture() -> FilePayload:
    out = io.BytesIO()
    Image.new("RGB", (900, 600), "olive").save(out, "JPEG")
    return {"name": "IMG_1.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}


def _said(page: Page, words: str) -> None:
    expect(page.get_by_role("status").filter(has_text=words)).to_be_visible()


def test_a_visit_from_the_sheet_to_the_family(newcomer: Newcomer, screen: str) -> None:
    school, family = OUT_TODAY[screen]
    teacher = newcomer()
    heads = [name for name in people_of(teacher, school) if name.startswith("demo-head-")]
    sign_in_as(teacher, heads[0])
    visits = teacher.locator("section", has_text="约好了的").get_by_role("link")
    unit = visits.first.inner_text().strip()
    visits.first.click()
    order = teacher.url
    teacher.get_by_role("link", name="当天：").click()
    expect(teacher.get_by_role("heading", level=1)).to_contain_text("去")
    day = teacher.url
    look(teacher)

    # Beforehand: who comes along, and one line of the safety sheet
    form = teacher.locator("details", has=teacher.get_by_label("带队老师"))
    if form.get_attribute("open") is None:
        form.locator("summary").click()
    teacher.get_by_label("带队老师").fill("王老师、李老师")
    teacher.get_by_label("过敏").fill("1")
    teacher.get_by_role("button", name="填好了").click()
    _said(teacher, "填好了，单位看得到")
    before = teacher.get_by_role("button", name=re.compile("^重新查")).count()
    teacher.get_by_role("button", name=re.compile("^查过了")).first.click()
    expect(teacher.get_by_role("button", name=re.compile("^重新查"))).to_have_count(before + 1)
    teacher.get_by_role("link", name="点名").click()
    expect(teacher.get_by_role("heading", level=1)).to_contain_text("谁到了")
    look(teacher)
    teacher.get_by_role("checkbox").first.check()
    teacher.get_by_role("button", name="点好了").click()
    _said(teacher, "到了 1 人")

    # The unit: everybody of the day on one page, and the code for the door
    staff = newcomer()
    sign_in_as(staff, people_of(staff, unit)[0])
    staff.goto("/exchange/day/")
    look(staff)
    staff.get_by_role("link", name=school).click()
    expect(staff.get_by_role("main")).to_contain_text("过敏 1 人")
    expect(staff.get_by_role("img", name="给带队老师扫的码")).to_be_visible()
    look(staff)
    staff.get_by_text("扫不了？把地址发给带队老师").click()
    address = staff.locator("#code-address").inner_text().strip()

    # The teacher scans, and presses once
    teacher.goto(address)
    look(teacher)
    teacher.get_by_label("到了多少人").fill("30")
    teacher.get_by_role("button", name="到了").click()
    _said(teacher, "记下了：到了 30 人")
    expect(teacher.get_by_role("main")).to_contain_text("扫码")
    teacher.goto(address)
    expect(teacher.get_by_role("main")).to_contain_text("已经记过")

    # What was done, and a photograph that waits for the school's word
    staff.goto(day)
    staff.get_by_label("做了什么，两行就够").fill(WORDS)
    staff.get_by_role("button", name="写好了").click()
    _said(staff, "写好了")
    staff.get_by_label("选照片").set_input_files([_picture()])
    staff.get_by_role("button", name="传上去").click()
    _said(staff, "收到 1 张")
    expect(staff.get_by_role("main")).to_contain_text("等学校确认，现在别人看不到")
    look(staff)

    parent = newcomer()
    sign_in_as(parent, family)
    row = parent.locator("section", has_text="孩子的班去了哪儿")
    expect(row).to_contain_text(WORDS)
    look(parent)
    row.get_by_role("link", name=unit).first.click()
    expect(parent.get_by_role("article").first).to_contain_text(WORDS)
    expect(parent.get_by_role("article").first.get_by_role("img")).to_have_count(0)

    teacher.goto(day)
    teacher.get_by_role("button", name="没有孩子正脸").click()
    _said(teacher, "现在看得到")
    look(teacher)
    parent.reload()
    expect(parent.get_by_role("article").first.get_by_role("img")).to_have_count(1)
    look(parent)

    # It has landed by itself: on the order's page and in the school's record
    teacher.goto(order)
    expect(teacher.get_by_role("main")).to_contain_text(WORDS)
    look(teacher)
    teacher.goto("/exchange/visits/")
    expect(teacher.get_by_role("article").first).to_contain_text(WORDS)
    look(teacher)
