"""A census workbook: all faults at once at their cells, all or nothing, twice is once, undone."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterable
from datetime import date
from typing import Any, cast

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import Workbook, load_workbook

from gongyu.accounts.models import Role, User
from gongyu.core.errors import MoveNotAllowed, NotAllowed
from gongyu.exchange import services
from gongyu.exchange.census_columns import COLUMNS
from gongyu.exchange.census_file import read_census, template
from gongyu.exchange.models import CensusImport, Resource
from gongyu.exchange.models.census import numbers
from tests import factories as make

from .conftest import Scene
from .test_offer_pages import queries_of, text_of

SignIn = Callable[[User], Client]
NEW = reverse("exchange:census_import_new")
HEADERS = [column.name for column in COLUMNS]


@pytest.fixture
def commission(db: None) -> User:
    return make.person(Role.COMMISSION)


def row(scene: Scene, **changes: Any) -> list[Any]:
    values = {
        "单位": scene.unit.name,
        "名称": "印一本书",
        "种类": "课程",
        "主题": "视力筛查与建档",
        "最低年级": "三年级",
        "最高年级": "初二",
        "形式": "走出去",
        "一次最多人数": 40,
        "每人费用": "免费",
        "责任险到期": "2027-06-30",
    } | changes
    return [values.get(header) for header in HEADERS]


def workbook(*rows: list[Any], headers: list[str] | None = None) -> bytes:
    book = Workbook()
    sheet = book.active
    sheet.title = "摸底"
    sheet.append(headers or HEADERS)
    for each in rows:
        sheet.append(each)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def upload(raw: bytes, by: User) -> CensusImport:
    return services.upload_census(raw, "摸底.xlsx", by=by)[0]


def sent(client: Client, raw: bytes) -> str:
    file = SimpleUploadedFile("摸底.xlsx", raw)
    return text_of(client.post(NEW, {"file": file}, follow=True))


def test_nothing_is_saved_until_it_is_confirmed(
    scene: Scene, commission: User, sign_in: SignIn
) -> None:
    client = sign_in(commission)
    page = sent(client, workbook(row(scene)))
    assert "1 项可以导入" in page
    assert Resource.objects.count() == 1
    entry = CensusImport.objects.get()
    page = text_of(client.post(reverse("exchange:census_apply", args=[entry.pk]), follow=True))
    assert "导入了 1 项，请单位来核对。" in page
    resource = Resource.objects.get(title="印一本书")
    assert (resource.first_grade, resource.last_grade, resource.price_fen) == (3, 8, 0)
    assert resource.lead_days == 3  # nothing said
    assert list(resource.topics.all()) == [scene.topic]
    assert resource.entry.kind == "course"
    assert not resource.entry.is_confirmed
    entry.refresh_from_db()
    assert bytes(entry.file) == b""


def test_columns_are_known_by_other_names(scene: Scene) -> None:
    headers = [{"单位": "申报单位", "一次最多人数": "可容纳人数"}.get(h, h) for h in HEADERS]
    reading = read_census(workbook(row(scene), headers=headers))
    assert reading.is_clean
    assert len(reading.rows) == 1


def test_the_second_import_changes_nothing(scene: Scene, commission: User) -> None:
    raw = workbook(row(scene))
    assert services.apply_import(upload(raw, commission), by=commission) == 1
    Resource.objects.filter(title="印一本书").update(capacity=99)  # the unit has put it right
    again = upload(raw, commission)
    assert (again.rows, again.unchanged) == (0, 1)
    assert services.apply_import(again, by=commission) == 0
    assert Resource.objects.get(title="印一本书").capacity == 99


@pytest.mark.parametrize(
    ("changes", "cell", "sentence"),
    [
        ({"单位": "没有的馆"}, "A2", "平台上没有这家单位"),
        ({"名称": None}, "B2", "这一格要填"),
        ({"名称": "字" * 61}, "B2", "最多 60 个"),
        ({"种类": "轮船"}, "C2", "请写这几个里的一个"),
        ({"主题": "炒菜"}, "D2", "没有“炒菜”这个主题"),
        ({"最低年级": "大二"}, "E2", "请写年级"),
        ({"最高年级": "一年级"}, "F2", "比最低年级还低"),
        ({"形式": "飞过去"}, "G2", "走出去、请进来、线上"),
        ({"一次最多人数": "很多"}, "H2", "不是数"),
        ({"一次最多人数": 0}, "H2", "太小了"),
        ({"最少人数": 41}, "I2", "比一次最多人数还多"),
        ({"形式": "请进来"}, "L2", "最远去多少公里外"),
        ({"责任险到期": "不知道"}, "P2", ""),
        ({"提前几天约": 91}, "Q2", "太大了"),
        ({"专场": "也许"}, "R2", "“是”或“否”"),
        ({"开放月份": "13 月"}, "S2", "请写月份"),
        ({"开放月份": "寒暑假"}, "S2", "请写月份"),
        ({"开放月份": date(2026, 3, 6)}, "S2", "成了日期"),
        ({"每周闭馆日": "下周"}, "T2", "请写周几"),
        ({"每周闭馆日": "周一至周日"}, "T2", "七天都闭馆"),
        ({"减免与补贴": "字" * 201}, "U2", "最多 200 个"),
        ({"联系岗位": "社教部 138-0000-1234"}, "O2", "写岗位，不写电话"),
        ({"最近一次消防检查": "2099-01-01"}, "Y2", "还没到"),
    ],
)
def test_each_fault_stands_at_its_cell(
    scene: Scene, changes: dict[str, Any], cell: str, sentence: str
) -> None:
    (fault,) = read_census(workbook(row(scene, **changes))).faults
    assert fault.address == cell
    assert sentence in fault.sentence


@pytest.mark.parametrize(
    ("said", "months"),
    [
        ("全年", range(1, 13)),
        ("3 月至 11 月", range(3, 12)),
        ("３—５月", (3, 4, 5)),
        ("11月-次年2月", (11, 12, 1, 2)),
        ("4、5、9 月", (4, 5, 9)),
        ("春、秋", (3, 4, 5, 9, 10, 11)),
        ("冬季", (12, 1, 2)),
        (6, (6,)),
        (None, range(1, 13)),
    ],
)
def test_months_are_read_as_people_write_them(
    scene: Scene, said: Any, months: Iterable[int]
) -> None:
    (read,) = read_census(workbook(row(scene, 开放月份=said))).rows
    assert numbers(cast("int", read.entry["months"])) == sorted(month - 1 for month in months)


@pytest.mark.parametrize(
    ("said", "weekdays"),
    [
        ("无", []),
        (None, []),
        ("周一", [0]),
        ("每周一闭馆", [0]),
        ("星期一、星期二", [0, 1]),
        ("周一至周三", [0, 1, 2]),
        ("双休日", [5, 6]),
        ("礼拜天", [6]),
    ],
)
def test_closed_days_are_read_as_people_write_them(
    scene: Scene, said: Any, weekdays: list[int]
) -> None:
    (read,) = read_census(workbook(row(scene, 每周闭馆日=said))).rows
    assert numbers(cast("int", read.entry["closed_weekdays"])) == weekdays


def test_words_for_people_stay_as_they_were_written(scene: Scene, commission: User) -> None:
    raw = workbook(row(scene, 名称="活字（亲子）", 说明="看、做，学：\n都在这里。"))
    services.apply_import(upload(raw, commission), by=commission)
    resource = Resource.objects.get(title="活字（亲子）")
    assert resource.summary == "看、做，学： 都在这里。"
    assert upload(raw, commission).unchanged == 1


def test_an_export_reads_back_as_what_is_there(
    scene: Scene, commission: User, sign_in: SignIn
) -> None:
    about = {
        "开放月份": "春、秋",
        "每周闭馆日": "周一",
        "减免与补贴": "本区学生免费",
        "无障碍": "轮椅通道",
        "怎么来": "地铁大兴线枣园站",
        "联系时间": "工作日 9:00—17:00",
        "最近一次消防检查": "2026-09-10",
        "有应急预案": "是",
        "人员审查有效期到": "2027-06-30",
        "命名与依据": "市级科普教育基地",
        "专场": "是",
    }
    services.apply_import(upload(workbook(row(scene, **about)), commission), by=commission)
    address = reverse("exchange:census_export")
    exported = sign_in(commission).get(address, {"kind": "course"}).content
    sheet = load_workbook(io.BytesIO(exported))["摸底"]
    out = dict(zip(HEADERS, [cell.value for cell in sheet[2]], strict=False))
    assert out["开放月份"] == "3、4、5、9、10、11 月"
    assert out["减免与补贴"] == "本区学生免费"
    assert upload(exported, commission).unchanged == 1
    before = Resource.objects.get(title="印一本书")
    entry = {
        f.attname: getattr(before.entry, f.attname)
        for f in before.entry._meta.fields
        if f.attname not in {"resource_id", "confirmed_on", "confirmed_by_id"}
    }
    before.delete()
    services.apply_import(upload(exported, commission), by=commission)
    after = Resource.objects.get(title="印一本书")
    assert after.is_exclusive
    assert {name: getattr(after.entry, name) for name in entry} == entry


def test_a_row_twice_is_a_fault(scene: Scene) -> None:
    (fault,) = read_census(workbook(row(scene), row(scene))).faults
    assert fault.sentence == "和第 2 行是同一项，请只留一行。"


def test_what_is_no_workbook_is_refused_by_its_content(
    scene: Scene, commission: User, sign_in: SignIn
) -> None:
    client = sign_in(commission)
    macro = io.BytesIO(workbook(row(scene)))
    with zipfile.ZipFile(macro, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"x")
    other = io.BytesIO()
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("readme.txt", "x")
    for raw, sentence in [
        (b"hello", "这不是 .xlsx 表格"),
        (b"PK\x03\x04 broken", "文件不完整"),
        (other.getvalue(), "这不是 .xlsx 表格"),
        (macro.getvalue(), "表格里有宏"),
        (b"PK\x03\x04" + b"0" * 5_000_001, "文件超过 5 MB"),
        (workbook(headers=["甲", "乙"]), "找不到表头"),
        (workbook(), "一行也没有"),
    ]:
        assert sentence in sent(client, raw)
    assert "请先选一个表格文件" in text_of(client.post(NEW))
    assert not CensusImport.objects.filter(rows__gt=0).exists()


def test_undo_takes_back_what_nobody_has_used(scene: Scene, commission: User) -> None:
    rows = [row(scene, 名称=name) for name in ("没人用", "开了场次", "核对过")]
    entry = upload(workbook(*rows), commission)
    services.apply_import(entry, by=commission)
    make.SessionFactory(resource=Resource.objects.get(title="开了场次"))
    confirmed = Resource.objects.get(title="核对过").entry
    confirmed.confirmed_on, confirmed.confirmed_by = "2026-11-24", scene.staff
    confirmed.save()
    assert services.undo_import(entry, by=commission) == (1, 2)
    assert not Resource.objects.filter(title="没人用").exists()
    assert Resource.objects.filter(title="开了场次").exists()
    with pytest.raises(MoveNotAllowed):
        services.undo_import(entry, by=commission)


def test_only_the_last_import_is_undone_and_only_by_the_commission(
    scene: Scene, commission: User
) -> None:
    first = upload(workbook(row(scene)), commission)
    services.apply_import(first, by=commission)
    second = upload(workbook(row(scene, 名称="另一项")), commission)
    services.apply_import(second, by=commission)
    with pytest.raises(MoveNotAllowed, match="最近的一份"):
        services.undo_import(first, by=commission)
    with pytest.raises(MoveNotAllowed, match="已经导入过了"):
        services.apply_import(second, by=commission)
    with pytest.raises(NotAllowed):
        services.undo_import(second, by=scene.staff)


def test_the_template_reads_back_and_names_every_column(
    scene: Scene, commission: User, sign_in: SignIn
) -> None:
    book = load_workbook(io.BytesIO(template()))
    assert [cell.value for cell in book["摸底"][1]] == HEADERS
    assert scene.topic.name in {r[1].value for r in book["主题"].iter_rows()}
    address = reverse("exchange:census_template")
    assert sign_in(commission).get(address)["Content-Disposition"].endswith('.xlsx"')


def test_an_export_holds_no_formula(scene: Scene, commission: User, sign_in: SignIn) -> None:
    scene.resource.title = "=HYPERLINK(1)"
    scene.resource.save()
    answer = sign_in(commission).get(reverse("exchange:census_export"), {"kind": "none"})
    sheet = load_workbook(io.BytesIO(answer.content))["摸底"]
    assert sheet["B2"].value == "'=HYPERLINK(1)"
    assert sheet.max_row == 2


def test_the_preview_asks_the_same_for_many_rows(
    scene: Scene, commission: User, sign_in: SignIn
) -> None:
    client = sign_in(commission)
    counts = []
    for size in (2, 40):
        rows = [row(scene, 名称=f"第{n}项") for n in range(size)]
        entry = upload(workbook(*rows), commission)
        counts.append(queries_of(client, reverse("exchange:census_import", args=[entry.pk])))
    assert counts[0] == counts[1] <= 14
