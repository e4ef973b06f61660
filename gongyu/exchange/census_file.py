"""The census workbook: its columns, the template that units fill in, and how its rows are read."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from django.utils.translation import gettext as _

from gongyu.core import grades
from gongyu.core.errors import DomainError
from gongyu.core.spreadsheets import (
    CellFault,
    Column,
    Fault,
    Notes,
    Read,
    RowReader,
    Sheet,
    Table,
    Unreadable,
    UnreadableFile,
    Value,
    find_table,
    fold,
    mark_faults,
    open_workbook,
    read_date,
    read_number,
    read_text,
    write_workbook,
)
from gongyu.exchange.models import Resource, ResourceKind, Topic
from gongyu.exchange.models.resources import MOST_LEAD_DAYS, USUAL_LEAD_DAYS, Form
from gongyu.places.models import Organization

MOST_BYTES = 5_000_000
MOST_UNPACKED = 100_000_000
MOST_ROWS = 5000

COLUMNS = (
    Column("unit", "单位", ("单位名称", "资源单位", "申报单位", "场所名称")),
    Column("title", "名称", ("资源名称", "项目名称", "课程名称", "活动名称")),
    Column("kind", "种类", ("资源种类", "资源类型", "类型", "类别")),
    Column("topics", "主题", ("育人主题", "主题代码", "主题分类")),
    Column("first_grade", "最低年级", ("起始年级", "年级从")),
    Column("last_grade", "最高年级", ("截止年级", "年级到")),
    Column("form", "形式", ("服务形式", "活动形式")),
    Column("capacity", "一次最多人数", ("可容纳人数", "容量", "最多人数"), counted=True),
    Column("min_group", "最少人数", ("起约人数", "成团人数"), required=False, counted=True),
    Column("minutes", "时长", ("分钟", "活动时长"), required=False),
    Column("price", "每人费用", ("费用", "收费", "价格"), required=False),
    Column("radius", "上门公里数", ("服务半径", "上门半径"), required=False),
    Column("summary", "说明", ("简介", "内容", "资源介绍"), required=False),
    Column("hours", "开放时间", ("营业时间", "服务时间"), required=False),
    Column("contact", "联系岗位", ("联系部门", "联系人岗位"), required=False),
    Column("insured", "责任险到期", ("保险到期", "保险有效期"), required=False),
    Column("lead", "提前几天约", ("提前预约天数", "需提前天数"), required=False, counted=True),
)
_HINTS = {
    "unit": "平台上的全称或简称",
    "title": "60 个字以内，一家单位里不能重名",
    "kind": "、".join(str(label) for label in ResourceKind.labels),
    "topics": "主题的名称或代码，几个就用顿号隔开，见“主题”工作表",
    "first_grade": "小班、中班、大班、一年级……初一……高三，也认 1 到 12",
    "last_grade": "同上",
    "form": "走出去、请进来、线上",
    "capacity": "整数，1 到 5000",
    "min_group": "整数，不写就是 1",
    "minutes": "分钟，不写就是 120",
    "price": "元，免费写 0，不写就是免费",
    "radius": "“请进来”要写",
    "summary": "300 个字以内",
    "hours": "比如：周二至周日 9:00—17:00",
    "contact": "写岗位，不写人名",
    "lead": "整数，0 到 90，不写就是 3",
    "insured": "比如 2027-06-30",
}


@dataclass(frozen=True, slots=True)
class CensusRow:
    """One resource as the workbook says it."""

    unit: Organization
    topics: tuple[Topic, ...]
    about: dict[str, object]
    entry: dict[str, object]


@dataclass(slots=True)
class Reading:
    """What came out of a workbook: new rows, rows that are there already, and all its faults."""

    rows: list[CensusRow] = field(default_factory=list)
    unchanged: int = 0
    faults: list[CellFault] = field(default_factory=list)
    fatal: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def is_clean(self) -> bool:
        return not self.faults and not self.fatal


def template() -> bytes:
    """A workbook to fill in: the columns, what belongs in each, the lists to choose from."""
    topics = Topic.objects.filter(parent__isnull=False).select_related("parent")
    sheets = [
        Sheet("摸底", [column.name for column in COLUMNS], []),
        Sheet(
            "怎么填",
            ["栏", "必填", "写什么", "也认的栏名"],
            [
                [c.name, "必填" if c.required else "", _HINTS[c.key], "、".join(c.synonyms)]
                for c in COLUMNS
            ],
        ),
        Sheet("主题", ["代码", "主题", "大类"], [[t.code, t.name, str(t.parent)] for t in topics]),
        Sheet(
            "种类和形式",
            ["种类", "形式"],
            [
                [kind, form]
                for kind, form in zip(
                    [str(label) for label in ResourceKind.labels],
                    [str(label) for label in Form.labels] + [""] * len(ResourceKind.labels),
                    strict=False,
                )
            ],
        ),
    ]
    return as_bytes("census.xlsx", sheets)


def as_bytes(name: str, sheets: list[Sheet]) -> bytes:
    """A workbook as it is sent."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / name
        write_workbook(path, sheets)
        return path.read_bytes()


