"""The columns of the two tables: their names, and what else people call them."""

from __future__ import annotations

from gongyu.core.spreadsheets import Column

NEEDS: tuple[Column, ...] = (
    Column(
        "id", "需求编号", ("需求号", "需求ID", "编号", "需求单号", "单号", "ID", "need_id", "序号")
    ),
    Column(
        "school",
        "学校",
        ("学校名称", "校名", "单位名称", "园所", "学校/园所", "school"),
        required=False,
    ),
    Column(
        "town", "镇街", ("街镇", "乡镇", "街道", "镇街名称", "所属镇街", "乡镇街道", "地区", "town")
    ),
    Column(
        "group",
        "群体",
        ("班级", "班", "对象", "群体名称", "学生群体", "参加班级", "group"),
        required=False,
    ),
    Column(
        "topics",
        "主题",
        ("需求主题", "主题代码", "主题名称", "内容", "需求内容", "topics", "topic"),
    ),
    Column("grades", "年级", ("学段", "年级范围", "适用年级", "学段年级", "grades", "grade")),
    Column(
        "headcount",
        "人数",
        ("学生人数", "参加人数", "学生数", "总人数", "规模", "headcount"),
        counted=True,
    ),
    Column("forms", "形式", ("方式", "服务形式", "活动形式", "开展形式", "form", "forms")),
    Column(
        "date_from",
        "开始日期",
        ("起始日期", "开始时间", "最早日期", "起始时间", "开始", "起", "date_from", "start_date"),
    ),
    Column(
        "date_to",
        "结束日期",
        (
            "截止日期",
            "结束时间",
            "最晚日期",
            "截止时间",
            "终止日期",
            "结束",
            "止",
            "date_to",
            "end_date",
        ),
    ),
    Column(
        "slots",
        "时段",
        ("时间段", "可选时段", "希望时段", "时间", "星期", "可用时段", "slots", "time_slots"),
    ),
    Column("lon", "经度", ("东经", "lon", "lng", "longitude", "x", "坐标", "经纬度")),
    Column("lat", "纬度", ("北纬", "lat", "latitude", "y")),
    Column(
        "reach",
        "最远公里",
        (
            "最远距离",
            "距离",
            "可接受距离",
            "最远",
            "公里",
            "最大距离",
            "reach",
            "reach_km",
            "max_km",
        ),
        counted=True,
    ),
    Column(
        "severity", "紧急程度", ("紧急", "程度", "优先级", "紧迫程度", "severity"), required=False
    ),
    Column(
        "wanted",
        "场次",
        ("场次数", "需要场次", "几场", "次数", "场数", "wanted", "sessions_wanted"),
        required=False,
        counted=True,
    ),
    Column(
        "wished",
        "指定单位",
        ("意向单位", "希望单位", "点名单位", "资源单位", "wished", "wished_unit"),
        required=False,
    ),
)

SESSIONS: tuple[Column, ...] = (
    Column("id", "场次编号", ("场次号", "场次ID", "编号", "活动编号", "ID", "session_id", "序号")),
    Column("unit", "单位", ("资源单位", "单位名称", "机构", "场馆", "提供单位", "unit")),
    Column(
        "town",
        "镇街",
        ("街镇", "乡镇", "街道", "镇街名称", "所属镇街", "乡镇街道", "地区", "town"),
        required=False,
    ),
    Column("topics", "主题", ("主题代码", "主题名称", "内容", "活动主题", "topics", "topic")),
    Column("grades", "年级", ("学段", "适用年级", "年级范围", "面向年级", "grades", "grade")),
    Column("form", "形式", ("服务形式", "活动形式", "开展形式", "form")),
    Column("date", "日期", ("活动日期", "场次日期", "开展日期", "时间", "date")),
    Column("half", "时段", ("半天", "时间段", "上下午", "场次时段", "half_day", "slot")),
    Column(
        "capacity",
        "容量",
        ("名额", "人数上限", "最多人数", "可容纳人数", "容纳人数", "接待人数", "capacity"),
        counted=True,
    ),
    Column("mode", "方式", ("接待方式", "拼团", "拼团或专场", "组团方式", "mode")),
    Column(
        "least",
        "最少人数",
        ("起订人数", "成团人数", "最低人数", "最小人数", "min_group"),
        required=False,
        counted=True,
    ),
    Column("lon", "经度", ("东经", "lon", "lng", "longitude", "x", "坐标", "经纬度")),
    Column("lat", "纬度", ("北纬", "lat", "latitude", "y")),
    Column(
        "radius",
        "上门半径公里",
        ("上门半径", "服务半径", "半径", "最远公里", "上门距离", "radius", "radius_km"),
        required=False,
        counted=True,
    ),
    Column(
        "limit",
        "单位每月上限",
        ("每月上限", "月上限", "每月最多", "每月最多场次", "单位月上限", "limit", "month_limit"),
        required=False,
    ),
)
