"""Cells as people write them: read where the meaning is certain, else a fault at the very cell."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, time

import pytest

from gongyu.engines.matching import Form
from gongyu.exchange.files.reading import Given

from .tables import Cell

Read = Callable[..., Given]
Faults = Callable[..., dict[str, str]]

ALL_DAY = (0, 1, 2)


def slots(*pairs: tuple[int, int]) -> frozenset[tuple[int, int]]:
    return frozenset(pairs)


def days(*weekdays: int, halves: tuple[int, ...] = ALL_DAY) -> frozenset[tuple[int, int]]:
    return frozenset((day, half) for day in weekdays for half in halves)


@pytest.mark.parametrize(
    ("cells", "field", "value", "note"),
    [
        ({"A3": 12}, "id", "12", ""),
        ({"A3": "  N 2\n"}, "id", "N 2", ""),
        ({"G3": "30"}, "headcount", 30, ""),
        ({"G3": "３０"}, "headcount", 30, ""),
        ({"G3": "30人"}, "headcount", 30, "带单位的数按数读"),
        ({"G3": "４２ 名"}, "headcount", 42, "带单位的数按数读"),
        ({"G3": "1,200"}, "headcount", 1200, ""),
        ({"G3": "三十二"}, "headcount", 32, "中文数字"),
        ({"G3": 30.0}, "headcount", 30, ""),
        ({"G3": date(1900, 1, 30)}, "headcount", 30, "日期格式"),
        ({"N3": "10公里"}, "reach_km", 10.0, "带单位的数按数读"),
        ({"N3": "12.5 KM"}, "reach_km", 12.5, "带单位的数按数读"),
        ({"N3": "≤10"}, "reach_km", 10.0, ""),
        ({"N3": "不超过10公里"}, "reach_km", 10.0, "带单位的数按数读"),
        ({"P3": 300}, "wanted", 300, ""),
        ({"N3": "8000米"}, "reach_km", 8.0, "换算"),
        ({"P3": "2场"}, "wanted", 2, "带单位的数按数读"),
        ({"P3": None}, "wanted", 1, ""),
        ({"I3": "2026-12-01"}, "date_from", date(2026, 12, 1), ""),
        ({"I3": "2026/12/3"}, "date_from", date(2026, 12, 3), ""),
        ({"I3": "2026年12月3日"}, "date_from", date(2026, 12, 3), ""),
        ({"I3": "2026.12.3"}, "date_from", date(2026, 12, 3), ""),
        ({"I3": "２０２６－１２－０３"}, "date_from", date(2026, 12, 3), ""),
        ({"I3": "20261203"}, "date_from", date(2026, 12, 3), "年月日"),
        ({"I3": 46359}, "date_from", date(2026, 12, 3), "序号"),
        ({"I3": "46359"}, "date_from", date(2026, 12, 3), "序号"),
        ({"I3": datetime(2026, 12, 3, 9, 30)}, "date_from", date(2026, 12, 3), ""),
        ({"I3": "2026-12-03 00:00:00"}, "date_from", date(2026, 12, 3), ""),
        ({"I3": "2026年12月3日（周四）"}, "date_from", date(2026, 12, 3), ""),
        ({"I3": "2026。12。3"}, "date_from", date(2026, 12, 3), ""),
        ({"I3": "二〇二六年十二月三日"}, "date_from", date(2026, 12, 3), "中文数字"),
        ({"I3": 12.15}, "date_from", date(2026, 12, 15), "补了年份"),
        ({"I3": "13/12/2026"}, "date_from", date(2026, 12, 13), "只有一种读法"),
        ({"I3": "12月3日"}, "date_from", date(2026, 12, 3), "补了年份"),
        ({"J3": "12月20日"}, "date_to", date(2026, 12, 20), "补了年份"),
        ({"J3": "1月8日"}, "date_to", date(2027, 1, 8), "补了年份"),
        ({"I3": "2026-12-03至2026-12-20", "J3": None}, "date_to", date(2026, 12, 20), "分开读"),
        ({"I3": "12月3日—12月20日", "J3": None}, "date_from", date(2026, 12, 3), "分开读"),
        ({"F3": "三至五年级"}, "grades", frozenset({3, 4, 5}), ""),
        ({"F3": "３－５年级"}, "grades", frozenset({3, 4, 5}), ""),
        ({"F3": "三、四年级"}, "grades", frozenset({3, 4}), ""),
        ({"F3": "小学高段"}, "grades", frozenset({5, 6}), ""),
        ({"F3": "小学"}, "grades", frozenset(range(1, 7)), ""),
        ({"F3": "初一"}, "grades", frozenset({7}), ""),
        ({"F3": "初中"}, "grades", frozenset({7, 8, 9}), ""),
        ({"F3": "初一、二"}, "grades", frozenset({7, 8}), ""),
        ({"F3": "幼儿园大班"}, "grades", frozenset({0}), ""),
        ({"F3": "中班至大班"}, "grades", frozenset({-1, 0}), ""),
        ({"F3": "三（2）班"}, "grades", frozenset({3}), ""),
        ({"F3": date(2026, 3, 5)}, "grades", frozenset({3, 4, 5}), "改成了日期"),
        ({"F3": 4}, "grades", frozenset({4}), ""),
        ({"K3": "周三下午；周五；周末"}, "slots", slots((2, 1)) | days(4, 5, 6), ""),
        ({"K3": "均可"}, "slots", days(*range(7)), ""),
        ({"K3": "工作日下午"}, "slots", days(*range(5), halves=(1,)), ""),
        ({"K3": "星期一至星期三上午"}, "slots", days(0, 1, 2, halves=(0,)), ""),
        ({"K3": "周三上午、下午"}, "slots", days(2, halves=(0, 1)), ""),
        ({"K3": "周三四下午"}, "slots", days(2, 3, halves=(1,)), ""),
        ({"K3": "每周三下午"}, "slots", slots((2, 1)), ""),
        ({"K3": "星期三PM"}, "slots", slots((2, 1)), ""),
        ({"K3": "周三 am"}, "slots", slots((2, 0)), ""),
        ({"K3": "周三（下午）"}, "slots", slots((2, 1)), ""),
        ({"K3": "周三 14:00-15:30"}, "slots", slots((2, 1)), "钟点按半天读"),
        ({"K3": "下午"}, "slots", days(*range(7), halves=(1,)), ""),
        ({"H3": "走出去、请进来"}, "forms", Form.VISIT | Form.HOST, ""),
        ({"H3": "走出去+线上"}, "forms", Form.VISIT | Form.ONLINE, ""),
        ({"H3": " 均 可 "}, "forms", None, "fault"),
        ({"H3": "外出"}, "forms", Form.VISIT, ""),
        ({"E3": "ｔ０１０１"}, "topics", {"T0101": 1.0}, ""),
        ({"E3": "视力筛查与建档"}, "topics", {"T0101": 1.0}, ""),
        ({"E3": "T0101 视力筛查与建档"}, "topics", {"T0101": 1.0}, ""),
        ({"E3": "T0101（视力筛查与建档）"}, "topics", {"T0101": 1.0}, ""),
        ({"E3": "视力检查"}, "topics", {"T0101": 1.0}, "别名"),
        ({"E3": "T0101:0.7；T0301：0.3"}, "topics", {"T0101": 0.7, "T0301": 0.3}, ""),
        ({"E3": "T0101:70%,T0301:30%"}, "topics", {"T0101": 0.7, "T0301": 0.3}, ""),
        ({"O3": "紧急"}, "severity", 3, ""),
        ({"O3": None}, "severity", 1, ""),
        ({"L3": 39.729, "M3": 116.341}, "lon", 116.341, "写反了"),
        ({"L3": "116.341", "M3": "39.729"}, "lat", 39.729, ""),
        ({"L3": "东经116°20′30″", "M3": "北纬39°43′"}, "lon", pytest.approx(116.3416667), ""),
        ({"L3": "E116°20.46′", "M3": "N39°43.74′"}, "lon", pytest.approx(116.341), ""),
        ({"L3": "116.341,39.729", "M3": None}, "lat", 39.729, ""),
        ({"Q3": "区医院；少年宫"}, "wished_units", frozenset({"区医院", "少年宫"}), "不在场次表里"),
        ({"C3": "'=黄村镇"}, "town", "=黄村镇", ""),
        ({"C3": "黄 村\u200b镇"}, "town", "黄 村镇", ""),
    ],
)
def test_what_is_certain_is_read(
    read: Read,
    faults: Faults,
    cells: Mapping[str, Cell],
    field: str,
    value: object,
    note: str,
) -> None:
    if note == "fault":
        assert list(faults(cells)) == list(cells)
        return
    given = read(cells)
    assert getattr(given.problem.needs[1], field) == value
    if note:
        assert any(note in said for said in given.notes), given.notes
    else:
        assert not given.notes


@pytest.mark.parametrize(
    ("cells", "sentence"),
    [
        ({"A3": None}, "要填"),
        ({"I3": 12.1}, "是 12.1，还是 12.10"),
        ({"G3": "30（另有教师2人）"}, "括号里还有数"),
        ({"A3": "N1"}, "和第 2 行重复"),
        ({"A3": "号" * 300}, "300 个字"),
        ({"C3": "  "}, "要填"),
        ({"E3": "眼睛"}, "主题目录里没有"),
        ({"E3": "班里好几个孩子看黑板老眯着眼"}, "是不是 T0101"),
        ({"E3": "T0199"}, "主题目录里没有 T0199"),
        ({"E3": "近视防控与眼健康"}, "是大类"),
        ({"E3": "T0101:0.7；T0301"}, "有的没写"),
        ({"E3": "T0101:-1"}, "不是大于 0 的数"),
        ({"E3": "T0101:nan"}, "不是大于 0 的数"),
        ({"E3": "T0101:0"}, "加起来是 0"),
        ({"E3": "T0101；t0101"}, "写了两次"),
        ({"E3": "T0101 心理"}, "对不上"),
        ({"F3": "2023级"}, "认不出年级"),
        ({"F3": "五至三年级"}, "认不出年级"),
        ({"F3": "十三年级"}, "认不出年级"),
        ({"F3": date(2026, 5, 3)}, "成了日期"),
        ({"G3": "约30人"}, "要一个确定的数"),
        ({"G3": "30-35人"}, "是一个范围"),
        ({"G3": "三十多"}, "不是数"),
        ({"G3": 30.5}, "要整数"),
        ({"G3": 0}, "至少是 1"),
        ({"G3": -3}, "至少是 1"),
        ({"G3": "-3人"}, "至少是 1"),
        ({"G3": 1e9}, "最多是 100000"),
        ({"G3": "NaN"}, "不是数"),
        ({"G3": "inf"}, "不是数"),
        ({"G3": "1e999"}, "不是数"),
        ({"G3": "30%"}, "不是百分比"),
        ({"G3": True}, "不是“是”或“否”"),
        ({"G3": date(2026, 1, 30)}, "成了日期"),
        ({"G3": time(14, 0)}, "成了时间"),
        ({"G3": "=15+15"}, "公式，文件里没有存下结果"),
        ({"P3": "=1+1"}, "公式，文件里没有存下结果"),
        ({"G3": "120 分钟"}, "认不出“分钟”"),
        ({"H3": "随便"}, "认不出形式"),
        ({"I3": "明天"}, "不是日期"),
        ({"I3": "2026-02-30"}, "没有这一天"),
        ({"I3": "26-12-01"}, "不是日期"),
        ({"I3": "1/12/2026"}, "是 1 月 12 日，还是 12 月 1 日"),
        ({"I3": "3月8日"}, "没写年份"),
        ({"I3": "2026年12月3日（周一）"}, "不是周一"),
        ({"I3": date(1926, 12, 1)}, "年份是 1926"),
        ({"I3": 3}, "不是日期"),
        ({"J3": date(2026, 11, 30)}, "早于开始日期"),
        ({"K3": "周三、周五下午"}, "是全天，还是"),
        ({"K3": "周三10:00-15:00"}, "跨了半天"),
        ({"K3": "除周三外"}, "认不出时段"),
        ({"K3": "周八"}, "认不出时段"),
        ({"K3": date(2026, 12, 2)}, "成了日期"),
        ({"L3": 11.6341}, "经度应在 73 到 136"),
        ({"M3": 139.7}, "纬度应在 3 到 54"),
        ({"L3": None}, "要填"),
        ({"M3": "北"}, "不是坐标"),
        ({"L3": "Infinity"}, "不是坐标"),
        ({"N3": None}, "要填"),
        ({"N3": -1}, "至少是 0"),
        ({"N3": "30分钟"}, "认不出“分钟”"),
        ({"O3": 1}, "写 一般、重要 或 紧急"),
        ({"P3": 0}, "至少是 1"),
    ],
)
def test_what_is_not_certain_is_a_fault_at_its_cell(
    faults: Faults, cells: Mapping[str, Cell], sentence: str
) -> None:
    found = faults(cells)
    assert list(found) == list(cells)
    assert sentence in found[next(iter(cells))]


@pytest.mark.parametrize(
    ("cells", "field", "value", "note"),
    [
        ({"H3": "14:00-16:00"}, "half_day", 1, "钟点按半天读"),
        ({"H3": time(9, 0)}, "half_day", 0, "钟点按半天读"),
        ({"H3": "晚上"}, "half_day", 2, ""),
        ({"I3": 0}, "capacity", 0, ""),
        ({"I3": "60人"}, "capacity", 60, "带单位的数按数读"),
        ({"J3": "包场"}, "exclusive", True, ""),
        ({"K3": None}, "min_group", 0, ""),
        ({"K3": "10人起"}, "min_group", 10, "带单位的数按数读"),
        ({"K3": "≥ 10"}, "min_group", 10, ""),
        ({"K3": "不限"}, "min_group", 0, ""),
        ({"O3": "每月4场"}, "unit", "区医院", "带单位的数按数读"),
        ({"O2": "不限", "O3": None}, "unit", "区医院", ""),
        ({"H3": "PM"}, "half_day", 1, ""),
        ({"K3": 80}, "min_group", 80, "最少人数比容量还多，这一场开不了"),
        ({"F3": "线上", "L3": None, "M3": None}, "form", Form.ONLINE, ""),
        ({"F3": "上门", "N3": "15km"}, "radius_km", 15.0, "带单位的数按数读"),
        ({"D3": "T0101:0.5；T0301:0.5"}, "topics", frozenset({"T0101", "T0301"}), "不分轻重"),
        ({"G3": "12月9日"}, "date", None, "fault"),
        ({"B3": "区 医院", "O3": 9}, "unit", "区 医院", ""),
        ({"B3": "区医院 "}, "unit", "区医院", ""),
    ],
)
def test_what_is_certain_of_a_session_is_read(
    read: Read,
    faults: Faults,
    cells: Mapping[str, Cell],
    field: str,
    value: object,
    note: str,
) -> None:
    if note == "fault":
        assert list(faults(None, cells)) == list(cells)
        return
    given = read(None, cells)
    assert getattr(given.problem.sessions[1], field) == value
    assert any(note in said for said in given.notes) if note else not given.notes


@pytest.mark.parametrize(
    ("cells", "address", "sentence"),
    [
        ({"H3": "全天"}, "H3", "一场只在一个半天"),
        ({"F3": "到馆、上门"}, "F3", "一场只能有一种形式"),
        ({"F3": "均可"}, "F3", "认不出形式"),
        ({"F3": "上门"}, "N3", "上门半径公里"),
        ({"I3": -1}, "I3", "至少是 0"),
        ({"J3": None}, "J3", "要填"),
        ({"J3": "都行"}, "J3", "认不出方式"),
        ({"O3": 5}, "O3", "在第 2 行写的是 4"),
        ({"A3": "S1", "B3": "别处"}, "A3", "重复"),
        ({"L3": None}, "L3", "要填"),
    ],
)
def test_what_is_not_certain_of_a_session_is_a_fault(
    faults: Faults, cells: Mapping[str, Cell], address: str, sentence: str
) -> None:
    found = faults(None, cells)
    assert list(found) == [address]
    assert sentence in found[address]


def test_every_fault_of_both_tables_is_said_at_once(faults: Faults) -> None:
    found = faults(
        {"G2": "约30", "K3": "周八", "I4": "明天", "G4": None}, {"I2": "很多", "H3": "全天"}
    )
    assert set(found) == {"G2", "K3", "I4", "G4", "I2", "H3"}


def test_a_group_that_stays_in_needs_no_reach_and_one_that_is_online_no_place(read: Read) -> None:
    given = read({"H2": "请进来", "N2": None, "H3": "线上", "N3": None, "L3": None, "M3": None})
    assert given.problem.needs[0].reach_km == 0
    assert (given.problem.needs[1].lon, given.problem.needs[1].lat) == (0, 0)


def test_a_class_is_of_its_school_and_any_other_group_is_itself(read: Read) -> None:
    given = read({"B3": "第二小学", "D3": "三年级1班", "D4": "合唱团A"})
    first, second, third = (need.group for need in given.problem.needs)
    assert first == "第一小学 三年级1班"
    assert second == "第二小学 三年级1班"
    assert third == "合唱团A"


def test_a_districts_own_code_is_used_where_both_tables_have_it(read: Read) -> None:
    given = read({"E3": "T8801"}, {"D2": "T0101；T8801"})
    assert dict(given.problem.needs[1].topics) == {"T8801": 1.0}
    assert any("按原样用" in note for note in given.notes)


def test_a_code_in_several_rows_or_among_many_of_ones_own_is_no_slip(read: Read) -> None:
    assert read({"E2": "T8801", "E3": "T8801", "E4": "T8801"}).notes
    own = "T8801；T8802；T8803"
    given = read({"E2": own, "E3": "T8809"}, {"D2": own})
    assert dict(given.problem.needs[1].topics) == {"T8809": 1.0}


def test_names_that_differ_in_width_are_one(read: Read) -> None:
    given = read({"Q2": "区（大兴）医院"}, {"B2": "区(大兴)医院", "B3": "区（大兴） 医院"})
    assert {session.unit for session in given.problem.sessions} == {
        "区(大兴)医院",
        "区（大兴） 医院",
    }
    assert given.problem.needs[0].wished_units == {"区(大兴)医院"}
