"""Proposal No. 241 and its reply as records, summarised in our own words."""

from datetime import date

from gongyu.governance.models import Proposal, Recommendation, ReplyPoint
from gongyu.governance.services import record_proposal

from .data import rows

_SUMMARY = (
    "近视、超重、沉迷手机、焦虑……孩子成长中的新问题，单靠学校解决不了。"
    "2024 年 11 月，教育部等十七部门印发《家校社协同育人“教联体”工作方案》，"
    "要求以学校为圆心、区域为主体、资源为纽带，把各方的力量合到一起。\n\n"
    "提案请大兴区加快落实：政府建立沟通协调机制、摸清资源、补足活动空间、建信息平台；"
    "学校培训教师、开放场地；家庭学起来、参与进来；社区和企业把资源用到育人上。"
    "最后请区里把各方的责任分清楚。"
)
_REPLY = (
    "办理报告从三方面答复：学校发挥主导作用，密切家校联系、加强教师培训；"
    "搭建平台和载体，依托区社区学院建家庭教育指导中心，建专家库、梳理资源；"
    "加强队伍，培训指导教师和家长，动员五老、志愿者和专业人员。"
    "报告没有写明各项的完成时间。"
)


def build() -> None:
    """Save the proposal with its recommendations and the points of the reply; may run again."""
    record_proposal(
        Proposal(
            number="241",
            title="关于加快大兴区家校社协同育人“教联体”工作方案落地的建议",
            proposer="欧阳赵敏",
            body_name="大兴区政协",
            published_on=date(2025, 9, 25),
            summary=_SUMMARY,
            reply_summary=_REPLY,
            source_url="https://zhengxie.bjdx.gov.cn/dxzx/tagk/2267523/index.html",
        ),
        recommendations=[
            Recommendation(**{**row, "order": int(row["order"])}) for row in rows("recommendations")
        ],
        reply_points=[
            ReplyPoint(**{**row, "order": int(row["order"])}) for row in rows("reply_points")
        ],
    )