def check_upload(raw: bytes) -> None:
    """By content, never by name: an .xlsx of a sensible size without macros, or a sentence."""
    if not raw:
        raise DomainError(_("文件是空的，请重新选。"))
    if len(raw) > MOST_BYTES:
        raise DomainError(_("文件超过 5 MB，请拆成几份。"))
    if not raw.startswith(b"PK\x03\x04"):
        raise DomainError(_("这不是 .xlsx 表格。请用 Excel 或 WPS 打开，另存为 .xlsx 再传。"))
    with TemporaryDirectory() as folder:
        path = Path(folder) / "census.xlsx"
        path.write_bytes(raw)
        try:
            with zipfile.ZipFile(path) as archive:
                entries = archive.infolist()
        except zipfile.BadZipFile:
            raise DomainError(_("文件不完整，可能没传完。请重新保存一次再试。")) from None
    names = {entry.filename.lower() for entry in entries}
    if "xl/workbook.xml" not in names:
        raise DomainError(_("这不是 .xlsx 表格。请用 Excel 或 WPS 打开，另存为 .xlsx 再传。"))
    if any(name.endswith("vbaproject.bin") for name in names):
        raise DomainError(_("表格里有宏，不能收。请另存为不带宏的 .xlsx。"))
    if sum(entry.file_size for entry in entries) > MOST_UNPACKED:
        raise DomainError(_("表格解开后太大，请删去用不到的工作表。"))


def read_census(raw: bytes) -> Reading:
    """Every row and every fault at once; nothing is saved. Five queries."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "census.xlsx"
        path.write_bytes(raw)
        try:
            return _read(path)
        except UnreadableFile as wrong:
            return Reading(fatal=[wrong.sentence])


def marked_copy(raw: bytes, faults: list[CellFault]) -> bytes:
    """The workbook with every fault at its cell and a list of them."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "census.xlsx"
        path.write_bytes(raw)
        return mark_faults(open_workbook(path), faults).read_bytes()


def _read(path: Path) -> Reading:
    notes = Notes()
    table, wrong = find_table(open_workbook(path), COLUMNS, notes)
    reading = Reading()
    for fault in wrong:
        if isinstance(fault, Fault):
            reading.fatal.append(fault.sentence)
        else:
            reading.faults.append(fault)
    if table is not None and not wrong:
        _Rows(table, reading).read()
    reading.notes = list(notes.said())
    return reading


