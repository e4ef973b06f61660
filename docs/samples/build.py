"""Build the sample spreadsheets: a small case of Daxing with real names and made-up numbers.

Names of schools, units and towns are real (``gongyu/demo/data``; their sources stand there).
Classes, needs, offers, headcounts, days, seats, radii and limits are invented, and so is where
exactly a unit or a school without a known point stands: near its town's point.

    python docs/samples/build.py        writes needs and sessions, .xlsx and .csv, beside itself
"""

from __future__ import annotations

import csv
import random
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

HERE = Path(__file__).resolve().parent
DATA = HERE.parents[1] / "gongyu" / "demo" / "data"
SEED = 244
NEEDS, SESSIONS = 60, 120
FIRST, LAST = date(2026, 12, 1), date(2027, 1, 15)
HOLIDAYS = {date(2027, 1, 1)}
REMARK = (
    "示例数据。学校、单位、镇街用的是真名；班级、需求、场次、人数、日期、名额、公里数和上限都是编的，"
    "坐标只到镇街附近。不能当作任何学校或单位的真实需求和安排。"
)
NEED_HEADER = (
    *("需求编号", "学校", "镇街", "群体", "主题", "年级", "人数", "形式", "开始日期", "结束日期"),
    *("时段", "经度", "纬度", "最远公里", "紧急程度", "场次", "指定单位"),
)
SESSION_HEADER = (
    *("场次编号", "单位", "镇街", "主题", "年级", "形式", "日期", "时段", "容量", "方式"),
    *("最少人数", "经度", "纬度", "上门半径公里", "单位每月上限"),
)
FORMS = {"visit": "到馆", "host": "上门", "online": "线上"}
GRADES = "零一二三四五六"
WEEKDAYS = "一二三四五六日"
HALVES = ("上午", "下午", "晚上")
CERTAIN = {"confirmed_zh_list", "source_zh", "source_zh_high"}
TROUBLES = (  # topic, weight of its being asked for
    *(("T0101", 9), ("T0102", 4), ("T0301", 2), ("T0305", 1), ("T0802", 6), ("T0601", 6)),
    *(("T0604", 4), ("T1003", 5), ("T1001", 4), ("T1403", 5), ("T0701", 6), ("T0202", 3)),
    *(("T0501", 3), ("T0803", 5), ("T0804", 5), ("T1102", 3), ("T0901", 3), ("T0203", 1)),
    *(("T1201", 3), ("T1401", 3), ("T0404", 3)),
)

Row = Sequence[str | int | float | date | None]


def rows_of(name: str) -> list[dict[str, str]]:
    """A table of the demo district."""
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


class District:
    """The real names and points, and a seeded draw for what is made up."""

    def __init__(self, seed: int) -> None:
        self.draw = random.Random(seed)  # noqa: S311  # a sample, not a secret
        self.points = {
            row["code"]: (row["name"], float(row["lon_wgs84"]), float(row["lat_wgs84"]))
            for row in rows_of("township_points")
            if row["lon_wgs84"]
        }
        self.schools = [
            row
            for row in rows_of("schools")
            if row["name_certainty"] in CERTAIN and row["township_code"] in self.points
        ]
        self.units = {
            row["id"]: row
            for row in rows_of("resources")
            if row["scope"] in {"daxing", "bda"} and "planned" not in row["kind"]
        }
        self.topics = {row["l2_code"]: row["l2_topic"] for row in rows_of("topics")}

    def near(self, code: str, spread: float) -> tuple[float, float]:
        """A point near that of a town."""
        _name, lon, lat = self.points[code]
        shift = self.draw.uniform
        return round(lon + shift(-spread, spread), 5), round(lat + shift(-spread, spread), 5)

    def slots(self) -> str:
        """Half-days as a school writes them."""
        if self.draw.random() < 0.3:
            return self.draw.choice(("工作日", "工作日下午", "均可"))
        days = sorted(self.draw.sample(range(5), self.draw.randint(2, 3)))
        return "；".join(
            f"周{WEEKDAYS[day]}{self.draw.choice(('下午', '下午', '上午', '全天'))}" for day in days
        )


def needs_of(district: District) -> Iterator[Row]:
    """60 classes; a few want two sessions, a few ask for a unit by name."""
    draw = district.draw
    places: dict[str, tuple[float, float]] = {}
    codes, weights = zip(*TROUBLES, strict=True)
    for number in range(1, NEEDS + 1):
        school = draw.choice(district.schools)
        name, code = school["name"], school["township_code"]
        if name not in places:
            known = school["lon_wgs84"] and school["lat_wgs84"]
            places[name] = (
                (float(school["lon_wgs84"]), float(school["lat_wgs84"]))
                if known
                else district.near(code, 0.02)
            )
        lon, lat = places[name]
        primary = school["stage"] == "primary"
        grade = draw.randint(1, 6) if primary else draw.randint(1, 3)
        said = f"{GRADES[grade]}年级" if primary else f"初{GRADES[grade]}"
        start = FIRST + timedelta(days=7 * draw.choice((0, 0, 1, 2)))
        end = min(LAST, start + timedelta(days=draw.choice((20, 31, 45))))
        topic = draw.choices(codes, weights)[0]
        topics = district.topics[topic]
        if draw.random() < 0.2:
            second = draw.choices([c for c in codes if c != topic], [1] * (len(codes) - 1))[0]
            topics = f"{topic}:0.7；{second}:0.3"
        form = draw.choices(("走出去", "请进来", "均可", "走出去、请进来"), (1, 1, 7, 3))[0]
        yield (
            f"N{number:03}",
            name,
            district.points[code][0],
            f"{said}{draw.randint(1, 6)}班",
            topics,
            said,
            draw.randint(22, 44),
            form,
            start,
            end,
            district.slots(),
            lon,
            lat,
            None if form == "请进来" else draw.choice((10, 15, 20, 25, 30)),
            draw.choices(("一般", "重要", "紧急"), (6, 3, 1))[0],
            draw.choices((1, 2), (5, 1))[0],
            "中国印刷博物馆" if topic == "T1003" and draw.random() < 0.5 else None,
        )


