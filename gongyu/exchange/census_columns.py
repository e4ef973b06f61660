"""The columns of the census workbook, by which names they are known, and what belongs in each."""

from __future__ import annotations

from gongyu.core import grades
from gongyu.core.spreadsheets import Column, Value
from gongyu.exchange.models import Resource, ResourceEntry, ResourceKind

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
    Column("exclusive", "专场", ("是否专场", "一次只接一所学校"), required=False),
    Column("months", "开放月份", ("开放的月份", "季节", "开放季节", "月份"), required=False),
    Column("closed", "每周闭馆日", ("闭馆日", "闭馆", "休息日", "休馆日"), required=False),
    Column("subsidy", "减免与补贴", ("减免", "补贴", "优惠", "优惠政策"), required=False),
    Column("access", "无障碍", ("无障碍设施", "无障碍条件"), required=False),
    Column("transport", "怎么来", ("交通", "交通方式", "乘车路线"), required=False),
    Column("contact_hours", "联系时间", ("什么时候打得通", "接待时间"), required=False),
    Column("fire", "最近一次消防检查", ("消防检查", "消防检查日期"), required=False),
    Column("plan", "有应急预案", ("应急预案", "安全预案"), required=False),
    Column("staff", "人员审查有效期到", ("人员审查", "从业审查有效期"), required=False),
    Column("evidence", "命名与依据", ("命名", "依据", "荣誉", "资质"), required=False),
)
HINTS = {
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
    "contact": "写岗位，不写人名和电话",
    "lead": "整数，0 到 90，不写就是 3",
    "insured": "比如 2027-06-30",
    "exclusive": "是或否，不写就是否",
    "months": "比如：3 月至 11 月；春、秋；全年。不写就是全年",
    "closed": "比如：周一；周一、周二；无。不写就是没有",
    "subsidy": "200 个字以内",
    "access": "200 个字以内，比如：轮椅通道、无障碍卫生间",
    "transport": "200 个字以内，比如：地铁大兴线枣园站步行 8 分钟",
    "contact_hours": "60 个字以内，比如：工作日 9:00—17:00",
    "fire": "比如 2026-09-10，不能在今天之后",
    "plan": "是或否，不写就是否",
    "staff": "比如 2027-06-30",
    "evidence": "200 个字以内，比如：市级科普教育基地，2024 年命名",
}


def cells_of(resource: Resource) -> list[Value]:
    """The resource and its entry in the columns of the workbook, as they are read again."""
    entry: ResourceEntry | None = getattr(resource, "entry", None)
    said: dict[str, Value] = {
        "unit": resource.unit.name,
        "title": resource.title,
        "kind": "没有填",
        "topics": "、".join(topic.name for topic in resource.topics.all()),
        "first_grade": grades.NAMES[resource.first_grade],
        "last_grade": grades.NAMES[resource.last_grade],
        "form": resource.get_form_display(),
        "capacity": resource.capacity,
        "min_group": resource.min_group,
        "minutes": resource.minutes,
        "price": resource.price_yuan,
        "radius": resource.radius_km,
        "summary": resource.summary,
        "lead": resource.lead_days,
        "exclusive": _yes(resource.is_exclusive),
    }
    if entry is not None:
        said |= {
            "kind": entry.get_kind_display(),
            "hours": entry.opening_hours,
            "contact": entry.contact_role,
            "insured": entry.insured_until,
            "months": entry.months_label,
            "closed": entry.closed_label or "无",
            "subsidy": entry.subsidy_terms,
            "access": entry.accessibility,
            "transport": entry.transport,
            "contact_hours": entry.contact_hours,
            "fire": entry.fire_checked_on,
            "plan": _yes(entry.has_emergency_plan),
            "staff": entry.staff_checked_until,
            "evidence": entry.evidence,
        }
    return [said.get(column.key) for column in COLUMNS]


def _yes(value: bool) -> str:
    return "是" if value else "否"
