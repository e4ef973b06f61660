"""The six problems that Proposal No. 241 names, with what public documents say about each.

No figure for the district was found, so none stands here; who leads and the measures are the
demo's assumption, as they say. What became of the needs is counted from the demo's own records.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from gongyu.core.calendar import at
from gongyu.exchange.models import Evidence, Topic
from gongyu.exchange.services import (
    add_evidence,
    add_measure,
    close_measure,
    move_problem,
    record_problem,
)
from gongyu.places.models import Organization

from .district import District

_FIGURE, _REPORT, _REQUEST = Evidence.Kind.FIGURE, Evidence.Kind.REPORT, Evidence.Kind.REQUEST
_READ, _RETOLD, _UNCHECKED = (
    Evidence.Certainty.READ,
    Evidence.Certainty.RETOLD,
    Evidence.Certainty.UNCHECKED,
)
_PROPOSAL = "大兴区政协第 241 号提案"
_PROPOSAL_DAY = date(2025, 9, 25)


@dataclass(frozen=True, slots=True)
class _Source:
    kind: Evidence.Kind
    statement: str
    source: str
    dated: date | None
    certainty: Evidence.Certainty
    url: str = ""


@dataclass(frozen=True, slots=True)
class _Told:
    """One problem; ``lead`` and ``supporting`` are parts of names, empty for the commission."""

    title: str
    topic: str
    summary: str
    lead: str
    supporting: tuple[str, ...]
    source: _Source
    measure: str


_PROBLEMS = (
    _Told(
        "近视的孩子越来越多",
        "T01",
        "提案把近视列在最前面。筛查、户外时间和用眼习惯要学校、家庭和医院一起管。",
        "卫生健康",
        ("",),
        _Source(
            _REPORT,
            "光明行动有八个专项，包括自主爱眼、减负、户外活动、用眼条件和监测干预。",
            "教育部办公厅等十五部门，儿童青少年近视防控光明行动工作方案（2021—2025年）",
            None,
            _UNCHECKED,
        ),
        "把视力筛查和护眼课排进各校的需求（演示假设）",
    ),
    _Told(
        "超重肥胖的孩子要早一点管",
        "T02",
        "吃和动都在日子里，食堂、家里的饭桌和医院的门诊要说同一套话。",
        "卫生健康",
        ("", "市场监督"),
        _Source(
            _REPORT,
            "防控分一级预防、早期干预、疾病预警三级，学校、家庭、医疗机构各有要求。",
            "国家疾控局等，中小学生超重肥胖公共卫生综合防控技术导则",
            None,
            _RETOLD,
        ),
        "请医院营养科开食育和体重管理课（演示假设）",
    ),
    _Told(
        "沉迷手机和网络的孩子放不下屏幕",
        "T04",
        "不只是学校收手机。家里怎么约定，放下以后做什么，要一起想办法。",
        "网络安全",
        ("", "妇女联合"),
        _Source(
            _REPORT,
            "手机有限带入校园，禁止带入课堂，不用手机布置作业。",
            "教育部办公厅，教基厅函〔2021〕3号",
            date(2021, 1, 15),
            _READ,
            "https://www.gov.cn/zhengce/zhengceku/2021-02/01/content_5584120.htm",
        ),
        "给家长开一次手机约定的指导课（演示假设）",
    ),
    _Told(
        "空心病和焦虑抑郁要有人听得见",
        "T03",
        "先有人听，再有人帮。班主任、心理教师、家长和医院之间的路要走得通。",
        "",
        ("卫生健康", "妇女联合"),
        _Source(
            _FIGURE,
            "到 2025 年，配备心理健康教育教师的学校要达到 95%。这是全国的目标，不是大兴的现状。",
            "教育部等十七部门，教体艺〔2023〕1号",
            date(2023, 4, 20),
            _READ,
        ),
        "请心理门诊给班主任讲怎么识别和转介（演示假设）",
    ),
    _Told(
        "创新能力不足，动手的机会太少",
        "T06",
        "科技馆、企业和高校就在身边，缺的是走进去和请进来的机会。",
        "科学技术协会",
        ("",),
        _Source(
            _REPORT,
            "科技馆、企业、高校向学生开放，学校请进来、走出去。",
            "教育部等十八部门，关于加强新时代中小学科学教育工作的意见",
            None,
            _UNCHECKED,
        ),
        "把企业研发参观排成固定场次（演示假设）",
    ),
    _Told(
        "体质在下降，孩子动得不够",
        "T05",
        "天天有体育课只是开头，放学和周末有地方动、有人带才算数。",
        "",
        ("卫生健康",),
        _Source(
            _FIGURE,
            "小学和初中每天 1 节体育课，每节不少于 10 分钟体能。这是北京市的要求。",
            "北京市教委、北京市体育局，“体育八条”",
            date(2025, 2, 17),
            _RETOLD,
        ),
        "请俱乐部教练进校带体能（演示假设）",
    ),
)


def build(district: District) -> None:
    commission = district.person("commission")
    for number, told in enumerate(_PROBLEMS):
        with at(district.at(-50 + number, hour=10)):
            problem = record_problem(
                told.title,
                topics=[Topic.objects.get(code=told.topic)],
                summary=told.summary,
                lead=_body(told.lead),
                supporting=[_body(name) for name in told.supporting],
                by=commission,
            )
            add_evidence(
                problem,
                kind=_REQUEST,
                statement="提案把它列为孩子成长中的突出问题，社会关注、家长关切。",
                source=_PROPOSAL,
                dated=_PROPOSAL_DAY if district.at(-50 + number).date() >= _PROPOSAL_DAY else None,
                certainty=_READ,
                by=commission,
            )
            said = told.source
            dated = said.dated
            if dated is not None and dated > district.at(-50 + number).date():
                dated = None
            add_evidence(
                problem,
                kind=said.kind,
                statement=said.statement,
                source=said.source,
                source_url=said.url,
                dated=dated,
                certainty=said.certainty,
                by=commission,
            )
            measure = add_measure(
                problem,
                what=told.measure,
                who=problem.lead,
                due=district.day + timedelta(days=30 + 10 * number),
                by=commission,
            )
        if number == 2:
            with at(district.at(-5, hour=15)):
                close_measure(measure, by=commission)
                move_problem(problem, "watched", by=commission)


def _body(part_of_name: str) -> Organization:
    """A department by a part of its name; without one, or not found, the commission."""
    commission = Organization.objects.get(kind=Organization.Kind.COMMISSION)
    if not part_of_name:
        return commission
    departments = Organization.objects.filter(kind=Organization.Kind.DEPARTMENT)
    return departments.filter(name__contains=part_of_name).order_by("pk").first() or commission