def offers_of(district: District) -> list[tuple[dict[str, str], dict[str, str]]]:
    """Each offer of the demo district with up to three units that could make it."""
    found = []
    for offer in rows_of("offers"):
        named = [district.units[id_] for id_ in offer["units"].split() if id_ in district.units]
        kinds = offer["kinds"].split()
        alike = [unit for unit in district.units.values() if unit["kind"] in kinds]
        found.extend((offer, unit) for unit in (named + alike)[:3])
    return found


def sessions_of(district: District) -> Iterator[Row]:
    """120 half-days of units; those whose town is not known stand somewhere in the core."""
    draw = district.draw
    places: dict[str, tuple[str, float, float]] = {}
    limits: dict[str, int | None] = {}
    offers = offers_of(district)
    asked = dict(TROUBLES)
    wanted = [sum(asked.get(t, 0) for t in offer["topics"].split()) for offer, _unit in offers]
    for number in range(1, SESSIONS + 1):
        offer, unit = draw.choices(offers, wanted)[0]
        name = unit["name"]
        if name not in places:
            known = unit["township_code"] in district.points
            code = unit["township_code"] if known else "110115001"
            places[name] = (district.points[code][0] if known else "", *district.near(code, 0.03))
            limits[name] = draw.choice((None, 3, 4, 6))
        town, lon, lat = places[name]
        day = FIRST + timedelta(days=draw.randint(7, (LAST - FIRST).days))
        while day.weekday() > 4 or day in HOLIDAYS:
            day -= timedelta(days=1)
        first, last = int(offer["first_grade"]), min(int(offer["last_grade"]), 9)
        exclusive, capacity = offer["exclusive"] == "1", min(int(offer["capacity"]), 70)
        host = offer["form"] == "host"
        yield (
            f"S{number:03}",
            name,
            town,
            "；".join(offer["topics"].split()),
            grades(first, last),
            FORMS[offer["form"]],
            day,
            "上午" if offer["halves"] == "上" or draw.random() < 0.3 else "下午",
            capacity,
            "专场" if exclusive else "拼团",
            int(offer["min_group"]) or None,
            lon if offer["form"] != "online" else None,
            lat if offer["form"] != "online" else None,
            float(offer["radius_km"]) if host else None,
            limits[name],
        )


def grades(first: int, last: int) -> str:
    """一至六年级, 三年级至初三."""
    if (first, last) in {(1, 9): "", (1, 6): "", (7, 9): ""}:
        return {(1, 9): "小学、初中", (1, 6): "小学", (7, 9): "初中"}[first, last]
    if last <= 6:
        return f"{GRADES[first]}至{GRADES[last]}年级"
    begin = f"{GRADES[first]}年级" if first <= 6 else f"初{GRADES[first - 6]}"
    return f"{begin}至初{GRADES[last - 6]}"


def write(folder: Path, name: str, title: str, header: Sequence[str], rows: Sequence[Row]) -> None:
    """The workbook, with what is made up said on a sheet of its own; and the same as CSV."""
    book = Workbook()
    sheet = book.active
    sheet.title = title
    sheet.append(header)
    for row in rows:
        sheet.append(row)
    for cell in sheet[1]:
        cell.font = Font(bold=True)
        cell.fill = PatternFill("solid", fgColor="FFE7F0E9")
    sheet.freeze_panes = "A2"
    for column in range(1, len(header) + 1):
        longest = max(len(str(row[column - 1] or "")) for row in [header, *rows])
        sheet.column_dimensions[get_column_letter(column)].width = min(10 + longest, 36)
        for row_number, row in enumerate(rows, start=2):
            if isinstance(row[column - 1], date):
                sheet.cell(row_number, column).number_format = "yyyy-mm-dd"
    about = book.create_sheet("说明")
    about["A1"] = REMARK
    about["A1"].alignment = Alignment(wrap_text=True, vertical="top")
    about.column_dimensions["A"].width = 80
    book.save(folder / f"{name}.xlsx")
    with (folder / f"{name}.csv").open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(["" if cell is None else cell for cell in row] for row in rows)


def build(folder: Path) -> None:
    """All four files."""
    district = District(SEED)
    write(folder, "needs", "需求", NEED_HEADER, list(needs_of(district)))
    write(folder, "sessions", "场次", SESSION_HEADER, list(sessions_of(district)))


if __name__ == "__main__":
    build(HERE)