class _Rows:
    """Reads the rows against what the district knows."""

    def __init__(self, table: Table, reading: Reading) -> None:
        self.table, self.reading = table, reading
        self.units: dict[str, list[Organization]] = {}
        for unit in Organization.objects.resource_units().select_related("merged_into"):
            now_at = unit.merged_into or unit  # under a name of old as under the present one
            for name in {unit.name, unit.short_name} - {""}:
                named = self.units.setdefault(fold(name), [])
                if now_at not in named:
                    named.append(now_at)
        self.topics: dict[str, Topic] = {}
        for topic in Topic.objects.filter(parent__isnull=False):
            self.topics[topic.code.upper()] = self.topics[fold(topic.name)] = topic
        self.there = set(Resource.objects.values_list("unit_id", "title"))
        self.seen: dict[tuple[int, str], int] = {}

    def read(self) -> None:
        count = 0
        for row in self.table.rows():
            count += 1
            if count > MOST_ROWS:
                self.reading.fatal.append(_("一次最多导入 5000 行，请拆成几份。"))
                return
            reader = RowReader(self.table, row)
            found = self._row(reader)
            self.reading.faults.extend(reader.faults)
            if reader.faults or found is None:
                continue
            key = (found.unit.pk, str(found.about["title"]))
            if key in self.there:
                self.reading.unchanged += 1
            else:
                self.reading.rows.append(found)
        if not count:
            self.reading.fatal.append(_("表头下面一行也没有，填了再传。"))

    def _row(self, reader: RowReader) -> CensusRow | None:
        unit = reader.read("unit", self._unit)
        title = reader.read("title", lambda v: read_text(v, longest=60))
        kind = reader.read("kind", lambda v: _labelled(v, ResourceKind.choices))
        topics = reader.read("topics", self._topics)
        first = reader.read("first_grade", _grade)
        last = reader.read("last_grade", _grade)
        form = reader.read("form", lambda v: _labelled(v, Form.choices))
        capacity = reader.read(
            "capacity", lambda v: read_number(v, least=1, most=5000, whole=True, units={"人": 1})
        )
        least = reader.read_or(
            "min_group",
            lambda v: read_number(v, least=1, most=5000, whole=True, units={"人": 1}),
            1.0,
        )
        minutes = reader.read_or(
            "minutes",
            lambda v: read_number(
                v, least=10, most=1440, whole=True, units={"分钟": 1, "小时": 60}
            ),
            120.0,
        )
        price = reader.read_or("price", _price, 0.0)
        radius = reader.read_or(
            "radius", lambda v: read_number(v, least=0, most=200, units={"公里": 1}), 0.0
        )
        summary = reader.read_or("summary", lambda v: read_text(v, longest=300), "")
        hours = reader.read_or("hours", lambda v: read_text(v, longest=120), "")
        contact = reader.read_or("contact", lambda v: read_text(v, longest=60), "")
        lead = reader.read_or(
            "lead",
            lambda v: read_number(v, least=0, most=MOST_LEAD_DAYS, whole=True, units={"天": 1}),
            float(USUAL_LEAD_DAYS),
        )
        insured = reader.read_or("insured", _day, None)
        if first is not None and last is not None and first > last:
            reader.fault("last_grade", _("比最低年级还低，请对调一下。"))
        if capacity and least and least > capacity:
            reader.fault("min_group", _("比一次最多人数还多。"))
        if form == Form.HOST and radius == 0:
            reader.fault("radius", _("“请进来”要写最远去多少公里外的学校。"))
        if unit is not None and title:
            self._once(reader, unit, title)
        if reader.faults or unit is None or topics is None:
            return None
        return CensusRow(
            unit=unit,
            topics=topics,
            about={
                "title": title,
                "summary": summary,
                "first_grade": first,
                "last_grade": last,
                "form": form,
                "capacity": int(capacity or 1),
                "min_group": int(least or 1),
                "minutes": int(minutes or 120),
                "lead_days": USUAL_LEAD_DAYS if lead is None else int(lead),
                "price_fen": round((price or 0) * 100),
                "radius_km": radius or 0.0,
            },
            entry={
                "kind": kind,
                "opening_hours": hours,
                "contact_role": contact,
                "insured_until": insured,
            },
        )

    def _once(self, reader: RowReader, unit: Organization, title: str) -> None:
        number = reader.row.number + 1
        earlier = self.seen.setdefault((unit.pk, title), number)
        if earlier != number:
            reader.fault("title", _("和第 %(row)d 行是同一项，请只留一行。") % {"row": earlier})

    def _unit(self, value: Value) -> Read[Organization]:
        name = read_text(value).value
        found = self.units.get(name, [])
        if not found:
            raise Unreadable(_("平台上没有这家单位。请写它的全称，或先请区教委加上。"))
        if len(found) > 1:
            raise Unreadable(_("有几家单位叫这个名字，请写全称。"))
        return Read(found[0])

    def _topics(self, value: Value) -> Read[tuple[Topic, ...]]:
        words = read_text(value, longest=300).value
        for mark in ",;/ |":
            words = words.replace(mark, "、")
        wanted = [word for word in words.split("、") if word]
        unknown = [w for w in wanted if w.upper() not in self.topics and w not in self.topics]
        if unknown:
            raise Unreadable(
                _("没有“%(topic)s”这个主题。请从模板的“主题”工作表里选。") % {"topic": unknown[0]}
            )
        found = [self.topics.get(word.upper()) or self.topics[word] for word in wanted]
        return Read(tuple({topic.pk: topic for topic in found}.values()))


def _labelled(value: Value, choices: Sequence[tuple[str, object]]) -> Read[str]:
    text = read_text(value).value
    for key, label in choices:
        if text in {str(label), key}:
            return Read(key)
    labels = "、".join(str(label) for _key, label in choices)
    raise Unreadable(_("请写这几个里的一个：%(labels)s。") % {"labels": labels})


def _grade(value: Value) -> Read[int]:
    text = read_text(value).value
    for number, name in grades.NAMES.items():
        if text == name:
            return Read(number)
    for prefix, above in (("高", 9), ("初", 6), ("小学", 0)):
        rest = text.removeprefix(prefix).removesuffix("年级")
        if text.startswith(prefix) and rest in list("一二三四五六"):
            return Read(above + "一二三四五六".index(rest) + 1)
    try:
        return Read(int(read_number(value, least=-2, most=12, whole=True, units={"年级": 1}).value))
    except Unreadable:
        raise Unreadable(_("请写年级，比如：三年级、初一，或者 1 到 12。")) from None


def _price(value: Value) -> Read[float]:
    if isinstance(value, str) and fold(value) in {"免费", "无", "不收费"}:
        return Read(0.0)
    return read_number(value, least=0, most=2000, units={"元": 1, "元/人": 1})


def _day(value: Value) -> Read[date | None]:
    found = read_date(value)
    return Read(found.value, found.note)
